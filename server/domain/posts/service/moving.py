"""What every verb about a post does: find whose it is, ask whether the asker may, move it through the table, keep the desk attended."""

from __future__ import annotations

from sqlmodel import col, select

from server.db.transaction import Unit
from server.domain.posts import rules
from server.domain.posts.rules import OPEN_COVER, PostAction, PostState
from server.domain.posts.tables import Cover, Stint
from server.domain.staff.queries import require
from server.domain.staff.rules import Action, Role
from server.domain.staff.tables import Staff
from server.errors import Conflict, NotFound, Refused
from server.events import PostChanged


def keeper(tx: Unit, staff_id: int) -> Staff:
    """Return somebody who keeps a post; NotFound ``staff_unknown`` for anybody else."""
    person = tx.session.get(Staff, staff_id)
    if person is None or not person.active or Role(person.role) not in rules.KEEPS_POST:
        raise NotFound("staff_unknown")
    return person


def require_own(tx: Unit, staff_id: int) -> None:
    """Refuse what somebody can only do for himself."""
    if tx.actor not in ("house", f"staff:{staff_id}"):
        raise Refused("not_allowed")


def require_own_or_desk(tx: Unit, staff_id: int) -> None:
    """Refuse unless it is one's own post, or the asker keeps the posts of others too."""
    if tx.actor != f"staff:{staff_id}":
        require(tx.session, tx.actor, Action.KEEP_POSTS)


def open_stint(tx: Unit, staff_id: int) -> Stint | None:
    """Return where somebody is now; None for who is off."""
    return tx.session.exec(select(Stint).where(Stint.staff_id == staff_id, col(Stint.until_at).is_(None))).one_or_none()


def state_of(stint: Stint | None) -> PostState:
    """Return the state that a stint stands for."""
    return PostState(stint.state) if stint else PostState.OFF


def next_state(stint: Stint | None, action: PostAction, staff_id: int) -> PostState:
    """Return where ``action`` leads; Conflict ``post_not_possible`` with the present state if the table has no such row."""
    after = rules.POSTS.get((state_of(stint), action))
    if after is None:
        raise Conflict("post_not_possible", staff=staff_id, state=state_of(stint).value)
    return after


def move(
    tx: Unit,
    person: Staff,
    action: PostAction,
    *,
    covered: Staff | None = None,
    reason: str = "",
    unapproved: bool = False,
    guarded: bool = True,
) -> tuple[Stint | None, Stint | None]:
    """Move somebody's post by ``action`` and record it; returns the stint that ended and the one that began.

    ``guarded`` False is for what has happened already: nothing keeps a fact from being written down.
    """
    before, staff_id = open_stint(tx, number(person)), number(person)
    after = next_state(before, action, staff_id)
    at_desk = rules.stands_at_desk(after, Role(person.role), Role(covered.role) if covered else None)
    if guarded and before is not None and before.at_desk and not at_desk:
        keep_attended(tx, before)
    if before is not None:
        before.until_at = tx.now
        # Ended first: the index lets nobody be in two places.
        tx.session.flush()
    begun = None
    if after is not PostState.OFF:
        begun = Stint(
            staff_id=staff_id,
            state=after.value,
            from_at=tx.now,
            duty_from=before.duty_from if before else tx.now,
            covers_id=covered.id if covered else None,
            reason=reason,
            at_desk=at_desk,
            unapproved=unapproved,
        )
        tx.session.add(begun)
        tx.session.flush()
    tx.record(PostChanged(staff_id=staff_id, state=after.value, covers_id=covered.id if covered else None, unapproved=unapproved))
    return before, begun


def keep_attended(tx: Unit, leaving: Stint) -> None:
    """Refuse to let the last one leave the desk (S54): Conflict ``desk_would_be_empty`` with how the wish to be covered stands."""
    # Both rows are locked in one order: of two who leave at once, the second finds himself the last.
    there = (
        select(Stint)
        .join(Staff, col(Staff.id) == col(Stint.staff_id))
        .where(col(Stint.at_desk), col(Stint.until_at).is_(None), col(Staff.active))
        .order_by(col(Stint.id))
        .with_for_update(of=Stint)
        .execution_options(populate_existing=True)
    )
    if any(stint.id != leaving.id for stint in tx.session.exec(there)):
        return
    cover = open_cover_of(tx, leaving.staff_id)
    raise Conflict("desk_would_be_empty", rule="S54", staff=leaving.staff_id, cover=cover.state if cover else "none")


def open_cover_of(tx: Unit, staff_id: int) -> Cover | None:
    """Return the open wish of somebody to be covered."""
    return tx.session.exec(select(Cover).where(Cover.for_id == staff_id, col(Cover.state).in_(OPEN_COVER))).one_or_none()


def number(person: Staff) -> int:
    """Return the id of somebody stored."""
    assert person.id is not None
    return person.id


def stint_number(stint: Stint | None) -> int:
    """Return the id of a stored stint."""
    assert stint is not None
    assert stint.id is not None
    return stint.id

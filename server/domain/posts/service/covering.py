"""Taking over for somebody: asked for, accepted by one, and over when who was covered is back (S23, S54)."""

from __future__ import annotations

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.posts import rules
from server.domain.posts.rules import CoverAction, CoverState, PostAction, PostState
from server.domain.posts.service import moving
from server.domain.posts.tables import Cover
from server.domain.staff.rules import Role
from server.domain.staff.tables import Staff
from server.errors import Conflict, NotFound, Refused
from server.events import CoverAccepted, CoverAsked, CoverEnded, CoverReopened, CoverWithdrawn


@command
def ask_cover(tx: Unit, *, staff_id: int) -> Outcome:
    """Ask that somebody take over from ``staff_id``: ``cover_asked``; asked already, it says so and since when."""
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    state = moving.state_of(moving.open_stint(tx, staff_id))
    if state is not PostState.ON_POST:
        raise Conflict("post_not_possible", staff=staff_id, state=state.value)
    cover = moving.open_cover_of(tx, moving.number(person))
    if cover is not None:
        return Outcome(code="cover_asked", ids={"cover": cover.id, "staff": staff_id})
    cover = Cover(for_id=staff_id, asked_at=tx.now)
    tx.session.add(cover)
    tx.session.flush()
    tx.record(CoverAsked(staff_id=staff_id, cover_id=number(cover)))
    return Outcome(code="cover_asked", ids={"cover": cover.id, "staff": staff_id})


@command
def withdraw_cover(tx: Unit, *, cover_id: int) -> Outcome:
    """Nobody needs to take over any more: ``cover_withdrawn``. Refuses once somebody has."""
    cover = _cover(tx, cover_id)
    moving.require_own_or_desk(tx, cover.for_id)
    _step(cover, CoverAction.WITHDRAW)
    tx.record(CoverWithdrawn(staff_id=cover.for_id, cover_id=cover_id))
    return Outcome(code="cover_withdrawn", ids={"cover": cover_id, "staff": cover.for_id})


@command
def accept_cover(tx: Unit, *, cover_id: int, staff_id: int) -> Outcome:
    """Take over: ``cover_accepted`` with the new ``stint``. Nobody can do it for another; of two, the first has it.

    Who is not clocked in is so from now on.
    """
    moving.require_own(tx, staff_id)
    cover, person = _cover(tx, cover_id), moving.keeper(tx, staff_id)
    if cover.for_id == staff_id or Role(person.role) not in rules.COVERS:
        raise Refused("may_not_cover")
    covered = moving.keeper(tx, cover.for_id)
    _step(cover, CoverAction.ACCEPT)
    cover.by_id, cover.accepted_at = staff_id, tx.now
    if moving.open_stint(tx, staff_id) is None:
        moving.move(tx, person, PostAction.CLOCK_IN)
    _, begun = moving.move(tx, person, PostAction.COVER, covered=covered)
    tx.record(CoverAccepted(staff_id=cover.for_id, cover_id=cover_id, by_id=staff_id))
    return Outcome(code="cover_accepted", ids={"cover": cover_id, "staff": staff_id, "stint": moving.stint_number(begun)})


def end_covers_of(tx: Unit, person: Staff) -> None:
    """Who was covered is there again, or needs nobody: who took over goes back to the own post."""
    cover = moving.open_cover_of(tx, moving.number(person))
    if cover is None:
        return
    if CoverState(cover.state) is CoverState.ASKED:
        _step(cover, CoverAction.WITHDRAW)
        tx.record(CoverWithdrawn(staff_id=cover.for_id, cover_id=number(cover)))
        return
    _end(tx, cover)
    by = tx.session.get(Staff, cover.by_id)
    stint = moving.open_stint(tx, cover.by_id or 0)
    if by is not None and stint is not None and stint.covers_id == cover.for_id:
        # That who was covered is back is a fact: it frees the other whatever has become of the roles meanwhile.
        moving.move(tx, by, PostAction.COME_BACK, guarded=False)


def end_cover_by(tx: Unit, person: Staff) -> None:
    """Somebody covers no longer: the cover is over, whether or not who was covered is back."""
    accepted = select(Cover).where(Cover.by_id == moving.number(person), Cover.state == CoverState.ACCEPTED.value)
    for cover in tx.session.exec(accepted.order_by(col(Cover.id))).all():
        _end(tx, cover)


def reopen_cover_by(tx: Unit, person: Staff) -> None:
    """Somebody takes back at once that he took over: the wish stands again."""
    accepted = select(Cover).where(Cover.by_id == moving.number(person), Cover.state == CoverState.ACCEPTED.value)
    for cover in tx.session.exec(accepted.order_by(col(Cover.id))).all():
        _step(cover, CoverAction.REOPEN)
        cover.by_id = cover.accepted_at = None
        tx.record(CoverReopened(staff_id=cover.for_id, cover_id=number(cover)))


def number(cover: Cover) -> int:
    """Return the id of a stored cover."""
    assert cover.id is not None
    return cover.id


def _end(tx: Unit, cover: Cover) -> None:
    _step(cover, CoverAction.END)
    cover.ended_at = tx.now
    tx.record(CoverEnded(staff_id=cover.for_id, cover_id=number(cover)))


def _cover(tx: Unit, cover_id: int) -> Cover:
    cover = tx.session.get(Cover, cover_id)
    if cover is None:
        raise NotFound("cover_unknown")
    return cover


def _step(cover: Cover, action: CoverAction) -> None:
    after = rules.COVER_TABLE.get((CoverState(cover.state), action))
    if after is None:
        code = "cover_taken" if cover.state == CoverState.ACCEPTED else "cover_over"
        raise Conflict(code, cover=cover.id, state=cover.state, by=cover.by_id)
    cover.state = after.value

"""Coming and going: on and off duty, to a meal and back, and taking the last change back (S46, S50, S52)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from server.days import local_day, whole_day
from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.posts import rules
from server.domain.posts.rules import PostAction, PostState
from server.domain.posts.service import covering, leaving, moving
from server.domain.posts.tables import Stint
from server.domain.staff.queries import require
from server.domain.staff.rules import Action, Role
from server.domain.staff.tables import Staff
from server.errors import Conflict, NotFound
from server.events import PostAssumedOff, PostChangeUndone


@command
def clock_in(tx: Unit, *, staff_id: int) -> Outcome:
    """Begin duty: ``clocked_in`` with the new ``stint``. Who covered for this person is free again."""
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    _, begun = moving.move(tx, person, PostAction.CLOCK_IN)
    covering.end_covers_of(tx, person)
    return Outcome(code="clocked_in", ids={"staff": staff_id, "stint": moving.stint_number(begun)})


@command
def go_to_meal(tx: Unit, *, staff_id: int) -> Outcome:
    """Go to a meal: ``at_meal`` with the new ``stint``. Conflict ``desk_would_be_empty`` (S54) while nobody else is at the desk."""
    moving.require_own_or_desk(tx, staff_id)
    _, begun = moving.move(tx, moving.keeper(tx, staff_id), PostAction.GO_TO_MEAL)
    return Outcome(code="at_meal", ids={"staff": staff_id, "stint": moving.stint_number(begun)})


@command
def come_back(tx: Unit, *, staff_id: int) -> Outcome:
    """Be on the own post again, from a meal, from away, or from covering: ``back_on_post`` with the new ``stint``; covers end.

    Who covers at the desk may not go back while it would stand empty: Conflict ``desk_would_be_empty``.
    """
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    before, begun = moving.move(tx, person, PostAction.COME_BACK)
    if moving.state_of(before) is PostState.COVERING:
        covering.end_cover_by(tx, person)
    else:
        covering.end_covers_of(tx, person)
    return Outcome(code="back_on_post", ids={"staff": staff_id, "stint": moving.stint_number(begun)})


@command
def clock_out(tx: Unit, *, staff_id: int, closing: bool = False) -> Outcome:
    """End duty: ``clocked_out`` with the ``stint`` that ended; open wishes are withdrawn.

    The last one at the desk goes only by ``closing`` it; otherwise Conflict ``desk_would_be_empty`` (S54).
    """
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    ended, _ = moving.move(tx, person, PostAction.CLOCK_OUT, guarded=not closing)
    assert ended is not None
    ended.closed_desk = closing and ended.at_desk
    _let_go(tx, person)
    return Outcome(code="clocked_out", ids={"staff": staff_id, "stint": moving.stint_number(ended)})


@command
def undo(tx: Unit, *, staff_id: int, stint_id: int) -> Outcome:
    """Take somebody's last change back, within :data:`rules.UNDO_WITHIN`: ``post_undone``. The desk stays attended all the same.

    ``stint_id`` is the stint that began, or for clocking out the one that ended. Conflict ``undo_too_late`` for anything but the
    last change, or later than that.
    """
    moving.require_own_or_desk(tx, staff_id)
    person, stint = moving.keeper(tx, staff_id), tx.session.get(Stint, stint_id)
    if stint is None or stint.staff_id != staff_id:
        raise NotFound("stint_unknown")
    own = select(Stint).where(Stint.staff_id == staff_id, col(Stint.undone).is_(False))
    newest = tx.session.exec(own.order_by(col(Stint.id).desc()).limit(1)).first()
    if stint.unapproved:
        require(tx.session, tx.actor, Action.APPROVE_LEAVE)
    changed_at = stint.until_at or stint.from_at
    if newest is not stint or tx.now - changed_at > rules.UNDO_WITHIN:
        raise Conflict("undo_too_late", staff=staff_id)
    if stint.until_at is None:
        state = _undo_begun(tx, person, stint)
    else:
        state = _undo_clock_out(stint)
    tx.record(PostChangeUndone(staff_id=staff_id, state=state.value))
    return Outcome(code="post_undone", ids={"staff": staff_id})


@command
def end_forgotten(tx: Unit) -> Outcome:
    """Take off duty whoever has not clocked out for :data:`rules.LONGEST_DUTY`, or is no longer employed; the deadline loop asks."""
    statement = select(Stint, Staff).join(Staff, col(Staff.id) == col(Stint.staff_id)).where(col(Stint.until_at).is_(None))
    forgotten = [
        (stint, person)
        for stint, person in tx.session.exec(statement.order_by(col(Stint.id))).all()
        if not person.active or Role(person.role) not in rules.KEEPS_POST or tx.now - stint.duty_from >= rules.LONGEST_DUTY
    ]
    for stint, person in forgotten:
        moving.next_state(stint, PostAction.ASSUME_OFF, stint.staff_id)
        stint.until_at, stint.assumed, stint.closed_desk = tx.now, True, stint.at_desk
        _let_go(tx, person)
        tx.record(PostAssumedOff(staff_id=stint.staff_id))
    return Outcome(code="ended", ids={"count": len(forgotten)})


def _let_go(tx: Unit, person: Staff) -> None:
    """Somebody is off duty: covers no longer, and wishes nothing more."""
    covering.end_cover_by(tx, person)
    leaving.withdraw_open_leave(tx, moving.number(person))
    cover = moving.open_cover_of(tx, moving.number(person))
    # Who has taken over stays at the desk: the next one who clocks in there frees them.
    if cover is not None and cover.by_id is None:
        covering.end_covers_of(tx, person)


def first_of_day(tx: Unit, person: Staff) -> bool:
    """Begin the duty of somebody who opens a tablet for the first time on a day of the site; tells whether it began (S46, S50)."""
    today = whole_day(local_day(tx.now, tx.settings.zone), tx.settings.zone)
    if moving.open_stint(tx, moving.number(person)) is not None or _was_on_duty(tx, moving.number(person), today.begins):
        return False
    moving.move(tx, person, PostAction.CLOCK_IN)
    covering.end_covers_of(tx, person)
    return True


def _was_on_duty(tx: Unit, staff_id: int, since: datetime) -> bool:
    today = select(Stint.id).where(Stint.staff_id == staff_id, col(Stint.undone).is_(False), col(Stint.from_at) >= since)
    return tx.session.exec(today.limit(1)).first() is not None


def _undo_begun(tx: Unit, person: Staff, stint: Stint) -> PostState:
    earlier = _continued(tx, stint)
    to = PostState(earlier.state) if earlier else PostState.OFF
    _refuse_unless_back(stint, to)
    if stint.at_desk and not (earlier and earlier.at_desk):
        moving.keep_attended(tx, stint)
    was = PostState(stint.state)
    stint.undone, stint.until_at = True, tx.now
    tx.session.flush()
    if earlier is not None:
        earlier.until_at = None
        tx.session.flush()
    if was is PostState.COVERING:
        covering.reopen_cover_by(tx, person)
    if was is PostState.AWAY and not stint.unapproved:
        leaving.give_back_leave(tx, stint.staff_id)
    return to


def _undo_clock_out(stint: Stint) -> PostState:
    _refuse_unless_back(None, PostState(stint.state))
    stint.until_at, stint.closed_desk, stint.assumed = None, False, False
    return PostState(stint.state)


def _refuse_unless_back(stint: Stint | None, to: PostState) -> None:
    action = rules.action_back(to)
    if action is None or rules.POSTS.get((moving.state_of(stint), action)) is None:
        raise Conflict("undo_too_late")


def _continued(tx: Unit, stint: Stint) -> Stint | None:
    """Return the stint that ended where ``stint`` began, None if that was the beginning of duty."""
    before = select(Stint).where(
        Stint.staff_id == stint.staff_id, col(Stint.id) < stint.id, col(Stint.undone).is_(False), Stint.duty_from == stint.duty_from
    )
    return tx.session.exec(before.order_by(col(Stint.id).desc()).limit(1)).first()

"""Leaving one's post for a while, with the supervisor's approval (S51): asked, decided, taken."""

from __future__ import annotations

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.posts import rules
from server.domain.posts.rules import LONGEST_REASON, OPEN_LEAVE, LeaveAction, LeaveState, PostAction, PostState
from server.domain.posts.service import covering, moving
from server.domain.posts.tables import Leave
from server.domain.staff.queries import require
from server.domain.staff.rules import Action, Role, may
from server.errors import Conflict, NotFound
from server.events import LeaveAsked, LeaveDecided, LeaveWithdrawn
from server.text import clean_line


@command
def ask_leave(tx: Unit, *, staff_id: int, reason: str) -> Outcome:
    """Ask to leave the post: ``leave_asked``. Who may approve himself is ``leave_approved`` at once. One open wish a person.

    Refuses (``BadInput``) an empty or overlong reason, and with Conflict who is not on post or has asked already.
    """
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    state = moving.state_of(moving.open_stint(tx, staff_id))
    if state is not PostState.ON_POST:
        raise Conflict("post_not_possible", staff=staff_id, state=state.value)
    if _open_leave(tx, staff_id) is not None:
        raise Conflict("leave_asked_already", staff=staff_id)
    leave = Leave(staff_id=staff_id, reason=clean_line(reason, field="reason", most=LONGEST_REASON, least=1), asked_at=tx.now)
    tx.session.add(leave)
    tx.session.flush()
    tx.record(LeaveAsked(staff_id=staff_id, leave_id=_number(leave)))
    if may(Role(person.role), Action.APPROVE_LEAVE):
        _decide(tx, leave, LeaveAction.APPROVE, decided_by=staff_id)
    return Outcome(code=f"leave_{leave.state}", ids={"leave": leave.id, "staff": staff_id})


@command
def withdraw_leave(tx: Unit, *, leave_id: int) -> Outcome:
    """Wish no longer to leave: ``leave_withdrawn``."""
    leave = _leave(tx, leave_id)
    moving.require_own_or_desk(tx, leave.staff_id)
    _withdraw(tx, leave)
    return Outcome(code="leave_withdrawn", ids={"leave": leave_id, "staff": leave.staff_id})


@command
def approve_leave(tx: Unit, *, leave_id: int) -> Outcome:
    """Let somebody go: ``leave_approved``. They go when they say so, and only when the desk stays attended."""
    return _decided(tx, leave_id, LeaveAction.APPROVE)


@command
def refuse_leave(tx: Unit, *, leave_id: int) -> Outcome:
    """Keep somebody at the post: ``leave_refused``."""
    return _decided(tx, leave_id, LeaveAction.REFUSE)


@command
def leave_post(tx: Unit, *, staff_id: int) -> Outcome:
    """Go away, as approved: ``away`` with the new ``stint``.

    Conflict ``leave_not_approved`` (S51) without an approval, ``desk_would_be_empty`` (S54) while nobody else is at the desk.
    """
    moving.require_own_or_desk(tx, staff_id)
    person = moving.keeper(tx, staff_id)
    moving.next_state(moving.open_stint(tx, staff_id), PostAction.LEAVE, staff_id)
    leave = _open_leave(tx, staff_id)
    if leave is None or LeaveState(leave.state) is not LeaveState.APPROVED:
        raise Conflict("leave_not_approved", rule="S51", staff=staff_id)
    _, begun = moving.move(tx, person, PostAction.LEAVE, reason=leave.reason)
    _step(leave, LeaveAction.TAKE)
    return Outcome(code="away", ids={"staff": staff_id, "stint": moving.stint_number(begun)})


@command
def note_away(tx: Unit, *, staff_id: int, reason: str) -> Outcome:
    """Write down that somebody was found away from the post without leave: ``noted_away``. A fact: nothing guards against it."""
    require(tx.session, tx.actor, Action.APPROVE_LEAVE)
    person = moving.keeper(tx, staff_id)
    why = clean_line(reason, field="reason", most=LONGEST_REASON)
    _, begun = moving.move(tx, person, PostAction.NOTE_AWAY, reason=why, unapproved=True, guarded=False)
    covering.end_cover_by(tx, person)
    return Outcome(code="noted_away", ids={"staff": staff_id, "stint": moving.stint_number(begun)})


def withdraw_open_leave(tx: Unit, staff_id: int) -> None:
    """Who goes home needs no leave any more."""
    leave = _open_leave(tx, staff_id)
    if leave is not None:
        _withdraw(tx, leave)


def give_back_leave(tx: Unit, staff_id: int) -> None:
    """Who takes back that he went may still go."""
    taken = select(Leave).where(Leave.staff_id == staff_id, Leave.state == LeaveState.TAKEN.value).order_by(col(Leave.id).desc()).limit(1)
    leave = tx.session.exec(taken).first()
    if leave is not None and _open_leave(tx, staff_id) is None:
        _step(leave, LeaveAction.GIVE_BACK)


def _decided(tx: Unit, leave_id: int, action: LeaveAction) -> Outcome:
    require(tx.session, tx.actor, Action.APPROVE_LEAVE)
    leave = _leave(tx, leave_id)
    kind, _, who = tx.actor.partition(":")
    _decide(tx, leave, action, decided_by=int(who) if kind == "staff" else None)
    return Outcome(code=f"leave_{leave.state}", ids={"leave": leave_id, "staff": leave.staff_id})


def _decide(tx: Unit, leave: Leave, action: LeaveAction, *, decided_by: int | None) -> None:
    _step(leave, action)
    leave.decided_at, leave.decided_by = tx.now, decided_by
    tx.record(LeaveDecided(staff_id=leave.staff_id, leave_id=_number(leave), approved=action is LeaveAction.APPROVE))


def _withdraw(tx: Unit, leave: Leave) -> None:
    _step(leave, LeaveAction.WITHDRAW)
    tx.record(LeaveWithdrawn(staff_id=leave.staff_id, leave_id=_number(leave)))


def _open_leave(tx: Unit, staff_id: int) -> Leave | None:
    return tx.session.exec(select(Leave).where(Leave.staff_id == staff_id, col(Leave.state).in_(OPEN_LEAVE))).one_or_none()


def _leave(tx: Unit, leave_id: int) -> Leave:
    leave = tx.session.get(Leave, leave_id)
    if leave is None:
        raise NotFound("leave_unknown")
    return leave


def _step(leave: Leave, action: LeaveAction) -> None:
    after = rules.LEAVES.get((LeaveState(leave.state), action))
    if after is None:
        raise Conflict("leave_decided", leave=leave.id, state=leave.state)
    leave.state = after.value


def _number(leave: Leave) -> int:
    assert leave.id is not None
    return leave.id

"""The verbs of service calls: call, answer, be there, done; not done well, taken back; and what the clock does."""

from __future__ import annotations

from datetime import datetime

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.calls import queries, rules
from server.domain.calls.rules import CallAction, CallLevel, CallState, Wish
from server.domain.calls.tables import ServiceCall
from server.domain.meetings.tables import Meeting
from server.domain.rooms.tables import Room
from server.errors import BadInput, Conflict, NotFound
from server.events import RoomCallAlarm, RoomCalled, RoomCallMoved
from server.text import clean_line

SOURCES = ("room", "door", "desk", "tablet")
NOT_DUE = Outcome(code="not_due")
"""Somebody was faster than the clock."""


@command
def call_for(tx: Unit, *, room_id: int, meeting_id: int | None, wish: str, note: str = "", source: str = "room") -> Outcome:
    """Call for something in a room: ``called``; ``already_called`` with ``since`` if that call is open. Refused by field.

    Not to be disturbed does not block a call from inside.
    """
    if wish not in {each.value for each in Wish}:
        raise BadInput("not_a_choice", field="wish")
    if source not in SOURCES:
        raise BadInput("not_a_choice", field="source")
    if tx.session.get(Room, room_id) is None:
        raise NotFound("room_unknown")
    if meeting_id is not None:
        meeting = tx.session.get(Meeting, meeting_id)
        if meeting is None or meeting.room_id != room_id:
            raise NotFound("meeting_unknown")
    line = clean_line(note, field="note", most=rules.LONGEST_NOTE)
    standing = queries.open_call(tx.session, room_id, wish)
    if standing is not None:
        return Outcome(code="already_called", ids={"call": standing.id, "since": standing.called_at.isoformat()})
    call = ServiceCall(
        room_id=room_id,
        meeting_id=meeting_id,
        wish=wish,
        note=line,
        source=source,
        called_at=tx.now,
        alarm_at=rules.next_alarm(tx.now, CallLevel.NONE),
    )
    tx.session.add(call)
    tx.session.flush()
    tx.record(RoomCalled(call_id=_id(call), room_id=room_id, meeting_id=meeting_id, wish=wish))
    return Outcome(code="called", ids={"call": call.id, "since": tx.now.isoformat()})


@command
def ack_call(tx: Unit, *, call_id: int, staff_id: int | None) -> Outcome:
    """Somebody goes: ``call_acked``; Conflict ``call_settled`` with who was first."""
    call = _move(tx, call_id, CallAction.ACK)
    call.acked_at, call.acked_by = tx.now, staff_id
    call.alarm_at, call.level = tx.now + rules.ARRIVE_WITHIN, CallLevel.NONE.value
    return Outcome(code="call_acked", ids={"call": call_id, "room": call.room_id})


@command
def release_call(tx: Unit, *, call_id: int) -> Outcome:
    """Whoever said he goes cannot after all: ``call_released``; it waits again, since it was called."""
    call = _find(tx, call_id)
    _release(tx, call)
    return Outcome(code="call_released", ids={"call": call_id, "room": call.room_id})


@command
def arrive(tx: Unit, *, call_id: int, staff_id: int | None) -> Outcome:
    """Somebody is there: ``call_arrived``."""
    call = _move(tx, call_id, CallAction.ARRIVE)
    call.arrived_at, call.alarm_at = tx.now, None
    if call.acked_at is None:
        call.acked_at, call.acked_by = tx.now, staff_id
    return Outcome(code="call_arrived", ids={"call": call_id, "room": call.room_id})


@command
def finish_call(tx: Unit, *, call_id: int, staff_id: int | None) -> Outcome:
    """It is done: ``call_done``."""
    call = _move(tx, call_id, CallAction.FINISH)
    call.done_at, call.done_by, call.alarm_at = tx.now, staff_id, None
    if call.acked_at is None:
        call.acked_at, call.acked_by = tx.now, staff_id
    return Outcome(code="call_done", ids={"call": call_id, "room": call.room_id})


@command
def undo_call(tx: Unit, *, call_id: int) -> Outcome:
    """It is not done after all: ``call_undone``, and it stands where it stood, with its clock.

    Refused with ``room_called_again`` if the room has called again meanwhile.
    """
    _refuse_second(tx, call_id)
    call = _move(tx, call_id, CallAction.UNDO)
    answered_by_finishing = call.acked_at == call.done_at
    call.done_at, call.done_by = None, None
    if call.arrived_at is not None:
        _move(tx, call_id, CallAction.ARRIVE)
    elif answered_by_finishing:
        _release(tx, call)
    else:
        call.alarm_at, call.level = tx.now + rules.ARRIVE_WITHIN, CallLevel.NONE.value
    return Outcome(code="call_undone", ids={"call": call_id, "room": call.room_id})


@command
def reopen_call(tx: Unit, *, call_id: int) -> Outcome:
    """The people in the room say it was not done: ``call_reopened``; the clocks begin anew."""
    call = _find(tx, call_id)
    if call.done_at is not None and tx.now - call.done_at > rules.REOPEN_WITHIN:
        raise Conflict("call_settled", call=call_id, state=call.state)
    _refuse_second(tx, call_id)
    call = _move(tx, call_id, CallAction.REOPEN)
    call.acked_at, call.acked_by, call.arrived_at, call.done_at, call.done_by = None, None, None, None, None
    call.called_at, call.reopened = tx.now, call.reopened + 1
    _wait_since(tx, call, tx.now)
    return Outcome(code="call_reopened", ids={"call": call_id, "room": call.room_id})


@command
def withdraw_call(tx: Unit, *, call_id: int) -> Outcome:
    """The people in the room need it no more: ``call_withdrawn``."""
    call = _move(tx, call_id, CallAction.WITHDRAW)
    call.alarm_at = None
    return Outcome(code="call_withdrawn", ids={"call": call_id, "room": call.room_id})


@command
def raise_call(tx: Unit, *, call_id: int) -> Outcome:
    """Nobody has answered for a minute, two, five; or nobody is there five minutes after somebody said he goes."""
    call = _find(tx, call_id)
    if call.alarm_at is None or call.alarm_at > tx.now:
        return NOT_DUE
    state = CallState(call.state)
    if state in rules.UNANSWERED:
        level = rules.unanswered_level(call.called_at, tx.now)
        call.alarm_at = rules.next_alarm(call.called_at, level)
    elif state is CallState.ACKED:
        level, call.alarm_at = CallLevel.ABSENT, None
    else:
        call.alarm_at = None
        return NOT_DUE
    call.level = level.value
    tx.record(RoomCallAlarm(call_id=call_id, room_id=call.room_id, meeting_id=call.meeting_id, level=level.value))
    return Outcome(code="call_alarm", ids={"call": call_id})


def _id(call: ServiceCall) -> int:
    assert call.id is not None
    return call.id


def _find(tx: Unit, call_id: int) -> ServiceCall:
    call = tx.session.get(ServiceCall, call_id)
    if call is None:
        raise NotFound("room_call_unknown")
    return call


def _move(tx: Unit, call_id: int, action: CallAction) -> ServiceCall:
    call = _find(tx, call_id)
    state = rules.transition(CallState(call.state), action)
    if state is None:
        since = call.acked_at.isoformat() if call.acked_at else None
        raise Conflict("call_settled", call=call_id, state=call.state, staff=call.acked_by, since=since)
    call.state = state.value
    tx.record(RoomCallMoved(call_id=call_id, room_id=call.room_id, meeting_id=call.meeting_id, state=state.value))
    return call


def _release(tx: Unit, call: ServiceCall) -> None:
    _move(tx, _id(call), CallAction.RELEASE)
    call.acked_at, call.acked_by = None, None
    _wait_since(tx, call, call.called_at)


def _refuse_second(tx: Unit, call_id: int) -> None:
    call = _find(tx, call_id)
    standing = queries.open_call(tx.session, call.room_id, call.wish)
    if standing is not None and standing.id != call_id:
        raise Conflict("room_called_again", call=standing.id, since=standing.called_at.isoformat())


def _wait_since(tx: Unit, call: ServiceCall, since: datetime) -> None:
    level = rules.unanswered_level(since, tx.now)
    call.level, call.alarm_at = level.value, rules.next_alarm(since, level)

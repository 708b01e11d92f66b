"""What time brings about on the meeting floor: the deadline loop's verbs. Each claims its row, or finds that somebody was faster."""

from __future__ import annotations

from datetime import timedelta

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Action, Level, StepState
from server.domain.meetings.service.booking import ask_at_once, put_deadlines
from server.domain.meetings.service.moving import about, can, find, find_step, move
from server.domain.meetings.service.sheet import put_ladder, retime
from server.domain.meetings.tables import ChangeSeen, TeaRound
from server.errors import NotFound
from server.events import ChangeUnseen, MeetingChanged, MeetingMoved, MeetingUnconfirmed, StartAsked, StepAlarm, TeaAlarm

NOT_DUE = Outcome(code="not_due")
"""Somebody was faster than the deadline, or moved it."""
ASK_AGAIN_AFTER = timedelta(minutes=10)
"""T+5 asks whether it began; ten minutes later whether anybody came at all."""


@command
def follow_calendar(tx: Unit, *, meeting_id: int) -> Outcome:
    """A day was made free or worked: what hangs on the meeting's day before is timed anew (S114): ``calendar_followed`` with ``steps``.

    Where that day is over now, and nobody has confirmed the meeting, the supervisor is told at once.
    """
    meeting = find(tx, meeting_id)
    if meeting.state not in rules.BEFORE_START or meeting.starts_at <= tx.now:
        return NOT_DUE
    before = (meeting.reconfirm_opens_at, meeting.confirm_due_at)
    put_deadlines(tx, meeting)
    ask_at_once(tx, meeting)
    moved = retime(tx, meeting)
    meeting.changed_at = tx.now
    if moved or before != (meeting.reconfirm_opens_at, meeting.confirm_due_at):
        tx.record(MeetingChanged(**about(meeting), change_id=None, from_room_id=meeting.room_id, fields="calendar", steps_moved=moved))
    return Outcome(code="calendar_followed", ids={"meeting": meeting_id, "steps": moved})


@command
def open_reconfirm(tx: Unit, *, meeting_id: int) -> Outcome:
    """The day before has begun: the meeting stands in the queue to be reconfirmed (S114)."""
    meeting = find(tx, meeting_id)
    if meeting.reconfirm_opens_at is None or meeting.reconfirm_opens_at > tx.now:
        return NOT_DUE
    meeting.reconfirm_opens_at = None
    if can(meeting, Action.OPEN_RECONFIRM):
        move(tx, meeting, Action.OPEN_RECONFIRM)
    elif meeting.state in rules.BEFORE_START and meeting.confirmed_at is None:
        # It is being prepared already; but the queue must hear that it stands there too.
        tx.record(MeetingMoved(**about(meeting), state=meeting.state))
    else:
        return NOT_DUE
    return Outcome(code="reconfirm_open", ids={"meeting": meeting_id})


@command
def tell_unconfirmed(tx: Unit, *, meeting_id: int) -> Outcome:
    """It is half past five and nobody has reconfirmed tomorrow's meeting: the supervisor is told (S114)."""
    meeting = find(tx, meeting_id)
    if meeting.confirm_due_at is None or meeting.confirm_due_at > tx.now:
        return NOT_DUE
    meeting.confirm_due_at = None
    if meeting.state not in rules.BEFORE_START or meeting.confirmed_at is not None:
        return NOT_DUE
    meeting.unconfirmed_at = tx.now
    tx.record(MeetingUnconfirmed(**about(meeting)))
    return Outcome(code="unconfirmed", ids={"meeting": meeting_id})


@command
def ask_start(tx: Unit, *, meeting_id: int) -> Outcome:
    """Five minutes past the hour: the tablets ask whether the meeting began, ten minutes later whether anybody came."""
    meeting = find(tx, meeting_id)
    if meeting.ask_due_at is None or meeting.ask_due_at > tx.now:
        return NOT_DUE
    again = meeting.asked_at is not None
    meeting.ask_due_at = None if again else meeting.ask_due_at + ASK_AGAIN_AFTER
    if meeting.state not in rules.BEFORE_START:
        meeting.ask_due_at = None
        return NOT_DUE
    meeting.asked_at = tx.now
    tx.record(StartAsked(**about(meeting), again=again))
    return Outcome(code="start_asked", ids={"meeting": meeting_id})


@command
def raise_step(tx: Unit, *, step_id: int) -> Outcome:
    """A step's time crossed a line of the ladder: soon, due, late, board, supervisor."""
    step, meeting = find_step(tx, step_id)
    if step.alarm_at is None or step.alarm_at > tx.now:
        return NOT_DUE
    if StepState(step.state) not in rules.OPEN_STEPS:
        step.alarm_at = None
        return NOT_DUE
    told = step.level
    put_ladder(tx, step)
    if step.level == told:
        return NOT_DUE
    tx.record(StepAlarm(**about(meeting), step_id=number(step), step=step.kind, level=step.level))
    return Outcome(code="step_alarm", ids={"step": step_id})


@command
def raise_round(tx: Unit, *, round_id: int) -> Outcome:
    """A round of tea is due, or late."""
    row = tx.session.get(TeaRound, round_id)
    if row is None:
        raise NotFound("round_unknown")
    if row.alarm_at is None or row.alarm_at > tx.now or row.due_at is None:
        return NOT_DUE
    meeting = find(tx, row.meeting_id)
    level = rules.level_at(row.due_at, tx.now, rules.TEA_LADDER)
    row.alarm_at, row.level = rules.next_alarm(row.due_at, level, rules.TEA_LADDER), level.value
    tx.record(TeaAlarm(**about(meeting), round_id=round_id, level=level.value))
    return Outcome(code="round_alarm", ids={"round": round_id})


@command
def raise_unseen(tx: Unit, *, seen_id: int) -> Outcome:
    """Somebody has not acknowledged a change for two minutes, for five."""
    row = tx.session.get(ChangeSeen, seen_id)
    if row is None:
        raise NotFound("change_unknown")
    if row.alarm_at is None or row.alarm_at > tx.now or row.seen_at is not None:
        return NOT_DUE
    meeting = find(tx, row.meeting_id)
    level = Level.BOARD if row.level == Level.NONE else Level.SUPERVISOR
    row.level = level.value
    told_after = dict(rules.CHANGE_LADDER)
    row.alarm_at = row.alarm_at + (told_after[Level.SUPERVISOR] - told_after[Level.BOARD]) if level is Level.BOARD else None
    tx.record(ChangeUnseen(**about(meeting), change_id=row.change_id, staff_id=row.staff_id, level=level.value))
    return Outcome(code="change_unseen", ids={"seen": seen_id})

"""Registering, changing, confirming and cancelling meetings (S112 to S115). A refusal names what a meeting collides with."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from server.days import at_local, local_day, whole_day
from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.calendar import queries as calendar
from server.domain.meetings import rules
from server.domain.meetings.plans import Plan, plan_of
from server.domain.meetings.queries import finding
from server.domain.meetings.queries.doors import TOKEN
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Action, Category, Kind, Level, Plain, Source, State, StepAction, StepState
from server.domain.meetings.service import course, sheet, tea
from server.domain.meetings.service.moving import about, can, find, find_open, move, move_step
from server.domain.meetings.service.planning import Checked, check, refuse_nobody_free, refuse_taken
from server.domain.meetings.tables import Assignment, ChangeSeen, Meeting, MeetingChange
from server.errors import BadInput, Conflict
from server.events import AttendantAssigned, MeetingChanged, MeetingMoved, MeetingRegistered
from server.text import clean_line


@command
def register(tx: Unit, *, plan: Plan) -> Outcome:
    """Register a meeting: ``registered``. Refused by field, or with ``room_taken`` and what it collides with."""
    checked = check(tx, plan)
    refuse_past(tx, plan)
    refuse_taken(tx, checked)
    return Outcome(code="registered", ids={"meeting": number(take_in(tx, checked, source=Source.FORM))})


@command
def register_adhoc(tx: Unit, *, plan: Plan, reason: str = "") -> Outcome:
    """Register a meeting that comes at short notice (S115): confirmed at once, what is past of its sheet is due now.

    Refused as :func:`register`, and with ``nobody_free`` where no attendant is free, unless the supervisor says why it must be.
    """
    checked = check(tx, plan)
    refuse_past(tx, plan)
    refuse_taken(tx, checked)
    line = clean_line(reason, field="reason", most=rules.LONGEST_REASON)
    if not line:
        refuse_nobody_free(tx, checked, rules.ATTENDANTS[Category(plan.category)])
    meeting = take_in(tx, checked, source=Source.ADHOC)
    meeting.override_reason = line
    return Outcome(code="registered", ids={"meeting": number(meeting)})


def refuse_past(tx: Unit, plan: Plan) -> None:
    """Refuse a meeting that is over (field ``ends_at``)."""
    if plan.ends_at <= tx.now:
        raise BadInput("in_the_past", field="ends_at")


def take_in(tx: Unit, checked: Checked, *, source: Source, source_key: str | None = None) -> Meeting:
    """Write a checked meeting with its run sheet, and who looks after it; shared by every way a meeting is registered."""
    meeting = Meeting(
        **_columns(tx, checked),
        source=source.value,
        source_key=source_key,
        state=State.REGISTERED.value,
        link_number=secrets.randbits(62),
        made_by=tx.actor,
        made_at=tx.now,
        changed_at=tx.now,
    )
    meeting.link_digest = tx.keys.token_digest(TOKEN, meeting.link_number)
    tx.session.add(meeting)
    tx.session.flush()
    tx.record(MeetingRegistered(**about(meeting), source=source.value))
    put_deadlines(tx, meeting)
    if source is Source.ADHOC or meeting.reconfirm_opens_at is None:
        _confirm(tx, meeting)
    sheet.make_steps(tx, meeting)
    assign_usual(tx, meeting)
    return meeting


def _columns(tx: Unit, checked: Checked) -> dict[str, Any]:
    plan = checked.plan
    return asdict(plan) | {
        "day": local_day(plan.starts_at, tx.settings.zone),
        "reserved_from": checked.reserved.begins,
        "reserved_until": checked.reserved.ends,
    }


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """What hangs on a start: when the tablets ask whether it began, when the day before opens, when it is too late to reconfirm."""

    ask_due_at: datetime
    reconfirm_opens_at: datetime | None
    confirm_due_at: datetime | None


def deadlines_of(tx: Unit, starts_at: datetime, before: date, *, state: str) -> Deadlines:
    """Return what hangs on a meeting's start; ``before`` is the last day worked before it. Nobody reconfirms what is so near, or done."""
    zone, ask = tx.settings.zone, starts_at + course.ASK_START_AFTER
    if state not in (State.REGISTERED, State.TO_RECONFIRM) or tx.now >= at_local(before, rules.ESCALATE_AT, zone):
        return Deadlines(ask_due_at=ask, reconfirm_opens_at=None, confirm_due_at=None)
    opens = whole_day(before, zone).begins if state == State.REGISTERED else None
    return Deadlines(ask_due_at=ask, reconfirm_opens_at=opens, confirm_due_at=at_local(before, rules.ESCALATE_AT, zone))


def put_deadlines(tx: Unit, meeting: Meeting) -> None:
    """Write what hangs on the start into a meeting. One that can still be reconfirmed in time is no longer late with that."""
    before = calendar.worked_before(tx.session, local_day(meeting.starts_at, tx.settings.zone))
    meeting.asked_at = None
    # Preparing it early confirms nothing: it waits for its day before like one for which nothing was done.
    is_waiting = meeting.confirmed_at is None and meeting.state in (State.PREPARING, State.READY)
    state = State.REGISTERED if is_waiting else meeting.state
    for column, instant in vars(deadlines_of(tx, meeting.starts_at, before, state=state)).items():
        setattr(meeting, column, instant)
    if meeting.confirm_due_at is not None:
        meeting.unconfirmed_at = None


def _confirm(tx: Unit, meeting: Meeting) -> None:
    before = meeting.state
    if move(tx, meeting, Action.RECONFIRM) == before:
        # It stands where it stood, but who shows it must hear that it is confirmed.
        tx.record(MeetingMoved(**about(meeting), state=before))
    meeting.confirmed_at, meeting.confirmed_by = tx.now, tx.actor
    meeting.reconfirm_opens_at, meeting.confirm_due_at = None, None


def assign_usual(tx: Unit, meeting: Meeting) -> None:
    """Let those attendants look after a meeting who are free then and have the least to do that day."""
    there = finding.assigned(tx.session, number(meeting))
    missing = rules.ATTENDANTS[Category(meeting.category)] - len(there)
    if missing > 0:
        engaged = finding.engagements(tx.session, meeting.day, but=meeting.id)
        people = [person for person in finding.attendants(tx.session) if person not in there]
        for person in rules.least_busy(engaged, finding.reserved(meeting), people)[:missing]:
            assign(tx, meeting, person)
    sheet.deal_out(tx, meeting)


def assign(tx: Unit, meeting: Meeting, staff_id: int) -> None:
    """Let an attendant look after a meeting from now on."""
    tx.session.add(Assignment(meeting_id=number(meeting), staff_id=staff_id, since=tx.now))
    tx.session.flush()
    tx.record(AttendantAssigned(**about(meeting), staff_id=staff_id))


@command
def change(tx: Unit, *, meeting_id: int, version: int, plan: Plan) -> Outcome:
    """Change a meeting: ``meeting_changed``, with ``change`` where people must see it and ``steps`` that were timed anew.

    Conflict ``meeting_changed_meanwhile`` if it is no longer of ``version``, ``meeting_moved_on`` when it has ended, ``room_taken`` when it
    collides; else refused by field. Steps that were done stay; another room or layout is prepared again.
    """
    meeting = find_open(tx, meeting_id, version)
    checked = check(tx, plan)
    if meeting.state != State.IN_SESSION:
        refuse_past(tx, plan)
    elif plan.starts_at != meeting.starts_at or plan.room_id != meeting.room_id:
        raise Conflict("already_started", meeting=meeting_id, state=meeting.state)
    return alter(tx, meeting, checked)


@command
def extend(tx: Unit, *, meeting_id: int, minutes: int) -> Outcome:
    """Let a meeting last longer, counted from its planned end or from now if that has passed: as :func:`change`."""
    meeting = find(tx, meeting_id)
    if meeting.state != State.IN_SESSION:
        raise Conflict("not_in_session", meeting=meeting_id, state=meeting.state)
    if not 1 <= minutes <= 240:
        raise BadInput("minutes_out_of_range", field="minutes", least=1, most=240)
    ends = max(meeting.ends_at, tx.now) + timedelta(minutes=minutes)
    return alter(tx, meeting, check(tx, replace(plan_of(meeting), ends_at=ends)))


def alter(tx: Unit, meeting: Meeting, checked: Checked, *, leaving: Collection[int] = ()) -> Outcome:
    """Carry a checked plan out on a meeting; shared by every way a meeting is changed.

    The meetings ``leaving`` give their rooms back in the same transaction, so that theirs may be taken.
    """
    move(tx, meeting, Action.CHANGE)
    refuse_taken(tx, checked, but=(number(meeting), *leaving))
    before, from_room, old_layout = told(meeting), meeting.room_id, meeting.layout
    for column, value in _columns(tx, checked).items():
        setattr(meeting, column, value)
    changed = rules.differences(before, told(meeting))
    fields = ",".join(one.field for one in changed)
    redo = meeting.room_id != from_room or meeting.layout != old_layout
    if meeting.state in rules.BEFORE_START:
        sheet.follow_sheet(tx, meeting, redo=redo)
        course.settle_readiness(tx, meeting)
        if any(one.field == "starts_at" for one in changed):
            put_deadlines(tx, meeting)
            ask_at_once(tx, meeting)
    else:
        sheet.follow_break(tx, meeting)
    moved = sheet.retime(tx, meeting)
    assign_usual(tx, meeting)
    tea.rearm(tx, meeting)
    meeting.changed_at = tx.now
    change_id = _to_be_seen(tx, meeting, changed, before, moved) if changed else None
    tx.record(MeetingChanged(**about(meeting), change_id=change_id, from_room_id=from_room, fields=fields, steps_moved=moved))
    return Outcome(code="meeting_changed", ids={"meeting": number(meeting), "change": change_id, "steps": moved})


def ask_at_once(tx: Unit, meeting: Meeting) -> None:
    """Moved so near that the day before is over, and nobody has confirmed it: it is to be reconfirmed now, and the supervisor told."""
    if meeting.state in (State.REGISTERED, State.TO_RECONFIRM) and meeting.confirm_due_at is None and meeting.unconfirmed_at is None:
        meeting.reconfirm_opens_at = tx.now if meeting.state == State.REGISTERED else None
        meeting.confirm_due_at = tx.now


def told(meeting: Meeting) -> dict[str, Plain]:
    """Return the fields of a meeting that people work by, as a change tells them."""
    return {
        "room_id": meeting.room_id,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "layout": meeting.layout,
        "people": finding.people_of(meeting),
        "category": meeting.category,
        "tea_minutes": meeting.tea_minutes,
        "break_at": meeting.break_at.isoformat() if meeting.break_at else None,
        "equipment": meeting.equipment,
        "cancelled": int(meeting.state == State.CANCELLED),
    }


def _to_be_seen(tx: Unit, meeting: Meeting, changed: tuple[rules.Difference, ...], before: dict[str, Plain], moved: int) -> int | None:
    people = finding.assigned(tx.session, number(meeting))
    meeting.revision += 1
    change = MeetingChange(
        meeting_id=number(meeting),
        revision=meeting.revision,
        before=_as_json({one.field: one.before for one in changed}),
        after=_as_json({one.field: one.after for one in changed}),
        steps_moved=moved,
        elsewhere=rules.sends_elsewhere(changed, starts_at=_earlier(before, meeting), now=tx.now),
        made_at=tx.now,
        made_by=tx.actor,
    )
    tx.session.add(change)
    tx.session.flush()
    assert change.id is not None
    for staff_id in people:
        alarm = rules.next_alarm(tx.now, Level.NONE, rules.CHANGE_LADDER)
        tx.session.add(ChangeSeen(change_id=change.id, meeting_id=number(meeting), staff_id=staff_id, alarm_at=alarm))
    tx.session.flush()
    return change.id


def _as_json(values: dict[str, Plain]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _earlier(before: dict[str, Plain], meeting: Meeting) -> datetime:
    return min(datetime.fromisoformat(str(before["starts_at"])), meeting.starts_at)


@command
def reconfirm(tx: Unit, *, meeting_id: int, version: int, layout: str, guaranteed: int, contact_name: str, contact_phone: str) -> Outcome:
    """Confirm a meeting the day before, with layout, headcount and contact (S114): ``confirmed``. All three must be there.

    What differs from what stood is a change like any other, and is to be seen. One that is being prepared, or has begun, stays there.
    """
    meeting = find_open(tx, meeting_id, version)
    if meeting.confirmed_at is not None or not can(meeting, Action.RECONFIRM):
        raise Conflict("meeting_moved_on", meeting=meeting_id, state=meeting.state)
    if guaranteed < 1:
        raise BadInput("missing", field="guaranteed")
    name = clean_line(contact_name, field="contact_name", most=60, least=1)
    plan = replace(plan_of(meeting), layout=layout, guaranteed=guaranteed, contact_name=name, contact_phone=contact_phone)
    checked = check(tx, plan)
    if checked.plan != plan_of(meeting):
        alter(tx, meeting, checked)
    _confirm(tx, meeting)
    for step in sheet.steps_of_kind(tx, meeting, Kind.RECONFIRM):
        if StepState(step.state) in rules.OPEN_STEPS:
            move_step(tx, step, meeting, StepAction.FINISH)
    return Outcome(code="confirmed", ids={"meeting": meeting_id})


@command
def cancel(tx: Unit, *, meeting_id: int, reason: str = "", version: int | None = None) -> Outcome:
    """Cancel a meeting that has not begun: ``meeting_cancelled``. Nothing more is to be done, and whoever looks after it must see it.

    Conflict ``meeting_changed_meanwhile`` if a ``version`` is given and it is no longer of that.
    """
    meeting = find_open(tx, meeting_id, version)
    call_off(tx, meeting, clean_line(reason, field="reason", most=rules.LONGEST_REASON))
    return Outcome(code="meeting_cancelled", ids={"meeting": meeting_id})


def call_off(tx: Unit, meeting: Meeting, reason: str) -> None:
    """Cancel a meeting; shared by the desk, an import and the owner's registration."""
    before = told(meeting)
    move(tx, meeting, Action.CANCEL)
    meeting.cancelled_at, meeting.cancel_reason = tx.now, reason
    meeting.reconfirm_opens_at, meeting.confirm_due_at, meeting.ask_due_at = None, None, None
    sheet.drop_open(tx, meeting)
    changed = rules.differences(before, told(meeting))
    change_id = _to_be_seen(tx, meeting, changed, before, 0)
    tx.record(MeetingChanged(**about(meeting), change_id=change_id, from_room_id=meeting.room_id, fields="cancelled", steps_moved=0))


@command
def reinstate(tx: Unit, *, meeting_id: int) -> Outcome:
    """Take a cancellation back: ``meeting_reinstated``; refused with ``room_taken`` if the room was given away meanwhile.

    What was confirmed is confirmed, and what was prepared is prepared.
    """
    meeting = find(tx, meeting_id)
    if meeting.state != State.CANCELLED:
        raise Conflict("meeting_moved_on", meeting=meeting_id, state=meeting.state)
    checked = check(tx, plan_of(meeting))
    refuse_past(tx, checked.plan)
    refuse_taken(tx, checked, but=(meeting_id,))
    before = told(meeting)
    move(tx, meeting, Action.REINSTATE)
    meeting.cancelled_at, meeting.cancel_reason = None, ""
    if meeting.confirmed_at is not None:
        move(tx, meeting, Action.RECONFIRM)
    put_deadlines(tx, meeting)
    if meeting.confirmed_at is None and meeting.confirm_due_at is None:
        _confirm(tx, meeting)
    settled = {Kind(step.kind) for step in finding.steps(tx.session, meeting_id)}
    sheet.make_steps(tx, meeting, but=settled)
    course.settle_readiness(tx, meeting)
    assign_usual(tx, meeting)
    change_id = _to_be_seen(tx, meeting, rules.differences(before, told(meeting)), before, 0)
    tx.record(MeetingChanged(**about(meeting), change_id=change_id, from_room_id=meeting.room_id, fields="cancelled", steps_moved=0))
    return Outcome(code="meeting_reinstated", ids={"meeting": meeting_id})


@command
def take_back_nobody_came(tx: Unit, *, meeting_id: int) -> Outcome:
    """They may still come: ``nobody_came_taken_back``; the meeting stands where it stood, with all that is still to be done for it.

    Conflict ``room_taken`` if the room was given away meanwhile; refused by field when the meeting's time is over.
    """
    meeting = find(tx, meeting_id)
    if not can(meeting, Action.UNMISS):
        raise Conflict("meeting_moved_on", meeting=meeting_id, state=meeting.state)
    checked = check(tx, plan_of(meeting))
    refuse_past(tx, checked.plan)
    refuse_taken(tx, checked, but=(meeting_id,))
    move(tx, meeting, Action.UNMISS)
    move(tx, meeting, Action.RECONFIRM if meeting.confirmed_at is not None else Action.OPEN_RECONFIRM)
    meeting.reserved_from, meeting.reserved_until = checked.reserved.begins, checked.reserved.ends
    meeting.ask_due_at = tx.now + course.ASK_START_AFTER
    settled = {Kind(step.kind) for step in finding.steps(tx.session, meeting_id)}
    sheet.make_steps(tx, meeting, but=settled)
    course.settle_readiness(tx, meeting)
    assign_usual(tx, meeting)
    return Outcome(code="nobody_came_taken_back", ids={"meeting": meeting_id})

"""The run sheet of one meeting: made from the category's, timed anew when its anchors move, taken back when they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from server.days import local_day, whole_day
from server.db.transaction import Unit
from server.domain.calendar import queries as calendar
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Anchor, Category, Hours, Kind, Level, Party, Phase, SheetStep, StepAction, StepState
from server.domain.meetings.service.moving import move_step
from server.domain.meetings.tables import Meeting, Step

BESIDES = timedelta(seconds=1)
"""A step whose hour moved by less than this did not move."""


class HoursOf:
    """What the anchors of meetings' steps stand at; the calendar is asked once a day, however many meetings it has."""

    def __init__(self, tx: Unit) -> None:
        """Ask the calendar behind ``tx``."""
        self._tx = tx
        self._before: dict[date, date] = {}

    def worked_before(self, day: date) -> date:
        """Return the last day worked before ``day``."""
        if day not in self._before:
            self._before[day] = calendar.worked_before(self._tx.session, day)
        return self._before[day]

    def __call__(self, meeting: Meeting) -> Hours:
        """Return a meeting's anchors. One that ended is tidied from then on, whatever was planned."""
        zone = self._tx.settings.zone
        return Hours(
            day_before=whole_day(self.worked_before(local_day(meeting.starts_at, zone)), zone).begins,
            start=meeting.starts_at,
            end=meeting.ended_at or meeting.ends_at,
            pause=meeting.break_at,
        )


def hours_of(tx: Unit, meeting: Meeting) -> Hours:
    """Return what the anchors of one meeting's steps stand at."""
    return HoursOf(tx)(meeting)


def make_steps(tx: Unit, meeting: Meeting, *, but: Iterable[Kind] = ()) -> None:
    """Write the steps of a meeting's category, without those of ``but``; what is past already is due at once (compressed).

    What belongs to the day before and is not demanded is left out when that day is over. A meeting that is confirmed, as one registered
    late is by registering it, is not asked again, wherever it moves (S114).
    """
    category = Category(meeting.category)
    lines = tuple(rules.steps_of(category, finding.sheet_changes(tx.session, category)))
    for values in lines_of(meeting, lines, hours_of(tx, meeting), tx.now, but=but):
        tx.session.add(Step(**values))
    tx.session.flush()


def lines_of(
    meeting: Meeting, lines: Iterable[SheetStep], hours: Hours, now: datetime, *, but: Iterable[Kind] = ()
) -> Iterator[dict[str, Any]]:
    """Give the columns of a meeting's steps, as :func:`make_steps` writes them; a whole schedule writes them at once."""
    left_out = set(but)
    fixed = {"meeting_id": number(meeting), "room_id": meeting.room_id, "state": StepState.PLANNED.value}
    for place, line in enumerate(lines):
        due = rules.due_at(line, hours)
        if due is None or line.kind in left_out or _is_needless(line, due, now, confirmed=meeting.confirmed_at is not None):
            continue
        yield {
            **fixed,
            "kind": line.kind.value,
            "anchor": line.anchor.value,
            "minutes": line.minutes,
            "party": line.party.value,
            "phase": line.phase.value,
            "place": place,
            "mandatory": line.mandatory,
            "takes_minutes": line.takes_minutes,
            **vars(hour(line.anchor.value, due, now)),
        }


def _is_needless(line: SheetStep, due: datetime, now: datetime, *, confirmed: bool) -> bool:
    if line.kind is Kind.RECONFIRM:
        return confirmed
    return line.phase is Phase.BEFORE and due < now and not line.mandatory


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A step's hour and where its ladder stands."""

    due_at: datetime
    compressed: bool
    level: str
    alarm_at: datetime | None


def hour(anchor: str, due: datetime, now: datetime) -> Hour:
    """Return the hour of a step that falls due at ``due``: a past one is now (compressed), and the ladder begins there.

    What hangs on the end is timed when the meeting ends: until then its hour is a plan that may pass, and has no ladder.
    """
    if anchor == Anchor.END:
        return Hour(due_at=due, compressed=False, level=Level.NONE.value, alarm_at=None)
    at = max(due, now)
    level = rules.level_at(at, now) if at <= now else Level.NONE
    return Hour(due_at=at, compressed=due < now, level=level.value, alarm_at=rules.next_alarm(at, level))


def put_hour(tx: Unit, step: Step, due: datetime) -> bool:
    """Give a step its hour, and the ladder its next rung. Returns whether the hour moved."""
    given = hour(step.anchor, due, tx.now)
    moved = abs(given.due_at - step.due_at) >= BESIDES
    step.due_at, step.compressed, step.level, step.alarm_at = given.due_at, given.compressed, given.level, given.alarm_at
    if StepState(step.state) is StepState.DOING and step.alarm_at is not None:
        # Somebody is at it: its ladder is another one.
        put_ladder(tx, step)
    return moved


def put_ladder(tx: Unit, step: Step) -> None:
    """Let a step's ladder stand where its hour and its state put it now."""
    alarm = rules.alarm_of(step.due_at, step.takes_minutes, StepState(step.state), tx.now)
    step.level, step.alarm_at = alarm.level.value, alarm.next_at


def arm_closing(tx: Unit, meeting: Meeting) -> None:
    """The meeting has ended: give its closing steps their hours and the ladder."""
    hours = hours_of(tx, meeting)
    for step in finding.steps(tx.session, number(meeting)):
        if step.anchor == Anchor.END and StepState(step.state) in rules.OPEN_STEPS:
            due = rules.instant_of(Anchor.END, step.minutes, hours)
            assert due is not None
            step.due_at, step.compressed = due, False
            put_ladder(tx, step)


def retime(tx: Unit, meeting: Meeting) -> int:
    """Give every step that is still open the hour its anchor has now; what was done stays as it was. Returns how many moved."""
    hours, moved = hours_of(tx, meeting), 0
    for step in finding.steps(tx.session, number(meeting)):
        if StepState(step.state) not in rules.OPEN_STEPS:
            continue
        step.room_id = meeting.room_id
        due = rules.instant_of(Anchor(step.anchor), step.minutes, hours)
        if due is None:
            move_step(tx, step, meeting, StepAction.DROP)
        elif not _stands(step, due):
            moved += put_hour(tx, step, due)
    return moved


def _stands(step: Step, due: datetime) -> bool:
    # Its hour is the same, or was past already when it was made due at once: how far the ladder went is not forgotten.
    return abs(due - step.due_at) < BESIDES or (step.compressed and due <= step.due_at)


def follow_sheet(tx: Unit, meeting: Meeting, *, redo: bool) -> None:
    """Bring the steps to the meeting's category and break: new lines are written, open ones follow theirs, others are dropped.

    With ``redo`` (another room or layout) what was prepared is to be prepared again: done steps stay in the record, and stand again
    as open ones.
    """
    there = finding.steps(tx.session, number(meeting))
    category = Category(meeting.category)
    lines = {line.kind: line for line in rules.steps_of(category, finding.sheet_changes(tx.session, category))}
    for step in there:
        if StepState(step.state) not in rules.OPEN_STEPS:
            continue
        if (line := lines.get(Kind(step.kind))) is None:
            move_step(tx, step, meeting, StepAction.DROP)
        else:
            step.anchor, step.minutes, step.mandatory = line.anchor.value, line.minutes, line.mandatory
    keep = {Kind(step.kind) for step in there if not (redo and _is_undone_by_moving(step))}
    make_steps(tx, meeting, but=keep)


def follow_break(tx: Unit, meeting: Meeting) -> None:
    """A tea break was planned while the meeting runs: it is to be served."""
    make_only(tx, meeting, lambda line: line.anchor is Anchor.BREAK)


def make_only(tx: Unit, meeting: Meeting, wanted: Callable[[SheetStep], bool]) -> None:
    """Write those steps of the meeting's category that are ``wanted`` and of which none stands open or settled."""
    there = {Kind(step.kind) for step in finding.steps(tx.session, number(meeting))}
    make_steps(tx, meeting, but={line.kind for line in rules.PLAN[Category(meeting.category)] if line.kind in there or not wanted(line)})


def close_again(tx: Unit, meeting: Meeting) -> None:
    """The meeting goes on: what was tidied already is to be tidied again; that it was done stays in the record."""
    there = finding.steps(tx.session, number(meeting))
    stays = {Kind(step.kind) for step in there if StepState(step.state) in rules.OPEN_STEPS}
    closing = {line.kind for line in rules.PLAN[Category(meeting.category)] if line.phase is Phase.CLOSE}
    make_steps(tx, meeting, but=set(Kind) - closing | stays)


def _is_undone_by_moving(step: Step) -> bool:
    # Supplies that were drawn go along; a room that was laid out, lit and checked stays behind.
    return step.phase == Phase.PREPARE and step.kind != Kind.DRAW_SUPPLIES and StepState(step.state) in rules.SETTLED


def drop_open(tx: Unit, meeting: Meeting) -> None:
    """Nothing is to be done any more."""
    for step in finding.steps(tx.session, number(meeting)):
        if StepState(step.state) in rules.OPEN_STEPS:
            move_step(tx, step, meeting, StepAction.DROP)


def miss_open(tx: Unit, meeting: Meeting, *anchors: Anchor) -> None:
    """Steps on these anchors that nobody did can no longer be done."""
    for step in finding.steps(tx.session, number(meeting)):
        if StepState(step.state) in rules.OPEN_STEPS and Anchor(step.anchor) in anchors:
            move_step(tx, step, meeting, StepAction.MISS)


def reopen(tx: Unit, meeting: Meeting, wanted: Callable[[Step], bool], *, since: datetime) -> None:
    """What brought it about is taken back: those ``wanted`` steps that were missed ``since`` then are to be done after all."""
    for step in finding.steps(tx.session, number(meeting)):
        if step.state == StepState.MISSED and wanted(step) and step.settled_at is not None and step.settled_at >= since:
            move_step(tx, step, meeting, StepAction.REOPEN)
            put_hour(tx, step, step.due_at)


def deal_out(tx: Unit, meeting: Meeting) -> None:
    """Give the attendants' open steps that nobody has to those who look after the meeting.

    The second greets at the lift, the first does the rest. What was handed to somebody by hand stays his.
    """
    people = finding.assigned(tx.session, number(meeting))
    for step in finding.steps(tx.session, number(meeting)):
        if StepState(step.state) in rules.OPEN_STEPS and step.staff_id is None:
            step.staff_id = whose(step.party, step.kind, people)


def whose(party: str, kind: str, people: list[int]) -> int | None:
    """Return whose a step is among those who look after a meeting; nobody's where others do it, or nobody looks after it."""
    if not people or party != Party.ATTENDANT:
        return None
    return people[-1] if kind == Kind.GREET_LIFT else people[0]


def steps_of_kind(tx: Unit, meeting: Meeting, kind: Kind) -> list[Step]:
    """Return a meeting's steps of one kind, the newest last."""
    found = tx.session.exec(select(Step).where(Step.meeting_id == meeting.id, Step.kind == kind.value))
    return sorted(found, key=lambda step: step.id or 0)

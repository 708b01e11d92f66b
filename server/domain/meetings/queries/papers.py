"""The department's papers: each category's run sheet as it stands, the manuals, and the sheets that are printed for a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlmodel import Session, col, select

from server.days import whole_day
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow, Person, StepRow
from server.domain.meetings.rules import PLAN, Category, Course, Party, SheetStep, State
from server.domain.meetings.rules.tea import planned_rounds
from server.domain.meetings.tables import Manual, Meeting, SheetLine, Step
from server.domain.staff.tables import Staff

MANUALS = ("contingency", "daily", "vip")
"""The contingency plan (S138), the daily procedure (S121) and that for guests of honour (S133)."""


@dataclass(frozen=True, kw_only=True)
class SheetCard:
    """One line of a category's run sheet: as the plan has it, and as it stands; ``sop`` is what is shown at the step."""

    plan: SheetStep
    minutes: int
    enabled: bool
    sop: str
    sop_en: str

    @property
    def changed(self) -> bool:
        """Whether the supervisor has another hour than the plan, or leaves it out."""
        return self.minutes != self.plan.minutes or not self.enabled

    @property
    def may_leave_out(self) -> bool:
        """Whether the written plan does not demand it."""
        return rules.may_leave_out(self.plan)


@dataclass(frozen=True, kw_only=True)
class ManualCard:
    """One of the department's texts; ``changed_at`` none: nobody has written it yet."""

    name: str
    text: str
    text_en: str
    changed_at: datetime | None


def sheet(session: Session, category: Category) -> tuple[SheetCard, ...]:
    """Return the lines of a category's run sheet, those left out among them, in the plan's order."""
    written = {line.kind: line for line in session.exec(select(SheetLine).where(SheetLine.category == category.value))}
    changed = finding.sheet_changes(session, category)
    return tuple(_sheet_card(step, changed.get(step.kind, step), written.get(step.kind.value)) for step in PLAN[category])


def _sheet_card(plan: SheetStep, mine: SheetStep, line: SheetLine | None) -> SheetCard:
    return SheetCard(
        plan=plan, minutes=mine.minutes, enabled=mine.enabled, sop=line.sop if line else "", sop_en=line.sop_en if line else ""
    )


def manual(session: Session, name: str) -> ManualCard | None:
    """Return one of the department's texts, empty where nobody has written it; None for a name that is none of :data:`MANUALS`."""
    if name not in MANUALS:
        return None
    row = session.get(Manual, name)
    if row is None:
        return ManualCard(name=name, text="", text_en="", changed_at=None)
    return ManualCard(name=name, text=row.text, text_en=row.text_en, changed_at=row.changed_at)


# --- what is printed for a day ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One thing to tick: a step, or (``step`` none) the rounds of tea of a meeting, each with its hour."""

    at: datetime
    meeting: MeetingRow
    step: StepRow | None
    rounds: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One sheet: what somebody does on a day, in order, and the meetings it is for. ``person`` none: see ``desk``.

    ``desk``: what the front desk and the supervisor do and ask for; otherwise what attendants do and nobody has.
    """

    person: Person | None
    desk: bool
    lines: tuple[PaperLine, ...]

    @property
    def meetings(self) -> tuple[MeetingRow, ...]:
        """The meetings of its lines, each once, by the hour of its first line."""
        return tuple({line.meeting.meeting_id: line.meeting for line in self.lines}.values())


NOT_HELD = (State.CANCELLED, State.NO_SHOW)
ON_TABLETS = (Party.ATTENDANT, Party.CLEANING)
"""Whose steps an attendant does; cleaning comes at his call."""


def papers(session: Session, day: date, zone: tzinfo) -> tuple[Paper, ...]:
    """Return the sheets of a day: one for every attendant, then what nobody has, then the desk's; the last two where there is anything.

    A day's sheet holds what falls due on it, for whichever day's meeting.
    """
    lines = sorted(_lines(session, day, zone), key=lambda line: (line.at, line.meeting.meeting_id, line.step is None))
    people = [_attendant(session, staff_id) for staff_id in finding.attendants(session)]
    known = {person.staff_id for person in people}
    others = {whose.staff_id: whose for line in lines if (whose := _whose(line)) is not None and whose.staff_id not in known}
    sheets = [_paper(person, lines) for person in (*people, *others.values())]
    nobody = Paper(person=None, desk=False, lines=tuple(line for line in lines if not _is_desks(line) and _whose(line) is None))
    desk = Paper(person=None, desk=True, lines=tuple(line for line in lines if _is_desks(line)))
    return (*sheets, *(paper for paper in (nobody, desk) if paper.lines))


def _paper(person: Person, lines: Sequence[PaperLine]) -> Paper:
    mine = tuple(line for line in lines if not _is_desks(line) and _whose(line) == person)
    return Paper(person=person, desk=False, lines=mine)


def _attendant(session: Session, staff_id: int) -> Person:
    found = session.get(Staff, staff_id)
    return Person(staff_id=staff_id, name=found.name if found is not None else "")


def _lines(session: Session, day: date, zone: tzinfo) -> Iterator[PaperLine]:
    window = whole_day(day, zone)
    due = select(Step.meeting_id).where(col(Step.due_at) >= window.begins, col(Step.due_at) < window.ends)
    wanted = select(Meeting).where((col(Meeting.id).in_(due)) | (col(Meeting.day) == day))
    meetings = meeting_rows.rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())
    for meeting in (each for each in meetings if each.state not in NOT_HELD):
        for step in meeting.steps:
            if window.holds(step.due_at):
                yield PaperLine(at=step.due_at, meeting=meeting, step=step)
        rounds = _rounds(meeting) if meeting.day == day else ()
        if rounds:
            yield PaperLine(at=rounds[0], meeting=meeting, step=None, rounds=rounds)


def _rounds(meeting: MeetingRow) -> tuple[datetime, ...]:
    course = Course(
        started_at=meeting.started_at or meeting.starts_at,
        ends_at=meeting.ends_at,
        minutes=meeting.tea_minutes,
        pause=meeting.break_at,
        undisturbed=False,
    )
    return planned_rounds(course)


def _is_desks(line: PaperLine) -> bool:
    return line.step is not None and line.step.party not in ON_TABLETS


def _whose(line: PaperLine) -> Person | None:
    """Return who does a line: who has the step; the rounds of tea and the call for cleaning are the meeting's first attendant's."""
    if line.step is not None and line.step.party is Party.ATTENDANT:
        return line.step.staff
    return _first(line.meeting.attendants)


def _first(people: Iterable[Person]) -> Person | None:
    return next(iter(people), None)

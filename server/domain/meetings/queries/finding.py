"""What verbs and screens alike ask of meetings: what takes a room, who may be assigned, which sheet a category has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from server.days import Window
from server.domain.meetings import rules
from server.domain.meetings.rules import OPEN, PLAN, Category, Kind, RoundState, SheetStep, State
from server.domain.meetings.tables import Assignment, Meeting, SheetLine, Step, TeaRound
from server.domain.staff.rules import Role
from server.domain.staff.tables import Staff

OPEN_WORDS = tuple(state.value for state in OPEN)
OPEN_STEP_WORDS = tuple(state.value for state in rules.OPEN_STEPS)
HELD_WORDS = (RoundState.CLAIMED.value, RoundState.INSIDE.value)
"""Rounds of tea that somebody has taken on."""


def number(row: Meeting | Step) -> int:
    """Return the id of a stored row."""
    assert row.id is not None
    return row.id


def people_of(meeting: Meeting) -> int:
    """Return how many a meeting is prepared for: those guaranteed, else those estimated."""
    return meeting.guaranteed or meeting.estimated or 0


def undisturbed_since(meeting: Meeting) -> datetime | None:
    """Return since when nobody may disturb a meeting. One that has ended keeps it for when it goes on, but nobody is disturbed then."""
    return meeting.undisturbed_since if meeting.state == State.IN_SESSION else None


def open_with(session: Session, staff_id: int, today: date) -> list[Meeting]:
    """Return the open meetings up to a day that somebody looks after, or has a step or a round of, by time."""
    looked_after = select(Assignment.meeting_id).where(Assignment.staff_id == staff_id, col(Assignment.until).is_(None))
    steps = select(Step.meeting_id).where(Step.staff_id == staff_id, col(Step.state).in_(OPEN_STEP_WORDS))
    rounds = select(TeaRound.meeting_id).where(TeaRound.staff_id == staff_id, col(TeaRound.state).in_(HELD_WORDS))
    his = or_(*(col(Meeting.id).in_(which) for which in (looked_after, steps, rounds)))
    wanted = select(Meeting).where(his, col(Meeting.state).in_(OPEN_WORDS), col(Meeting.day) <= today)
    return list(session.exec(wanted.order_by(col(Meeting.starts_at))))


def reserved(meeting: Meeting) -> Window:
    """Return the room's time, set-up and turn-over included."""
    return Window(begins=meeting.reserved_from, ends=meeting.reserved_until)


def taking(session: Session, room_id: int, window: Window, *, but: Collection[int] = ()) -> list[Meeting]:
    """Return the meetings that hold a room within ``window``, by time; without the meetings ``but``."""
    found = session.exec(
        select(Meeting)
        .where(Meeting.room_id == room_id, col(Meeting.state).in_(OPEN_WORDS))
        .where(col(Meeting.reserved_from) < window.ends, col(Meeting.reserved_until) > window.begins)
        .order_by(col(Meeting.reserved_from))
    )
    return [meeting for meeting in found if meeting.id not in but]


def free_from(
    session: Session, room_id: int, wanted: Window, *, but: Collection[int] = (), within: timedelta = timedelta(days=1)
) -> datetime | None:
    """Return when the wanted length of a room's time is free next; None within a day."""
    until = wanted.ends + within
    taken = [reserved(meeting) for meeting in taking(session, room_id, Window(begins=wanted.begins, ends=until), but=but)]
    return rules.next_free(wanted, taken, until=until)


def attendants(session: Session) -> list[int]:
    """Return everybody who may look after a meeting, by id."""
    found = session.exec(select(Staff.id).where(Staff.role == Role.ATTENDANT.value, col(Staff.active)).order_by(col(Staff.id)))
    return [staff_id for staff_id in found if staff_id is not None]


def assigned(session: Session, meeting_id: int) -> list[int]:
    """Return who looks after a meeting, the longest first."""
    found = session.exec(
        select(Assignment.staff_id).where(Assignment.meeting_id == meeting_id, col(Assignment.until).is_(None)).order_by(col(Assignment.id))
    )
    return list(found)


def engagements(session: Session, day: date, *, but: int | None = None) -> dict[int, list[Window]]:
    """Return when each attendant is taken on a day, by the reserved time of the meetings he looks after."""
    found = session.exec(
        select(Assignment.staff_id, Meeting)
        .join(Meeting, col(Meeting.id) == col(Assignment.meeting_id))
        .where(col(Assignment.until).is_(None), Meeting.day == day, col(Meeting.state).in_(OPEN_WORDS))
    )
    taken: dict[int, list[Window]] = {}
    for staff_id, meeting in found:
        if meeting.id != but:
            taken.setdefault(staff_id, []).append(reserved(meeting))
    return taken


def sheet_changes(session: Session, category: Category) -> Mapping[Kind, SheetStep]:
    """Return the lines of a category's sheet that the supervisor changed."""
    changed = {}
    planned = {step.kind: step for step in PLAN[category]}
    for line in session.exec(select(SheetLine).where(SheetLine.category == category.value)):
        if (step := planned.get(Kind(line.kind))) is not None:
            changed[step.kind] = SheetStep(
                kind=step.kind,
                anchor=step.anchor,
                minutes=line.minutes,
                party=step.party,
                phase=step.phase,
                rule=step.rule,
                mandatory=step.mandatory,
                takes_minutes=step.takes_minutes,
                enabled=line.enabled or not rules.may_leave_out(step),
            )
    return changed


def steps(session: Session, meeting_id: int) -> list[Step]:
    """Return the steps of a meeting in the order of their hours; dropped ones are left out."""
    found = session.exec(select(Step).where(Step.meeting_id == meeting_id).order_by(col(Step.due_at), col(Step.place), col(Step.id)))
    return [step for step in found if step.state != rules.StepState.DROPPED]

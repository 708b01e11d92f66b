"""The registers that write themselves: service log (F16), room-usage register (F17), the month's sum for the owner (S113, S114, S130)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow, RoundRow, StepRow
from server.domain.meetings.rules import Category, Kind, State, StepState
from server.domain.meetings.tables import Meeting

COUNTED = (State.IN_SESSION, State.ENDED, State.TURNING_OVER, State.CLOSED)
"""Meetings that took place."""


class Logged(StrEnum):
    """What a line of the service log is about; of one instant, in this order."""

    BEGAN = "began"
    ENDED = "ended"
    STEP = "step"
    TEA = "tea"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of the service log: what was done for a meeting, when, by whom; the step or the round of tea it is about, if any."""

    at: datetime
    meeting: MeetingRow
    what: Logged
    by: str = ""
    step: StepRow | None = None
    round: RoundRow | None = None


@dataclass(frozen=True, kw_only=True)
class RoomSum:
    """One room's month: meetings, hours in use, people, by category, and those that did not take place."""

    room_id: int
    room: str
    meetings: int = 0
    minutes: int = 0
    people: int = 0
    cancelled: int = 0
    no_show: int = 0
    categories: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class MonthSum:
    """A month's usage, room by room, the whole, and what was consumed."""

    first: date
    last: date
    rooms: tuple[RoomSum, ...]
    consumed: tuple[tuple[str, int], ...]
    meetings: tuple[MeetingRow, ...]

    @property
    def total(self) -> RoomSum:
        """All rooms together."""
        categories: Counter[str] = Counter()
        for each in self.rooms:
            categories.update(each.categories)
        return RoomSum(
            room_id=0,
            room="",
            meetings=sum(each.meetings for each in self.rooms),
            minutes=sum(each.minutes for each in self.rooms),
            people=sum(each.people for each in self.rooms),
            cancelled=sum(each.cancelled for each in self.rooms),
            no_show=sum(each.no_show for each in self.rooms),
            categories=categories,
        )


def usage(session: Session, first: date, last: date, *, room_id: int | None = None) -> tuple[MeetingRow, ...]:
    """Return the room-usage register from one day to another, both counted: a row a meeting, by its hour; of one room if given."""
    wanted = select(Meeting).where(col(Meeting.day) >= first, col(Meeting.day) <= last)
    if room_id is not None:
        wanted = wanted.where(Meeting.room_id == room_id)
    return meeting_rows.rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())


def service_log(session: Session, day: date) -> tuple[LogLine, ...]:
    """Return everything done for the meetings of a day, in the order in which it was done."""
    lines = [line for meeting in meeting_rows.of_day(session, day) for line in _lines(meeting)]
    return tuple(sorted(lines, key=lambda line: (line.at, line.meeting.meeting_id, list(Logged).index(line.what))))


def _lines(meeting: MeetingRow) -> Iterator[LogLine]:
    for step in meeting.steps:
        if step.settled_at is not None and step.state in (StepState.DONE, StepState.SKIPPED, StepState.MISSED):
            # Nobody misses a step: who began or ended the meeting then did not do it.
            by = "" if step.state is StepState.MISSED else step.settled_by
            yield LogLine(at=step.settled_at, meeting=meeting, what=Logged.STEP, by=by, step=step)
    for each in meeting.rounds:
        if each.settled_at is not None:
            yield LogLine(at=each.settled_at, meeting=meeting, what=Logged.TEA, by=each.settled_by, round=each)
    for at, what in ((meeting.started_at, Logged.BEGAN), (meeting.ended_at, Logged.ENDED), (meeting.closed_at, Logged.CLOSED)):
        if at is not None:
            yield LogLine(at=at, meeting=meeting, what=what)


def month(session: Session, first: date) -> MonthSum:
    """Return the sum of the month that begins on ``first`` (S130)."""
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return summed(first, last, usage(session, first, last))


def summed(first: date, last: date, meetings: Sequence[MeetingRow]) -> MonthSum:
    """Return the sum of some meetings. Each figure is the sum of the rows it comes with."""
    sums: dict[int, RoomSum] = {}
    consumed: Counter[str] = Counter()
    for meeting in meetings:
        standing = sums.get(meeting.room_id) or RoomSum(room_id=meeting.room_id, room=meeting.room)
        sums[meeting.room_id] = _with(standing, meeting)
        for step in meeting.steps:
            if step.kind is Kind.CONSUMABLES:
                for item, quantity in step.quantities:
                    consumed[item] += quantity
    ordered = tuple(sorted(sums.values(), key=lambda each: (each.room, each.room_id)))
    return MonthSum(first=first, last=last, rooms=ordered, consumed=tuple(sorted(consumed.items())), meetings=tuple(meetings))


def minutes_used(meeting: MeetingRow) -> int:
    """Return how long a meeting held its room, in whole minutes: as it was where that is known, else as planned; 0 if it was not held."""
    if meeting.state not in COUNTED:
        return 0
    begins, ends = meeting.started_at or meeting.starts_at, meeting.ended_at or meeting.ends_at
    return max(0, (ends - begins) // timedelta(minutes=1))


def people_there(meeting: MeetingRow) -> int:
    """Return how many came, counted or else expected; 0 if the meeting was not held."""
    if meeting.state not in COUNTED:
        return 0
    return meeting.actual if meeting.actual is not None else meeting.people


def _with(standing: RoomSum, meeting: MeetingRow) -> RoomSum:
    took_place = meeting.state in COUNTED
    categories = Counter(standing.categories)
    if took_place:
        categories[Category(meeting.category).value] += 1
    return RoomSum(
        room_id=standing.room_id,
        room=standing.room,
        meetings=standing.meetings + took_place,
        minutes=standing.minutes + minutes_used(meeting),
        people=standing.people + people_there(meeting),
        cancelled=standing.cancelled + (meeting.state is State.CANCELLED),
        no_show=standing.no_show + (meeting.state is State.NO_SHOW),
        categories=categories,
    )

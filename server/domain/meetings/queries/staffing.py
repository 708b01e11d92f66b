"""The staffing line of a day, minute by minute: how many attendants are needed, how many are there, and what would help (S23, S54)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlmodel import Session

from server.days import Window, whole_day
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Anchor, Kind, Minute, Need, Party, Shortfall, State

NEEDED = (Kind.DRAW_SUPPLIES, Kind.CHECK_ROOM, Kind.GREET_DOOR, Kind.GREET_LIFT, Kind.FIRST_POUR, Kind.TIDY)
"""Steps that hold a person for their time: who greets stands at the door and can do nothing else."""
TAKES = {Kind.DRAW_SUPPLIES: 15, Kind.CHECK_ROOM: 20, Kind.GREET_DOOR: 15, Kind.GREET_LIFT: 15, Kind.FIRST_POUR: 5, Kind.TIDY: 15}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would help in a stretch with too few people: begin a step so many minutes sooner, or ask somebody to cover."""

    what: str
    meeting_id: int | None
    room: str
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class StaffingLine:
    """A day's line, its shortfalls, and a proposal for each of them."""

    day: date
    minutes: tuple[Minute, ...]
    shortfalls: tuple[tuple[Shortfall, Proposal], ...]
    people: int


def staffing(session: Session, day: date, zone: tzinfo, *, there: Sequence[tuple[Window, int]] = ()) -> StaffingLine:
    """Return the line of a day. ``there`` is how many attendants are there when; without it, all of them all day."""
    people = len(finding.attendants(session))
    span = whole_day(day, zone)
    present = there or [(span, people)]
    needs = [need for meeting in meeting_rows.of_day(session, day, all_states=False) for need in needs_of(meeting)]
    short = rules.shortfalls(needs, present, span)
    return StaffingLine(
        day=day,
        minutes=tuple(rules.line(needs, present, span)),
        shortfalls=tuple((each, proposal(each)) for each in short),
        people=people,
    )


def needs_of(meeting: MeetingRow) -> list[Need]:
    """Return when a meeting holds attendants, step by step; what is done holds nobody."""
    needs = []
    for step in meeting.open_steps:
        if step.party is not Party.ATTENDANT or step.kind not in NEEDED:
            continue
        begins = meeting.ends_at if step.anchor is Anchor.END and meeting.state is not State.ENDED else step.due_at
        window = Window(begins=begins, ends=begins + timedelta(minutes=TAKES[step.kind]))
        needs.append(Need(window=window, people=1, what=step.kind.value, room=meeting.room, meeting_id=meeting.meeting_id))
    return needs


MOVABLE = (Kind.CHECK_ROOM.value, Kind.DRAW_SUPPLIES.value)
"""What may be done sooner; greeting has its hour."""


def proposal(short: Shortfall) -> Proposal:
    """Return what would help most simply: do what need not be done just then sooner, else ask somebody to cover."""
    movable = next((need for need in short.needs if need.what in MOVABLE), None)
    if movable is None:
        return Proposal(what="cover", meeting_id=None, room=short.needs[0].room if short.needs else "")
    sooner = (movable.window.ends - short.window.begins) // timedelta(minutes=1)
    return Proposal(what=movable.what, meeting_id=movable.meeting_id, room=movable.room, minutes=sooner)

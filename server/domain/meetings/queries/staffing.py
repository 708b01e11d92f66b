"""The staffing line of a day, minute by minute: how many attendants are needed, how many are there, and what would help (S23, S54)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import zip_longest

from sqlmodel import Session, col, select

from server.days import Window, whole_day
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Anchor, Kind, Minute, Need, Party, Shortfall, State
from server.domain.posts.rules import PostState
from server.domain.posts.tables import Stint

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


BACK_WITHIN = timedelta(hours=1)
"""Who is at a meal, away or covers the desk is counted as back so long after it began: nobody says beforehand how long it takes."""


def staffing(session: Session, day: date, zone: tzinfo) -> StaffingLine:
    """Return the line of a day. No shift is planned here: every attendant counts as there, less when the posts say otherwise."""
    attendants = finding.attendants(session)
    people = len(attendants)
    span = whole_day(day, zone)
    present = [(span, people), *((window, -1) for window in absences(session, attendants, span))]
    needs = [need for meeting in meeting_rows.of_day(session, day, all_states=False) for need in needs_of(meeting)]
    short = rules.shortfalls(needs, present, span)
    return StaffingLine(
        day=day,
        minutes=tuple(rules.line(needs, present, span)),
        shortfalls=tuple((each, proposal(each)) for each in short),
        people=people,
    )


def absences(session: Session, attendants: Sequence[int], span: Window) -> Iterator[Window]:
    """Give the stretches of a day in which one of the attendants is not on his own post: elsewhere, or gone home."""
    known = select(Stint).where(col(Stint.staff_id).in_(attendants), col(Stint.undone).is_(False), col(Stint.from_at) < span.ends)
    still = known.where(col(Stint.until_at).is_(None) | (col(Stint.until_at) > span.begins))
    stints = session.exec(still.order_by(col(Stint.staff_id), col(Stint.from_at), col(Stint.id))).all()
    for stint, after in zip_longest(stints, stints[1:]):
        if stint.state != PostState.ON_POST:
            yield Window(begins=stint.from_at, ends=stint.until_at or stint.from_at + BACK_WITHIN)
        follows = after if after is not None and after.staff_id == stint.staff_id else None
        if stint.until_at is not None and (follows is None or follows.from_at > stint.until_at):
            yield Window(begins=stint.until_at, ends=follows.from_at if follows else span.ends)


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

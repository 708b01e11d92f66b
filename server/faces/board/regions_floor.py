"""Live regions of the board for the meeting floor: today's meetings, the calls from their rooms, and whether there are people enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template
from sqlmodel import Session

from server.days import local_day
from server.domain.calls import queries as calls
from server.domain.calls.queries import CallRow
from server.domain.calls.rules import UNANSWERED, CallLevel
from server.domain.meetings.queries.board import BoardDay, BoardRow, meetings_of_board
from server.domain.meetings.queries.staffing import Proposal, staffing
from server.domain.meetings.rules import Shortfall
from server.domain.rooms import queries as rooms
from server.events import DayOpened, Event, MeetingEvent, NameEvent, PostEvent, RoomCallEvent, StaffChanged
from server.faces.board import words
from server.live.regions import RegionId
from server.web import floor
from server.web.house import house
from server.web.i18n import language

MEETINGS: tuple[type[Event], ...] = (MeetingEvent, RoomCallEvent, NameEvent, StaffChanged, DayOpened)
ROOM_CALLS: tuple[type[Event], ...] = (RoomCallEvent, NameEvent, StaffChanged)
STAFFING: tuple[type[Event], ...] = (MeetingEvent, PostEvent, NameEvent, StaffChanged, DayOpened)

MOST_MEETINGS, MOST_OVER, MOST_CALLS = 14, 3, 3
"""Lines beside the desk: meetings, how many of them may be over, calls nobody has answered; the rest is counted."""
WALL_MEETINGS, WALL_OVER = 5, 1
"""Lines that fit on the wall, readable at three metres."""
OVERDUE = (CallLevel.BOARD, CallLevel.SUPERVISOR)
"""Nobody has answered for so long that the board says so again each minute."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A day's first stretch with too few people, and what would help; none of it where there are enough."""

    day: str
    short: Shortfall | None
    missing: str
    advice: str


def draw_meetings(session: Session, _id: RegionId) -> str:
    """Draw today's meetings for the board beside the desk."""
    return _meetings(session, MOST_MEETINGS, MOST_OVER, is_wall=False)


def draw_wall_meetings(session: Session, _id: RegionId) -> str:
    """Draw today's meetings for the wall."""
    return _meetings(session, WALL_MEETINGS, WALL_OVER, is_wall=True)


def draw_room_calls(session: Session, _id: RegionId) -> str:
    """Draw the open calls from rooms, those nobody has answered as cards that can be."""
    unanswered, others = _split(calls.open_calls(session))
    shown = unanswered[:MOST_CALLS]
    return _draw("_room_calls.html", calls=shown, more=len(unanswered) - len(shown), others=others, overdue=OVERDUE)


def draw_wall_room_calls(session: Session, _id: RegionId) -> str:
    """Draw the call that has waited longest, and how many more there are."""
    unanswered, others = _split(calls.open_calls(session))
    absent = [call for call in others if call.level is CallLevel.ABSENT]
    return _draw("_wall_room_calls.html", calls=[*unanswered, *absent], overdue=OVERDUE)


def draw_staffing(session: Session, _id: RegionId) -> str:
    """Draw whether there are people enough today and tomorrow, for the strip beside the desk."""
    return _draw("_staffing.html", days=_outlooks(session), is_wall=False)


def draw_wall_staffing(session: Session, _id: RegionId) -> str:
    """Draw the same for the wall."""
    return _draw("_staffing.html", days=_outlooks(session), is_wall=True)


def _meetings(session: Session, most: int, most_over: int, *, is_wall: bool) -> str:
    today = _today()
    unanswered, others = _split(calls.open_calls(session))
    # Somebody on the way is told above; a room needs service while nobody goes, or nobody has come.
    waiting = _by_room([*unanswered, *(call for call in others if call.level is CallLevel.ABSENT)])
    day = meetings_of_board(session, today, called=waiting)
    shown, more = _fitting(day, most, most_over)
    return _draw("_meetings.html", day=day, rows=shown, more=more, calls=waiting, today=today, is_wall=is_wall)


def _fitting(day: BoardDay, most: int, most_over: int) -> tuple[Sequence[BoardRow], int]:
    """Return what fits, what is open before what is over, and how many open ones do not; the last line is given up for saying so."""
    open_ones = [row for row in day.rows if row.pressing or not row.over]
    if len(open_ones) > most:
        return open_ones[: most - 1], len(open_ones) - most + 1
    over = [row for row in day.rows if row.over and not row.pressing]
    return [*open_ones, *over[: min(most_over, most - len(open_ones))]], 0


def _by_room(waiting: Sequence[CallRow]) -> Mapping[int, CallRow]:
    """Return of each room the call to tell: the first."""
    return {call.room_id: call for call in reversed(waiting)}


def _split(open_calls: Sequence[CallRow]) -> tuple[list[CallRow], list[CallRow]]:
    waiting = [call for call in open_calls if call.state in UNANSWERED]
    return waiting, [call for call in open_calls if call.state not in UNANSWERED]


def _outlooks(session: Session) -> tuple[Outlook, Outlook]:
    today, zone = _today(), house().settings.zone
    names = {card.name: floor.room(card.name, card.name_en, language()) for card in rooms.rooms(session, retired=True)}
    lines = [staffing(session, day, zone).shortfalls for day in (today, today + timedelta(days=1))]
    return _outlook("today", lines[0], names), _outlook("tomorrow", lines[1], names)


def _outlook(day: str, shortfalls: Sequence[tuple[Shortfall, Proposal]], names: Mapping[str, str]) -> Outlook:
    if not shortfalls:
        return Outlook(day=day, short=None, missing="", advice="")
    short, proposal = shortfalls[0]
    where = names.get(proposal.room, proposal.room)
    return Outlook(day=day, short=short, missing=floor.missing(short), advice=floor.advice(proposal, where))


def _today() -> date:
    return local_day(house().clock.now(), house().settings.zone)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(house().settings.zone)


def _draw(template: str, **shown: Any) -> str:
    return render_template(f"board/{template}", words=words, floor=floor, local=_local, lang=language(), **shown)

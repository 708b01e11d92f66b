"""Live regions of the room page: how the meeting stands, its calls, and what may be done.

Nobody watches them by role: each is opened one by one to the holder of the link of that meeting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from server.domain.calls import queries as calls
from server.domain.calls.queries import CallRow
from server.domain.calls.rules import REOPEN_WITHIN
from server.domain.meetings.queries import doors, rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import BEFORE_START
from server.errors import NotFound
from server.events import Event, MeetingEvent, NameEvent, RoomCallEvent
from server.faces.room import words
from server.live.regions import ROW, Region, RegionId, Registry, Touch, every
from server.web import floor
from server.web.auth import Principal
from server.web.house import house
from server.web.i18n import language

NAMES = ("room.meeting", "room.wishes", "room.calls", "room.actions")


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    for name, template, label in (
        ("room.meeting", "_meeting.html", lazy_gettext("Your meeting")),
        ("room.wishes", "_wishes.html", lazy_gettext("What you can ask for")),
        ("room.calls", "_calls.html", lazy_gettext("Your calls")),
        ("room.actions", "_actions.html", lazy_gettext("What you can do")),
    ):
        attributes: dict[str, object] = {"aria-label": label} | ({"aria-live": "polite"} if name == "room.meeting" else {})
        registry.add(Region(name=name, parameter=ROW, touched_by=_touched(name), render=_drawn_by(template), attributes=attributes))


def opened_by(_asker: Principal, key: str) -> Iterable[str]:
    """Return the regions that a link opens: those of its meeting, while its page is open."""
    with house().door.reading() as session:
        meeting = doors.meeting_of_token(session, house().keys, key, house().clock.now())
    return tuple(f"{name}:{meeting.meeting_id}" for name in NAMES) if meeting else ()


def _touched(name: str) -> Mapping[type[Event], Touch]:
    touched: dict[type[Event], Touch] = {MeetingEvent: lambda fact: [f"{name}:{fact.meeting_id}"], NameEvent: lambda _: every(name)}
    if name in ("room.wishes", "room.calls"):
        # A call may be of the meeting before, or of none: it belongs to every page of its room, and few are open at a time.
        touched[RoomCallEvent] = lambda _: every(name)
    return touched


def _drawn_by(template: str) -> Callable[[Session, RegionId], str]:
    def draw(session: Session, region_id: RegionId) -> str:
        meeting = rows.one(session, int(region_id.parameter))
        if meeting is None:
            raise NotFound("meeting_unknown")
        return render_template(f"room/{template}", **_shown(session, meeting))

    return draw


def _shown(session: Session, meeting: MeetingRow) -> dict[str, Any]:
    shown = calls.calls_of_room(session, meeting.room_id, meeting.meeting_id)
    by_wish: dict[str, CallRow] = {call.wish.value: call for call in shown}
    return {
        "meeting": meeting,
        "title": words.title_of(meeting),
        "room": floor.room(meeting.room, meeting.room_en, language()),
        "calls": shown,
        "by_wish": by_wish,
        "before": meeting.state in BEFORE_START,
        "floor": floor,
        "reopen_within": REOPEN_WITHIN,
    }

"""The live region of a door sign. It is opened to the device that stands at the room, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from server.days import local_day
from server.domain.calls import queries as calls
from server.domain.calls.rules import Wish
from server.domain.devices import queries as devices
from server.domain.meetings.queries import doors
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import RoomCard
from server.events import DayOpened, MeetingChanged, MeetingEvent, NameEvent, RoomCallEvent
from server.faces.door import words
from server.live.regions import ROW, Region, RegionId, Registry, every
from server.web import floor, qr
from server.web.auth import Principal
from server.web.house import house
from server.web.i18n import language

NEXT = 3
"""Meetings shown that come next today."""


def add_regions(registry: Registry) -> None:
    """Add this face's region."""
    registry.add(
        Region(
            name="door.sign",
            parameter=ROW,
            touched_by={
                MeetingEvent: lambda fact: _signs(fact.room_id),
                MeetingChanged: lambda fact: _signs(fact.from_room_id),
                RoomCallEvent: lambda fact: _signs(fact.room_id),
                NameEvent: lambda _: every("door.sign"),
                DayOpened: lambda _: every("door.sign"),
            },
            render=_draw,
            css_class="sign-place",
            attributes={"aria-label": lazy_gettext("This room"), "aria-live": "polite"},
        )
    )


def opened_by(asker: Principal, _key: str) -> Iterable[str]:
    """Open the sign of the room that a device stands at."""
    room = room_of(asker.device_id)
    return (f"door.sign:{room.id}",) if room else ()


def room_of(device_id: int | None) -> RoomCard | None:
    """Return the room a door device stands at: whose name is its place, or else its own name; None if there is none."""
    with house().door.reading() as session:
        card = devices.device_card(session, device_id or 0)
        return rooms.room_at(session, card.place, card.name)


def _signs(room_id: int) -> list[str]:
    return [f"door.sign:{room_id}"]


def _draw(session: Session, region_id: RegionId) -> str:
    room = rooms.room_card(session, int(region_id.parameter))
    view = doors.door(session, room.id, local_day(house().clock.now(), house().settings.zone))
    lang = language()
    word, other = words.in_both(words.word_of(view)[0], lang)
    token = doors.room_token(session, house().keys, view.current.meeting_id) if view.current else ""
    return render_template(
        "door/_sign.html",
        room=room,
        name=floor.room(room.name, room.name_en, lang),
        view=view,
        word=word,
        other=other,
        icon=words.word_of(view)[2],
        ground=words.ground_of(view),
        title_of=words.title_of,
        coming=view.coming[:NEXT],
        more=len(view.coming[NEXT:]),
        address=qr.link(house().settings, "r", token) if token else "",
        fault=next((call for call in calls.open_calls(session) if call.room_id == room.id and call.wish is Wish.TECHNICIAN), None),
        states=floor.CALL_STATES,
        lang=lang,
    )

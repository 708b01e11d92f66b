"""Live regions of the work: what to do now, changes to be seen, calls, rooms, the days, one meeting, and what is left open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from floor_tablet import words
from server.days import local_day
from server.domain.calls import queries as calls
from server.domain.meetings.queries import rows as meetings
from server.domain.meetings.queries import tablet
from server.domain.meetings.rules import can_be_done
from server.domain.posts import queries as posts
from server.domain.posts.rules import PostState
from server.domain.rooms import queries as rooms
from server.errors import NotFound
from server.events import DayOpened, Event, MeetingEvent, NameEvent, PostEvent, RoomCallEvent, StaffChanged
from server.live.regions import ROW, Draw, Region, RegionId, Registry, every
from server.web import floor
from server.web.house import house
from server.web.i18n import language

NAMES: tuple[type[Event], ...] = (NameEvent, StaffChanged)
FLOOR: tuple[type[Event], ...] = (MeetingEvent, DayOpened, *NAMES)
"""What changes what is to be done."""
CALLS: tuple[type[Event], ...] = (RoomCallEvent, *NAMES)


def add_regions(registry: Registry) -> None:
    """Add the regions of the work."""
    for shared in SHARED:
        registry.add(_shared(*shared))
    for own in OWN:
        registry.add(_own(*own))
    registry.add(
        Region(
            name="tablet.meeting",
            parameter=ROW,
            touched_by={
                MeetingEvent: lambda fact: [f"tablet.meeting:{fact.meeting_id}"],
                **dict.fromkeys(NAMES, _every("tablet.meeting")),
            },
            render=_meeting,
            css_class="stack-loose",
        )
    )


def _shared(name: str, facts: tuple[type[Event], ...], draw: Draw, css_class: str, label: object) -> Region:
    return Region(name=f"tablet.{name}", touched_by=facts, render=draw, css_class=css_class, attributes={"aria-label": label})


def _own(name: str, facts: tuple[type[Event], ...], draw: Draw, css_class: str) -> Region:
    touched = dict.fromkeys(facts, _every(f"tablet.{name}"))
    return Region(name=f"tablet.{name}", parameter=ROW, touched_by=touched, render=draw, css_class=css_class)


def _every(name: str) -> Any:
    return lambda _fact: every(name)


def _draw(template: str, **shown: Any) -> str:
    return render_template(f"tablet/{template}", words=words, floor=floor, lang=language(), local=_local, **shown)


def _local(instant: Any) -> Any:
    return instant.astimezone(house().settings.zone)


def _today() -> Any:
    return local_day(house().clock.now(), house().settings.zone)


def _now(session: Session, region_id: RegionId) -> str:
    me = int(region_id.parameter)
    return _draw("_now.html", todo=tablet.to_do(session, me, _today()), me=me)


def _changes(session: Session, region_id: RegionId) -> str:
    return _draw("_changes.html", changes=tablet.changes_to_see(session, int(region_id.parameter)))


def _calls(session: Session, _id: RegionId) -> str:
    return _draw("_calls.html", calls=calls.open_calls(session))


def _called(session: Session) -> set[int]:
    return {call.room_id for call in calls.open_calls(session)}


def _rooms(session: Session, _id: RegionId) -> str:
    return _draw("_rooms.html", rows=tablet.rooms_today(session, _today(), _called(session)))


def _floor(session: Session, _id: RegionId) -> str:
    return _draw("_floor.html", rows=tablet.rooms_today(session, _today(), _called(session)))


def _days(session: Session, _id: RegionId) -> str:
    today = _today()
    days = [(day, meetings.of_day(session, day)) for day in (today, today + timedelta(days=1))]
    return _draw("_days.html", days=days)


def _meeting(session: Session, region_id: RegionId) -> str:
    meeting = meetings.one(session, int(region_id.parameter))
    if meeting is None:
        raise NotFound("meeting_unknown")
    card = rooms.room_card(session, meeting.room_id)
    return _draw(
        "_meeting.html",
        meeting=meeting,
        can=lambda step: can_be_done(meeting.state, step.phase),
        room=card,
        card=next((each for each in card.layouts if each.layout == meeting.layout), None),
    )


def _left_open(session: Session, region_id: RegionId) -> str:
    me = int(region_id.parameter)
    todo = tablet.to_do(session, me, _today())
    mine = [one for one in (*todo.now, *todo.next) if one.mine]
    there = [row for row in posts.on_duty(session) if row.state is PostState.ON_POST and row.staff_id != me and row.role == "attendant"]
    return _draw("_left_open.html", mine=mine, more=todo.more, there=there, meetings=tablet.to_hand_over(session, me, _today()))


SHARED: tuple[tuple[str, tuple[type[Event], ...], Draw, str, object], ...] = (
    ("calls", CALLS, _calls, "stack", lazy_gettext("Calls from rooms")),
    ("rooms", (*FLOOR, RoomCallEvent), _rooms, "section", lazy_gettext("Meeting rooms")),
    ("floor", (*FLOOR, RoomCallEvent), _floor, "floor-rooms", lazy_gettext("Meeting rooms")),
    ("days", FLOOR, _days, "stack-loose", lazy_gettext("Meetings")),
)
"""Regions that every open tablet shows alike."""
OWN: tuple[tuple[str, tuple[type[Event], ...], Draw, str], ...] = (
    ("now", FLOOR, _now, "stack"),
    ("changes", (MeetingEvent, *NAMES), _changes, "tablet-changes"),
    ("left_open", (*FLOOR, PostEvent), _left_open, "section"),
)
"""Regions of one attendant each."""

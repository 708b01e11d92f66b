"""Live regions of the board. Those of the wall have no buttons and fewer lines: nothing scrolls there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from server.domain.assistance import queries as assistance
from server.domain.devices import queries as devices
from server.domain.visits import queries as visits
from server.domain.visits.queries import WaitingRow
from server.domain.visits.rules import Step, local_day
from server.events import (
    DayOpened,
    DeviceEvent,
    Event,
    InvitationEvent,
    NameEvent,
    PersonCallAnswered,
    PersonCalled,
    VisitEvent,
)
from server.faces.board import regions_floor as on_floor
from server.faces.board import words
from server.live.regions import Draw, Region, RegionId, Registry
from server.web.house import house
from server.web.i18n import language

LISTS: tuple[type[Event], ...] = (VisitEvent, NameEvent)
CALLS: tuple[type[Event], ...] = (PersonCalled, PersonCallAnswered, DeviceEvent)
DAY: tuple[type[Event], ...] = (*LISTS, InvitationEvent, DayOpened)

WALL_WAITING, WALL_TENANTS, WALL_EXPECTED = 5, 4, 2
"""Lines that fit on the wall, readable at three metres; the rest is counted."""


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    for name, facts, draw, words_of_it in (
        ("counts", (VisitEvent, InvitationEvent, DeviceEvent, DayOpened), _counts, lazy_gettext("The day in numbers")),
        ("calls", CALLS, _calls, lazy_gettext("Calls for a person")),
        ("waiting", LISTS, _waiting, lazy_gettext("Waiting to be met")),
        ("inside", LISTS, _inside, lazy_gettext("In the building")),
        ("expected", DAY, _expected, lazy_gettext("Expected today")),
        ("left", LISTS, _left, lazy_gettext("Just left")),
        ("devices", (DeviceEvent,), _devices, lazy_gettext("Devices")),
        ("wall_calls", CALLS, _wall_calls, lazy_gettext("Calls for a person")),
        ("wall_waiting", LISTS, _wall_waiting, lazy_gettext("Waiting to be met")),
        ("wall_inside", LISTS, _wall_inside, lazy_gettext("In the building")),
        ("wall_expected", DAY, _wall_expected, lazy_gettext("Expected today")),
        ("room_calls", on_floor.ROOM_CALLS, on_floor.draw_room_calls, lazy_gettext("Calls from rooms")),
        ("wall_room_calls", on_floor.ROOM_CALLS, on_floor.draw_wall_room_calls, lazy_gettext("Calls from rooms")),
        ("meetings", on_floor.MEETINGS, on_floor.draw_meetings, lazy_gettext("Today’s meetings")),
        ("wall_meetings", on_floor.MEETINGS, on_floor.draw_wall_meetings, lazy_gettext("Today’s meetings")),
        ("staffing", on_floor.STAFFING, on_floor.draw_staffing, lazy_gettext("Staffing")),
        ("wall_staffing", on_floor.STAFFING, on_floor.draw_wall_staffing, lazy_gettext("Staffing")),
    ):
        registry.add(_region(f"board.{name}", facts, draw, words_of_it))


def _region(name: str, facts: tuple[type[Event], ...], draw: Draw, label: object) -> Region:
    kind = name.partition(".")[2].replace("_", "-")
    return Region(name=name, touched_by=facts, render=draw, css_class=f"board-part board-{kind}", attributes={"aria-label": label})


def _draw(template: str, **shown: Any) -> str:
    return render_template(f"board/{template}", words=words, lang=language(), **shown)


def needs_somebody(row: WaitingRow) -> tuple[int, object]:
    """Return the place in the list: whom the desk was asked about first, then who has no answer, who was asked to wait, who is fetched."""
    if row.step is Step.DESK:
        return (0 if row.desk_took_at is None else 1, row.since)
    return ({Step.WAIT: 3, Step.COMING: 4}.get(row.step, 2), row.since)


def _today() -> date:
    return local_day(house().clock.now(), house().settings.zone)


def _counts(session: Session, _id: RegionId) -> str:
    screens = devices.devices(session)
    counts = visits.counts(session, _today(), house().settings.zone)
    return _draw("_counts.html", counts=counts, alive=sum(screen.online for screen in screens), screens=len(screens))


def _calls(session: Session, _id: RegionId) -> str:
    return _draw("_calls.html", calls=assistance.open_calls(session))


def _wall_calls(session: Session, _id: RegionId) -> str:
    return _draw("_wall_calls.html", calls=assistance.open_calls(session))


def _sorted_waiting(session: Session) -> list[WaitingRow]:
    return sorted(visits.waiting(session), key=needs_somebody)


def _waiting(session: Session, _id: RegionId) -> str:
    rows = _sorted_waiting(session)
    return _draw("_waiting.html", rows=rows, more=0, total=len(rows), is_wall=False)


def _wall_waiting(session: Session, _id: RegionId) -> str:
    rows = _sorted_waiting(session)
    shown, more = _first(rows, WALL_WAITING)
    return _draw("_waiting.html", rows=shown, more=more, total=len(rows), is_wall=True)


def _inside(session: Session, _id: RegionId) -> str:
    floors = visits.in_building(session)
    return _draw("_inside.html", floors=floors, people=sum(floor.people for floor in floors))


def _wall_inside(session: Session, _id: RegionId) -> str:
    floors = visits.in_building(session)
    tenants = [(floor.floor, tenant) for floor in floors for tenant in floor.tenants]
    shown, more = _first(tenants, WALL_TENANTS)
    return _draw("_wall_inside.html", tenants=shown, more=more, floors=floors, people=sum(floor.people for floor in floors))


def _expected(session: Session, _id: RegionId) -> str:
    rows = visits.expected_today(session, _today(), house().settings.zone)
    return _draw("_expected.html", rows=rows, more=0, total=len(rows), is_wall=False)


def _wall_expected(session: Session, _id: RegionId) -> str:
    rows = visits.expected_today(session, _today(), house().settings.zone)
    return _draw("_expected.html", rows=rows[:WALL_EXPECTED], more=0, total=len(rows), is_wall=True)


def _left(session: Session, _id: RegionId) -> str:
    return _draw("_left.html", rows=visits.recently_left(session, limit=2))


def _devices(session: Session, _id: RegionId) -> str:
    screens = devices.devices(session)
    silent = [screen for screen in screens if not screen.online]
    return _draw("_devices.html", screens=screens, silent=silent, alive=len(screens) - len(silent))


def _first(rows: Sequence[Any], most: int) -> tuple[Sequence[Any], int]:
    """Return what fits, and how many do not; the last line is given up for saying so."""
    if len(rows) <= most:
        return rows, 0
    return rows[: most - 1], len(rows) - most + 1

"""Live regions of the desk: the board's lists with their actions, a visitor's record, calls, devices and pairings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from server.domain.assistance import queries as assistance
from server.domain.devices import queries as devices
from server.domain.posts import queries as posts
from server.domain.posts.rules import CoverState, LeaveState
from server.domain.visits import queries as visits
from server.domain.visits.queries import WaitingRow
from server.domain.visits.rules import COMING_MINUTES, WAIT_MINUTES, Step, local_day
from server.events import (
    DayOpened,
    DeviceEvent,
    InvitationEvent,
    NameEvent,
    PairingClosed,
    PairingOpened,
    PersonCallAnswered,
    PersonCalled,
    PostEvent,
    StaffChanged,
    VisitEvent,
)
from server.faces.desk import regions_meetings, words
from server.faces.desk.history import told
from server.live.regions import ROW, Region, RegionId, Registry, every
from server.web.house import house
from server.web.i18n import language

CALLS = (PersonCalled, PersonCallAnswered, DeviceEvent)
LISTS = (VisitEvent, NameEvent)
POSTS = (PostEvent, StaffChanged)
COUNTED = (VisitEvent, InvitationEvent, DeviceEvent, DayOpened)


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    for region in (*_figures(), *_lists(), *_rows(), *regions_meetings.regions()):
        registry.add(region)


def _figures() -> Iterable[Region]:
    yield Region(
        name="desk.alerts", touched_by=(VisitEvent, *CALLS, *regions_meetings.ALARMED), render=_alerts, css_class="alerts", tag="div"
    )
    yield Region(name="desk.asks", touched_by=POSTS, render=_asks, css_class="alerts", tag="div")
    yield Region(name="desk.counts", touched_by=COUNTED, render=_counts, css_class="figures", tag="div")


def _lists() -> Iterable[Region]:
    for name, facts, draw, label in (
        ("waiting", LISTS, _waiting, lazy_gettext("Waiting to be met")),
        ("inside", LISTS, _inside, lazy_gettext("In the building")),
        ("expected", (*LISTS, InvitationEvent, DayOpened), _expected, lazy_gettext("Expected today")),
        ("left", LISTS, _left, lazy_gettext("Turned away, and just left")),
        ("devices", (DeviceEvent,), _devices, lazy_gettext("Devices")),
        ("posts", POSTS, _posts, lazy_gettext("Who is on post")),
        ("leaves", POSTS, _leaves, lazy_gettext("For the supervisor")),
        ("coverage", (*POSTS, DayOpened), _coverage, lazy_gettext("The desk today")),
        ("pairings", (PairingOpened, PairingClosed), _pairings, lazy_gettext("New devices that ask")),
    ):
        yield Region(name=f"desk.{name}", touched_by=facts, render=draw, css_class="section", attributes=_named(label))
    yield Region(
        name="desk.calls",
        touched_by=CALLS,
        render=_calls,
        css_class="section desk-calls",
        attributes=_named(lazy_gettext("Calls for a person")),
    )


def _rows() -> Iterable[Region]:
    yield Region(
        name="desk.record",
        parameter=ROW,
        touched_by={VisitEvent: lambda fact: [f"desk.record:{fact.visit_id}"], NameEvent: lambda _: every("desk.record")},
        render=_record,
        css_class="record",
        tag="div",
    )


def _named(label: object) -> dict[str, object]:
    return {"aria-label": label}


def _draw(template: str, **shown: Any) -> str:
    return render_template(f"desk/{template}", words=words, lang=language(), **shown)


def needs_somebody(row: WaitingRow) -> tuple[int, object]:
    """Return the place in the list: whom the desk was asked about first, then who has no answer, who was asked to wait, who is fetched."""
    if row.step is Step.DESK:
        return (0 if row.desk_took_at is None else 1, row.since)
    return ({Step.WAIT: 3, Step.COMING: 4}.get(row.step, 2), row.since)


def _alerts(session: Session, _id: RegionId) -> str:
    asked = [row for row in visits.waiting(session) if row.step is Step.DESK and row.desk_took_at is None]
    alarms, room_calls = regions_meetings.alarms(session)
    return _draw("_alerts.html", asked=asked, calls=assistance.open_calls(session), room_calls=room_calls, floor_alarms=alarms)


def _counts(session: Session, _id: RegionId) -> str:
    screens = devices.devices(session)
    alive = sum(screen.online for screen in screens)
    return _draw("_counts.html", counts=_numbers(session), alive=alive, screens=len(screens))


def _numbers(session: Session) -> visits.Counts:
    zone = house().settings.zone
    return visits.counts(session, local_day(house().clock.now(), zone), zone)


def _calls(session: Session, _id: RegionId) -> str:
    return _draw("_calls.html", calls=assistance.open_calls(session))


def _waiting(session: Session, _id: RegionId) -> str:
    rows = sorted(visits.waiting(session), key=needs_somebody)
    return _draw("_waiting.html", rows=rows, coming=COMING_MINUTES, wait=WAIT_MINUTES)


def _inside(session: Session, _id: RegionId) -> str:
    floors = visits.in_building(session)
    return _draw("_inside.html", floors=floors, people=sum(floor.people for floor in floors))


def _expected(session: Session, _id: RegionId) -> str:
    zone = house().settings.zone
    return _draw("_expected.html", rows=visits.expected_today(session, local_day(house().clock.now(), zone), zone))


def _left(session: Session, _id: RegionId) -> str:
    return _draw("_left.html", rows=visits.recently_left(session, limit=8), turned_away=visits.turned_away(session))


def _record(session: Session, region_id: RegionId) -> str:
    record = visits.record_of(session, house().keys, int(region_id.parameter))
    return _draw("_record.html", record=record, visit=record.visit, history=[told(line) for line in record.history])


def _devices(session: Session, _id: RegionId) -> str:
    cards = devices.devices(session)
    return _draw("_devices.html", cards=cards, alive=sum(card.online for card in cards))


def _pairings(session: Session, _id: RegionId) -> str:
    return _draw("_pairings.html", cards=devices.open_pairings(session, house().clock.now()))


def _asks(session: Session, _id: RegionId) -> str:
    covers = [cover for cover in posts.open_covers(session) if cover.state is CoverState.ASKED]
    leaves = [leave for leave in posts.open_leaves(session) if leave.state is LeaveState.ASKED]
    return _draw("_asks.html", covers=covers, leaves=leaves, is_empty=posts.is_desk_empty(posts.on_duty(session)))


def _posts(session: Session, _id: RegionId) -> str:
    rows = posts.everyone(session)
    at_desk = [row.staff_id for row in rows if row.at_desk]
    return _draw("_posts.html", rows=rows, last_at_desk=at_desk[0] if len(at_desk) == 1 else None, is_empty=posts.is_desk_empty(rows))


def _leaves(session: Session, _id: RegionId) -> str:
    covers = [cover for cover in posts.open_covers(session) if cover.state is CoverState.ASKED]
    return _draw("_leaves.html", leaves=posts.open_leaves(session), covers=covers)


def _coverage(session: Session, _id: RegionId) -> str:
    zone = house().settings.zone
    day = posts.coverage(session, local_day(house().clock.now(), zone), zone)
    lines = sorted([(row.since, row, None) for row in day.attended] + [(gap.since, None, gap) for gap in day.gaps], key=lambda one: one[0])
    return _draw("_coverage.html", lines=lines)

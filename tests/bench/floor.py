"""The meeting day that both servers begin with: eight rooms with a door sign each, three attendants, fourteen meetings, tablets, boards.

Made by the house's own verbs, and by the clock: registered and reconfirmed the day before, then played until now, when it is between
nine and ten in the morning there, whenever the bench runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from server.app import open_door
from server.clock import Clock, StillClock
from server.config import Settings
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.demo.history import FLOOR_DEADLINES
from server.domain.devices import queries as devices
from server.domain.meetings import service
from server.domain.meetings.plans import Plan
from server.domain.meetings.queries import rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import TEA_MINUTES, Category
from server.keys import Keys
from server.schema import migrate
from tests.bench.moving import MeetingDay, Screen, board, sign, tablet
from tests.bench.park import log_on
from tests.factories import asks, make_attendant, make_device, make_room, make_tablet, make_tenant, meeting_of, unlock_tablet

MINUTE = timedelta(minutes=1)
NINE = 9
"""The hour it is there, whenever the bench runs."""
ROOMS = ("301", "302", "303", "305", "306", "307", "多功能厅", "贵宾厅")
ATTENDANTS = ("孙悦", "马骏", "罗琳")
DAY: tuple[tuple[str, str, int, int, Category, int], ...] = (
    ("301", "部门早会", -60, 120, Category.SMALL, 8),
    ("302", "项目周例会", -30, 150, Category.ORDINARY, 16),
    ("305", "供应商评审", 45, 90, Category.ORDINARY, 12),
    ("306", "预算讨论", 60, 60, Category.SMALL, 6),
    ("贵宾厅", "市领导调研", 90, 120, Category.VIP, 10),
    ("多功能厅", "新品发布会", 120, 120, Category.IMPORTANT, 60),
    ("303", "安全生产会", 150, 60, Category.ORDINARY, 14),
    ("301", "面试", 180, 60, Category.SMALL, 4),
    ("307", "季度经营会", 240, 90, Category.ORDINARY, 15),
    ("302", "合同谈判", 270, 90, Category.ORDINARY, 8),
    ("305", "技术评审", 300, 120, Category.ORDINARY, 12),
    ("多功能厅", "员工培训", 330, 120, Category.ORDINARY, 40),
    ("贵宾厅", "来宾座谈", 360, 60, Category.IMPORTANT, 9),
    ("306", "周复盘", 420, 60, Category.SMALL, 6),
)
"""The fourteen meetings: room, title, minutes after nine, minutes long, category, people."""
MOVED = "季度经营会"
"""The one that is moved by half an hour and back. Nobody sits in its room, so its sign has no QR to draw: the peer draws none."""


def zone_at_nine(now: datetime) -> str:
    """Return a time zone in which it is between nine and ten in the morning at ``now`` (in UTC). Its sign is turned, as POSIX has it."""
    east = (NINE - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def make_day(folder: Path, *, tablets: int, boards: int) -> MeetingDay:
    """Make a house on a meeting day, with so many open tablets and boards."""
    folder.mkdir(parents=True)
    now = Clock().now()
    settings = Settings(mode="test", data=folder, timezone=zone_at_nine(now))
    migrate(settings.database)
    keys = Keys.create_file(settings.key_file)
    clock = StillClock(now - timedelta(days=1))
    door = open_door(settings, clock, keys)
    people = [make_attendant(door, name=name) for name in ATTENDANTS]
    rooms = {name: make_room(door, name=name, capacity=120) for name in ROOMS}
    meeting_id = _register(door, rooms, now.astimezone(settings.zone).replace(hour=NINE, minute=0, second=0, microsecond=0))[MOVED]
    _play(door, clock, now)
    moved = meeting_of(door, meeting_id)
    day = MeetingDay(
        settings=settings,
        keys=keys,
        screens=tuple(_screens(door, people, rooms, tablets, boards)),
        login=log_on(door)[0],
        meeting_id=meeting_id,
        room_id=moved.room_id,
        starts_at=moved.starts_at,
        ends_at=moved.ends_at,
        moves=0,
    )
    door.engines.dispose()
    day.still()
    return replace(day, moves=len(day.revs()))


def _screens(door: Door, people: Sequence[int], rooms: dict[str, int], tablets: int, boards: int) -> Iterator[Screen]:
    """Enrol boards, a sign at each door, and tablets that the attendants have open by turns."""
    for _ in range(boards):
        yield board(_cookie(door, make_device(door, "board", gate="A")))
    for name, room_id in rooms.items():
        yield sign(room_id, _cookie(door, make_device(door, "door", gate="", place=name)))
    for place in range(tablets):
        device, who = make_tablet(door, name=f"平板{place}"), people[place % len(people)]
        session_id = unlock_tablet(door, device_id=device, staff_id=who)
        yield tablet(who, session_id, _cookie(door, device))


def _cookie(door: Door, device: int) -> str:
    with door.reading() as session:
        return devices.device_cookie(session, door.keys, device)


def _register(door: Door, rooms: dict[str, int], nine: datetime) -> dict[str, int]:
    """Register the day's meetings the day before, and reconfirm each; return their ids by title."""
    tenant, made = make_tenant(door, name="望江精密仪器"), {}
    for room, title, begins, minutes, category, people in DAY:
        starts = nine + begins * MINUTE
        plan = Plan(
            title=title,
            room_id=rooms[room],
            layout="boardroom" if people <= 16 else "theatre",
            starts_at=starts,
            ends_at=starts + minutes * MINUTE,
            category=category.value,
            estimated=people,
            tenant_id=tenant,
            contact_name="曾静怡",
            contact_phone="13800001111",
            tea_minutes=TEA_MINUTES[category],
        )
        made[title] = int(service.register(door, asks("staff:1"), plan=plan).ids["meeting"] or 0)
        stored = meeting_of(door, made[title])
        if stored.confirmed_at is None:
            said = {"layout": stored.layout, "guaranteed": people, "contact_name": "曾静怡", "contact_phone": "13800001111"}
            service.reconfirm(door, asks("staff:1"), meeting_id=made[title], version=stored.version, **said)  # type: ignore[arg-type]  # as a form has it
    return made


def _play(door: Door, clock: StillClock, now: datetime) -> None:
    """Let the day come: what has fallen due is done at its hour (the sign lets a meeting begin), the ladders stand where they do now."""
    while (step := _first_due(door, now)) is not None:
        meeting, step_id, hour = step
        clock.put(max(hour, clock.now()))
        row = next(each for each in meeting.steps if each.step_id == step_id)
        service.finish_step(
            door,
            asks("staff:1"),
            step_id=step_id,
            staff_id=row.staff.staff_id if row.staff else None,
            answered_name="周师傅" if row.asks_name else "",
            quantities=dict(meeting.supplies(row)) if row.asks_quantities else None,
        )
    for meeting in _today(door, now):
        if (pour := meeting.round) is not None and pour.due_at is not None and pour.due_at <= now:
            clock.put(max(pour.due_at, clock.now()))
            service.finish_round(
                door, asks("staff:1"), round_id=pour.round_id, staff_id=meeting.attendants[0].staff_id, cups=meeting.people
            )
    clock.put(now)
    scheduler = Scheduler(door, clock, deadlines=FLOOR_DEADLINES, upkeep=())
    while scheduler.step():
        pass


def _today(door: Door, now: datetime) -> tuple[MeetingRow, ...]:
    with door.reading() as session:
        return rows.of_day(session, now.astimezone(door.settings.zone).date())


def _first_due(door: Door, now: datetime) -> tuple[MeetingRow, int, datetime] | None:
    due = [
        (step.due_at, step.step_id, meeting)
        for meeting in _today(door, now)
        for step in meeting.open_steps
        if step.due_at <= now and step.anchor != "end"
    ]
    if not due:
        return None
    hour, number, meeting = min(due, key=lambda each: each[:2])
    return meeting, number, hour

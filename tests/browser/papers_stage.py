"""A floor with far too much on paper: rooms with long names and photos, a month of meetings, long texts, a year of swapped days."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from server.clock import StillClock
from server.days import at_local, local_day
from server.db.transaction import Door
from server.domain.calendar import service as calendar
from server.domain.meetings import service as meetings
from server.domain.meetings.tables import Step
from server.domain.rooms import service as rooms
from server.domain.rooms.rules import Layout
from tests.browser.park import FORTY, HOSTILE, TWO
from tests.factories import asks, make_attendant, make_meeting, make_room, make_tenant, meeting_of, steps_of
from tests.services.house import LiveHouse

TITLES = ("季度经营会", "新员工入职培训与安全教育（第二批）", "Quarterly review of the north-east sales organisation", HOSTILE[0], FORTY)
LONG_ROOM = "Wolfeschlegelsteinha"
"""Twenty letters: as long as a room's name may be."""


def picture(width: int = 240, height: int = 160, colour: tuple[int, int, int] = (31, 111, 92)) -> bytes:
    """Return a PNG of squares."""
    squares = ((233, 239, 235), colour)
    lines = b"".join(b"\0" + b"".join(bytes(squares[(x // 40 + y // 40) % 2]) for x in range(width)) for y in range(height))

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")


@dataclass
class Papers:
    """A house with papers: ``held`` is the day on which meetings took place, ``ahead`` the one they are prepared for."""

    house: LiveHouse
    rooms: list[int] = field(default_factory=list)

    @property
    def ahead(self) -> date:
        """Tomorrow."""
        return local_day(self.house.door.clock.now(), self.house.settings.zone) + timedelta(days=1)

    @property
    def held(self) -> date:
        """Two days ago."""
        return self.ahead - timedelta(days=3)

    def at(self, day: date, hour: int, minute: int = 0) -> Door:
        """Return the house's door as it was at an hour of a day."""
        instant = at_local(day, time(hour, minute), self.house.settings.zone)
        return Door(self.house.door.engines, clock=StillClock(instant), settings=self.house.settings, keys=self.house.keys)


def fill(house: LiveHouse) -> Papers:
    """Put far too much into a house."""
    papers = Papers(house=house)
    for name in ("孙悦", FORTY, TWO):
        make_attendant(house.door, name=name)
    papers.rooms = [make_room(house.door, name=name, floor="3", capacity=60) for name in ("301", LONG_ROOM, "贵宾厅", "205", "206")]
    for number in range(9):
        make_room(house.door, name=f"{400 + number}", floor="4", capacity=0)
    _fill_room(papers)
    _fill_calendar(papers)
    tenant = make_tenant(house.door, name=f"{FORTY} & Söhne（中国）有限公司"[:60], name_en=f"{FORTY} & Sons")
    for number, room in enumerate(papers.rooms[:3]):
        _hold(papers, room, TITLES[number % len(TITLES)], tenant)
    for number in range(24):
        _plan(papers, number, tenant)
    return papers


def _fill_room(papers: Papers) -> None:
    door, room = papers.house.door, papers.rooms[0]
    kit = "茶杯（杯柄朝右）、杯垫、记录纸两张、铅笔、席卡、矿泉水、热毛巾、纸巾"
    for layout in (Layout.CLASSROOM, Layout.USHAPE, Layout.SIGNING):
        rooms.keep_photo(door, asks("staff:1"), room_id=room, layout=layout, content=picture())
    said: dict[str, Any] = {"room_id": room, "layout": "boardroom", "capacity": 18, "setup_minutes": 20, "turnover_minutes": 15}
    rooms.set_layout(door, asks("staff:1"), **said, kit=kit)
    rooms.set_layout(door, asks("staff:1"), **(said | {"layout": "banquet"}), offered=False)
    text = "一、开窗通风十分钟，空调调至 24 度。\n二、桌布四边下垂等长，椅背成一线。\n三、按照片摆放茶杯、纸笔和席卡，逐位核对。"
    meetings.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="check_room", minutes=-75, sop=text, sop_en=f"{FORTY} " * 9)
    meetings.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="pick_list", minutes=1020, enabled=False)


def _fill_calendar(papers: Papers) -> None:
    door, year = papers.house.door, papers.ahead.year
    for month, first, last, note in ((1, 1, 3, "元旦"), (2, 10, 23, "春节"), (5, 1, 5, "劳动节"), (10, 1, 8, "国庆节、中秋节")):
        days: dict[str, Any] = {"day": date(year, month, first), "until": date(year, month, last)}
        calendar.set_day(door, asks("staff:1"), **days, kind="rest", note=note)
        calendar.set_day(door, asks("staff:1"), day=date(year, month, last) + timedelta(days=4), kind="work", note=f"{note}补班")


def _hold(papers: Papers, room: int, title: str, tenant: int) -> None:
    """Let a meeting take place, from the first preparation to the last cup that was counted."""
    more: dict[str, Any] = {
        "title": title,
        "tenant_id": tenant,
        "contact_name": FORTY,
        "contact_phone": "13800138000",
        "category": "important",
    }
    meeting = make_meeting(papers.at(papers.held, 7), room_id=room, begins=timedelta(hours=3), **more)
    drawn, checked, began, ended = (papers.at(papers.held, hour, minute) for hour, minute in ((8, 0), (9, 5), (10, 2), (11, 7)))
    steps = steps_of(drawn, meeting)
    finish: dict[str, Any] = {"staff_id": steps["check_room"].staff_id}
    meetings.finish_step(drawn, asks("staff:1"), step_id=_id(steps, "draw_supplies"), quantities={"瓷杯": 14, "矿泉水": 14}, **finish)
    meetings.finish_step(checked, asks("staff:1"), step_id=_id(steps, "check_room"), **finish)
    meetings.skip_step(checked, asks("staff:1"), step_id=_id(steps, "security"), reason="not_needed", staff_id=None)
    meetings.start_meeting(began, asks("staff:1"), meeting_id=meeting)
    meetings.count_people(began, asks("staff:1"), meeting_id=meeting, people=13)
    meetings.end_meeting(ended, asks("staff:1"), meeting_id=meeting)
    used, last = {"瓷杯": 13, "矿泉水": 20, FORTY[:40]: 1}, _id(steps_of(ended, meeting), "consumables")
    meetings.finish_step(ended, asks("staff:1"), step_id=last, quantities=used, reason="提前清点", **finish)


def _plan(papers: Papers, number: int, tenant: int) -> None:
    """Register one of many meetings: the first dozen for tomorrow, the others day after day before."""
    day = papers.ahead if number < 8 else papers.held - timedelta(days=1 + number // 5)
    door = papers.at(day - timedelta(days=2), 9)
    hour = (9, 11, 13, 15, 17)[number % 5]
    starts = at_local(day, time(hour), papers.house.settings.zone)
    category = ("ordinary", "small", "vip", "important")[number % 4]
    room = papers.rooms[number // 5 % len(papers.rooms)]
    more: dict[str, Any] = {"title": TITLES[number % len(TITLES)], "category": category, "tenant_id": tenant}
    more["contact_name"] = FORTY if number % 3 else "曾静怡"
    begins = starts - door.clock.now()
    meeting = make_meeting(door, room_id=room, begins=begins, **more)
    assert meeting_of(door, meeting).day == day


def _id(steps: dict[str, Step], kind: str) -> int:
    return steps[kind].id or 0

"""Meeting rooms of the demo park: eight on three floors, each with the layouts that suit it; no 204, as in many a house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.clock import StillClock
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo.past import at_another_time
from server.demo.people import OPENED
from server.domain.rooms import queries, service
from server.domain.rooms.rules import USUAL, Layout

_RIGHT = ("出电梯右转", "Right from the lift")
_LEFT = ("出电梯左转", "Left from the lift")
_END = ("走廊尽头", "At the end of the corridor")

TABLE = (Layout.BOARDROOM, Layout.HOLLOW_SQUARE, Layout.USHAPE, Layout.CLASSROOM)
LARGE = (Layout.CLASSROOM, Layout.THEATRE, Layout.USHAPE, Layout.HERRINGBONE, Layout.BANQUET)
SOLEMN = (Layout.RECEPTION, Layout.BOARDROOM, Layout.SIGNING)
KITS = {
    Layout.BOARDROOM: "瓷杯、杯垫、矿泉水、纸笔、名牌",
    Layout.HOLLOW_SQUARE: "瓷杯、杯垫、纸笔",
    Layout.USHAPE: "瓷杯、杯垫、矿泉水、纸笔",
    Layout.CLASSROOM: "矿泉水、纸笔",
    Layout.THEATRE: "矿泉水",
    Layout.RECEPTION: "盖碗茶、热毛巾、鲜花、矿泉水",
    Layout.SIGNING: "签字笔、协议夹、国旗座、香槟杯",
}
"""What stands on the tables, where it is more than usual."""


@dataclass(frozen=True, kw_only=True)
class DemoRoom:
    """A meeting room of the demo park; ``name`` is what its door says, and the key under which it is found again."""

    name: str
    name_en: str
    floor: str
    way: tuple[str, str]
    seats: int
    layouts: tuple[Layout, ...]
    equipment: str = "投影、白板"
    is_vip: bool = False


ROOMS = (
    DemoRoom(name="201", name_en="", floor="2", way=_RIGHT, seats=60, layouts=TABLE, equipment="投影、视频会议、白板"),
    DemoRoom(name="202", name_en="", floor="2", way=_RIGHT, seats=40, layouts=TABLE),
    DemoRoom(name="203", name_en="", floor="2", way=_LEFT, seats=40, layouts=TABLE),
    DemoRoom(name="205", name_en="", floor="2", way=_LEFT, seats=80, layouts=(*TABLE, Layout.THEATRE), equipment="投影、无线麦克风、白板"),
    DemoRoom(name="云顶厅", name_en="Sky Room", floor="6", way=_RIGHT, seats=60, layouts=TABLE, equipment="视频会议、同声传译"),
    DemoRoom(name="听涛阁", name_en="Listening Waves", floor="6", way=_LEFT, seats=30, layouts=TABLE[:3], equipment="电视、白板"),
    DemoRoom(name="贵宾室", name_en="VIP Lounge", floor="6", way=_END, seats=60, layouts=SOLEMN, equipment="电视", is_vip=True),
    DemoRoom(name="报告厅", name_en="Lecture Hall", floor="1", way=_END, seats=200, layouts=LARGE, equipment="投影、音响、舞台灯光、直播"),
)


def fill(door: Door, _seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Add the rooms that are not there yet."""
    door = at_another_time(door, StillClock(now - OPENED))
    with door.reading() as session:
        there = {card.name for card in queries.rooms(session, retired=True)}
    for done, room in enumerate(ROOMS, start=1):
        if room.name not in there:
            _add(door, room)
        tell(done, len(ROOMS))


def top_up(_door: Door, _seed: str, _now: datetime) -> None:
    """Rooms stay."""


def _add(door: Door, room: DemoRoom) -> None:
    outcome = service.add_room(
        door,
        Operation.internal("demo:rooms"),
        name=room.name,
        name_en=room.name_en,
        floor=room.floor,
        place=room.way[0],
        place_en=room.way[1],
        equipment=room.equipment,
        is_vip=room.is_vip,
    )
    for layout in room.layouts:
        usual = USUAL[layout]
        service.set_layout(
            door,
            Operation.internal("demo:rooms"),
            room_id=int(outcome.ids["room"] or 0),
            layout=layout.value,
            capacity=max(4, room.seats * usual.seats_percent // 100),
            setup_minutes=usual.setup_minutes,
            turnover_minutes=usual.turnover_minutes,
            kit=KITS.get(layout, ""),
        )

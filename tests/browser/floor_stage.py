"""A running house with a meeting floor: rooms, attendants, tablets that somebody has open, and meetings at every phase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from playwright.sync_api import Browser, Page, ViewportSize

from server.domain.calls import service as calls
from server.domain.devices import queries as devices
from server.domain.meetings import service
from server.domain.meetings.plans import Plan, plan_of
from server.web.auth import cookie_name
from server.web.i18n import language_cookie
from tests.factories import asks, internal, make_attendant, make_room, make_tablet, meeting_of, steps_of, unlock_tablet
from tests.services.house import LiveHouse

LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
WIDE, UPRIGHT = (1280, 800), (800, 1280)
MINUTE = timedelta(minutes=1)


@dataclass
class Floor:
    """The floor of one running house. ``problems`` is what the pages' consoles complained of."""

    house: LiveHouse
    browser: Browser
    rooms: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def room(self, name: str, *, floor: str = "3") -> int:
        """Return the room of this name, taken in when it is first named."""
        if name not in self.rooms:
            self.rooms[name] = make_room(self.house.door, name=name, floor=floor, capacity=120)
        return self.rooms[name]

    def attendant(self, name: str) -> int:
        """Return the attendant of this name, taken on when first named."""
        if name not in self.people:
            self.people[name] = make_attendant(self.house.door, name=name)
        return self.people[name]

    def meeting(self, title: str, room: str, begins: timedelta, *, minutes: int = 60, **more: object) -> int:
        """Register a meeting that begins so long from now (or began so long ago)."""
        starts = self.house.door.clock.now().replace(second=0, microsecond=0) + begins
        plain: dict[str, object] = {"layout": "boardroom", "estimated": 12, "contact_name": "曾静怡", "tea_minutes": 20}
        plan = Plan(title=title, room_id=self.room(room), starts_at=starts, ends_at=starts + minutes * MINUTE, **(plain | more))  # type: ignore[arg-type]  # as a test says it
        return int(service.register(self.house.door, internal(), plan=plan).ids["meeting"] or 0)

    def move(self, meeting: int, **more: object) -> None:
        """Change a meeting as the desk would."""
        row = meeting_of(self.house.door, meeting)
        plan = replace(plan_of(row), **more)  # type: ignore[arg-type]  # as a test says it
        service.change(self.house.door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=plan)

    def finish(self, meeting: int, *kinds: str) -> None:
        """Finish steps of a meeting, early if need be."""
        for kind in kinds:
            step = steps_of(self.house.door, meeting)[kind].id or 0
            more: dict[str, object] = {"quantities": {"cups": 12}} if kind in ("draw_supplies", "consumables") else {}
            service.finish_step(self.house.door, asks("staff:1"), step_id=step, staff_id=None, reason="提前", **more)  # type: ignore[arg-type]  # as a form has it

    def call(self, room: str, wish: str = "tea", note: str = "", meeting: int | None = None) -> int:
        """Call from a room."""
        outcome = calls.call_for(self.house.door, asks("link:x"), room_id=self.room(room), meeting_id=meeting, wish=wish, note=note)
        return int(outcome.ids["call"] or 0)

    @contextmanager
    def tablet(
        self, name: str = "李敏", *, size: tuple[int, int] = WIDE, lang: str = "zh", path: str = "/tablet", place: str = "3 层"
    ) -> Iterator[Page]:
        """Open a tablet of its own for an attendant."""
        door = self.house.door
        device = make_tablet(door, place=place)
        unlock_tablet(door, device_id=device, staff_id=self.attendant(name))
        with door.reading() as session:
            cookie = devices.device_cookie(session, self.house.keys, device)
        context = self.browser.new_context(
            base_url=self.house.base_url, viewport=ViewportSize(width=size[0], height=size[1]), reduced_motion="reduce"
        )
        for key, value in ((cookie_name("floor_tablet", self.house.settings), cookie), (language_cookie("floor_tablet"), lang)):
            context.add_cookies([{"name": key, "value": value, "url": self.house.base_url}])
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(path)
        yield page
        context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)


def fill(floor: Floor) -> dict[str, int]:
    """Let a day be under way: one meeting in session, one being set up, one that changed, one important, one to be tidied, a call."""
    floor.attendant("李敏")
    made = {
        "running": floor.meeting("项目例会", "305", -40 * MINUTE, minutes=120),
        "soon": floor.meeting("董事会", "302", 50 * MINUTE, category="important", tea_minutes=None),
        "later": floor.meeting("供应商评审", "301", timedelta(hours=3), estimated=16),
        "vip": floor.meeting("市领导调研", "贵宾厅", timedelta(hours=5), category="vip", tea_minutes=15),
        "over": floor.meeting("早会", "303", -100 * MINUTE, minutes=100 + 1),
    }
    floor.finish(made["running"], "draw_supplies", "check_room", "check_equipment", "lights_on")
    door = floor.house.door
    for name in ("running", "over"):
        service.start_meeting(door, asks("staff:1"), meeting_id=made[name])
    service.end_meeting(door, asks("staff:1"), meeting_id=made["over"])
    floor.finish(made["soon"], "draw_supplies")
    floor.move(made["later"], estimated=24, layout="ushape")
    floor.call("303", "technician", "投影无信号")
    return made

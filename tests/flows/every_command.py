"""Call any command there is, with arguments made up from its parameters' names.

A new command is covered as soon as it exists; one with a parameter nobody has told how to make up fails the test that lists them.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

import server.domain
from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.devices.queries import link_token
from server.domain.meetings.plans import Plan
from server.domain.meetings.sheets import Schedule, ScheduleRow
from server.domain.people.sheets import read as read_sheet
from server.domain.posts.service import CheckedPin
from server.domain.staff.passwords import hash_password, hash_pin
from server.domain.staff.service import Checked
from server.domain.visits.queries.passes import Purpose, code_of, token_of
from server.domain.visits.rules import Recurrence
from server.errors import YingbinError
from tests.factories import QUICK

Command = Callable[..., Outcome]
Arguments = dict[str, Any]


def every_command() -> dict[str, Command]:
    """Return every command of every subject by its full name."""
    found: dict[str, Command] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if getattr(value, "is_command", False) and value.__module__ == module.__name__:
                found[f"{module.__name__.removeprefix('server.domain.')}.{name}"] = value
    return found


def _modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(server.domain.__path__, "server.domain."):
        yield importlib.import_module(info.name)


def parameters_of(command: Command) -> list[str]:
    """Return the names of a command's own parameters, those with a default too."""
    return list(inspect.signature(inspect.unwrap(command)).parameters)[1:]


@dataclass
class Caller:
    """Somebody who does anything, in no sensible order, but from a seed."""

    door: Door
    seed: random.Random

    def call(self, name: str, command: Command) -> str:
        """Call a command with arguments made up; return the outcome's or the refusal's code. Anything else that is raised is a fault."""
        arguments: Arguments = {}
        for parameter in parameters_of(command):
            maker = SPECIAL.get(f"{name.rpartition('.')[2]}.{parameter}") or MAKERS[parameter]
            arguments[parameter] = maker(self, arguments)
        operation = Operation(actor="house", route=name, id=f"{self.seed.getrandbits(128):032x}")
        try:
            return command(self.door, operation, **arguments).code
        except YingbinError as refusal:
            return refusal.code

    def pick(self, statement: str) -> Any:
        """Return one of what a query finds, or None."""
        with self.door.reading() as session:
            found = [row[0] for row in session.execute(text(statement))]
        return self.seed.choice(found) if found else None

    def some(self, table: str, where: str = "1 = 1") -> int:
        """Return the id of a row, seldom of one that is not there."""
        if self.seed.random() < 0.05:
            return 999_999
        return int(self.pick(f"SELECT id FROM {table} WHERE {where}") or self.pick(f"SELECT id FROM {table}") or 1)

    def chance(self, *values: Any) -> Any:
        """Return one of the values."""
        return self.seed.choice(values)

    def instant(self, least: int = -300, most: int = 300) -> datetime:
        """Return an instant some minutes around now."""
        return self.door.clock.now() + timedelta(minutes=self.seed.randint(least, most))

    def version(self, table: str, row: Any) -> int:
        """Return the version of a row, seldom an old one."""
        now = self.pick(f"SELECT version FROM {table} WHERE id = {int(row)}") or 1
        return int(now) - (self.seed.random() < 0.2)

    def pass_token(self) -> str:
        """Return the token of a visit or of a recurring invitation."""
        purpose, number = self._pass()
        return token_of(self.door.keys, purpose, number)

    def six_digits(self) -> str:
        """Return the code of a visit or of a recurring invitation."""
        purpose, number = self._pass()
        return code_of(self.door.keys, purpose, number)

    def link_token(self) -> str:
        """Return the token of an enrolment link, used or not."""
        row = self.pick("SELECT id FROM enrol_link WHERE used_at IS NULL") or self.pick("SELECT id FROM enrol_link")
        with self.door.reading() as session:
            return link_token(session, self.door.keys, int(row)) if row else "none"

    def plan(self) -> Plan:
        """Return what a meeting is to be, within some hours."""
        starts = self.instant(30, 3000)
        return Plan(
            title=self.chance("例会", "<b>Review</b>"),
            room_id=self.some("room"),
            layout=self.chance("boardroom", "theatre", "circle"),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=self.seed.randint(15, 90)),
            category=self.chance("small", "ordinary", "important", "vip"),
            estimated=self.chance(None, 6, 900),
        )

    def schedule(self) -> Schedule:
        """Return a list of a few meetings, some of them known already."""
        name = self.pick("SELECT name FROM room") or "301"
        rows = []
        for number in range(3):
            starts = self.instant(30, 3000)
            rows.append(
                ScheduleRow(
                    number=number,
                    sheet="一周",
                    key=f"flow-{self.seed.randint(1, 6)}-{number}",
                    title="例会",
                    room=name,
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=1),
                    cancelled=self.seed.random() < 0.2,
                    columns={},
                )
            )
        return Schedule(rows=tuple(rows))

    def _pass(self) -> tuple[Purpose, int]:
        table, purpose = self.chance(("visit", "visit"), ("visit", "visit"), ("invitation", "invitation"))
        row = self.some(table, "open")
        return purpose, int(self.pick(f"SELECT pass_number FROM {table} WHERE id = {row}") or 1)

    def pin_of(self, staff_id: int) -> CheckedPin:
        """Return somebody's PIN as compared, right more often than wrong."""
        kept = self.pick(f"SELECT pin_hash FROM staff WHERE id = {int(staff_id)}")
        return CheckedPin(pin_hash=kept or hash_pin_placeholder(), matched=kept is not None and self.seed.random() < 0.7)

    def host_of(self, so_far: Arguments) -> int:
        """Return the host asked about a visit that was already chosen, or anybody."""
        visit = so_far.get("visit_id")
        asked = self.pick(f"SELECT asked_host_id FROM visit WHERE id = {int(visit)}") if visit else None
        return int(asked) if asked and self.seed.random() < 0.85 else self.some("host")


NAMES = ("曾静怡", "李敏", "Alexandra Featherstonehaugh-Whitmore IV", "欧阳修", "<b>Bo</b>", "👩‍💻 Ada")
PURPOSES = ("meeting", "interview", "viewing", "service", "other")
SHEET = "公司,楼层,姓名,电话\n蓝桥资本,3,陈志远,13800001111\n澄江科技,5,曾静怡,13800002222\n,,无公司,1\n".encode()


def _version_of(table: str, column: str) -> Callable[[Caller, Arguments], int]:
    return lambda c, so_far: c.version(table, so_far[column])


MAKERS: dict[str, Callable[[Caller, Arguments], Any]] = {
    "name": lambda c, _: c.chance(*NAMES),
    "name_en": lambda c, _: c.chance("", "Zeng Jingyi"),
    "phone": lambda c, _: c.chance("", f"138{c.seed.randint(0, 99_999_999):08d}"),
    "company": lambda c, _: c.chance("", "蓝桥资本", "A&B <Ltd>"),
    "purpose": lambda c, _: c.chance(*PURPOSES),
    "companions": lambda c, _: c.seed.randint(0, 4),
    "language": lambda c, _: c.chance("zh", "en"),
    "consent_version": lambda _, __: "2026-11",
    "gate": lambda c, _: c.chance("A", "B", ""),
    "place": lambda c, _: c.chance("", "大堂"),
    "theme": lambda c, _: c.chance("auto", "day", "night"),
    "role": lambda c, _: c.chance("kiosk", "tablet", "board", "door"),
    "count": lambda c, _: c.seed.randint(1, 3),
    "life": lambda c, _: c.chance(None, timedelta(hours=1)),
    "limit": lambda _, __: None,
    "visit_id": lambda c, _: c.some("visit", "open" if c.seed.random() < 0.8 else "1 = 1"),
    "host_id": lambda c, so_far: c.host_of(so_far),
    "to_host_id": lambda c, _: c.some("host"),
    "delegate_id": lambda c, _: c.chance(None, c.some("host")),
    "contact_host_id": lambda c, _: c.chance(None, c.some("host")),
    "tenant_id": lambda c, _: c.some("tenant"),
    "invitation_id": lambda c, _: c.some("invitation"),
    "notice_id": lambda c, _: c.some("notice"),
    "device_id": lambda c, _: c.some("device"),
    "device_ids": lambda c, _: [c.some("device"), c.some("device")],
    "pairing_id": lambda c, _: c.some("pairing"),
    "staff_id": lambda c, _: c.some("staff"),
    "session_id": lambda c, _: c.some("staff_session"),
    "assistance_id": lambda c, _: c.some("assistance"),
    "import_id": lambda c, _: c.some("people_import"),
    "minutes": lambda c, _: c.chance(0, 3, 10, 900),
    "reason": lambda c, _: c.chance("busy", "away", "改天再来"),
    "failure": lambda _, __: "refused",
    "via": lambda c, _: c.chance("file", "console"),
    "at": lambda c, _: c.instant(-600, 0),
    "day": lambda c, _: c.door.clock.now().date(),
    "valid_from": lambda c, _: c.instant(-120, 60),
    "valid_until": lambda c, _: c.instant(61, 600),
    "recurrence": lambda c, _: c.chance(None, None, Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=0, daily_until=1439)),
    "token": lambda c, _: c.pass_token(),
    "code": lambda c, _: c.six_digits(),
    "surname": lambda c, _: c.chance("曾", "李", "欧阳", "Alexandra"),
    "tail": lambda c, _: str(c.pick("SELECT phone_tail FROM visit WHERE phone_tail != ''") or "1234"),
    "left": lambda c, _: [c.some("visit")],
    "here": lambda c, _: [c.some("visit")],
    "draft_id": lambda c, _: c.some("draft"),
    "key": lambda c, _: str(c.pick("SELECT key FROM draft") or "0" * 32),
    "fields": lambda c, _: {"name": c.chance(*NAMES), "step": 2},
    "number": lambda c, _: c.chance("", f"N{c.seed.randint(1, 30)}"),
    "floor": lambda c, _: c.chance("3", "5", ""),
    "rooms": lambda c, _: c.chance("501–506", ""),
    "directions": lambda c, _: c.chance("出电梯左转", ""),
    "directions_en": lambda c, _: c.chance("Left from the lift", ""),
    "title": lambda c, _: c.chance("经理", ""),
    "message_address": lambda _, __: "",
    "username": lambda c, _: f"user{c.seed.randint(1, 10_000)}",
    "password": lambda c, _: hash_password(c.door.keys, "seven green lanterns", username="x", hasher=QUICK),
    "pin": lambda c, _: hash_pin(c.door.keys, "271828", hasher=QUICK),
    "must_change": lambda c, _: c.chance(True, False),
    "origin": lambda _, __: "127.0.0.1",
    "checked": lambda _, __: Checked(staff_id=None, password_hash=hash_pin_placeholder(), matched=False),
    "checked_pin": lambda c, so_far: c.pin_of(so_far["staff_id"]),
    "tablet_session_id": lambda c, _: c.some("tablet_session", "ended_at IS NULL"),
    "stint_id": lambda c, so_far: c.some("stint", f"staff_id = {int(so_far['staff_id'])}"),
    "leave_id": lambda c, _: c.some("leave"),
    "cover_id": lambda c, _: c.some("cover"),
    "closing": lambda c, _: c.chance(True, False),
    "sheet": lambda _, __: read_sheet(SHEET, "people.csv"),
    "schedule": lambda c, _: c.schedule(),
    "filename": lambda c, _: c.chance("一周.xlsx", "week.ics"),
    "scopes": lambda c, _: c.chance(["meetings:read"], ["meetings:read", "invitations:write"], ["everything"]),
    "digest": lambda c, _: f"{c.seed.getrandbits(256):064x}",
    "token_id": lambda c, _: c.some("api_token"),
    # meetings, tea and calls
    "plan": lambda c, _: c.plan(),
    "meeting_id": lambda c, _: c.some("meeting"),
    "step_id": lambda c, _: c.some("meeting_step", "state IN ('planned', 'doing')" if c.seed.random() < 0.8 else "1 = 1"),
    "round_id": lambda c, _: c.some("tea_round"),
    "round_ids": lambda c, _: [c.some("tea_round"), c.some("tea_round")],
    "change_id": lambda c, _: c.some("meeting_change"),
    "seen_id": lambda c, _: c.some("meeting_change_seen"),
    "to_staff_id": lambda c, _: c.some("staff", "role = 'attendant'"),
    "guaranteed": lambda c, _: c.chance(0, 8, 14, 5000),
    "contact_name": lambda c, _: c.chance(*NAMES),
    "contact_phone": lambda c, _: c.chance("", "13800138000"),
    "people": lambda c, _: c.chance(0, 11, 9999),
    "answered_name": lambda c, _: c.chance("", "周师傅"),
    "quantities": lambda c, _: c.chance(None, {"cups": 12}, {"cups": -1}),
    "cups": lambda c, _: c.chance(None, 9, -3),
    "call_id": lambda c, _: c.some("service_call"),
    "wish": lambda c, _: c.chance("tea", "technician", "cleaning", "a horse"),
    "source": lambda c, _: c.chance("room", "tablet", "desk"),
    # rooms, the calendar and the department's papers
    "room_id": lambda c, _: c.some("room"),
    "place_en": lambda c, _: c.chance("", "Left from the lift"),
    "equipment": lambda c, _: c.chance("", "投影、话筒"),
    "is_vip": lambda c, _: c.chance(True, False),
    "capacity": lambda c, _: c.chance(0, 12, 60, 5000),
    "layout": lambda c, _: c.chance("boardroom", "theatre", "ushape", "circle"),
    "setup_minutes": lambda c, _: c.chance(0, 30, 900),
    "turnover_minutes": lambda c, _: c.chance(0, 20, 900),
    "kit": lambda c, _: c.chance("", "茶杯、纸、笔"),
    "offered": lambda c, _: c.chance(True, True, False),
    "content": lambda c, _: c.chance(b"\xff\xd8\xff a photo", b"\x89PNG\r\n\x1a\n another", b"no photo"),
    "note": lambda c, _: c.chance("", "补班", "<b>note</b>"),
    "until": lambda c, so_far: c.chance(None, so_far["day"] + timedelta(days=c.seed.randint(-1, 40))),
    "year": lambda c, _: c.chance(2026, 2027, 20_260),
    "category": lambda c, _: c.chance("small", "ordinary", "important", "vip"),
    "kind": lambda c, _: c.chance("check_room", "pick_list", "greet_lift", "tidy", "rest", "work", "plain"),
    "enabled": lambda c, _: c.chance(True, False),
    "sop": lambda c, _: c.chance(None, "一、开窗。\n二、摆桌。"),
    "sop_en": lambda c, _: c.chance(None, "Air the room."),
    "text": lambda c, _: c.chance("", "火警\n拨 119"),
    "text_en": lambda c, _: c.chance("", "Fire\nCall 119"),
}
"""Parameter → how to make one up, given what was made before it."""

SPECIAL: dict[str, Callable[[Caller, Arguments], Any]] = {
    "call_for.meeting_id": lambda _, __: None,
    "change.version": lambda c, so_far: c.version("meeting", so_far["meeting_id"]),
    "reconfirm.version": lambda c, so_far: c.version("meeting", so_far["meeting_id"]),
    "set_tea.minutes": lambda c, _: c.chance(None, 15, 30, 900),
    "set_sheet_line.minutes": lambda c, _: c.chance(-60, 0, 900),
    "open_tablet.device_id": lambda c, _: c.some("device", "role = 'tablet'"),
    "commit_schedule.import_id": lambda c, _: c.some("schedule_import", "gone_at IS NULL"),
    "withdraw_schedule.import_id": lambda c, _: c.some("schedule_import", "gone_at IS NULL"),
    "take_registration.plan": lambda c, _: c.plan(),
    "take_registration.said": lambda c, _: c.chance(("title",), ("title", "starts_at", "ends_at"), ("estimated",)),
    "take_registration.key": lambda c, _: c.chance("", "OA-1", "OA-2", "OA-3"),
    "change_registration.meeting_id": lambda c, _: c.some("meeting"),
    "change_registration.version": lambda c, so_far: c.chance(None, c.version("meeting", so_far["meeting_id"])),
    "change_registration.changes": lambda c, _: c.chance({"estimated": 8}, {"title": "改名"}, {"layout": "theatre"}),
    "cancel.version": lambda c, so_far: c.chance(None, c.version("meeting", so_far["meeting_id"])),
    "show_photo.digest": lambda c, _: str(c.pick("SELECT digest FROM room_photo") or "0" * 64),
    "set_manual.name": lambda c, _: c.chance("contingency", "daily", "vip", "cookery"),
    "add_room.name": lambda c, _: f"{c.seed.randint(100, 130)}",
    "change_room.name": lambda c, _: f"{c.seed.randint(100, 130)}",
    "approve_pairing.code": lambda _, __: "BCDFGHJK",
    "enrol.token": lambda c, _: c.link_token(),
    "answer_farewell.token": lambda c, _: c.door.keys.token("answer", int(c.pick("SELECT link_number FROM notice") or 1)),
    "add_staff.role": lambda c, _: c.chance("desk", "supervisor", "attendant"),
    "change_staff.role": lambda c, _: c.chance("desk", "supervisor"),
    "sign_in_walk_in.phone": lambda c, _: f"138{c.seed.randint(0, 99_999_999):08d}",
    **{
        f"{verb}.version": _version_of(table, column)
        for verb, table, column in (
            ("correct", "visit", "visit_id"),
            ("change_invitation", "invitation", "invitation_id"),
            ("change_device", "device", "device_id"),
            ("change_staff", "staff", "staff_id"),
            ("change_host", "host", "host_id"),
            ("change_tenant", "tenant", "tenant_id"),
            ("change_room", "room", "room_id"),
        )
    },
}
"""``command.parameter`` → how to make one up where the name alone does not tell."""


def hash_pin_placeholder() -> Any:
    """Return a hash that no password matches."""
    return ""


def unknown_parameters() -> list[str]:
    """Return ``command.parameter`` for each that nobody has told how to make up."""
    return [
        f"{name}.{parameter}"
        for name, command in every_command().items()
        for parameter in parameters_of(command)
        if parameter not in MAKERS and f"{name.rpartition('.')[2]}.{parameter}" not in SPECIAL
    ]

"""A park filled once with everything a screen can meet: visits in every state, sixty who wait, names of every kind, every device.

It is written through the services, into a house that runs; every person of it holds a proof of who it is, as a browser would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext
from sqlmodel import col, select

from server.days import whole_day
from server.db.transaction import Door
from server.domain.assistance import service as assistance
from server.domain.devices import queries as device_queries
from server.domain.devices import service as devices
from server.domain.drafts import service as drafts
from server.domain.meetings import service as meetings
from server.domain.meetings.sheets import Site
from server.domain.meetings.sheets import read as read_schedule
from server.domain.notices.queries import LINK
from server.domain.notices.tables import Notice
from server.domain.people import queries as people_read
from server.domain.people import service as people
from server.domain.people import sheets
from server.domain.staff import queries as staff_read
from server.domain.staff import service as staff
from server.domain.visits import service
from server.domain.visits.rules import Recurrence
from server.web.auth import cookie_name
from server.web.i18n import language_cookie
from tests.domain.meetings.schedules import weekly_workbook
from tests.factories import (
    PASSWORD,
    asks,
    internal,
    invitation_of,
    make_attendant,
    make_desk_person,
    make_device,
    make_host,
    make_invitation,
    make_meeting,
    make_room,
    make_room_call,
    make_staff,
    make_tablet,
    make_tenant,
    make_visit,
    pass_of,
    unlock_tablet,
)
from tests.services.house import LiveHouse

FORTY = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
"""Forty Latin characters, one of the words longer than a line of a phone."""
TWO = "朴素"
HOSTILE = ("<script>alert(1)</script>", "👩‍💻 Ada 🦄", "محمد بن عبد الله", "\u2067hidden\u2069 tail", 'O\'Brien & "Sons" {{7*7}}')
"""Names that would break out of a page that does not write them as text, or turn its direction round."""
NAMES = (FORTY, TWO, *HOSTILE)
LONG_TITLE = "2026 年度供应商大会暨战略合作签约仪式筹备会（第三次扩大会议，含晚宴）"
WAITING = 60
SHEET = "公司,楼层,姓名,电话\n澄江科技,5,曾静怡,13800002222\n蓝桥资本,3,陈志远,13800001111\n,,无公司,1\n".encode()

STATES = ("told", "desk", "coming", "wait", "declined", "met", "in", "out", "withdrawn", "lost")
"""What can have become of somebody who came; the lost know no host. Each has a name of :data:`NAMES`, so every name is in a state."""
SLOW: dict[str, Any] = {"seen_seconds": "36000", "answer_seconds": "36000", "desk_lock_minutes": "720", "tablet_lock_minutes": "720"}
"""Settings of a house in which nobody's state changes by itself while a test looks."""


@dataclass
class Park:
    """A house and what was put into it; ``visits`` are by state."""

    house: LiveHouse
    host: int = 0
    tenant: int = 0
    sheet: int = 0
    schedule: int = 0
    invitations: dict[str, int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    meetings: dict[str, int] = field(default_factory=dict)

    def pass_of(self, state: str) -> str:
        """Return the address of a visitor's pass."""
        return f"/v/{pass_of(self.house.door, self.visits[state]).token}"

    def invited(self, kind: str) -> str:
        """Return the address of the pass of somebody invited ``once`` or ``often``."""
        return f"/v/{invitation_of(self.house.door, self.invitations[kind]).token}"

    def own_page(self) -> str:
        """Return the address of the host's own page."""
        with self.house.door.reading() as session:
            return f"/h/{people_read.host_page_token(session, self.house.keys, self.host)}"

    def message(self, visit_id: int) -> str:
        """Return the address in the first message about a visit."""
        with self.house.door.reading() as session:
            return self._link(session.exec(select(Notice).where(Notice.visit_id == visit_id)).first())

    def farewell(self) -> str:
        """Return the address in the evening's message to the tenant."""
        with self.house.door.reading() as session:
            return self._link(session.exec(select(Notice).where(col(Notice.visit_id).is_(None))).first())

    def enrolment(self) -> str:
        """Return the address of a one-time link that nobody has used."""
        offered = devices.offer_links(self.house.door, internal(), role="kiosk", count=1, name="南门一号", gate="A", place="大堂")
        with self.house.door.reading() as session:
            return f"/enrol/{device_queries.link_token(session, self.house.keys, int(str(offered.ids['links'])))}"

    def draft(self, step: str, *, at: str = "kiosk", **fields: str) -> str:
        """Let somebody come as far as ``step`` at a kiosk; returns what its cookie holds."""
        key = self._begin_draft(at)
        drafts.save(self.house.door, internal(), key=key, device_id=self.devices[at], fields={"step": step, **fields})
        return key

    def draft_that_waits(self, answer: str = "") -> str:
        """Let somebody sign in at the kiosk and wait before it until the host answers; returns what its cookie holds."""
        key = self._begin_draft("kiosk")
        outcome = drafts.sign_in_walk_in(
            self.house.door,
            internal(),
            key=key,
            device_id=self.devices["kiosk"],
            host_id=self.host,
            name=FORTY,
            phone="13800138000",
            consent_version="2026-11",
            gate="A",
        )
        visit = int(outcome.ids["visit"] or 0)
        if answer == "coming":
            service.answer_coming(self.house.door, internal(), visit_id=visit, host_id=self.host, minutes=3)
        if answer == "declined":
            service.answer_declined(self.house.door, internal(), visit_id=visit, host_id=self.host, reason="busy")
        return key

    def _begin_draft(self, at: str) -> str:
        return str(drafts.begin(self.house.door, internal(), device_id=self.devices[at]).ids["key"])

    def code(self, kind: str) -> str:
        """Return the six digits of an invitation."""
        return invitation_of(self.house.door, self.invitations[kind]).code or ""

    def browser(self, browser: Browser, face: str, lang: str) -> BrowserContext:
        """Open a browser that is enrolled or logged on for ``face`` and speaks ``lang``."""
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = browser.new_context(base_url=self.house.base_url, locale=locale, reduced_motion="reduce")
        self._give(context, language_cookie(face), lang)
        if proof := self._proof(face):
            self._give(context, cookie_name(face, self.house.settings), proof)
        return context

    def become(self, context: BrowserContext, face: str, device: str) -> None:
        """Let a browser be another device of its face."""
        self._give(context, cookie_name(face, self.house.settings), self._proof(device))

    def resume(self, context: BrowserContext, draft: str) -> None:
        """Let a kiosk's browser show a draft of :meth:`draft`; nobody's when it is empty."""
        context.clear_cookies(name="yb-kiosk-draft")
        if draft:
            self._give(context, "yb-kiosk-draft", draft)

    def _link(self, notice: Notice | None) -> str:
        assert notice is not None
        return f"/h/{self.house.keys.token(LINK, notice.link_number)}"

    def _give(self, context: BrowserContext, name: str, value: str) -> None:
        context.add_cookies([{"name": name, "value": value, "url": self.house.base_url, "httpOnly": True, "sameSite": "Strict"}])

    def _proof(self, face: str) -> str:
        door, keys = self.house.door, self.house.keys
        if face == "desk":
            outcome = staff.log_on(door, internal(), username="every-screen", password=PASSWORD, origin="127.0.0.1")
            with door.reading() as session:
                return staff_read.session_cookie(session, keys, int(outcome.ids["session"] or 0))
        if face not in self.devices:
            return ""
        with door.reading() as session:
            return device_queries.device_cookie(session, keys, self.devices[face])


def bare(house: LiveHouse) -> Park:
    """Return a park in which nothing has happened: a kiosk, a board and somebody who logs on."""
    park = Park(house=house)
    park.devices = {role: make_device(house.door, role, name=name) for role, name in (("kiosk", "东门一号"), ("board", "大堂墙"))}
    park.staff = {"admin": make_staff(house.door, "admin", name="林晓", username="every-screen")}
    return park


def full(house: LiveHouse) -> Park:
    """Return a park with everything in it, and far too much of what can be too much."""
    park = bare(house)
    _fill_people(park)
    _fill_visits(park)
    _fill_crowd(park)
    _fill_floor(park)
    door = house.door
    park.staff["desk"] = make_staff(door, "desk", name=FORTY)
    park.devices["called"] = make_device(door, "kiosk", name="西门二号")
    assistance.call_person(door, internal(), device_id=park.devices["called"])
    devices.ask_pairing(door, internal(), role="board")
    kept = people.keep_import(door, internal(), sheet=sheets.read(SHEET, "people.csv"))
    park.sheet = int(kept.ids["import"] or 0)
    park.schedule = _keep_schedule(door)
    service.ask_tenant(door, internal(), tenant_id=park.tenant)
    return park


def _keep_schedule(door: Door) -> int:
    today = door.clock.now().astimezone(door.settings.zone).date()
    since = whole_day(today, door.settings.zone).begins
    site = Site(zone=door.settings.zone, today=today, since=since, until=since + timedelta(days=60))
    read = read_schedule(weekly_workbook(today + timedelta(days=7)), "一周.xlsx", site=site)
    return int(meetings.keep_schedule(door, internal(), schedule=read, filename="一周.xlsx").ids["import"] or 0)


def _fill_people(park: Park) -> None:
    door = park.house.door
    park.tenant = make_tenant(door, name="澄江科技", name_en="Chengjiang Technology", floor="5")
    park.host = make_host(door, tenant_id=park.tenant, name="曾静怡", name_en="Jingyi Zeng")
    for name in (*NAMES, "单雄"):
        make_host(door, tenant_id=park.tenant, name=name, name_en=name if name.isascii() else "")
    make_tenant(door, name=f"{FORTY} & Söhne（中国）有限公司"[:60], name_en=f"{FORTY} & Sons", floor="12")
    people.issue_host_page(door, internal(), host_id=park.host)


def _fill_visits(park: Park) -> None:
    door, host = park.house.door, park.host
    hasty = Door(door.engines, clock=door.clock, settings=door.settings.model_copy(update={"answer_seconds": 0}), keys=door.keys)
    for number, state in enumerate(STATES):
        name = NAMES[number % len(NAMES)]
        if state == "lost":
            park.visits[state] = int(service.sign_in_at_desk(door, internal(), host_id=None, name=name, gate="A").ids["visit"] or 0)
            continue
        park.visits[state] = visit = make_visit(
            hasty if state == "desk" else door, host_id=host, name=name, company=FORTY if number % 2 else "蓝桥资本"
        )
        if state in ("coming", "met", "in", "out"):
            service.answer_coming(door, internal(), visit_id=visit, host_id=host, minutes=3)
    gone = park.visits
    service.ask_desk(door, internal(), visit_id=gone["desk"])
    service.answer_wait(door, internal(), visit_id=gone["wait"], host_id=host, minutes=20)
    service.answer_declined(door, internal(), visit_id=gone["declined"], host_id=host, reason="busy")
    service.mark_met(door, internal(), visit_id=gone["met"], host_id=host)
    service.admit(door, internal(), visit_id=gone["in"])
    service.sign_out(door, internal(), visit_id=gone["out"])
    service.withdraw_visit(door, internal(), visit_id=gone["withdrawn"])
    often = Recurrence(weekdays=(0, 2, 4), daily_from=540, daily_until=1080)
    park.invitations = {
        "once": make_invitation(door, host_id=host, name=TWO),
        "often": make_invitation(door, host_id=host, name=FORTY, ends=timedelta(days=60), recurrence=often),
        "hostile": make_invitation(door, host_id=host, name=HOSTILE[0], company=HOSTILE[1], begins=timedelta(minutes=5)),
    }


def _fill_crowd(park: Park) -> None:
    """Sixty wait, a third of them under names that are hard to show; a dozen are in the building."""
    door = park.house.door
    for number in range(WAITING):
        name = NAMES[number // 3 % len(NAMES)] if number % 3 == 0 else f"周{number}"
        make_visit(door, host_id=park.host, name=name, company=FORTY if number % 4 else "", companions=number % 3)
    for number in range(12):
        visit = make_visit(door, host_id=park.host, name=NAMES[number % len(NAMES)])
        service.admit(door, internal(), visit_id=visit)


def _fill_floor(park: Park) -> None:
    """A day of meetings is under way: one of each phase, with names too long for their places; a call stands open in one room."""
    door, minute = park.house.door, timedelta(minutes=1)
    park.staff["attendant"] = make_attendant(door, name="孙悦", on_duty=True)
    make_attendant(door, name=FORTY, on_duty=True)
    make_desk_person(door, name=TWO)
    park.rooms = {name: make_room(door, name=name, capacity=120, is_vip=name == "贵宾厅") for name in ("305", "303", "贵宾厅", FORTY[:20])}
    busy, tidied, vip, long = park.rooms.values()
    ends = door.clock.now() + 90 * minute
    park.meetings = {
        "running": make_meeting(door, room_id=busy, begins=-20 * minute, ends_at=ends, title="项目例会"),
        "soon": make_meeting(door, room_id=tidied, begins=50 * minute, title=HOSTILE[0], contact_name=FORTY, category="important"),
        "later": make_meeting(door, room_id=long, begins=180 * minute, title=LONG_TITLE, contact_name=HOSTILE[1]),
        "vip": make_meeting(door, room_id=vip, begins=300 * minute, title="市领导调研", category="vip", tenant_id=park.tenant),
        "over": make_meeting(door, room_id=tidied, begins=-70 * minute, ends_at=door.clock.now() + 10 * minute, title="早会"),
        "given-up": make_meeting(door, room_id=long, begins=400 * minute, title=FORTY),
    }
    for name in ("running", "over"):
        meetings.start_meeting(door, asks("staff:1"), meeting_id=park.meetings[name])
    meetings.end_meeting(door, asks("staff:1"), meeting_id=park.meetings["over"])
    meetings.cancel(door, asks("staff:1"), meeting_id=park.meetings["given-up"], reason="改期")
    make_room_call(door, busy, "technician", meeting_id=park.meetings["running"], note="投影无信号，请带一根长的 HDMI 线")
    park.devices |= {
        "floor_tablet": make_tablet(door),
        "locked": make_tablet(door, name="四层平板", place="4 层"),
        "door": make_device(door, "door", name="305", place="东侧"),
        "door-free": make_device(door, "door", name="贵宾厅", place="西侧"),
        "door-nowhere": make_device(door, "door", name=FORTY, place="西侧"),
    }
    unlock_tablet(door, device_id=park.devices["floor_tablet"], staff_id=park.staff["attendant"])

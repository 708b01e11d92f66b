"""Data makers: each makes one thing through the house's own verbs, with sensible values for what a test does not care about.

They return ids. Other subjects add their makers below; a maker never writes a table by hand.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from server.db import outbox
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.calls import service as calls
from server.domain.devices import queries as device_queries
from server.domain.devices import service as devices
from server.domain.meetings import service as meetings
from server.domain.meetings.queries import doors as meeting_doors
from server.domain.meetings.queries import finding as meeting_finding
from server.domain.meetings.service import Plan
from server.domain.meetings.tables import Meeting, Step
from server.domain.people import service as people
from server.domain.posts import service as posts
from server.domain.rooms import service as rooms
from server.domain.staff import passwords
from server.domain.staff import service as staff
from server.domain.staff.passwords import Hashed
from server.domain.visits import queries as visits_read
from server.domain.visits import service as visits
from server.domain.visits.queries import InvitationView, PassView, VisitDetail
from server.domain.visits.rules import Recurrence
from server.keys import Keys

PASSWORD = "green tea at nine"
"""The password of everybody :func:`make_staff` takes on."""
PIN = "271828"
"""Their PIN, if they are attendants."""

_numbers = count(1)


def internal() -> Operation:
    """An operation of the house's own, new each time."""
    return Operation.internal("test")


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashing is slow on purpose. Who logs on in every test has a hash that costs little; what is set through the house costs all of it."""


@cache
def _hashed(keys: Keys, secret: str) -> Hashed:
    if secret == PIN:
        return passwords.hash_pin(keys, secret, hasher=QUICK)
    return passwords.hash_password(keys, secret, username="", hasher=QUICK)


def make_staff(
    door: Door, role: str = "desk", *, name: str = "林晓", username: str = "", password: str = PASSWORD, must_change: bool = False
) -> int:
    """Take somebody on in ``role`` and return the id; the user name is ``username`` or a new one."""
    secret = {"pin": _hashed(door.keys, PIN)} if role == "attendant" else {"password": _hashed(door.keys, password)}
    outcome = staff.add_staff(
        door, internal(), name=name, role=role, username=username or f"{role}{next(_numbers)}", must_change=must_change, **secret
    )
    return int(outcome.ids["staff"] or 0)


def make_tenant(door: Door, *, name: str = "", floor: str = "5", name_en: str = "") -> int:
    """Take a tenant in and return the id; the name is ``name`` or a new one."""
    outcome = people.add_tenant(door, internal(), name=name or f"澄江科技{next(_numbers)}", name_en=name_en, floor=floor, rooms="501–506")
    return int(outcome.ids["tenant"] or 0)


def make_host(door: Door, *, tenant_id: int | None = None, name: str = "曾静怡", name_en: str = "", delegate_id: int | None = None) -> int:
    """Let somebody work for a tenant (a new one unless given) and return the id."""
    home = tenant_id if tenant_id is not None else make_tenant(door)
    outcome = people.add_host(door, internal(), tenant_id=home, name=name, name_en=name_en)
    host_id = int(outcome.ids["host"] or 0)
    if delegate_id is not None:
        people.set_delegate(door, internal(), host_id=host_id, delegate_id=delegate_id)
    return host_id


def make_device(door: Door, role: str = "kiosk", *, name: str = "东门一号", gate: str = "A", place: str = "大堂") -> int:
    """Enrol a device by a link and return the id; its cookie is ``devices.queries.device_cookie``."""
    offered = devices.offer_links(door, internal(), role=role, count=1, name=name, gate=gate, place=place)
    with door.reading() as session:
        token = device_queries.link_token(session, door.keys, int(str(offered.ids["links"])))
    return int(devices.enrol(door, internal(), token=token).ids["device"] or 0)


def make_tablet(door: Door, *, name: str = "三层平板", place: str = "3 层") -> int:
    """Enrol a floor tablet and return the device's id; it is locked."""
    return make_device(door, "tablet", name=name, gate="", place=place)


def make_attendant(door: Door, *, name: str = "孙悦", on_duty: bool = False) -> int:
    """Take an attendant on, whose PIN is :data:`PIN`, and return the id."""
    staff_id = make_staff(door, "attendant", name=name)
    if on_duty:
        posts.clock_in(door, internal(), staff_id=staff_id)
    return staff_id


def make_desk_person(door: Door, *, name: str = "林晓", on_duty: bool = True) -> int:
    """Take somebody on for the front desk, on duty unless told otherwise, and return the id."""
    staff_id = make_staff(door, "desk", name=name)
    if on_duty:
        posts.clock_in(door, internal(), staff_id=staff_id)
    return staff_id


def unlock_tablet(door: Door, *, device_id: int, staff_id: int, pin: str = PIN) -> int:
    """Open a tablet with an attendant's PIN and return the id of the tablet's session."""
    outcome = posts.unlock(door, asks(f"device:{device_id}"), device_id=device_id, staff_id=staff_id, pin=pin)
    assert outcome.code == "unlocked"
    return int(outcome.ids["session"] or 0)


def cover_desk(door: Door, *, desk_id: int, attendant_id: int) -> int:
    """Let an attendant take over from the person at the desk and return the cover's id."""
    asked = posts.ask_cover(door, internal(), staff_id=desk_id)
    posts.accept_cover(door, internal(), cover_id=int(asked.ids["cover"] or 0), staff_id=attendant_id)
    return int(asked.ids["cover"] or 0)


PHONE = "13812341234"
"""The phone of every visitor who is not given another."""


def asks(actor: str = "device:1") -> Operation:
    """A tap of somebody, new each time."""
    return Operation(actor=actor, route="POST /test", id=secrets.token_hex(16))


def make_visit(door: Door, *, host_id: int | None = None, name: str = "张小明", phone: str = PHONE, gate: str = "A", **more: Any) -> int:
    """Sign a walk-in in for a host (a new one unless given) and return the visit's id."""
    host = host_id if host_id is not None else make_host(door)
    outcome = visits.sign_in_walk_in(door, asks(), host_id=host, name=name, phone=phone, consent_version="2026-11", gate=gate, **more)
    return int(outcome.ids["visit"] or 0)


def make_invitation(
    door: Door,
    *,
    host_id: int | None = None,
    name: str = "张小明",
    phone: str = PHONE,
    begins: timedelta = timedelta(0),
    ends: timedelta = timedelta(hours=8),
    recurrence: Recurrence | None = None,
    **more: Any,
) -> int:
    """Invite somebody from ``begins`` to ``ends`` after now and return the invitation's id."""
    now = door.clock.now()
    outcome = visits.invite(
        door,
        internal(),
        host_id=host_id if host_id is not None else make_host(door),
        name=name,
        phone=phone,
        valid_from=now + begins,
        valid_until=now + ends,
        recurrence=recurrence,
        **more,
    )
    return int(outcome.ids["invitation"] or 0)


def invitation_of(door: Door, invitation_id: int) -> InvitationView:
    """Return an invitation with its QR and code."""
    with door.reading() as session:
        return visits_read.invitation(session, door.keys, invitation_id)


def visit_of(door: Door, visit_id: int) -> VisitDetail:
    """Return everything the desk sees of a visit."""
    with door.reading() as session:
        return visits_read.record_of(session, door.keys, visit_id).visit


def pass_of(door: Door, visit_id: int) -> PassView:
    """Return the pass of a visit."""
    with door.reading() as session:
        return visits_read.pass_of_visit(session, door.keys, visit_id)


def facts_of(door: Door, visit_id: int) -> list[str]:
    """Return the kinds of the facts about a visit, oldest first."""
    door.number_waiting()
    with door.reading() as session:
        return [fact.event.kind for fact in outbox.of_visit(session, visit_id)]


def make_room(door: Door, *, name: str = "", floor: str = "3", capacity: int = 60, is_vip: bool = False) -> int:
    """Take a meeting room in that offers every layout and return the id."""
    outcome = rooms.add_room(
        door, internal(), name=name or f"{300 + next(_numbers)}", floor=floor, capacity=capacity, is_vip=is_vip, place="出电梯左转"
    )
    return int(outcome.ids["room"] or 0)


def meeting_plan(door: Door, *, room_id: int | None = None, begins: timedelta = timedelta(hours=3), **more: Any) -> Plan:
    """Return what a meeting of an hour is to be, ``begins`` after now; in a new room unless given."""
    starts = door.clock.now() + begins
    said: dict[str, Any] = {"title": "季度经营会", "layout": "boardroom", "estimated": 12, "contact_name": "曾静怡", "tea_minutes": 20}
    said |= {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    return Plan(room_id=room_id if room_id is not None else make_room(door), **(said | more))


def make_meeting(door: Door, *, room_id: int | None = None, begins: timedelta = timedelta(hours=3), **more: Any) -> int:
    """Register a meeting as :func:`meeting_plan` has it and return the id."""
    outcome = meetings.register(door, internal(), plan=meeting_plan(door, room_id=room_id, begins=begins, **more))
    return int(outcome.ids["meeting"] or 0)


def meeting_of(door: Door, meeting_id: int) -> Meeting:
    """Return a meeting as it stands."""
    with door.reading() as session:
        found = session.get(Meeting, meeting_id)
        assert found is not None
        session.expunge(found)
        return found


def steps_of(door: Door, meeting_id: int) -> dict[str, Step]:
    """Return a meeting's run sheet by kind; of several of a kind, the newest."""
    with door.reading() as session:
        found = meeting_finding.steps(session, meeting_id)
        session.expunge_all()
        return {step.kind: step for step in sorted(found, key=lambda step: step.id or 0)}


def make_room_call(
    door: Door, room_id: int, wish: str = "tea", *, meeting_id: int | None = None, note: str = "", source: str = "room"
) -> int:
    """Call for something in a room and return the call's id."""
    outcome = calls.call_for(door, asks(), room_id=room_id, meeting_id=meeting_id, wish=wish, note=note, source=source)
    return int(outcome.ids["call"] or 0)


def room_link(door: Door, meeting_id: int) -> str:
    """Return the address of a meeting's room page."""
    with door.reading() as session:
        return f"/r/{meeting_doors.room_token(session, door.keys, meeting_id)}"

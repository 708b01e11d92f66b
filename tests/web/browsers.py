"""A browser for every role there is, each with a real proof of who it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.db.operations import Operation
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.people import queries as people
from server.domain.people import service as people_service
from server.domain.staff import queries as staff
from server.domain.staff import service as staff_service
from server.domain.visits import queries as visits
from server.domain.visits import service as visit_service
from server.web.access import Role
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import PASSWORD, make_attendant, make_host, make_staff, make_tenant, unlock_tablet

DEVICE_ROLES = {Role.KIOSK: "kiosk", Role.BOARD: "board", Role.TABLET: "floor_tablet", Role.DOOR: "door"}
STAFF_ROLES = (Role.DESK, Role.SUPERVISOR, Role.KEEPER, Role.ADMIN)


def internal() -> Operation:
    """An operation of the house's own."""
    return Operation.internal("test")


@dataclass
class Browser:
    """A browser of one role; it sends what our own pages would send with each form."""

    role: Role
    client: FlaskClient
    face: str = "web"
    _count: int = 0
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with the page's token and a fresh operation id."""
        self._count += 1
        sent = {"csrf": self.token(path), "operation": f"test-operation-{self._count:06d}", **(data or {})}
        return self.client.post(path, data=sent, **more)

    def token(self, path: str) -> str:
        """Return the token a page at this address would hold."""
        from server.web.csrf import csrf_token

        app = self.client.application
        cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (self.client._cookies or {}).values())
        if (path, cookies) not in self._tokens:
            with app.test_request_context(path, method="GET", headers={"Cookie": cookies}):
                self._tokens[path, cookies] = csrf_token()
        return self._tokens[path, cookies]


@dataclass
class Park:
    """A small park with one of each."""

    app: Flask
    host_id: int
    tenant_id: int
    visit_id: int
    pass_token: str
    host_token: str
    browsers: dict[Role, Browser] = field(default_factory=dict)


def make_park(app: Flask) -> Park:
    """Put a tenant, a host, a waiting visitor and a browser for every role into a fresh house."""
    house: House = app.extensions["yingbin"]
    tenant_id = make_tenant(house.door)
    host_id = make_host(house.door, tenant_id=tenant_id)
    people_service.issue_host_page(house.door, internal(), host_id=host_id)
    visit = visit_service.sign_in_walk_in(
        house.door, internal(), host_id=host_id, name="周岚", phone="13800138000", consent_version="1", gate="A"
    )
    visit_id = int(str(visit.ids["visit"]))
    with house.door.reading() as session:
        pass_token = visits.pass_of_visit(session, house.keys, visit_id).token
        host_token = people.host_page_token(session, house.keys, host_id) or ""
    park = Park(app=app, host_id=host_id, tenant_id=tenant_id, visit_id=visit_id, pass_token=pass_token, host_token=host_token)
    park.browsers[Role.NOBODY] = _browser(app, Role.NOBODY)
    park.browsers[Role.LINK] = _browser(app, Role.LINK, face="phone")
    for role, face in DEVICE_ROLES.items():
        park.browsers[role] = _device(app, role, face)
    park.browsers[Role.ATTENDANT] = _open_tablet(app)
    for role in STAFF_ROLES:
        park.browsers[role] = _login(app, role)
    return park


def _browser(app: Flask, role: Role, face: str = "web", cookie: str = "") -> Browser:
    house: House = app.extensions["yingbin"]
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = house.settings.allowed_origins[-1]
    if cookie:
        client.set_cookie(cookie_name(face, house.settings), cookie)
    return Browser(role=role, client=client, face=face)


def _device(app: Flask, role: Role, face: str) -> Browser:
    house: House = app.extensions["yingbin"]
    offered = device_service.offer_links(house.door, internal(), role=role.value, count=1, name=f"{role.value} 1", gate="A")
    with house.door.reading() as session:
        token = devices.link_token(session, house.keys, int(str(offered.ids["links"])))
    enrolled = device_service.enrol(house.door, internal(), token=token)
    with house.door.reading() as session:
        cookie = devices.device_cookie(session, house.keys, int(str(enrolled.ids["device"])))
    return _browser(app, role, face, cookie)


def _open_tablet(app: Flask) -> Browser:
    house: House = app.extensions["yingbin"]
    browser = _device(app, Role.TABLET, "floor_tablet")
    device = max(card.id for card in _devices(house) if card.role == "tablet")
    unlock_tablet(house.door, device_id=device, staff_id=make_attendant(house.door))
    browser.role = Role.ATTENDANT
    return browser


def _devices(house: House) -> tuple[devices.DeviceCard, ...]:
    with house.door.reading() as session:
        return devices.devices(session)


def _login(app: Flask, role: Role) -> Browser:
    house: House = app.extensions["yingbin"]
    make_staff(house.door, role.value, username=f"a-{role.value}")
    outcome = staff_service.log_on(house.door, internal(), username=f"a-{role.value}", password=PASSWORD, origin="127.0.0.1")
    with house.door.reading() as session:
        cookie = staff.session_cookie(session, house.keys, int(str(outcome.ids["session"])))
    return _browser(app, role, "desk", cookie)


def address_of(rule: str, park: Park) -> str:
    """Return an address for a route with the park's own rows in its places."""
    values: dict[str, Callable[[str], str]] = {
        "token": lambda rule: park.host_token if rule.lower().startswith("/h") else park.pass_token,
        "category": lambda _: "ordinary",
        "kind": lambda _: "check_room",
        "layout": lambda _: "theatre",
        "name": lambda _: "contingency",
    }

    def fill(match: re.Match[str]) -> str:
        kind, _, name = match[1].rpartition(":")
        if name in values:
            return values[name](rule)
        if kind.startswith("any("):
            return kind[4:-1].split(",")[0].strip(" '\"")
        return "board.waiting" if kind == "path" else "1"

    return re.sub(r"<([^>]+)>", fill, rule)

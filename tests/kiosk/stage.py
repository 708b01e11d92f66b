"""A kiosk in a lobby with one host and a colleague, driven as a browser would: by forms, with the page's token and an operation id."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.devices import queries as devices
from server.domain.visits import queries as visits
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import invitation_of, make_device, make_host, make_invitation, make_tenant, pass_of

PERSON = {"name": "周岚", "phone": "138 0013 8000", "company": "明远设计"}
VISIT = {"purpose": "meeting", "companions": "1", "consent": "yes"}


@dataclass
class Lobby:
    """One kiosk at gate A, one host and a colleague of theirs."""

    house: House
    client: FlaskClient
    gate: str = "A"
    device: int = 0
    tenant: int = 0
    host: int = 0
    colleague: int = 0
    page: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Enrol the kiosk and let somebody work upstairs."""
        door = self.house.door
        self.tenant = make_tenant(door, name="澄江科技", name_en="Chengjiang Technology", floor="5")
        self.host = make_host(door, tenant_id=self.tenant, name="曾静怡", name_en="Jingyi Zeng")
        self.colleague = make_host(door, tenant_id=self.tenant, name="单雄", name_en="Xiong Shan")
        self.device = self.enrol(self.client, self.gate)

    def enrol(self, client: FlaskClient, gate: str) -> int:
        """Make ``client`` a kiosk at ``gate`` and return its id."""
        device = make_device(self.house.door, "kiosk", gate=gate, place="大堂")
        with self.house.door.reading() as session:
            client.set_cookie(cookie_name("kiosk", self.house.settings), devices.device_cookie(session, self.house.keys, device))
        return device

    def look(self, lang: str = "") -> str:
        """Load the kiosk's one address and return the step it shows."""
        answer = self.client.get("/kiosk", query_string={"lang": lang} if lang else None)
        assert answer.status_code == 200
        self.page = unescape(answer.text)
        return self.step

    @property
    def step(self) -> str:
        """The step of the page last loaded."""
        return shown(self.page)

    @cached_property
    def token(self) -> str:
        """What our own pages send with each form; bound to the device, so the same on every page."""
        found = re.search(r'name="csrf" content="([0-9a-f]+)"', self.client.get("/kiosk").text)
        assert found is not None
        return found[1]

    def post(self, button: str, *, operation: str = "", **fields: Any) -> TestResponse:
        """Press a button; a plain form, so that the answer leads back to the kiosk's address."""
        sent = {"csrf": self.token, "operation": operation or secrets.token_hex(16), **fields}
        return self.client.post(f"/kiosk/{button}", data=sent)

    def tap(self, button: str, **fields: Any) -> str:
        """Press a button that must be accepted, and return the step that follows."""
        answer = self.post(button, **fields)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/kiosk"), answer.text
        return self.look()

    def search(self, text: str) -> list[tuple[str, str]]:
        """Type a name; return what each button of the list sends, with its words."""
        html = unescape(self.post("hosts", text=text).text)
        return re.findall(r'name="host" value="([^"]+)".*?class="result-title">([^<]+)<', html)

    def choose(self, text: str = "zeng") -> str:
        """Choose the first host that ``text`` finds."""
        return self.tap("host", text=text, host=self.search(text)[0][0])

    def walk_in(self, **fields: str) -> str:
        """Sign in as a first visitor, from home to the wait for the host."""
        self.tap("begin", lane="walk_in")
        self.choose()
        self.tap("person", **{**PERSON, **fields})
        return self.tap("visit", **VISIT)

    def finish(self) -> None:
        """Wipe, as the Finish button and the idle timer do."""
        assert self.client.post("/kiosk/wipe", headers={"X-CSRF-Token": self.token}).status_code == 204

    def invite(self, **more: Any) -> tuple[str, str]:
        """Invite somebody for now and return the QR's token and the code."""
        invitation = invitation_of(self.house.door, make_invitation(self.house.door, host_id=self.host, **more))
        return str(invitation.token), str(invitation.code)

    def pass_here(self, visit: int = 1) -> visits.PassView:
        """Return the pass of a visit."""
        return pass_of(self.house.door, visit)


def shown(html: str) -> str:
    """Return the step that a page of the kiosk shows."""
    found = re.search(r'data-step="(\w+)"', html)
    assert found is not None, html[:500]
    return found[1]

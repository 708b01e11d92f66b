"""A floor tablet driven as a browser would: by forms, with the page's token and an operation id; and somebody who has it open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.devices import queries as devices
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import PIN, make_attendant, make_tablet
from tests.tokens import token_on


@dataclass
class Tablet:
    """One enrolled tablet; ``staff_id`` is who has it open, if :func:`make_attendant_at` opened it."""

    house: House
    client: FlaskClient
    device: int
    staff_id: int = 0

    def get(self, path: str = "/tablet", **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **more)

    def page(self, path: str = "/tablet", lang: str = "en") -> str:
        """Return a page's text, which must be there."""
        answer = self.client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def post(self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = True, **more: Any) -> TestResponse:
        """Send a form, for a part of a page or (``htmx`` False) as a page."""
        headers = {"HX-Request": "true"} if htmx else {}
        sent = {"csrf": self.token(), "operation": secrets.token_hex(16), **(data or {})}
        return self.client.post(path, data=sent, headers=headers, **more)

    def token(self) -> str:
        """Return the token on a page that this tablet may see."""
        return token_on(self.client, "/tablet")

    def unlock(self, staff_id: int, pin: str = PIN, **more: Any) -> TestResponse:
        """Type a PIN for somebody."""
        return self.post("/tablet/unlock", {"staff_id": str(staff_id), "pin": pin, **more})


def make_tablet_in(app: Flask, *, place: str = "3 层") -> Tablet:
    """Return an enrolled tablet; it is locked."""
    house: House = app.extensions["yingbin"]
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = house.settings.allowed_origins[-1]
    device = make_tablet(house.door, place=place)
    with house.door.reading() as session:
        client.set_cookie(cookie_name("floor_tablet", house.settings), devices.device_cookie(session, house.keys, device))
    return Tablet(house=house, client=client, device=device)


def make_attendant_at(tablet: Tablet, *, name: str = "孙悦") -> Tablet:
    """Take an attendant on, let them open the tablet with their PIN, and return it open."""
    tablet.staff_id = make_attendant(tablet.house.door, name=name)
    assert tablet.unlock(tablet.staff_id).status_code == 204
    return tablet

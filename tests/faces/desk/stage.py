"""A browser at the desk that sends what our own pages would send: the token of the page it is on, and an operation id for each tap."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.web.house import House
from tests.factories import PASSWORD, make_staff

TOKEN = re.compile(r'<meta name="csrf" content="([0-9a-f]+)">')
PAGES = ("/desk/account", "/desk/password", "/desk/login")
"""Where a token can be had: logged in, with a first password, and by a stranger."""


@dataclass
class Browser:
    """One browser; :meth:`log_in` makes it somebody's."""

    house: House
    client: FlaskClient
    staff_id: int = 0

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False, **more: Any) -> TestResponse:
        """Send a form, as a page or (``htmx``) for a part of one."""
        headers = {"HX-Request": "true"} if htmx else {}
        sent = {"csrf": self.token(), "operation": secrets.token_hex(16), **(data or {})}
        return self.client.post(path, data=sent, headers=headers, **more)

    def token(self) -> str:
        """Return the token on a page that this browser may see."""
        pages = (self.client.get(page) for page in PAGES)
        shown = next(page for page in pages if page.status_code == 200)
        found = TOKEN.search(shown.text)
        assert found is not None
        return found[1]

    def log_in(self, role: str, *, username: str = "") -> Browser:
        """Take somebody on in ``role`` and log in."""
        username = username or f"{role}.{secrets.token_hex(3)}"
        self.staff_id = make_staff(self.house.door, role, username=username)
        entered = self.post("/desk/login", {"username": username, "password": PASSWORD})
        assert entered.status_code == 303, entered.text
        return self


def open_browser(app: Flask) -> Browser:
    """Return a browser without a login, on one of our own pages."""
    house: House = app.extensions["yingbin"]
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = house.settings.allowed_origins[-1]
    return Browser(house=house, client=client)

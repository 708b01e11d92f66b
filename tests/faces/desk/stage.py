"""A browser at the desk that sends what our own pages would send: the token of the page it is on, and an operation id for each tap."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.staff import queries, service
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import PASSWORD, internal, make_staff
from tests.tokens import token_on

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
        known = token_on(self.client, "/desk/account")
        if known:
            return known
        pages = (self.client.get(page) for page in PAGES)
        shown = next(page for page in pages if page.status_code == 200)
        found = TOKEN.search(shown.text)
        assert found is not None
        return found[1]

    def log_in(self, role: str, *, username: str = "") -> Browser:
        """Take somebody on in ``role`` and log in; the form that does it has tests of its own."""
        username = username or f"{role}.{secrets.token_hex(3)}"
        self.staff_id = make_staff(self.house.door, role, username=username)
        entered = service.log_on(self.house.door, internal(), username=username, password=PASSWORD, origin="127.0.0.1")
        with self.house.door.reading() as session:
            cookie = queries.session_cookie(session, self.house.keys, int(entered.ids["session"] or 0))
        self.client.set_cookie(cookie_name("desk", self.house.settings), cookie)
        return self


def open_browser(app: Flask) -> Browser:
    """Return a browser without a login, on one of our own pages."""
    house: House = app.extensions["yingbin"]
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = house.settings.allowed_origins[-1]
    return Browser(house=house, client=client)

"""Every field of every form against values nobody should send: a clear refusal or a clean display, never a fault of ours."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from server.web.access import ROUTES, Role
from tests.web.browsers import DEVICE_ROLES, Browser, Park, address_of, make_park

HOSTILE = (
    "",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "x" * 10_000,
    "曾" * 10_000,
    "👩‍👩‍👧‍👦" * 40,
    "\u202egnp.exe\u202c",
    "NUL\x00inside",
    "lone \ud800 surrogate",
    "line\r\nSet-Cookie: a=b",
    "' OR 1=1 --",
    '=HYPERLINK("http://x")',
    "-1",
    "99999999999999999999999999",
    "١٢٣",
    "2026-13-45",
    "25:99",
    "[]",
)

SHARE = 5
"""Of so many parts of the corpus each field gets one in the short form; ``python -m tests.prove badinput`` tries them all."""
IS_FULL = os.environ.get("YINGBIN_PROOF") == "full"


def values_for(endpoint: str, field: str) -> tuple[str, ...]:
    """Return what a field is tried with: markup always, and the part of the corpus that its name chooses, always the same one."""
    if IS_FULL:
        return HOSTILE
    part = zlib.crc32(f"{endpoint} {field}".encode()) % SHARE
    return tuple(dict.fromkeys((HOSTILE[1], *HOSTILE[part::SHARE])))


ORDINARY: dict[str, str] = {
    "name": "周岚",
    "phone": "13800138000",
    "company": "蓝桥资本",
    "purpose": "meeting",
    "companions": "0",
    "consent": "yes",
    "host_id": "1",
    "host": "1",
    "tenant_id": "1",
    "minutes": "3",
    "reason": "busy",
    "code": "123456",
    "surname": "周",
    "tail": "8000",
    "text": "zeng",
    "q": "zeng",
    "version": "1",
    "gate": "A",
    "place": "大堂",
    "theme": "day",
    "role": "kiosk",
    "username": "somebody",
    "password": "wrong password",
    "language": "zh",
    "valid_from": "2026-11-23T09:00",
    "valid_until": "2026-11-23T18:00",
    "day": "2026-11-24",
    "at": "2026-11-23T09:00",
    "floor": "5",
    "number": "N1",
    "staff_id": "1",
    "pin": "000000",
}
"""What a field is sent while another is tried."""


class ReadFields(ImmutableMultiDict[str, Any]):
    """The form of a request, noting which fields the route reads."""

    read: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        ReadFields.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        ReadFields.read.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        ReadFields.read.add(key)
        return super().getlist(key, *args, **kwargs)

    def __contains__(self, key: object) -> bool:
        ReadFields.read.add(str(key))
        return super().__contains__(key)


NUMBERS = count(1)
NOT_TYPED = {"csrf", "operation"}


ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is tried here is the edge, not the database: one engine is enough."""
PARTS = 6
IN_PARTS = pytest.mark.parametrize("part", range(PARTS))
"""The routes are shared out among so many tests, so that they can run side by side."""


@pytest.fixture
def park(app: Flask) -> Park:
    """One of each, with forms that note what is read from them."""

    class Noting(Request):
        parameter_storage_class = ReadFields

    app.request_class = Noting
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_park(app)


def routes(park: Park, method: str, part: int) -> Iterator[tuple[str, str, Browser]]:
    """Give each route of this method in one part of them, with a browser that may call it."""
    for rule in park.app.url_map.iter_rules():
        if method not in (rule.methods or set()) or rule.endpoint in ("desk.log_off", "floor_tablet.lock", "static"):
            continue
        if zlib.crc32(rule.endpoint.encode()) % PARTS == part:
            yield rule.endpoint, address_of(rule.rule, park), _allowed(park, rule.endpoint)


def _allowed(park: Park, endpoint: str) -> Browser:
    row, face = ROUTES[endpoint], endpoint.partition(".")[0]
    if Role.ATTENDANT in row and Role.TABLET not in row:
        return park.browsers[Role.ATTENDANT]
    device = {blueprint: role for role, blueprint in DEVICE_ROLES.items()}.get(face)
    if device is not None:
        return park.browsers[device]
    for role in (Role.ADMIN, Role.DESK, Role.LINK, Role.NOBODY):
        if role in row:
            return park.browsers[role]
    return park.browsers[Role.ADMIN]


def send(browser: Browser, address: str, values: dict[str, str]) -> TestResponse:
    """Post a form as bytes, so that even what is no proper text gets through to us."""
    sent = {"csrf": browser.token(address), "operation": f"hostile-{next(NUMBERS):016d}", **values}
    return browser.client.post(address, data=urlencode(sent, errors="surrogatepass"), content_type="application/x-www-form-urlencoded")


def queries_of(browser: Browser, address: str) -> set[str]:
    """Return what a page reads from its address."""
    ReadFields.read = set()
    browser.get(address)
    return ReadFields.read


def fields_of(browser: Browser, address: str) -> set[str]:
    """Return the fields a route reads when it is sent ordinary ones."""
    ReadFields.read = set()
    browser.post(address, dict(ORDINARY))
    return ReadFields.read - NOT_TYPED


@pytest.mark.slow
@ONCE
@IN_PARTS
def test_no_hostile_value_in_any_field_of_any_form_is_our_fault(park: Park, part: int) -> None:
    faults, tried = [], 0
    for endpoint, address, browser in routes(park, "POST", part):
        for field in sorted(fields_of(browser, address)):
            for value in values_for(endpoint, field):
                answer = send(browser, address, {**ORDINARY, field: value})
                tried += 1
                if answer.status_code >= 500 or _echoes(text_of(answer)):
                    faults.append((endpoint, field, value[:20], answer.status_code))
    assert faults == []
    assert tried > 1000 // PARTS, "hardly anything was tried"


def text_of(answer: TestResponse) -> str:
    """Return a page's text; a file's is of no interest."""
    return answer.get_data(as_text=True) if "text/" in answer.headers.get("Content-Type", "") else ""


def _echoes(page: str) -> bool:
    return "<script>alert(1)" in page or "<img src=x" in page or ">49<" in page


@pytest.mark.slow
@ONCE
@IN_PARTS
def test_no_hostile_query_in_any_address_is_our_fault(park: Park, part: int) -> None:
    faults = []
    for endpoint, address, browser in routes(park, "GET", part):
        for field in sorted(queries_of(browser, address)):
            for value in values_for(endpoint, field):
                answer = browser.get(address, query_string=urlencode({field: value}, errors="surrogatepass"))
                if (answer.status_code >= 500 and endpoint != "web.readyz") or _echoes(text_of(answer)):
                    faults.append((endpoint, field, value[:20], answer.status_code))
    assert faults == []


TOKENS = ("", "A" * 27, "a" * 5000, "%00", "..%2f..", "曾", "A" * 26 + "%ff")


@ONCE
def test_no_hostile_token_in_an_address_is_our_fault(park: Park) -> None:
    for path in ("/v/", "/h/", "/enrol/", "/region/", "/V/"):
        for token in TOKENS:
            assert park.browsers[Role.NOBODY].get(path + token).status_code < 500, (path, token)


UPLOADS = (
    ("people.xlsx", b""),
    ("people.xlsx", b"PK\x03\x04 not a zip"),
    ("people.xls", b"\xd0\xcf\x11\xe0 not a sheet"),
    ("people.csv", b"\xff\xfe\x00broken"),
    ("people.csv", b"a,b\n" * 60_000),
    ("people.exe", b"MZ"),
    ("week.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY\r\n"),
    ("../../people.csv", "公司,姓名\n=cmd|' /C calc'!A0,<script>alert(1)</script>\n".encode()),
)


@ONCE
def test_no_hostile_upload_is_our_fault(park: Park) -> None:
    browser, tried = park.browsers[Role.ADMIN], 0
    for rule in park.app.url_map.iter_rules():
        if re.search(r"import|/schedule$", rule.rule) and "POST" in (rule.methods or set()):
            for name, content in UPLOADS:
                answer = browser.post(address_of(rule.rule, park), {"file": (BytesIO(content), name)})
                assert answer.status_code < 500, (rule.endpoint, name)
                assert not _echoes(text_of(answer)), (rule.endpoint, name)
                tried += 1
    assert tried >= len(UPLOADS)

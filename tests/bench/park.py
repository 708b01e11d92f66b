"""The database both servers begin with, made by the house's own verbs and copied for each; and what is read from it afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import pysqlite3

from server.app import open_door
from server.clock import Clock
from server.config import Settings
from server.db.transaction import Door
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.staff import queries as staff
from server.domain.staff import service as staff_service
from server.keys import Keys
from server.schema import migrate
from server.web.auth import cookie_name
from tests.bench.load import Target
from tests.factories import PASSWORD, internal, make_host, make_staff, make_tenant, make_visit

HOSTS, LOGINS, STANDING = 60, 8, 4
"""Hosts to visit, desk logins that post, and visitors who stand waiting all the time, so that the region has its size."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A made database to be served; what stands in it, whose screens watch and what is posted, the kinds of it say."""

    settings: Settings
    keys: Keys

    @property
    def file(self) -> Path:
        """The database's file."""
        return self.settings.data / "yingbin.sqlite3"

    def copy(self, folder: Path, port: int) -> Self:
        """Return the same in another folder, to be served on ``port``."""
        shutil.copytree(self.settings.data, folder)
        settings = Settings(mode="test", data=folder, port=port, timezone=self.settings.timezone)
        return replace(self, settings=settings)

    def face(self, _place: int) -> str:
        """Return which face a screen shows."""
        return "board"

    def key(self, _place: int) -> str:
        """Return what else its page knows it by: an open tablet's session."""
        return ""

    def proof(self, place: int) -> str:
        """Return the cookie that a screen comes with."""
        raise NotImplementedError

    def target(self, name: str, open_query: Callable[[int], str] = lambda _place: "") -> Target:
        """Return what the load needs to know of a server on this database."""
        return Target(
            name=name,
            port=self.settings.port,
            open_query=open_query,
            cookie=lambda place: f"{cookie_name(self.face(place), self.settings)}={self.proof(place)}",
            request=self.request,
        )

    def request(self, number: int) -> bytes:
        """Return the n-th post."""
        raise NotImplementedError

    def tidy(self) -> None:
        """Put back between two posts what would pile up, at both servers alike."""
        raise NotImplementedError

    def revs(self) -> dict[int, int]:
        """Return for each post the number of the fact that it made."""
        raise NotImplementedError

    def form(self, path: str, login: str, fields: dict[str, object]) -> bytes:
        """Return a form as a desk's browser posts it."""
        body = urlencode({"csrf": self.keys.digest("csrf", login), "operation": os.urandom(16).hex(), **fields}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.settings.port}\r\nOrigin: http://127.0.0.1:{self.settings.port}\r\n"
            f"Cookie: {cookie_name('desk', self.settings)}={login}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @contextlib.contextmanager
    def opened(self) -> Iterator[pysqlite3.dbapi2.Connection]:
        """Open the database past the house: the bench's own hand."""
        connection = pysqlite3.connect(str(self.file), timeout=10)
        try:
            yield connection
        finally:
            connection.close()


@dataclass(frozen=True, kw_only=True)
class Park(Made):
    """A lobby: hosts to visit, the proofs of its boards and logins."""

    hosts: tuple[int, ...]
    screens: tuple[str, ...]
    logins: tuple[str, ...]

    def proof(self, place: int) -> str:
        """Return a board's cookie."""
        return self.screens[place % len(self.screens)]

    def request(self, number: int) -> bytes:
        """Return the sign-in of visitor n."""
        fields: dict[str, object] = {
            "host_id": self.hosts[number % len(self.hosts)],
            "name": f"访客{number:06d}",
            "phone": f"138{number:08d}",
            "company": "望江精密仪器",
            "purpose": "meeting",
            "companions": 0,
            "language": "zh",
        }
        return self.form("/desk/visits/new", self.logins[number % len(self.logins)], fields)

    def tidy(self) -> None:
        """Let whoever waits go in, save those who always stand there: lists stay as short as a lobby's, at both servers alike.

        Not a command of the house but the bench's own hand, without a sync of its own: it is not what is measured.
        """
        with self.opened() as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("UPDATE visit SET answer_due_at = NULL WHERE answer_due_at IS NOT NULL")
            connection.execute(
                "UPDATE visit SET state = 'in', admitted_at = signed_in_at WHERE state = 'waiting' AND open AND id > ?", (STANDING,)
            )
            connection.commit()

    def revs(self) -> dict[int, int]:
        """Return for each visitor's number the number of the fact that he signed in."""
        with self.opened() as connection:
            rows = connection.execute(
                "SELECT visit.name, event.number FROM event JOIN visit ON visit.id = event.visit_id WHERE event.kind = 'VisitorSignedIn'"
                " AND visit.name LIKE '访客______'"
            ).fetchall()
        return {int(name.removeprefix("访客")): number for name, number in rows}

    def add_history(self, visits: int) -> None:
        """Add visits of the past year, each with its facts' worth of rows, as a site has them after some years."""
        with self.opened() as connection:
            columns = [row[1] for row in connection.execute("PRAGMA table_info(visit)")]
            pattern = connection.execute(f"SELECT {', '.join(columns)} FROM visit WHERE id = 1").fetchone()
            row = dict(zip(columns, pattern, strict=True))
            begun = datetime.now(UTC) - timedelta(days=365)
            names = ", ".join(columns[1:])
            marks = ", ".join("?" for _ in columns[1:])
            connection.executemany(
                f"INSERT INTO visit ({names}) VALUES ({marks})",
                (_past(row, number, begun + timedelta(days=365) * number / visits) for number in range(visits)),
            )
            connection.commit()


def _past(row: dict[str, object], number: int, when: datetime) -> list[object]:
    stamp = when.strftime("%Y-%m-%d %H:%M:%S.%f")
    gone = {"state": "out", "open": 0, "left_at": stamp, "left_by": "desk", "token_digest": None, "code_digest": None}
    times = {"day": stamp[:10], "signed_in_at": stamp, "created_at": stamp, "valid_until": stamp, "told_at": stamp, "consent_at": stamp}
    dues = {"seen_due_at": None, "answer_due_at": None, "name": f"旧客{number}", "phone_tail": f"{number % 10000:04d}"}
    changed = row | gone | times | dues
    return [changed[column] for column in row if column != "id"]


def make_park(folder: Path, screens: int) -> Park:
    """Make a park with so many enrolled boards."""
    folder.mkdir(parents=True)
    settings = Settings(mode="test", data=folder)
    migrate(settings.database)
    keys = Keys.create_file(settings.key_file)
    door = open_door(settings, Clock(), keys)
    tenants = [make_tenant(door) for _ in range(12)]
    hosts = tuple(make_host(door, tenant_id=tenants[number % 12]) for number in range(HOSTS))
    for number in range(STANDING):
        make_visit(door, host_id=hosts[number], name=f"站客{number:06d}", company="望江精密仪器")
    park = Park(settings=settings, keys=keys, hosts=hosts, screens=_enrol(door, screens), logins=log_on(door))
    door.engines.dispose()
    return park


def _enrol(door: Door, count: int) -> tuple[str, ...]:
    cookies: list[str] = []
    while len(cookies) < count:
        offered = device_service.offer_links(door, internal(), role="board", count=min(50, count - len(cookies)), name="测", gate="A")
        for link in str(offered.ids["links"]).split(","):
            with door.reading() as session:
                token = devices.link_token(session, door.keys, int(link))
            enrolled = device_service.enrol(door, internal(), token=token)
            with door.reading() as session:
                cookies.append(devices.device_cookie(session, door.keys, int(enrolled.ids["device"] or 0)))
    return tuple(cookies)


def log_on(door: Door) -> tuple[str, ...]:
    """Take desk people on and return the cookies of their logins."""
    cookies = []
    for number in range(LOGINS):
        make_staff(door, "desk", username=f"bench{number}")
        outcome = staff_service.log_on(door, internal(), username=f"bench{number}", password=PASSWORD, origin="127.0.0.1")
        with door.reading() as session:
            cookies.append(staff.session_cookie(session, door.keys, int(outcome.ids["session"] or 0)))
    return tuple(cookies)

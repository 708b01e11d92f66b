"""The same under gunicorn with gevent: one worker on SQLite, two on PostgreSQL with Redis between them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from server.clock import Clock
from server.config import Settings
from server.keys import Keys
from server.live.tickets import make_ticket
from tests.live.screen import Screen
from tests.live.stage import build
from tests.services.process import Server, free_port
from tests.services.redis import Redis


class Park:
    """The small house in worker processes."""

    def __init__(self, settings: Settings, keys: Keys, log: Path) -> None:
        self.settings = settings
        self.keys = keys
        words = {f"YINGBIN_{name.upper()}": str(getattr(settings, name)) for name in ("mode", "data", "port", "database_url", "redis_url")}
        program = Path(sys.executable).with_name("gunicorn")
        options = ["-k", "gevent", "-w", str(settings.workers), "-b", f"127.0.0.1:{settings.port}", "--log-level", "warning"]
        self._server = Server(
            [str(program), *options, "--graceful-timeout", "1", "tests.live.stage:make()"], log=log, environment=os.environ | words
        )
        self._server.wait_until(lambda: len(self.workers()) == settings.workers)
        self._screens = ExitStack()

    def workers(self) -> dict[int, dict[str, Any]]:
        """Return what each worker says of itself, as far as they answer."""
        found: dict[int, dict[str, Any]] = {}
        for _ in range(20 * self.settings.workers):
            try:
                health = self.ask("GET", "/readyz")
            except (OSError, http.client.HTTPException):
                break
            if health["well"] and health["redis"] in (True, None):
                found[health["pid"]] = health
            if len(found) == self.settings.workers:
                break
        return found

    def wait_until_replaced(self, pid: int) -> None:
        """Wait until another worker stands in the place of ``pid``."""

        def is_replaced() -> bool:
            now = self.workers()
            return pid not in now and len(now) == self.settings.workers

        self._server.wait_until(is_replaced)

    def ask(self, method: str, path: str) -> dict[str, Any]:
        """Send one request on a connection of its own, to whichever worker takes it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            said: dict[str, Any] = json.loads(body)
            return said
        finally:
            connection.close()

    def screen(self, device_id: int) -> Screen:
        """Open a screen that watches the calls."""
        ticket = make_ticket(
            self.keys,
            Clock().now(),
            face="board",
            subject=f"device:{device_id}",
            regions=("stage.*",),
            with_cookie=False,
        )
        screen = Screen(self.settings.port, ticket)
        self._screens.callback(screen.close)
        screen.watch(("stage.calls", 0))
        return screen

    def screens_on_every_worker(self) -> list[Screen]:
        """Open screens until each worker has some."""
        screens = [self.screen(1)]
        while len([1 for health in self.workers().values() if health["screens"]]) < self.settings.workers:
            screens.append(self.screen(1 + len(screens)))
        return screens

    def stop(self) -> None:
        self._screens.close()
        self._server.stop()


@pytest.fixture
def park(settings: Settings, keys: Keys, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Park]:
    scaled = bool(settings.database_url)
    chosen = {"workers": 2, "redis_url": request.getfixturevalue("redis_url")} if scaled else {}
    park = Park(settings.model_copy(update={"port": free_port(), **chosen}), keys, tmp_path / "log")
    yield park
    park.stop()


def test_a_fact_reaches_the_screens_of_every_worker(park: Park) -> None:
    screens = park.screens_on_every_worker()
    for number in range(1, 6):
        park.ask("POST", "/call/1")
        for screen in screens:
            screen.wait_for(f"<b>{number}</b>")


def test_a_hundred_facts_through_every_worker_end_with_the_last_on_every_screen(park: Park) -> None:
    screens = park.screens_on_every_worker()
    for _ in range(100):
        park.ask("POST", "/call/1")
    for screen in screens:
        region = screen.wait_for("<b>100</b>")
        # On PostgreSQL facts are drawn before they are numbered: the number follows, and what is shown stays the last.
        while region["rev"] < 100:
            region = screen.next_region()
        assert "<b>100</b>" in region["html"]


def test_a_revoked_device_is_cut_on_every_worker(park: Park) -> None:
    park.screens_on_every_worker()
    doomed = [park.screen(99) for _ in range(6)]
    park.ask("POST", "/revoke/99")
    for screen in doomed:
        assert screen.is_cut(within_seconds=2)


def test_what_the_command_line_writes_arrives_within_a_second_or_so(park: Park, settings: Settings) -> None:
    outside = build(settings.model_copy(update={"port": 0}))
    screens = park.screens_on_every_worker()
    outside.call(1)
    began = time.monotonic()
    for screen in screens:
        screen.wait_for("<b>1</b>")
    assert time.monotonic() - began < 3
    outside.door.engines.dispose()


@pytest.fixture
def scaled(park: Park) -> Park:
    """The park with two workers; the test that asks for it is chosen for PostgreSQL only."""
    assert park.settings.workers == 2
    return park


on_postgres = pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.scale)], indirect=True)


@on_postgres
def test_without_redis_workers_learn_of_facts_from_the_database(scaled: Park, redis: Redis) -> None:
    screens = scaled.screens_on_every_worker()
    redis.stop()
    try:
        scaled.ask("POST", "/call/1")
        for screen in screens:
            screen.wait_for("<b>1</b>")
    finally:
        redis.restart()


@on_postgres
def test_when_the_worker_that_numbers_dies_another_takes_over(scaled: Park) -> None:
    screens = scaled.screens_on_every_worker()
    scaled.ask("POST", "/call/1")
    for screen in screens:
        screen.wait_for("<b>1</b>")
    for pid in list(scaled.workers()):
        os.kill(pid, signal.SIGKILL)
        scaled.wait_until_replaced(pid)
        before = scaled.ask("GET", "/readyz")["seen"]
        scaled.ask("POST", "/call/1")
        fresh = scaled.screen(1)
        fresh.wait_for(f"<b>{before + 1}</b>")

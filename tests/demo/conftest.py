"""A demo park, filled once and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from server import demo
from server.clock import StillClock
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.keys import Keys
from server.schema import migrate

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Twelve at the site, a Tuesday."""

Filled = Callable[..., Door]


@contextmanager
def open_park(data: Path, now: datetime) -> Iterator[Door]:
    """Open the demo park in ``data`` at a time that stands still."""
    settings = Settings(mode="demo", data=data, sweep_at=time(4))
    engines = open_engines(settings.database, durable=False)
    yield Door(engines, clock=StillClock(now), settings=settings, keys=Keys.from_file(settings.key_file))
    engines.dispose()


def fill_park(data: Path, now: datetime = NOON, *, parts: Sequence[demo.Part] = demo.PARTS) -> None:
    """Make a park from nothing."""
    Keys.create_file(data / "secret.key")
    migrate(f"sqlite:///{data / 'yingbin.sqlite3'}")
    with open_park(data, now) as door:
        for part in parts:
            part.fill(door, demo.SEED, now, lambda _done, _of: None)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a park filled at noon, to be copied; filled once, however many processes share the tests."""
    return once_for_all(tmp_path_factory, "park", fill_park)


@pytest.fixture
def park(filled: Path, tmp_path: Path) -> Iterator[Filled]:
    """Open a copy of that park, at noon or another time."""
    data = tmp_path / "park"
    shutil.copytree(filled, data)
    with ExitStack() as stack:
        yield lambda now=NOON: stack.enter_context(open_park(data, now))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a park with people and rooms, in which nothing has happened yet."""
    parts = [part for part in demo.PARTS if part.name in {"staff", "people", "rooms"}]
    return once_for_all(tmp_path_factory, "furnished", lambda data: fill_park(data, parts=parts))


def once_for_all(folders: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """Return a folder that the first of the processes that run the tests has filled; the others wait for it."""
    alone = os.environ.get("PYTEST_XDIST_WORKER") is None
    shared = folders.getbasetemp() if alone else folders.getbasetemp().parent
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data = shared / name
        if not (data / "is-filled").exists():
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir()
            fill(data)
            (data / "is-filled").touch()
    return data

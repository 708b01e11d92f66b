"""What every test may ask for.

Databases: ``database_url`` (migrated, fresh, once on SQLite and once on PostgreSQL), ``empty_database_url`` (the same, without
a schema), ``postgres_url``, ``redis_url``. The house in-process: ``settings``, ``keys``, ``clock``, ``door``, and with its web
``app``, ``client``, ``house`` (use ``house.door`` then). A test that asks for one of them runs on both
databases; ``-m "not scale"`` leaves PostgreSQL out for a quick look.

The house in production form: ``live_house`` (its own processes; SQLite with one worker, PostgreSQL and Redis with two), and
``serve`` to open one with settings of its own. A browser: ``page`` and ``browser`` of pytest-playwright, on the system's Chromium.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.clock import StillClock
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.keys import Keys
from server.schema import migrate
from server.web.house import House
from tests import once
from tests.services.house import LiveHouse, open_house
from tests.services.postgres import Postgres, start_postgres
from tests.services.process import find_program
from tests.services.redis import Redis

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When in-process tests begin: Monday, nine in the morning at the site."""

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.scale)]


once.compile_templates()
once.compile_routes()
once.compile_statements()

# Each test makes a house and drops it, which is what starts the collector; what was imported is looked through each time for nothing.
gc.freeze()
gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow ones, so that no process is left with a long one at the end; the rest keeps its random order."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A private PostgreSQL, started when the first test needs it."""
    cluster = start_postgres(tmp_path_factory.mktemp("postgres") / "log")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A private Redis, started when the first test needs it."""
    server = Redis(tmp_path_factory.mktemp("redis") / "log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and no rows, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a PostgreSQL database with the newest schema and no rows, to be copied."""
    postgres.make_template("migrated", migrate)
    return "migrated"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh PostgreSQL database without a schema."""
    with postgres.fresh() as url:
        yield url


@pytest.fixture
def redis_url(redis: Redis) -> str:
    """The address of the private Redis."""
    return redis.url


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the house under test."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, data: Path) -> str:
    """The address of a fresh database without a schema, on each engine."""
    if request.param == "sqlite":
        return sqlite_url(data)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, data: Path) -> Iterator[str]:
    """The address of a fresh database with the newest schema, on each engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), data / "yingbin.sqlite3")
        yield sqlite_url(data)
        return
    template: str = request.getfixturevalue("migrated_postgres")
    cluster: Postgres = request.getfixturevalue("postgres")
    own = request.node.get_closest_marker("alters_schema") is not None
    with cluster.fresh(template=template) if own else cluster.emptied(template=template) as url:
        yield url


@pytest.fixture
def settings(database_url: str, data: Path) -> Settings:
    """The settings of a test house; make variants with ``settings.model_copy(update={...})``."""
    return Settings(mode="test", data=data, database_url="" if database_url.startswith("sqlite") else database_url)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """The secret key in the data folder, new for each test."""
    return Keys.create_file(settings.key_file)


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands at nine in the morning until the test turns it."""
    return StillClock(MORNING)


@pytest.fixture
def door(settings: Settings, clock: StillClock, keys: Keys) -> Iterator[Door]:
    """The one door to a fresh database, once on SQLite and once on PostgreSQL."""
    engines = open_engines(settings.database)
    yield Door(engines, clock=clock, settings=settings, keys=keys)
    engines.dispose()


@pytest.fixture
def app(settings: Settings, clock: StillClock, keys: Keys) -> Iterator[Flask]:
    """The whole house in-process, once on each database, its loops not running: step them through ``house``."""
    from server.app import create_app  # the rules' and services' tests need none of the web

    made = create_app(settings, clock=clock, keys=keys)
    made.testing = True
    yield made
    opened: House = made.extensions["yingbin"]
    # Before its engines: on PostgreSQL the relay holds the lock to number facts, and the next test's house has the same database.
    opened.live.stop()
    opened.door.engines.dispose()


@pytest.fixture
def house(app: Flask) -> House:
    """The parts of the house in-process: its door, keys, clock, live regions and loops."""
    found: House = app.extensions["yingbin"]
    return found


@pytest.fixture
def client(app: Flask, settings: Settings) -> FlaskClient:
    """A browser without proof of who it is, on one of our own pages."""
    browser = app.test_client()
    browser.environ_base["HTTP_ORIGIN"] = settings.allowed_origins[-1]
    return browser


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[..., LiveHouse]]:
    """``serve("sqlite")`` or ``serve("postgresql", workers=2, answer_seconds="10")``: open a house, stopped after the test."""
    with ExitStack() as open_now:

        def open_one(engine: str = "sqlite", **chosen: Any) -> LiveHouse:
            data = tmp_path_factory.mktemp("house")
            if engine == "sqlite":
                shutil.copy(request.getfixturevalue("migrated_sqlite"), data / "yingbin.sqlite3")
                return open_now.enter_context(open_house(data, **chosen))
            cluster: Postgres = request.getfixturevalue("postgres")
            url = open_now.enter_context(cluster.fresh(template=request.getfixturevalue("migrated_postgres")))
            redis_url: str = request.getfixturevalue("redis_url")
            return open_now.enter_context(open_house(data, database_url=url, redis_url=redis_url, **chosen))

        yield open_one


@pytest.fixture(params=BOTH)
def live_house(request: pytest.FixtureRequest, serve: Callable[..., LiveHouse]) -> LiveHouse:
    """A house in processes of its own: SQLite with one worker, PostgreSQL and Redis with two."""
    return serve("sqlite") if request.param == "sqlite" else serve("postgresql", workers=2)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the system's Chromium: without a sandbox (root), calling nobody, silent until touched.

    Scripts are run as they are read: to optimise them took longer than it saved, for pages that are left after a second.
    """
    flags = (
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--js-flags=--no-opt --no-maglev",
        "--autoplay-policy=document-user-activation-required",
    )
    return {"executable_path": str(find_program("chromium-headless-shell", package="chromium-headless-shell")), "args": list(flags)}


def sqlite_url(data: Path) -> str:
    """Return the address of the SQLite file in a data folder."""
    return f"sqlite:///{data / 'yingbin.sqlite3'}"

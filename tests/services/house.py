"""The house itself as in production: `yingbin serve` in processes of its own, on a free port, with a clock that tests turn."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from server.clock import TurnedClock
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.keys import Keys
from tests.services.nursery import Born
from tests.services.process import Server, free_port


@dataclass
class LiveHouse:
    """A running house over one database; its ``door`` opens the same database from the test's own process.

    What the test changes through ``door`` arrives on screens within a second: the relay also looks by itself.
    """

    settings: Settings
    keys: Keys
    door: Door
    log: Path
    chosen: dict[str, str] = field(default_factory=dict)
    is_forked: bool = True
    """Whether it is born in the nursery, which is quicker, or the program is started."""
    _server: Server | Born | None = None

    @property
    def base_url(self) -> str:
        """Where browsers and clients find it."""
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def pid(self) -> int:
        """The master process; its workers are children of it."""
        assert self._server is not None
        return self._server.pid

    def start(self) -> None:
        """Start the server processes and wait until each part says it is ready."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
        environment = kept | _as_environment(self.settings) | self.chosen
        if self.is_forked:
            self._server = Born(log=self.log, environment=environment)
        else:
            program = Path(sys.executable).with_name("yingbin")
            self._server = Server([str(program), "serve"], log=self.log, environment=environment)
        self._server.wait_until(self.is_ready)

    def stop(self) -> None:
        """Stop it as systemd would; harmless when it is stopped already."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def end(self) -> None:
        """Kill it if it runs."""
        if self._server is not None:
            self.kill()

    def kill(self) -> None:
        """Kill master and workers without warning, as the power going would."""
        assert self._server is not None
        workers = self.worker_pids()
        # The master first: it would start new workers for those that it sees die.
        self._server.kill()
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self._server.stop()
        self._server = None

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Ask again and again until ``is_true``; fails with the end of the server's log after a minute, or when it ends."""
        assert self._server is not None
        self._server.wait_until(is_true)

    def restart(self) -> None:
        """Stop and start it on the same port with the same data."""
        self.stop()
        self.start()

    def worker_pids(self) -> list[int]:
        """Return the ids of the worker processes."""
        return [pid for pid in _every_pid() if _parent_of(pid) == self.pid]

    def turn_clock(self, by: timedelta) -> None:
        """Move the clock of every process of this house, and of ``door``, by ``by``."""
        file = self.settings.test_clock
        assert file is not None
        seconds = float(file.read_text(encoding="ascii")) + by.total_seconds()
        # Replaced as a whole: a process that reads meanwhile sees the old time or the new one.
        new = file.with_suffix(".new")
        new.write_text(str(seconds), encoding="ascii")
        new.replace(file)

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Return the status and the entries of ``/readyz``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, json.loads(body) if answer.status in {200, 503} else {}
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Tell whether every part of the house is well."""
        try:
            return self.readiness()[0] == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False


@contextlib.contextmanager
def open_house(data: Path, *, database_url: str = "", redis_url: str = "", workers: int = 1, **chosen: str) -> Iterator[LiveHouse]:
    """Serve the migrated database in ``data`` (or at ``database_url``) and stop at the end.

    ``chosen`` are further settings by their names in lower case: ``open_house(data, answer_seconds="10")``.
    """
    clock_file = data / "clock"
    clock_file.write_text("0", encoding="ascii")
    settings = Settings(
        mode="test",
        data=data,
        port=free_port(),
        database_url=database_url,
        redis_url=redis_url,
        workers=workers,
        test_clock=clock_file,
        **chosen,  # type: ignore[arg-type]  # pydantic reads each from its text, as from the environment
    )
    keys = Keys.from_file(settings.key_file) if settings.key_file.exists() else Keys.create_file(settings.key_file)
    engines = open_engines(settings.database)
    door = Door(engines, clock=TurnedClock(clock_file), settings=settings, keys=keys)
    house = LiveHouse(settings=settings, keys=keys, door=door, log=data / "server.log", chosen=_as_words(chosen))
    try:
        house.start()
        yield house
    finally:
        # Whoever looks at how it stops has stopped it himself: for the others two seconds of courtesy are two seconds a test.
        house.end()
        engines.dispose()


def _as_words(chosen: dict[str, str]) -> dict[str, str]:
    return {f"YINGBIN_{name.upper()}": value for name, value in chosen.items()}


def _as_environment(settings: Settings) -> dict[str, str]:
    words = {
        "mode": settings.mode,
        "data": str(settings.data),
        "host": settings.host,
        "port": str(settings.port),
        "database_url": settings.database_url,
        "redis_url": settings.redis_url,
        "workers": str(settings.workers),
        "test_clock": str(settings.test_clock),
    }
    return _as_words({name: value for name, value in words.items() if value})


def _every_pid() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent_of(pid: int) -> int | None:
    try:
        # The name, in brackets, may hold anything: the parent's id is the second word after the last bracket.
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return None

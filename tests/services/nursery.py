"""Where the tests' houses are born: a process that has the program loaded, and becomes `yingbin serve` as often as it is asked to.

To load the program takes longer than most tests in a browser do. So each test process keeps one of these, which loads it once and forks;
the child does what the command does, from reading its settings on. A test of ``test_house.py`` starts the program itself.

    python -m tests.services.nursery        one JSON request a line on standard input, one process id a line back over it

When the other end closes, because the test process ended or was killed, every house still running is killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

from tests.services.process import ROOT, Guarded

LINE = 0
"""The socket to the tests: the nursery's standard input, both ways."""


class Born(Guarded):
    """One house's master process."""

    def __init__(self, *, log: Path, environment: Mapping[str, str]) -> None:
        """Let the nursery start it with exactly this environment."""
        self.log = log
        self.pid = _nursery().start({"log": str(log), "environment": dict(environment)})

    def stop(self) -> None:
        """End it as systemd would; harmless when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        self.await_end()


class _Nursery:
    """The test process's own nursery."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.services.nursery"], cwd=ROOT, stdin=theirs.fileno(), start_new_session=True
            )
        self._told = self._line.makefile("r", encoding="utf-8")

    def start(self, request: Mapping[str, object]) -> int:
        self._line.sendall(json.dumps(request).encode() + b"\n")
        return int(self._told.readline())


@cache
def _nursery() -> _Nursery:
    return _Nursery()


def _serve_forever() -> None:
    """Be the nursery."""
    from server.wsgi import make_cooperative

    make_cooperative()
    _load_the_program()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    born: list[int] = []
    try:
        for line in _lines():
            request = json.loads(line)
            child = os.fork()
            if child == 0:
                _become(Path(request["log"]), request["environment"])
            born.append(child)
            os.write(LINE, f"{child}\n".encode())
    finally:
        for child in born:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


def _load_the_program() -> None:
    """Load and compile what every house needs at its start and for its first pages: make one, and take one turn of its loops."""
    import server.cli.serving  # noqa: F401 - loaded for those who are forked
    from server import schema
    from server.app import create_app
    from server.config import Settings
    from server.keys import Keys
    from tests import once

    once.compile_templates()
    once.compile_routes()
    once.compile_statements()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(mode="test", data=Path(folder), database_url="", redis_url="")
        schema.migrate(settings.database)
        app = create_app(settings, keys=Keys.create_file(settings.key_file))
        house = app.extensions["yingbin"]
        schema.is_current(house.door.engines.read)
        for loop in house.loops:
            loop.step()
        house.live.stop()
        house.door.engines.dispose()
    for template in app.jinja_env.list_templates():
        app.jinja_env.get_template(template)


def _lines() -> Iterator[bytes]:
    kept = b""
    while received := os.read(LINE, 65536):
        *whole, kept = (kept + received).split(b"\n")
        yield from whole


def _become(log: Path, environment: Mapping[str, str]) -> NoReturn:
    """Be a house from here on."""
    from server.cli import main

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for descriptor, stands_for in ((nowhere, 0), (out, 1), (out, 2)):
        os.dup2(descriptor, stands_for)
    os.environ.clear()
    os.environ.update(environment)
    status = 1
    try:
        sys.argv = ["yingbin", "serve"]
        main(["serve"])
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve_forever()

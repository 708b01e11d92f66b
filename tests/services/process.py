"""A server process under guard: started, waited for, stopped by its own id."""

from __future__ import annotations

import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 20


class MissingProgram(Exception):
    """A program the tests need is not on this machine; the message says how to get it. Never a skip."""


def find_program(name: str, *, package: str, folders: tuple[Path, ...] = ()) -> Path:
    """Return the path of program ``name``, looked for in ``folders`` and then in PATH."""
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise MissingProgram(f"{name} is missing: run tests/services/packages.sh as root, or install the Debian package {package}")
    return Path(found)


def free_port() -> int:
    """Return a loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged_user(name: str) -> str | None:
    """Return ``name`` when we are root and must become it, None when we run as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(name)
    except KeyError as error:
        raise MissingProgram(f"the user {name} is missing: install its Debian package") from error
    return name


class Guarded:
    """A running program with its log and its id."""

    log: Path
    pid: int

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        """Ask ``is_ready`` again and again until yes; fail with the end of the log if the program ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if self.await_end(0.05) or time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for the server:\n{self.tail()}")

    def await_end(self, seconds: float = STOP_SECONDS) -> bool:
        """Wait until the program has ended; False when it has not by then."""
        try:
            program = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            ended, _, _ = select.select([program], [], [], seconds)
            return bool(ended)
        finally:
            os.close(program)

    def tail(self) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])

    def kill(self) -> None:
        """Kill the program as a crash would, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.await_end()


class Server(Guarded):
    """One program under a guard of its own."""

    def __init__(
        self,
        command: list[str],
        *,
        log: Path,
        stop_signal: str = "SIGTERM",
        folder: Path | None = None,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start ``command``; its ``folder`` is removed when it ends, however that happens."""
        self.log = log
        guard = [sys.executable, "-m", "tests.services.guard", str(folder or "-"), stop_signal, user or "-"]
        self._line, theirs = socket.socketpair()
        with log.open("ab") as out, theirs:
            self._guard = subprocess.Popen(
                [*guard, *command],
                cwd=ROOT,
                stdin=theirs.fileno(),
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                start_new_session=True,
            )
        with self._line.makefile() as told:
            self.pid = int(told.readline() or 0)

    def kill(self) -> None:
        """Kill the program as a crash would, and wait until the guard has seen it."""
        super().kill()
        self._guard.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Let go: the guard ends the program and then itself."""
        self._line.close()
        try:
            self._guard.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()


def accepts_connections(port: int) -> bool:
    """Tell whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""The two servers, each pinned to one core, the load to the other; what they cost is read from the kernel."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.web.auth import cookie_name
from tests.bench.load import Target
from tests.bench.park import Made
from tests.services.process import ROOT, Server, accepts_connections, find_program

PEER = Path(__file__).parent / "peer"
SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True, kw_only=True)
class Running:
    """One server under measurement."""

    target: Target
    made: Made
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        return sum(int(Path(f"/proc/{task}/schedstat").read_text().split()[0]) for task in self._tasks()) / 1e9

    def memory_kb(self) -> int:
        """Return the memory of the process that serves; pages it shares with its master are shared out."""
        return max(_memory_kb(pid) for pid in self._processes())

    def whole_memory_kb(self) -> int:
        """Return the memory of all its processes."""
        return sum(_memory_kb(pid) for pid in self._processes())

    def _tasks(self) -> list[str]:
        return [f"{pid}/task/{task.name}" for pid in self._processes() for task in Path(f"/proc/{pid}/task").iterdir()]

    def _processes(self) -> list[int]:
        return [self.pid, *_children(self.pid)]


def _memory_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextlib.contextmanager
def ours(made: Made, log: Path) -> Iterator[Running]:
    """Serve ``made`` as in production: `yingbin serve`, one worker."""
    settings = made.settings
    words = {"YINGBIN_MODE": "test", "YINGBIN_DATA": str(settings.data), "YINGBIN_PORT": str(settings.port)}
    words["YINGBIN_TIMEZONE"] = settings.timezone
    # Who logged in while the park was made is still logged in when the last of twenty minutes is measured.
    words |= {"YINGBIN_DESK_LOCK_MINUTES": "720", "YINGBIN_TABLET_LOCK_MINUTES": "720"}
    program = Path(sys.executable).with_name("yingbin")
    with _serving([str(program), "serve"], made, log, words, _open_query(made)) as running:
        yield running


@contextlib.contextmanager
def peer(made: Made, log: Path, *, coalesce: bool = False) -> Iterator[Running]:
    """Serve a copy of the same database by the Node peer."""
    command = [str(find_program("node", package="nodejs")), str(PEER / "server.mjs"), str(made.file), str(made.settings.port)]
    with _serving([*command, *(["coalesce"] if coalesce else [])], made, log, {"TZ": made.settings.timezone}, lambda _place: "") as running:
        yield running


@contextlib.contextmanager
def _serving(command: list[str], made: Made, log: Path, words: dict[str, str], open_query: Callable[[int], str]) -> Iterator[Running]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")} | words
    pinned = [str(find_program("taskset", package="util-linux")), "-c", str(SERVER_CORE), *command]
    server = Server(pinned, log=log, environment=environment)
    try:
        server.wait_until(lambda: accepts_connections(made.settings.port))
        yield Running(target=made.target(log.stem, open_query), made=made, pid=server.pid)
    finally:
        server.stop()


def _open_query(made: Made) -> Callable[[int], str]:
    """Return what fetches a ticket with a screen's cookie, as its page does before each connect."""
    connection = http.client.HTTPConnection("127.0.0.1", made.settings.port, timeout=15)

    def ask(place: int) -> str:
        face = made.face(place)
        cookie = f"{cookie_name(face, made.settings)}={made.proof(place)}"
        connection.request("GET", f"/live/ticket?face={face}&key={made.key(place)}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        return f"&ticket={json.loads(said)['ticket']}"

    return ask


def pin_the_load() -> None:
    """Keep this process off the server's core."""
    os.sched_setaffinity(0, {LOAD_CORE})


def build_peer() -> None:
    """Install the peer's packages once, the database driver built against the headers of the Node that is installed."""
    lock = PEER / "package-lock.json"
    stamp = PEER / "node_modules" / ".stamp"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    print("Building the Node peer (once; about a minute) …", flush=True)
    prefix = Path(find_program("node", package="nodejs")).resolve().parents[1]
    words = {"npm_config_nodedir": str(prefix), "npm_config_build_from_source": "true"}
    subprocess.run([str(find_program("npm", package="npm")), "ci", "--silent"], cwd=PEER, env=os.environ | words, check=True)
    stamp.write_text(lock.read_text())


def machine() -> str:
    """Return a line about where this was measured."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ""
    )
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    return (
        f"{os.cpu_count()} cores, {model or 'unknown processor'}; Python {sys.version.split()[0]}, Node {node}; {time.strftime('%Y-%m-%d')}"
    )


def empty(folder: Path) -> None:
    """Remove what one run left behind."""
    shutil.rmtree(folder, ignore_errors=True)

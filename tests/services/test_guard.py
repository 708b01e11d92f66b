"""A server of the tests lives exactly as long as the test process."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from tests.services.process import ROOT, Server

HOLDER = """
import sys, tempfile, pathlib
from tests.services.process import Server
server = Server(["sleep", "600"], log=pathlib.Path(sys.argv[1]), folder=pathlib.Path(sys.argv[2]))
print(server.pid, flush=True)
sys.stdin.read()
"""


def has_ended(pid: int, *, within_seconds: float) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within_seconds)[0])
    finally:
        os.close(descriptor)


def test_a_stopped_server_is_gone_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    server = Server(["sleep", "600"], log=tmp_path / "log", folder=folder)
    assert not has_ended(server.pid, within_seconds=0)
    server.stop()
    assert has_ended(server.pid, within_seconds=0)
    assert not folder.exists()


def test_a_killed_test_process_leaves_no_server(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "log"), str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        assert not has_ended(pid, within_seconds=0)
        holder.send_signal(signal.SIGKILL)
        assert has_ended(pid, within_seconds=10)

"""Run a program for as long as the test process lives, and not a moment longer.

The guard stands between the tests and a server. Its standard input is one end of a socket pair, over which it first tells
its child's id; when the other end closes, because the test process let go or was killed, the guard signals its child,
waits, and removes the child's folder. So nothing is left behind even by a test run that was killed.

    python -m tests.services.guard FOLDER SIGNAL USER PROGRAM ARGUMENT…      (FOLDER and USER may be "-")
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 10


def main(folder: str, stop_signal: str, user: str, *command: str) -> int:
    """Run ``command`` until it ends or standard input closes; return its status."""
    account: dict[str, object] = {} if user == "-" else {"user": user, "group": user, "extra_groups": []}
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        **account,  # type: ignore[call-overload]  # three optional words of Popen, all or none
    )
    os.write(sys.stdin.fileno(), f"{child.pid}\n".encode())
    try:
        _wait_for_either_end(child.pid)
        return _end(child, signal.Signals[stop_signal])
    finally:
        if folder != "-":
            shutil.rmtree(Path(folder), ignore_errors=True)


def _wait_for_either_end(child: int) -> None:
    descriptor = os.pidfd_open(child)
    try:
        select.select([sys.stdin.fileno(), descriptor], [], [])
    finally:
        os.close(descriptor)


def _end(child: subprocess.Popen[bytes], stop_signal: signal.Signals) -> int:
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

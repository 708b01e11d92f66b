"""The house in production form, as tests get it: ready, stopped, killed, started again, its clock turned."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from tests.services.house import LiveHouse
from tests.services.process import ROOT


def test_a_live_house_is_ready_in_every_part(live_house: LiveHouse) -> None:
    # Each worker answers for itself.
    live_house.wait_until(lambda: all(live_house.is_ready() for _ in range(8)))
    status, parts = live_house.readiness()
    assert status == 200, parts
    assert len(live_house.worker_pids()) == live_house.settings.workers
    assert live_house.log.read_text(encoding="utf-8") == "", "it has something to complain about"


def test_the_program_itself_is_ready_in_every_part(live_house: LiveHouse) -> None:
    live_house.stop()
    live_house.is_forked = False
    live_house.start()
    assert len(live_house.worker_pids()) == live_house.settings.workers
    live_house.stop()
    assert live_house.log.read_text(encoding="utf-8") == "", "it has something to complain about"


def test_a_house_goes_when_the_tests_that_asked_for_it_are_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, signal, sys\n"
        "from tests.services.house import open_house\nfrom server.schema import migrate\n"
        "data = pathlib.Path(sys.argv[1])\nmigrate(f'sqlite:///{data}/yingbin.sqlite3')\n"
        "with open_house(data) as house:\n    print(house.pid, flush=True)\n    signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        master = os.pidfd_open(int(tests.stdout.readline()))
        tests.kill()
        ended, _, _ = select.select([master], [], [], 20)
    os.close(master)
    assert ended


def test_a_house_that_was_killed_comes_back_on_the_same_data(live_house: LiveHouse) -> None:
    live_house.kill()
    assert not live_house.is_ready()
    live_house.start()
    # Of two workers the one that answers may be the younger, which is not ready yet.
    live_house.wait_until(live_house.is_ready)


def test_the_clock_of_a_running_house_can_be_turned(live_house: LiveHouse) -> None:
    before = live_house.door.clock.now()
    live_house.turn_clock(timedelta(hours=1))
    assert live_house.door.clock.now() - before >= timedelta(hours=1)
    live_house.wait_until(lambda: newest_success(live_house) >= before + timedelta(hours=1))


def newest_success(house: LiveHouse) -> datetime:
    _, parts = house.readiness()
    return max(datetime.fromisoformat(part["last_success"]) for part in parts.values() if part.get("last_success"))

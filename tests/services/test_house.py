"""The house in production form, as tests get it: ready, stopped, killed, started again, its clock turned."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.services.house import LiveHouse


def test_a_live_house_is_ready_in_every_part(live_house: LiveHouse) -> None:
    status, parts = live_house.readiness()
    assert status == 200, parts
    assert len(live_house.worker_pids()) == live_house.settings.workers
    assert live_house.log.read_text(encoding="utf-8") == "", "it has something to complain about"


def test_a_house_that_was_killed_comes_back_on_the_same_data(live_house: LiveHouse) -> None:
    live_house.kill()
    assert not live_house.is_ready()
    live_house.start()
    assert live_house.is_ready()


def test_the_clock_of_a_running_house_can_be_turned(live_house: LiveHouse) -> None:
    before = live_house.door.clock.now()
    live_house.turn_clock(timedelta(hours=1))
    assert live_house.door.clock.now() - before >= timedelta(hours=1)
    live_house.wait_until(lambda: newest_success(live_house) >= before + timedelta(hours=1))


def newest_success(house: LiveHouse) -> datetime:
    _, parts = house.readiness()
    return max(datetime.fromisoformat(part["last_success"]) for part in parts.values() if part.get("last_success"))

"""The demo park holds what its contract says, made as people would have made it."""

from __future__ import annotations

import json
import stat
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from server import demo
from server.db import audit
from server.db.transaction import Door
from server.demo import handout, logins, park, staff, visits
from server.domain.devices import queries as devices
from server.domain.meetings.tables import Meeting
from server.domain.meetings.tables import Step as SheetStep
from server.domain.people import queries as people
from server.domain.posts import queries as posts
from server.domain.posts import service as post_service
from server.domain.posts.rules import PostState
from server.domain.staff import service as staff_service
from server.domain.staff.rules import check_pin
from server.domain.visits import queries
from server.domain.visits.rules import State, Step, local_day
from server.domain.visits.tables import Visit
from server.keys import Keys
from tests.demo.conftest import NOON, Filled, fill_park, open_park
from tests.factories import internal


def visits_of(door: Door) -> list[Visit]:
    with door.reading() as session:
        visits = list(session.exec(select(Visit).order_by(col(Visit.id))))
        session.expunge_all()
    return visits


def test_there_are_twelve_tenants_on_three_floors_with_three_hundred_hosts(park: Filled) -> None:
    door = park()
    with door.reading() as session:
        tenants = people.tenants(session)
        hosts = [card for tenant in tenants for card in people.hosts_of(session, tenant.id)]
        found = people.find_hosts(session, "zeng").hosts
    assert (len(tenants), len({tenant.floor for tenant in tenants}), len(hosts)) == (12, 3, 300)
    assert {"曾", "仇", "朴", "单", "解"} <= {card.name[0] for card in hosts}
    assert sum(card.delegate_id is not None for card in hosts) > 30
    assert max(len(card.name_en) for card in hosts) >= 38
    assert found


def test_today_has_forty_visits_and_there_is_one_in_every_state(park: Filled) -> None:
    door = park()
    visits = visits_of(door)
    today = local_day(NOON, door.settings.zone)
    assert {visit.state for visit in visits} == {state.value for state in State}
    assert sum(visit.day == today and visit.signed_in_at is not None for visit in visits) == 40
    with door.reading() as session:
        steps = Counter(row.step for row in queries.waiting(session))
        expected = queries.expected_today(session, today, door.settings.zone)
    assert steps == {Step.TOLD: 1, Step.SEEN: 1, Step.COMING: 1, Step.WAIT: 1, Step.DESK: 1}
    assert len(expected) == 6


def test_the_desk_is_attended_and_one_attendant_has_not_come_yet(park: Filled) -> None:
    door = park()
    with door.reading() as session:
        on_duty = {row.name: row for row in posts.on_duty(session)}
    assert set(on_duty) == {staff.LOGINS["desk"], *staff.ATTENDANTS[1:]}
    assert on_duty[staff.LOGINS["desk"]].at_desk
    assert on_duty[staff.ATTENDANTS[-1]].state is PostState.MEAL
    assert all(row.since and row.since <= NOON for row in on_duty.values())


def test_whoever_went_home_comes_again_and_nobody_comes_twice(park: Filled) -> None:
    door = park()
    with door.reading() as session:
        desk = next(row for row in posts.on_duty(session) if row.at_desk)
    demo.top_up(door, demo.SEED, NOON)
    with door.reading() as session:
        assert posts.post_of(session, desk.staff_id).since == desk.since
    post_service.clock_out(door, internal(), staff_id=desk.staff_id, closing=True)
    demo.top_up(door, demo.SEED, NOON)
    with door.reading() as session:
        assert posts.post_of(session, desk.staff_id).at_desk


def test_no_time_lies_in_the_future_and_the_chain_of_facts_holds(park: Filled) -> None:
    door = park()
    for visit in visits_of(door):
        times = [visit.signed_in_at, visit.met_at, visit.admitted_at, visit.left_at]
        passed = [time for time in times if time is not None]
        assert passed == sorted(passed)
        assert all(time <= NOON for time in passed)
    with door.reading() as session:
        assert audit.first_break(session) is None


def test_the_same_seed_and_time_give_the_same_park(filled: Path, tmp_path: Path) -> None:
    fill_park(tmp_path)
    told = []
    for data in (filled, tmp_path):
        with open_park(data, NOON) as door, door.reading() as session:
            hosts = [
                (card.name, card.tenant, card.phone) for tenant in people.tenants(session) for card in people.hosts_of(session, tenant.id)
            ]
            visits = [(row.name, row.phone, row.state, row.signed_in_at, row.left_at, row.host_id) for row in visits_of(door)]
            met = session.exec(select(Meeting).order_by(col(Meeting.id)))
            meetings = [(row.title, row.room_id, row.starts_at, row.state, row.actual, row.contact_name) for row in met]
            steps = session.exec(select(SheetStep).order_by(col(SheetStep.id)))
            told.append((hosts, visits, meetings, [(row.kind, row.state, row.staff_id, row.settled_at) for row in steps]))
    assert told[0] == told[1]


def test_a_second_start_keeps_everything_and_adds_nothing(park: Filled) -> None:
    door = park(NOON + timedelta(minutes=3))
    before = [(visit.id, visit.state) for visit in visits_of(door)]
    demo.fill(door, demo.SEED, door.clock.now())
    assert [(visit.id, visit.state) for visit in visits_of(door)] == before
    with door.reading() as session:
        assert len(people.tenants(session)) == 12


@pytest.mark.slow
def test_the_next_day_is_filled_anew_and_the_old_one_is_swept(park: Filled) -> None:
    tomorrow = NOON + timedelta(days=1)
    door = park(tomorrow)
    demo.fill(door, demo.SEED, tomorrow)
    visits = visits_of(door)
    today = local_day(tomorrow, door.settings.zone)
    assert sum(visit.day == today and visit.signed_in_at is not None for visit in visits) == 40
    assert not [visit for visit in visits if visit.day < today and visit.state in {"waiting", "met", "in", "expected"}]
    with door.reading() as session:
        assert audit.first_break(session) is None


@pytest.mark.parametrize("hour", [16, 20, 23], ids=["just after midnight", "just after the sweep", "early in the morning"])
def test_it_is_open_around_the_clock(park: Filled, hour: int) -> None:
    now = datetime(2026, 11, 25, hour, 10, tzinfo=UTC)
    door = park(now)
    visits.fill(door, demo.SEED, now, lambda _done, _of: None)
    with door.reading() as session:
        assert len(queries.waiting(session)) == 5
        inside = queries.counts(session, local_day(now, door.settings.zone), door.settings.zone).inside
        assert inside >= 10
        assert len(queries.expected_today(session, local_day(now, door.settings.zone), door.settings.zone)) >= 6


def test_the_handout_holds_what_the_contract_says(park: Filled) -> None:
    door = park()
    handout.write(door, demo.SEED, NOON)
    file = door.settings.data / "demo.json"
    held = json.loads(file.read_text(encoding="utf-8"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert held["base_url"] == "http://127.0.0.1:8080"
    assert {role: len(links) for role, links in held["enrol"].items()} == dict.fromkeys(("kiosk", "tablet", "board", "door"), 10)
    assert [one["name"] for one in held["staff"]] == list(staff.ATTENDANTS)
    assert len(held["invitations"]) == 6
    for invitation in held["invitations"]:
        assert invitation["qr"] == f"HTTP://127.0.0.1:8080/V/{invitation['token']}"
        assert len(invitation["code"]) == 6


def test_every_login_and_invitation_of_the_handout_works(park: Filled) -> None:
    door = park()
    held = handout.contents(door, demo.SEED, NOON)
    for role in staff.LOGINS:
        outcome = staff_service.log_on(door, internal(), username=role, password=held[role]["password"], origin="127.0.0.1")
        assert outcome.code == "signed_on"
    with door.reading() as session:
        for invitation in held["invitations"]:
            assert queries.pass_of_token(session, door.keys, invitation["token"], NOON, door.settings).code == invitation["code"]
        own = held["hosts"][0]["link"].rsplit("/", 1)[1]
        assert queries.link_of(session, door.keys, own, NOON).kind == "host"


def test_used_links_are_replaced_at_the_next_start(park: Filled) -> None:
    door = park()
    with door.reading() as session:
        used = devices.unused_links(session, NOON, "kiosk")[0]
        token = devices.link_token(session, door.keys, used)
    from server.domain.devices import service as device_service

    device_service.enrol(door, internal(), token=token)
    demo.top_up(door, demo.SEED, NOON)
    with door.reading() as session:
        unused = devices.unused_links(session, NOON, "kiosk")
    assert len(unused) == 10
    assert used not in unused


def test_another_key_gives_other_passwords(park: Filled, keys_of_another_park: Keys) -> None:
    door = park()
    assert logins.password(door.keys, "desk") != logins.password(keys_of_another_park, "desk")
    assert logins.pin(door.keys, "孙悦") != logins.pin(keys_of_another_park, "孙悦")


def test_no_pin_is_one_that_the_house_would_refuse(keys_of_another_park: Keys) -> None:
    pins = [logins.pin(keys_of_another_park, f"员工{number}") for number in range(2000)]  # one in 350 repeats three digits when drawn once
    for pin in pins:
        check_pin(pin)
    assert pins[:3] == [logins.pin(keys_of_another_park, f"员工{number}") for number in range(3)]


@pytest.fixture
def keys_of_another_park() -> Keys:
    return Keys(b"another secret of another demo park, long enough")


def test_names_are_those_of_the_seed() -> None:
    assert park_names("a") == park_names("a")
    assert park_names("a") != park_names("b")
    assert park.hosts("a")[0].name == park.hosts("b")[0].name == "曾静怡"


def park_names(seed: str) -> list[str]:
    return [host.name for host in park.hosts(seed)]

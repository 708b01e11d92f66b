"""A floor tablet is locked until somebody types a PIN, and shows nothing meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from floor_tablet.regions import OWN
from server.clock import StillClock
from server.domain.devices import service as devices
from server.domain.posts import queries
from server.domain.posts.rules import PostState
from server.domain.staff import service as staff
from server.web.access import REGIONS
from server.web.auth import device_of
from server.web.house import House
from server.web.presence import create_presence
from tests.factories import PIN, internal, make_attendant, make_desk_person, make_meeting, make_staff
from tests.floor_tablet.stage import Tablet, make_attendant_at, make_tablet_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Screens are the same on each database; the verbs behind them are proved on both."""


def test_a_locked_tablet_shows_who_may_open_it_and_nothing_else(tablet: Tablet) -> None:
    door = tablet.house.door
    make_attendant(door, name="孙悦")
    make_desk_person(door, name="林晓")
    page = tablet.page()
    assert "孙悦" in page
    assert "林晓" not in page, "who has no PIN is not offered"
    assert "data-region" not in page
    assert "On post" not in page


@pytest.mark.parametrize("path", ["/tablet/posts"])
def test_every_other_page_of_a_locked_tablet_leads_to_the_lock(tablet: Tablet, path: str) -> None:
    answer = tablet.get(path)
    assert (answer.status_code, answer.location, answer.headers["X-Error-Code"]) == (303, "/tablet", "tablet_locked")
    tapped = tablet.post("/tablet/posts/meal")
    assert (tapped.status_code, tapped.headers["HX-Redirect"]) == (204, "/tablet")


def test_a_browser_that_is_no_tablet_is_told_so(app: Flask) -> None:
    answer = app.test_client().get("/tablet")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (401, "device_needed")


def test_regions_are_closed_to_a_locked_tablet_and_open_to_an_open_one(tablet: Tablet) -> None:
    names = [name for name in REGIONS if name.startswith("tablet.")]
    sun = make_attendant(tablet.house.door)
    rows = {"tablet.meeting": make_meeting(tablet.house.door), **{f"tablet.{own}": sun for own in OWN}}
    ids = [f"{name}:{rows[name]}" if name in rows else name for name in names]
    assert {tablet.get(f"/region/{region_id}").status_code for region_id in ids} == {404}
    tablet.unlock(sun)
    assert {tablet.get(f"/region/{region_id}").status_code for region_id in ids} == {200}


def test_what_is_one_persons_own_is_closed_to_another(tablet: Tablet) -> None:
    other = make_attendant(tablet.house.door, name="马骏", on_duty=True)
    make_attendant_at(tablet)
    assert tablet.get(f"/region/tablet.post:{other}").status_code == 404


def test_the_right_pin_opens_the_tablet_and_clocks_in(tablet: Tablet) -> None:
    sun = make_attendant(tablet.house.door)
    assert f"/tablet?who={sun}" in tablet.page()
    assert "PIN of 孙悦" in tablet.page(f"/tablet?who={sun}")
    answer = tablet.unlock(sun)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/tablet?done=clocked_in")
    page = tablet.page("/tablet?done=clocked_in")
    assert "孙悦" in page
    assert "You are on post now." in page
    with tablet.house.door.reading() as session:
        assert queries.post_of(session, sun).state is PostState.ON_POST


def test_a_lost_answer_to_the_right_pin_is_sent_again_and_is_one_unlocking(tablet: Tablet) -> None:
    sun = make_attendant(tablet.house.door)
    tap = {"operation": "a-tap-whose-answer-was-lost"}
    first, second = tablet.unlock(sun, **tap), tablet.unlock(sun, **tap)
    assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]
    with tablet.house.door.reading() as session:
        opened = queries.unlocked(session, tablet.device, tablet.house.clock.now(), tablet.house.settings)
    assert opened is not None
    assert opened.session_id == 1


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_how_long_to_wait(tablet: Tablet, clock: StillClock) -> None:
    sun = make_attendant(tablet.house.door)
    said = [tablet.unlock(sun, "000000", lang="en") for _ in range(5)]
    assert [answer.status_code for answer in said] == [422] * 5
    assert "This is not your PIN. 4 tries left." in said[0].text
    assert "This is not your PIN. 1 try left." in said[3].text
    assert "data-pin-until" in said[4].text
    waiting = tablet.unlock(sun, PIN)
    assert (waiting.status_code, "data-pin-until" in waiting.text) == (429, True)
    assert "data-pin-until" in tablet.page(f"/tablet?who={sun}")
    clock.turn(timedelta(minutes=5))
    assert tablet.unlock(sun, PIN).status_code == 204


@pytest.mark.parametrize("pin", ["", "x" * 101, "\0", "\ud800" * 3])
def test_what_is_no_pin_is_refused_like_a_wrong_one(tablet: Tablet, pin: str) -> None:
    sun = make_attendant(tablet.house.door)
    answer = tablet.unlock(sun, pin.encode("utf-8", "replace").decode())
    assert answer.status_code == 422
    assert "PIN" in answer.text


def test_the_pin_is_nowhere_in_the_answer(tablet: Tablet) -> None:
    sun = make_attendant(tablet.house.door)
    assert "314159" not in tablet.unlock(sun, "314159").text


def test_locking_shuts_everything_at_once(open_tablet: Tablet) -> None:
    assert open_tablet.get("/tablet/posts").status_code == 200
    assert open_tablet.post("/tablet/lock").headers["HX-Redirect"] == "/tablet"
    assert open_tablet.get("/tablet/posts").status_code == 303
    assert open_tablet.post("/tablet/lock").status_code == 204, "also when it is locked already"


def test_a_still_tablet_locks_itself_and_a_busy_one_does_not(open_tablet: Tablet, clock: StillClock) -> None:
    for _ in range(4):
        clock.turn(timedelta(minutes=20))
        assert open_tablet.post("/tablet/awake").status_code == 204
        assert open_tablet.get("/tablet/posts").status_code == 200
    clock.turn(timedelta(minutes=30))
    assert open_tablet.get("/tablet/posts").status_code == 303


def test_looking_on_is_no_sign_of_life(open_tablet: Tablet, clock: StillClock) -> None:
    for _ in range(3):
        clock.turn(timedelta(minutes=10))
        open_tablet.get("/region/tablet.people")
        open_tablet.get("/live/ticket", query_string={"face": "tablet", "key": "1"})
    assert open_tablet.get("/tablet/posts").status_code == 303


def test_who_is_let_go_is_locked_out(open_tablet: Tablet) -> None:
    staff.deactivate(open_tablet.house.door, internal(), staff_id=open_tablet.staff_id)
    assert open_tablet.get("/tablet/posts").status_code == 303


def test_a_ticket_is_given_to_the_page_of_the_present_session_only(open_tablet: Tablet) -> None:
    def ticket(key: str) -> int:
        return open_tablet.get("/live/ticket", query_string={"face": "tablet", "key": key}).status_code

    assert (ticket("1"), ticket(""), ticket("2")) == (200, 401, 401)
    open_tablet.post("/tablet/lock")
    assert (ticket("1"), ticket("")) == (401, 200), "the lock screen tells that the tablet is there"


def test_a_tablet_is_alive_whether_it_is_open_or_locked(app: Flask, open_tablet: Tablet) -> None:
    locked, house = make_tablet_in(app), open_tablet.house
    heard = {f"tablet:1@{open_tablet.device}": 0.0, f"device:{locked.device}": 0.0, "session:4": 0.0}
    assert sorted(device for subject in heard if (device := device_of(subject)) is not None) == [open_tablet.device, locked.device]
    house.live.sockets._heard.update(dict.fromkeys(heard, house.clock.monotonic()))
    create_presence(house.door, house.live, house.clock).step()
    with house.door.reading() as session:
        from server.domain.devices.queries import devices as every_device

        assert [card.online for card in every_device(session)] == [True, True]


def test_the_house_cuts_a_tablet_by_its_session_and_by_its_device(house: House) -> None:
    from server.events import DeviceRevoked, TabletLocked, VisitWithdrawn
    from server.web.watching import cut_by

    assert list(cut_by(TabletLocked(device_id=3, staff_id=7, session_id=9))) == ["tablet:9@3"]
    assert list(cut_by(DeviceRevoked(device_id=3, role="tablet"))) == ["*@3"]
    assert list(cut_by(VisitWithdrawn(visit_id=1, host_id=None, tenant_id=None))) == []


def test_a_revoked_tablet_is_no_tablet(open_tablet: Tablet) -> None:
    devices.revoke_device(open_tablet.house.door, internal(), device_id=open_tablet.device)
    answer = open_tablet.get("/tablet")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (401, "device_needed")


def test_nobody_with_a_pin_is_said_and_what_to_do(tablet: Tablet) -> None:
    make_staff(tablet.house.door, "desk")
    assert "Nobody has a PIN yet" in tablet.page()


@pytest.mark.parametrize(("who", "shown"), [("1", True), ("999", False), ("x", False), ("١", False), ("9" * 30, False)])
def test_only_somebody_who_may_is_asked_for_a_pin(tablet: Tablet, who: str, shown: bool) -> None:
    make_attendant(tablet.house.door)
    assert ("pin-form" in tablet.page(f"/tablet?who={who}")) is shown


def test_the_theme_follows_the_device_or_the_hour(tablet: Tablet, clock: StillClock) -> None:
    assert 'data-theme="day"' in tablet.page()
    clock.turn(timedelta(hours=12))
    assert 'data-theme="night"' in tablet.page()

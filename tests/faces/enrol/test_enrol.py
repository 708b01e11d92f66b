"""How a browser becomes a device: by a link, once; or by a code that the desk approves."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.clock import StillClock
from server.domain.devices import queries as devices
from server.domain.devices import service
from server.web.house import House
from tests.factories import internal

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the pages say is the same on either database; pairing itself is tried on both in ``tests/domain/devices``."""


def link(house: House, role: str = "kiosk", **more: Any) -> str:
    """Offer a link and return its address."""
    offered = service.offer_links(house.door, internal(), role=role, count=1, **more)
    with house.door.reading() as session:
        return f"/enrol/{devices.link_token(session, house.keys, int(str(offered.ids['links'])))}"


def press(client: FlaskClient, page: str, address: str, *, operation: str = "", **fields: str) -> TestResponse:
    """Press a button of ``page`` that posts to ``address``."""
    found = re.search(r'name="csrf" content="([0-9a-f]+)"', client.get(page).text)
    assert found is not None
    return client.post(address, data={"csrf": found[1], "operation": operation or secrets.token_hex(16), **fields})


@pytest.mark.parametrize(("role", "address"), [("kiosk", "/kiosk"), ("board", "/board"), ("tablet", "/tablet"), ("door", "/door")])
def test_a_link_leads_to_its_face(house: House, client: FlaskClient, role: str, address: str) -> None:
    page = link(house, role)
    answer = press(client, page, page)
    assert (answer.status_code, answer.location) == (303, address)
    kept = client.get_cookie(f"yb-{role}")
    assert kept is not None
    assert (kept.http_only, kept.same_site) == (True, "Strict")


def test_the_enrolled_browser_is_the_kiosk(house: House, client: FlaskClient) -> None:
    page = link(house, "kiosk", name="东门一号", gate="B", place="东门")
    press(client, page, page)
    assert "东门" in client.get("/kiosk").text


def test_opening_a_link_does_not_use_it_up(house: House, client: FlaskClient, app: Flask) -> None:
    page = link(house)
    for _ in range(3):
        assert app.test_client().get(page).status_code == 200
    assert press(client, page, page).status_code == 303


def test_a_link_works_once(house: House, client: FlaskClient, app: Flask) -> None:
    page = link(house)
    press(client, page, page)
    assert client.get(page).status_code == 410
    other = app.test_client()
    other.environ_base["HTTP_ORIGIN"] = client.environ_base["HTTP_ORIGIN"]
    assert press(other, "/pair", page).status_code == 410


def test_a_lost_answer_is_given_again_to_who_sent_the_tap(house: House, client: FlaskClient) -> None:
    page = link(house)
    token = re.search(r'name="csrf" content="([0-9a-f]+)"', client.get(page).text)
    assert token is not None
    sent = {"csrf": token[1], "operation": secrets.token_hex(16)}
    first, second = client.post(page, data=sent), client.post(page, data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    with house.door.reading() as session:
        assert len(devices.devices(session)) == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 27, "../..", "%00"])
def test_what_is_no_link_is_refused_alike(client: FlaskClient, token: str) -> None:
    assert client.get(f"/enrol/{token}").status_code in (404, 410)


def test_an_expired_link_is_refused(house: House, client: FlaskClient, clock: StillClock) -> None:
    offered = service.offer_links(house.door, internal(), role="kiosk", count=1, life=timedelta(minutes=5))
    with house.door.reading() as session:
        page = f"/enrol/{devices.link_token(session, house.keys, int(str(offered.ids['links'])))}"
    assert client.get(page).status_code == 200
    clock.turn(timedelta(minutes=6))
    assert client.get(page).status_code == 410


def waiting_code(client: FlaskClient) -> str:
    """Return the code on the page, as the desk would type it."""
    found = re.search(r'class="enrol-code"[^>]*>([A-Z-]+)<', client.get("/pair").text)
    assert found is not None
    return found[1]


def test_a_pairing_shows_a_code_and_becomes_the_device_once_approved(house: House, client: FlaskClient) -> None:
    assert press(client, "/pair", "/pair", role="kiosk").location == "/pair"
    code = waiting_code(client)
    assert re.fullmatch(r"[B-DF-HJ-NP-TV-Z]{4}-[B-DF-HJ-NP-TV-Z]{4}", code)
    assert client.get("/pair/state", headers={"HX-Request": "true"}).status_code == 200
    service.approve_pairing(house.door, internal(), code=code, role="kiosk", name="大堂一号", gate="A", place="大堂")
    answer = client.get("/pair/state", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/kiosk"
    assert "大堂" in client.get("/kiosk").text
    assert client.get_cookie("yb-pair", path="/pair") is None


def test_the_desk_may_choose_another_face_than_was_asked_for(house: House, client: FlaskClient) -> None:
    press(client, "/pair", "/pair", role="kiosk")
    service.approve_pairing(house.door, internal(), code=waiting_code(client), role="board", name="看板", gate="", place="")
    assert client.get("/pair/state", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/board"


def test_a_refused_pairing_says_so_and_may_be_asked_anew(house: House, client: FlaskClient) -> None:
    press(client, "/pair", "/pair", role="kiosk")
    service.refuse_pairing(house.door, internal(), pairing_id=1)
    assert "前台未批准本设备" in client.get("/pair").text
    assert press(client, "/pair", "/pair/again").location == "/pair"
    assert "本设备要显示什么" in client.get("/pair").text


def test_a_code_runs_out_after_ten_minutes(client: FlaskClient, clock: StillClock) -> None:
    press(client, "/pair", "/pair", role="kiosk")
    clock.turn(timedelta(minutes=11))
    assert "配对码已过期" in client.get("/pair").text


def test_a_face_that_does_not_exist_is_refused(client: FlaskClient) -> None:
    assert press(client, "/pair", "/pair", role="throne").status_code == 422


def test_both_languages_are_spoken(house: House, client: FlaskClient) -> None:
    page = link(house)
    assert "Use this device as: Lobby kiosk" in client.get(f"{page}?lang=en").text
    assert "将本设备用作：大堂自助机" in client.get(f"{page}?lang=zh").text

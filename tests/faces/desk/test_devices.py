"""Devices at the desk: approved by code, enrolled by link, changed, revoked; and what is set up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from server.clock import StillClock
from server.db.operations import Operation
from server.domain.devices import queries, service
from server.domain.devices.queries import DeviceCard
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import internal, make_device

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""


def ask_pairing(house: House, role: str = "kiosk") -> tuple[int, str]:
    """Let a new device ask; return the pairing and the code on its screen."""
    pairing_id = int(service.ask_pairing(house.door, Operation.internal("test"), role=role).ids["pairing"] or 0)
    with house.door.reading() as session:
        cookie = queries.pairing_cookie(session, house.keys, pairing_id)
        pairing = queries.pairing_of(session, house.keys, cookie, house.clock.now())
    assert pairing is not None
    return pairing_id, pairing.code


def card_of(house: House, device_id: int) -> DeviceCard:
    with house.door.reading() as session:
        return queries.device_card(session, device_id)


def test_the_desk_approves_a_device_by_the_code_on_its_screen(desk: Browser, house: House) -> None:
    _, code = ask_pairing(house)
    spaced = f"{code[:4].lower()}-{code[4:]}"
    answer = desk.post("/desk/devices", {"code": spaced, "role": "board", "name": "前台看板", "gate": "B", "place": "大堂"})
    assert answer.location == "/desk/devices?done=device_enrolled"
    shown = desk.get("/desk/devices").text
    assert "前台看板" in shown
    assert "看板" in shown


@pytest.mark.parametrize(("field", "value"), [("code", "BCDFGHJK"), ("code", ""), ("name", ""), ("role", "toaster")])
def test_a_wrong_approval_says_what_is_wrong(desk: Browser, house: House, field: str, value: str) -> None:
    _, code = ask_pairing(house)
    answer = desk.post("/desk/devices", {"code": code, "role": "kiosk", "name": "大堂左侧", field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    with house.door.reading() as session:
        assert queries.devices(session) == ()


def test_a_code_is_good_for_ten_minutes(desk: Browser, house: House, clock: StillClock) -> None:
    _, code = ask_pairing(house)
    clock.turn(timedelta(minutes=5))
    assert desk.get("/desk").status_code == 200
    clock.turn(timedelta(minutes=6))
    answer = desk.post("/desk/devices", {"code": code, "role": "kiosk", "name": "大堂左侧"})
    assert "配对码十分钟内有效" in answer.text


def test_a_device_is_sent_away_once(desk: Browser, house: House) -> None:
    pairing_id, code = ask_pairing(house)
    assert f"/desk/devices/pairings/{pairing_id}/refuse" in desk.get("/desk/devices").text
    assert desk.post(f"/desk/devices/pairings/{pairing_id}/refuse").status_code == 303
    again = desk.post(f"/desk/devices/pairings/{pairing_id}/refuse")
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "pairing_closed")
    assert desk.post("/desk/devices", {"code": code, "role": "kiosk", "name": "大堂"}).status_code == 409


def test_a_link_enrols_the_browser_that_opens_it_once(supervisor: Browser, house: House, app: Flask) -> None:
    shown = supervisor.post("/desk/devices/link", {"role": "kiosk", "name": "东门一号", "gate": "E"})
    address = re.search(r'id="address">([^<]+)<', shown.text)
    assert address is not None
    assert address[1].startswith(f"{house.settings.allowed_origins[0]}/enrol/")
    assert '<svg class="qr"' in shown.text
    token = address[1].rpartition("/")[2]
    assert service.enrol(house.door, internal(), token=token).code == "device_enrolled"
    with house.door.reading() as session:
        assert [(card.name, card.gate) for card in queries.devices(session)] == [("东门一号", "E")]


def test_a_device_is_renamed_moved_and_given_a_theme(supervisor: Browser, house: House) -> None:
    device_id = make_device(house.door)
    typed = {"name": "大堂右侧", "gate": "C", "place": "电梯旁", "theme": "night", "version": str(card_of(house, device_id).version)}
    assert supervisor.post(f"/desk/devices/{device_id}", typed).status_code == 303
    card = card_of(house, device_id)
    assert (card.name, card.gate, card.place, card.theme) == ("大堂右侧", "C", "电梯旁", "night")
    stale = supervisor.post(f"/desk/devices/{device_id}", {**typed, "name": "别处"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "device_changed_meanwhile")
    assert 'value="大堂右侧"' in stale.text
    assert supervisor.post(f"/desk/devices/{device_id}", {**typed, "theme": "pink"}).status_code == 422


def test_a_revoked_device_is_named_and_cannot_be_changed(supervisor: Browser, house: House) -> None:
    device_id = make_device(house.door, name="丢失的平板")
    assert supervisor.post(f"/desk/devices/{device_id}/revoke").location == "/desk/devices?done=device_revoked"
    assert "丢失的平板" in supervisor.get("/desk/devices").text
    again = supervisor.post(f"/desk/devices/{device_id}/revoke")
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "already_revoked")
    assert 'name="gate"' not in supervisor.get(f"/desk/devices/{device_id}").text


def test_the_desk_looks_at_devices_and_does_not_change_them(desk: Browser, house: House) -> None:
    device_id = make_device(house.door)
    shown = desk.get(f"/desk/devices/{device_id}")
    assert shown.status_code == 200
    assert "<select" not in shown.text
    assert desk.post(f"/desk/devices/{device_id}", {"name": "x", "version": "1"}).status_code == 403
    assert desk.post(f"/desk/devices/{device_id}/revoke").status_code == 403
    assert desk.get("/desk/devices/link").status_code == 403


def test_no_device_is_a_screen_of_its_own(desk: Browser) -> None:
    assert "还没有登记设备" in desk.get("/desk/devices").text


def test_the_settings_are_shown_with_their_meaning_and_without_secrets(supervisor: Browser, house: House) -> None:
    shown = supervisor.get("/desk/admin").text
    assert "YINGBIN_RETENTION_DAYS" in shown
    assert "来访个人信息保留天数" in shown
    assert "SECRET" not in shown
    password = "@" in house.settings.database_url and house.settings.database_url.split("@", maxsplit=1)[0].rpartition(":")[2]
    assert not password or password not in shown

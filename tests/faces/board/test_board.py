"""The board: who may see it, what stands on it, its two buttons, and the wall."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.clock import StillClock
from server.domain.assistance import service as assistance
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.visits import service
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import internal, make_device, make_host, make_invitation, make_tenant, make_visit, visit_of


@pytest.fixture
def device_id(house: House) -> int:
    """An enrolled board."""
    return make_device(house.door, "board", name="前台看板")


@pytest.fixture
def board(app: Flask, house: House, client: FlaskClient, device_id: int) -> FlaskClient:
    """The browser of that board."""
    with house.door.reading() as session:
        client.set_cookie(cookie_name("board", house.settings), devices.device_cookie(session, house.keys, device_id))
    return client


def post(board: FlaskClient, path: str) -> TestResponse:
    token = re.findall(r'<meta name="csrf" content="(\w+)">', board.get("/board").text)[0]
    return board.post(path, data={"csrf": token, "operation": secrets.token_hex(16)}, headers={"HX-Request": "true"})


def region(board: FlaskClient, name: str, lang: str = "zh") -> str:
    answer = board.get(f"/region/board.{name}?lang={lang}")
    assert answer.status_code == 200
    return answer.text


def make_lost(house: House, name: str) -> int:
    """Sign in somebody who knows no host: the desk is asked at once."""
    outcome = service.sign_in_at_desk(house.door, internal(), host_id=None, name=name, gate="A")
    return int(outcome.ids["visit"] or 0)


def test_a_screen_that_is_not_enrolled_sees_nothing(client: FlaskClient) -> None:
    assert client.get("/board").status_code == 401
    assert client.get("/region/board.waiting").status_code == 404


def test_a_revoked_board_sees_nothing(board: FlaskClient, house: House, device_id: int) -> None:
    assert board.get("/board").status_code == 200
    device_service.revoke_device(house.door, internal(), device_id=device_id)
    assert board.get("/board").status_code == 401


def test_an_empty_board_says_so(board: FlaskClient) -> None:
    shown = board.get("/board").text
    for words in ("无人等候", "园内没有访客", "今天没有待到的预约", "还没有人离开"):
        assert words in shown


def test_the_board_shows_the_lobby_the_building_and_the_day(board: FlaskClient, house: House) -> None:
    tenant_id = make_tenant(house.door, name="星河医药", name_en="Galaxy Medical", floor="7")
    host_id = make_host(house.door, tenant_id=tenant_id, name="朴正浩", name_en="Piao Zhenghao")
    make_visit(house.door, host_id=host_id, name="陈志远", company="蓝桥资本", companions=3)
    gone = make_visit(house.door, host_id=host_id, name="林涛")
    service.sign_out(house.door, internal(), visit_id=gone)
    make_invitation(house.door, host_id=host_id, name="高远", begins=timedelta(hours=1))
    waiting = region(board, "waiting", "en")
    for words in ("陈志远", "+3", "visits Piao Zhenghao", "Galaxy Medical", "floor 7", "Sent"):
        assert words in waiting
    assert "星河医药" in region(board, "inside")
    assert "10:00" in region(board, "expected")
    assert "林涛" in region(board, "left")
    counts = re.findall(r"<b>([^<]+)</b>", region(board, "counts"))
    assert counts == ["4", "1", "1", "0/1"]


def test_a_visitor_nobody_answers_for_chimes_until_somebody_taps(board: FlaskClient, house: House, clock: StillClock) -> None:
    make_visit(house.door, name="先到")
    clock.turn(timedelta(seconds=5))
    visit_id = make_lost(house, "迷路的人")
    waiting = region(board, "waiting")
    assert waiting.index("迷路的人") < waiting.index("先到")
    assert 'data-chime="overdue"' in waiting
    assert "row-late" in waiting
    assert "前台已接手这位访客" in post(board, f"/board/visits/{visit_id}/take-over").text
    after = region(board, "waiting")
    assert 'data-chime="overdue"' not in after
    assert "前台跟进中" in after
    assert visit_of(house.door, visit_id).desk_took_at is not None


def test_what_is_over_is_not_acknowledged(board: FlaskClient, house: House) -> None:
    visit_id = make_visit(house.door)
    service.sign_out(house.door, internal(), visit_id=visit_id)
    late = post(board, f"/board/visits/{visit_id}/take-over")
    assert (late.status_code, late.headers["X-Error-Code"]) == (409, "no_longer_waiting")
    assert post(board, "/board/visits/999/take-over").status_code == 404


def test_a_call_from_a_kiosk_is_answered_at_the_board(board: FlaskClient, house: House) -> None:
    kiosk = make_device(house.door, name="东门一号")
    call_id = int(assistance.call_person(house.door, internal(), device_id=kiosk).ids["assistance"] or 0)
    assert "东门一号 呼叫工作人员" in region(board, "calls")
    assert "东门一号 呼叫工作人员" in region(board, "wall_calls")
    assert post(board, f"/board/calls/{call_id}/answer").status_code == 200
    assert "东门一号" not in region(board, "calls")
    again = post(board, f"/board/calls/{call_id}/answer")
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "already_answered")


def test_silent_screens_are_named(board: FlaskClient, house: House, device_id: int) -> None:
    make_device(house.door, name="东门一号")
    device_service.note_heard(house.door, internal(), device_ids=[device_id])
    shown = region(board, "devices")
    assert "1/2" in shown
    assert "东门一号" in shown
    assert "前台看板" not in shown


def test_the_board_says_how_the_house_is(board: FlaskClient, house: House) -> None:
    for loop in house.loops:
        loop.step()
    well = board.get("/board/system").text
    assert "正常" in well
    assert "毫秒" in well


def test_a_loop_that_fails_is_named(board: FlaskClient, house: House, clock: StillClock) -> None:
    house.live.relay.step()
    clock.turn(timedelta(minutes=5))
    broken = board.get("/board/system").text
    assert "异常" in broken
    assert "实时通道" in broken


@pytest.mark.parametrize(("hour", "path", "theme"), [(9, "/board", "day"), (20, "/board", "night"), (9, "/board?tv=1", "night")])
def test_the_theme_follows_the_hour_and_the_wall_is_dark(board: FlaskClient, clock: StillClock, hour: int, path: str, theme: str) -> None:
    now = clock.now()
    clock.put(datetime(now.year, now.month, now.day, hour - 8, tzinfo=now.tzinfo))
    assert f'data-theme="{theme}"' in board.get(path).text


def test_a_device_with_a_theme_of_its_own_keeps_it(board: FlaskClient, house: House, device_id: int) -> None:
    with house.door.reading() as session:
        version = devices.device_card(session, device_id).version
    device_service.change_device(
        house.door, internal(), device_id=device_id, version=version, name="前台看板", gate="", place="", theme="day"
    )
    assert 'data-theme="day"' in board.get("/board?tv=1").text


def test_the_wall_has_nothing_to_touch_and_counts_what_does_not_fit(board: FlaskClient, house: House) -> None:
    for number in range(12):
        make_lost(house, f"访客{number}")
    shown = board.get("/board?tv=1").text
    assert "data-tv" in shown
    assert "<form" not in re.sub(r"<template.*?</template>", "", shown, flags=re.DOTALL)
    assert shown.count('id="wall-waiting-') == 4
    assert "另有 8 项" in shown


def test_a_name_that_is_markup_is_shown_as_written(board: FlaskClient, house: House) -> None:
    make_visit(house.door, name="<script>alert(1)</script>", company='"><img src=x>')
    for page in ("/board", "/board?tv=1"):
        shown = board.get(page).text
        assert "<script>alert" not in shown
        assert "<img" not in shown

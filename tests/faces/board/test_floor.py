"""The meeting floor on the board: today's meetings, calls from rooms and their button, whether there are people enough, and the wall."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.clock import StillClock
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.rules import CallState
from server.domain.devices import queries as devices
from server.domain.meetings import service as meetings
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import asks, make_attendant, make_device, make_meeting, make_room, make_room_call, meeting_of, meeting_plan, steps_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def board(app: Flask, house: House, client: FlaskClient) -> FlaskClient:
    """The browser of an enrolled board."""
    device_id = make_device(house.door, "board", name="前台看板")
    with house.door.reading() as session:
        client.set_cookie(cookie_name("board", house.settings), devices.device_cookie(session, house.keys, device_id))
    return client


def region(board: FlaskClient, name: str, lang: str = "en") -> str:
    answer = board.get(f"/region/board.{name}?lang={lang}")
    assert answer.status_code == 200
    return answer.text


def post(board: FlaskClient, path: str) -> TestResponse:
    token = re.findall(r'<meta name="csrf" content="(\w+)">', board.get("/board").text)[0]
    return board.post(path, data={"csrf": token, "operation": secrets.token_hex(16)}, headers={"HX-Request": "true"})


def words_of(html: str) -> str:
    """Return what a region says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_an_empty_floor_says_so(board: FlaskClient) -> None:
    shown = board.get("/board?lang=zh").text
    for words in ("今日会议", "今天没有会议", "人手", "充足"):
        assert words in shown
    assert "Enough" in region(board, "staffing")
    assert "Enough" in region(board, "wall_staffing")


def test_the_floor_shows_each_meeting_with_its_room_hours_and_word(board: FlaskClient, house: House, clock: StillClock) -> None:
    room = make_room(house.door, name="202")
    meeting = make_meeting(house.door, room_id=room, title="董事会", category="important", tea_minutes=None)
    shown = words_of(region(board, "meetings"))
    for words in ("1 meeting · 1 room", "202", "董事会", "12:00–13:00", "Important", "12 people", "Free"):
        assert words in shown
    clock.put(meeting_of(house.door, meeting).starts_at)
    meetings.start_meeting(house.door, asks(), meeting_id=meeting)
    meetings.do_not_disturb(house.door, asks(), meeting_id=meeting)
    shown = words_of(region(board, "meetings", "zh"))
    assert "使用中" in shown
    assert "12:00 起请勿打扰" in shown


def test_a_change_nobody_has_acknowledged_is_red_after_two_minutes(board: FlaskClient, house: House, clock: StillClock) -> None:
    make_attendant(house.door, name="周琳")
    meeting = make_meeting(house.door, room_id=make_room(house.door, name="201"))
    row = meeting_of(house.door, meeting)
    plan = meeting_plan(house.door, room_id=make_room(house.door, name="205"))
    meetings.change(house.door, asks(), meeting_id=meeting, version=row.version, plan=plan)
    shown = region(board, "meetings")
    assert "not seen by 周琳 · Room 201 → 205" in words_of(shown)
    assert "tone-bad" not in shown
    clock.turn(2 * MINUTE)
    meetings.raise_unseen(house.door, asks("house"), seen_id=1)
    assert "row-late" in region(board, "meetings")
    assert "tone-bad" in region(board, "wall_meetings")


def test_a_late_step_stands_first_with_who_has_it(board: FlaskClient, house: House, clock: StillClock) -> None:
    make_attendant(house.door, name="孙悦")
    make_meeting(house.door, title="先开的会", begins=timedelta(hours=3))
    late = make_meeting(house.door, title="晚了的会", begins=timedelta(hours=4))
    step = steps_of(house.door, late)["draw_supplies"]
    clock.put(step.due_at + 6 * MINUTE)
    meetings.raise_step(house.door, asks("house"), step_id=step.id or 0)
    shown = region(board, "meetings", "zh")
    assert shown.index("晚了的会") < shown.index("先开的会")
    assert "领用物品、查有效期" in shown
    assert "超时" in shown
    assert "孙悦" in shown


def test_a_call_from_a_room_is_heard_new_once_overdue_each_minute_and_answered_here(
    board: FlaskClient, house: House, clock: StillClock
) -> None:
    call = make_room_call(house.door, make_room(house.door, name="203"), "technician", note="投影仪没有信号")
    shown = region(board, "room_calls")
    assert 'data-chime="new"' in shown
    assert "203 Technician" in words_of(shown)
    assert "投影仪没有信号" in shown
    clock.turn(2 * MINUTE)
    calls.raise_call(house.door, asks("house"), call_id=call)
    for name in ("room_calls", "wall_room_calls"):
        assert 'data-chime="overdue"' in region(board, name)
    assert "The room sees that somebody is on the way." in post(board, f"/board/room-calls/{call}/answer?lang=en").text
    after = region(board, "room_calls")
    assert "data-chime" not in after
    assert "On the way" in after
    assert "article" not in region(board, "wall_room_calls")
    with house.door.reading() as session:
        row = calls_read.call_row(session, call)
    assert row is not None
    assert (row.state, row.by) == (CallState.ACKED, "")


def test_what_somebody_else_answered_or_nobody_called_for_is_not_answered_here(board: FlaskClient, house: House) -> None:
    call = make_room_call(house.door, make_room(house.door))
    calls.ack_call(house.door, asks(), call_id=call, staff_id=make_attendant(house.door))
    late = post(board, f"/board/room-calls/{call}/answer")
    assert (late.status_code, late.headers["X-Error-Code"]) == (409, "call_settled")
    assert post(board, "/board/room-calls/999/answer").status_code == 404


def test_who_said_he_goes_and_is_not_there_is_told_again(board: FlaskClient, house: House, clock: StillClock) -> None:
    call = make_room_call(house.door, make_room(house.door, name="203"))
    calls.ack_call(house.door, asks(), call_id=call, staff_id=make_attendant(house.door, name="孙悦"))
    clock.turn(5 * MINUTE)
    calls.raise_call(house.door, asks("house"), call_id=call)
    shown = region(board, "room_calls")
    assert "Nobody is there yet" in shown
    assert f'data-chime-id="room-call-{call}-absent"' in shown
    assert "Nobody is there yet" in region(board, "wall_room_calls")


def test_the_strip_says_when_people_are_short_and_what_would_help(board: FlaskClient, house: House) -> None:
    make_attendant(house.door)
    for _ in range(2):
        make_meeting(house.door, room_id=make_room(house.door), begins=timedelta(hours=4))
        make_meeting(house.door, room_id=make_room(house.door), begins=timedelta(hours=28))
    shown = words_of(region(board, "staffing"))
    assert "Today 11:00 1 attendant short" in shown
    assert "minutes sooner" in shown
    assert "Tomorrow 11:00" in shown


def test_far_too_many_meetings_are_counted(board: FlaskClient, house: House) -> None:
    rooms = [make_room(house.door) for _ in range(4)]
    for number in range(16):
        make_meeting(house.door, room_id=rooms[number % 4], begins=timedelta(hours=1 + number // 4 * 3))
    assert (region(board, "meetings").count('id="meeting-'), "and 3 more" in region(board, "meetings")) == (13, True)
    wall = region(board, "wall_meetings")
    assert (wall.count('id="wall-meeting-'), "and 12 more" in wall) == (4, True)


def test_the_wall_of_the_floor_has_nothing_to_touch(board: FlaskClient, house: House) -> None:
    for wish in ("tea", "technician"):
        make_room_call(house.door, make_room(house.door), wish)
    make_meeting(house.door)
    shown = board.get("/board?tv=1").text
    assert "<form" not in re.sub(r"<template.*?</template>", "", shown, flags=re.DOTALL)
    assert "+1" in region(board, "wall_room_calls")

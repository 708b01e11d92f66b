"""The door sign: which room it stands at, what it says and keeps to itself, and the fault that somebody reports there."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.clock import StillClock
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.queries import CallRow
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.meetings import service as meetings
from server.domain.rooms import service as rooms
from server.web import qr
from server.web.auth import cookie_name
from server.web.house import House
from tests.factories import asks, make_device, make_meeting, make_room, make_room_call, meeting_of, room_link, steps_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(house: House) -> int:
    """Room 201."""
    return make_room(house.door, name="201")


@pytest.fixture
def device(house: House, room: int) -> int:
    """The device beside its door."""
    return make_device(house.door, "door", name="门牌 1", gate="", place="201")


@pytest.fixture
def sign(house: House, client: FlaskClient, device: int) -> FlaskClient:
    """The browser of that device."""
    with house.door.reading() as session:
        client.set_cookie(cookie_name("door", house.settings), devices.device_cookie(session, house.keys, device))
    return client


def shown(sign: FlaskClient, room: int, lang: str = "zh") -> str:
    answer = sign.get(f"/region/door.sign:{room}?lang={lang}")
    assert answer.status_code == 200
    return answer.text


def post(sign: FlaskClient, path: str) -> TestResponse:
    token = re.findall(r'<meta name="csrf" content="(\w+)">', sign.get("/door").text)[0]
    return sign.post(path, data={"csrf": token, "operation": secrets.token_hex(16)}, headers={"HX-Request": "true"})


def open_calls(house: House) -> tuple[CallRow, ...]:
    with house.door.reading() as session:
        return calls_read.open_calls(session)


def move(house: House, device: int, *, place: str, theme: str = "auto") -> None:
    with house.door.reading() as session:
        card = devices.device_card(session, device)
    device_service.change_device(
        house.door, asks("house"), device_id=device, version=card.version, name=card.name, gate="", place=place, theme=theme
    )


def test_a_screen_that_is_no_door_sees_and_reports_nothing(client: FlaskClient, room: int) -> None:
    assert client.get("/door").status_code == 401
    assert client.get(f"/region/door.sign:{room}").status_code == 404


def test_a_sign_shows_its_own_room_and_no_other(sign: FlaskClient, house: House, room: int) -> None:
    other = make_room(house.door, name="202")
    assert "201" in sign.get("/door").text
    assert sign.get(f"/region/door.sign:{other}").status_code == 404
    assert sign.get(f"/region/door.sign:{room}").status_code == 200


def test_a_sign_follows_its_device_to_another_room(sign: FlaskClient, house: House, room: int, device: int) -> None:
    asked = f"/door/still?room={room}&theme=day"
    assert sign.get(asked).status_code == 204
    other = make_room(house.door, name="202")
    move(house, device, place="202会议室")
    assert sign.get(asked).status_code == 205
    assert f"door.sign:{other}" in sign.get("/door").text
    assert sign.get(f"/region/door.sign:{room}").status_code == 404


def test_a_sign_at_no_room_says_what_to_do_and_reports_nothing(sign: FlaskClient, house: House, room: int, device: int) -> None:
    move(house, device, place="三层东")
    page = sign.get("/door?lang=en")
    assert (page.status_code, "This sign stands at no room yet" in page.text, "201" in page.text) == (200, True, True)
    assert post(sign, "/door/fault").status_code == 404
    assert sign.get("/door/still?room=0&theme=day").status_code == 204
    move(house, device, place="201")
    assert sign.get("/door/still?room=0&theme=day").status_code == 205
    rooms.retire_room(house.door, asks("house"), room_id=room)
    assert "This sign stands at no room yet" in sign.get("/door").text


def test_the_sign_says_free_being_set_up_in_session_being_tidied(sign: FlaskClient, house: House, room: int, clock: StillClock) -> None:
    meeting = make_meeting(house.door, room_id=room, title="产品培训")
    assert "空闲" in shown(sign, room)
    assert "至 12:00" in shown(sign, room)
    clock.put(meeting_of(house.door, meeting).starts_at - 60 * MINUTE)
    meetings.begin_step(house.door, asks(), step_id=steps_of(house.door, meeting)["check_room"].id or 0, staff_id=None)
    assert "布置中" in shown(sign, room)
    clock.put(meeting_of(house.door, meeting).starts_at + 10 * MINUTE)
    # The hour has come, and nobody has begun.
    assert "会议中" not in shown(sign, room)
    meetings.start_meeting(house.door, asks(), meeting_id=meeting)
    in_session = shown(sign, room)
    assert all(words in in_session for words in ("会议中", "In session", "产品培训", "12:00–13:00", "sign-busy"))
    meetings.do_not_disturb(house.door, asks(), meeting_id=meeting)
    assert "请勿打扰" in shown(sign, room)
    meetings.end_meeting(house.door, asks(), meeting_id=meeting)
    assert "整理中" in shown(sign, room)


def test_a_meeting_that_nobody_began_at_its_hour_no_longer_says_until_when_the_room_is_free(
    sign: FlaskClient, house: House, room: int, clock: StillClock
) -> None:
    first = make_meeting(house.door, room_id=room)
    make_meeting(house.door, room_id=room, begins=timedelta(hours=6))
    clock.put(meeting_of(house.door, first).starts_at + 5 * MINUTE)
    free = "<span>until 12:00</span></p>"
    assert free in shown(sign, room, "en")
    meetings.ask_start(house.door, asks("house"), meeting_id=first)
    assert (free in shown(sign, room, "en"), "<span>until 15:00</span></p>" in shown(sign, room, "en")) == (False, True)


@pytest.mark.parametrize("category", ["important", "vip"])
def test_of_an_important_meeting_the_corridor_learns_that_there_is_one(
    sign: FlaskClient, house: House, room: int, clock: StillClock, category: str
) -> None:
    meeting = make_meeting(house.door, room_id=room, title="并购谈判", category=category, tea_minutes=None)
    assert "并购谈判" not in shown(sign, room)
    assert "12:00" in shown(sign, room)
    clock.put(meeting_of(house.door, meeting).starts_at)
    meetings.start_meeting(house.door, asks(), meeting_id=meeting)
    assert ("会议中" in shown(sign, room), "并购谈判" in shown(sign, room)) == (True, False)


def test_what_comes_next_today_is_shown_and_far_too_much_is_counted(sign: FlaskClient, house: House, room: int) -> None:
    assert "Nothing more today" in shown(sign, room, "en")
    for hours in (1, 4, 7, 10, 13):
        make_meeting(house.door, room_id=room, begins=timedelta(hours=hours), title=f"Meeting at {9 + hours}")
    make_meeting(house.door, room_id=room, begins=timedelta(hours=30), title="Tomorrow’s")
    words = shown(sign, room, "en")
    assert all(f"Meeting at {hour}" in words for hour in (10, 13, 16))
    assert ("and 2 more" in words, "Tomorrow’s" in words) == (True, False)


def test_the_code_at_the_door_is_the_running_meetings_and_changes_with_it(
    sign: FlaskClient, house: House, room: int, clock: StillClock
) -> None:
    first, second = make_meeting(house.door, room_id=room), make_meeting(house.door, room_id=room, begins=timedelta(hours=6))

    def code_of(meeting: int) -> str:
        return str(qr.svg(qr.link(house.settings, "r", room_link(house.door, meeting).removeprefix("/r/"))))

    assert 'class="qr"' not in shown(sign, room)
    clock.put(meeting_of(house.door, first).starts_at)
    meetings.start_meeting(house.door, asks(), meeting_id=first)
    assert code_of(first) in shown(sign, room)
    meetings.end_meeting(house.door, asks(), meeting_id=first)
    said: dict[str, dict[str, object]] = {"cleaning": {"answered_name": "周师傅"}, "consumables": {"quantities": {"纸杯": 3}}}
    for kind in ("tidy", "cleaning", "lost_property", "disinfect", "consumables", "lights_off"):
        step = steps_of(house.door, first)[kind].id or 0
        meetings.finish_step(house.door, asks(), step_id=step, staff_id=None, **said.get(kind, {}))  # type: ignore[arg-type]  # as a form has it
    assert code_of(first) not in shown(sign, room)
    clock.put(meeting_of(house.door, second).starts_at)
    meetings.start_meeting(house.door, asks(), meeting_id=second)
    assert code_of(second) in shown(sign, room)
    assert code_of(second) != code_of(first)


def test_one_tap_calls_a_technician_a_second_is_told_since_when_and_a_slip_is_taken_back(
    sign: FlaskClient, house: House, room: int, clock: StillClock
) -> None:
    told = post(sign, "/door/fault?lang=en")
    assert "Thank you, a technician is called." in told.text
    (call,) = open_calls(house)
    assert (call.room_id, call.wish, call.source, call.meeting_id) == (room, "technician", "door", None)
    assert "Technician called at 09:00" in shown(sign, room, "en")
    clock.turn(MINUTE)
    assert "Called since 09:00 already" in post(sign, "/door/fault?lang=en").text
    assert len(open_calls(house)) == 1
    undo = re.findall(r'action="(/door/fault/\d+/undo)"', told.text)[0]
    assert post(sign, undo).status_code == 200
    assert open_calls(house) == ()
    again = post(sign, undo)
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "call_settled")


def test_a_door_takes_back_nothing_but_what_it_reported_itself(sign: FlaskClient, house: House, room: int) -> None:
    mine = make_room_call(house.door, room, "technician", source="room")
    others = make_room_call(house.door, make_room(house.door, name="202"), "technician", source="door")
    for call in (mine, others, 999):
        assert post(sign, f"/door/fault/{call}/undo").status_code == 404
    assert len(open_calls(house)) == 2


def test_a_fault_reported_during_a_meeting_stands_on_its_page_too(sign: FlaskClient, house: House, room: int, clock: StillClock) -> None:
    meeting = make_meeting(house.door, room_id=room)
    clock.put(meeting_of(house.door, meeting).starts_at)
    meetings.start_meeting(house.door, asks(), meeting_id=meeting)
    post(sign, "/door/fault")
    assert open_calls(house)[0].meeting_id == meeting
    calls.ack_call(house.door, asks(), call_id=open_calls(house)[0].call_id, staff_id=None)
    assert "On the way" in shown(sign, room, "en")


@pytest.mark.parametrize(("hour", "theme"), [(9, "day"), (20, "night")])
def test_the_light_follows_the_hour_or_the_device(
    sign: FlaskClient, house: House, room: int, device: int, clock: StillClock, hour: int, theme: str
) -> None:
    now = clock.now()
    clock.put(datetime(now.year, now.month, now.day, hour - 8, tzinfo=now.tzinfo))
    assert f'data-theme="{theme}"' in sign.get("/door").text
    assert sign.get(f"/door/still?room={room}&theme={'night' if theme == 'day' else 'day'}").status_code == 205
    move(house, device, place="201", theme="night")
    assert 'data-theme="night"' in sign.get("/door").text


def test_a_revoked_sign_shows_and_reports_nothing(sign: FlaskClient, house: House, device: int) -> None:
    device_service.revoke_device(house.door, asks("house"), device_id=device)
    page = sign.get("/door")
    # It hangs where nobody taps "try again": it comes back by itself once it is enrolled anew.
    assert (page.status_code, 'data-comes-back="/door"' in page.text) == (401, True)
    assert sign.get("/door/still?room=1&theme=day").status_code == 401


def test_a_title_that_is_markup_is_shown_as_written(sign: FlaskClient, house: House, room: int) -> None:
    make_meeting(house.door, room_id=room, title='<script>alert(1)</script>"><img src=x>')
    page = sign.get("/door").text
    assert ("<script>alert" in page, "<img" in page) == (False, False)

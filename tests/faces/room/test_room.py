"""The page of a room's QR: what it shows and lets the people of a meeting do, and what its link does not open."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.clock import StillClock
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.queries import CallRow
from server.domain.meetings import service as meetings
from server.domain.meetings.rules import State
from server.domain.rooms import queries as rooms_read
from server.domain.rooms import service as rooms
from server.web.house import House
from tests.factories import asks, make_meeting, make_room, make_room_call, meeting_of, room_link

MINUTE = timedelta(minutes=1)
WISHES = ("tea", "technician", "cleaning", "supplies", "person")


@dataclass(kw_only=True)
class Floor:
    """A running meeting in room 201, the phone of somebody in it, and the house."""

    house: House
    client: FlaskClient
    clock: StillClock
    room: int = 0
    meeting: int = 0
    link: str = ""

    def __post_init__(self) -> None:
        """Let the meeting begin at its hour, noon."""
        self.room = make_room(self.house.door, name="201")
        self.meeting = make_meeting(self.house.door, room_id=self.room, title="产品培训")
        self.link = room_link(self.house.door, self.meeting)
        self.clock.put(meeting_of(self.house.door, self.meeting).starts_at)
        meetings.start_meeting(self.house.door, asks(), meeting_id=self.meeting)

    def get(self, address: str = "", lang: str = "en") -> TestResponse:
        address = address or self.link
        return self.client.get(address, query_string=None if "?" in address else {"lang": lang})

    def post(self, button: str, fields: dict[str, object] | None = None, *, link: str = "", operation: str = "") -> TestResponse:
        """Press a button as a browser without script does: with what stands in the page."""
        page = self.client.get(link or self.link).text
        csrf = re.findall(r'name="csrf" (?:content|value)="(\w+)"', page)[0]
        sent = {"csrf": csrf, "operation": operation or secrets.token_hex(16), "lang": "en", **(fields or {})}
        return self.client.post(f"{link or self.link}/{button}", data=sent)

    def open_calls(self) -> tuple[CallRow, ...]:
        with self.house.door.reading() as session:
            return calls_read.open_calls(session)

    def call_of(self, call_id: int) -> CallRow:
        with self.house.door.reading() as session:
            found = calls_read.call_row(session, call_id)
        assert found is not None
        return found


@pytest.fixture
def floor(house: House, client: FlaskClient, clock: StillClock) -> Floor:
    return Floor(house=house, client=client, clock=clock)


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_shows_room_meeting_state_and_hours_in_both_languages(floor: Floor) -> None:
    english, chinese = words_of(floor.get()), words_of(floor.get(lang="zh"))
    assert all(words in english for words in ("201 · floor 3", "产品培训", "In session", "12:00–13:00", "Tea or water", "Do not disturb"))
    assert all(words in chinese for words in ("201 · 3 层", "会议中", "茶水", "技术支持", "请勿打扰", "结束"))
    assert floor.get(floor.link.upper()).status_code == 200
    for wish, word in (("zh-CN", "会议中"), ("en-GB", "In session")):
        assert word in floor.client.application.test_client().get(floor.link, headers={"Accept-Language": wish}).text


def test_the_title_of_the_page_has_the_rooms_name_in_the_readers_language(floor: Floor) -> None:
    with floor.house.door.reading() as session:
        card = rooms_read.room_card(session, floor.room)
    rooms.change_room(
        floor.house.door, asks("house"), room_id=floor.room, version=card.version, name="听涛厅", name_en="Tide Hall", floor="3"
    )
    for lang, name in (("en", "Tide Hall"), ("zh", "听涛厅")):
        assert f"<title>{name} ·" in floor.get(lang=lang).text


def test_every_wish_is_one_tap_and_a_second_is_told_since_when(floor: Floor) -> None:
    for wish in WISHES:
        answer = floor.post(f"call/{wish}")
        assert (answer.status_code, answer.location) == (303, floor.link)
    assert {call.wish.value for call in floor.open_calls()} == set(WISHES)
    assert all((call.meeting_id, call.source) == (floor.meeting, "room") for call in floor.open_calls())
    floor.clock.turn(41 * MINUTE)
    again = floor.post("call/tea")
    assert again.location == f"{floor.link}?again=tea"
    assert "Called since 12:00 already; somebody comes." in floor.get(again.location + "&lang=en").text
    assert len(floor.open_calls()) == len(WISHES)


def test_the_technician_may_be_told_what_it_is_about(floor: Floor) -> None:
    floor.post("call/technician", {"note": "  投影仪没有信号 "})
    assert floor.open_calls()[0].note == "投影仪没有信号"
    assert "投影仪没有信号" in floor.get().text
    too_long = floor.post("call/cleaning", {"note": "长" * 81})
    assert (too_long.status_code, "At most 80 characters" in too_long.text) == (422, True)


def test_a_call_is_followed_to_its_end_and_may_be_called_again(floor: Floor) -> None:
    floor.post("call/tea")
    call = floor.open_calls()[0].call_id
    assert "called at 12:00, waiting" in words_of(floor.get())
    calls.ack_call(floor.house.door, asks(), call_id=call, staff_id=None)
    assert "On the way" in words_of(floor.get())
    calls.arrive(floor.house.door, asks(), call_id=call, staff_id=None)
    assert "there since 12:00" in words_of(floor.get())
    calls.finish_call(floor.house.door, asks(), call_id=call, staff_id=None)
    assert "done at 12:00" in words_of(floor.get())
    assert floor.post("reopen", {"call": call}).status_code == 303
    assert "Calling again" in words_of(floor.get())
    assert floor.post("withdraw", {"call": call}).status_code == 303
    assert floor.open_calls() == ()
    for button in ("withdraw", "reopen"):
        late = floor.post(button, {"call": call})
        assert (late.status_code, late.headers["X-Error-Code"]) == (409, "call_settled")
        assert "产品培训" in late.text


def test_quiet_and_service_again(floor: Floor) -> None:
    assert floor.post("quiet").status_code == 303
    assert meeting_of(floor.house.door, floor.meeting).undisturbed_since is not None
    assert "Do not disturb since 12:00" in floor.get().text
    assert floor.post("disturb").status_code == 303
    assert meeting_of(floor.house.door, floor.meeting).undisturbed_since is None


def test_more_time_is_given_where_the_room_is_free(floor: Floor) -> None:
    ends = meeting_of(floor.house.door, floor.meeting).ends_at
    for minutes in (10, 30):
        assert floor.post("extend", {"minutes": minutes}).status_code == 303
    assert meeting_of(floor.house.door, floor.meeting).ends_at == ends + 40 * MINUTE
    for wrong in ("11", "-10", "ten", ""):
        assert floor.post("extend", {"minutes": wrong}).status_code == 422


@pytest.mark.parametrize(("category", "named"), [("ordinary", True), ("vip", False)])
def test_more_time_that_is_not_to_be_had_names_the_next_meeting_and_when_this_one_must_end(
    floor: Floor, category: str, named: bool
) -> None:
    tea = 20 if category == "ordinary" else None
    make_meeting(floor.house.door, room_id=floor.room, begins=timedelta(hours=2), title="季度经营会", category=category, tea_minutes=tea)
    refused = floor.post("extend", {"minutes": 30})
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "room_taken")
    # At 14:00 the next begins, from 13:40 it is set up, a quarter of an hour before that this one is tidied.
    assert "Yours must end by 13:25." in refused.text
    assert "14:00" in refused.text
    assert ("季度经营会" in refused.text) is named
    assert floor.post("extend", {"minutes": 10}).status_code == 303


def test_the_meeting_is_begun_and_ended_from_the_room(floor: Floor) -> None:
    later = make_meeting(floor.house.door, begins=timedelta(minutes=40), title="晨会")
    link = room_link(floor.house.door, later)
    early = floor.post("begin", link=link)
    assert (early.status_code, early.headers["X-Error-Code"]) == (409, "not_begun_yet")
    floor.clock.turn(30 * MINUTE)
    assert floor.post("begin", link=link).status_code == 303
    assert meeting_of(floor.house.door, later).state == State.IN_SESSION
    assert floor.post("end", link=link).status_code == 303
    assert meeting_of(floor.house.door, later).state == State.ENDED
    for button in ("end", "quiet"):
        assert floor.post(button, link=link).status_code == 409
    assert floor.post("extend", {"minutes": 10}, link=link).headers["X-Error-Code"] == "not_in_session"


def test_of_an_important_meeting_the_page_shows_the_room_and_no_title(floor: Floor) -> None:
    meeting = make_meeting(floor.house.door, begins=timedelta(minutes=30), title="并购谈判", category="important", tea_minutes=None)
    page = floor.get(room_link(floor.house.door, meeting))
    assert (page.status_code, "并购谈判" in page.text, "Your meeting" in page.text) == (200, False, True)


def test_unknown_early_closed_and_cancelled_codes_get_one_page(floor: Floor) -> None:
    early = make_meeting(floor.house.door, begins=timedelta(hours=5))
    cancelled = make_meeting(floor.house.door, begins=timedelta(minutes=30))
    meetings.cancel(floor.house.door, asks(), meeting_id=cancelled, reason="改期")
    unknown = floor.house.keys.token("room", 123456789)
    links = [room_link(floor.house.door, early), room_link(floor.house.door, cancelled), f"/r/{unknown}"]
    floor.clock.turn(timedelta(days=1))
    # Yesterday's, though nobody said that it ended.
    links.append(floor.link)
    floor.clock.turn(timedelta(days=-1))
    pages = set()
    for link in links:
        if link is floor.link:
            floor.clock.turn(timedelta(days=1))
        answer = floor.get(link)
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "link_unknown")
        pages.add(re.sub(r'content="\w{64}"|data-now="[^"]+"|[A-Z2-7]{27}', "", answer.text))
    assert len(pages) == 1
    assert floor.get("/r/201").status_code == 404


@pytest.mark.parametrize("button", ["call/tea", "quiet", "disturb", "begin", "end"])
def test_yesterdays_code_does_nothing(floor: Floor, button: str) -> None:
    page = floor.get().text
    floor.clock.turn(timedelta(days=1))
    csrf = re.findall(r'name="csrf" content="(\w+)"', page)[0]
    answer = floor.client.post(f"{floor.link}/{button}", data={"csrf": csrf, "operation": secrets.token_hex(16)})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "link_unknown")
    assert floor.open_calls() == ()
    assert meeting_of(floor.house.door, floor.meeting).state == State.IN_SESSION


def test_a_code_acts_on_its_own_room_and_calls_only(floor: Floor) -> None:
    other = make_room(floor.house.door, name="202")
    theirs = make_room_call(floor.house.door, other)
    nobodys = make_room_call(floor.house.door, floor.room, "technician", source="door", note="门坏了")
    for call in (theirs, nobodys, 999):
        for button in ("withdraw", "reopen"):
            assert floor.post(button, {"call": call}).status_code == 404
    assert (floor.call_of(theirs).open, floor.call_of(nobodys).open) == (True, True)
    # What calls from the same room is told, so that nobody wonders; what it said is for who made it.
    assert f"call-row-{nobodys}" in floor.get().text
    assert "门坏了" not in floor.get().text
    floor.post("call/tea")
    assert {call.room_id for call in floor.open_calls() if call.meeting_id == floor.meeting} == {floor.room}


def test_its_regions_are_opened_to_the_link_and_to_nobody_else(floor: Floor) -> None:
    key = floor.link.removeprefix("/r/")
    other = room_link(floor.house.door, make_meeting(floor.house.door, begins=timedelta(minutes=30))).removeprefix("/r/")
    for name in ("meeting", "wishes", "calls", "actions"):
        region = f"/region/room.{name}:{floor.meeting}"
        assert floor.client.get(region, query_string={"key": key}).status_code == 200
        assert floor.client.get(region, query_string={"key": other}).status_code == 404
        assert floor.client.get(region).status_code == 404
        assert key not in floor.client.get(region, query_string={"key": key}).text
    floor.clock.turn(timedelta(days=1))
    assert floor.client.get(f"/region/room.calls:{floor.meeting}", query_string={"key": key}).status_code == 404


def test_a_wish_there_is_not_and_a_page_from_elsewhere_are_refused(floor: Floor) -> None:
    assert floor.post("call/whisky").status_code == 422
    assert floor.client.post(f"{floor.link}/call/tea", data={"operation": secrets.token_hex(16)}).status_code == 403
    assert floor.post("withdraw", {"call": "all"}).status_code == 422
    assert floor.open_calls() == ()


def test_a_repeated_tap_is_one_call_and_the_page_brings_what_a_browser_without_script_sends(floor: Floor) -> None:
    page = floor.get().text
    form = re.findall(r'<form[^>]*action="[^"]*/call/tea"[^>]*>(.*?)</form>', page, re.DOTALL)[0]
    sent = dict(re.findall(r'name="(\w+)" value="(\w+)"', form))
    assert set(sent) == {"csrf", "operation"}
    codes = {floor.client.post(f"{floor.link}/call/tea", data=sent).location for _ in range(2)}
    assert (codes, len(floor.open_calls())) == ({floor.link}, 1)
    assert 'http-equiv="refresh"' in page


def test_whoever_taps_far_too_often_waits(floor: Floor) -> None:
    refused = next(answer for _ in range(60) if (answer := floor.post("quiet")).status_code != 303)
    assert (refused.status_code, refused.headers["X-Error-Code"], int(refused.headers["Retry-After"]) > 0) == (429, "too_often", True)
    assert "产品培训" in refused.text
    other = make_meeting(floor.house.door, begins=timedelta(minutes=30))
    assert floor.post("call/tea", link=room_link(floor.house.door, other)).status_code == 303

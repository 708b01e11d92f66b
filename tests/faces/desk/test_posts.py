"""Posts at the desk: who is where, cover and leave, the register of a day and the gaps at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.domain.posts import queries, service
from server.domain.posts.rules import PostState
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import asks, cover_desk, internal, make_attendant, make_desk_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

UNDO = re.compile(r'action="(/desk/posts/\d+/undo/\d+)"')


def state(house: House, staff_id: int) -> PostState:
    with house.door.reading() as session:
        return queries.post_of(session, staff_id).state


def region(browser: Browser, name: str) -> str:
    answer = browser.get(f"/region/{name}", query_string={"lang": "en"})
    assert answer.status_code == 200
    return answer.text


def test_whoever_sits_at_the_desk_is_reminded_to_clock_in(desk: Browser, house: House) -> None:
    assert "您尚未上岗打卡。" in desk.get("/desk").text
    assert desk.post(f"/desk/posts/{desk.staff_id}/clock-in").location == "/desk/posts?done=clocked_in"
    assert state(house, desk.staff_id) is PostState.ON_POST
    assert "您尚未上岗打卡。" not in desk.get("/desk").text


def test_the_last_at_the_desk_is_held_until_somebody_covers(desk: Browser, house: House) -> None:
    desk.post(f"/desk/posts/{desk.staff_id}/clock-in")
    refused = desk.post(f"/desk/posts/{desk.staff_id}/meal", {"lang": "en"}, htmx=True)
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "desk_would_be_empty")
    assert "never left empty" in refused.text
    said = desk.post(f"/desk/posts/{desk.staff_id}/ask-cover", {"lang": "en"}, htmx=True)
    assert "The tablets ask who covers for 林晓." in said.text
    assert "asks to be covered" in region(desk, "desk.posts")
    sun = make_attendant(house.door, on_duty=True)
    service.accept_cover(house.door, asks(f"staff:{sun}"), cover_id=1, staff_id=sun)
    assert "孙悦 covers" in region(desk, "desk.posts")
    assert desk.post(f"/desk/posts/{desk.staff_id}/meal", htmx=True).status_code == 200
    assert desk.post(f"/desk/posts/{desk.staff_id}/back", htmx=True).status_code == 200
    assert state(house, sun) is PostState.ON_POST


def test_the_desk_marks_others_back_and_can_take_it_back(desk: Browser, house: House) -> None:
    sun = make_attendant(house.door, on_duty=True)
    service.go_to_meal(house.door, internal(), staff_id=sun)
    said = desk.post(f"/desk/posts/{sun}/back", {"lang": "en"}, htmx=True)
    assert "孙悦 is back on post." in said.text
    undo = UNDO.search(said.text)
    assert undo is not None
    assert "Taken back for 孙悦." in desk.post(undo[1], {"lang": "en"}, htmx=True).text
    assert state(house, sun) is PostState.MEAL


def test_the_last_one_closes_the_desk(desk: Browser, house: House) -> None:
    desk.post(f"/desk/posts/{desk.staff_id}/clock-in")
    assert "Close the desk" in region(desk, "desk.posts")
    assert desk.post(f"/desk/posts/{desk.staff_id}/clock-out", htmx=True).status_code == 409
    assert desk.post(f"/desk/posts/{desk.staff_id}/clock-out", {"closing": "yes"}, htmx=True).status_code == 200
    assert state(house, desk.staff_id) is PostState.OFF


def test_the_supervisor_decides_and_the_desk_does_not(desk: Browser, supervisor: Browser, house: House) -> None:
    sun = make_attendant(house.door, on_duty=True)
    service.ask_leave(house.door, internal(), staff_id=sun, reason="unwell")
    assert desk.get("/region/desk.leaves").status_code == 404
    assert "Not feeling well" in region(supervisor, "desk.leaves")
    assert desk.post("/desk/posts/leaves/1/approve", htmx=True).status_code == 403
    assert "孙悦 may leave." in supervisor.post("/desk/posts/leaves/1/approve", {"lang": "en"}, htmx=True).text
    late = supervisor.post("/desk/posts/leaves/1/refuse", htmx=True)
    assert (late.status_code, late.headers["X-Error-Code"]) == (409, "leave_decided")
    assert desk.post(f"/desk/posts/{sun}/leave", htmx=True).status_code == 200
    assert state(house, sun) is PostState.AWAY


def test_what_is_asked_stands_on_every_other_screen_of_the_desk(desk: Browser, house: House) -> None:
    sun = make_attendant(house.door, on_duty=True)
    assert "alert-band" not in region(desk, "desk.asks")
    service.ask_leave(house.door, internal(), staff_id=sun, reason="errand")
    service.ask_cover(house.door, internal(), staff_id=sun)
    assert "1 asks to be covered · 1 asks to leave the post" in region(desk, "desk.asks")
    assert 'id="desk.asks"' in desk.get("/desk").text
    assert 'id="desk.asks"' not in desk.get("/desk/posts").text


def test_one_asks_to_leave_the_own_post_in_own_words(desk: Browser, house: House) -> None:
    desk.post(f"/desk/posts/{desk.staff_id}/clock-in")
    assert desk.post("/desk/posts/ask-leave", {"reason": "errand", "words": "x" * 81}).status_code == 422
    answer = desk.post("/desk/posts/ask-leave", {"reason": "errand", "words": "去银行"})
    assert answer.location == "/desk/posts?done=leave_asked"
    with house.door.reading() as session:
        assert [leave.reason for leave in queries.open_leaves(session)] == ["去银行"]
    assert desk.post("/desk/posts/leaves/1/withdraw", htmx=True).status_code == 200


def test_the_supervisor_covers_himself(supervisor: Browser, house: House) -> None:
    lin = make_desk_person(house.door)
    service.ask_cover(house.door, internal(), staff_id=lin)
    assert "I take over" in region(supervisor, "desk.leaves")
    assert supervisor.post("/desk/posts/covers/1/accept", htmx=True).status_code == 200
    assert state(house, supervisor.staff_id) is PostState.COVERING


def test_an_absence_that_was_found_is_a_gap_that_somebody_answers_for(
    login: Callable[[str], Browser], house: House, clock: StillClock
) -> None:
    lin = make_desk_person(house.door)
    clock.turn(timedelta(hours=3))
    supervisor = login("supervisor")
    answer = supervisor.post("/desk/posts/found-away", {"staff_id": str(lin), "words": "台面无人"})
    assert answer.location == "/desk/posts?done=noted_away"
    assert "The desk is empty" in region(supervisor, "desk.posts")
    assert "The desk is empty" in region(supervisor, "desk.asks")
    shown = region(supervisor, "desk.coverage")
    assert "09:00–12:00" in shown
    assert "林晓 answers for it" in shown
    clock.turn(timedelta(minutes=8))
    supervisor.post(f"/desk/posts/{lin}/back", htmx=True)
    assert "12:00–12:08" in region(supervisor, "desk.coverage")
    page = supervisor.get("/desk/posts/register?lang=en").text
    assert "When the desk stood empty" in page
    assert 'class="bar-gap"' in page
    assert "without leave" in page


@pytest.mark.parametrize("typed", [{"staff_id": "", "words": ""}, {"staff_id": "x", "words": ""}, {"staff_id": "1", "words": "x" * 81}])
def test_a_wrong_form_says_what_is_wrong(supervisor: Browser, house: House, typed: dict[str, str]) -> None:
    make_attendant(house.door, on_duty=True)
    answer = supervisor.post("/desk/posts/found-away", typed)
    assert answer.status_code == 422
    assert "field-error" in answer.text


def test_the_register_of_a_day(login: Callable[[str], Browser], house: House, clock: StillClock) -> None:
    lin, sun = make_desk_person(house.door), make_attendant(house.door, on_duty=True)
    clock.turn(timedelta(hours=3))
    cover_desk(house.door, desk_id=lin, attendant_id=sun)
    desk = login("desk")
    page = desk.get("/desk/posts/register?lang=en").text
    assert "covers for 林晓" in page
    assert 'class="bar-covering"' in page
    assert "Nobody was on post that day" in desk.get("/desk/posts/register?day=2026-11-22&lang=en").text


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-45", "<b>", "9" * 50])
def test_a_day_that_is_none_is_said(desk: Browser, day: str) -> None:
    answer = desk.get("/desk/posts/register", query_string={"day": day, "lang": "en"})
    assert answer.status_code == 422
    assert "This is not a day." in answer.text


def test_an_administrator_sees_the_posts_and_keeps_none(login: Callable[[str], Browser], house: House) -> None:
    admin = login("admin")
    make_attendant(house.door, on_duty=True)
    page = admin.get("/desk/posts?lang=en").text
    assert "孙悦" in page
    assert "Ask to leave my post" not in page
    assert admin.post("/desk/posts/ask-leave", {"reason": "errand"}).status_code == 404


def test_the_keeper_has_no_part_in_it(login: Callable[[str], Browser]) -> None:
    keeper = login("keeper")
    assert keeper.get("/desk/posts").status_code == 403
    assert keeper.get("/region/desk.posts").status_code == 404

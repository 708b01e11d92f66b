"""Posts on the tablet: one tap each, said and undone; never an empty desk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from server.clock import StillClock
from server.domain.posts import queries, service
from server.domain.posts.rules import PostState
from tests.factories import asks, cover_desk, internal, make_attendant, make_desk_person, make_staff
from tests.floor_tablet.stage import Tablet, make_attendant_at, make_tablet_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Screens are the same on each database; the verbs behind them are proved on both."""

UNDO = re.compile(r'action="(/tablet/posts/undo/\d+)"')


def state(tablet: Tablet, staff_id: int = 0) -> PostState:
    with tablet.house.door.reading() as session:
        return queries.post_of(session, staff_id or tablet.staff_id).state


def card(tablet: Tablet) -> str:
    return tablet.get(f"/region/tablet.post:{tablet.staff_id}", query_string={"lang": "en"}).text


def test_to_a_meal_and_back_with_one_tap_each(open_tablet: Tablet) -> None:
    assert "Go to a meal" in card(open_tablet)
    said = open_tablet.post("/tablet/posts/meal", {"lang": "en"})
    assert "You are at a meal." in said.text
    assert "Back on post" in card(open_tablet)
    assert "You are back on post." in open_tablet.post("/tablet/posts/back", {"lang": "en"}).text
    assert state(open_tablet) is PostState.ON_POST


def test_a_tap_by_mistake_is_taken_back_from_the_toast(open_tablet: Tablet) -> None:
    undo = UNDO.search(open_tablet.post("/tablet/posts/meal").text)
    assert undo is not None
    assert "Taken back." in open_tablet.post(undo[1], {"lang": "en"}).text
    assert state(open_tablet) is PostState.ON_POST


def test_without_a_script_the_page_is_loaded_anew_and_says_what_was_done(open_tablet: Tablet) -> None:
    answer = open_tablet.post("/tablet/posts/meal", htmx=False)
    assert (answer.status_code, answer.location) == (303, "/tablet/posts?done=at_meal")
    assert "You are at a meal." in open_tablet.page(answer.location)


def test_leaving_needs_the_supervisor(open_tablet: Tablet) -> None:
    refused = open_tablet.post("/tablet/posts/leave", {"lang": "en"})
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "leave_not_approved")
    assert "The supervisor is asked." in open_tablet.post("/tablet/posts/ask-leave", {"reason": "errand", "lang": "en"}).text
    assert "asks to leave" in card(open_tablet)
    door = open_tablet.house.door
    service.approve_leave(door, asks(f"staff:{make_staff(door, 'supervisor')}"), leave_id=1)
    asked = open_tablet.get(f"/region/tablet.asks:{open_tablet.staff_id}", query_string={"lang": "en"}).text
    assert "You may leave your post" in asked
    open_tablet.post("/tablet/posts/leave")
    assert state(open_tablet) is PostState.AWAY
    assert "An errand" in card(open_tablet)


def test_own_words_are_a_reason_too_and_a_refusal_is_shown_until_the_next_change(open_tablet: Tablet, clock: StillClock) -> None:
    open_tablet.post("/tablet/posts/ask-leave", {"reason": "errand", "words": "<b>去取药</b>"})
    door = open_tablet.house.door
    service.refuse_leave(door, asks(f"staff:{make_staff(door, 'supervisor')}"), leave_id=1)
    assert "The supervisor has refused: &lt;b&gt;去取药&lt;/b&gt;" in card(open_tablet)
    clock.turn(timedelta(minutes=1))
    open_tablet.post("/tablet/posts/meal")
    assert "The supervisor has refused" not in card(open_tablet)


def test_who_asks_to_be_covered_is_shown_on_every_open_tablet_and_covered_with_one_tap(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    desk = make_desk_person(door)
    service.ask_cover(door, internal(), staff_id=desk)
    page = open_tablet.page("/tablet")
    assert "林晓 asks to be covered" in page
    said = open_tablet.post("/tablet/posts/covers/1/accept", {"lang": "en"})
    assert "You cover for 林晓 now." in said.text
    assert UNDO.search(said.text)
    assert state(open_tablet) is PostState.COVERING
    assert "林晓 asks to be covered" not in open_tablet.page("/tablet")


def test_of_two_tablets_one_covers_and_the_other_is_told(app: Flask, open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    other = make_attendant_at(make_tablet_in(app), name="马骏")
    service.ask_cover(door, internal(), staff_id=make_desk_person(door))
    open_tablet.post("/tablet/posts/covers/1/accept")
    late = other.post("/tablet/posts/covers/1/accept", {"lang": "en"})
    assert (late.status_code, late.headers["X-Error-Code"]) == (409, "cover_taken")
    assert "Somebody else was faster" in late.text


def test_who_covers_the_desk_may_not_leave_it_empty(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    desk = make_desk_person(door)
    cover_desk(door, desk_id=desk, attendant_id=open_tablet.staff_id)
    service.go_to_meal(door, internal(), staff_id=desk)
    refused = open_tablet.post("/tablet/posts/back", {"lang": "en"})
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "desk_would_be_empty")
    assert "never left empty" in refused.text
    assert "Close the desk" not in card(open_tablet)


def test_who_covers_for_somebody_who_went_home_closes_the_desk(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    desk = make_desk_person(door)
    cover_desk(door, desk_id=desk, attendant_id=open_tablet.staff_id)
    service.clock_out(door, internal(), staff_id=desk)
    assert "Close the desk, clock out" in card(open_tablet)
    open_tablet.post("/tablet/posts/clock-out", {"closing": "yes"})
    assert state(open_tablet) is PostState.OFF


def test_clocking_out_and_in_again(open_tablet: Tablet) -> None:
    assert "You are off duty." in open_tablet.post("/tablet/posts/clock-out", {"lang": "en"}).text
    assert "Clock in" in card(open_tablet)
    assert "You are on post now." in open_tablet.post("/tablet/posts/clock-in", {"lang": "en"}).text


def test_an_attendant_asks_for_cover_and_no_longer(open_tablet: Tablet) -> None:
    open_tablet.post("/tablet/posts/ask-cover")
    assert "No cover needed" in card(open_tablet)
    open_tablet.post("/tablet/posts/covers/1/withdraw")
    assert "Ask for cover" in card(open_tablet)


def test_a_wish_of_anothers_is_not_mine_to_withdraw(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    other = make_attendant(door, name="马骏", on_duty=True)
    service.ask_leave(door, internal(), staff_id=other, reason="errand")
    service.ask_cover(door, internal(), staff_id=other)
    for path in ("/tablet/posts/leaves/1/withdraw", "/tablet/posts/covers/1/withdraw"):
        assert open_tablet.post(path).status_code == 403


def test_the_head_says_who_is_where_and_that_the_desk_is_empty(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    desk = make_desk_person(door)
    page = open_tablet.get("/region/tablet.people", query_string={"lang": "en"}).text
    assert "<b>On post</b> 林晓 · 孙悦" in page
    service.note_away(door, internal(), staff_id=desk, reason="")
    page = open_tablet.get("/region/tablet.people", query_string={"lang": "en"}).text
    assert "The desk is empty" in page
    assert "data-unseen" in page


@pytest.mark.parametrize("path", ["/tablet/posts/undo/99", "/tablet/posts/leaves/99/withdraw", "/tablet/posts/covers/99/accept"])
def test_what_is_not_there_is_not_found(open_tablet: Tablet, path: str) -> None:
    assert open_tablet.post(path).status_code == 404

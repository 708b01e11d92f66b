"""Logging in and out at the desk, sessions that end, and one's own password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import PASSWORD, make_staff

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

NEW = "seven cups of white tea"


def test_whoever_is_not_logged_in_is_led_to_the_login_and_back(stranger: Browser, house: House) -> None:
    make_staff(house.door, "desk", username="lin")
    first = stranger.get("/desk/invitations")
    assert (first.status_code, first.location) == (303, "/desk/login?next=/desk/invitations")
    assert stranger.get(first.location).status_code == 200
    entered = stranger.post("/desk/login", {"username": "LIN", "password": PASSWORD, "next": "/desk/invitations"})
    assert (entered.status_code, entered.location) == (303, "/desk/invitations")
    assert stranger.get("/desk").status_code == 200


@pytest.mark.parametrize("wanted", ["https://elsewhere.test/", "//elsewhere.test", "/desk\\@elsewhere.test", "/kiosk", "javascript:1"])
def test_the_login_leads_nowhere_else(stranger: Browser, house: House, wanted: str) -> None:
    make_staff(house.door, "desk", username="lin")
    assert stranger.post("/desk/login", {"username": "lin", "password": PASSWORD, "next": wanted}).location == "/desk"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(stranger: Browser, house: House) -> None:
    make_staff(house.door, "desk", username="lin")
    wrong = stranger.post("/desk/login", {"username": "lin", "password": "not this one"})
    unknown = stranger.post("/desk/login", {"username": "nobody", "password": "not this one"})
    assert wrong.status_code == unknown.status_code == 422
    assert "用户名或密码不正确。" in wrong.text
    assert "用户名或密码不正确。" in unknown.text
    assert "not this one" not in wrong.text
    assert stranger.get("/desk").status_code == 303


def test_after_many_wrong_tries_the_login_pauses(stranger: Browser, house: House, clock: StillClock) -> None:
    make_staff(house.door, "desk", username="lin")
    answers = [stranger.post("/desk/login", {"username": "lin", "password": "wrong"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert stranger.post("/desk/login", {"username": "lin", "password": PASSWORD}).status_code == 429
    clock.turn(timedelta(minutes=20))
    assert stranger.post("/desk/login", {"username": "lin", "password": PASSWORD}).status_code == 303


def test_a_login_without_a_name_or_password_says_what_is_missing(stranger: Browser) -> None:
    answer = stranger.post("/desk/login", {"username": "", "password": ""})
    assert answer.status_code == 422
    assert answer.text.count("请填写此项。") == 2


def test_a_retried_login_is_the_same_session(stranger: Browser, house: House) -> None:
    make_staff(house.door, "desk", username="lin")
    tap = {"username": "lin", "password": PASSWORD, "operation": "a-login-that-is-retried"}
    cookies = [stranger.post("/desk/login", tap).headers.getlist("Set-Cookie")[0].split(";")[0]]
    stranger.client.delete_cookie("yb-desk")
    cookies.append(stranger.post("/desk/login", tap).headers.getlist("Set-Cookie")[0].split(";")[0])
    assert cookies[0] == cookies[1]


def test_a_still_login_ends_and_a_used_one_holds(desk: Browser, clock: StillClock) -> None:
    for _ in range(4):
        clock.turn(timedelta(minutes=6))
        assert desk.get("/desk").status_code == 200
    clock.turn(timedelta(minutes=11))
    assert desk.get("/desk").location == "/desk/login?next=/desk"


def test_a_sign_of_life_holds_a_login_that_asks_for_nothing(desk: Browser, clock: StillClock) -> None:
    for _ in range(3):
        clock.turn(timedelta(minutes=9))
        assert desk.post("/desk/awake").status_code == 204
    assert desk.get("/desk").status_code == 200


def test_logging_out_ends_the_session_on_the_server_too(desk: Browser) -> None:
    kept = desk.client.get_cookie("yb-desk")
    assert desk.post("/desk/logout").location == "/desk/login"
    assert kept is not None
    desk.client.set_cookie("yb-desk", kept.value)
    assert desk.get("/desk").status_code == 303


def test_a_first_password_must_be_changed_before_anything_else(stranger: Browser, house: House) -> None:
    make_staff(house.door, "desk", username="lin", must_change=True)
    stranger.post("/desk/login", {"username": "lin", "password": PASSWORD})
    assert stranger.get("/desk").location == "/desk/password"
    assert stranger.get("/desk/people").location == "/desk/password"
    changed = stranger.post("/desk/password", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert changed.location == "/desk?done=password_changed"
    assert stranger.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong", "new": NEW, "again": NEW}, "当前密码不正确。"),
        ({"current": PASSWORD, "new": NEW, "again": "another one here"}, "两次输入不一致。"),
        ({"current": PASSWORD, "new": "short", "again": "short"}, "至少 10 个字。"),
        ({"current": PASSWORD, "new": "1234567890", "again": "1234567890"}, "容易被猜到"),
    ],
)
def test_a_new_password_that_is_refused_says_why(desk: Browser, typed: dict[str, str], said: str) -> None:
    answer = desk.post("/desk/password", typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert NEW not in answer.text


def test_the_keeper_has_an_account_and_no_desk(login: Callable[[str], Browser]) -> None:
    keeper = login("keeper")
    assert keeper.get("/desk/account").status_code == 200
    assert keeper.get("/desk/password").status_code == 200
    assert keeper.get("/desk/people").status_code == 403


def test_both_languages_are_kept_on_the_desk(desk: Browser) -> None:
    assert "Live board" in desk.get("/desk?lang=en").text
    assert 'lang="en"' in desk.get("/desk/people").text
    assert 'lang="zh-Hans"' in desk.get("/desk/people?lang=zh").text

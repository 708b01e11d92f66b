"""Who leaves by the kiosk: by pass, code, or phone number; and taking it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.domain.visits.rules import State
from tests.factories import visit_of
from tests.kiosk.stage import Lobby


@pytest.fixture
def inside(lobby: Lobby) -> Lobby:
    """The lobby after one visitor, 周岚 with phone 13800138000, came in and the screen went home."""
    lobby.walk_in()
    lobby.finish()
    return lobby


def is_out(lobby: Lobby) -> bool:
    """Tell whether the one visitor has left."""
    return visit_of(lobby.house.door, 1).state == State.OUT


def test_the_pass_signs_out(inside: Lobby) -> None:
    assert inside.tap("begin", lane="leave") == "leave"
    assert inside.tap("scan", scanned=inside.pass_here().token) == "left"
    assert is_out(inside)
    assert "再见" in inside.page


def test_the_code_and_the_surname_sign_out(inside: Lobby) -> None:
    inside.tap("begin", lane="leave")
    assert inside.tap("leave-by", by="leave_code") == "leave_code"
    assert inside.tap("leave-code", code=inside.pass_here().code, surname="周") == "left"
    assert is_out(inside)


def test_the_phones_last_four_and_the_surname_sign_out(inside: Lobby) -> None:
    inside.tap("begin", lane="leave")
    assert inside.tap("leave-by", by="leave_phone") == "leave_phone"
    assert inside.tap("leave-phone", tail="8000", surname="周岚") == "left"
    assert is_out(inside)


@pytest.mark.parametrize(("tail", "surname"), [("8001", "周"), ("8000", "王")])
def test_no_match_is_one_fixed_answer(inside: Lobby, tail: str, surname: str) -> None:
    inside.tap("begin", lane="leave")
    inside.tap("leave-by", by="leave_phone")
    answer = inside.post("leave-phone", tail=tail, surname=surname)
    assert answer.status_code == 422
    assert "没有找到对应的来访记录" in answer.text
    assert not is_out(inside)


def test_two_matches_get_the_same_fixed_answer(inside: Lobby) -> None:
    inside.walk_in(name="周舟")
    inside.finish()
    inside.tap("begin", lane="leave")
    inside.tap("leave-by", by="leave_phone")
    answer = inside.post("leave-phone", tail="8000", surname="周")
    assert (answer.status_code, "没有找到对应的来访记录" in answer.text) == (422, True)
    assert not is_out(inside)


def test_the_tail_has_four_digits(inside: Lobby) -> None:
    inside.tap("begin", lane="leave")
    inside.tap("leave-by", by="leave_phone")
    answer = inside.post("leave-phone", tail="80", surname="周")
    assert "请输入手机号的后 4 位数字。" in answer.text


def test_a_sign_out_is_undone_within_ten_seconds(inside: Lobby, clock: StillClock) -> None:
    inside.tap("begin", lane="leave")
    inside.tap("scan", scanned=inside.pass_here().token)
    clock.turn(timedelta(seconds=8))
    assert inside.tap("undo") == "stayed"
    assert not is_out(inside)


def test_later_it_is_too_late_to_undo(inside: Lobby, clock: StillClock) -> None:
    inside.tap("begin", lane="leave")
    inside.tap("scan", scanned=inside.pass_here().token)
    clock.turn(timedelta(seconds=11))
    assert inside.tap("undo") == "refused"
    assert "已超过可撤销的时间" in inside.page
    assert is_out(inside)


def test_who_is_out_already_is_told_since_when(inside: Lobby) -> None:
    token = inside.pass_here().token
    for step in ("left", "refused"):
        inside.tap("begin", lane="leave")
        assert inside.tap("scan", scanned=token) == step
    assert "您已经签退了" in inside.page


def test_who_was_never_in_may_sign_in_instead(lobby: Lobby) -> None:
    token, _ = lobby.invite()
    lobby.tap("begin", lane="leave")
    assert lobby.tap("scan", scanned=token) == "refused"
    assert "此通行证尚未签到" in lobby.page
    assert lobby.tap("way") == "wait"


def test_the_goodbye_holds_nothing_of_the_person(inside: Lobby) -> None:
    inside.tap("begin", lane="leave")
    inside.tap("leave-by", by="leave_phone")
    inside.tap("leave-phone", tail="8000", surname="周岚")
    assert "周" not in inside.page
    # By themselves: in a token of the page they may stand by chance.
    assert re.search(r"(?<![0-9a-f])8000(?![0-9a-f])", inside.page) is None

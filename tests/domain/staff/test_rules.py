from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.staff import rules
from server.domain.staff.rules import Action, Role
from server.errors import BadInput

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

ALLOWED = {
    (Role.DESK, Action.KEEP_PEOPLE),
    (Role.DESK, Action.APPROVE_DEVICES),
    (Role.DESK, Action.KEEP_POSTS),
    (Role.SUPERVISOR, Action.KEEP_PEOPLE),
    (Role.SUPERVISOR, Action.APPROVE_DEVICES),
    (Role.SUPERVISOR, Action.IMPORT_PEOPLE),
    (Role.SUPERVISOR, Action.KEEP_DEVICES),
    (Role.SUPERVISOR, Action.RESET_PINS),
    (Role.SUPERVISOR, Action.KEEP_POSTS),
    (Role.SUPERVISOR, Action.APPROVE_LEAVE),
    *((Role.ADMIN, action) for action in Action),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action) -> None:
    assert rules.may(role, action) is ((role, action) in ALLOWED)


def test_only_attendants_have_pins() -> None:
    assert [role for role in Role if role.has_pin] == [Role.ATTENDANT]


@pytest.mark.parametrize("text", ["anna", " Anna ", "ANNA", "ａｎｎａ"])
def test_a_user_name_is_one_in_every_case_and_width(text: str) -> None:
    assert rules.check_username(text) == "anna"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("a", "username_form"),
        ("a b", "username_form"),
        ("x" * 41, "username_form"),
        ("a\0b", "username_form"),
        ("a<b>", "username_form"),
    ],
)
def test_what_is_no_user_name_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rules.check_username(text)
    assert (refusal.value.code, refusal.value.field) == (code, "username")


@pytest.mark.parametrize("text", ["green tea at nine", "迎宾前台登录口令一二三", "x1y2z3w4v5", "a" * 64 + "bcd"])
def test_a_good_password_is_accepted(text: str) -> None:
    rules.check_password(text, username="anna")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("short", "password_short"),
        ("x" * 129, "password_long"),
        ("1234567890", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("anna-lin-wang", "password_is_username"),
        ("ANNA-LIN-WANG", "password_is_username"),
        ("anna-lin-wang2026!", "password_is_username"),
    ],
)
def test_a_bad_password_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rules.check_password(text, username="anna-lin-wang")
    assert (refusal.value.code, refusal.value.field) == (code, "password")


@pytest.mark.parametrize("pin", ["271828", "100001", "908172"])
def test_a_good_pin_is_accepted(pin: str) -> None:
    rules.check_pin(pin)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        *((pin, "pin_digits") for pin in ("", "12345", "1234567", "12a456", "１２３４５６")),
        *((pin, "pin_simple") for pin in ("000000", "999999", "123456", "654321", "890123", "121212", "123123")),
    ],
)
def test_a_bad_pin_is_refused(pin: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        rules.check_pin(pin)
    assert (refusal.value.code, refusal.value.field) == (code, "pin")


@pytest.mark.parametrize(("age", "still", "holds"), [(0, 0, True), (60, 9, True), (60, 10, False), (719, 0, True), (720, 0, False)])
def test_a_login_ends_by_stillness_or_after_a_shift(age: int, still: int, holds: bool) -> None:
    created, seen = NOON - timedelta(minutes=age), NOON - timedelta(minutes=still)
    assert rules.session_holds(created_at=created, seen_at=seen, now=NOON, still=timedelta(minutes=10)) is holds


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        rules.role_named("king")
    assert refusal.value.facts == {"field": "role"}

from __future__ import annotations

import pytest

from server.db.operations import Operation
from server.domain.staff import passwords, rules
from server.errors import BadInput
from server.keys import Keys

KEYS, OTHER_KEYS = Keys(b"k" * 32), Keys(b"o" * 32)
TAP = Operation(actor="staff:1", route="staff.add", id="1")


def test_a_password_matches_its_hash_and_no_other() -> None:
    hashed = passwords.hash_password(KEYS, "green tea at nine", username="anna")
    assert hashed.startswith("$argon2id$")
    assert passwords.matches(KEYS, hashed, "green tea at nine")
    assert not passwords.matches(KEYS, hashed, "green tea at ten")


def test_a_stolen_hash_is_worth_nothing_without_the_key() -> None:
    hashed = passwords.hash_pin(KEYS, "271828")
    assert not passwords.matches(OTHER_KEYS, hashed, "271828")


def test_full_width_digits_are_the_same_password() -> None:
    hashed = passwords.hash_password(KEYS, "tea for 123456", username="")
    assert passwords.matches(KEYS, hashed, "tea for １２３４５６")


@pytest.mark.parametrize("guess", ["", "\0", "\ud800", "x" * 10_000])
def test_nobody_has_no_password(guess: str) -> None:
    assert not passwords.matches(KEYS, passwords.NOBODY, guess)


def test_a_broken_hash_matches_nothing() -> None:
    assert not passwords.matches(KEYS, passwords.Hashed("nonsense"), "green tea at nine")


def test_the_rules_stand_before_the_hash() -> None:
    with pytest.raises(BadInput):
        passwords.hash_password(KEYS, "short", username="")
    with pytest.raises(BadInput):
        passwords.hash_pin(KEYS, "123456")


def test_a_retried_operation_draws_the_same_first_password_and_pin() -> None:
    other = Operation(actor="staff:1", route="staff.add", id="2")
    assert passwords.drawn_password(KEYS, TAP) == passwords.drawn_password(KEYS, TAP) != passwords.drawn_password(KEYS, other)
    assert passwords.drawn_pin(KEYS, TAP) == passwords.drawn_pin(KEYS, TAP) != passwords.drawn_pin(KEYS, other)


def test_what_is_drawn_is_accepted_by_the_rules() -> None:
    for number in range(200):
        tap = Operation(actor="staff:1", route="staff.add", id=str(number))
        rules.check_password(passwords.drawn_password(KEYS, tap), username="anna")
        rules.check_pin(passwords.drawn_pin(KEYS, tap))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.devices import rules
from server.domain.devices.rules import PAIRING_TABLE, PairingAction, PairingState

OPEN = {
    PairingAction.APPROVE: PairingState.APPROVED,
    PairingAction.REFUSE: PairingState.REFUSED,
    PairingAction.EXPIRE: PairingState.EXPIRED,
}


@pytest.mark.parametrize("state", PairingState)
@pytest.mark.parametrize("action", PairingAction)
def test_a_pairing_ends_once(state: PairingState, action: PairingAction) -> None:
    expected = OPEN[action] if state is PairingState.WAITING else None
    assert PAIRING_TABLE.get((state, action)) is expected


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_a_pairing_code_is_eight_letters_without_vowels(number: int) -> None:
    code = rules.code_from(number)
    assert len(code) == 8
    assert not set(code) & set("AEIOUY0123456789")
    assert rules.tidy_code(rules.spaced_code(code).lower()) == code


@pytest.mark.parametrize("text", ["bcdf-ghjk", " BCDF GHJK ", "BCDFGHJK", "bcdf–ghjk"])
def test_a_code_may_be_typed_in_any_way(text: str) -> None:
    assert rules.tidy_code(text) == "BCDFGHJK"


@pytest.mark.parametrize(
    ("role", "known"), [("kiosk", True), ("tablet", True), ("board", True), ("door", True), ("desk", False), ("", False)]
)
def test_a_device_shows_one_of_four_faces(role: str, known: bool) -> None:
    assert rules.is_role(role) is known

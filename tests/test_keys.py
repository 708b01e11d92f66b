"""Tokens and codes from one key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.keys import ALPHABET, TOKEN_LENGTH, Keys, tidy_token

KEYS = Keys(b"k" * 32)


@given(row=st.integers(1, 10**9), version=st.integers(1, 50))
def test_a_token_is_well_formed_and_the_same_each_time(row: int, version: int) -> None:
    token = KEYS.token("pass", row, version)
    assert len(token) == TOKEN_LENGTH
    assert tidy_token(token.lower()) == token == KEYS.token("pass", row, version)


@given(place=st.integers(0, TOKEN_LENGTH - 2), letter=st.sampled_from(ALPHABET))
def test_one_changed_letter_is_noticed(place: int, letter: str) -> None:
    token = KEYS.token("pass", 7)
    changed = token[:place] + letter + token[place + 1 :]
    assert (tidy_token(changed) is None) == (changed != token)


def test_purpose_row_version_and_key_each_change_a_token() -> None:
    tokens = {
        KEYS.token("pass", 1),
        KEYS.token("answer", 1),
        KEYS.token("pass", 2),
        KEYS.token("pass", 1, 2),
        Keys(b"l" * 32).token("pass", 1),
    }
    assert len(tokens) == 5


def test_a_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    made = Keys.create_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys.from_file(path).token("pass", 1) == made.token("pass", 1)
    with pytest.raises(FileExistsError):
        Keys.create_file(path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    Keys.create_file(path)
    path.chmod(0o644)
    with pytest.raises(PermissionError):
        Keys.from_file(path)

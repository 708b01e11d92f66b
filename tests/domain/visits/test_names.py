from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.visits.rules import mask_phone, mask_surname, phone_tail, surname_matches, tidy_code, tidy_phone, tidy_tail


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张", "张小明"),
        ("张小", "张小明"),
        ("欧阳", "欧阳修"),
        ("李", "李敏"),
        ("李敏", "李敏"),
        ("smith", "Anna Smith"),
        ("ANNA", "Anna Smith"),
        (" Smith ", "Anna Maria Smith"),
        ("ｓｍｉｔｈ", "Anna Smith"),
        ("买买提", "买买提·艾力"),
        ("买", "买买提·艾力"),
        ("müller", "Jürgen MÜLLER"),
    ],
)
def test_the_first_or_last_word_or_the_first_one_or_two_han_characters_are_the_surname(typed: str, name: str) -> None:
    assert surname_matches(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", "张小明"),
        (" ", "张小明"),
        ("小明", "张小明"),
        ("明", "张小明"),
        ("王", "张小明"),
        ("maria", "Anna Maria Smith"),
        ("smi", "Anna Smith"),
        ("张", ""),
    ],
)
def test_anything_else_is_not(typed: str, name: str) -> None:
    assert not surname_matches(typed, name)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("曾静怡", "**怡"), ("李敏", "*敏"), ("欧阳修文", "**修文"), ("Anna Smith", "A*** S***"), ("李", "*"), ("", "")],
)
def test_a_name_is_shown_without_the_surname_that_is_asked_for(name: str, masked: str) -> None:
    assert mask_surname(name) == masked


@given(st.text(alphabet="曾静怡李敏欧阳修AnnaSmith ·", min_size=1, max_size=12))
def test_what_is_shown_never_passes_as_the_surname(name: str) -> None:
    shown = mask_surname(name)
    assert not surname_matches(shown, name) or shown == ""


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 1234 1234", "13812341234"),
        ("+86 138-1234-1234", "+8613812341234"),
        ("（0571）8888 1234", "057188881234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("1234", None),
        ("phone", None),
        ("", None),
        ("1" * 21, None),
        ("+", None),
    ],
)
def test_a_phone_is_kept_as_digits(typed: str, phone: str | None) -> None:
    assert tidy_phone(typed) == phone


def test_the_tail_of_a_phone_is_its_last_four_digits() -> None:
    assert phone_tail("13812341234") == "1234"
    assert tidy_tail(" 1234 ") == "1234"
    assert tidy_tail("１２３４") == "1234"
    assert tidy_tail("12345") is None
    assert tidy_tail("12a4") is None
    assert tidy_tail("²²²²") is None or tidy_tail("²²²²") == "2222"


def test_a_masked_phone_can_be_known_by_its_owner_and_called_by_nobody() -> None:
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("12345") == "****2345"
    assert mask_phone("") == ""


def test_a_code_is_six_digits_with_or_without_a_blank() -> None:
    assert tidy_code("123 456") == 123_456
    assert tidy_code("000042") == 42
    assert tidy_code("12345") is None
    assert tidy_code("12345a") is None
    assert tidy_code("١٢٣٤٥٦") is None

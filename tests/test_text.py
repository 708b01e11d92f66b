"""One line of text from anybody."""

from __future__ import annotations

import pytest

from server.errors import BadInput
from server.text import clean_line, clean_text


@pytest.mark.parametrize("typed", ["曾静怡", "O’Neill-García", "👩‍💻 Ada", "<script>alert(1)</script>", "عمر"])
def test_names_of_all_kinds_are_kept_as_typed(typed: str) -> None:
    assert clean_line(typed, field="name", most=60) == typed


def test_blanks_are_tidied_and_direction_marks_dropped() -> None:
    assert clean_line("  张 \t 三\u202e\u200f ", field="name", most=60) == "张 三"


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800", "bell\x07", "broken \ufffd"])
def test_broken_text_is_refused_by_the_name_of_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean_line(typed, field="company", most=60)
    assert (refused.value.code, refused.value.field) == ("broken_text", "company")


def test_too_much_and_nothing_are_refused() -> None:
    with pytest.raises(BadInput, match="too_long"):
        clean_line("x" * 61, field="name", most=60)
    with pytest.raises(BadInput, match="missing"):
        clean_line("   ", field="name", most=60, least=1)


def test_a_text_keeps_its_lines_and_each_is_tidied() -> None:
    assert clean_text("\n 电梯口  两人\r\n\r\n门口一人 \r", field="plan", most=20) == "电梯口 两人\n\n门口一人"
    assert clean_text(" \n ", field="plan", most=20) == ""
    with pytest.raises(BadInput, match="too_long"):
        clean_text("一\n" * 11, field="plan", most=20)
    with pytest.raises(BadInput, match="broken_text"):
        clean_text("a\nb\x00", field="plan", most=20)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.meetings.rules import Category
from server.domain.meetings.sheets.words import category_of, headcount_of, is_cancelled, layout_of, minutes_of, without_mark
from server.domain.rooms.rules import Layout
from server.errors import BadInput
from tests.domain.meetings.schedules import refusal_of


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("small", ["小型", "小型会议", "小会", "Small", "small meeting"]),
        ("ordinary", ["一般", "普通会议", "常规", "Ordinary", "normal"]),
        ("important", ["重要", "重要会议", "重点", "IMPORTANT"]),
        ("vip", ["贵宾", "VIP", "ＶＩＰ", "VIP接待", "贵宾接待"]),
        ("", ["", "  "]),
    ],
)
def test_categories_are_known_by_the_words_offices_use(category: str, words: list[str]) -> None:
    assert {category_of(word) for word in words} == {category}
    assert not category or Category(category)


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ("classroom", ["课桌式", "教室型", "课桌式 24座", "Classroom"]),
        ("theatre", ["剧院式", "影院式", "Theatre style", "theater"]),
        ("ushape", ["U形", "U型", "U 形桌", "Ｕ字形", "U-shape", "U shaped"]),
        ("hollow_square", ["回形", "回字形", "口字形", "Hollow square", "hollow-square"]),
        ("boardroom", ["长桌", "董事会式", "长条桌", "Boardroom"]),
        ("herringbone", ["鱼骨", "鱼骨式", "Herringbone"]),
        ("banquet", ["圆桌", "宴会式", "Banquet rounds"]),
        ("crescent", ["半圆桌", "半圆桌（月牙）", "Crescent rounds"]),
        ("reception", ["会见", "会见式（八字沙发）", "Reception"]),
        ("signing", ["签约", "签约仪式", "签字式", "Signing"]),
    ],
)
def test_layouts_are_known_by_the_words_offices_use(layout: str, words: list[str]) -> None:
    assert {layout_of(word) for word in words} == {layout}
    assert Layout(layout)


@pytest.mark.parametrize("word", ["特大", "重要/一般", "会议"])
def test_a_category_nobody_knows_or_two_at_once_are_refused(word: str) -> None:
    with pytest.raises(BadInput) as refused:
        category_of(word)
    assert refused.value.code == "category_unknown"


@pytest.mark.parametrize("word", ["飞机式", "圆桌或U形", "style"])
def test_a_layout_nobody_knows_or_two_at_once_are_refused(word: str) -> None:
    with pytest.raises(BadInput) as refused:
        layout_of(word)
    assert refused.value.code == "layout_unknown"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (None, None)),
        ("30", (30, None)),
        ("约30人", (30, None)),
        ("30人左右", (30, None)),
        ("100余人", (100, None)),
        ("30-35", (35, None)),
        ("30至35人", (35, None)),
        ("1,200", (1200, None)),
        ("30人（含领导5人）", (30, None)),
        ("保证 24", (None, 24)),
        ("约30人，保证24人", (30, 24)),
        ("30（保证24）", (30, 24)),
        ("approx. 40 pax, guaranteed 35", (40, 35)),
    ],
)
def test_headcounts_are_read_with_what_is_guaranteed(text: str, counts: tuple[int | None, int | None]) -> None:
    assert headcount_of(text, field="estimated") == counts


@pytest.mark.parametrize("text", ["很多人", "三十", "0", "-5", "30+5", "30.5", "35-30", "99999", "10000"])
def test_a_headcount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        headcount_of(text, field="estimated")
    assert (refused.value.code, refused.value.field) == ("number_unclear", "estimated")


def test_minutes_between_teas_are_a_number_or_refused() -> None:
    assert [minutes_of(text, field="tea_minutes") for text in ("20", "每20分钟", "every 20 min", "")] == [20, 20, 20, None]
    for text in ("需要", "0", "700"):
        with pytest.raises(BadInput) as refused:
            minutes_of(text, field="tea_minutes")
        assert refused.value.code == "number_unclear"


@pytest.mark.parametrize("title", ["（取消）周例会", "周例会【已取消】", "周例会(CANCELLED)", "取消：周例会", "Canceled: 周例会"])
def test_a_cancelled_mark_is_taken_off_the_title(title: str) -> None:
    assert without_mark(title) == ("周例会", True)


@pytest.mark.parametrize("title", ["周例会", "取消合同讨论会", "Cancelled orders review", "会议（不取消）"])
def test_a_title_that_speaks_of_cancelling_is_no_cancelled_one(title: str) -> None:
    assert without_mark(title) == (title, False)


def test_a_status_says_cancelled_or_not() -> None:
    assert all(is_cancelled(text) for text in ("取消", "已取消", "会议取消！", "Cancelled", "CANCELED"))
    assert not any(is_cancelled(text) for text in ("", "确认", "未取消", "不取消", "如遇雨取消"))


@given(st.text(max_size=60))
def test_whatever_is_written_is_understood_or_refused(text: str) -> None:
    assert refusal_of(lambda: category_of(text)) in {"", "category_unknown"}
    assert refusal_of(lambda: layout_of(text)) in {"", "layout_unknown"}
    assert refusal_of(lambda: headcount_of(text, field="estimated")) in {"", "number_unclear"}
    assert refusal_of(lambda: minutes_of(text, field="tea_minutes")) in {"", "number_unclear"}

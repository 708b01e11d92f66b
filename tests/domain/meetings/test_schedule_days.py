from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.meetings.sheets.days import Named, day_of, named_by, weekday_of
from server.errors import BadInput
from tests.domain.meetings.schedules import refusal_of

TODAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
NOTHING = named_by([], TODAY)
WEEK = named_by(["2026年11月23日至27日一周工作安排表"], TODAY)


def read(cell: Any, named: Named = NOTHING) -> tuple[date, str] | None:
    told = day_of(cell, named)
    return None if told is None else (told.day, told.rest)


def refusal(cell: Any, named: Named = NOTHING) -> str:
    with pytest.raises(BadInput) as refused:
        day_of(cell, named)
    assert refused.value.field == "day"
    return refused.value.code


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2026年11月23日",
            "2026 年 11 月 23 日",
            "２０２６年１１月２３日",
            "2026年11月23日 周一",
            "11月23日",
            "11月23号",
            "11月23日(星期一)",
        ),
        *(
            "星期一 11月23日",
            "周一（11月23日）",
            "11月23日（小雪）",
            "11月23日\n星期一",
            "11/23",
            "11-23",
            "11.23",
            "2026-11-23",
            "2026/11/23",
        ),
        *("2026.11.23", "20261123", "11/23/2026", "23/11/2026", "23 Nov 2026", "23 November", "23rd November 2026", "23-Nov-2026"),
        *("November 23, 2026", "Nov 23", "Mon 23 Nov", "Monday, 23 November 2026", "MON 23 NOV 2026"),
        *(date(2026, 11, 23), datetime(2026, 11, 23), 46349, 46349.0, "46349", 20261123.0, 11.23),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: Any) -> None:
    assert read(cell) == (MONDAY, "")


@pytest.mark.parametrize("cell", ["周一", "星期一", "礼拜一", "Mon", "Monday", "23日", "23号"])
def test_a_weekday_or_the_day_alone_is_one_of_the_named_week_and_unclear_without_one(cell: str) -> None:
    assert read(cell, WEEK) == (MONDAY, "")
    assert refusal(cell) == "day_unclear"


def test_the_weekend_after_the_named_days_is_the_same_week() -> None:
    assert [read(cell, WEEK) for cell in ("周六", "星期天", "29日")] == [(date(2026, 11, day), "") for day in (28, 29, 29)]
    assert refusal("30日", WEEK) == "day_unclear"


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("11月23日 上午", "上午"),
        ("11月23日(下午)", "下午"),
        ("2026-11-23 09:00", "09:00"),
        ("2026-11-23T09:00", "09:00"),
        ("11月23日周一9:00-11:30", "9:00-11:30"),
        ("11月23日-25日", "-25日"),
        (46349.375, "9:00"),
        (datetime(2026, 11, 23, 9, 30), "9:30"),
    ],
)
def test_what_stands_behind_a_day_is_kept(cell: Any, rest: str) -> None:
    assert read(cell) == (MONDAY, rest)


@pytest.mark.parametrize(
    "cell",
    ["11月31日", "2月30日", "2026年2月29日", "13/13", "03/04/2026", 11.2, date(1999, 12, 31), date(1900, 1, 1), 0.5, "31/31/2026"],
)
def test_no_day_and_one_that_may_be_two_are_unclear(cell: Any) -> None:
    assert refusal(cell) == "day_unclear"


@pytest.mark.parametrize("cell", ["", "明天", "会议", "9:00", "Market 3", "合计 12 场", True, float("nan"), 1e300, -1])
def test_what_tells_no_day_is_none(cell: Any) -> None:
    assert read(cell) is None


def test_a_date_that_is_another_weekday_than_it_says_is_refused() -> None:
    assert refusal("11月23日(周二)") == "weekday_differs"
    assert refusal("周日 2026-11-23") == "weekday_differs"
    assert read("11月24日(周二)") == (date(2026, 11, 24), "")


def test_a_date_without_a_year_is_the_nearest_one() -> None:
    assert read("1月4日") == (date(2027, 1, 4), "")
    assert read("9月1日") == (date(2026, 9, 1), "")
    assert read("12月30日", named_by(["2026年12月28日至2027年1月3日"], date(2026, 3, 1))) == (date(2026, 12, 30), "")
    assert read("1月2日", named_by(["2026年12月28日至2027年1月3日"], date(2026, 3, 1))) == (date(2027, 1, 2), "")
    assert read("2月29日", named_by(["2028年"], TODAY)) == (date(2028, 2, 29), "")


@pytest.mark.parametrize(
    "title",
    [
        *(
            "2026年11月23日至27日一周工作安排表",
            "2026年11月23日—11月27日",
            "会议安排（11.23-11.27）",
            "2026.11.23-11.27",
            "2026/11/23-2026/11/27",
        ),
        *(
            "11月23日（周一）至11月27日（周五）",
            "2026-11-23 至 2026-11-27",
            "20261123-20261127",
            "23-27 November 2026",
            "23 Nov - 27 Nov 2026",
        ),
        *("第48周", "2026年第48周会议安排", "Week 48", "2026-W48", "Week of 23 November 2026", "2026年11月25日当周会议"),
    ],
)
def test_a_title_names_a_week(title: str) -> None:
    named = named_by(["望江产业园", title], TODAY)
    assert named.first == MONDAY
    assert read("周三", named) == (date(2026, 11, 25), "")


def test_a_week_from_sunday_to_saturday_is_that_week() -> None:
    assert read("周日", named_by(["11月22日至28日"], TODAY)) == (date(2026, 11, 22), "")


def test_a_range_is_believed_before_a_number_and_the_first_before_the_second() -> None:
    assert named_by(["第40周", "11月23日至27日", "11月30日至12月4日"], TODAY).first == MONDAY


def test_a_weekday_in_two_weeks_is_unclear_but_a_day_of_a_named_month_is_not() -> None:
    assert refusal("周一", named_by(["11月23日至12月4日"], TODAY)) == "day_unclear"
    assert read("30日", named_by(["2026年11月会议计划"], TODAY)) == (date(2026, 11, 30), "")
    assert refusal("31日", named_by(["2026年11月会议计划"], TODAY)) == "day_unclear"


@pytest.mark.parametrize(
    "title", ["", "会议安排", "下周会议安排（2026年11月20日制表）", "第99周", "2月30日至2月31日之间", "99月99日", "第周"]
)
def test_a_title_that_names_no_week_leaves_weekdays_unclear(title: str) -> None:
    assert refusal("周一", named_by([title], TODAY)) == "day_unclear"


def test_a_weekday_is_known_by_how_a_text_begins() -> None:
    assert [weekday_of(text) for text in ("周一", "星期日", "礼拜天", "Wed", "（五）", "Month", "周年庆")] == [0, 6, 6, 2, None, None, None]


@given(st.text(max_size=60) | st.from_regex(r"[0-9年月日周一/.\-\s至]{0,30}", fullmatch=True), st.text(max_size=60))
def test_whatever_is_written_is_a_day_or_a_refusal(cell: str, title: str) -> None:
    named = named_by([title, cell], TODAY)
    refused = refusal_of(lambda: day_of(cell, named))
    assert refused in {"", "day_unclear", "weekday_differs"}
    told = None if refused else day_of(cell, named)
    assert told is None or 1990 < told.day.year < 2110

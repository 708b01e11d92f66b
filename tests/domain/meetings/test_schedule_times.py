from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.meetings.sheets.times import clock_text, span_of
from server.errors import BadInput
from tests.domain.meetings.schedules import refusal_of


def spelt(text: str) -> str:
    start, end = span_of(text)
    return f"{start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as refused:
        span_of(text)
    assert refused.value.field == "time"
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("9:00-11:30", "9:00-11:30"),
        ("14：30~15：30", "14:30-15:30"),
        ("９：００－１１：３０", "9:00-11:30"),
        ("9:00 — 11:30", "9:00-11:30"),
        ("9:00至11:30", "9:00-11:30"),
        ("9:00:00-11:30:00", "9:00-11:30"),
        ("9.30-11.00", "9:30-11:00"),
        ("9-11", "9:00-11:00"),
        ("0900-1130", "9:00-11:30"),
        ("9点-10点半", "9:00-10:30"),
        ("9时30分至11时", "9:30-11:00"),
        ("9点一刻-9点三刻", "9:15-9:45"),
        ("上午9点半至11点", "9:30-11:00"),
        ("上午九点半至十一点", "9:30-11:00"),
        ("下午两点到四点", "14:00-16:00"),
        ("二十点至二十二点", "20:00-22:00"),
        ("下午2:00—4:00", "14:00-16:00"),
        ("下午2:00-16:00", "14:00-16:00"),
        ("上午8:30-下午5:30", "8:30-17:30"),
        ("10点-下午2点", "10:00-14:00"),
        ("中午12:00-下午2:00", "12:00-14:00"),
        ("晚上8点-10点", "20:00-22:00"),
        ("9:00-11:30（含茶歇）", "9:00-11:30"),
        ("9am-11:30am", "9:00-11:30"),
        ("2:00-4:00 pm", "14:00-16:00"),
        ("10:00 a.m. to 1:00 p.m.", "10:00-13:00"),
        ("10:00 - 1:00 PM", "10:00-13:00"),
        ("from 9:00 to 11:00", "9:00-11:00"),
        ("20:00-24:00", "20:00-24:00"),
        ("20:00-0:00", "20:00-24:00"),
        ("02:00-04:00", "2:00-4:00"),
        ("凌晨2:00-4:00", "2:00-4:00"),
    ],
)
def test_a_span_is_read_however_it_is_written(text: str, span: str) -> None:
    assert spelt(text) == span


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("9:00", "missing"),
        ("14:30开始", "missing"),
        ("9:00-", "missing"),
        ("待定", "time_unclear"),
        ("全天", "time_unclear"),
        ("上午", "time_unclear"),
        ("25:00-26:00", "time_unclear"),
        ("9:60-10:00", "time_unclear"),
        ("上午14:00-15:00", "time_unclear"),
        ("9:00-11:30 14:00-16:00", "time_unclear"),
        ("2:00-4:00", "time_unclear"),
        ("14:00-9:00", "ends_before_start"),
        ("12:00-12:00", "ends_before_start"),
        ("11:00-1:00", "ends_before_start"),
        ("22:00-02:00", "over_midnight"),
        ("20:00-次日1:00", "over_midnight"),
    ],
)
def test_a_span_that_cannot_be_meant_is_refused_by_name(text: str, code: str) -> None:
    assert refusal(text) == code


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (time(9, 30), (None, "9:30")),
        (time(9, 29, 59), (None, "9:30")),
        (timedelta(hours=14), (None, "14:00")),
        (0.375, (None, "9:00")),
        (0.3958333333, (None, "9:30")),
        ("0.75", (None, "18:00")),
        (datetime(2026, 11, 23, 9, 0), (date(2026, 11, 23), "9:00")),
        (datetime(1899, 12, 31, 9, 0), (None, "9:00")),
        (9, (None, "9")),
        ("9点", (None, "9点")),
    ],
)
def test_a_time_is_what_the_office_program_makes_of_it(cell: Any, told: tuple[date | None, str]) -> None:
    assert clock_text(cell) == told


@given(st.text(max_size=60) | st.from_regex(r"[0-9:点时半分上下午\-至 ]{0,24}", fullmatch=True))
def test_whatever_is_written_is_a_span_within_a_day_or_a_refusal(text: str) -> None:
    refused = refusal_of(lambda: span_of(text))
    assert refused in {"", "missing", "time_unclear", "ends_before_start", "over_midnight"}
    start, end = (0, 1) if refused else span_of(text)
    assert 0 <= start < end <= 24 * 60

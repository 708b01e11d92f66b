"""Times as schedules write them: spans in Chinese and English, and what an office program makes of a time of day."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from server.domain.meetings.sheets.days import AROUND, EPOCH, without_remarks
from server.errors import BadInput
from server.sheets import cell_text

DAY_MINUTES = 24 * 60

_MORNING = frozenset({"凌晨", "清晨", "早上", "早晨", "上午", "早", "am"})
_NOON = frozenset({"中午", "正午"})
_NIGHT = frozenset({"晚上", "晚间", "夜里", "晚"})
_AFTERNOON = frozenset({"下午", "午后", "傍晚", "pm"}) | _NIGHT
_HALF = "凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜里|早|晚"
_ENGLISH_HALF = r"[ap]\.?m\b\.?"
HALVES = re.compile(rf"(?:{_HALF}|{_ENGLISH_HALF})", re.IGNORECASE)
"""Words for half of the day."""
_HOURS_BELOW_DOUBT = range(60, 6 * 60)
"""A meeting at two is in the afternoon, or is it: asked rather than guessed, unless the hour was written ``02`` or ``凌晨``."""

_CLOCK = (
    rf"(?:(?P<half{{n}}>{_HALF}|{_ENGLISH_HALF}) ?)?(?P<hour{{n}}>\d{{{{1,2}}}}) ?"
    r"(?:[:.] ?(?P<minute{n}>\d\d)(?::\d\d)?|[点时] ?(?:(?P<word{n}>半|[一三]刻|整)|(?P<said{n}>\d{{1,2}}) ?分?)?钟?"
    r"|h(?P<french{n}>\d\d)?)?"
    rf"(?: ?(?P<behind{{n}}>{_ENGLISH_HALF}))?"
)
_JOINT = r" ?(?:-{1,2}|–|—{1,2}|―|~|〜|至|到|to\b|until\b) ?"
_SPAN = re.compile(rf"(?:from )?{_CLOCK.format(n=1)} ?(?:起|开始)?{_JOINT}{_CLOCK.format(n=2)} ?(?:止|结束)?", re.IGNORECASE)
_ONLY_START = re.compile(rf"{_CLOCK.format(n=1)} ?(?:起|开始|{_JOINT})?", re.IGNORECASE)
_FOUR_DIGITS = re.compile(rf"(\d\d)(\d\d)({_JOINT})(\d\d)(\d\d)", re.IGNORECASE)
_NEXT_DAY = re.compile(r"次日|第二天|翌日|隔天|\(?\+ ?1\)?$|next day", re.IGNORECASE)
_MINUTE_WORDS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WORDED_HOUR = re.compile(r"(?P<ten>十)?(?P<one>[一二两三四五六七八九十])(?=[点时])|十(?=[点时])|二十(?P<twenty>[一二三四])?(?=[点时])")


def span_of(text: str) -> tuple[int, int]:
    """Return a span as minutes after midnight; an end at midnight is 24:00.

    Refuses, all in the field ``time``: ``missing`` (all of it, or the end), ``time_unclear``, ``ends_before_start`` and ``over_midnight``.
    """
    line = _WORDED_HOUR.sub(_worded, without_remarks(text)).strip(AROUND)
    line = _FOUR_DIGITS.sub(r"\1:\2\3\4:\5", line) if _FOUR_DIGITS.fullmatch(line) else line
    if _NEXT_DAY.search(line):
        raise BadInput("over_midnight", field="time")
    match = _SPAN.fullmatch(line)
    if not line:
        raise BadInput("missing", field="time")
    if match is None:
        raise BadInput("missing" if _ONLY_START.fullmatch(line) else "time_unclear", field="time")
    start, end = _resolved(match)
    end = end or DAY_MINUTES
    if end <= start:
        is_night = start >= 18 * 60 and end <= 6 * 60
        raise BadInput("over_midnight" if is_night and end < start else "ends_before_start", field="time")
    return start, end


def clock_text(cell: Any) -> tuple[date | None, str]:
    """Return the day and the time of day of a cell in a column of starts or ends, as text; the text of any other as it is."""
    if isinstance(cell, datetime):
        return (cell.date() if cell.year > EPOCH.year + 1 else None), _written(cell.hour * 60 + cell.minute + round(cell.second / 60))
    if isinstance(cell, time):
        return None, _written(cell.hour * 60 + cell.minute + round(cell.second / 60))
    if isinstance(cell, timedelta):
        return None, _written(round(cell / timedelta(minutes=1)))
    text = cell_text(cell)
    if re.fullmatch(r"0?\.[0-9]+", text):
        return None, _written(round(float(text) * DAY_MINUTES))
    return None, text


def _written(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _worded(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("二十"):
        return str(20 + _DIGITS.get(text[2:], 0))
    return str(sum(_DIGITS[letter] for letter in text))


def _resolved(match: re.Match[str]) -> tuple[int, int]:
    """Return both ends: ``下午`` holds for the end too, and ``pm`` behind the end for a start that is then still before it."""
    first, second = _half(match, 1), _half(match, 2)
    start = _minutes(match, 1, first)
    end = _minutes(match, 2, second or (first if first in _AFTERNOON else ""))
    if first or start in range(12 * 60, DAY_MINUTES):
        return start, end
    later = start + 12 * 60
    if second in _AFTERNOON and later < end:
        return later, end
    is_told = second in _MORNING or match["hour1"].startswith("0")
    if start in _HOURS_BELOW_DOUBT and not is_told:
        raise BadInput("time_unclear", field="time")
    return start, end


def _half(match: re.Match[str], number: int) -> str:
    word = match[f"half{number}"] or match[f"behind{number}"] or ""
    return word.casefold().replace(".", "")


def _minutes(match: re.Match[str], number: int, half: str) -> int:
    hour = int(match[f"hour{number}"])
    spoken = match[f"minute{number}"] or match[f"said{number}"] or match[f"french{number}"] or 0
    minute = _MINUTE_WORDS.get(match[f"word{number}"] or "", int(spoken))
    hour = _of_day(hour, half)
    minutes = hour * 60 + minute
    if hour < 0 or minute > 59 or minutes > DAY_MINUTES:
        raise BadInput("time_unclear", field="time")
    return minutes


def _of_day(hour: int, half: str) -> int:
    """Return the hour of the day, -1 if the word beside it says otherwise (``上午14点``)."""
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else (24 if half in _NIGHT and hour == 12 else hour)
    if half in _NOON:
        return hour + 12 if hour <= 3 else (hour if hour in {11, 12} else -1)
    if half in {"凌晨", "am"} and hour == 12:
        return 0
    return -1 if half in _MORNING and hour > 12 else hour

"""Days as schedules write them: dates, serial numbers, words in Chinese and English, weekdays of a week that was named."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.errors import BadInput
from server.sheets import cell_text

YEARS = range(2000, 2100)
EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers of office programs."""
_SERIALS = range((date(YEARS[0], 1, 1) - EPOCH).days, (date(YEARS[-1], 12, 31) - EPOCH).days + 1)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?(?![a-z])"
)
_WEEKDAY = re.compile(
    r"(?:星期|礼拜|周)\s?(?P<zh>[一二三四五六日天])|(?P<en>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\.?(?![a-z])", re.IGNORECASE
)
_ENGLISH_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEAR, _M, _D = r"(?<!\d)(?P<year>20\d\d)", r"(?<!\d)(?P<m>\d{1,2})", r"(?P<d>\d{1,2})(?!\d)"
_CLEAR = (
    rf"{_YEAR} ?年 ?(?P<m>\d{{1,2}}) ?月 ?{_D} ?[日号]?",
    rf"{_YEAR} ?[/.-] ?(?P<m>\d{{1,2}}) ?[/.-] ?{_D} ?[日号]?(?:t(?=\d))?",
    rf"{_YEAR}(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
    rf"{_M} ?月 ?{_D} ?[日号]?",
    r"(?<!\d)(?P<one>\d{1,2}) ?[/.-] ?(?P<two>\d{1,2}) ?[/.-] ?(?P<year>20\d\d)(?!\d)",
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]?{_MONTH}(?:[ ,-]*(?P<year>20\d\d)(?!\d))?",
    rf"{_MONTH} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:[ ,]*(?P<year>20\d\d)(?!\d))?",
    r"(?<!\d)(?P<one>\d{1,2}) ?/ ?(?P<two>\d{1,2})(?![\d:/])",
)
_SHORT = r"(?<![\d.-])(?P<one>\d{1,2}) ?[.-] ?(?P<two>\d{1,2})(?![\d:])"
"""A date only where nothing but a date can stand: among times ``9-11`` and ``9.30`` are hours."""
_DATES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _CLEAR)
_ALL_DATES = (*_DATES, re.compile(_SHORT))
_ONLY_DAY = re.compile(r"(?P<d>\d{1,2}) ?[日号]")

_TO = re.compile(r"[ 日号]*(?:\([^()]*\))? ?(?:-{1,2}|–|—{1,2}|~|〜|至|到|to) ?", re.IGNORECASE)
_ENGLISH_RANGE = re.compile(rf"(?<!\d)(?P<first>\d{{1,2}}) ?(?:-|–|—|to) ?(?P<last>\d{{1,2}} {_MONTH}(?:[ ,]*20\d\d)?)", re.IGNORECASE)
_LAST = re.compile(r"(?P<d>\d{1,2})(?!\d| ?月)")
_WEEK_NUMBER = re.compile(r"第 ?(?P<zh>\d{1,2}) ?周|\bweek ?(?P<en>\d{1,2})\b|(?<![a-z])w(?P<iso>\d\d)\b", re.IGNORECASE)
_WEEK_WORD = re.compile(r"周|week", re.IGNORECASE)
_OTHER_DATE = re.compile(r"下周|next week|制|报送|更新|发布|打印|updated|printed", re.IGNORECASE)
"""A date beside one of these is the day the list was made."""
_MONTH_NAMED = re.compile(r"(?:(?P<year>20\d\d) ?年 ?)?(?<!\d)(?P<m>\d{1,2}) ?月")
_YEAR_NAMED = re.compile(r"(?<!\d)20\d\d(?!\d)")

AROUND = " ,;:.、，。；()[]【】<>《》|/"
_REMARK = re.compile(r"\((?![^()]*(?:[午早晚周期]|[ap]m|day|mon|tue|wed|thu|fri|sat|sun))[^()\d]*\)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Named:
    """The days a title names (a week, a month), and the day that dates without a year are near to."""

    near: date
    first: date | None = None
    last: date | None = None

    def weekday(self, number: int) -> date:
        """Return the Monday (0) to Sunday (6) of the named week; refuses ``day_unclear`` if none, or more than one, was named."""
        if self.first is None or self.last is None or (self.last - self.first).days >= 7:
            raise _unclear()
        return self.first + timedelta(days=(number - self.first.weekday()) % 7)

    def day_of_month(self, number: int) -> date:
        """Return the one named day with this number in its month; refuses ``day_unclear``."""
        if self.first is None or self.last is None:
            raise _unclear()
        days = (self.first + timedelta(days=ahead) for ahead in range(max(7, (self.last - self.first).days + 1)))
        fitting = [day for day in days if day.day == number]
        if len(fitting) != 1:
            raise _unclear()
        return fitting[0]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A day that was read, and what its text says besides (``上午``, or a time)."""

    day: date
    rest: str = ""


def normal(text: str) -> str:
    """Return a text with half-width letters, digits and signs, and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def without_remarks(text: str) -> str:
    """Return a :func:`normal` text without remarks in brackets: ``(小雪)``, but neither ``(周一)`` nor ``(下午)``."""
    return _REMARK.sub(" ", normal(text)).strip()


def day_of(cell: Any, named: Named) -> Told | None:
    """Return the day a cell tells and the rest of its text; None if it tells none.

    Refuses ``day_unclear`` (no such day, one that may be two, a weekday of no named week) and ``weekday_differs`` (a date that is
    not the weekday beside it).
    """
    if isinstance(cell, datetime):
        return Told(day=_within(cell.date()), rest="" if cell.time() == time() else f"{cell.hour}:{cell.minute:02}")
    if isinstance(cell, date):
        return Told(day=_within(cell))
    text = cell_text(cell)
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text) and int(float(text)) in _SERIALS:
        return _serial(float(text))
    if isinstance(cell, float) and re.fullmatch(r"[0-9]{1,2}\.[123]", text):
        raise _unclear()  # 11.2 typed as a number may have been 11.20
    return told(text, named, dates=_ALL_DATES)


def told(text: str, named: Named, *, dates: tuple[re.Pattern[str], ...] = _DATES) -> Told | None:
    """Return the day that a text begins with and the rest of it, None if it begins with none; refuses as :func:`day_of` does."""
    before, line = _weekday(without_remarks(text).lstrip(AROUND))
    found = _date(line, named, dates)
    if found is None:
        return None if before is None else Told(day=named.weekday(before), rest=line.strip(AROUND))
    day, line = found
    after, line = _weekday(line.lstrip(AROUND))
    if {before, after} - {None, day.weekday()}:
        raise BadInput("weekday_differs", field="day")
    return Told(day=day, rest=line.strip(AROUND))


def weekday_of(text: str) -> int | None:
    """Return the weekday (Monday is 0) that a text begins with, None if it begins with none."""
    return _weekday(normal(text).lstrip(AROUND))[0]


def named_by(texts: list[str], today: date) -> Named:
    """Return what the texts around a list name: a range of days, the number of a week, one day of a week, a month or a year.

    The first text that names a range is believed before the first that names a week, and so on.
    """
    lines = [normal(text) for text in texts]
    here = Named(near=today)
    for look in (_range_in, _week_in, _day_of_week_in, _month_in, _year_in):
        for line in lines:
            found = look(line, here)
            if found is not None:
                return found
    return here


def week_named_in(text: str, today: date) -> Named | None:
    """Return the days that a text names by a range or a week's number, None if it names none."""
    line, here = normal(text), Named(near=today)
    return _range_in(line, here) or _week_in(line, here)


def _range_in(line: str, here: Named) -> Named | None:
    for english in _ENGLISH_RANGE.finditer(line):
        last = _try(english["last"], here)
        if last and int(english["first"]) <= last.day and int(english["first"]):
            return _span(last.replace(day=int(english["first"])), last)
    for pattern in _ALL_DATES:
        for match in pattern.finditer(line):
            joint = _TO.match(line, match.end())
            first = _resolved(match, here)
            last = joint and first and _last(line[joint.end() :], first)
            if first and last and first <= last:
                return _span(first, last)
    return None


def _last(text: str, first: date) -> date | None:
    found = _try(text, Named(near=first))
    if found is not None:
        return found
    only = _LAST.match(text)
    return _date_of(first.year, first.month, int(only["d"])) if only else None


def _week_in(line: str, here: Named) -> Named | None:
    match = _WEEK_NUMBER.search(line)
    if match is None:
        return None
    number, year = int(match["zh"] or match["en"] or match["iso"]), _YEAR_NAMED.search(line)
    years = [int(year[0])] if year else [here.near.year - 1, here.near.year, here.near.year + 1]
    mondays = [date.fromisocalendar(each, number, 1) for each in years if 1 <= number <= date(each, 12, 28).isocalendar().week]
    if not mondays:
        return None
    monday = min(mondays, key=lambda day: abs(day - here.near))
    return _span(monday, monday + timedelta(days=6))


def _day_of_week_in(line: str, here: Named) -> Named | None:
    if not _WEEK_WORD.search(line) or _OTHER_DATE.search(line):
        return None
    for pattern in _DATES:
        match = pattern.search(line)
        day = match and _resolved(match, here)
        if day:
            monday = day - timedelta(days=day.weekday())
            return _span(monday, monday + timedelta(days=6))
    return None


def _month_in(line: str, here: Named) -> Named | None:
    match = _MONTH_NAMED.search(line)
    if match is None or not 1 <= int(match["m"]) <= 12:
        return None
    first = date(int(match["year"]), int(match["m"]), 1) if match["year"] else _nearest(int(match["m"]), 1, here)
    return _span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)) if first else None


def _year_in(line: str, here: Named) -> Named | None:
    match = _YEAR_NAMED.search(line)
    return Named(near=date(int(match[0]), 7, 1)) if match and int(match[0]) != here.near.year else None


def _span(first: date, last: date) -> Named:
    return Named(near=first, first=first, last=last)


def _try(text: str, here: Named) -> date | None:
    for pattern in _ALL_DATES:
        match = pattern.match(text)
        if match:
            return _resolved(match, here)
    return None


def _weekday(line: str) -> tuple[int | None, str]:
    match = _WEEKDAY.match(line)
    if match is None:
        return None, line
    number = "一二三四五六日".find(match["zh"].replace("天", "日")) if match["zh"] else _ENGLISH_WEEKDAYS.index(match["en"].casefold())
    return number, line[match.end() :].lstrip(AROUND)


def _date(line: str, named: Named, dates: tuple[re.Pattern[str], ...]) -> tuple[date, str] | None:
    for pattern in dates:
        match = pattern.match(line)
        if match:
            day = _resolved(match, named)
            if day is None:
                raise _unclear()
            return day, line[match.end() :]
    only = _ONLY_DAY.match(line)
    return (named.day_of_month(int(only["d"])), line[only.end() :]) if only else None


def _resolved(match: re.Match[str], named: Named) -> date | None:
    """Return the one date that a match can be, None if there is none or there are two."""
    parts = match.groupdict()
    if parts.get("one"):
        return _of_two(int(parts["one"]), int(parts["two"]), parts.get("year"), named)
    month = _MONTHS.index(parts["month"][:3].casefold()) + 1 if parts.get("month") else int(parts["m"])
    year = parts.get("year")
    return _date_of(int(year), month, int(parts["d"])) if year else _nearest(month, int(parts["d"]), named)


def _of_two(one: int, two: int, year: str | None, named: Named) -> date | None:
    """Return the date of ``11/23``, month first; with the year behind, English and American habits differ, and only one may fit."""
    if year is None:
        return _nearest(one, two, named) if one <= 12 else _nearest(two, one, named)
    fitting = {_date_of(int(year), month, day) for month, day in ((one, two), (two, one))} - {None}
    return fitting.pop() if len(fitting) == 1 else None


def _nearest(month: int, day: int, named: Named) -> date | None:
    found = [_date_of(year, month, day) for year in (named.near.year - 1, named.near.year, named.near.year + 1)]
    return min((each for each in found if each), key=lambda each: abs(each - named.near), default=None)


def _date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _serial(number: float) -> Told:
    minutes = round(number % 1 * 24 * 60)
    day = EPOCH + timedelta(days=int(number) + minutes // 1440)
    return Told(day=_within(day), rest=f"{minutes % 1440 // 60}:{minutes % 60:02}" if minutes % 1440 else "")


def _within(day: date) -> date:
    if day.year not in YEARS:
        raise _unclear()
    return day


def _unclear() -> BadInput:
    return BadInput("day_unclear", field="day")

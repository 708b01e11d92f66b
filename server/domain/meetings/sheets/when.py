"""When a row's meeting is: its day and time, from whichever cells tell them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.domain.meetings.sheets.days import Named, Told, day_of, told, weekday_of
from server.domain.meetings.sheets.draft import Draft
from server.domain.meetings.sheets.lines import is_blank
from server.domain.meetings.sheets.times import HALVES, clock_text, span_of
from server.errors import BadInput
from server.sheets import cell_text

_CLOCK = re.compile(r"\d{1,2}:\d\d")


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """What the cells of a row's time say: a text, and the days that stand before its start and its end."""

    text: str
    day: date | None = None
    last: date | None = None


def when(draft: Draft, cells: Mapping[str, Any], named: Named) -> tuple[date | None, tuple[int, int] | None]:
    """Return a row's day and its minutes from midnight, each None if unclear; what is wrong is a fault of ``day`` or ``time``."""
    for name in ("day", "time", "start", "end"):
        if draft.is_error(name):
            draft.fault("day" if name == "day" else "time", "error_cell")
    day = draft.attempt(lambda: _day(cells, named), None)
    clock = draft.attempt(lambda: _clock(cells, named), _Clock(text=""))
    found = Told(day=clock.day) if day is None and clock.day is not None else day
    if found is None:
        draft.fault("day", "missing")
        draft.attempt(lambda: span_of(_with_half(clock.text, cell_text(cells.get("period", "")))), None)
        return None, None
    span = draft.attempt(lambda: _span(found, clock, cell_text(cells.get("period", ""))), None)
    return (None if draft.is_faulty("day") else found.day), (None if draft.is_faulty("time") else span)


def _day(cells: Mapping[str, Any], named: Named) -> Told | None:
    cell = cells.get("day", "")
    if is_blank(cell):
        return None
    day = day_of(cell, named)
    if day is None:
        raise BadInput("day_unclear", field="day")
    if weekday_of(cell_text(cells.get("weekday", ""))) not in {None, day.day.weekday()}:
        raise BadInput("weekday_differs", field="day")
    return day


def _clock(cells: Mapping[str, Any], named: Named) -> _Clock:
    begin = cells.get("start", "")
    day, start = _day_and_text(cells.get("time", "") if is_blank(begin) else begin, named)
    last, end = _day_and_text(cells.get("end", ""), named)
    return _Clock(text=f"{start} - {end}" if end else start, day=day, last=last)


def _day_and_text(cell: Any, named: Named) -> tuple[date | None, str]:
    day, text = clock_text(cell)
    before = told(text, named) if day is None else None
    return (before.day, before.rest) if before else (day, text.strip())


def _span(day: Told, clock: _Clock, period: str) -> tuple[int, int]:
    text, half = clock.text, period
    if HALVES.fullmatch(day.rest):
        half = half or day.rest
    elif day.rest and not text:
        text = day.rest
    elif day.rest and not _CLOCK.fullmatch(day.rest):
        raise BadInput("day_unclear", field="day")  # 23日-25日: which of them
    if clock.day is not None and clock.day != day.day:
        raise BadInput("day_unclear", field="day")
    is_midnight = clock.last == day.day + timedelta(days=1) and text.endswith((" - 0:00", " - 00:00"))
    if clock.last not in {None, day.day} and not is_midnight:
        raise BadInput("over_midnight", field="time")
    return span_of(_with_half(text, half))


def _with_half(text: str, half: str) -> str:
    """Return a time with ``上午`` before it, if that stands in another cell and the time itself tells no half of the day."""
    half = half.strip()
    return f"{half}{text}" if text and HALVES.fullmatch(half) and not HALVES.search(text) else text

"""The staffing line of a day as a picture: what is drawn where, in percent of its width and pixels of its height. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from server.days import Window
from server.domain.meetings.queries.staffing import StaffingLine
from server.domain.meetings.rules import Minute

OPENS, CLOSES = 8, 18
"""Hours that are shown at least."""
HEIGHT, FOOT = 64, 18
"""Pixels of the picture, and below it those for the hours."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch with so many people needed; what is missing stands on top of what is there."""

    left: float
    width: float
    top: float
    height: float
    short: bool


@dataclass(frozen=True, kw_only=True)
class Level:
    """How many are there, along a stretch."""

    left: float
    right: float
    top: float


@dataclass(frozen=True, kw_only=True)
class Tick:
    """An hour at the foot."""

    left: float
    word: str


@dataclass(frozen=True, kw_only=True)
class Strip:
    """The picture. ``most`` is the highest number of people it shows."""

    bars: tuple[Bar, ...]
    levels: tuple[Level, ...]
    ticks: tuple[Tick, ...]
    most: int
    height: int = HEIGHT + FOOT
    foot: int = HEIGHT


def strip(line: StaffingLine, zone: tzinfo) -> Strip:
    """Return the picture of a day's staffing line, as wide as its needs and at least as the usual hours."""
    shown = _shown(line.minutes, zone)
    most = max((max(minute.needed, minute.there) for minute in line.minutes), default=0) or 1
    stretches = list(_stretches(line.minutes, shown))
    return Strip(
        bars=tuple(bar for minute, left, right in stretches for bar in _bars(minute, left, right, most)),
        levels=tuple(Level(left=left, right=right, top=_top(minute.there, most)) for minute, left, right in stretches),
        ticks=tuple(_ticks(shown, zone)),
        most=most,
    )


def _shown(minutes: Sequence[Minute], zone: tzinfo) -> Window:
    midnight = minutes[0].at
    busy = [(minute.at, after.at) for minute, after in pairwise(minutes) if minute.needed]
    begins = min([midnight + OPENS * HOUR, *(begin for begin, _ in busy)])
    ends = max([midnight + CLOSES * HOUR, *(end for _, end in busy)])
    first = begins.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    last = ends.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return Window(begins=first, ends=last if last >= ends else last + HOUR)


def _stretches(minutes: Sequence[Minute], shown: Window) -> Iterator[tuple[Minute, float, float]]:
    whole = shown.ends - shown.begins
    ends = [minute.at for minute in minutes[1:]] + [shown.ends]
    for minute, end in zip(minutes, ends, strict=True):
        begins, until = max(minute.at, shown.begins), min(end, shown.ends)
        if begins < until:
            yield minute, _percent(begins - shown.begins, whole), _percent(until - shown.begins, whole)


def _percent(part: timedelta, whole: timedelta) -> float:
    return round(100 * (part / whole), 3)


def _top(people: int, most: int) -> float:
    return round(HEIGHT - people * (HEIGHT - 6) / most, 1)


def _bars(minute: Minute, left: float, right: float, most: int) -> Iterator[Bar]:
    width = round(right - left, 3)
    held = min(minute.needed, max(minute.there, 0))
    for low, high, short in ((0, held, False), (held, minute.needed, True)):
        if high > low:
            yield Bar(left=left, width=width, top=_top(high, most), height=round(_top(low, most) - _top(high, most), 1), short=short)


def _ticks(shown: Window, zone: tzinfo) -> Iterator[Tick]:
    whole, at = shown.ends - shown.begins, shown.begins
    while at <= shown.ends:
        yield Tick(left=_percent(at - shown.begins, whole), word=_hour(at, zone))
        at += HOUR


def _hour(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H}"

"""A day's posts as bars on one scale of hours, so that a gap is seen before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from server.days import whole_day
from server.domain.posts.queries import Coverage, StintRow

OPENS, CLOSES = 8, 18
"""The hours that are shown in any case."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of a lane, in minutes from the left edge."""

    kind: str
    x: int
    width: int
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One person's day, or the desk's (``name`` is empty)."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The whole picture: ``width`` minutes wide, with the hours that are marked."""

    lanes: tuple[Lane, ...]
    hours: tuple[tuple[int, int], ...]
    width: int
    now_x: int | None


def draw(rows: Sequence[StintRow], coverage: Coverage, *, day: date, zone: tzinfo, now: datetime) -> Drawn:
    """Return the bars of a day; what still goes on reaches to now, or to the end of a day that is over."""
    window = whole_day(day, zone)
    end = min(now, window.ends)
    spans = [(max(row.since, window.begins), min(row.until or end, end)) for row in rows]
    first = min([OPENS, *(_minute(since, window.begins) // 60 for since, _ in spans)])
    last = max([CLOSES, *(-(-_minute(until, window.begins) // 60) for _, until in spans)])
    left = first * 60

    def bar(kind: str, since: datetime, until: datetime | None) -> Bar:
        x = max(_minute(since, window.begins), 0) - left
        return Bar(kind=kind, x=x, width=max(2, _minute(min(until or end, end), window.begins) - left - x), goes_on=until is None)

    desk = [bar("at_desk", row.since, row.until) for row in coverage.attended] + [bar("gap", gap.since, gap.until) for gap in coverage.gaps]
    lanes = [Lane(name="", bars=tuple(desk))] if desk else []
    for (name, _), theirs in groupby(rows, key=lambda row: (row.name, row.staff_id)):
        lanes.append(Lane(name=name, bars=tuple(bar(row.state.value, row.since, row.until) for row in theirs)))
    now_x = _minute(now, window.begins) - left if window.holds(now) else None
    step = 1 if last - first <= 12 else 2
    return Drawn(
        lanes=tuple(lanes),
        hours=tuple((hour, (hour - first) * 60) for hour in range(first, last + 1, step)),
        width=(last - first) * 60,
        now_x=now_x,
    )


def _minute(instant: datetime, midnight: datetime) -> int:
    return int((instant - midnight).total_seconds() // 60)

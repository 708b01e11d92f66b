"""When an invitation lets somebody in: one window, or some weekdays and hours within a span of days. Pure; local time given by a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from server.days import Window, at_local, local_day

LONGEST_SPAN = timedelta(days=400)
"""An invitation is good for no longer than this."""
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """The weekdays (0 is Monday) and, on each, the minutes after local midnight between which somebody may come."""

    weekdays: tuple[int, ...]
    daily_from: int
    daily_until: int


class Openness(StrEnum):
    """Whether an invitation lets somebody in."""

    EARLY = "early"
    OPEN = "open"
    CLOSED_TODAY = "closed_today"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How an invitation stands at an instant: ``window`` is the one that is open, or the next to open."""

    openness: Openness
    window: Window | None


def window_on(day: date, span: Window, recurrence: Recurrence, zone: tzinfo) -> Window | None:
    """Return a recurring invitation's window on ``day``, None if it has none."""
    if day.weekday() not in recurrence.weekdays:
        return None
    begins = max(span.begins, _minutes_into(day, recurrence.daily_from, zone))
    ends = min(span.ends, _minutes_into(day, recurrence.daily_until, zone))
    return Window(begins=begins, ends=ends) if begins < ends else None


def opening(now: datetime, span: Window, recurrence: Recurrence | None, zone: tzinfo) -> Opening:
    """Return how an invitation stands at ``now``, and when it opens next if it is not open."""
    if now >= span.ends:
        return Opening(openness=Openness.OVER, window=None)
    if recurrence is None:
        return Opening(openness=Openness.OPEN if now >= span.begins else Openness.EARLY, window=span)
    today = window_on(local_day(now, zone), span, recurrence, zone)
    if today is not None and today.holds(now):
        return Opening(openness=Openness.OPEN, window=today)
    upcoming = next((window for window in _windows_from(now, span, recurrence, zone) if window.begins > now), None)
    if today is not None and now >= today.ends:
        return Opening(openness=Openness.CLOSED_TODAY, window=upcoming)
    return Opening(openness=Openness.OVER if upcoming is None else Openness.EARLY, window=upcoming)


def _windows_from(now: datetime, span: Window, recurrence: Recurrence, zone: tzinfo) -> Iterator[Window]:
    day = local_day(max(now, span.begins), zone)
    # Eight days hold each weekday, and the first of them once more.
    for ahead in range(8):
        window = window_on(day + timedelta(days=ahead), span, recurrence, zone)
        if window is not None:
            yield window


def _minutes_into(day: date, minutes: int, zone: tzinfo) -> datetime:
    if minutes >= MINUTES_A_DAY:
        return at_local(day + timedelta(days=1), time(), zone)
    return at_local(day, time(minutes // 60, minutes % 60), zone)

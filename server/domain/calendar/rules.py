"""Which days are worked. Pure: Monday to Friday, unless the calendar says otherwise; no library knows next year's swapped days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

LONGEST_REST = 30
"""Days in a row without work that are looked through; longer, and every day counts as worked."""


NEXT_YEAR_FROM = 11
"""The month from which the next year is asked about: by then its swapped days are announced."""


class DayKind(StrEnum):
    """What the calendar says of a day: worked though a weekend, free though a weekday, or as its weekday has it."""

    WORK = "work"
    REST = "rest"
    PLAIN = "plain"


def is_worked(day: date, said: Mapping[date, DayKind]) -> bool:
    """Tell whether ``day`` is worked."""
    kind = said.get(day, DayKind.PLAIN)
    return day.weekday() < 5 if kind is DayKind.PLAIN else kind is DayKind.WORK


def years_to_confirm(today: date) -> tuple[int, ...]:
    """Return the years whose swapped days somebody must have looked through by now: this one, and from November on the next."""
    return (today.year, today.year + 1) if today.month >= NEXT_YEAR_FROM else (today.year,)


def worked_before(day: date, said: Mapping[date, DayKind]) -> date:
    """Return the last working day before ``day`` (S114: the day before a meeting); the plain day before where nobody works for a month."""
    for back in range(1, LONGEST_REST + 1):
        earlier = day - timedelta(days=back)
        if is_worked(earlier, said):
            return earlier
    return day - timedelta(days=1)


def worked_after(day: date, said: Mapping[date, DayKind]) -> date:
    """Return the first working day after ``day``."""
    for ahead in range(1, LONGEST_REST + 1):
        later = day + timedelta(days=ahead)
        if is_worked(later, said):
            return later
    return day + timedelta(days=1)

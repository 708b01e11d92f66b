"""The verbs of the calendar: say what days are, and that a year was looked through."""

from __future__ import annotations

from datetime import date, timedelta

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.calendar.rules import DayKind
from server.domain.calendar.tables import CalendarDay, CalendarYear
from server.errors import BadInput
from server.events import CalendarChanged
from server.text import clean_line

YEARS = range(2000, 2200)
"""Years that a calendar may speak of."""
MOST_DAYS = 31
"""Days in a row that are set at once."""


@command
def set_day(tx: Unit, *, day: date, kind: str, note: str = "", until: date | None = None) -> Outcome:
    """Say that a day (and each to ``until``) is worked, free, or as its weekday has it: ``day_set``.

    Refuses an unknown kind (field ``kind``), a far year (``day``), a last day before the first and more than a month (``until``).
    """
    if kind not in {each.value for each in DayKind}:
        raise BadInput("not_a_choice", field="kind")
    if day.year not in YEARS:
        raise BadInput("day_unclear", field="day")
    line = clean_line(note, field="note", most=40)
    for each in _days(day, until or day):
        _put(tx, each, kind, line)
    return Outcome(code="day_set", ids={"day": day.isoformat()})


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise BadInput("last_before_first", field="until")
    if (last - first).days >= MOST_DAYS:
        raise BadInput("too_many_days", field="until", most=MOST_DAYS)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _put(tx: Unit, day: date, kind: str, note: str) -> None:
    row = tx.session.get(CalendarDay, day)
    if row is None:
        row = CalendarDay(day=day, kind=kind, changed_at=tx.now)
        tx.session.add(row)
    row.kind, row.note, row.changed_at = kind, note, tx.now
    tx.record(CalendarChanged(day=day.isoformat()))


@command
def confirm_year(tx: Unit, *, year: int) -> Outcome:
    """Say that the swapped days of a year stand as they are announced (``year_confirmed``): the desk is no longer asked about it."""
    if year not in YEARS:
        raise BadInput("day_unclear", field="year")
    row = tx.session.get(CalendarYear, year)
    if row is None:
        row = CalendarYear(year=year, confirmed_at=tx.now, confirmed_by="")
        tx.session.add(row)
    if not row.confirmed_by:
        row.confirmed_at, row.confirmed_by = tx.now, tx.actor
        tx.record(CalendarChanged(day=f"{year}"))
    return Outcome(code="year_confirmed", ids={"year": year})


@command
def reopen_year(tx: Unit, *, year: int) -> Outcome:
    """Take back that a year was looked through: ``year_reopened``; the desk is asked about it again."""
    if year not in YEARS:
        raise BadInput("day_unclear", field="year")
    row = tx.session.get(CalendarYear, year)
    if row is not None and row.confirmed_by:
        row.confirmed_by = ""
        tx.record(CalendarChanged(day=f"{year}"))
    return Outcome(code="year_reopened", ids={"year": year})

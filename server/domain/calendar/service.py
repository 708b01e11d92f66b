"""The verbs of the calendar: say what a day is, and that a year was looked through."""

from __future__ import annotations

from datetime import date

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.calendar.rules import DayKind
from server.domain.calendar.tables import CalendarDay, CalendarYear
from server.errors import BadInput
from server.events import CalendarChanged
from server.text import clean_line

YEARS = range(2000, 2200)
"""Years that a calendar may speak of."""


@command
def set_day(tx: Unit, *, day: date, kind: str, note: str = "") -> Outcome:
    """Say that a day is worked, free, or as its weekday has it; refuses an unknown kind (field ``kind``) and a far year (``day``)."""
    if kind not in {each.value for each in DayKind}:
        raise BadInput("not_a_choice", field="kind")
    if day.year not in YEARS:
        raise BadInput("day_unclear", field="day")
    line = clean_line(note, field="note", most=40)
    row = tx.session.get(CalendarDay, day)
    if row is None:
        row = CalendarDay(day=day, kind=kind, changed_at=tx.now)
        tx.session.add(row)
    row.kind, row.note, row.changed_at = kind, line, tx.now
    tx.record(CalendarChanged(day=day.isoformat()))
    return Outcome(code="day_set", ids={"day": day.isoformat()})


@command
def confirm_year(tx: Unit, *, year: int) -> Outcome:
    """Say that the swapped days of a year stand as they are announced: the desk is no longer asked about it."""
    if year not in YEARS:
        raise BadInput("day_unclear", field="year")
    if tx.session.get(CalendarYear, year) is None:
        tx.session.add(CalendarYear(year=year, confirmed_at=tx.now, confirmed_by=tx.actor))
        tx.record(CalendarChanged(day=f"{year}"))
    return Outcome(code="year_confirmed", ids={"year": year})

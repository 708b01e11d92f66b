"""Reads of the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from server.domain.calendar import rules
from server.domain.calendar.rules import DayKind
from server.domain.calendar.tables import CalendarDay, CalendarYear


@dataclass(frozen=True, kw_only=True)
class SaidDay:
    """A day the calendar says something about."""

    day: date
    kind: DayKind
    note: str


def said_between(session: Session, begins: date, ends: date) -> Mapping[date, DayKind]:
    """Return what is said about the days from ``begins`` to ``ends``, both counted."""
    rows = session.exec(select(CalendarDay).where(col(CalendarDay.day) >= begins, col(CalendarDay.day) <= ends))
    return {row.day: DayKind(row.kind) for row in rows}


def said_days(session: Session, year: int) -> tuple[SaidDay, ...]:
    """Return the swapped days of a year, in order; days that are as their weekday again are left out."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = session.exec(
        select(CalendarDay).where(col(CalendarDay.day) >= first, col(CalendarDay.day) <= last).order_by(col(CalendarDay.day))
    )
    return tuple(SaidDay(day=row.day, kind=DayKind(row.kind), note=row.note) for row in rows if row.kind != DayKind.PLAIN)


def said_since(session: Session, instant: datetime) -> Mapping[date, datetime]:
    """Return the days that something was said about after ``instant``, each with when."""
    rows = session.exec(select(CalendarDay).where(col(CalendarDay.changed_at) > instant))
    return {row.day: row.changed_at for row in rows}


def is_confirmed(session: Session, year: int) -> bool:
    """Tell whether somebody has looked through the swapped days of a year."""
    return confirmed_at(session, year) is not None


def confirmed_at(session: Session, year: int) -> datetime | None:
    """Return when the swapped days of a year were looked through; None if nobody has, or it was taken back."""
    row = session.get(CalendarYear, year)
    return row.confirmed_at if row is not None and row.confirmed_by else None


def unconfirmed_years(session: Session, today: date) -> tuple[int, ...]:
    """Return the years that the desk must be asked about: this one, from November on the next, where nobody has confirmed them."""
    return tuple(year for year in rules.years_to_confirm(today) if not is_confirmed(session, year))


def worked_before(session: Session, day: date) -> date:
    """Return the last working day before ``day``."""
    return rules.worked_before(day, said_between(session, day - timedelta(days=rules.LONGEST_REST + 1), day))


def is_worked(session: Session, day: date) -> bool:
    """Tell whether ``day`` is worked."""
    return rules.is_worked(day, said_between(session, day, day))

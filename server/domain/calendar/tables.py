"""Tables of the calendar."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.calendar.rules import DayKind

_day_version = version_column()
_year_version = version_column()


class CalendarDay(SQLModel, table=True):
    """A day that the supervisor has said something about."""

    __tablename__ = "calendar_day"
    __mapper_args__ = {"version_id_col": _day_version}
    __table_args__ = (CheckConstraint(f"kind in ({', '.join(repr(kind.value) for kind in DayKind)})", name="calendar_day_kind"),)

    day: date = Field(primary_key=True)
    kind: str = Field(max_length=5)
    note: str = Field(default="", max_length=40)
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_day_version)


class CalendarYear(SQLModel, table=True):
    """A year whose swapped days somebody has looked through; ``confirmed_by`` is empty once that was taken back."""

    __tablename__ = "calendar_year"
    __mapper_args__ = {"version_id_col": _year_version}

    year: int = Field(primary_key=True)
    confirmed_at: datetime = Field(sa_type=Instant)
    confirmed_by: str = Field(max_length=40)
    version: int = Field(default=1, sa_column=_year_version)

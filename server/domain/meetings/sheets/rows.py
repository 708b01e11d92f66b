"""What a schedule says once it was read: one row a meeting, with whatever is wrong named by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.sheets import Fault

MOST_MEETINGS = 5_000
"""Rows that a workbook may list, or events that a calendar may hold."""
MOST_INSTANCES = 20_000
"""Meetings that the events of a calendar may come to."""

FAULT_CODES = frozenset(
    {
        *("missing", "too_long", "broken_text", "formula_text", "error_cell", "bad_value"),
        *("day_unclear", "weekday_differs", "time_unclear", "ends_before_start", "over_midnight"),
        *("category_unknown", "layout_unknown", "number_unclear"),
        *("repeats_unclear", "repeats_too_much"),
    }
)
"""Every code that a fault of a row may carry."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where and when a schedule is read: the site's zone, its day today, and the window in which recurring events are spelt out.

    A date without a year is the one nearest to ``today``, unless the schedule's title names a week, month or year.
    """

    zone: ZoneInfo
    today: date
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ScheduleRow:
    """One meeting of a schedule.

    ``number`` is the row as the office program shows it, in a calendar the place of its event in the file. ``key`` knows the same
    meeting again on a later import (see :mod:`server.domain.meetings.sheets.keys`). ``starts_at`` and ``ends_at`` are in UTC, and both
    None if a fault says that day or time is unclear. ``columns`` says where each field stands, by letter or name of property, and
    ``place`` where the row stood in a list that is kept in another order.
    """

    number: int
    sheet: str
    key: str
    title: str
    room: str
    starts_at: datetime | None
    ends_at: datetime | None
    category: str = ""
    layout: str = ""
    estimated: int | None = None
    guaranteed: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    tenant: str = ""
    tea_minutes: int | None = None
    equipment: str = ""
    notes: str = ""
    cancelled: bool = False
    place: int = 0
    faults: tuple[Fault, ...] = ()
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Every meeting a file lists, in its order, and the names of the sheets that were passed over: hidden, or without a header."""

    rows: tuple[ScheduleRow, ...]
    passed_over: tuple[str, ...] = ()


def packed(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as JSON holds it."""
    return {"rows": [_packed_row(row) for row in schedule.rows], "passed_over": list(schedule.passed_over)}


def unpacked(content: Mapping[str, Any]) -> Schedule:
    """Return the schedule that was packed."""
    return Schedule(rows=tuple(_unpacked_row(row) for row in content["rows"]), passed_over=tuple(content["passed_over"]))


def _packed_row(row: ScheduleRow) -> dict[str, Any]:
    return {**vars(row), **_instants(row), "faults": [asdict(fault) for fault in row.faults], "columns": dict(row.columns)}


def _instants(row: ScheduleRow) -> dict[str, str | None]:
    return {
        name: None if instant is None else instant.isoformat() for name, instant in (("starts_at", row.starts_at), ("ends_at", row.ends_at))
    }


def _unpacked_row(row: Mapping[str, Any]) -> ScheduleRow:
    instants = {name: row[name] and datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at")}
    return ScheduleRow(**{**row, **instants, "faults": tuple(Fault(**fault) for fault in row["faults"])})

"""Schedules in workbooks: every sheet that has a header, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any

from server.domain.meetings.sheets.columns import HEADER_WITHIN, fields_of, header_of, joined, settled
from server.domain.meetings.sheets.days import Named, day_of, named_by, week_named_in
from server.domain.meetings.sheets.draft import Draft, described, instant
from server.domain.meetings.sheets.keys import Keys
from server.domain.meetings.sheets.lines import Line, is_blank, lines_of
from server.domain.meetings.sheets.rows import MOST_MEETINGS, Schedule, ScheduleRow, Site
from server.domain.meetings.sheets.times import HALVES
from server.domain.meetings.sheets.when import when
from server.errors import BadInput
from server.sheets import MOST_ABOVE, MOST_ROWS, Page, Unreadable, cell_text, column_letter, is_nothing

_TIMES = frozenset({"time", "start", "end"})
_FURTHER = frozenset({"notes", "equipment"})
_TELLING = _TIMES | {"title", "contact_name", "contact_phone", "tenant", "estimated", "guaranteed"}
"""A line that tells none of these is a free slot, a heading or a remark."""
_NO_MEETING = frozenset({"无会议", "无安排", "暂无", "暂无会议"})


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A line under a header: its cells by field, which of them are its own, and what the titles above it name."""

    number: int
    cells: dict[str, Any]
    own: frozenset[str]
    columns: Mapping[str, str]
    named: Named

    def said(self, name: str) -> str:
        """Return the text of a field, "" where people write that there is nothing."""
        text = cell_text(self.cells.get(name, "")).strip()
        return "" if is_nothing(text) or text in _NO_MEETING else text


@dataclass(kw_only=True)
class _Sheet:
    """A sheet while it is read: what its titles name, the header that holds, and the day of lines that tell none."""

    named: Named
    today: date
    header: dict[int, str] = field(default_factory=dict)
    is_below_header: bool = False
    is_below_meeting: bool = False
    day: Any = ""
    rows: list[_Row] = field(default_factory=list)


def schedule_of(pages: Iterable[Page], filename: str, site: Site) -> Schedule:
    """Return what a workbook lists; raises :class:`Unreadable` with ``file_empty``, ``file_no_header`` or ``file_too_many_rows``."""
    keys = Keys()
    rows: list[ScheduleRow] = []
    passed_over: list[str] = []
    left = MOST_ROWS + MOST_ABOVE
    has_header = False
    for page in pages:
        lines = lines_of(page)
        left -= len(lines)
        if left < 0:
            raise Unreadable("file_too_many_rows")
        sheet = None if page.is_hidden else _read_sheet(page.name, lines, filename, site.today)
        if sheet is None:
            passed_over += [page.name] if lines else []
            continue
        has_header = True
        if len(rows) + len(sheet.rows) > MOST_MEETINGS:
            raise Unreadable("file_too_many_rows")
        rows += [_schedule_row(row, page.name, site, keys) for row in sheet.rows]
    if not has_header:
        raise Unreadable("file_no_header" if passed_over else "file_empty")
    return Schedule(rows=tuple(rows), passed_over=tuple(passed_over))


def _read_sheet(name: str, lines: Sequence[Line], filename: str, today: date) -> _Sheet | None:
    """Return a sheet's rows under its header, None if it has none within the first lines."""
    place = next((place for place, line in enumerate(lines[: HEADER_WITHIN + 1]) if header_of(line.cells)), None)
    if place is None:
        return None
    above = [cell_text(line.cells[index]) for line in lines[:place] for index in sorted(line.own)]
    sheet = _Sheet(named=named_by([*above, name, PurePath(filename).stem], today), today=today)
    for line in lines[place:]:
        _read_line(line, sheet)
    return sheet


def _read_line(line: Line, sheet: _Sheet) -> None:
    header = header_of(line.cells) or (_lower_header(line) if sheet.is_below_header else {})
    if header:
        sheet.header = joined(sheet.header, header) if sheet.is_below_header else header
        sheet.is_below_header = True
        return
    sheet.is_below_header = False
    row = _row(line, sheet)
    lone = _lone(line) if "room" not in row.own else ""
    if sheet.is_below_meeting and row.own and row.own <= _FURTHER:
        _add_further(row, sheet.rows[-1])
        return
    sheet.is_below_meeting = False
    if lone and _tells_day(lone, sheet.named):
        sheet.day = lone
    elif _is_meeting(row):
        row.cells["day"], row.cells["weekday"] = _day_cells(row, sheet.day)
        sheet.day = row.cells["day"]
        sheet.rows.append(row)
        sheet.is_below_meeting = True
    else:
        _heed(row, lone, sheet)


def _lone(line: Line) -> str:
    """Return the one text of a line that holds no other: a heading, or a remark."""
    return cell_text(line.cells[next(iter(line.own))]) if len(line.own) == 1 else ""


def _lower_header(line: Line) -> dict[int, str]:
    """Return what the second line of a header names: it holds nothing but names."""
    header = fields_of(line.cells)
    return header if line.own <= header.keys() else {}


def _row(line: Line, sheet: _Sheet) -> _Row:
    header = settled(sheet.header)
    return _Row(
        number=line.number,
        cells={name: line.cells[index] for index, name in header.items() if index < len(line.cells)},
        own=frozenset(name for index, name in header.items() if index in line.own),
        columns={name: column_letter(index) for index, name in header.items()},
        named=sheet.named,
    )


def _is_meeting(row: _Row) -> bool:
    says_no_meeting = not is_blank(row.cells.get("title")) and not row.said("title")
    if says_no_meeting or not row.own & (_TELLING | {"room"}):
        return False
    return any(row.said(name) for name in _TIMES | {"title"} | (row.own & _TELLING))


def _day_cells(row: _Row, above: Any) -> tuple[Any, Any]:
    """Return the cells that tell a row's day and its weekday; a row without a day belongs to the one above."""
    day, weekday = row.cells.get("day", ""), row.cells.get("weekday", "")
    if is_blank(day) and (is_blank(weekday) or "day" in row.columns):
        day = above
    return (weekday, "") if is_blank(day) else (day, weekday)


def _add_further(row: _Row, meeting: _Row) -> None:
    """Add a line that holds nothing but notes or equipment to the meeting above it."""
    for name in row.own:
        meeting.cells[name] = "；".join(text for text in (meeting.said(name), row.said(name)) if text)


def _heed(row: _Row, lone: str, sheet: _Sheet) -> None:
    """Take from a line that is no meeting what it says of those below: a day, or the week of another title."""
    named = week_named_in(lone, sheet.today)
    if _tells_day(row.cells.get("day", ""), sheet.named):
        sheet.day = row.cells["day"]
    elif named is not None:
        sheet.named, sheet.day = named, ""


def _tells_day(cell: Any, named: Named) -> bool:
    with suppress(BadInput):
        day = day_of(cell, named)
        return day is not None and (not day.rest or HALVES.fullmatch(day.rest) is not None)
    return False


def _schedule_row(row: _Row, sheet: str, site: Site, keys: Keys) -> ScheduleRow:
    draft = Draft({name: cell_text(cell) for name, cell in row.cells.items()}, row.columns, is_sheet=True)
    day, span = when(draft, row.cells, row.named)
    found = described(draft)
    starts_at, ends_at = (instant(day, minutes, site.zone) for minutes in span) if day and span else (None, None)
    return ScheduleRow(
        number=row.number,
        sheet=sheet,
        key=keys.listed(number=draft.text("number"), day=str(day or draft.texts["day"]), title=found["title"]),
        starts_at=starts_at,
        ends_at=ends_at,
        columns=row.columns,
        **found,
        faults=tuple(draft.faults),
    )

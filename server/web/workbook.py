"""Registers as Excel: real numbers and dates, a frozen header, and text that stays text.

A cell that an office program would take for a formula is written with an apostrophe before it, so that it is text in Excel and still
is when somebody saves the sheet as CSV. What no sheet can hold (NUL and its like) is dropped.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from server.web.house import house

Value = str | int | date | datetime | None


class Kind(StrEnum):
    """What a column holds, and so how a page and a sheet write it."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    HOUR = "hour"
    MOMENT = "moment"


FORMATS = {Kind.NUMBER: "#,##0", Kind.DAY: "yyyy-mm-dd", Kind.HOUR: "hh:mm", Kind.MOMENT: "yyyy-mm-dd hh:mm"}
RISKY = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
"""How a text begins that is taken for a formula, also in the wide signs of a Chinese keyboard, and behind blanks."""
LONE = re.compile("[\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_000
TAB_NAME = 31
"""Characters that the name of a sheet may have."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its heading, what it holds, how wide it is in characters, and whether on a page it leads where its row does."""

    head: str
    kind: Kind = Kind.TEXT
    width: int = 14
    is_way: bool = False

    @property
    def is_number(self) -> bool:
        """Whether its cells stand at the right."""
        return self.kind is Kind.NUMBER


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: a value a column, and (on a page) where it leads. ``strong`` is a sum."""

    cells: tuple[Value, ...]
    href: str = ""
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A register: its name, its columns and its rows; drawn as a page, printed, and written as one sheet of a workbook.

    ``empty`` is said where there is no row. With ``by_day`` the first column is a day, which a page writes once above its rows.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str
    by_day: bool = False


def write(tables: Sequence[Table], *, title: str) -> bytes:
    """Return an .xlsx with a sheet for each table; ``title`` stands at the head of every printed page."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(_tab(table.name)), table, title)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tab(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:TAB_NAME]


def _fill(page: Worksheet, table: Table, title: str) -> None:
    bold = Font(bold=True)
    for place, column in enumerate(table.columns, start=1):
        head = _put(page.cell(row=1, column=place), plain_text(column.head))
        head.font, head.alignment = bold, Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(place)].width = column.width
    for number, row in enumerate(table.rows, start=2):
        for place, (column, value) in enumerate(zip(table.columns, row.cells, strict=True), start=1):
            _write(page.cell(row=number, column=place), column.kind, value)
            if row.strong:
                page.cell(row=number, column=place).font = bold
    page.freeze_panes = "A2"
    _as_printed(page, title)


def _as_printed(page: Worksheet, title: str) -> None:
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddHeader.left.text = plain_text(title).replace("&", "&&")
    page.oddFooter.right.text = "&P / &N"


def _write(cell: Cell, kind: Kind, value: Value) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        _put(cell, plain_text(value))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return
    cell.value = value.astimezone(house().settings.zone).replace(tzinfo=None) if isinstance(value, datetime) else value
    cell.number_format = FORMATS.get(kind, "General")
    cell.alignment = Alignment(vertical="top")


def _put(cell: Cell, text: str) -> Cell:
    cell.value = text
    cell.data_type = "s"
    return cell


def plain_text(text: str) -> str:
    """Return ``text`` as a sheet can hold it and no office program runs it."""
    kept = LONE.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST_CELL]
    return f"'{kept}" if RISKY.match(kept) else kept

"""Reading of lists that people send: .xlsx, .xls and .csv, in a process of its own (``python -m server.domain.people.sheets``)."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from server.sheets import (
    LONGEST_CELL,
    MOST_ABOVE,
    MOST_COLUMNS,
    MOST_ROWS,
    Unreadable,
    answer_with,
    ask_reader,
    cell_text,
    checked_kind,
    decoded,
    pages,
)

KINDS = frozenset({".xlsx", ".xls", ".csv"})


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The rows of the first sheet that has any, each with its number as the office program shows it."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(content: bytes, filename: str) -> Sheet:
    """Return the rows of a file; refuses (field ``file``) with ``file_empty``, ``file_too_big``, ``file_kind_unknown``,
    ``file_too_many_rows`` or ``file_unreadable``.
    """
    kind = checked_kind(content, filename, KINDS)
    answer = ask_reader(__name__, kind, content=content)
    return Sheet(rows=tuple((number, tuple(cells)) for number, cells in answer["rows"]))


# --- inside the reading process -----------------------------------------------------------------------------------------


def rows_of(content: bytes, kind: str) -> list[tuple[int, list[str]]]:
    """Return the numbered rows that hold anything; raises :class:`Unreadable`."""
    rows = _text_rows(content) if kind == ".csv" else _workbook_rows(content, kind)
    found: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        line = [cell_text(cell)[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]
        if any(cell.strip() for cell in line):
            found.append((number, line))
        if len(found) > MOST_ROWS + MOST_ABOVE:
            raise Unreadable("file_too_many_rows")
    if not found:
        raise Unreadable("file_empty")
    return found


def _text_rows(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    text = decoded(content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable("file_unreadable") from None
    return enumerate(rows, start=1)


def _workbook_rows(content: bytes, kind: str) -> Iterable[tuple[int, Sequence[Any]]]:
    return next((page.rows for page in pages(content, kind)), ())


def template(language: str) -> bytes:
    """Return an .xlsx with the header of a list in ``zh`` or ``en`` and one example row."""
    from openpyxl import Workbook

    from server.domain.people.rules import COLUMNS

    book = Workbook()
    page = book.active
    page.append([(column.zh if language == "zh" else column.en)[0] for column in COLUMNS])
    page.append([column.example[0 if language == "zh" else 1] for column in COLUMNS])
    page.freeze_panes = "A2"
    for cell in page[1]:
        page.column_dimensions[cell.column_letter].width = 16
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    answer_with(lambda content: {"rows": rows_of(content, sys.argv[1])})

"""Reading of lists that people send: .xlsx, .xls and .csv, in a process of its own.

A sheet from outside may be a bomb (a gigabyte in a kilobyte, a lone cell in the last row and column), and a large one takes a
second. So the server hands it to ``python -m server.domain.people.sheets``, which may use so much memory and time and no more, and
gets rows of plain text back, or a refusal.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

from server.errors import BadInput

MOST_ROWS = 20_000
MOST_ABOVE = 10
"""Title and header."""
MOST_COLUMNS = 64
MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 48 * 1024 * 1024
"""Bytes of an .xlsx when unpacked."""
MOST_ENTRIES = 500
MEMORY_BYTES = 640 * 1024 * 1024
"""Address space of the reading process; what it touches of it stays under half."""
CPU_SECONDS = 10
LONGEST_CELL = 2000
"""Characters kept of a cell: enough to see that it is too long."""

KINDS = frozenset({".xlsx", ".xls", ".csv"})


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The rows of the first sheet that has any, each with its number as the office program shows it."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]


class Unreadable(Exception):
    """A file that cannot be read, by the code of its refusal."""


def read(content: bytes, filename: str) -> Sheet:
    """Return the rows of a file; refuses (field ``file``) with ``file_empty``, ``file_too_big``, ``file_kind_unknown``,
    ``file_too_many_rows`` or ``file_unreadable``.
    """
    kind = PurePath(filename.replace("\0", "")).suffix.casefold()
    if not content:
        raise BadInput("file_empty", field="file")
    if len(content) > MOST_BYTES:
        raise BadInput("file_too_big", field="file", most_megabytes=MOST_BYTES // 1024 // 1024)
    if kind not in KINDS:
        raise BadInput("file_kind_unknown", field="file")
    answer = _ask_reader(content, kind)
    if "refusal" in answer:
        raise BadInput(answer["refusal"], field="file", most_rows=MOST_ROWS)
    return Sheet(rows=tuple((number, tuple(cells)) for number, cells in answer["rows"]))


def _ask_reader(content: bytes, kind: str) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the file comes by its standard input
            [sys.executable, "-m", __name__, kind], input=content, capture_output=True, timeout=3 * CPU_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"refusal": "file_unreadable"}
    if done.returncode != 0:
        return {"refusal": "file_unreadable"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# --- inside the reading process -----------------------------------------------------------------------------------------


def main(kind: str) -> None:
    """Read a file from standard input and write its rows, or the code of a refusal, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        answer: dict[str, Any] = {"rows": rows_of(sys.stdin.buffer.read(), kind)}
    except Unreadable as refusal:
        answer = {"refusal": str(refusal)}
    sys.stdout.write(json.dumps(answer))


def rows_of(content: bytes, kind: str) -> list[tuple[int, list[str]]]:
    """Return the numbered rows that hold anything; raises :class:`Unreadable`."""
    rows = _text_rows(content) if kind == ".csv" else _workbook_rows(content, kind)
    found: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        line = [_text(cell)[:LONGEST_CELL] for cell in cells[:MOST_COLUMNS]]
        if any(cell.strip() for cell in line):
            found.append((number, line))
        if len(found) > MOST_ROWS + MOST_ABOVE:
            raise Unreadable("file_too_many_rows")
    if not found:
        raise Unreadable("file_empty")
    return found


def _text_rows(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable("file_unreadable") from None
    return enumerate(rows, start=1)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]  # GB 18030 holds GBK and GB 2312, which Chinese offices still write
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("file_unreadable")


def _workbook_rows(content: bytes, kind: str) -> Iterable[tuple[int, Sequence[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    file = _unpacked(content) if kind == ".xlsx" else io.BytesIO(content)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height:
                first = sheet.start[0] if sheet.start else 0
                return enumerate(sheet.to_python(skip_empty_area=True), start=first + 1)
    except (CalamineError, OSError, ValueError, KeyError, IndexError):
        raise Unreadable("file_unreadable") from None
    raise Unreadable("file_empty")


def _unpacked(content: bytes) -> io.BytesIO:
    """Return the workbook packed anew from what really came out of it, so that no header can lie about its size."""
    plain = io.BytesIO()
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(plain, "w") as checked:
            if len(packed.infolist()) > MOST_ENTRIES:
                raise Unreadable("file_unreadable")
            for entry in packed.infolist():
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                with packed.open(entry) as part:
                    data = part.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise Unreadable("file_too_big")
                checked.writestr(entry.filename, data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("file_unreadable") from None
    plain.seek(0)
    return plain


def _text(cell: Any) -> str:
    """Return a cell as somebody reads it: 13800138000.0 is a phone number without a point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


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
    main(sys.argv[1])

"""Files that people send and what all lists have in common: read in a process of its own, opened without trust, faults by cell.

A sheet from outside may be a bomb (a gigabyte in a kilobyte, a lone cell in the last row and column), and a large one takes a
second. So the server hands it to ``python -m`` the subject's reader, which may use so much memory and time and no more, and gets
plain answers back, or a refusal. The subject says what the cells mean; how a file is opened stands here once.
"""

from __future__ import annotations

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
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

_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "n/a"})
_FORMULA = re.compile(r"[=@+\-\t\r]")
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\s(?:[^<>]*?\s)?t=)(["'])e\2""")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one cell: the letter of its column, the field, and a stable code."""

    column: str
    field: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One sheet of a workbook: rows numbered as the office program shows them, each from column A on, and its merged cells.

    A merged range is its first and last cell, row and column counted from 0; only the first holds anything.
    """

    name: str
    is_hidden: bool
    rows: Sequence[tuple[int, Sequence[Any]]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


class Unreadable(Exception):
    """A file that cannot be read, by the code of its refusal."""


def checked_kind(content: bytes, filename: str, kinds: frozenset[str]) -> str:
    """Return a file's kind (``.xlsx``); refuses (field ``file``) with ``file_empty``, ``file_too_big`` or ``file_kind_unknown``."""
    kind = PurePath(filename.replace("\0", "")).suffix.casefold()
    if not content:
        raise BadInput("file_empty", field="file")
    if len(content) > MOST_BYTES:
        raise BadInput("file_too_big", field="file", most_megabytes=MOST_BYTES // 1024 // 1024)
    if kind not in kinds:
        raise BadInput("file_kind_unknown", field="file")
    return kind


def ask_reader(module: str, *words: str, content: bytes, most_rows: int = MOST_ROWS) -> dict[str, Any]:
    """Return what ``python -m module words…`` makes of the file; refuses (field ``file``) with its code or ``file_unreadable``.

    ``most_rows`` is told with the refusal of too many.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the file comes by its standard input
            [sys.executable, "-m", module, *words], input=content, capture_output=True, timeout=3 * CPU_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadInput("file_unreadable", field="file") from None
    if done.returncode != 0:
        raise BadInput("file_unreadable", field="file")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refusal" in answer:
        raise BadInput(answer["refusal"], field="file", most_rows=most_rows)
    return answer


def column_letter(index: int) -> str:
    """Return the letters of a column counted from 0: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_nothing(text: str) -> bool:
    """Tell whether this is what people write where there is nothing."""
    return text.strip().casefold() in _NOTHING


def is_formula(text: str) -> bool:
    """Tell whether an office program that is given this text would take it for a formula."""
    return _FORMULA.match(text) is not None


# --- inside the reading process -----------------------------------------------------------------------------------------


def answer_with(work: Callable[[bytes], dict[str, Any]]) -> None:
    """Write what ``work`` makes of standard input, or the code of its refusal, as JSON, within the limits of memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        answer = work(sys.stdin.buffer.read())
    except Unreadable as refusal:
        answer = {"refusal": str(refusal)}
    sys.stdout.write(json.dumps(answer))


def pages(content: bytes, kind: str, *, keep_errors: bool = False) -> Iterator[Page]:
    """Yield every sheet of an ``.xlsx`` or ``.xls`` that holds anything; raises :class:`Unreadable`.

    With ``keep_errors`` an error cell of an ``.xlsx`` reads as its text (``#REF!``), otherwise as an empty one.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    file = _unpacked(content, keep_errors=keep_errors) if kind == ".xlsx" else io.BytesIO(content)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        for about in workbook.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if not sheet.height:
                continue
            row, column = sheet.start or (0, 0)
            before = [""] * min(column, MOST_COLUMNS)
            yield Page(
                name=about.name,
                is_hidden=about.visible != SheetVisibleEnum.Visible,
                rows=[(number, (before + cells)[:MOST_COLUMNS]) for number, cells in enumerate(sheet.to_python(), start=row + 1)],
                merged=tuple(sheet.merged_cell_ranges or ()),
            )
    except (CalamineError, OSError, ValueError, KeyError, IndexError):
        raise Unreadable("file_unreadable") from None


def _unpacked(content: bytes, *, keep_errors: bool) -> io.BytesIO:
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
                if keep_errors and entry.filename.startswith("xl/worksheets/"):
                    data = _ERROR_CELL.sub(rb'\1"str"', data)
                checked.writestr(entry.filename, data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("file_unreadable") from None
    plain.seek(0)
    return plain


def decoded(content: bytes) -> str:
    """Return a text file's text, in whatever encoding Chinese offices write; raises :class:`Unreadable`."""
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


def cell_text(cell: Any) -> str:
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

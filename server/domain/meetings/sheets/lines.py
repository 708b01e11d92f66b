"""The lines of a sheet, with what merged cells hide below their first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.sheets import LONGEST_CELL, MOST_COLUMNS, Page, Unreadable


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of a sheet that holds anything: its cells, merged ones filled downwards, and which columns are its own."""

    number: int
    cells: Sequence[Any]
    own: frozenset[int]


def lines_of(page: Page) -> list[Line]:
    """Return the lines of a sheet.

    Only downwards: a day merged over its meetings is the day of each, but a heading merged to the right is not in every column.
    """
    cells = {number: [_kept(cell) for cell in row] for number, row in page.rows}
    own = {number: frozenset(index for index, cell in enumerate(row) if not is_blank(cell)) for number, row in cells.items()}
    for number, index, cell in _hidden(page, cells):
        cells[number][index] = cell
    return [Line(number=number, cells=row, own=own[number]) for number, row in cells.items() if own[number]]


def is_blank(cell: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _hidden(page: Page, cells: Mapping[int, Sequence[Any]]) -> Iterator[tuple[int, int, Any]]:
    """Yield row, column and value of what is hidden; raises :class:`Unreadable` for ranges that lie over each other by the thousand."""
    last = max(cells, default=0)
    left = len(cells) * MOST_COLUMNS
    for (top, column), (bottom, _) in page.merged:
        if column >= len(cells.get(top + 1, ())):
            continue
        rows = range(top + 2, min(bottom + 1, last) + 1)
        left -= len(rows)
        if left < 0:
            raise Unreadable("file_unreadable")
        for number in rows:
            if column < len(cells.get(number, ())) and is_blank(cells[number][column]):
                yield number, column, cells[top + 1][column]


def _kept(cell: Any) -> Any:
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell

"""The empty schedule that the desk hands out."""

from __future__ import annotations

import io
from collections.abc import Mapping

from server.domain.meetings.sheets.columns import COLUMNS


def template(language: str, said: Mapping[str, str]) -> bytes:
    """Return an .xlsx with the header of a schedule in ``zh`` or ``en`` and one example row.

    ``said`` is what stands in the example's fields here and today: an example that cannot be imported teaches nobody.
    """
    from openpyxl import Workbook

    shown = [(column, column.example) for column in COLUMNS if column.example is not None]
    book = Workbook()
    page = book.active
    page.append([(column.zh if language == "zh" else column.en)[0] for column, _ in shown])
    page.append([said.get(column.field, example[0 if language == "zh" else 1]) for column, example in shown])
    page.freeze_panes = "A2"
    for cell in page[1]:
        page.column_dimensions[cell.column_letter].width = 16
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

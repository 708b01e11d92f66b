"""What all lists have in common: how a workbook is opened, and how its cells are named."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, time

import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.chart import BarChart

from server.sheets import Page, Unreadable, cell_text, column_letter, is_formula, is_nothing, pages


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def book() -> Iterator[Workbook]:
    book = Workbook()
    book.active.title = "一层"
    book.active["B3"] = "会议"
    yield book
    book.close()


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_the_office_program_names_them(index: int, letters: str) -> None:
    assert column_letter(index) == letters


def test_every_sheet_that_holds_anything_is_given_with_the_rows_and_columns_the_office_program_shows(book: Workbook) -> None:
    book.create_sheet("空白")
    book.create_sheet("二层").append(["a", date(2026, 11, 23)])
    assert list(pages(saved(book), ".xlsx")) == [
        Page(name="一层", is_hidden=False, rows=[(3, ["", "会议"])]),
        Page(name="二层", is_hidden=False, rows=[(1, ["a", date(2026, 11, 23)])]),
    ]


def test_a_hidden_sheet_is_told_apart_and_a_chart_is_none(book: Workbook) -> None:
    book.create_sheet("上周").append(["a"])
    book["上周"].sheet_state = "hidden"
    book.create_chartsheet("图").add_chart(BarChart())
    assert [(page.name, page.is_hidden) for page in pages(saved(book), ".xlsx")] == [("一层", False), ("上周", True)]


def test_merged_cells_are_named_and_only_their_first_holds_anything(book: Workbook) -> None:
    book.active.merge_cells("B3:B5")
    book.active["C5"] = "x"
    (page,) = pages(saved(book), ".xlsx")
    assert page.merged == (((2, 1), (4, 1)),)
    assert page.rows == [(3, ["", "会议", ""]), (4, ["", "", ""]), (5, ["", "", "x"])]


def test_an_error_cell_is_its_text_for_whoever_asks_and_otherwise_empty(book: Workbook) -> None:
    book.active["C3"] = "#REF!"
    assert book.active["C3"].data_type == "e"
    assert next(pages(saved(book), ".xlsx", keep_errors=True)).rows == [(3, ["", "会议", "#REF!"])]
    assert next(pages(saved(book), ".xlsx")).rows == [(3, ["", "会议", ""])]


def test_an_old_workbook_is_read_as_a_new_one_is() -> None:
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("旧表")
    sheet.write_merge(1, 2, 0, 0, date(2026, 11, 23), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(1, 1, time(9, 30), xlwt.easyxf(num_format_str="h:mm"))
    book.save(out)
    (page,) = pages(out.getvalue(), ".xls")
    assert page.rows[0] == (2, [date(2026, 11, 23), time(9, 30)])
    assert page.merged == (((1, 0), (2, 0)),)


@pytest.mark.parametrize("kind", [".xlsx", ".xls"])
def test_what_is_no_workbook_is_refused(kind: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(pages(b"nonsense", kind))
    assert str(refused.value) == "file_unreadable"


def test_words_for_nothing_and_what_would_be_a_formula() -> None:
    assert all(is_nothing(text) for text in ("", " ", "—", "无", "N/A"))
    assert not is_nothing("无名会议")
    assert all(is_formula(text) for text in ("=1+1", "@x", "+1", "-1"))
    assert not is_formula("周例会")
    assert [cell_text(cell) for cell in (1.0, 1.5, True, date(2026, 11, 23))] == ["1", "1.5", "TRUE", "2026-11-23"]

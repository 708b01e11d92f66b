from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook, load_workbook

from server.domain.people import rules, sheets
from server.domain.people.sheets import Sheet
from server.errors import BadInput
from server.sheets import LONGEST_CELL, MOST_ABOVE, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED

ROWS = [["公司", "姓名", "手机"], ["江南茶业", "曾静怡", "13800138000"]]
TEXT = "公司,姓名,手机\n江南茶业,曾静怡,13800138000\n"


def workbook(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, data if entry.filename == name else old.read(entry))
    return out.getvalue()


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row) for _, row in sheet.rows]


def refusal(content: bytes, filename: str) -> str:
    with pytest.raises(BadInput) as refused:
        sheets.read(content, filename)
    assert refused.value.field == "file"
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("曾静怡", '"曾静怡"').encode(),
    ],
)
def test_text_is_read_in_every_encoding_and_with_every_separator(content: bytes) -> None:
    assert cells(sheets.read(content, "名单.CSV")) == ROWS


def test_a_workbook_is_read_and_numbers_are_phone_numbers() -> None:
    sheet = sheets.read(workbook([["公司", "姓名", "手机"], ["江南茶业", "曾静怡", 13800138000]]), "名单.xlsx")
    assert cells(sheet) == ROWS


def test_rows_keep_the_numbers_the_office_program_shows() -> None:
    sheet = sheets.read(workbook([[], [], ["公司", "姓名"], [], ["江南茶业", "曾静怡"]]), "a.xlsx")
    assert [number for number, _ in sheet.rows] == [3, 5]
    assert [number for number, _ in sheets.read(b"\n\na,b\n\nc,d\n", "a.csv").rows] == [3, 5]


def test_cells_keep_the_letters_the_office_program_shows() -> None:
    sheet = sheets.read(workbook([["", "公司", "姓名"], ["", "江南茶业", "曾静怡"]]), "a.xlsx")
    assert cells(sheet) == [["", *ROWS[0][:2]], ["", *ROWS[1][:2]]]


def test_dates_and_truths_are_text() -> None:
    sheet = sheets.read(workbook([["a", "b", "c"], [datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None), True, 1.5]]), "a.xlsx")
    assert cells(sheet)[1] == ["2026-11-23", "TRUE", "1.5"]


def test_the_first_sheet_that_holds_anything_is_read() -> None:
    book, out = Workbook(), io.BytesIO()
    for row in ROWS:
        book.create_sheet("名单") if len(book.sheetnames) == 1 else None
        book["名单"].append(row)
    book.save(out)
    assert cells(sheets.read(out.getvalue(), "a.xlsx")) == ROWS


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.csv", "file_empty"),
        (b"\n\n , \n", "a.csv", "file_empty"),
        (b"x" * (MOST_BYTES + 1), "a.csv", "file_too_big"),
        (b"a,b", "a.pdf", "file_kind_unknown"),
        (b"a,b", "", "file_kind_unknown"),
        (b"a,b", "a.xlsx\0.csv.exe", "file_kind_unknown"),
        (b"a,b", "a.xlsx", "file_unreadable"),
        (b"a,b", "a.xls", "file_unreadable"),
        (b"PK\x03\x04 nonsense", "a.xlsx", "file_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nonsense", "a.xls", "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xff", "a.csv", "file_unreadable"),
        (b"a\n" * (MOST_ROWS + MOST_ABOVE + 1), "a.csv", "file_too_many_rows"),
        (b'"' + b"x" * 200_000, "a.csv", "file_unreadable"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(content: bytes, filename: str, code: str) -> None:
    assert refusal(content, filename) == code


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused() -> None:
    bomb = repacked(workbook([["a"]]), "xl/worksheets/sheet1.xml", b" " * (MOST_UNPACKED + 1))
    assert len(bomb) < 1_000_000
    assert refusal(bomb, "a.xlsx") == "file_too_big"


def test_a_workbook_with_a_lone_cell_in_the_last_corner_is_refused_and_not_spread_out() -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    )
    assert refusal(repacked(workbook([["a"]]), "xl/worksheets/sheet1.xml", xml.encode()), "a.xlsx") == "file_unreadable"


def test_a_bomb_of_entities_is_not_spread_out() -> None:
    entities = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10))
    xml = (
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="str"><v>&e9;</v></c></row></sheetData></worksheet>'
    )
    try:
        rows = cells(sheets.read(repacked(workbook([["a"]]), "xl/worksheets/sheet1.xml", xml.encode()), "a.xlsx"))
    except BadInput:
        rows = []
    assert sum(len(cell) for row in rows for cell in row) < 100


def test_a_header_that_lies_about_its_size_is_found_out() -> None:
    content = bytearray(repacked(workbook([["a"]]), "xl/worksheets/sheet1.xml", b"<x/>" * 50_000))
    name = b"xl/worksheets/sheet1.xml"
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(content), "a.xlsx") == "file_unreadable"


def test_random_bytes_never_do_more_than_be_refused() -> None:
    lot = random.Random(3)
    good = workbook([["公司", "姓名"], ["江南茶业", "曾静怡"]])
    for number in range(12):
        content = bytearray(good)
        for _ in range(1 + number * 5):
            content[lot.randrange(len(content))] = lot.randrange(256)
        with suppress(BadInput):
            assert sheets.read(bytes(content), "a.xlsx").rows


def test_wide_and_long_cells_are_cut() -> None:
    sheet = sheets.read((",".join(["x" * 5000] * 100)).encode(), "a.csv")
    ((_, row),) = sheet.rows
    assert len(row) == MOST_COLUMNS
    assert {len(cell) for cell in row} == {LONGEST_CELL}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_a_list_that_can_be_read(language: str) -> None:
    content = sheets.template(language)
    (row,) = rules.listed(sheets.read(content, "template.xlsx").rows)
    assert not row.faults
    assert row.values["tenant"] == "江南茶业"
    assert set(row.columns) == {column.field for column in rules.COLUMNS}
    assert load_workbook(io.BytesIO(content)).active["A1"].value == ("租户编号" if language == "zh" else "Tenant no.")

"""A schedule as the server reads it: in a process that may use so much time and memory, and no more."""

from __future__ import annotations

import io
import random
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from server.domain.meetings.sheets import MOST_MEETINGS, Schedule, Site, read, template
from server.domain.meetings.sheets.columns import COLUMNS
from server.errors import BadInput
from server.sheets import MOST_BYTES, MOST_UNPACKED
from tests.domain.meetings.schedules import (
    FAULTY_ROWS,
    HEADER,
    MONDAY,
    SITE,
    SOUND_ROWS,
    calendar,
    chinese,
    weekly_calendar,
    weekly_workbook,
)

FEW_SECONDS = 20
"""Two on a quiet machine; the tests share theirs."""


def asked(content: bytes, filename: str) -> Schedule:
    return read(content, filename, site=SITE)


def refusal(content: bytes, filename: str) -> str:
    with pytest.raises(BadInput) as refused:
        asked(content, filename)
    assert refused.value.field == "file"
    return refused.value.code


def repacked(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, data if entry.filename == name else old.read(entry))
    return out.getvalue()


def test_a_workbook_and_a_calendar_come_back_from_the_process_whole() -> None:
    found = asked(weekly_workbook(), "一周会议.XLSX")
    assert len(found.rows) == SOUND_ROWS + FAULTY_ROWS
    assert found.rows[0].starts_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert found.passed_over == ("填写说明",)
    assert len(asked(weekly_calendar(), "week.ics").rows) == 5


def test_the_same_file_gives_the_same_schedule_again() -> None:
    for content, filename in ((weekly_workbook(), "a.xlsx"), (weekly_calendar(), "a.ics")):
        assert asked(content, filename) == asked(content, filename)


def test_the_sites_zone_is_where_the_hours_are() -> None:
    site = Site(zone=ZoneInfo("Europe/Vienna"), today=SITE.today, since=SITE.since, until=SITE.until)
    assert read(weekly_workbook(), "a.xlsx", site=site).rows[0].starts_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.ics", "file_empty"),
        (b"x" * (MOST_BYTES + 1), "a.ics", "file_too_big"),
        (b"a,b", "a.csv", "file_kind_unknown"),
        (b"a,b", "", "file_kind_unknown"),
        (b"a,b", "a.xlsx\0.exe", "file_kind_unknown"),
        (b"a,b", "a.xlsx", "file_unreadable"),
        (b"a,b", "a.xls", "file_unreadable"),
        (b"a,b", "a.ics", "file_unreadable"),
        (weekly_workbook(), "a.ics", "file_unreadable"),
        (calendar(), "a.ics", "file_empty"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(content: bytes, filename: str, code: str) -> None:
    assert refusal(content, filename) == code


def test_a_list_of_something_else_is_refused() -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["公司", "姓名", "手机"])
    book.active.append(["江南茶业", "曾静怡", "13800138000"])
    book.save(out)
    assert refusal(out.getvalue(), "名单.xlsx") == "file_no_header"


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused() -> None:
    bomb = repacked(weekly_workbook(), "xl/worksheets/sheet1.xml", b" " * (MOST_UNPACKED + 1))
    assert refusal(bomb, "a.xlsx") == "file_too_big"


def test_a_lone_cell_in_the_last_corner_is_refused_and_not_spread_out() -> None:
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    )
    assert refusal(repacked(weekly_workbook(), "xl/worksheets/sheet1.xml", xml.encode()), "a.xlsx") == "file_unreadable"


def test_a_range_merged_over_a_whole_sheet_is_not_spread_out() -> None:
    with zipfile.ZipFile(io.BytesIO(weekly_workbook())) as packed:
        xml = packed.read("xl/worksheets/sheet1.xml")
    merged = xml.replace(b'ref="B4:B6"', b'ref="B4:XFD1048576"')
    assert merged != xml
    assert len(asked(repacked(weekly_workbook(), "xl/worksheets/sheet1.xml", merged), "a.xlsx").rows) == SOUND_ROWS + FAULTY_ROWS


def event(number: int, *lines: str) -> tuple[str, ...]:
    times = ("DTSTART;TZID=Asia/Shanghai:20261123T090000", "DTEND;TZID=Asia/Shanghai:20261123T100000")
    return ("BEGIN:VEVENT", f"UID:{number}@park", *times, f"SUMMARY:会议{number}", "LOCATION:301", *lines, "END:VEVENT")


def test_an_event_of_every_second_is_named_and_the_rest_of_its_calendar_is_read() -> None:
    began = time.monotonic()
    found = asked(calendar(*event(1, "RRULE:FREQ=SECONDLY"), *event(2)), "a.ics")
    assert [[fault.code for fault in row.faults] for row in found.rows] == [["repeats_too_much"], []]
    assert time.monotonic() - began < FEW_SECONDS


def test_a_zone_that_changes_every_second_is_refused_in_limited_time() -> None:
    zone = (
        *("BEGIN:VTIMEZONE", "TZID:Bomb", "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0900"),
        *("RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE"),
    )
    times = ("DTSTART;TZID=Bomb:20261123T090000", "DURATION:PT1H")
    bomb = calendar(*zone, "BEGIN:VEVENT", "UID:a", *times, "SUMMARY:会议", "LOCATION:301", "END:VEVENT")
    with suppress(BadInput):
        assert len(asked(bomb, "a.ics").rows) == 1


def test_events_within_events_without_end_are_no_more_than_refused() -> None:
    deep = [*["BEGIN:VEVENT"] * MOST_MEETINGS, *["END:VEVENT"] * MOST_MEETINGS]
    assert len(asked(calendar(*deep), "a.ics").rows) == 1
    assert refusal(calendar(*["BEGIN:VALARM"] * 50_000, *["END:VALARM"] * 50_000), "a.ics") == "file_empty"


def test_random_bytes_never_do_more_than_be_refused() -> None:
    lot = random.Random(5)
    for good, filename in ((weekly_workbook(), "a.xlsx"), (weekly_calendar(), "a.ics")):
        for number in range(6):
            content = bytearray(good)
            for _ in range(1 + number * 5):
                content[lot.randrange(len(content))] = lot.randrange(256)
            with suppress(BadInput):
                asked(bytes(content), filename)


@pytest.mark.slow
def test_a_schedule_of_five_thousand_meetings_is_read_in_a_few_seconds() -> None:
    book, out = Workbook(write_only=True), io.BytesIO()
    page = book.create_sheet("会议")
    page.append(HEADER)
    for number in range(MOST_MEETINGS):
        day = chinese(MONDAY + timedelta(days=number % 7))
        page.append(
            [number, day, "下午2:00—4:00", f"会议{number}", "301", "一般", "课桌式", "约30人", "王芳", "13800138000", "投影", "签到", ""]
        )
    book.save(out)
    events = calendar(*[line for number in range(MOST_MEETINGS) for line in event(number, "ORGANIZER;CN=王芳:mailto:wang@park.example")])
    for content, filename in ((out.getvalue(), "a.xlsx"), (events, "a.ics")):
        began = time.monotonic()
        found = asked(content, filename)
        assert time.monotonic() - began < FEW_SECONDS
        assert len(found.rows) == MOST_MEETINGS
        assert not any(row.faults for row in found.rows)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_a_schedule_that_can_be_read(language: str) -> None:
    content = template(language, {})
    (row,) = asked(content, "template.xlsx").rows
    assert not row.faults
    assert row.starts_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert (row.room, row.category, row.layout, row.estimated, row.guaranteed) == ("301", "ordinary", "classroom", 30, 24)
    assert (row.contact_name, row.contact_phone, row.tea_minutes, row.cancelled) == ("曾静怡", "13800138000", 20, False)
    assert set(row.columns) == {column.field for column in COLUMNS if column.example is not None}
    assert load_workbook(io.BytesIO(content)).active["A1"].value == ("编号" if language == "zh" else "No.")

"""The registers at the desk: the service log, the use of rooms and the month's sum, as pages and as Excel that runs nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from server.clock import StillClock
from server.domain.meetings import service
from server.web.house import House
from server.web.workbook import RISKY, plain_text
from tests.faces.desk.stage import Browser
from tests.factories import asks, make_attendant, make_meeting, make_room, meeting_of, steps_of

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Pages and sheets are the same on each database; the reads behind them are proved on both."""
MINUTE = timedelta(minutes=1)
HOSTILE = '=HYPERLINK("http://elsewhere","会议")'


def held(house: House, clock: StillClock, **more: Any) -> int:
    """Let a meeting of an hour take place in a room of its own, eleven people strong, with what was used counted."""
    room = make_room(house.door, name="莲厅", capacity=60)
    meeting = make_meeting(house.door, room_id=room, **more)
    starts = meeting_of(house.door, meeting).starts_at
    clock.put(starts)
    service.start_meeting(house.door, asks("staff:1"), meeting_id=meeting)
    service.count_people(house.door, asks("staff:1"), meeting_id=meeting, people=11)
    clock.put(starts + 52 * MINUTE)
    service.end_meeting(house.door, asks("staff:1"), meeting_id=meeting)
    step = steps_of(house.door, meeting)["consumables"].id or 0
    service.finish_step(house.door, asks("staff:1"), step_id=step, staff_id=None, quantities={"瓷杯": 12, "+纸": 3}, reason="提前完成")
    return meeting


def sheets_of(browser: Browser, address: str) -> tuple[list[Worksheet], str]:
    """Return the sheets of a workbook and the name of its file."""
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return book.worksheets, unquote(answer.headers["Content-Disposition"].rpartition("UTF-8''")[2])


def column(sheet: Worksheet, head: str) -> list[object]:
    place = [cell.value for cell in sheet[1]].index(head)
    return [row[place].value for row in sheet.iter_rows(min_row=2)]


@ONCE
def test_the_log_of_a_day_holds_the_meetings_and_what_was_done_for_them(desk: Browser, house: House, clock: StillClock) -> None:
    """S113, F16."""
    make_attendant(house.door, name="孙悦")
    held(house, clock, title="季度经营会")
    page = desk.log_in("desk").get("/desk/registers/log?day=2026-11-23").text
    for words in ("会议服务日志簿", "F16", "季度经营会", "长桌", "孙悦", "会议开始", "会议结束", "清点用量", "瓷杯 12", "记录人"):
        assert words in page
    assert 'href="/desk/meetings/1"' in page
    (meetings, log), name = sheets_of(desk, "/desk/registers/log.xlsx?day=2026-11-23")
    assert name == "会议服务日志簿-2026-11-23.xlsx"
    assert column(meetings, "会议") == ["季度经营会"]
    assert column(meetings, "人数") == [12]
    assert column(meetings, "开始") == [datetime(2026, 11, 23, 12, 0)]  # the site's hour, which a sheet holds without a zone
    done = column(log, "服务内容")
    assert [what for what in done if not str(what).endswith(" · 错过")] == ["会议开始", "挂牌，会议开始", "会议结束", "清点用量"]
    assert done[0] == "会议开始"
    missed = [by for what, by in zip(done, column(log, "经办人"), strict=True) if str(what).endswith(" · 错过")]
    assert missed == [None] * len(missed)
    assert column(log, "备注")[-1] == "提前完成 · 瓷杯 12、+纸 3"


@ONCE
def test_the_usage_register_shows_the_plan_and_what_became_of_it(desk: Browser, house: House, clock: StillClock) -> None:
    """S114, F17."""
    held(house, clock)
    make_meeting(house.door, begins=timedelta(days=1))
    browser = desk.log_in("desk")
    page = browser.get("/desk/registers/usage?from=2026-11-23&to=2026-11-24").text
    assert "2026年11月23日 周一" in page
    assert page.count('class="sheet-group"') == 2
    assert "2026年11月24日 周二" not in browser.get("/desk/registers/usage?from=2026-11-23&to=2026-11-23").text.partition("<tbody")[2]
    (sheet,), name = sheets_of(browser, "/desk/registers/usage.xlsx?from=2026-11-23&to=2026-11-24")
    assert name == "会议室使用情况登记表-2026-11-23--2026-11-24.xlsx"
    assert column(sheet, "日期") == [datetime(2026, 11, 23), datetime(2026, 11, 24)]
    assert (column(sheet, "实到"), column(sheet, "分钟")) == ([11, None], [52, None])
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.column_dimensions["E"].width >= 25


@ONCE
def test_the_months_sum_leads_to_its_rows_and_its_figures_are_theirs(desk: Browser, house: House, clock: StillClock) -> None:
    """S130."""
    held(house, clock)
    other = make_meeting(house.door, begins=timedelta(days=2))
    service.cancel(house.door, asks("staff:1"), meeting_id=other)
    browser = desk.log_in("desk")
    page = browser.get("/desk/registers/month?month=2026-11").text
    ways = re.findall(r'href="(/desk/registers/usage\?from=2026-11-01&amp;to=2026-11-30(?:&amp;room=\d+)?)"', page)
    assert len(ways) == 3
    rows = browser.get(next(way for way in ways if way.endswith("room=1")).replace("&amp;", "&")).text
    assert 'href="/desk/meetings/1"' in rows
    assert f'href="/desk/meetings/{other}"' not in rows
    assert "仓库模块上线" in page
    assert "业主方" in page
    (rooms, used, usage), name = sheets_of(browser, "/desk/registers/month.xlsx?month=2026-11")
    assert name == "会议室使用情况月汇总-2026-11.xlsx"
    assert column(rooms, "使用分钟") == [0, 52, 52]
    assert column(rooms, "已取消") == [1, 0, 1]
    assert column(rooms, "使用分钟")[-1] == sum(value for value in column(usage, "分钟") if isinstance(value, int))
    assert column(used, "物品") == ["'+纸", "瓷杯"]
    assert column(used, "数量") == [3, 12]


@ONCE
def test_no_cell_of_an_export_is_a_formula(desk: Browser, house: House, clock: StillClock) -> None:
    held(house, clock, title=HOSTILE, contact_name="@SUM(A1)", contact_phone="+86 138 0013 8000", notes="-1")
    browser = desk.log_in("desk")
    for address in ("log.xlsx?day=2026-11-23", "usage.xlsx?from=2026-11-23", "month.xlsx?month=2026-11"):
        sheets, _ = sheets_of(browser, f"/desk/registers/{address}")
        cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        assert [cell.value for cell in cells if isinstance(cell.value, str) and RISKY.match(cell.value)] == []
    sheets, _ = sheets_of(browser, "/desk/registers/log.xlsx?day=2026-11-23")
    assert column(sheets[0], "会议") == [f"'{HOSTILE}"]


@given(text=st.text() | st.text(alphabet="=+-@\t\r\n\x00\x0b \ufffe＝A1", max_size=8))
def test_whatever_a_text_is_a_sheet_can_hold_it_and_nothing_runs_it(text: str) -> None:
    kept = plain_text(text)
    assert not RISKY.match(kept)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", kept)
    book = openpyxl.Workbook()
    book.active["A1"] = kept
    book.active["A1"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    read = openpyxl.load_workbook(out).active["A1"]
    assert read.data_type != "f"


@ONCE
@pytest.mark.parametrize(
    ("address", "field", "said"),
    [
        ("log?day=soon", "day", "2026-11-23"),
        ("usage?from=2026-11-24&to=2026-11-23", "to", "结束日期不能早于开始日期。"),
        ("usage?from=2026-01-01&to=2026-11-23", "to", "最多 93 天。"),
        ("usage?from=2026-11-01&room=999", "room", "请选择一间会议室。"),
        ("month?month=2026-13", "month", "月份不对"),
    ],
)
def test_days_that_cannot_be_are_told_on_the_page_and_instead_of_a_file(desk: Browser, address: str, field: str, said: str) -> None:
    path, _, query = address.partition("?")
    for asked in (path, f"{path}.xlsx"):
        answer = desk.get(f"/desk/registers/{asked}?{query}")
        assert answer.status_code == 422
        assert f'id="f-{field}-error"' in answer.text
        assert said in answer.text


@ONCE
def test_nothing_to_show_is_drawn_and_exported(desk: Browser) -> None:
    assert "当日没有会议。" in desk.get("/desk/registers/log").text
    assert "这段时间没有会议。" in desk.get("/desk/registers/usage").text
    assert "本月没有会议。" in desk.get("/desk/registers/month").text
    for name in ("log", "usage", "month"):
        sheets, _ = sheets_of(desk, f"/desk/registers/{name}.xlsx")
        assert all(sheet.max_row == 1 for sheet in sheets)


@ONCE
def test_registers_are_the_desks_and_its_supervisors(login: Callable[[str], Browser], stranger: Browser) -> None:
    keeper = login("keeper")
    for path in ("", "/log", "/usage", "/month", "/log.xlsx", "/usage.xlsx", "/month.xlsx"):
        assert keeper.get(f"/desk/registers{path}").status_code == 403
        assert "/desk/login" in str(stranger.get(f"/desk/registers{path}").location)


@ONCE
def test_a_sheet_in_english_has_english_heads_and_file_name(desk: Browser) -> None:
    (sheet,), name = sheets_of(desk, "/desk/registers/usage.xlsx?from=2026-11-23&to=2026-11-23&lang=en")
    assert name == "Room-usage register-2026-11-23--2026-11-23.xlsx"
    assert [cell.value for cell in sheet[1]][:4] == ["Day", "Room", "Begins", "Ends"]

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from server.domain.meetings.sheets import FAULT_CODES, Fault, Schedule, ScheduleRow
from server.domain.meetings.sheets.lists import schedule_of
from server.domain.meetings.sheets.reading import schedule
from server.domain.meetings.sheets.rows import packed, unpacked
from server.sheets import Page
from tests.domain.meetings.schedules import FAULTY_ROWS, HEADER, MONDAY, SITE, SOUND_ROWS, codes, local, refusal_of, weekly_workbook

SHORT = ["日期", "时间", "会议名称", "会议室"]


def page(
    *rows: Sequence[Any], name: str = "周会", merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (), is_hidden: bool = False
) -> Page:
    return Page(name=name, is_hidden=is_hidden, rows=list(enumerate(rows, start=1)), merged=tuple(merged))


def listed(*pages: Page, filename: str = "会议.xlsx") -> Schedule:
    return schedule_of(pages, filename, SITE)


def rows(*cells: Sequence[Any], header: Sequence[Any] = SHORT) -> tuple[ScheduleRow, ...]:
    return listed(page(header, *cells)).rows


def row(*cells: Any, header: Sequence[Any] = SHORT) -> ScheduleRow:
    (found,) = rows(cells, header=header)
    return found


def refusal(*pages: Page) -> str:
    return refusal_of(lambda: listed(*pages))


# --- a week as it is sent ----------------------------------------------------------------------------------------------


def test_a_weeks_schedule_is_read_with_its_faults() -> None:
    found = schedule(weekly_workbook(), ".xlsx", "一周会议.xlsx", SITE)
    sound = [each for each in found.rows if not each.faults]
    assert (len(sound), len(found.rows)) == (SOUND_ROWS, SOUND_ROWS + FAULTY_ROWS)
    assert found.passed_over == ("填写说明",)
    assert [(each.number, each.sheet, each.title, each.room, local(each)) for each in sound] == [
        (4, "一号楼", "周例会", "301", "11-23 09:00-11:30"),
        (5, "一号楼", "安全生产会", "302", "11-23 14:30-15:30"),
        (7, "一号楼", "新品发布会", "多功能厅", "11-24 09:30-11:00"),
        (9, "一号楼", "签约仪式", "多功能厅", "11-24 14:00-16:00"),
        (11, "一号楼", "设计评审", "301", "11-25 15:00-16:00"),
        (2, "二号楼", "Design review", "302", "11-23 09:00-10:30"),
        (3, "二号楼", "Training", "多功能厅", "11-26 13:30-17:00"),
    ]
    assert {each.number: codes(each) for each in found.rows if each.faults} == {
        6: [("C", "time", "ends_before_start")],
        8: [("E", "room", "missing")],
        10: [("H", "estimated", "number_unclear")],
    }
    assert [each.title for each in found.rows if each.cancelled] == ["设计评审"]


def test_everything_a_row_says_is_kept() -> None:
    first = schedule(weekly_workbook(), ".xlsx", "a.xlsx", SITE).rows[0]
    assert (first.category, first.layout, first.estimated, first.guaranteed) == ("ordinary", "classroom", 30, None)
    assert (first.contact_name, first.contact_phone, first.equipment) == ("曾静怡", "13800138000", "投影")
    assert first.columns["title"] == "D"
    assert first.columns["day"] == "B"


def test_an_old_workbook_says_the_same_as_a_new_one() -> None:
    old, out = xlwt.Workbook(), io.BytesIO()
    sheet = old.add_sheet("周会")
    for column, name in enumerate(SHORT):
        sheet.write(0, column, name)
    sheet.write_merge(1, 2, 0, 0, MONDAY, xlwt.easyxf(num_format_str='m"月"d"日"'))
    for number, title in enumerate(("周例会", "评审"), start=1):
        for column, cell in enumerate(("9:00-10:00", title, 301), start=1):
            sheet.write(number, column, cell)
    old.save(out)
    new = rows([MONDAY, "9:00-10:00", "周例会", 301.0], ["", "9:00-10:00", "评审", 301.0])
    assert schedule(out.getvalue(), ".xls", "周会.xls", SITE).rows == new


def test_a_schedule_goes_through_json_unchanged() -> None:
    found = schedule(weekly_workbook(), ".xlsx", "a.xlsx", SITE)
    assert unpacked(packed(found)) == found


# --- headers and sheets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        ["日期(星期)", "时间\n（起止）", "会议名称\nMeeting", "会议室 / Room"],
        ["Date", "Time", "Meeting", "Room"],
        ["会议日期*", "会议时间", "会议主题/内容", "地点"],
        ["DATE 日期", "Time时间", "Subject 主题", "Venue（地点）"],
    ],
)
def test_a_header_is_known_in_both_languages_with_brackets_and_line_breaks(header: list[str]) -> None:
    found = row("11月23日", "9:00-10:00", "周例会", "301", header=header)
    assert (found.title, found.room, local(found), found.faults) == ("周例会", "301", "11-23 09:00-10:00", ())


def test_starts_and_ends_may_stand_in_two_columns_under_a_header_of_two_lines() -> None:
    found = listed(
        page(
            ["日期", "时间", "", "会议名称", "会议室"],
            ["", "开始", "结束", "", ""],
            [MONDAY, time(9, 0), time(10, 30), "周例会", "301"],
            ["", "下午2:00", "4:00", "评审", "301"],
            ["", 0.375, 0.4375, "小数", "301"],
            ["", datetime(2026, 11, 23, 14), datetime(2026, 11, 23, 15), "日期时间", "301"],
            merged=[((0, 0), (1, 0)), ((0, 1), (0, 2))],
        )
    )
    assert [local(each) for each in found.rows] == [
        *("11-23 09:00-10:30", "11-23 14:00-16:00", "11-23 09:00-10:30", "11-23 14:00-15:00"),
    ]


def test_every_sheet_with_a_header_is_read_and_the_others_are_named() -> None:
    sound = [SHORT, ["11月23日", "9:00-10:00", "周例会", "301"]]
    found = listed(page(*sound, name="一"), page(["说明"], name="说明"), page(*sound, name="二"), page(*sound, name="上周", is_hidden=True))
    assert [each.sheet for each in found.rows] == ["一", "二"]
    assert found.passed_over == ("说明", "上周")


def test_without_any_header_or_any_cell_there_is_no_schedule() -> None:
    assert refusal(page(["名单"], ["王芳"])) == "file_no_header"
    assert refusal(page(*[[f"第{number}行"] for number in range(20)], SHORT)) == "file_no_header"
    assert refusal() == "file_empty"
    assert refusal(page(["", " "])) == "file_empty"
    assert listed(page(SHORT)).rows == ()


def test_a_header_that_comes_again_holds_from_there_on() -> None:
    found = rows(
        ["11月23日", "9:00-10:00", "周例会", "301"],
        ["日期", "会议室", "会议名称", "时间"],
        ["11月24日", "302", "评审", "9:00-10:00"],
    )
    assert [(each.title, each.room) for each in found] == [("周例会", "301"), ("评审", "302")]


def test_more_rows_than_a_schedule_may_have_are_refused() -> None:
    line = ["11月23日", "9:00-10:00", "周例会", "301"]
    assert refusal(page(SHORT, *[line] * 5001)) == "file_too_many_rows"
    assert refusal(page(SHORT, *[line] * 3000), page(SHORT, *[line] * 3000)) == "file_too_many_rows"
    assert refusal(page(SHORT, *[["x"]] * 20_011)) == "file_too_many_rows"


def test_merged_ranges_that_lie_over_each_other_by_the_thousand_are_refused() -> None:
    lines = [["x", "", "", ""] for _ in range(2000)]
    assert refusal(page(SHORT, *lines, merged=[((1, 0), (2000, 0))] * 1000)) == "file_unreadable"


# --- days --------------------------------------------------------------------------------------------------------------


def test_a_merged_day_and_room_hold_for_the_rows_below() -> None:
    found = listed(
        page(
            SHORT,
            ["11月23日", "9:00-10:00", "晨会", "301"],
            ["", "10:00-11:00", "评审", ""],
            ["11月24日", "9:00-10:00", "晨会", "302"],
            ["", "10:00-11:00", "没有会议室", ""],
            merged=[((1, 0), (2, 0)), ((1, 3), (2, 3)), ((3, 0), (4, 0))],
        )
    ).rows
    assert [(each.room, local(each)[:5]) for each in found] == [("301", "11-23"), ("301", "11-23"), ("302", "11-24"), ("", "11-24")]
    assert codes(found[3]) == [("D", "room", "missing")]


def test_a_day_that_is_not_merged_holds_until_the_next() -> None:
    found = rows(["11月23日", "9:00-10:00", "晨会", "1"], ["", "10:00-11:00", "评审", "1"], ["11月24日", "9:00-10:00", "晨会", "1"])
    assert [local(each)[:5] for each in found] == ["11-23", "11-23", "11-24"]


def test_a_day_may_be_a_heading_over_its_meetings() -> None:
    header = ["时间", "会议名称", "会议室"]
    found = rows(
        ["11月23日 星期一", "", ""],
        ["9:00-10:00", "晨会", "301"],
        ["10:00-11:00", "评审", "301"],
        ["11月24日（周二）", "", ""],
        ["9:00-10:00", "晨会", "301"],
        header=header,
    )
    assert [local(each)[:5] for each in found] == ["11-23", "11-23", "11-24"]


def test_weekdays_are_those_of_the_week_named_above_the_header_by_the_sheet_or_by_the_file() -> None:
    line = ["周三", "9:00-10:00", "晨会", "301"]
    above = listed(page(["2026年11月23日至27日一周工作安排表"], [""], SHORT, line))
    by_sheet = listed(page(SHORT, line, name="11.23-11.27"))
    by_file = listed(page(SHORT, line), filename="第48周会议安排.xlsx")
    assert {local(found.rows[0]) for found in (above, by_sheet, by_file)} == {"11-25 09:00-10:00"}
    assert codes(row(*line)) == [("A", "day", "day_unclear")]


def test_another_title_names_the_week_of_what_stands_below_it() -> None:
    line = ["周三", "9:00-10:00", "晨会", "301"]
    found = listed(page(["11月23日至27日"], SHORT, line, ["11月30日至12月4日", "", "", ""], SHORT, line)).rows
    assert [local(each)[:5] for each in found] == ["11-25", "12-02"]


def test_date_and_weekday_in_two_columns_must_agree() -> None:
    header = ["日期", "星期", "时间", "会议", "会议室"]
    assert local(row("11月23日", "星期一", "9:00-10:00", "晨会", "301", header=header)) == "11-23 09:00-10:00"
    assert codes(row("11月23日", "二", "9:00-10:00", "晨会", "301", header=header)) == []
    assert codes(row("11月23日", "星期二", "9:00-10:00", "晨会", "301", header=header)) == [("A", "day", "weekday_differs")]


def test_a_span_counts_where_the_column_of_starts_is_empty() -> None:
    header = ["日期", "开始", "结束", "时间", "会议", "会议室"]
    assert local(row("11月23日", "", "", "9:00-10:00", "晨会", "301", header=header)) == "11-23 09:00-10:00"
    assert local(row("11月23日", "9:00", "10:00", "", "晨会", "301", header=header)) == "11-23 09:00-10:00"


def test_day_and_time_may_share_a_cell() -> None:
    header = ["会议时间", "会议名称", "会议室"]
    assert local(row("2026年11月23日 9:00-10:00", "晨会", "301", header=header)) == "11-23 09:00-10:00"
    assert local(row("11月23日（周一）下午2:00-4:00", "晨会", "301", header=header)) == "11-23 14:00-16:00"
    assert codes(row("9:00-10:00", "晨会", "301", header=header)) == [("A", "day", "missing")]
    assert local(row("11月23日 9:00-10:00", "", "晨会", "301")) == "11-23 09:00-10:00"


def test_the_half_of_the_day_may_stand_beside_the_time() -> None:
    header = ["日期", "上午/下午", "时间", "会议名称", "会议室"]
    assert local(row("11月23日", "下午", "2:00-4:00", "晨会", "301", header=header)) == "11-23 14:00-16:00"
    assert local(row("11月23日 下午", "2:00-4:00", "晨会", "301")) == "11-23 14:00-16:00"
    assert codes(row("11月23日", "2:00-4:00", "晨会", "301")) == [("B", "time", "time_unclear")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("明天", "9:00-10:00"), ("A", "day", "day_unclear")),
        (("11月31日", "9:00-10:00"), ("A", "day", "day_unclear")),
        (("11月23日-25日", "9:00-10:00"), ("A", "day", "day_unclear")),
        (("11月23日", "11月24日 9:00-10:00"), ("A", "day", "day_unclear")),
        (("", "9:00-10:00"), ("A", "day", "missing")),
        (("#REF!", "9:00-10:00"), ("A", "day", "error_cell")),
        (("11月23日", "#VALUE!"), ("B", "time", "error_cell")),
        (("11月23日", ""), ("B", "time", "missing")),
        (("11月23日", "9:00"), ("B", "time", "missing")),
        (("11月23日", "全天"), ("B", "time", "time_unclear")),
        (("11月23日", "22:00-2:00"), ("B", "time", "over_midnight")),
        (("11月23日", "11:00-9:00"), ("B", "time", "ends_before_start")),
    ],
)
def test_an_unclear_day_or_time_is_named_by_its_cell_and_stops_no_other_row(cells: tuple[str, str], code: tuple[str, str, str]) -> None:
    faulty, sound = rows([*cells, "评审", "301"], ["11月24日", "9:00-10:00", "晨会", "302"])
    assert codes(faulty) == [code]
    assert (faulty.starts_at, faulty.ends_at, faulty.title) == (None, None, "评审")
    assert local(sound) == "11-24 09:00-10:00"


def test_a_meeting_of_two_days_is_refused_and_one_until_midnight_is_not() -> None:
    header = ["Start", "End", "Meeting", "Room"]
    over = row(datetime(2026, 11, 23, 22), datetime(2026, 11, 24, 1), "Night", "301", header=header)
    assert codes(over) == [("A", "time", "over_midnight")]
    assert local(row(datetime(2026, 11, 23, 22), datetime(2026, 11, 24), "Night", "301", header=header)) == "11-23 22:00-00:00"


# --- the other cells ---------------------------------------------------------------------------------------------------


def wide(**cells: Any) -> ScheduleRow:
    names = {"category": "类别", "layout": "台型", "estimated": "人数", "guaranteed": "保证人数", "contact_name": "联系人"}
    names |= {"contact_phone": "电话", "tenant": "单位", "tea_minutes": "续茶(分钟)", "notes": "备注", "status": "状态", "number": "会议号"}
    sound = {"day": "11月23日", "time": "9:00-10:00", "title": "晨会", "room": "301", **cells}
    header = [dict(zip(("day", "time", "title", "room"), SHORT, strict=True)).get(name) or names[name] for name in sound]
    return row(*sound.values(), header=header)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"title": ""}, Fault(column="C", field="title", code="missing")),
        ({"room": "—"}, Fault(column="D", field="room", code="missing")),
        ({"room": "#N/A"}, Fault(column="D", field="room", code="error_cell")),
        ({"title": "=1+1"}, Fault(column="C", field="title", code="formula_text")),
        ({"title": "会" * 81}, Fault(column="C", field="title", code="too_long")),
        ({"title": "晨\0会"}, Fault(column="C", field="title", code="broken_text")),
        ({"room": "3\ud80001"}, Fault(column="D", field="room", code="broken_text")),
        ({"category": "特大"}, Fault(column="E", field="category", code="category_unknown")),
        ({"layout": "飞机"}, Fault(column="E", field="layout", code="layout_unknown")),
        ({"estimated": "很多"}, Fault(column="E", field="estimated", code="number_unclear")),
        ({"guaranteed": "0"}, Fault(column="E", field="guaranteed", code="number_unclear")),
        ({"contact_phone": "不详"}, Fault(column="E", field="contact_phone", code="bad_value")),
        ({"tea_minutes": "要"}, Fault(column="E", field="tea_minutes", code="number_unclear")),
        ({"notes": "x" * 501}, Fault(column="E", field="notes", code="too_long")),
    ],
)
def test_what_is_wrong_with_a_cell_is_named_and_nothing_else(cells: dict[str, str], fault: Fault) -> None:
    found = wide(**cells)
    assert found.faults == (fault,)
    assert local(found) == "11-23 09:00-10:00"


def test_a_cell_that_says_later_or_nothing_is_none() -> None:
    found = wide(category="-", layout="待定", estimated="无", contact_phone="/", tea_minutes="TBD")
    assert not found.faults
    assert (found.category, found.layout, found.estimated, found.contact_phone, found.tea_minutes) == ("", "", None, "", None)


def test_numbers_may_be_numbers() -> None:
    found = wide(room=301.0, estimated=30.0, guaranteed=24, contact_phone=13800138000.0, tea_minutes=20)
    assert (found.room, found.estimated, found.guaranteed, found.contact_phone, found.tea_minutes) == ("301", 30, 24, "13800138000", 20)


def test_what_is_guaranteed_may_stand_beside_what_is_expected() -> None:
    assert (wide(estimated="约30人，保证24").estimated, wide(estimated="约30人，保证24").guaranteed) == (30, 24)
    assert wide(guaranteed="保证24人").guaranteed == wide(guaranteed="24人").guaranteed == 24


@pytest.mark.parametrize(
    "cells", [{"contact_name": "王芳 13800138000"}, {"contact_name": "王芳（138 0013 8000）"}, {"contact_phone": "王芳/13800138000"}]
)
def test_name_and_phone_may_share_a_cell(cells: dict[str, str]) -> None:
    found = wide(**cells)
    assert (found.contact_name, found.contact_phone, found.faults) == ("王芳", "13800138000", ())


def test_a_meeting_is_cancelled_by_its_status_its_title_or_its_notes() -> None:
    assert all(wide(**cells).cancelled for cells in ({"status": "已取消"}, {"title": "（取消）晨会"}, {"notes": "会议取消"}))
    assert wide(title="晨会（已取消）").title == "晨会"
    assert not any(wide(**cells).cancelled for cells in ({"status": "确认"}, {"title": "取消合同讨论会"}, {"notes": "如遇雨取消"}))


def test_free_slots_and_remarks_are_no_meetings() -> None:
    header = ["序号", *SHORT, "备注"]
    assert not rows(
        [1, "11月23日", "", "", "301", ""],
        [2, "11月23日", "9:00-10:00", "无会议", "301", ""],
        [3, "11月24日", "", "-", "301", ""],
        ["制表：王芳", "", "", "", "", ""],
        ["", "注：请提前五分钟到场", "", "", "", ""],
        header=header,
    )


def test_further_lines_of_equipment_and_notes_belong_to_the_meeting_above() -> None:
    (found,) = rows(
        ["11月23日", "9:00-10:00", "晨会", "301", "投影", "签到台"], ["", "", "", "", "话筒2支", "矿泉水"], header=[*SHORT, "设备", "备注"]
    )
    assert (found.equipment, found.notes) == ("投影；话筒2支", "签到台；矿泉水")


def test_a_remark_on_a_free_slot_belongs_to_no_meeting() -> None:
    (found,) = rows(
        ["11月23日", "9:00-10:00", "晨会", "301", "签到台"],
        ["11月23日", "", "", "302", ""],
        ["", "", "", "", "检修"],
        header=[*SHORT, "备注"],
    )
    assert found.notes == "签到台"


def test_an_error_cell_of_an_office_program_is_a_fault_and_no_empty_cell() -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append([*SHORT, "类别"])
    book.active.append([MONDAY, "9:00-10:00", "晨会", "301", "#REF!"])
    book.save(out)
    (found,) = schedule(out.getvalue(), ".xlsx", "a.xlsx", SITE).rows
    assert codes(found) == [("E", "category", "error_cell")]


# --- keys --------------------------------------------------------------------------------------------------------------

LINES = [["11月23日", "9:00-10:00", "晨会", "301"], ["11月23日", "10:00-11:00", "评审", "301"], ["11月24日", "9:00-10:00", "晨会", "301"]]


def keys(*lines: Sequence[Any], header: Sequence[Any] = SHORT) -> list[str]:
    return [each.key for each in rows(*lines, header=header)]


def test_an_unchanged_schedule_has_the_same_keys_and_each_meeting_its_own() -> None:
    assert keys(*LINES) == keys(*LINES)
    assert len(set(keys(*LINES))) == 3
    assert keys(*reversed(LINES)) == keys(*LINES)[::-1]


def test_another_time_or_room_or_a_cancelled_mark_keeps_the_key_and_another_day_or_title_does_not() -> None:
    one = keys(LINES[0])
    assert keys(["2026年11月23日", "14:00-15:00", "晨 会", "302"]) == one
    assert keys(["11月23日", "9:00-10:00", "（取消）晨会", "301"]) == one
    assert keys(["11月24日", "9:00-10:00", "晨会", "301"]) != one
    assert keys(["11月23日", "9:00-10:00", "晚会", "301"]) != one


def test_meetings_of_one_title_on_one_day_are_told_apart_by_their_order() -> None:
    first, second = keys(LINES[0], ["11月23日", "14:00-15:00", "晨会", "302"])
    assert first != second
    assert keys(LINES[0]) == [first]


def test_a_number_of_the_meeting_is_its_key_whatever_else_changes() -> None:
    header = ["会议号", *SHORT]
    assert keys(["HY-0113", *LINES[0]], header=header) == keys(["hy-0113 ", "11月30日", "14:00-15:00", "别的", "9"], header=header)
    assert keys(["HY-0113", *LINES[0]], header=header) != keys(["HY-0114", *LINES[0]], header=header)


def test_a_number_that_only_counts_the_rows_is_no_key() -> None:
    for header in (["编号", *SHORT], ["No.", *SHORT], ["序号", *SHORT]):
        assert keys([1, *LINES[0]], ["2.", *LINES[1]], header=header) == keys([2, *LINES[0]], [3, *LINES[1]], header=header)


# --- anything at all ---------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.sampled_from(["11月23日", "9:00-10:00", "晨会", "301", "#REF!", "取消", *HEADER]),
    st.integers(-(10**6), 10**9),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(timedelta(days=-2), timedelta(days=400)),
)


@given(
    st.lists(st.lists(CELLS, max_size=len(HEADER)), max_size=8),
    st.lists(st.tuples(st.tuples(st.integers(0, 9), st.integers(0, 20)), st.tuples(st.integers(0, 9), st.integers(0, 20))), max_size=4),
    st.text(max_size=20),
)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_sheet_is_rows_with_faults_of_the_house(
    cells: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], title: str
) -> None:
    found = listed(page([title], HEADER, *cells, name=title, merged=merged), filename=title)
    assert unpacked(packed(found)) == found
    for each in found.rows:
        assert {fault.code for fault in each.faults} <= FAULT_CODES
        assert each.faults or (each.starts_at and each.ends_at and each.starts_at < each.ends_at and each.title and each.room)

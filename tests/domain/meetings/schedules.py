"""Weekly schedules as offices send them, made for tests: a workbook with merged days and faulty rows, and a calendar with exceptions."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from server.domain.meetings.sheets import ScheduleRow, Site
from server.errors import BadInput
from server.sheets import Unreadable

ZONE = ZoneInfo("Asia/Shanghai")
SITE = Site(zone=ZONE, today=date(2026, 11, 20), since=datetime(2026, 11, 20, tzinfo=UTC), until=datetime(2026, 12, 4, tzinfo=UTC))
"""A Friday, and two weeks from there."""
MONDAY = date(2026, 11, 23)
ROOMS = ("301", "302", "多功能厅")
WEEKDAYS = "一二三四五六日"
SOUND_ROWS = 7
FAULTY_ROWS = 3
"""Of :func:`weekly_workbook`: an end before its start, no room, and a headcount that is no number."""

HEADER = [
    "序号",
    "日期(星期)",
    "时间",
    "会议名称\nMeeting",
    "会议室 / Room",
    "类别",
    "台型",
    "人数",
    "联系人",
    "联系电话",
    "设备",
    "备注",
    "状态",
]


def weekly_workbook(monday: date = MONDAY, rooms: tuple[str, str, str] = ROOMS) -> bytes:
    """Return a week's schedule as .xlsx: two sheets of meetings and one of instructions that lists none."""
    book = Workbook()
    _first_building(book.active, monday, rooms)
    _second_building(book.create_sheet("二号楼"), monday, rooms)
    book.create_sheet("填写说明").append(["请于每周四17:00前报送。台型见附件。"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def chinese(day: date) -> str:
    return f"{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})"


def _first_building(page: Worksheet, monday: date, rooms: tuple[str, str, str]) -> None:
    one, two, hall = rooms
    friday = monday + timedelta(days=4)
    page.title = "一号楼"
    page["A1"] = f"望江产业园{monday.year}年{monday.month}月{monday.day}日至{friday.month}月{friday.day}日一周会议安排表"
    page["A1"].font, page["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    page.merge_cells("A1:M1")
    page["A2"] = "报送部门：园区服务中心"
    page.append(HEADER)
    tuesday, wednesday = (chinese(monday + timedelta(days=ahead)) for ahead in (1, 2))
    for row in [
        [1, chinese(monday), "9:00-11:30", "周例会", one, "一般", "课桌式", "约30人", "曾静怡", "13800138000", "投影", "", ""],
        [2, None, "14：30~15：30", "安全生产会", two, "小型", "长桌", 12, "李敏 13900139000", "", "", "", ""],
        [3, None, "9:00-8:30", "结束早于开始", two, "一般", "", "", "", "", "", "", ""],
        [
            4,
            tuesday,
            "上午9点半至11点",
            "新品发布会",
            hall,
            "重要",
            "剧院式",
            "100-120",
            "王强",
            "010-88886666",
            "音响、话筒",
            "设签到台",
            "",
        ],
        [5, None, "下午2:00—4:00", "没有会议室的会", None, "一般", "U形", 8, "", "", "", "", ""],
        [6, None, "下午2:00—4:00", "签约仪式", hall, "VIP", "签约式", "保证 24", "周杰", "", "", "", ""],
        [7, wednesday, "10:00-11:00", "人数不清", one, "一般", "", "很多人", "", "", "", "", ""],
        [8, None, "15:00-16:00", "（取消）设计评审", one, "一般", "", 6, "", "", "", "", "取消"],
    ]:
        page.append(row)
    for cells in ("B4:B6", "B7:B9", "B10:B11"):
        page.merge_cells(cells)
    page.append(["制表：王芳"])


def _second_building(page: Worksheet, monday: date, rooms: tuple[str, str, str]) -> None:
    page.append(["Date", "Start", "End", "Meeting", "Room", "Layout", "Headcount", "Contact", "Notes"])
    for row in [
        [monday, time(9), time(10, 30), "Design review", rooms[1], "Boardroom", 10, "Wang Qiang", ""],
        [monday + timedelta(days=3), time(13, 30), time(17), "Training", rooms[2], "Classroom", "40 pax", "", "Name plates"],
    ]:
        page.append(row)


def weekly_calendar(monday: date = MONDAY, rooms: tuple[str, str, str] = ROOMS) -> bytes:
    """Return a week's schedule as .ics: a single event, and a daily one of Monday to Friday.

    Of the daily one Tuesday is moved by an hour into another room, Wednesday cancelled, Thursday taken out; so four instances are left.
    """
    days = [f"{monday + timedelta(days=ahead):%Y%m%d}" for ahead in range(5)]
    zone = "TZID=Asia/Shanghai"
    events = [
        *("BEGIN:VEVENT", "UID:daily@park", f"DTSTART;{zone}:{days[0]}T090000", f"DTEND;{zone}:{days[0]}T093000", "SUMMARY:晨会"),
        *(f"LOCATION:{rooms[0]}", "RRULE:FREQ=DAILY;COUNT=5", f"EXDATE;{zone}:{days[3]}T090000", "CATEGORIES:小型", "END:VEVENT"),
        *("BEGIN:VEVENT", "UID:daily@park", f"RECURRENCE-ID;{zone}:{days[1]}T090000", f"DTSTART;{zone}:{days[1]}T100000"),
        *(f"DTEND;{zone}:{days[1]}T103000", "SUMMARY:晨会", f"LOCATION:{rooms[1]}", "CATEGORIES:小型", "SEQUENCE:1", "END:VEVENT"),
        *("BEGIN:VEVENT", "UID:daily@park", f"RECURRENCE-ID;{zone}:{days[2]}T090000", f"DTSTART;{zone}:{days[2]}T090000"),
        *(f"DTEND;{zone}:{days[2]}T093000", "SUMMARY:晨会", f"LOCATION:{rooms[0]}", "STATUS:CANCELLED", "SEQUENCE:1", "END:VEVENT"),
        *("BEGIN:VEVENT", "UID:visit@park", f"DTSTART:{days[1]}T060000Z", "DURATION:PT1H30M", "SUMMARY:贵宾来访", f"LOCATION:{rooms[2]}"),
        *("ORGANIZER;CN=曾静怡:mailto:zeng@park.example", "CATEGORIES:贵宾", "X-LAYOUT:会见式", "DESCRIPTION:走东门\\n备茶", "END:VEVENT"),
    ]
    return calendar(*events)


def calendar(*lines: str) -> bytes:
    """Return the lines of events as a calendar."""
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//park//schedule//ZH", *lines, "END:VCALENDAR", "")).encode()


def local(row: ScheduleRow) -> str:
    """Return when a row's meeting is by the site's clock."""
    assert row.starts_at
    assert row.ends_at
    assert row.starts_at.tzinfo is UTC
    return f"{row.starts_at.astimezone(ZONE):%m-%d %H:%M}-{row.ends_at.astimezone(ZONE):%H:%M}"


def codes(row: ScheduleRow) -> list[tuple[str, str, str]]:
    """Return what is wrong with a row: column, field and code."""
    return [(fault.column, fault.field, fault.code) for fault in row.faults]


def refusal_of(read: Callable[[], object]) -> str:
    """Return the code with which something is refused, "" if it is not."""
    try:
        read()
    except BadInput as refused:
        return refused.code
    except Unreadable as refused:
        return str(refused)
    return ""

"""What the columns of a schedule may be called, and where its header is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.meetings.sheets.days import normal
from server.sheets import cell_text

HEADER_WITHIN = 10
"""A title and a date may stand above the header, but not more rows than this."""
FEWEST_NAMED = 3
"""Columns that a header names at least."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column a schedule may have: the field, its names in Chinese and English, an example in both, the longest text of a cell.

    The first name of each is the template's; a column without an example is none of the template's.
    """

    field: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    example: tuple[str, str] | None = None
    most: int = 80


COLUMNS: tuple[Column, ...] = (
    Column(
        field="number",
        zh=("编号", "会议编号", "会议号", "预订号", "预约号", "预订编号", "预约编号", "订单号"),
        en=("No.", "Meeting no.", "Meeting number", "Booking no.", "Booking number", "Reference", "Ref"),
        example=("HY-2026-0113", "HY-2026-0113"),
    ),
    Column(
        field="day",
        zh=("日期", "会议日期", "召开日期", "使用日期", "日期星期", "日期及星期"),
        en=("Date", "Day", "Meeting date"),
        example=("2026年11月23日", "23 Nov 2026"),
    ),
    Column(field="weekday", zh=("星期", "周", "周几", "星期几", "礼拜"), en=("Weekday", "Day of week")),
    Column(field="period", zh=("时段", "午别", "上下午", "上午下午"), en=("AM/PM", "Half day")),
    Column(
        field="time",
        zh=("时间", "会议时间", "起止时间", "会议起止时间", "时间段", "使用时间", "召开时间", "日期时间", "会议日期及时间"),
        en=("Time", "Times", "Meeting time", "From - to", "Date and time"),
        example=("9:00-11:30", "9:00-11:30"),
    ),
    Column(field="start", zh=("开始", "开始时间", "起始时间", "会议开始时间", "起"), en=("Start", "Starts", "Start time", "From", "Begin")),
    Column(field="end", zh=("结束", "结束时间", "终止时间", "会议结束时间", "止"), en=("End", "Ends", "End time", "To", "Until", "Finish")),
    Column(
        field="title",
        zh=("会议名称", "会议", "名称", "会议主题", "主题", "会议内容", "内容", "议题", "活动", "活动名称", "会议活动", "事项", "工作内容"),
        en=("Title", "Meeting", "Meeting name", "Meeting title", "Subject", "Event", "Topic", "Name"),
        example=("周例会", "Weekly meeting"),
    ),
    Column(
        field="room",
        zh=("会议室", "地点", "会议地点", "场地", "房间", "会场", "会议室名称", "使用会议室", "会议场地"),
        en=("Room", "Meeting room", "Location", "Venue", "Place"),
        example=("301", "301"),
        most=60,
    ),
    Column(
        field="category",
        zh=("类别", "会议类别", "会议类型", "类型", "级别", "会议级别", "会议等级", "等级", "规格", "接待规格"),
        en=("Category", "Type", "Meeting type", "Class", "Level"),
        example=("一般", "Ordinary"),
    ),
    Column(
        field="layout",
        zh=("台型", "布局", "会议布局", "会场布局", "摆台", "摆台形式", "桌型", "布置", "会场布置", "布置形式", "座位形式", "会场形式"),
        en=("Layout", "Set-up", "Room set-up", "Seating", "Style"),
        example=("课桌式", "Classroom"),
    ),
    Column(
        field="estimated",
        zh=("人数", "预计人数", "参会人数", "参加人数", "与会人数", "出席人数", "会议人数", "规模"),
        en=("Headcount", "Estimated", "Estimated headcount", "Attendees", "Participants", "People", "Persons", "Pax", "Number of people"),
        example=("30", "30"),
    ),
    Column(
        field="guaranteed",
        zh=("保证人数", "人数保证", "保底人数", "确认人数"),
        en=("Guaranteed", "Guaranteed headcount", "Confirmed headcount"),
        example=("24", "24"),
    ),
    Column(
        field="contact_name",
        zh=("联系人", "会议联系人", "联系人及电话", "联系人电话号码", "负责人", "经办人", "预订人", "申请人", "会务联系人"),
        en=("Contact", "Contact name", "Contact person", "Organizer", "Organiser", "Host", "Booked by"),
        example=("曾静怡", "曾静怡"),
        most=60,
    ),
    Column(
        field="contact_phone",
        zh=("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "联系人电话", "联系人手机"),
        en=("Phone", "Telephone", "Mobile", "Tel", "Contact phone", "Contact number"),
        example=("138 0013 8000", "138 0013 8000"),
        most=30,
    ),
    Column(
        field="tenant",
        zh=(
            "单位",
            "公司",
            "租户",
            "企业",
            "主办单位",
            "主办部门",
            "承办单位",
            "召开单位",
            "会议单位",
            "预订单位",
            "申请部门",
            "使用部门",
            "部门",
        ),
        en=("Company", "Tenant", "Organisation", "Organization", "Department"),
        example=("江南茶业", "江南茶业"),
    ),
    Column(
        field="tea_minutes",
        zh=("续茶间隔", "续茶", "续水", "续水间隔", "茶水间隔", "续茶分钟"),
        en=("Tea every (minutes)", "Tea every", "Tea interval", "Tea minutes"),
        example=("20", "20"),
    ),
    Column(
        field="equipment",
        zh=("设备", "设备需求", "所需设备", "设备要求", "会议设备", "音视频设备"),
        en=("Equipment", "Equipment needed", "AV", "Audio-visual"),
        example=("投影", "Projector"),
        most=200,
    ),
    Column(
        field="notes",
        zh=("备注", "说明", "要求", "会议要求", "会务要求", "服务要求", "其他", "其他要求"),
        en=("Notes", "Note", "Remarks", "Remark", "Comments"),
        example=("需要签到台", "A desk to sign in at"),
        most=500,
    ),
    Column(field="status", zh=("状态", "会议状态"), en=("Status", "State"), example=("", "")),
)
"""Every column, in the order of the template. 序号 is none of them: it counts rows, and tells no meeting from another."""

LONGEST: Mapping[str, int] = {column.field: column.most for column in COLUMNS}


def _folded(name: str) -> str:
    return "".join(letter for letter in normal(name).casefold() if letter.isalnum())


_BY_NAME = {_folded(name): column.field for column in COLUMNS for name in (*column.zh, *column.en)}
_BRACKETS = re.compile(r"[(\[【].*?(?:[)\]】]|$)")
_PARTS = re.compile(r"[/|、,;]|(?<=[\u4e00-\u9fff])\s*(?=[A-Za-z])|(?<=[A-Za-z.])\s*(?=[\u4e00-\u9fff])")


def header_of(cells: Sequence[Any]) -> dict[int, str]:
    """Return the fields that a row names, by column counted from 0; none if it is no header.

    A header names three columns or more, among them the title or the room, and a day or a time.
    """
    header = fields_of(cells)
    names = set(header.values())
    if len(header) < FEWEST_NAMED or not names & {"title", "room"} or not names & {"day", "weekday", "time", "start"}:
        return {}
    return header


def fields_of(cells: Sequence[Any]) -> dict[int, str]:
    """Return the fields that cells name, each once; a second day is the weekday beside the date."""
    header: dict[int, str] = {}
    for index, cell in enumerate(cells):
        field = _field(cell) if isinstance(cell, str) else None
        if field == "day" and "day" in header.values():
            field = "weekday"
        if field is not None and field not in header.values():
            header[index] = field
    return header


def joined(upper: Mapping[int, str], lower: Mapping[int, str]) -> dict[int, str]:
    """Return a header of two lines: ``时间`` over ``开始`` and ``结束`` gives way to them."""
    kept = {index: field for index, field in upper.items() if index not in lower and field not in lower.values()}
    return {**kept, **lower}


def settled(header: Mapping[int, str]) -> dict[int, str]:
    """Return a header in which ``时段`` is the time, if no other column is."""
    if {"time", "start"} & set(header.values()):
        return dict(header)
    return {index: "time" if field == "period" else field for index, field in header.items()}


def _field(cell: str) -> str | None:
    return next((_BY_NAME[name] for name in _names(cell) if name in _BY_NAME), None)


def _names(cell: str) -> Iterator[str]:
    """Yield what a header's cell may be meant by: all of it, without brackets, and each of its two languages."""
    text = cell_text(cell)[:120]
    yield _folded(text)
    bare = _BRACKETS.sub(" ", normal(text))
    yield _folded(bare)
    for line in text.splitlines():
        yield _folded(_BRACKETS.sub(" ", normal(line)))
    for part in _PARTS.split(bare):
        yield _folded(part)

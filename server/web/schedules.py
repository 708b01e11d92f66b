"""What a weekly schedule (S112) is told in: what a row comes to, what differs, and what is wrong with a cell, for desk and terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.days import local_day, whole_day
from server.domain.meetings.queries.importing import Judged, Preview
from server.domain.meetings.rules import Difference
from server.domain.meetings.sheets import Site
from server.sheets import Fault
from server.web import floor, sentences
from server.web.floor import Word

KINDS: Mapping[str, Word] = {
    "added": (lazy_gettext("new"), "ok", "plus"),
    "changed": (lazy_gettext("changed"), "due", "edit"),
    "cancelled": (lazy_gettext("cancelled"), "info", "close"),
    "same": (lazy_gettext("as it is"), "calm", "check"),
    "over": (lazy_gettext("over"), "calm", "clock"),
    "faulty": (lazy_gettext("faulty"), "bad", "alert"),
}
"""What a row comes to → word, tone, icon."""

COUNTED: Mapping[str, tuple[LazyString, str]] = {
    "added": (lazy_gettext("new meetings"), "ok"),
    "changed": (lazy_gettext("to be changed"), "due"),
    "cancelled": (lazy_gettext("to be cancelled"), "due"),
    "same": (lazy_gettext("as they are"), ""),
    "over": (lazy_gettext("over already"), ""),
    "faulty": (lazy_gettext("faulty, left out"), "bad"),
}
"""What so many rows come to → words and tone."""

STAGES: Mapping[str, Word] = {
    "open": (lazy_gettext("not carried out"), "calm", "eye"),
    "begun": (lazy_gettext("carried out in part"), "due", "wait"),
    "done": (lazy_gettext("carried out"), "ok", "check"),
}
"""How far a kept schedule is → word, tone, icon."""

FIELDS: Mapping[str, LazyString] = {
    **floor.FIELDS,
    "title": lazy_gettext("Meeting title"),
    "estimated": lazy_gettext("People expected"),
    "guaranteed": lazy_gettext("People guaranteed"),
    "tenant_id": lazy_gettext("Tenant"),
    "contact_name": lazy_gettext("Contact"),
    "contact_phone": lazy_gettext("Contact's phone"),
    "notes": lazy_gettext("Notes"),
}

FILE_FAULTS: Mapping[str, LazyString] = {
    "missing": lazy_gettext("Please choose a file."),
    "file_empty": lazy_gettext("The file lists no meetings."),
    "file_kind_unknown": lazy_gettext("Excel (.xlsx, .xls) or a calendar (.ics), please."),
    "file_unreadable": lazy_gettext("This file cannot be read. Please save it as .xlsx or .ics and try again."),
    "file_no_header": lazy_gettext("No row names the columns: a day, a time and a meeting or room at least."),
    "file_too_many_rows": lazy_gettext("The schedule has too many meetings. Please split it."),
    "file_too_big": lazy_gettext("The file is too big, or grows too big when it is unpacked."),
}
"""Why a file cannot be taken."""

ROW_FAULTS: Mapping[str, LazyString] = {
    "missing": lazy_gettext("Nothing stands here."),
    "too_long": lazy_gettext("This text is too long."),
    "bad_value": lazy_gettext("This cannot be used here."),
    "formula_text": lazy_gettext("This looks like a formula. Please write it as plain text."),
    "time_unclear": lazy_gettext("This time is not clear. Please write it as 14:30-15:30."),
    "too_many_for_layout": lazy_gettext("In this layout the room does not hold so many people."),
    "too_long_meeting": lazy_gettext("This meeting is too long."),
    "too_far_ahead": lazy_gettext("This lies too far ahead."),
    "tea_out_of_range": lazy_gettext("Tea cannot be served at such intervals."),
    "room_taken": lazy_gettext("The room is taken at that time."),
}
"""What is wrong with a cell, where the sentence of a form would tell more than a list knows."""

REFUSALS: Mapping[str, LazyString] = {
    "weekday_differs": lazy_gettext("Date and weekday do not agree."),
    "over_midnight": lazy_gettext("This goes beyond midnight. Please list each day by itself."),
    "number_unclear": lazy_gettext("This number is not clear. Please write 30, or 30-40."),
    "layout_unknown": lazy_gettext("This layout is not known here."),
    "error_cell": lazy_gettext("This cell holds an error of the office program."),
    "repeats_unclear": lazy_gettext("How this event repeats is not clear."),
    "repeats_too_much": lazy_gettext("This event repeats too often, or has done so for too long."),
}
"""Code → sentence, of what only a schedule can be wrong in."""

sentences.add(REFUSALS, face="schedules")


SPELT_OUT = timedelta(days=180)
"""How far ahead events that recur are spelt out."""


def site_at(now: datetime, zone: ZoneInfo) -> Site:
    """Return where and when a schedule is read: from the beginning of this day on."""
    today = local_day(now, zone)
    since = whole_day(today, zone).begins
    return Site(zone=zone, today=today, since=since, until=since + SPELT_OUT)


def file_sentence(code: str) -> str:
    """Return why a file cannot be taken."""
    return str(FILE_FAULTS[code]) if code in FILE_FAULTS else sentences.sentence(code, {})


def fault_sentence(fault: Fault) -> str:
    """Return what is wrong with a cell."""
    return str(ROW_FAULTS[fault.code]) if fault.code in ROW_FAULTS else sentences.sentence(fault.code, {})


def place(one: Judged, fault: Fault) -> str:
    """Return where a fault stands, as the office program shows it: E7; of a calendar the property."""
    return f"{fault.column}{one.row.number}" if one.row.sheet else fault.column


def differences(one: Judged, preview: Preview, local: Callable[[datetime], datetime]) -> list[tuple[str, str, str]]:
    """Return what of a meeting is changed: what, before, after."""
    return [
        (str(FIELDS.get(each.field, each.field)), _told(each, each.before, preview, local), _told(each, each.after, preview, local))
        for each in one.differences
    ]


def _told(one: Difference, value: str | int | None, preview: Preview, local: Callable[[datetime], datetime]) -> str:
    if one.field == "tenant_id" and value is not None:
        return preview.tenants.get(int(value), "")
    if one.field in ("title", "contact_name", "contact_phone", "notes", "plan", "estimated", "guaranteed"):
        return str(gettext("none")) if value in (None, "") else str(value)
    return floor.told(one.field, value, preview.rooms, local)

"""A meeting while it is being read: its texts by field, where each stands, and the faults found so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from server.days import at_local
from server.domain.meetings.sheets.columns import LONGEST
from server.domain.meetings.sheets.words import category_of, headcount_of, is_cancelled, layout_of, minutes_of, without_mark
from server.domain.people.rules import tidy_phone
from server.errors import BadInput
from server.sheets import Fault, is_formula, is_nothing
from server.text import clean_line

Value = TypeVar("Value")

_PLAIN_FIELDS = frozenset({"title", "room", "tenant", "contact_name"})
"""In these nobody means a formula; a note may well begin with a dash."""
_STANDS_FOR = {"day": ("weekday", "time", "start"), "time": ("start", "period", "day"), "contact_phone": ("contact_name",)}
"""Where a field is looked for that has no column of its own."""
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_LATER = frozenset({"待定", "未定", "另行通知", "tbd", "tba"})
_NAME_AND_PHONE = re.compile(r"(?P<name>[^\d+]*[^\d+\s,:/(，：（])[\s,:/(，：（]*(?P<phone>\+?\d[\d\s-]{1,18}\d)[)）]?")


class Draft:
    """One meeting being read. A fault is named once a field, the first one."""

    def __init__(self, texts: Mapping[str, str], columns: Mapping[str, str], *, is_sheet: bool) -> None:
        """Begin with the texts of fields and the column (or property) each stands in; in a sheet formulas and error cells are faults."""
        self.texts = texts
        self.columns = columns
        self.faults: list[Fault] = []
        self._is_sheet = is_sheet

    def fault(self, field: str, code: str) -> None:
        """Name what is wrong with a field's cell, unless something already is."""
        if all(fault.field != field for fault in self.faults):
            places = (field, *_STANDS_FOR.get(field, ()))
            column = next((self.columns[place] for place in places if place in self.columns), "A" if self._is_sheet else "")
            self.faults.append(Fault(column=column, field=field, code=code))

    def attempt(self, read: Callable[[], Value], otherwise: Value) -> Value:
        """Return what ``read`` returns; what it refuses is the fault of the field it names, and ``otherwise`` stands."""
        try:
            return read()
        except BadInput as refusal:
            self.fault(refusal.field, refusal.code)
            return otherwise

    def is_faulty(self, *fields: str) -> bool:
        """Tell whether something is wrong with any of these fields."""
        return any(fault.field in fields for fault in self.faults)

    def is_error(self, field: str) -> bool:
        """Tell whether an office program found no value for a cell (``#REF!``)."""
        return self._is_sheet and _ERROR.fullmatch(self.texts.get(field, "").strip()) is not None

    def text(self, field: str, *, is_needed: bool = False) -> str:
        """Return a field's tidy text; faults: ``error_cell``, ``formula_text``, ``broken_text``, ``too_long``, ``missing``."""
        return self.attempt(lambda: self._checked(field, is_needed=is_needed), "")

    def _checked(self, field: str, *, is_needed: bool) -> str:
        text = self.texts.get(field, "").strip()
        if self.is_error(field):
            raise BadInput("error_cell", field=field)
        text = "" if is_nothing(text) or text.casefold() in _LATER else text
        if self._is_sheet and field in _PLAIN_FIELDS and is_formula(text):
            raise BadInput("formula_text", field=field)
        return clean_line(text, field=field, most=LONGEST[field], least=1 if is_needed else 0)


def described(draft: Draft) -> dict[str, Any]:
    """Return everything of a row but its number, sheet, key and times; what cannot be read is a fault of the draft."""
    title, marked = without_mark(draft.text("title", is_needed=True))
    name, phone = _contact(draft)
    estimated, also_sure = _headcount(draft, "estimated")
    told, sure = _headcount(draft, "guaranteed")
    notes = draft.text("notes")
    return {
        "title": title,
        "room": draft.text("room", is_needed=True),
        "category": draft.attempt(lambda: category_of(draft.text("category")), ""),
        "layout": draft.attempt(lambda: layout_of(draft.text("layout")), ""),
        "estimated": estimated,
        "guaranteed": told or sure or also_sure,
        "contact_name": name,
        "contact_phone": phone,
        "tenant": draft.text("tenant"),
        "tea_minutes": draft.attempt(lambda: minutes_of(draft.text("tea_minutes"), field="tea_minutes"), None),
        "equipment": draft.text("equipment"),
        "notes": notes,
        "cancelled": marked or is_cancelled(draft.text("status")) or is_cancelled(notes),
    }


def _headcount(draft: Draft, field: str) -> tuple[int | None, int | None]:
    nobody: tuple[int | None, int | None] = (None, None)
    return draft.attempt(lambda: headcount_of(draft.text(field), field=field), nobody)


def _contact(draft: Draft) -> tuple[str, str]:
    """Return name and phone, also where both stand in one cell: ``王芳 13800138000``."""
    name, phone = draft.text("contact_name"), draft.text("contact_phone")
    tidy = tidy_phone(phone)
    if tidy:
        return name, tidy
    both = _NAME_AND_PHONE.fullmatch(phone or name)
    number = both and tidy_phone(both["phone"])
    if both and number:
        return (name if phone and name else both["name"].strip()), number
    if tidy is None:
        draft.fault("contact_phone", "bad_value")
    return name, ""


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the instant so many minutes after a day's midnight (24:00 is the next one's) by the clock of ``zone``, in UTC."""
    days, rest = divmod(minutes, 24 * 60)
    return at_local(day + timedelta(days=days), time(*divmod(rest, 60)), zone)

"""What the desk may send in about rooms, run sheets, the department's texts, the calendar, and which days a register is of."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.rooms.rules import MOST_CAPACITY, MOST_MINUTES
from server.faces.desk.forms import Version
from server.faces.desk.forms_people import NoRow
from server.faces.desk.forms_visits import Day, Hour, NoDay
from server.web.forms import Form, Switch, line

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
LONGEST_TEXT = 20_000
"""Characters of a text that are looked at at all; how long it may be is its subject's to say."""


def _month(value: object) -> date:
    found = MONTH.fullmatch(str(value).strip())
    if found is None or not (1970 <= int(found[1]) <= 9000 and 1 <= int(found[2]) <= 12):
        raise PydanticCustomError("month_unclear", "not a month")
    return date(int(found[1]), int(found[2]), 1)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("not_understood", "not text")
    if len(value) > LONGEST_TEXT:
        raise PydanticCustomError("too_long", "too long", {"most": LONGEST_TEXT})
    return value


Text = Annotated[str, BeforeValidator(_text)]
"""Several lines as typed; the subject tidies them."""
NoHour = Annotated[Hour | None, BeforeValidator(lambda value: None if value in ("", None) else value)]
NoMonth = Annotated[date | None, BeforeValidator(lambda value: None if value in ("", None) else _month(value))]


class Room(Form):
    """A meeting room."""

    name: Annotated[str, line(20, least=1)]
    name_en: Annotated[str, line(40)] = ""
    floor: Annotated[str, line(10)] = ""
    place: Annotated[str, line(80)] = ""
    place_en: Annotated[str, line(80)] = ""
    equipment: Annotated[str, line(200)] = ""
    is_vip: Switch = False


class NewRoom(Room):
    """One more, with the seats it has in rows."""

    capacity: Annotated[int, Field(ge=0, le=MOST_CAPACITY), BeforeValidator(lambda value: value or 0)] = 0


class ChangedRoom(Room):
    """The same with the version of the row it was drawn from."""

    version: Version


class Layout(Form):
    """How a room stands in a layout."""

    offered: Switch = False
    capacity: Annotated[int, Field(ge=1, le=MOST_CAPACITY)]
    setup_minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)]
    turnover_minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)]
    kit: Annotated[str, line(200)] = ""


class SheetLine(Form):
    """A line of a run sheet: so many minutes before or after, or (for the day before) an hour; whether it is done; what is shown at it."""

    minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    side: Literal["before", "after"] = "after"
    hour: NoHour = None
    enabled: Switch = False
    sop: Text = ""
    sop_en: Text = ""


class Manual(Form):
    """One of the department's texts."""

    text: Text
    text_en: Text = ""


class CalendarDay(Form):
    """What a day is, or each of several in a row."""

    day: Day
    until: NoDay = None
    kind: Literal["work", "rest", "plain"]
    note: Annotated[str, line(40)] = ""


class OneDay(Form):
    """A day that is looked at."""

    day: NoDay = None


class OneMonth(Form):
    """A month that is looked at."""

    month: NoMonth = None


class SomeDays(Form):
    """From one day to another, of one room or of all."""

    first: NoDay = Field(default=None, alias="from")
    last: NoDay = Field(default=None, alias="to")
    room: NoRow = None

"""What the desk may send in about meetings: their plan, the day before, the run sheet, who looks after them, calls from rooms."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Literal

from flask import request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.calls.rules import LONGEST_NOTE
from server.domain.meetings.rules import (
    LEAST_MINUTES,
    LONGEST_NOTES,
    LONGEST_PLAN,
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_MINUTES,
    MOST_PEOPLE,
    TEA_MINUTES,
    Category,
)
from server.errors import BadInput
from server.faces.desk.forms import Version
from server.faces.desk.forms_people import NoRow, Row
from server.faces.desk.forms_visits import Day, Hour
from server.text import clean_text
from server.web.forms import Form, NeededPhone, Phone, line

USUAL, ON_CALL = "usual", "on_call"
NIGHT = timedelta(hours=8)
"""An end that is earlier than the beginning lies after midnight, if the meeting then lasts no longer than this."""


def _optional(value: object) -> object:
    return None if value in ("", None) else value


def _text(most: int) -> BeforeValidator:
    def clean(value: object) -> str:
        if not isinstance(value, str):
            raise PydanticCustomError("not_understood", "not text")
        try:
            return clean_text(value, field="", most=most)
        except BadInput as bad:
            facts = {name: fact for name, fact in bad.facts.items() if name != "field"}
            raise PydanticCustomError(bad.code, "refused", facts or None) from None

    return BeforeValidator(clean)


def _tea(value: object) -> int | str:
    if value in (USUAL, ON_CALL):
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and LEAST_MINUTES <= int(value[:4]) <= MOST_MINUTES:
        return int(value)
    raise PydanticCustomError("not_a_choice", "not an interval")


People = Annotated[int | None, Field(ge=0, le=MOST_PEOPLE), BeforeValidator(_optional)]
NoHour = Annotated[Hour | None, BeforeValidator(_optional)]
Tea = Annotated[int | str, BeforeValidator(_tea)]
"""Minutes between rounds, on call, or what the category usually has."""
Reason = Annotated[str, line(LONGEST_REASON)]


class MeetingPlan(Form):
    """What a meeting is to be. ``version`` is that of the row the form was drawn from; ``reason`` why it must be though nobody is free."""

    title: Annotated[str, line(LONGEST_TITLE, least=1)]
    category: Literal["small", "ordinary", "important", "vip"] = "ordinary"
    room_id: Row
    layout: Annotated[str, line(16, least=1)]
    day: Day
    begins: Hour
    ends: Hour
    estimated: People = None
    guaranteed: People = None
    tenant_id: NoRow = None
    contact_name: Annotated[str, line(60)] = ""
    contact_phone: Phone = ""
    tea: Tea = USUAL
    break_at: NoHour = None
    equipment: Annotated[str, line(200)] = ""
    notes: Annotated[str, _text(LONGEST_NOTES)] = ""
    plan: Annotated[str, _text(LONGEST_PLAN)] = ""
    reason: Reason = ""
    version: Version = 1

    @property
    def tea_minutes(self) -> int | None:
        """Minutes between rounds; None is on call."""
        if isinstance(self.tea, int):
            return self.tea
        return TEA_MINUTES[Category(self.category)] if self.tea == USUAL else None

    def ends_next_day(self) -> bool:
        """Tell whether the end lies after midnight."""
        return self.ends < self.begins and _since_midnight(self.ends) + timedelta(days=1) - _since_midnight(self.begins) <= NIGHT


class AdhocPlan(MeetingPlan):
    """The contact form of a meeting at short notice (S115, F18): who it is for must be there."""

    contact_name: Annotated[str, line(60, least=1)]
    contact_phone: NeededPhone


class Reconfirmation(Form):
    """What the contact said the day before (S114): layout, headcount and contact must all be there."""

    layout: Annotated[str, line(16, least=1)]
    guaranteed: Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
    contact_name: Annotated[str, line(60, least=1)]
    contact_phone: Phone = ""
    version: Version


class Cancellation(Form):
    """Why a meeting does not take place."""

    reason: Reason = ""


class Longer(Form):
    """So many minutes more."""

    minutes: Annotated[int, Field(ge=1, le=240)]


class Headcount(Form):
    """How many really came."""

    people: Annotated[int, Field(ge=0, le=MOST_PEOPLE)]


class Finished(Form):
    """A step is done: with a reason where it comes early or says no quantity, and the name of who answered for another department."""

    reason: Reason = ""
    answered_name: Annotated[str, line(60)] = ""


class Skipped(Form):
    """A step is left out, and why: one of the known reasons, or a sentence."""

    reason: Annotated[str, line(LONGEST_REASON, least=1)]


class Handed(Form):
    """Somebody else does a step; nobody in particular is whoever comes first."""

    staff_id: NoRow = None


class Attendant(Form):
    """Somebody who looks after a meeting from now on."""

    staff_id: Row


class RoomCall(Form):
    """What somebody in a room asks for by telephone."""

    wish: Literal["tea", "technician", "cleaning", "supplies", "person"]
    note: Annotated[str, line(LONGEST_NOTE)] = ""


def quantities() -> dict[str, int]:
    """Return what was drawn or used, from the pairs of fields ``item`` and ``quantity``; lines without a number are passed over."""
    found: dict[str, int] = {}
    for item, number in zip(request.form.getlist("item"), request.form.getlist("quantity"), strict=False):
        if not item.strip() or not number.strip():
            continue
        if not (number.strip().isascii() and number.strip().isdigit() and len(number.strip()) < 9):
            raise BadInput("not_a_number", field="quantities")
        found[item.strip()] = found.get(item.strip(), 0) + int(number)
    return found


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute)

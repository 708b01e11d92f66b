"""What phones send in."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal

from flask import request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.visits.rules import LONGEST_GATE, MOST_COMPANIONS, MOST_MINUTES, Purpose, Recurrence, at_local
from server.web.forms import CompanyName, Form, PersonName, Phone, ShortText, line

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _as_time(value: object) -> object:
    if not value:
        raise PydanticCustomError("missing", "missing")
    found = CLOCK.fullmatch(str(value).strip())
    if found is None:
        raise PydanticCustomError("time_unclear", "not a time")
    return time(int(found[1]), int(found[2]))


def _as_day(value: object) -> object:
    if not value:
        raise PydanticCustomError("missing", "missing")
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise PydanticCustomError("day_unclear", "not a day") from None


def _as_weekdays(value: object) -> object:
    chosen = {str(number) for number in (value if isinstance(value, list) else [value])}
    if not chosen <= set("0123456"):
        raise PydanticCustomError("not_understood", "not weekdays")
    return tuple(sorted(int(number) for number in chosen))


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


Hour = Annotated[time, BeforeValidator(_as_time)]
Day = Annotated[date, BeforeValidator(_as_day)]
Gate = Annotated[str, line(LONGEST_GATE)]
Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]


class Correction(Form):
    """What a visitor may correct about himself."""

    name: PersonName
    phone: Phone = ""
    company: CompanyName = ""
    version: int = Field(ge=1)


class InMinutes(Form):
    """The host comes, or asks to wait, so many minutes."""

    minutes: Minutes


class Refusal(Form):
    """Why the host declines: a key, or a sentence."""

    reason: ShortText = "other"


class Handover(Form):
    """Who comes instead."""

    to: int = Field(ge=1)


class InvitationForm(Form):
    """What every invitation holds; :func:`read_invitation` reads the form of the kind that was chosen."""

    name: PersonName
    phone: Phone = ""
    company: CompanyName = ""
    purpose: Purpose = Purpose.MEETING
    companions: Annotated[int, Field(ge=0, le=MOST_COMPANIONS)] = 0
    gate: Gate = ""
    language: Literal["zh", "en"] = "zh"
    version: Annotated[int, Field(ge=1)] = 1

    def window(self, zone: tzinfo) -> tuple[datetime, datetime, Recurrence | None]:
        """Return from when, until when, and how it recurs."""
        raise NotImplementedError

    def arguments(self, zone: tzinfo) -> dict[str, Any]:
        """Return what the service's verbs take."""
        begins, ends, recurrence = self.window(zone)
        entered = self.model_dump(include={"name", "phone", "company", "companions", "gate", "language"})
        return entered | {"purpose": self.purpose.value, "valid_from": begins, "valid_until": ends, "recurrence": recurrence}


class Once(InvitationForm):
    """An invitation for some hours of one day."""

    day: Day
    begins: Hour
    ends: Hour

    def window(self, zone: tzinfo) -> tuple[datetime, datetime, Recurrence | None]:
        """Return the hours of the day."""
        return at_local(self.day, self.begins, zone), at_local(self.day, self.ends, zone), None


class Often(InvitationForm):
    """An invitation for some weekdays and hours within a span of days, both days included."""

    weekdays: Annotated[tuple[int, ...], BeforeValidator(_as_weekdays)]
    daily_from: Hour
    daily_until: Hour
    first_day: Day
    last_day: Day

    def window(self, zone: tzinfo) -> tuple[datetime, datetime, Recurrence | None]:
        """Return the whole days from the first to the last, and the rhythm within them."""
        rhythm = Recurrence(weekdays=self.weekdays, daily_from=_minutes(self.daily_from), daily_until=_minutes(self.daily_until))
        return at_local(self.first_day, time(), zone), at_local(self.last_day + timedelta(days=1), time(), zone), rhythm


def read_invitation() -> InvitationForm:
    """Return the form of the kind that was chosen; raises BadForm."""
    return (Often if request.form.get("kind") == "often" else Once).read()


def typed_invitation() -> dict[str, Any]:
    """Return what was typed, of both kinds, to show it again."""
    typed: dict[str, Any] = {field: request.form.get(field, "") for field in {**Once.model_fields, **Often.model_fields, "kind": None}}
    return typed | {"weekdays": request.form.getlist("weekdays")}

"""What the desk may send in about visits and invitations."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.visits.rules import LONGEST_REASON, MOST_COMPANIONS, MOST_MINUTES
from server.faces.desk.forms import Version
from server.faces.desk.forms_people import NoRow, Row
from server.web.forms import CompanyName, Form, PersonName, Phone, line

CLOCK = re.compile(r"([01]?\d|2[0-3])[:：.]?([0-5]\d)", re.ASCII)
"""14:30, also typed as 1430 or with a full-width colon."""


def _hour(value: object) -> time:
    found = CLOCK.fullmatch(str(value).strip()) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("time_unclear", "not a time of day")
    return time(int(found[1]), int(found[2]))


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise PydanticCustomError("day_unclear", "not a day") from None
    # A week at either end of the calendar is left out: no time zone may push the instant over it.
    if not 1970 <= day.year <= 9000:
        raise PydanticCustomError("day_unclear", "no day of ours")
    return day


Hour = Annotated[time, BeforeValidator(_hour)]
Day = Annotated[date, BeforeValidator(_day)]
NoDay = Annotated[date | None, BeforeValidator(lambda value: None if value in ("", None) else _day(value))]
Purpose = Literal["meeting", "interview", "viewing", "service", "other"]
Companions = Annotated[int, Field(ge=0, le=MOST_COMPANIONS), BeforeValidator(lambda value: value or 0)]
Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]
Weekdays = Annotated[
    tuple[Annotated[int, Field(ge=0, le=6)], ...], BeforeValidator(lambda value: value if isinstance(value, list | tuple) else [value])
]


class Search(Form):
    """What is looked for."""

    q: Annotated[str, line(60)] = ""


class Scanned(Form):
    """What a scanner read, or somebody typed from a pass: an address, a token or six digits."""

    text: Annotated[str, line(300, least=1)]


class WalkIn(Form):
    """Somebody who stands at the desk without an invitation."""

    host_id: NoRow = None
    name: PersonName
    phone: Phone = ""
    company: CompanyName = ""
    purpose: Purpose = "meeting"
    companions: Companions = 0
    language: Literal["zh", "en"] = "zh"


class Correction(Form):
    """What stands about a visitor, corrected. ``version`` is that of the page."""

    name: PersonName
    phone: Phone = ""
    company: CompanyName = ""
    purpose: Purpose = "other"
    companions: Companions = 0
    version: Version


class Promise(Form):
    """The host comes, or asks to wait, so many minutes."""

    minutes: Minutes


class Refusal(Form):
    """Why the host declines: a known reason, or a sentence."""

    reason: Annotated[str, line(LONGEST_REASON, least=1)]


class SomebodyElse(Form):
    """Who will come instead."""

    to_host_id: Row


class Observed(Form):
    """What was seen, told afterwards: somebody arrived or left at this time."""

    what: Literal["arrival", "departure"]
    day: Day
    hour: Hour


class Invitation(Form):
    """Leave to come: once within a window, or on some weekdays between two days."""

    host_id: Row
    name: PersonName
    phone: Phone = ""
    company: CompanyName = ""
    purpose: Purpose = "meeting"
    companions: Companions = 0
    gate: Annotated[str, line(20)] = ""
    language: Literal["zh", "en"] = "zh"
    kind: Literal["once", "recurring"] = "once"
    day: Day
    until_day: NoDay = None
    begins: Hour
    ends: Hour
    weekdays: Weekdays = ()


class ChangedInvitation(Invitation):
    """The same with the version of the row it was drawn from."""

    version: Version

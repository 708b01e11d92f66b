"""What the kiosk may send in."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.visits.rules import MOST_COMPANIONS, Purpose, tidy_code, tidy_tail
from server.web.forms import CompanyName, Form, NeededPhone, PersonName, line

PASS_ADDRESS = re.compile(r"/v/([a-z0-9]+)/?$", re.IGNORECASE)


def _six_digits(value: object) -> str:
    number = tidy_code(str(value)[:40])
    if number is None:
        raise PydanticCustomError("six_digits_needed", "not six digits")
    return f"{number:06d}"


def _four_digits(value: object) -> str:
    tail = tidy_tail(str(value)[:40])
    if tail is None:
        raise PydanticCustomError("four_digits_needed", "not four digits")
    return tail


def _agreed(value: object) -> bool:
    if value != "yes":
        raise PydanticCustomError("consent_missing", "not agreed")
    return True


def _token(value: object) -> str:
    text = str(value).strip()[:400]
    found = PASS_ADDRESS.search(text)
    return found.group(1) if found else text


SixDigits = Annotated[str, BeforeValidator(_six_digits)]
FourDigits = Annotated[str, BeforeValidator(_four_digits)]


class Lane(Form):
    """A button of the home screen."""

    lane: Literal["walk_in", "code", "leave"]


class View(Form):
    """How the screen is shown; what is not sent stays as it is. The language itself is taken by the house's cookie."""

    text_size: Literal["", "large"] | None = None
    reach: Literal["", "low"] | None = None


class Search(Form):
    """What was typed to find a host."""

    text: Annotated[str, line(60)] = ""


class Host(Form):
    """The host that was tapped, as number and proof, among those that ``text`` finds; empty for “I do not know”."""

    host: Annotated[str, line(60)] = ""
    text: Annotated[str, line(60)] = ""


class Person(Form):
    """Who somebody is."""

    name: PersonName
    phone: NeededPhone
    company: CompanyName = ""


class Visit(Form):
    """What somebody comes for, with how many, and that the notice was agreed to."""

    consent: Annotated[bool, BeforeValidator(_agreed)] = Field(False, validate_default=True)
    purpose: Purpose
    companions: int = Field(0, ge=0, le=MOST_COMPANIONS)


class Scan(Form):
    """What a scanner or the camera read: the address of a pass, or its token alone."""

    scanned: Annotated[str, BeforeValidator(_token)]


class Code(Form):
    """A six-digit code."""

    code: SixDigits


class Surname(Form):
    """The surname that goes with a code."""

    surname: PersonName


class LeaveBy(Form):
    """How somebody without a pass at hand signs out."""

    by: Literal["leave_code", "leave_phone"]


class LeaveByCode(Form):
    """A six-digit code and the surname."""

    code: SixDigits
    surname: PersonName


class LeaveByPhone(Form):
    """The last four digits of one's own phone and the surname."""

    tail: FourDigits
    surname: PersonName

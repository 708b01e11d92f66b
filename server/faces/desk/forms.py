"""What the desk may send in about itself, its staff and its devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.web.forms import Form, PersonName, ShortText, line

LONGEST_SECRET = 1000


def _secret(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise PydanticCustomError("missing", "missing")
    if len(value) > LONGEST_SECRET:
        raise PydanticCustomError("too_long", "too long", {"most": LONGEST_SECRET})
    return value


Password = Annotated[str, BeforeValidator(_secret)]
"""A password as typed: never tidied, and judged by the staff's rules."""
Wanted = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) and len(value) < LONGEST_SECRET else "")]
"""An address to go on to, if it is one."""
Username = Annotated[str, line(40)]
Version = Annotated[int, Field(ge=1, lt=2**31)]


class LogOn(Form):
    """A login, and where to go after it."""

    username: Annotated[str, line(40, least=1)]
    password: Password
    next: Wanted = ""


class ChangePassword(Form):
    """A new password of one's own, typed twice."""

    current: Password
    new: Password
    again: Password


class StaffMember(Form):
    """Somebody on the staff. ``version`` is that of the row the form was drawn from; none for somebody new."""

    name: PersonName
    username: Username = ""
    role: Literal["desk", "supervisor", "keeper", "admin", "attendant"]
    version: Version = 1


class Device(Form):
    """What the desk says about an enrolled device."""

    name: Annotated[str, line(40, least=1)]
    gate: Annotated[str, line(20)] = ""
    place: Annotated[str, line(60)] = ""
    theme: Literal["auto", "day", "night"] = "auto"
    version: Version = 1


class Pairing(Form):
    """A new device's code, and what it becomes."""

    code: Annotated[str, line(20, least=1)]
    role: Literal["kiosk", "tablet", "board", "door"]
    name: Annotated[str, line(40, least=1)]
    gate: Annotated[str, line(20)] = ""
    place: Annotated[str, line(60)] = ""


class EnrolLink(Form):
    """A link that enrols the browser that opens it, once."""

    role: Literal["kiosk", "tablet", "board", "door"]
    name: Annotated[str, line(40)] = ""
    gate: Annotated[str, line(20)] = ""
    place: ShortText = ""

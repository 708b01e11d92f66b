"""What the desk may send in about itself, its staff and its devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.web.forms import Form, PersonName, ShortText, line

Password = Annotated[str, Field(max_length=1000)]
"""A password as typed: never tidied, and judged by the staff's rules."""
Username = Annotated[str, line(40)]
Version = Annotated[int, Field(ge=1, lt=2**31)]


class LogOn(Form):
    """A login, and where to go after it."""

    username: Annotated[str, line(40, least=1)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    next: Annotated[str, Field(max_length=500)] = ""


class ChangePassword(Form):
    """A new password of one's own, typed twice."""

    current: Annotated[str, Field(min_length=1, max_length=1000)]
    new: Annotated[str, Field(min_length=1, max_length=1000)]
    again: Annotated[str, Field(min_length=1, max_length=1000)]


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

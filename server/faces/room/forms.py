"""What the room page may send in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.domain.calls.rules import LONGEST_NOTE
from server.web.forms import Form, line


class Note(Form):
    """What it is about, for whoever comes."""

    note: Annotated[str, line(LONGEST_NOTE)] = ""


class OneCall(Form):
    """Which of the room's calls."""

    call: Annotated[int, Field(ge=1, lt=2**31)]


class Longer(Form):
    """How many minutes more."""

    minutes: Literal["10", "30"]

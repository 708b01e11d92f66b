"""What the tablet may send in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.posts.rules import LONGEST_REASON
from server.web.forms import Form, line

LONGEST_PIN = 100


def _pin(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise PydanticCustomError("missing", "missing")
    if len(value) > LONGEST_PIN:
        raise PydanticCustomError("too_long", "too long", {"most": LONGEST_PIN})
    return value


Pin = Annotated[str, BeforeValidator(_pin)]
"""A PIN as typed: never tidied, and judged by comparing only."""


class Unlock(Form):
    """Who opens the tablet, and the PIN."""

    staff_id: int = Field(ge=1, lt=2**31)
    pin: Pin


class AskLeave(Form):
    """Why somebody wants to leave the post: one of a few reasons, or own words."""

    reason: Literal["errand", "called", "unwell"] = "errand"
    words: Annotated[str, line(LONGEST_REASON)] = ""


class ClockOut(Form):
    """Going off duty; ``closing`` also closes the desk."""

    closing: Literal["", "yes"] = ""

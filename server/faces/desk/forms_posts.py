"""What the desk may send in about posts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.domain.posts.rules import LONGEST_REASON
from server.web.forms import Form, line


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise PydanticCustomError("day_unclear", "not a day") from None


Day = Annotated[date, BeforeValidator(_day)]


class PostMove(Form):
    """A button on somebody's post; ``closing`` also closes the desk."""

    closing: Literal["", "yes"] = ""


class AskLeave(Form):
    """Why somebody wants to leave the post: one of a few reasons, or own words."""

    reason: Literal["errand", "called", "unwell"] = "errand"
    words: Annotated[str, line(LONGEST_REASON)] = ""


class FoundAway(Form):
    """Somebody who was not at the post, and what was found."""

    staff_id: int = Field(ge=1, lt=2**31)
    words: Annotated[str, line(LONGEST_REASON)] = ""


class AskedDay(Form):
    """The day of a register."""

    day: Day

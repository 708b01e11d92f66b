"""What the tablet may send in about meetings, steps, tea and calls."""

from __future__ import annotations

from typing import Annotated

from flask import request
from pydantic import BeforeValidator, Field

from server.domain.meetings.rules import LONGEST_REASON
from server.errors import BadInput
from server.web.forms import Form, line

MOST_ITEMS = 40
MOST_ROUNDS = 20


class Why(Form):
    """Why something is left out."""

    reason: Annotated[str, line(LONGEST_REASON, least=1)]


class Finished(Form):
    """What finishing a step may say: a remark, or why so early; who of another department answered."""

    reason: Annotated[str, line(LONGEST_REASON)] = ""
    answered_name: Annotated[str, line(60)] = ""


class Minutes(Form):
    """So many minutes more."""

    minutes: Annotated[int, Field(ge=1, le=240)]


class Interval(Form):
    """Minutes between rounds of tea; blank is on call."""

    minutes: Annotated[int | None, Field(ge=1, le=240), BeforeValidator(lambda value: None if value == "" else value)] = None


class Count(Form):
    """How many came."""

    people: Annotated[int, Field(ge=0, le=2000)]


def quantities() -> dict[str, int] | None:
    """Return item and quantity as the page lists them; none where it lists nothing. Refuses (field ``quantities``) what is no number."""
    items, counts = request.form.getlist("item"), request.form.getlist("quantity")
    if not items:
        return None
    if len(items) != len(counts) or len(items) > MOST_ITEMS:
        raise BadInput("not_understood", field="quantities")
    found: dict[str, int] = {}
    for item, text in zip(items, counts, strict=True):
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise BadInput("not_a_number", field="quantities")
        found[item] = int(text)
    return {item: count for item, count in found.items() if count} or None


def round_ids() -> list[int]:
    """Return the rounds of a trip, as its button lists them."""
    parts = request.form.get("rounds", "").split(",")
    if not 0 < len(parts) <= MOST_ROUNDS or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise BadInput("not_understood", field="rounds")
    return [int(part) for part in parts]

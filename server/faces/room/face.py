"""The room page's blueprint, and what its views share: the token of the address, and how often it may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for

from server.domain.meetings.queries import doors
from server.domain.meetings.queries.rows import MeetingRow
from server.errors import NotFound
from server.keys import tidy_token
from server.web.house import house
from server.web.limits import Rate

blueprint = Blueprint("room", __name__, template_folder="templates")

RATE = Rate(burst=12, per_minute=20)
"""Taps of one token: a room full of people, and no more."""

View = Callable[..., Any]


def shown_at(rule: str, *methods: str) -> Callable[[View], View]:
    """Serve a view at ``rule`` (``/r/…``), and at the same in the capitals of a QR code (``/R/…``)."""

    def add(view: View) -> View:
        for address in (rule, rule[:2].upper() + rule[2:]):
            blueprint.add_url_rule(address, view_func=view, methods=list(methods) or ["GET"])
        return view

    return add


def proper(token: str) -> str:
    """Return the token of an address in its one true form; raises NotFound when it cannot be one."""
    tidy = tidy_token(token)
    if tidy is None:
        raise NotFound("link_unknown")
    return tidy


def meeting_of(token: str) -> MeetingRow:
    """Return the meeting whose page a token opens now; raises NotFound alike for every token that opens none."""
    with house().door.reading() as session:
        found = doors.meeting_of_token(session, house().keys, token, house().clock.now())
    if found is None:
        raise NotFound("link_unknown")
    return found


def acting(token: str) -> MeetingRow:
    """Return the meeting that a tap is about; raises TooMany when its token taps too often."""
    meeting = meeting_of(token)
    house().limits.take("room", proper(token), RATE)
    return meeting


def page_of(token: str, *, again: str | None = None, done: str | None = None) -> str:
    """Return the address of a token's page; ``again`` is a wish that was called for before, ``done`` what was just done."""
    return url_for("room.room", token=proper(token), again=again, done=done)

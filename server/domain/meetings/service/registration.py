"""The owner's online registration (S112): a meeting another program registers, and registers again when it has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings.plans import Plan, plan_of
from server.domain.meetings.queries.finding import number
from server.domain.meetings.queries.registered import source_key
from server.domain.meetings.rules import OPEN, TEA_MINUTES, Category, Source, State
from server.domain.meetings.service.booking import alter, refuse_past, take_in
from server.domain.meetings.service.moving import find_open
from server.domain.meetings.service.planning import check, refuse_taken
from server.domain.meetings.tables import Meeting
from server.errors import Conflict
from server.text import clean_line

LONGEST_KEY = 120


@command
def take_registration(tx: Unit, *, plan: Plan, said: Collection[str], key: str = "") -> Outcome:
    """Register a meeting for another program: ``registered``, or where its ``key`` is known ``meeting_changed`` or ``meeting_same``.

    Of a known meeting only what was ``said`` is changed. Refused as ``register`` and ``change``; a meeting that is over or was cancelled
    is not brought back: Conflict ``meeting_moved_on``.
    """
    line = clean_line(key, field="key", most=LONGEST_KEY)
    standing = tx.session.exec(select(Meeting).where(Meeting.source_key == source_key(line))).first() if line else None
    if standing is not None:
        return _again(tx, standing, replace(plan_of(standing), **{field: getattr(plan, field) for field in said}))
    checked = check(tx, plan if "tea_minutes" in said else replace(plan, tea_minutes=_usual_tea(plan.category)))
    refuse_past(tx, plan)
    refuse_taken(tx, checked)
    taken = take_in(tx, checked, source=Source.API, source_key=source_key(line) if line else None)
    return Outcome(code="registered", ids={"meeting": number(taken)})


def _usual_tea(category: str) -> int | None:
    return TEA_MINUTES[Category(category)] if category in {each.value for each in Category} else None


def _again(tx: Unit, standing: Meeting, plan: Plan) -> Outcome:
    if State(standing.state) not in OPEN:
        raise Conflict("meeting_moved_on", meeting=standing.id, state=standing.state)
    if plan == plan_of(standing):
        return Outcome(code="meeting_same", ids={"meeting": standing.id})
    checked = check(tx, plan)
    _refuse_moving_begun(tx, standing, plan)
    return alter(tx, standing, checked)


def _refuse_moving_begun(tx: Unit, meeting: Meeting, plan: Plan) -> None:
    if meeting.state != State.IN_SESSION:
        refuse_past(tx, plan)
    elif plan.starts_at != meeting.starts_at or plan.room_id != meeting.room_id:
        raise Conflict("already_started", meeting=meeting.id, state=meeting.state)


@command
def change_registration(tx: Unit, *, meeting_id: int, version: int | None = None, changes: Mapping[str, Any]) -> Outcome:
    """Change some fields of a meeting's plan, for another program: ``meeting_changed``; whatever its version if none is given.

    Refused as ``change``.
    """
    meeting = find_open(tx, meeting_id, version)
    plan = replace(plan_of(meeting), **changes)
    checked = check(tx, plan)
    _refuse_moving_begun(tx, meeting, plan)
    return alter(tx, meeting, checked)

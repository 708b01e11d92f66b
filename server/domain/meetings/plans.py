"""What a meeting is to be, as a form, a list or another program says it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from server.domain.meetings.rules import Category
from server.domain.meetings.tables import Meeting

LONGEST = timedelta(hours=16)
FURTHEST = timedelta(days=400)
"""A meeting lasts no longer, and is registered no further ahead."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a meeting is to be. ``tea_minutes`` none is on call."""

    title: str
    room_id: int
    layout: str
    starts_at: datetime
    ends_at: datetime
    category: str = Category.ORDINARY.value
    estimated: int | None = None
    guaranteed: int | None = None
    tenant_id: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    tea_minutes: int | None = None
    break_at: datetime | None = None
    equipment: str = ""
    notes: str = ""
    plan: str = ""


def plan_of(meeting: Meeting) -> Plan:
    """Return what a meeting is to be, as it stands."""
    return Plan(**{field.name: getattr(meeting, field.name) for field in fields(Plan)})

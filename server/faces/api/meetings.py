"""Meetings: asked about by day, registered, changed, cancelled, and how one stands now (S112)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.days import local_day
from server.db.operations import Operation
from server.domain.meetings import service
from server.domain.meetings.plans import Plan
from server.domain.meetings.queries import registered
from server.domain.meetings.queries.registered import Registered
from server.domain.people import queries as people
from server.domain.tokens.rules import Scope
from server.errors import BadInput
from server.faces.api.endpoints import Endpoint, endpoint
from server.faces.api.models import (
    Answer,
    CancelQuery,
    Change,
    MeetingAnswer,
    MeetingsAnswer,
    MeetingsQuery,
    Registration,
    Request,
    StatusAnswer,
    StepsAnswer,
)
from server.web.house import house

MOST_DAYS = 92


@endpoint(
    Endpoint(
        method="GET",
        path="/meetings",
        name="meetings",
        about="The meetings of some days, by their hour, a page at a time.",
        scope=Scope.MEETINGS_READ,
        query=MeetingsQuery,
        answer=MeetingsAnswer,
    )
)
def meetings(*, query: MeetingsQuery) -> tuple[Answer, int]:
    """Give a page of the meetings of some days."""
    begins = query.from_day or local_day(house().clock.now(), house().settings.zone)
    ends = query.to_day or begins
    if ends < begins:
        raise BadInput("ends_before_start", field="to")
    if (ends - begins).days >= MOST_DAYS:
        raise BadInput("days_too_many", field="to", most_days=MOST_DAYS)
    with house().door.reading() as session:
        found = registered.between(session, begins, ends, limit=query.limit + 1, offset=(query.page - 1) * query.limit)
    return MeetingsAnswer(meetings=tuple(map(_meeting, found[: query.limit])), more=len(found) > query.limit), 200


@endpoint(
    Endpoint(
        method="POST",
        path="/meetings",
        name="register_meeting",
        about="Register a meeting. With a `key` that is known it is changed instead (200); fields that are not sent then stay as they are.",
        scope=Scope.MEETINGS_WRITE,
        body=Registration,
        answer=MeetingAnswer,
        statuses=(200, 201),
    )
)
def register_meeting(*, body: Registration, tap: Operation) -> tuple[Answer, int]:
    """Register a meeting, or change the one that is known by its key."""
    said = _said(body)
    said.pop("key", None)
    outcome = service.take_registration(house().door, tap, plan=Plan(**said), said=tuple(said), key=body.key)
    return _read(int(outcome.ids["meeting"] or 0)), 201 if outcome.code == "registered" else 200


@endpoint(
    Endpoint(
        method="GET",
        path="/meetings/<int:meeting_id>",
        name="meeting",
        about="One meeting. Its ETag is what If-Match asks for.",
        scope=Scope.MEETINGS_READ,
        answer=MeetingAnswer,
    )
)
def meeting(*, meeting_id: int) -> tuple[Answer, int]:
    """Give one meeting."""
    return _read(meeting_id), 200


@endpoint(
    Endpoint(
        method="PATCH",
        path="/meetings/<int:meeting_id>",
        name="change_meeting",
        about="Change some fields of a meeting. Whoever looks after it is told, and must acknowledge.",
        scope=Scope.MEETINGS_WRITE,
        body=Change,
        answer=MeetingAnswer,
        versioned=True,
        version_needed=True,
    )
)
def change_meeting(*, meeting_id: int, body: Change, tap: Operation, version: int | None) -> tuple[Answer, int]:
    """Change what was sent of a meeting."""
    service.change_registration(house().door, tap, meeting_id=meeting_id, version=version, changes=_said(body))
    return _read(meeting_id), 200


@endpoint(
    Endpoint(
        method="DELETE",
        path="/meetings/<int:meeting_id>",
        name="cancel_meeting",
        about="Cancel a meeting that has not begun. It stays, as cancelled.",
        scope=Scope.MEETINGS_WRITE,
        query=CancelQuery,
        answer=MeetingAnswer,
        versioned=True,
    )
)
def cancel_meeting(*, meeting_id: int, query: CancelQuery, tap: Operation, version: int | None) -> tuple[Answer, int]:
    """Cancel a meeting, with a reason."""
    service.cancel(house().door, tap, meeting_id=meeting_id, reason=query.reason, version=version)
    return _read(meeting_id), 200


@endpoint(
    Endpoint(
        method="GET",
        path="/meetings/<int:meeting_id>/status",
        name="meeting_status",
        about="How a meeting stands now: its state, the hours that were reached, and how far its run sheet is.",
        scope=Scope.MEETINGS_READ,
        answer=StatusAnswer,
    )
)
def meeting_status(*, meeting_id: int) -> tuple[Answer, int]:
    """Give how a meeting stands."""
    with house().door.reading() as session:
        found, steps = registered.registered(session, meeting_id), registered.progress(session, meeting_id)
    instants = ("starts_at", "ends_at", "confirmed_at", "started_at", "ended_at", "closed_at", "cancelled_at", "undisturbed_since")
    told = StatusAnswer(
        id=meeting_id,
        state=found.state,
        version=found.version,
        room_id=found.room_id,
        room=found.room,
        steps=StepsAnswer(done=steps.done, open=steps.open, late=steps.late),
        **{name: _local(getattr(found, name)) for name in instants},
    )
    return told, 200


def _said(body: Request) -> dict[str, Any]:
    """Return the fields that were sent, as a plan has them."""
    said = {name: getattr(body, name) for name in body.model_fields_set}
    for name in ("layout", "category"):
        if name in said:
            said[name] = said[name].value
    if "tenant" in said:
        said["tenant_id"] = _tenant(said.pop("tenant"))
    return said


def _tenant(text: str) -> int | None:
    if not text:
        return None
    with house().door.reading() as session:
        found = [card.id for card in people.tenants(session) if text in (card.name, card.name_en, card.number)]
    if len(found) != 1:
        raise BadInput("tenant_unknown", field="tenant")
    return found[0]


def _read(meeting_id: int) -> MeetingAnswer:
    with house().door.reading() as session:
        return _meeting(registered.registered(session, meeting_id))


def _meeting(found: Registered) -> MeetingAnswer:
    plain = {name: getattr(found, name) for name in MeetingAnswer.model_fields if name != "id"}
    return MeetingAnswer(
        id=found.meeting_id, **{name: _local(value) if isinstance(value, datetime) else value for name, value in plain.items()}
    )


def _local(instant: datetime | None) -> datetime | None:
    return instant.astimezone(house().settings.zone) if instant is not None else None

"""What every verb about a meeting does: find it, move it through the table of the rules, say what a fact is about."""

from __future__ import annotations

from typing import TypedDict

from server.db.transaction import Unit
from server.domain.meetings import rules
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Action, State, StepAction, StepState
from server.domain.meetings.tables import Meeting, Step
from server.domain.staff.rules import Role
from server.domain.staff.tables import Staff
from server.errors import BadInput, Conflict, NotFound
from server.events import MeetingMoved, StepMoved


class About(TypedDict):
    """What a fact about a meeting concerns."""

    meeting_id: int
    room_id: int


def about(meeting: Meeting) -> About:
    """Return the ids that a fact about ``meeting`` carries."""
    return About(meeting_id=number(meeting), room_id=meeting.room_id)


def find(tx: Unit, meeting_id: int) -> Meeting:
    """Return a meeting to change; NotFound ``meeting_unknown``."""
    meeting = tx.session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound("meeting_unknown")
    return meeting


def find_step(tx: Unit, step_id: int) -> tuple[Step, Meeting]:
    """Return a step to change and its meeting; NotFound ``step_unknown``."""
    step = tx.session.get(Step, step_id)
    if step is None:
        raise NotFound("step_unknown")
    return step, find(tx, step.meeting_id)


def find_open(tx: Unit, meeting_id: int, version: int | None = None) -> Meeting:
    """Return a meeting as a form was drawn from it; Conflict ``meeting_changed_meanwhile`` if it is no longer of ``version``."""
    meeting = find(tx, meeting_id)
    if version is not None and meeting.version != version:
        raise Conflict("meeting_changed_meanwhile", meeting=meeting_id, version=meeting.version)
    return meeting


def require_attendant(tx: Unit, staff_id: int, field: str) -> None:
    """Refuse (by ``field``) anybody who does not look after meetings."""
    person = tx.session.get(Staff, staff_id)
    if person is None or not person.active or person.role != Role.ATTENDANT:
        raise BadInput("no_attendant", field=field)


def can(meeting: Meeting, action: Action) -> bool:
    """Tell whether the table lets ``action`` happen now."""
    return rules.transition(State(meeting.state), action) is not None


def move(tx: Unit, meeting: Meeting, action: Action) -> State:
    """Move a meeting by ``action`` and record it; Conflict ``meeting_moved_on`` with its state if the table has no such row."""
    state = rules.transition(State(meeting.state), action)
    if state is None:
        raise Conflict("meeting_moved_on", meeting=meeting.id, state=meeting.state)
    if state.value != meeting.state:
        meeting.state = state.value
        meeting.changed_at = tx.now
        tx.record(MeetingMoved(**about(meeting), state=state.value))
    return state


def move_step(tx: Unit, step: Step, meeting: Meeting, action: StepAction, *, reason: str = "") -> StepState:
    """Move a step by ``action`` and record it; Conflict ``step_settled`` with who settled it and when if somebody was first."""
    state = rules.step_transition(StepState(step.state), action)
    if state is None:
        since = step.settled_at.isoformat() if step.settled_at else None
        raise Conflict("step_settled", step=step.id, state=step.state, staff=step.settled_staff_id, since=since)
    step.state = state.value
    if state in rules.OPEN_STEPS:
        step.settled_at, step.settled_by, step.settled_staff_id, step.reason = None, "", None, ""
    else:
        step.settled_at, step.settled_by, step.alarm_at, step.reason = tx.now, tx.actor, None, reason
    tx.record(StepMoved(**about(meeting), step_id=number(step), step=step.kind, state=state.value, reason=reason))
    return state

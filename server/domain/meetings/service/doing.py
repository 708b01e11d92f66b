"""Doing the run sheet: one tap finishes a step, and can be taken back; leaving one out needs a reason (S116 to S127, S137 to S142)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Kind, Level, Party, Phase, State, StepAction, StepState
from server.domain.meetings.service import course
from server.domain.meetings.service.moving import about, find_step, move_step, require_attendant
from server.domain.meetings.service.sheet import put_ladder
from server.domain.meetings.tables import Meeting, Step, StepQuantity
from server.errors import BadInput, Conflict
from server.events import StepHanded
from server.text import clean_line

MOST_ITEMS = 40
MOST_QUANTITY = 100_000

Quantities = Mapping[str, int]
"""Item → how much of it."""


@command
def begin_step(tx: Unit, *, step_id: int, staff_id: int | None) -> Outcome:
    """Somebody is at it: ``step_begun``. It is late only when it takes longer than it should."""
    step, meeting = find_step(tx, step_id)
    _refuse_closed(meeting)
    move_step(tx, step, meeting, StepAction.BEGIN)
    step.staff_id = staff_id if staff_id is not None else step.staff_id
    if step.alarm_at is not None or step.level != Level.NONE:
        put_ladder(tx, step)
    _settle(tx, meeting, step)
    return Outcome(code="step_begun", ids={"step": step_id, "meeting": number(meeting)})


@command
def finish_step(
    tx: Unit,
    *,
    step_id: int,
    staff_id: int | None,
    reason: str = "",
    answered_name: str = "",
    quantities: Quantities | None = None,
) -> Outcome:
    """A step is done: ``step_done``; the slower of two gets Conflict ``step_settled`` with who was first.

    Conflict ``step_too_early`` (with ``opens``) before its window, unless there is a reason; ``reconfirm_needed`` for the reconfirmation,
    which is done by its form. Refused by field: a department's answer without a name, supplies without quantities.
    """
    step, meeting = find_step(tx, step_id)
    _refuse_closed(meeting)
    line = clean_line(reason, field="reason", most=rules.LONGEST_REASON)
    name = clean_line(answered_name, field="answered_name", most=60, least=1 if _is_asked(step) else 0)
    if StepState(step.state) in rules.OPEN_STEPS:
        _refuse_finish(tx, step, meeting, line)
        _write_quantities(tx, step, quantities, line)
    move_step(tx, step, meeting, StepAction.FINISH, reason=line)
    step.settled_staff_id, step.answered_name = staff_id, name
    if step.kind == Kind.SIGN and meeting.state in rules.BEFORE_START:
        course.begin(tx, meeting)
    _settle(tx, meeting, step)
    return Outcome(code="step_done", ids={"step": step_id, "meeting": number(meeting)})


def _refuse_closed(meeting: Meeting) -> None:
    if meeting.state in rules.OVER:
        raise Conflict("meeting_moved_on", meeting=meeting.id, state=meeting.state)


def _refuse_finish(tx: Unit, step: Step, meeting: Meeting, reason: str) -> None:
    if step.kind == Kind.RECONFIRM:
        raise Conflict("reconfirm_needed", meeting=meeting.id, step=step.id)
    _refuse_before_end(step, meeting)
    if rules.is_too_early(step.due_at, tx.now) and not reason:
        raise Conflict("step_too_early", step=step.id, opens=rules.opens_at(step.due_at).isoformat())


def _refuse_before_end(step: Step, meeting: Meeting) -> None:
    if step.phase == Phase.CLOSE and not rules.can_be_done(State(meeting.state), Phase.CLOSE):
        raise Conflict("not_ended", meeting=meeting.id, state=meeting.state)


def _is_asked(step: Step) -> bool:
    return Party(step.party) in rules.ASKED


def _write_quantities(tx: Unit, step: Step, quantities: Quantities | None, reason: str) -> None:
    if step.kind not in rules.QUANTITIES:
        return
    if not quantities and not reason:
        raise BadInput("quantities_missing", field="quantities")
    if quantities and len(quantities) > MOST_ITEMS:
        raise BadInput("too_many_items", field="quantities", most=MOST_ITEMS)
    for item, quantity in (quantities or {}).items():
        if not 0 <= quantity <= MOST_QUANTITY:
            raise BadInput("quantity_out_of_range", field="quantities", least=0, most=MOST_QUANTITY)
        name = clean_line(item, field="quantities", most=40, least=1)
        tx.session.add(StepQuantity(step_id=step.id or 0, item=name, quantity=quantity, written_at=tx.now))


@command
def skip_step(tx: Unit, *, step_id: int, staff_id: int | None, reason: str) -> Outcome:
    """A step is left out, and why: ``step_skipped``; Conflict ``not_ended`` for what belongs after the end."""
    step, meeting = find_step(tx, step_id)
    _refuse_closed(meeting)
    line = clean_line(reason, field="reason", most=rules.LONGEST_REASON, least=1)
    if step.kind == Kind.RECONFIRM and meeting.state in (State.REGISTERED, State.TO_RECONFIRM):
        raise Conflict("reconfirm_needed", meeting=meeting.id, step=step_id)
    if StepState(step.state) in rules.OPEN_STEPS:
        _refuse_before_end(step, meeting)
    move_step(tx, step, meeting, StepAction.SKIP, reason=line)
    step.settled_staff_id = staff_id
    _settle(tx, meeting, step)
    return Outcome(code="step_skipped", ids={"step": step_id, "meeting": number(meeting)})


@command
def undo_step(tx: Unit, *, step_id: int) -> Outcome:
    """Take back what was said of a step: ``step_undone``; the meeting stands again where it stood. Its quantities are void."""
    step, meeting = find_step(tx, step_id)
    # Once the meeting is confirmed nobody could answer the step again, also where it was left out before.
    is_confirmed = step.kind == Kind.RECONFIRM and meeting.confirmed_at is not None
    if is_confirmed or not rules.can_be_done(State(meeting.state), Phase(step.phase)):
        raise Conflict("meeting_moved_on", meeting=meeting.id, state=meeting.state)
    was_sign = step.kind == Kind.SIGN and step.state == StepState.DONE
    move_step(tx, step, meeting, StepAction.UNDO)
    step.answered_name = ""
    put_ladder(tx, step)
    for row in _quantities_of(tx, step):
        row.quantity = 0
    if was_sign and meeting.state == State.IN_SESSION:
        course.unbegin(tx, meeting)
    _settle(tx, meeting, step)
    return Outcome(code="step_undone", ids={"step": step_id, "meeting": number(meeting)})


def _quantities_of(tx: Unit, step: Step) -> list[StepQuantity]:
    return list(tx.session.exec(select(StepQuantity).where(StepQuantity.step_id == step.id)))


@command
def hand_step(tx: Unit, *, step_id: int, staff_id: int | None) -> Outcome:
    """Somebody else does a step; none is whoever comes first: ``step_handed``. Refused by field: who is no attendant."""
    step, meeting = find_step(tx, step_id)
    if staff_id is not None:
        require_attendant(tx, staff_id, "staff_id")
    if StepState(step.state) not in rules.OPEN_STEPS:
        since = step.settled_at.isoformat() if step.settled_at else None
        raise Conflict("step_settled", step=step_id, state=step.state, staff=step.settled_staff_id, since=since)
    step.staff_id = staff_id
    tx.record(StepHanded(**about(meeting), step_id=step_id, step=step.kind, staff_id=staff_id))
    return Outcome(code="step_handed", ids={"step": step_id, "meeting": number(meeting)})


def _settle(tx: Unit, meeting: Meeting, step: Step) -> None:
    tx.session.flush()
    if step.phase == Phase.CLOSE:
        course.settle_closing(tx, meeting)
    elif step.phase == Phase.PREPARE and meeting.state in rules.BEFORE_START:
        course.settle_readiness(tx, meeting)

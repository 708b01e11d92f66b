"""A meeting's course: it begins, it ends, nobody comes, it is closed when all is done (S123 to S127, S140)."""

from __future__ import annotations

from datetime import timedelta

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Action, Anchor, Kind, Phase, State, StepAction, StepState
from server.domain.meetings.service import sheet, tea
from server.domain.meetings.service.moving import about, can, find, move, move_step
from server.domain.meetings.tables import Meeting, Step
from server.domain.rooms import queries as rooms
from server.errors import BadInput, Conflict
from server.events import HeadcountCounted

ASK_START_AFTER = timedelta(minutes=5)
"""So long after the hour the tablets ask whether a meeting began."""
GREETING = (Kind.GREET_DOOR, Kind.GREET_LIFT)
SOONEST = timedelta(minutes=15)
"""So long before the hour may the people in the room say that they have begun: the page of a room's QR is at anybody's hand."""


@command
def start_meeting(tx: Unit, *, meeting_id: int, staff_id: int | None = None) -> Outcome:
    """The meeting has begun: ``started``. The door says 会议中 (S140), the first round of tea has its hour."""
    return _start(tx, find(tx, meeting_id), staff_id)


@command
def start_from_room(tx: Unit, *, meeting_id: int) -> Outcome:
    """The people in the room say that they have begun: ``started``; Conflict ``not_begun_yet`` before :data:`SOONEST`."""
    meeting = find(tx, meeting_id)
    if tx.now < meeting.starts_at - SOONEST:
        raise Conflict("not_begun_yet", meeting=meeting_id, opens=meeting.starts_at.isoformat())
    return _start(tx, meeting, None)


def _start(tx: Unit, meeting: Meeting, staff_id: int | None) -> Outcome:
    begin(tx, meeting)
    for step in _open_of(tx, meeting, Kind.SIGN):
        move_step(tx, step, meeting, StepAction.FINISH)
        step.settled_staff_id = staff_id
    return Outcome(code="started", ids={"meeting": number(meeting)})


def begin(tx: Unit, meeting: Meeting) -> None:
    """Let a meeting begin, by whichever tap says so."""
    was_given_up = meeting.state == State.NO_SHOW
    move(tx, meeting, Action.START)
    if was_given_up:
        _take_up_again(tx, meeting)
    meeting.started_at, meeting.ended_at, meeting.ask_due_at = tx.now, None, None
    # Nobody greets people who sit already.
    for step in finding.steps(tx.session, number(meeting)):
        if step.state == StepState.PLANNED and step.kind in GREETING:
            move_step(tx, step, meeting, StepAction.MISS)
    tea.rearm(tx, meeting)


def _take_up_again(tx: Unit, meeting: Meeting) -> None:
    """They came after all: they are served, and the room is theirs and tidied as if nobody had given it up."""
    meeting.reserved_until = max(meeting.ends_at, tx.now) + timedelta(minutes=_turnover_minutes(tx, meeting))
    sheet.make_only(tx, meeting, lambda line: line.phase in (Phase.SERVE, Phase.CLOSE) and line.kind not in GREETING)
    sheet.deal_out(tx, meeting)


@command
def take_back_start(tx: Unit, *, meeting_id: int) -> Outcome:
    """The meeting has not begun after all: ``start_taken_back``."""
    meeting = find(tx, meeting_id)
    unbegin(tx, meeting)
    for step in sheet.steps_of_kind(tx, meeting, Kind.SIGN)[-1:]:
        if step.state == StepState.DONE:
            move_step(tx, step, meeting, StepAction.UNDO)
            sheet.put_hour(tx, step, step.due_at)
    return Outcome(code="start_taken_back", ids={"meeting": meeting_id})


def unbegin(tx: Unit, meeting: Meeting) -> None:
    """Take back that a meeting began: before its hour its people are still to be greeted, and nobody asks yet whether they came."""
    tea.drop_round(tx, meeting)
    move(tx, meeting, Action.TAKE_BACK_START)
    if meeting.started_at is not None and tx.now < meeting.starts_at:
        sheet.reopen(tx, meeting, lambda step: step.kind in GREETING, since=meeting.started_at)
    meeting.started_at, meeting.undisturbed_since = None, None
    meeting.ask_due_at, meeting.asked_at = max(meeting.starts_at + ASK_START_AFTER, tx.now + timedelta(minutes=5)), None
    settle_readiness(tx, meeting)


@command
def end_meeting(tx: Unit, *, meeting_id: int) -> Outcome:
    """The meeting is over: ``ended``. Tidying is due at once, with cleaning (S127); the room's time ends with its turn-over."""
    meeting = find(tx, meeting_id)
    move(tx, meeting, Action.END)
    meeting.ended_at = tx.now
    tea.drop_round(tx, meeting)
    sheet.miss_open(tx, meeting, Anchor.DAY_BEFORE, Anchor.START, Anchor.BREAK)
    sheet.arm_closing(tx, meeting)
    meeting.reserved_until = tx.now + timedelta(minutes=_turnover_minutes(tx, meeting))
    if not any(StepState(step.state) in rules.OPEN_STEPS for step in finding.steps(tx.session, meeting_id)):
        settle_closing(tx, meeting)
    return Outcome(code="ended", ids={"meeting": meeting_id})


def _turnover_minutes(tx: Unit, meeting: Meeting) -> int:
    card = rooms.room_card(tx.session, meeting.room_id)
    return next((layout.turnover_minutes for layout in card.layouts if layout.layout == meeting.layout), 0)


@command
def resume(tx: Unit, *, meeting_id: int) -> Outcome:
    """The meeting goes on: ``resumed``. A tea break still ahead is served; what else was missed at its end stays missed.

    The whole room is tidied at its new end. Where nobody was to disturb, nobody is to again.
    """
    meeting = find(tx, meeting_id)
    move(tx, meeting, Action.RESUME)
    if meeting.ended_at is not None and meeting.break_at is not None and tx.now < meeting.break_at:
        sheet.reopen(tx, meeting, lambda step: step.anchor == Anchor.BREAK, since=meeting.ended_at)
    meeting.ended_at = None
    meeting.ends_at = max(meeting.ends_at, tx.now + timedelta(minutes=5))
    meeting.reserved_until = meeting.ends_at + timedelta(minutes=_turnover_minutes(tx, meeting))
    sheet.close_again(tx, meeting)
    sheet.retime(tx, meeting)
    sheet.deal_out(tx, meeting)
    tea.rearm(tx, meeting)
    return Outcome(code="resumed", ids={"meeting": meeting_id})


@command
def nobody_came(tx: Unit, *, meeting_id: int) -> Outcome:
    """The hour has passed and nobody is there: ``nobody_came``; the room is free again. Conflict ``not_begun_yet`` before the hour.

    The tablets and the desk offer it once they have asked whether the meeting began.
    """
    meeting = find(tx, meeting_id)
    if tx.now < meeting.starts_at:
        raise Conflict("not_begun_yet", meeting=meeting_id, opens=meeting.starts_at.isoformat())
    move(tx, meeting, Action.MISS)
    meeting.ask_due_at, meeting.reconfirm_opens_at, meeting.confirm_due_at = None, None, None
    meeting.reserved_until = max(meeting.reserved_from, tx.now)
    sheet.drop_open(tx, meeting)
    return Outcome(code="nobody_came", ids={"meeting": meeting_id})


@command
def count_people(tx: Unit, *, meeting_id: int, people: int) -> Outcome:
    """Write how many really came: ``counted``; it goes into the usage register (S114, F17)."""
    meeting = find(tx, meeting_id)
    if meeting.state not in (State.IN_SESSION, State.ENDED, State.TURNING_OVER, State.CLOSED):
        raise Conflict("meeting_moved_on", meeting=meeting_id, state=meeting.state)
    if not 0 <= people <= rules.MOST_PEOPLE:
        raise BadInput("people_out_of_range", field="people", least=0, most=rules.MOST_PEOPLE)
    meeting.actual = people
    tx.record(HeadcountCounted(**about(meeting), people=people))
    return Outcome(code="counted", ids={"meeting": meeting_id})


def settle_readiness(tx: Unit, meeting: Meeting) -> None:
    """Bring a meeting that has not begun to where its preparation stands: preparing, ready, or what it was before that."""
    prepared = [step for step in finding.steps(tx.session, number(meeting)) if step.phase == Phase.PREPARE]
    begun = any(StepState(step.state) in (*rules.SETTLED, StepState.DOING) for step in prepared)
    if begun and can(meeting, Action.PREPARE):
        move(tx, meeting, Action.PREPARE)
    ready = begun and all(StepState(step.state) in rules.SETTLED for step in prepared if step.mandatory)
    if ready and meeting.state == State.PREPARING:
        move(tx, meeting, Action.MAKE_READY)
    elif not ready and meeting.state == State.READY:
        move(tx, meeting, Action.UNREADY)
    if not begun and meeting.state == State.PREPARING:
        _unprepare(tx, meeting)


def _unprepare(tx: Unit, meeting: Meeting) -> None:
    if meeting.confirmed_at is not None:
        move(tx, meeting, Action.UNPREPARE)
        return
    move(tx, meeting, Action.UNPREPARE_UNCONFIRMED)
    if meeting.reconfirm_opens_at is None:
        move(tx, meeting, Action.OPEN_RECONFIRM)


def settle_closing(tx: Unit, meeting: Meeting) -> None:
    """Bring a meeting that has ended to where its tidying stands; it is closed only when all that must be done is done or waived."""
    closing = [step for step in finding.steps(tx.session, number(meeting)) if step.phase == Phase.CLOSE]
    begun = any(StepState(step.state) in (*rules.SETTLED, StepState.DOING) for step in closing)
    if begun and meeting.state == State.ENDED:
        move(tx, meeting, Action.TIDY)
    done = all(StepState(step.state) in rules.SETTLED for step in closing if step.mandatory)
    if done and meeting.state == State.TURNING_OVER:
        move(tx, meeting, Action.CLOSE)
        meeting.closed_at = tx.now
        meeting.reserved_until = min(meeting.reserved_until, max(tx.now, meeting.reserved_from))
    elif not done and meeting.state == State.CLOSED:
        move(tx, meeting, Action.REOPEN)
        meeting.closed_at = None


def _open_of(tx: Unit, meeting: Meeting, kind: Kind) -> list[Step]:
    return [step for step in sheet.steps_of_kind(tx, meeting, kind) if StepState(step.state) in rules.OPEN_STEPS]

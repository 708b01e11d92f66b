"""Rounds of tea: claimed, entered, done or left out; the next one counts from the last (S124, S30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import Course, Level, RoundAction, RoundState, State
from server.domain.meetings.service.moving import about, find
from server.domain.meetings.tables import Meeting, TeaRound
from server.errors import BadInput, Conflict, NotFound
from server.events import DoNotDisturbLifted, DoNotDisturbSet, TeaIntervalSet, TeaRoundMoved
from server.text import clean_line

MOST_CUPS = 2000


def course_of(meeting: Meeting) -> Course:
    """Return what a meeting's tea hangs on."""
    return Course(
        started_at=meeting.started_at or meeting.starts_at,
        ends_at=meeting.ends_at,
        minutes=meeting.tea_minutes,
        pause=meeting.break_at,
        undisturbed=meeting.undisturbed_since is not None,
    )


def open_round(tx: Unit, meeting: Meeting) -> TeaRound | None:
    """Return the round of a meeting that is still to come, or under way."""
    states = [state.value for state in rules.OPEN_ROUNDS]
    return tx.session.exec(select(TeaRound).where(TeaRound.meeting_id == meeting.id, col(TeaRound.state).in_(states))).one_or_none()


def last_settled(tx: Unit, meeting: Meeting) -> TeaRound | None:
    """Return the newest round that was done or left out."""
    settled = [RoundState.DONE.value, RoundState.SKIPPED.value]
    of_it = select(TeaRound).where(TeaRound.meeting_id == meeting.id, col(TeaRound.state).in_(settled))
    return tx.session.exec(of_it.order_by(col(TeaRound.number).desc())).first()


def rearm(tx: Unit, meeting: Meeting) -> None:
    """Give the next round the hour it has now, or make it; drop it where there is none. What somebody has claimed stays his."""
    if meeting.state != State.IN_SESSION:
        return
    current, last = open_round(tx, meeting), last_settled(tx, meeting)
    if current is not None and current.state != RoundState.ARMED:
        return
    # One that is due already is not less late for a change that has nothing to do with it.
    earliest = min(tx.now, current.due_at) if current is not None and current.due_at is not None else tx.now
    due = rules.next_round(course_of(meeting), last.settled_at if last else None, earliest)
    if current is None:
        if due is not None:
            _arm_new(tx, meeting, due)
        return
    if due is None and meeting.undisturbed_since is None:
        move_round(tx, current, meeting, RoundAction.DROP)
        return
    _put_hour(tx, current, due)


def _arm_new(tx: Unit, meeting: Meeting, due: datetime) -> None:
    newest = tx.session.exec(select(TeaRound.number).where(TeaRound.meeting_id == meeting.id).order_by(col(TeaRound.number).desc())).first()
    row = TeaRound(meeting_id=number(meeting), number=(newest or 0) + 1)
    _put_hour(tx, row, due)
    tx.session.add(row)
    tx.session.flush()
    tx.record(TeaRoundMoved(**about(meeting), round_id=_id(row), state=RoundState.ARMED.value))


def _put_hour(tx: Unit, row: TeaRound, due: datetime | None) -> None:
    row.due_at = due
    row.level = Level.NONE.value if due is None else rules.level_at(due, tx.now, rules.TEA_LADDER).value
    row.alarm_at = None if due is None else rules.next_alarm(due, Level(row.level), rules.TEA_LADDER)


def drop_round(tx: Unit, meeting: Meeting) -> None:
    """The meeting has ended: no more tea."""
    current = open_round(tx, meeting)
    if current is not None:
        move_round(tx, current, meeting, RoundAction.DROP)


def move_round(tx: Unit, row: TeaRound, meeting: Meeting, action: RoundAction, *, reason: str = "") -> RoundState:
    """Move a round by ``action`` and record it; Conflict ``round_settled`` with who settled it if somebody was first."""
    state = rules.round_transition(RoundState(row.state), action)
    if state is None:
        since = row.settled_at.isoformat() if row.settled_at else None
        raise Conflict("round_settled", round=row.id, state=row.state, staff=row.settled_staff_id or row.staff_id, since=since)
    row.state = state.value
    if state not in rules.OPEN_ROUNDS:
        row.settled_at, row.alarm_at, row.reason = tx.now, None, reason
    tx.session.flush()
    tx.record(TeaRoundMoved(**about(meeting), round_id=_id(row), state=state.value, reason=reason))
    return state


def _id(row: TeaRound) -> int:
    assert row.id is not None
    return row.id


def _find(tx: Unit, round_id: int) -> tuple[TeaRound, Meeting]:
    row = tx.session.get(TeaRound, round_id)
    if row is None:
        raise NotFound("round_unknown")
    return row, find(tx, row.meeting_id)


@command
def claim_round(tx: Unit, *, round_id: int, staff_id: int) -> Outcome:
    """An attendant takes a round: ``round_claimed``; Conflict ``round_settled`` if somebody was first."""
    row, meeting = _find(tx, round_id)
    move_round(tx, row, meeting, RoundAction.CLAIM)
    row.staff_id = staff_id
    return Outcome(code="round_claimed", ids={"round": round_id, "meeting": number(meeting)})


@command
def release_round(tx: Unit, *, round_id: int) -> Outcome:
    """Give a claimed round back: ``round_released``."""
    row, meeting = _find(tx, round_id)
    move_round(tx, row, meeting, RoundAction.RELEASE)
    row.staff_id = None
    return Outcome(code="round_released", ids={"round": round_id, "meeting": number(meeting)})


@command
def enter_room(tx: Unit, *, round_id: int, staff_id: int) -> Outcome:
    """The attendant is inside: ``round_entered``."""
    row, meeting = _find(tx, round_id)
    move_round(tx, row, meeting, RoundAction.ENTER)
    row.staff_id = staff_id
    return Outcome(code="round_entered", ids={"round": round_id, "meeting": number(meeting)})


@command
def finish_round(tx: Unit, *, round_id: int, staff_id: int | None, cups: int | None = None) -> Outcome:
    """A round is done: ``round_done``; the next one counts from now. Cups are counted where somebody counts them."""
    row, meeting = _find(tx, round_id)
    _finish(tx, row, meeting, staff_id, cups)
    return Outcome(code="round_done", ids={"round": round_id, "meeting": number(meeting)})


@command
def finish_trip(tx: Unit, *, round_ids: Sequence[int], staff_id: int | None) -> Outcome:
    """Several rounds were served on one trip of the trolley: ``trip_done``. Those that somebody else settled meanwhile stay his."""
    done = 0
    for round_id in sorted(set(round_ids)):
        row, meeting = _find(tx, round_id)
        if RoundState(row.state) in rules.OPEN_ROUNDS:
            _finish(tx, row, meeting, staff_id, None)
            done += 1
    if not done:
        raise Conflict("round_settled", round=next(iter(round_ids), None), state=RoundState.DONE.value)
    return Outcome(code="trip_done", ids={"rounds": done})


def _finish(tx: Unit, row: TeaRound, meeting: Meeting, staff_id: int | None, cups: int | None) -> None:
    if cups is not None and not 0 <= cups <= MOST_CUPS:
        raise BadInput("cups_out_of_range", field="cups", least=0, most=MOST_CUPS)
    move_round(tx, row, meeting, RoundAction.FINISH)
    row.settled_staff_id, row.cups = staff_id, cups
    rearm(tx, meeting)


@command
def skip_round(tx: Unit, *, round_id: int, staff_id: int | None, reason: str) -> Outcome:
    """A round is left out, and why: ``round_skipped``; the next one counts from now."""
    row, meeting = _find(tx, round_id)
    line = clean_line(reason, field="reason", most=rules.LONGEST_REASON, least=1)
    move_round(tx, row, meeting, RoundAction.SKIP, reason=line)
    row.settled_staff_id = staff_id
    rearm(tx, meeting)
    return Outcome(code="round_skipped", ids={"round": round_id, "meeting": number(meeting)})


@command
def undo_round(tx: Unit, *, round_id: int) -> Outcome:
    """Take back that the newest round was done or left out: ``round_undone``; the one that was armed after it goes."""
    row, meeting = _find(tx, round_id)
    last = last_settled(tx, meeting)
    if meeting.state != State.IN_SESSION or last is None or last.id != round_id:
        raise Conflict("round_settled", round=round_id, state=row.state)
    drop_round(tx, meeting)
    tx.session.flush()
    move_round(tx, row, meeting, RoundAction.UNDO)
    row.settled_at, row.settled_staff_id, row.staff_id, row.cups, row.reason = None, None, None, None, ""
    rearm(tx, meeting)
    return Outcome(code="round_undone", ids={"round": round_id, "meeting": number(meeting)})


@command
def set_tea(tx: Unit, *, meeting_id: int, minutes: int | None) -> Outcome:
    """Change the time between rounds of a meeting; none is on call: ``tea_set``."""
    meeting = find(tx, meeting_id)
    if minutes is not None and not rules.LEAST_MINUTES <= minutes <= rules.MOST_MINUTES:
        raise BadInput("tea_out_of_range", field="minutes", least=rules.LEAST_MINUTES, most=rules.MOST_MINUTES)
    if meeting.state in rules.OVER:
        raise Conflict("meeting_moved_on", meeting=meeting_id, state=meeting.state)
    meeting.tea_minutes = minutes
    tx.record(TeaIntervalSet(**about(meeting), minutes=minutes))
    rearm(tx, meeting)
    return Outcome(code="tea_set", ids={"meeting": meeting_id})


@command
def do_not_disturb(tx: Unit, *, meeting_id: int) -> Outcome:
    """The people in the room want no service (S125): ``undisturbed``; rounds have no hour until it is lifted. Twice is once."""
    meeting = find(tx, meeting_id)
    if meeting.state != State.IN_SESSION:
        raise Conflict("not_in_session", meeting=meeting_id, state=meeting.state)
    if meeting.undisturbed_since is None:
        meeting.undisturbed_since = tx.now
        tx.record(DoNotDisturbSet(**about(meeting)))
        rearm(tx, meeting)
    return Outcome(code="undisturbed", ids={"meeting": meeting_id})


@command
def disturb_again(tx: Unit, *, meeting_id: int) -> Outcome:
    """Service goes on: ``disturb_again``. Twice is once."""
    meeting = find(tx, meeting_id)
    if meeting.undisturbed_since is not None:
        meeting.undisturbed_since = None
        tx.record(DoNotDisturbLifted(**about(meeting)))
        rearm(tx, meeting)
    return Outcome(code="disturb_again", ids={"meeting": meeting_id})

"""Who looks after what: assigning, releasing, handing over, and acknowledging a change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries import finding
from server.domain.meetings.queries.finding import number
from server.domain.meetings.rules import RoundAction
from server.domain.meetings.service import sheet
from server.domain.meetings.service.booking import assign
from server.domain.meetings.service.moving import about, find, require_attendant
from server.domain.meetings.service.tea import move_round
from server.domain.meetings.tables import Assignment, ChangeSeen, Meeting, Step, TeaRound
from server.errors import BadInput, Conflict, NotFound
from server.events import AttendantReleased, ChangeAcknowledged, StepHanded, TeaRoundMoved

"""A round in these states is somebody's."""


@command
def assign_attendant(tx: Unit, *, meeting_id: int, staff_id: int) -> Outcome:
    """Let somebody look after a meeting: ``assigned``; the steps nobody has are his. Twice is once."""
    meeting = find(tx, meeting_id)
    _refuse_over(meeting)
    require_attendant(tx, staff_id, "staff_id")
    if staff_id not in finding.assigned(tx.session, meeting_id):
        assign(tx, meeting, staff_id)
        sheet.deal_out(tx, meeting)
    return Outcome(code="assigned", ids={"meeting": meeting_id, "staff": staff_id})


@command
def release_attendant(tx: Unit, *, meeting_id: int, staff_id: int) -> Outcome:
    """Let somebody no longer look after a meeting: ``released``; his steps go to those who still do, else to whoever comes first."""
    meeting = find(tx, meeting_id)
    _refuse_over(meeting)
    _release(tx, meeting, staff_id)
    return Outcome(code="released", ids={"meeting": meeting_id, "staff": staff_id})


@command
def replace_attendant(tx: Unit, *, meeting_id: int, staff_id: int, to_staff_id: int) -> Outcome:
    """Let somebody else look after a meeting instead: ``assigned``; his open steps and rounds go with it."""
    meeting = find(tx, meeting_id)
    _refuse_over(meeting)
    if staff_id == to_staff_id:
        raise BadInput("same_person", field="to_staff_id")
    require_attendant(tx, to_staff_id, "to_staff_id")
    _pass_on(tx, meeting, staff_id, to_staff_id)
    return Outcome(code="assigned", ids={"meeting": meeting_id, "staff": to_staff_id})


@command
def hand_over(tx: Unit, *, staff_id: int, to_staff_id: int) -> Outcome:
    """Somebody goes off post: whoever takes it has all that is open of the day: ``handed_over`` with how many ``meetings``.

    So are steps and rounds he has in meetings that others look after; those go on looking after them.
    """
    if staff_id == to_staff_id:
        raise BadInput("same_person", field="to_staff_id")
    require_attendant(tx, to_staff_id, "to_staff_id")
    today = tx.now.astimezone(tx.settings.zone).date()
    meetings = finding.open_with(tx.session, staff_id, today)
    for meeting in meetings:
        if staff_id in finding.assigned(tx.session, number(meeting)):
            _pass_on(tx, meeting, staff_id, to_staff_id)
        else:
            _give(tx, meeting, staff_id, to_staff_id)
    return Outcome(code="handed_over", ids={"meetings": len(meetings), "staff": to_staff_id})


def _refuse_over(meeting: Meeting) -> None:
    if meeting.state in rules.OVER:
        raise Conflict("meeting_moved_on", meeting=meeting.id, state=meeting.state)


def _release(tx: Unit, meeting: Meeting, staff_id: int) -> None:
    wanted = select(Assignment).where(Assignment.meeting_id == meeting.id, Assignment.staff_id == staff_id, col(Assignment.until).is_(None))
    held = tx.session.exec(wanted).one_or_none()
    if held is None:
        return
    held.until = tx.now
    tx.session.flush()
    tx.record(AttendantReleased(**about(meeting), staff_id=staff_id))
    _forget_unseen(tx, meeting, staff_id)
    _free_round(tx, meeting, staff_id)
    for step in _open_steps_of(tx, meeting, staff_id):
        step.staff_id = None
    sheet.deal_out(tx, meeting)


def _pass_on(tx: Unit, meeting: Meeting, staff_id: int, to_staff_id: int) -> None:
    if to_staff_id not in finding.assigned(tx.session, number(meeting)):
        assign(tx, meeting, to_staff_id)
    _give(tx, meeting, staff_id, to_staff_id)
    _release(tx, meeting, staff_id)


def _give(tx: Unit, meeting: Meeting, staff_id: int, to_staff_id: int) -> None:
    """Let somebody else have the steps and the round that somebody has of a meeting."""
    for step in _open_steps_of(tx, meeting, staff_id):
        step.staff_id = to_staff_id
        tx.record(StepHanded(**about(meeting), step_id=number(step), step=step.kind, staff_id=to_staff_id))
    if (held := _held_round(tx, meeting, staff_id)) is not None:
        held.staff_id = to_staff_id
        tx.record(TeaRoundMoved(**about(meeting), round_id=held.id or 0, state=held.state))


def _open_steps_of(tx: Unit, meeting: Meeting, staff_id: int) -> Sequence[Step]:
    of_it = select(Step).where(Step.meeting_id == meeting.id, Step.staff_id == staff_id)
    return tx.session.exec(of_it.where(col(Step.state).in_(finding.OPEN_STEP_WORDS))).all()


def _held_round(tx: Unit, meeting: Meeting, staff_id: int) -> TeaRound | None:
    of_it = select(TeaRound).where(TeaRound.meeting_id == meeting.id, TeaRound.staff_id == staff_id)
    return tx.session.exec(of_it.where(col(TeaRound.state).in_(finding.HELD_WORDS))).one_or_none()


def _free_round(tx: Unit, meeting: Meeting, staff_id: int) -> None:
    if (held := _held_round(tx, meeting, staff_id)) is not None:
        move_round(tx, held, meeting, RoundAction.RELEASE)
        held.staff_id = None


def _forget_unseen(tx: Unit, meeting: Meeting, staff_id: int) -> None:
    """Who no longer looks after a meeting need not acknowledge its changes."""
    wanted = select(ChangeSeen).where(
        ChangeSeen.meeting_id == meeting.id, ChangeSeen.staff_id == staff_id, col(ChangeSeen.seen_at).is_(None)
    )
    for row in tx.session.exec(wanted):
        row.alarm_at = None
        row.seen_at = tx.now


@command
def acknowledge_change(tx: Unit, *, change_id: int, staff_id: int) -> Outcome:
    """Somebody has seen a change: ``change_seen``. With it all earlier changes of that meeting: the newest difference holds them."""
    wanted = select(ChangeSeen).where(ChangeSeen.change_id == change_id, ChangeSeen.staff_id == staff_id)
    mine = tx.session.exec(wanted).one_or_none()
    if mine is None:
        raise NotFound("change_unknown")
    earlier = select(ChangeSeen).where(
        ChangeSeen.meeting_id == mine.meeting_id,
        ChangeSeen.staff_id == staff_id,
        col(ChangeSeen.change_id) <= change_id,
        col(ChangeSeen.seen_at).is_(None),
    )
    meeting = find(tx, mine.meeting_id)
    for row in tx.session.exec(earlier).all():
        row.seen_at, row.alarm_at = tx.now, None
        tx.record(ChangeAcknowledged(**about(meeting), change_id=row.change_id, staff_id=staff_id))
    return Outcome(code="change_seen", ids={"change": change_id, "meeting": mine.meeting_id})

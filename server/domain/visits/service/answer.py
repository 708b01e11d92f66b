"""What the host says: seen, coming, please wait, declined, somebody else will come. The desk may say it for him."""

from __future__ import annotations

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices.rules import NoticeKind
from server.domain.visits import rules
from server.domain.visits.rules import Action, Answer, State
from server.domain.visits.service.asking import ask, askable
from server.domain.visits.service.moving import about, clear_deadlines, find, hold_open, move, number, still_waiting
from server.domain.visits.tables import Visit
from server.errors import BadInput, Conflict, NotFound
from server.events import DeclineUndone, HostAnswered, HostSawVisit, VisitReassigned
from server.text import clean_line


@command
def mark_seen(tx: Unit, *, visit_id: int, host_id: int) -> Outcome:
    """The host's page was opened and says so; a second time, or after the wait, it changes nothing."""
    visit = visit_of_host(tx, visit_id, host_id)
    if visit.state == State.WAITING and visit.seen_at is None:
        visit.seen_at = tx.now
        visit.seen_due_at = None
        tx.record(HostSawVisit(**about(visit)))
    return Outcome(code="seen", ids={"visit": visit_id})


@command
def answer_coming(tx: Unit, *, visit_id: int, host_id: int, minutes: int) -> Outcome:
    """The host comes in so many minutes."""
    return _promise(tx, visit_of_host(tx, visit_id, host_id), Answer.COMING, minutes)


@command
def answer_wait(tx: Unit, *, visit_id: int, host_id: int, minutes: int) -> Outcome:
    """The host asks the visitor to wait so many minutes."""
    return _promise(tx, visit_of_host(tx, visit_id, host_id), Answer.WAIT, minutes)


@command
def answer_declined(tx: Unit, *, visit_id: int, host_id: int, reason: str) -> Outcome:
    """The host cannot receive the visitor; ``reason`` is one of the keys offered, or a sentence of his own."""
    return _decline(tx, visit_of_host(tx, visit_id, host_id), reason)


@command
def undo_decline(tx: Unit, *, visit_id: int, host_id: int) -> Outcome:
    """Take a refusal back within ten seconds; Conflict ``undo_too_late`` afterwards."""
    visit = visit_of_host(tx, visit_id, host_id)
    if visit.answered_at is None or tx.now > visit.answered_at + rules.UNDO:
        raise Conflict("undo_too_late", visit=visit_id, state=visit.state)
    return _reopen(tx, visit)


@command
def reassign(tx: Unit, *, visit_id: int, host_id: int, to_host_id: int) -> Outcome:
    """Somebody else of the same tenant will come, and is told now."""
    visit = visit_of_host(tx, visit_id, host_id)
    return _hand_over(tx, visit, to_host_id, same_tenant=True)


@command
def desk_answer_coming(tx: Unit, *, visit_id: int, minutes: int) -> Outcome:
    """The desk heard from the host that he comes."""
    return _promise(tx, find(tx, visit_id), Answer.COMING, minutes)


@command
def desk_answer_wait(tx: Unit, *, visit_id: int, minutes: int) -> Outcome:
    """The desk heard from the host that the visitor should wait."""
    return _promise(tx, find(tx, visit_id), Answer.WAIT, minutes)


@command
def desk_answer_declined(tx: Unit, *, visit_id: int, reason: str) -> Outcome:
    """The desk heard from the host that he cannot receive the visitor."""
    return _decline(tx, find(tx, visit_id), reason)


@command
def desk_reassign(tx: Unit, *, visit_id: int, to_host_id: int) -> Outcome:
    """The desk asks another host, of whichever tenant."""
    return _hand_over(tx, find(tx, visit_id), to_host_id, same_tenant=False)


@command
def reopen(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk takes a refusal back at any time: the visitor waits again."""
    return _reopen(tx, find(tx, visit_id))


def visit_of_host(tx: Unit, visit_id: int, host_id: int) -> Visit:
    """Return a visit that ``host_id`` is asked about, himself or as delegate; NotFound for anybody else's."""
    visit = find(tx, visit_id)
    if host_id not in (visit.asked_host_id, visit.delegate_id):
        raise NotFound("visit_unknown")
    return visit


def _promise(tx: Unit, visit: Visit, answer: Answer, minutes: int) -> Outcome:
    if not 0 <= minutes <= rules.MOST_MINUTES:
        raise BadInput("minutes_wrong", field="minutes", most=rules.MOST_MINUTES)
    still_waiting(visit)
    _note_answer(tx, visit, answer, minutes)
    visit.answer_due_at = rules.promise_due(tx.now, minutes=minutes, answer_seconds=tx.settings.answer_seconds)
    return Outcome(code=answer.value, ids={"visit": number(visit)})


def _decline(tx: Unit, visit: Visit, reason: str) -> Outcome:
    said = clean_line(reason, field="reason", most=rules.LONGEST_REASON, least=1)
    still_waiting(visit)
    move(visit, Action.DECLINE)
    _note_answer(tx, visit, Answer.DECLINED, None)
    visit.answer_reason = said
    return Outcome(code="declined", ids={"visit": number(visit)})


def _note_answer(tx: Unit, visit: Visit, answer: Answer, minutes: int | None) -> None:
    visit.answer = answer.value
    visit.answer_minutes = minutes
    visit.answer_reason = ""
    visit.answered_at = tx.now
    visit.desk_asked_at = visit.desk_took_at = None
    clear_deadlines(visit)
    tx.record(HostAnswered(**about(visit), answer=answer.value, minutes=minutes))


def _reopen(tx: Unit, visit: Visit) -> Outcome:
    move(visit, Action.REOPEN)
    hold_open(tx, visit)
    visit.answer = Answer.NONE.value
    visit.answer_reason = ""
    visit.answered_at = None
    visit.answer_due_at = rules.answer_due(tx.now, answer_seconds=tx.settings.answer_seconds)
    tx.record(DeclineUndone(**about(visit)))
    return Outcome(code="reopened", ids={"visit": number(visit)})


def _hand_over(tx: Unit, visit: Visit, to_host_id: int, *, same_tenant: bool) -> Outcome:
    still_waiting(visit)
    host = askable(tx, to_host_id)
    if host is None or host.host_id == visit.asked_host_id:
        raise BadInput("host_unknown", field="to_host_id")
    if same_tenant and host.tenant_id != visit.tenant_id:
        raise BadInput("host_elsewhere", field="to_host_id")
    before = visit.asked_host_id
    visit.asked_host_id, visit.tenant_id = host.host_id, host.tenant_id
    tx.record(VisitReassigned(**about(visit), from_host_id=before))
    ask(tx, visit, host, NoticeKind.REASSIGNED)
    return Outcome(code="reassigned", ids={"visit": number(visit), "host": host.host_id})

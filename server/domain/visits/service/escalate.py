"""What happens when time passes or a message arrives: the delegate is told, the desk is asked, the ladder says “delivered”."""

from __future__ import annotations

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices import service as notices
from server.domain.notices.rules import NoticeKind
from server.domain.visits.rules import State
from server.domain.visits.service.asking import Askable, askable
from server.domain.visits.service.moving import about, find
from server.domain.visits.tables import Visit
from server.events import DelegateAsked, DeskAsked, HostNotified, HostReached

NOT_DUE = Outcome(code="not_due")
"""Somebody was faster than the deadline, or moved it."""


@command
def tell_delegate(tx: Unit, *, visit_id: int) -> Outcome:
    """The host has not looked in time: his delegate is told too."""
    visit = find(tx, visit_id)
    if visit.seen_due_at is None or visit.seen_due_at > tx.now:
        return NOT_DUE
    visit.seen_due_at = None
    delegate = _delegate(tx, visit) if visit.state == State.WAITING else None
    if delegate is None:
        return NOT_DUE
    visit.delegate_id = delegate.host_id
    visit.delegate_told_at = tx.now
    notice_id = notices.queue(
        tx,
        host_id=delegate.host_id,
        kind=NoticeKind.DELEGATE,
        visit_id=visit_id,
        tenant_id=delegate.tenant_id,
        address=delegate.address,
        good_until=visit.valid_until,
    )
    tx.record(DelegateAsked(**about(visit), delegate_id=delegate.host_id))
    tx.record(HostNotified(**about(visit), notice_id=notice_id, as_delegate=True))
    return Outcome(code="delegate_told", ids={"visit": visit_id, "delegate": delegate.host_id})


@command
def ask_desk(tx: Unit, *, visit_id: int) -> Outcome:
    """Nobody answered, or nobody came as promised, in time: the desk is asked."""
    visit = find(tx, visit_id)
    if visit.answer_due_at is None or visit.answer_due_at > tx.now:
        return NOT_DUE
    visit.answer_due_at = None
    if visit.state != State.WAITING:
        return NOT_DUE
    visit.desk_asked_at = tx.now
    tx.record(DeskAsked(**about(visit)))
    return Outcome(code="desk_asked", ids={"visit": visit_id})


@command
def note_sent(tx: Unit, *, notice_id: int, via: str) -> Outcome:
    """A message left by ``via`` without an error (empty: it stays in-app); the first one about a wait makes the ladder say “delivered”."""
    notice = notices.mark_sent(tx, notice_id, via)
    visit = tx.session.get(Visit, notice.visit_id) if notice.visit_id is not None else None
    if via and visit is not None and _reaches(visit) and visit.told_at is not None and notice.created_at >= visit.told_at:
        visit.reached_at = tx.now
        tx.record(HostReached(**about(visit), notice_id=notice_id))
    return Outcome(code="sent" if via else "kept", ids={"notice": notice_id})


def _reaches(visit: Visit) -> bool:
    return visit.state == State.WAITING and visit.reached_at is None


def _delegate(tx: Unit, visit: Visit) -> Askable | None:
    host = askable(tx, visit.asked_host_id)
    return askable(tx, host.delegate_id) if host is not None else None

"""The desk's corrections, facts told afterwards, and who looked at a record."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.outbox import EventRow
from server.db.transaction import Unit, command
from server.domain.visits import rules
from server.domain.visits.rules import Action, LeftBy
from server.domain.visits.service import entering
from server.domain.visits.service.moving import about, clear_deadlines, find
from server.errors import BadInput, Conflict, Gone
from server.events import ArrivalRecorded, DepartureRecorded, VisitCorrected, VisitRecordOpened

CLOCKS_DIFFER = timedelta(minutes=5)
"""A device's clock may be ahead of the server's by this much."""


@command
def correct(
    tx: Unit,
    *,
    visit_id: int,
    version: int,
    name: str | None = None,
    phone: str | None = None,
    company: str | None = None,
    purpose: str | None = None,
    companions: int | None = None,
) -> Outcome:
    """Correct what stands about a visitor; None leaves a field as it is.

    Conflict ``changed_meanwhile`` if the visit is no longer of ``version``; Gone ``anonymised`` if there is nothing left to correct.
    """
    wanted = _tidy(name=name, phone=phone, company=company, purpose=purpose, companions=companions)
    visit = find(tx, visit_id)
    if visit.anonymised_at is not None:
        raise Gone("anonymised")
    if visit.version != version:
        raise Conflict("changed_meanwhile", visit=visit_id, version=visit.version)
    changed = [column for column, value in wanted.items() if getattr(visit, column) != value]
    for column in changed:
        setattr(visit, column, wanted[column])
    if "phone" in changed:
        visit.phone_tail = rules.phone_tail(visit.phone)
    if changed:
        tx.record(VisitCorrected(**about(visit), fields=",".join(changed)))
    return Outcome(code="corrected", ids={"visit": visit_id, "fields": ",".join(changed)})


@command
def record_arrival(tx: Unit, *, visit_id: int, at: datetime) -> Outcome:
    """Somebody was seen arriving at ``at``: a fact, never refused; flagged if it contradicts what was known."""
    visit = find(tx, visit_id)
    seen_at = _not_in_future(tx, at)
    step = rules.transition(rules.State(visit.state), Action.RECORD_ARRIVAL)
    assert step is not None
    if step.to != visit.state:
        visit.state = step.to.value
        visit.open = True
        visit.signed_in_at = visit.admitted_at = seen_at
        visit.day = rules.local_day(seen_at, tx.settings.zone)
        visit.valid_until = max(visit.valid_until, rules.next_strike(tx.now, tx.settings.sweep_at, tx.settings.zone))
    tx.record(ArrivalRecorded(**about(visit), contradicts=step.contradicts), observed_at=seen_at)
    return Outcome(code="recorded", ids={"visit": visit_id, "contradicts": step.contradicts, "state": visit.state})


@command
def record_departure(tx: Unit, *, visit_id: int, at: datetime) -> Outcome:
    """Somebody was seen leaving at ``at``: a fact, never refused; flagged if it contradicts what was known."""
    visit = find(tx, visit_id)
    seen_at = _not_in_future(tx, at)
    step = rules.transition(rules.State(visit.state), Action.RECORD_DEPARTURE)
    assert step is not None
    contradicts = step.contradicts or visit.signed_in_at is None or seen_at < visit.signed_in_at
    if not contradicts:
        visit.state = step.to.value
        visit.left_at = seen_at
        visit.left_by = LeftBy.DESK.value
        visit.left_actor = tx.actor
        clear_deadlines(visit)
    tx.record(DepartureRecorded(**about(visit), contradicts=contradicts), observed_at=seen_at)
    return Outcome(code="recorded", ids={"visit": visit_id, "contradicts": contradicts, "state": visit.state})


@command
def open_record(tx: Unit, *, visit_id: int) -> Outcome:
    """Note that somebody on the staff looks at a visitor's record: once in ten minutes each, shown on the visitor's receipt."""
    visit = find(tx, visit_id)
    if not _looked_lately(tx, visit_id):
        tx.record(VisitRecordOpened(**about(visit)))
    return Outcome(code="opened", ids={"visit": visit_id})


def _looked_lately(tx: Unit, visit_id: int) -> bool:
    looks = select(EventRow.id).where(
        EventRow.visit_id == visit_id,
        EventRow.kind == VisitRecordOpened.__name__,
        EventRow.actor == tx.actor,
        col(EventRow.recorded_at) > tx.now - rules.LOOKED_AGAIN,
    )
    return tx.session.exec(looks.limit(1)).first() is not None


def _not_in_future(tx: Unit, at: datetime) -> datetime:
    if at > tx.now + CLOCKS_DIFFER:
        raise BadInput("in_future", field="at")
    return min(at, tx.now)


def _tidy(*, name: str | None, phone: str | None, company: str | None, purpose: str | None, companions: int | None) -> dict[str, str | int]:
    wanted: dict[str, str | int] = {}
    if name is not None:
        wanted["name"] = entering.tidy_name(name)
    if phone is not None:
        wanted["phone"] = entering.tidy_phone(phone)
    if company is not None:
        wanted["company"] = entering.tidy_company(company)
    if purpose is not None:
        wanted["purpose"] = entering.tidy_purpose(purpose)
    if companions is not None:
        wanted["companions"] = entering.tidy_companions(companions)
    return wanted

"""What the desk looks up: one visitor's record with its history, and a search over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from server.db import outbox
from server.db.outbox import Numbered
from server.domain.devices.tables import Device
from server.domain.people.rules import folded, readings
from server.domain.staff.tables import Staff
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.queries.invitations import InvitationView, invitation
from server.domain.visits.queries.rows import VisitRow, come_at, step_of, undo_until, visits, visits_with_host
from server.domain.visits.rules import Action, State, Step
from server.errors import NotFound
from server.events import Scalar
from server.keys import Keys

MOST_READ_ALOUD = 2000
"""Pinyin is looked for among so many of the people who are here or expected: their names are read, the others' are not."""


@dataclass(frozen=True, kw_only=True)
class VisitDetail:
    """Everything the desk may see of one visit."""

    visit_id: int
    version: int
    name: str
    phone: str
    company: str
    purpose: str
    companions: int
    language: str
    state: State
    step: Step
    open: bool
    gate: str
    only_gate: str
    day: date
    host_id: int | None
    asked_host_id: int | None
    host: str
    host_en: str
    host_phone: str
    tenant_id: int | None
    tenant: str
    tenant_en: str
    floor: str
    expected_from: datetime | None
    valid_until: datetime
    signed_in_at: datetime | None
    met_at: datetime | None
    admitted_at: datetime | None
    left_at: datetime | None
    left_by: str
    answer: str
    minutes: int | None
    come_at: datetime | None
    reason: str
    told_at: datetime | None
    reached_at: datetime | None
    seen_at: datetime | None
    answered_at: datetime | None
    delegate_told_at: datetime | None
    desk_asked_at: datetime | None
    desk_took_at: datetime | None
    undo_until: datetime | None
    consent_version: str
    consent_at: datetime | None
    anonymised_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One fact about a visit: ``by`` is the kind of actor (staff, device, link, house), ``by_name`` a staff member's or device's name."""

    number: int
    kind: str
    at: datetime
    recorded_at: datetime
    by: str
    by_name: str
    facts: Mapping[str, Scalar]


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A visitor's record. ``may`` names the verbs that are possible now."""

    visit: VisitDetail
    history: tuple[HistoryLine, ...]
    invitation: InvitationView | None
    may: frozenset[str]
    pass_token: str
    code: str


@dataclass(frozen=True, kw_only=True)
class FoundRow:
    """A visitor found by a search."""

    visit_id: int
    name: str
    company: str
    phone_tail: str
    host: str
    host_en: str
    tenant: str
    state: State
    day: date
    signed_in_at: datetime | None


def record_of(session: Session, keys: Keys, visit_id: int) -> RecordView:
    """Return the record of one visit; NotFound ``visit_unknown``. A PostgreSQL house shows a fact up to a second later."""
    row = session.execute(visits_with_host().where(visits.c.id == visit_id)).one_or_none()
    if row is None:
        raise NotFound("visit_unknown")
    gone = row.anonymised_at is not None
    return RecordView(
        visit=_detail(row),
        history=_history(session, outbox.of_visit(session, visit_id)),
        invitation=invitation(session, keys, row.invitation_id) if row.invitation_id is not None else None,
        may=frozenset(_possible(row)),
        pass_token="" if gone else passes.token_of(keys, "visit", row.pass_number),
        code="" if gone or not row.open or row.code_digest is None else passes.code_of(keys, "visit", row.pass_number),
    )


def search(session: Session, text: str, *, limit: int = 20) -> tuple[FoundRow, ...]:
    """Return visitors by part of the name or company, four digits of the phone or more, or pinyin (of who is here or expected)."""
    wanted = text.strip()
    if not wanted:
        return ()
    statement = visits_with_host().where(visits.c.anonymised_at.is_(None))
    newest = statement.where(_matches(session, wanted)).order_by(visits.c.open.desc(), visits.c.id.desc()).limit(limit)
    return tuple(_found(row) for row in session.execute(newest))


def _matches(session: Session, wanted: str) -> Any:
    digits = "".join(letter for letter in wanted if letter.isdigit())
    if len(digits) >= rules.TAIL and not any(letter.isalpha() for letter in wanted):
        return visits.c.phone_tail == digits if len(digits) == rules.TAIL else visits.c.phone.endswith(digits, autoescape=True)
    lower = wanted.lower()
    ways = [func.lower(visits.c.name).contains(lower, autoescape=True), func.lower(visits.c.company).contains(lower, autoescape=True)]
    if wanted.isascii() and (key := folded(wanted)):
        ways.append(visits.c.id.in_(_read_aloud(session, key)))
    return or_(*ways)


def _read_aloud(session: Session, key: str) -> Sequence[int]:
    here = select(visits.c.id, visits.c.name).where(visits.c.open).order_by(visits.c.id.desc()).limit(MOST_READ_ALOUD)
    return [visit_id for visit_id, name in session.execute(here) if any(reading.startswith(key) for reading in readings(name))]


def _history(session: Session, facts: Sequence[Numbered]) -> tuple[HistoryLine, ...]:
    names = _names(session, {fact.actor for fact in facts})
    return tuple(_line(fact, names.get(fact.actor, "")) for fact in facts)


def _line(fact: Numbered, by_name: str) -> HistoryLine:
    return HistoryLine(
        number=fact.number,
        kind=fact.event.kind,
        at=fact.observed_at,
        recorded_at=fact.recorded_at,
        by=fact.actor.partition(":")[0],
        by_name=by_name,
        facts=fact.event.facts(),
    )


def _names(session: Session, actors: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    people = _numbers(actors, "staff")
    for number, name in session.exec(select(Staff.id, Staff.name).where(col(Staff.id).in_(people))) if people else ():
        names[f"staff:{number}"] = name
    screens = _numbers(actors, "device")
    for number, name in session.exec(select(Device.id, Device.name).where(col(Device.id).in_(screens))) if screens else ():
        names[f"device:{number}"] = name
    return names


def _numbers(actors: set[str], kind: str) -> list[int]:
    return [int(number) for known, _, number in (actor.partition(":") for actor in actors) if known == kind and number.isdigit()]


_POSSIBLE_BY_TABLE = {
    "sign_in": Action.SIGN_IN_AT_DESK,
    "sign_out": Action.SIGN_OUT,
    "met": Action.MEET,
    "admit": Action.ADMIT,
    "withdraw": Action.WITHDRAW,
    "reopen": Action.REOPEN,
    "take_back": Action.BACK_TO_WAITING,
}


def _possible(row: VisitRow) -> Iterator[str]:
    if row.anonymised_at is not None:
        return
    state = State(row.state)
    yield "correct"
    yield "record_arrival"
    yield "record_departure"
    yield from (verb for verb, action in _POSSIBLE_BY_TABLE.items() if rules.transition(state, action) is not None)
    if state in rules.OVER:
        yield "forget"
    if state is State.WAITING:
        yield from ("answer", "reassign")
        if row.asked_host_id is not None:
            yield "call_again"
        if row.desk_took_at is None:
            yield "take_over"


def _detail(row: VisitRow) -> VisitDetail:
    same = {column: getattr(row, column) for column in _SAME}
    return VisitDetail(
        **same,
        visit_id=row.id,
        state=State(row.state),
        step=step_of(row),
        minutes=row.answer_minutes,
        come_at=come_at(row),
        reason=row.answer_reason,
        undo_until=undo_until(row),
    )


_COMPUTED = frozenset({"visit_id", "state", "step", "minutes", "come_at", "reason", "undo_until"})
_SAME = tuple(column for column in VisitDetail.__dataclass_fields__ if column not in _COMPUTED)
"""What a detail takes from the row under the same name."""


def _found(row: VisitRow) -> FoundRow:
    return FoundRow(
        visit_id=row.id,
        name=row.name,
        company=row.company,
        phone_tail=row.phone_tail,
        host=row.host,
        host_en=row.host_en,
        tenant=row.tenant,
        state=State(row.state),
        day=row.day,
        signed_in_at=row.signed_in_at,
    )

"""Leaving: by pass, code, the phone's last four with the surname, host or desk; and taking a sign-out back."""

from __future__ import annotations

from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.rules import Action, LeftBy, State
from server.domain.visits.service import guessing
from server.domain.visits.service.moving import about, clear_deadlines, find, move, number
from server.domain.visits.tables import Visit
from server.errors import Conflict, NotFound
from server.events import SignOutUndone, VisitorSignedOut


@command
def sign_out_by_token(tx: Unit, *, token: str) -> Outcome:
    """Sign out by the QR of a pass. Conflict ``already_out`` says since when, ``not_in`` what the state is."""
    shown = passes.shown_token(tx.session, tx.keys, token, rules.local_day(tx.now, tx.settings.zone))
    if shown is None:
        raise NotFound("pass_unknown")
    if shown.visit is None:
        raise Conflict("not_in", visit=None, state=State.EXPECTED.value)
    return leave(tx, shown.visit, LeftBy.PASS)


@command
def sign_out_by_code(tx: Unit, *, code: str, surname: str) -> Outcome:
    """Sign out by a six-digit code and the surname; ``no_match`` for a wrong one of either, counted."""
    guessing.refuse_if_waiting(tx)
    shown = passes.shown_code(tx.session, tx.keys, code, rules.local_day(tx.now, tx.settings.zone))
    if shown is None or shown.visit is None or not rules.surname_matches(surname, shown.visit.name):
        return guessing.missed(tx)
    guessing.right(tx)
    return leave(tx, shown.visit, LeftBy.CODE)


@command
def sign_out_by_phone(tx: Unit, *, tail: str, surname: str) -> Outcome:
    """Sign out by the phone's last four digits and the surname; two matches or none are the same ``no_match``, counted."""
    guessing.refuse_if_waiting(tx)
    matches = [visit for visit in _inside_with_tail(tx, tail) if rules.surname_matches(surname, visit.name)]
    if len(matches) != 1:
        return guessing.missed(tx)
    guessing.right(tx)
    return leave(tx, matches[0], LeftBy.PHONE_TAIL)


@command
def sign_out(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk signs somebody out."""
    return leave(tx, find(tx, visit_id), LeftBy.DESK)


@command
def sign_out_by_host(tx: Unit, *, visit_id: int, host_id: int) -> Outcome:
    """A host signs out his own visitor; NotFound ``visit_unknown`` for anybody else's."""
    visit = find(tx, visit_id)
    if host_id not in (visit.host_id, visit.asked_host_id, visit.delegate_id):
        raise NotFound("visit_unknown")
    return leave(tx, visit, LeftBy.HOST)


@command
def undo_sign_out(tx: Unit, *, visit_id: int) -> Outcome:
    """Take a sign-out back within ten seconds, by who made it; Conflict ``undo_too_late`` afterwards or for anybody else."""
    visit = find(tx, visit_id)
    too_late = visit.left_at is None or tx.now > visit.left_at + rules.UNDO
    if too_late or visit.left_actor != tx.actor:
        raise Conflict("undo_too_late", visit=visit_id, state=visit.state)
    return _take_back(tx, visit)


@command
def take_back_sign_out(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk takes a sign-out, or the sweep's assumption, back at any time while the record stands."""
    return _take_back(tx, find(tx, visit_id))


def leave(tx: Unit, visit: Visit, by: LeftBy) -> Outcome:
    """Move a visit to out, now."""
    state = State(visit.state)
    if state is State.OUT and visit.left_at is not None:
        raise Conflict("already_out", visit=visit.id, since=visit.left_at.isoformat())
    if rules.transition(state, Action.SIGN_OUT) is None:
        raise Conflict("not_in", visit=visit.id, state=visit.state)
    move(visit, Action.SIGN_OUT)
    visit.left_at = tx.now
    visit.left_by = by.value
    visit.left_actor = tx.actor
    clear_deadlines(visit)
    tx.record(VisitorSignedOut(**about(visit), by=by.value))
    return Outcome(code="signed_out", ids={"visit": number(visit)})


def _take_back(tx: Unit, visit: Visit) -> Outcome:
    if visit.anonymised_at is not None:
        raise Conflict("not_possible", visit=visit.id, state=visit.state)
    move(visit, rules.action_back(met=visit.met_at is not None, admitted=visit.admitted_at is not None))
    visit.open = True
    visit.left_at = None
    visit.left_by = visit.left_actor = ""
    if visit.state == State.WAITING and visit.told_at is not None and visit.answered_at is None and visit.desk_asked_at is None:
        visit.answer_due_at = rules.answer_due(visit.told_at, answer_seconds=tx.settings.answer_seconds)
    tx.record(SignOutUndone(**about(visit)))
    return Outcome(code="sign_out_undone", ids={"visit": number(visit), "state": visit.state})


def _inside_with_tail(tx: Unit, typed: str) -> list[Visit]:
    tail = rules.tidy_tail(typed)
    if tail is None:
        return []
    inside = select(Visit).where(Visit.phone_tail == tail, col(Visit.open), col(Visit.state).in_(rules.IN_BUILDING))
    return list(tx.session.exec(inside))

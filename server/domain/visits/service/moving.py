"""What every verb about a visit does: find it, move it through the table of the rules, say whom a fact is about."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from server.db.transaction import Unit
from server.domain.visits import rules
from server.domain.visits.rules import Action, State, Transition
from server.domain.visits.tables import Visit
from server.errors import Conflict, NotFound


class About(TypedDict):
    """Whom a fact about a visit concerns."""

    visit_id: int
    host_id: int | None
    tenant_id: int | None


def find(tx: Unit, visit_id: int) -> Visit:
    """Return a visit to change; NotFound ``visit_unknown``."""
    visit = tx.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("visit_unknown")
    return visit


def about(visit: Visit) -> About:
    """Return the ids that a fact about ``visit`` carries."""
    return About(visit_id=number(visit), host_id=visit.asked_host_id, tenant_id=visit.tenant_id)


def number(visit: Visit) -> int:
    """Return the id of a stored visit."""
    assert visit.id is not None
    return visit.id


def move(visit: Visit, action: Action) -> Transition:
    """Move a visit by ``action``; Conflict ``not_possible`` with its state if the table has no such row."""
    step = rules.transition(State(visit.state), action)
    if step is None:
        raise Conflict("not_possible", visit=visit.id, state=visit.state)
    visit.state = step.to.value
    return step


def still_waiting(visit: Visit) -> None:
    """Refuse what only a waiting visitor can be answered with: Conflict ``no_longer_waiting``."""
    if visit.state != State.WAITING:
        raise Conflict("no_longer_waiting", visit=visit.id, state=visit.state)


def clear_deadlines(visit: Visit) -> None:
    """Nobody needs to see or answer any more."""
    visit.seen_due_at = None
    visit.answer_due_at = None


def hold_open(tx: Unit, visit: Visit) -> None:
    """The visitor is here: the pass lets him out again, at least until the next sweep if its window passed."""
    visit.open = True
    if visit.valid_until <= tx.now:
        visit.valid_until = rules.next_strike(tx.now, tx.settings.sweep_at, tx.settings.zone)


def close(visit: Visit, now: datetime) -> None:
    """The pass opens nothing any more from ``now`` on, whatever its window said."""
    visit.open = False
    visit.valid_until = min(visit.valid_until, now)
    clear_deadlines(visit)

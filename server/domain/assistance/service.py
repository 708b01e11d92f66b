"""Calling a person to a kiosk, and answering: one open call a device."""

from __future__ import annotations

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.assistance import queries, rules
from server.domain.assistance.rules import CallAction
from server.domain.assistance.tables import Assistance
from server.errors import Conflict, NotFound
from server.events import PersonCallAnswered, PersonCalled


@command
def call_person(tx: Unit, *, device_id: int) -> Outcome:
    """Call somebody from the desk to this kiosk; a second tap says since when it has been calling."""
    call = queries.open_call_of(tx.session, device_id)
    if call is not None:
        return Outcome(code="already_called", ids={"assistance": call.id, "since": call.called_at.isoformat()})
    call = Assistance(device_id=device_id, called_at=tx.now)
    tx.session.add(call)
    tx.session.flush()
    assert call.id is not None
    tx.record(PersonCalled(assistance_id=call.id, device_id=device_id))
    return Outcome(code="called", ids={"assistance": call.id, "since": tx.now.isoformat()})


@command
def answer_call(tx: Unit, *, assistance_id: int, staff_id: int | None) -> Outcome:
    """Somebody goes to the kiosk that called; Conflict ``already_answered`` if somebody was faster."""
    call = tx.session.get(Assistance, assistance_id)
    if call is None:
        raise NotFound("call_unknown")
    if rules.TRANSITIONS.get((queries.state_of(call), CallAction.ANSWER)) is None:
        since = call.answered_at.isoformat() if call.answered_at else None
        raise Conflict("already_answered", assistance=assistance_id, since=since, staff=call.answered_by)
    call.answered_at = tx.now
    call.answered_by = staff_id
    tx.record(PersonCallAnswered(assistance_id=assistance_id, device_id=call.device_id))
    return Outcome(code="call_answered", ids={"assistance": assistance_id})

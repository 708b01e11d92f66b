"""Invitations: given in a host's name, once or recurring, answered with the pass; and taken back."""

from __future__ import annotations

from datetime import time

from server.db.operations import Operation
from server.domain.people import queries as people
from server.domain.people.queries import HostCard
from server.domain.tokens.rules import Scope
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence
from server.errors import BadInput
from server.faces.api.endpoints import Endpoint, endpoint
from server.faces.api.models import WEEKDAYS, Answer, InvitationAnswer, InvitationRequest, PassAnswer, RecurrenceRequest
from server.web.house import house


@endpoint(
    Endpoint(
        method="POST",
        path="/invitations",
        name="invite",
        about="Invite a visitor in a host's name, once or on some weekdays. The answer holds the pass, to be sent to the visitor.",
        scope=Scope.INVITATIONS_WRITE,
        body=InvitationRequest,
        answer=InvitationAnswer,
        statuses=(201,),
    )
)
def invite(*, body: InvitationRequest, tap: Operation) -> tuple[Answer, int]:
    """Invite somebody, and give the pass."""
    plain = body.model_dump(exclude={"host", "recurrence"})
    recurrence = _recurrence(body.recurrence) if body.recurrence else None
    outcome = service.invite(house().door, tap, host_id=_host(body.host), recurrence=recurrence, **plain)
    return _read(int(outcome.ids["invitation"] or 0)), 201


@endpoint(
    Endpoint(
        method="DELETE",
        path="/invitations/<int:invitation_id>",
        name="withdraw_invitation",
        about="Take back an invitation that was made by the API: its pass opens nothing any more.",
        scope=Scope.INVITATIONS_WRITE,
        answer=InvitationAnswer,
    )
)
def withdraw_invitation(*, invitation_id: int, tap: Operation) -> tuple[Answer, int]:
    """Withdraw an invitation that a program made; of others it knows nothing."""
    with house().door.reading() as session:
        queries.made_by_a_program(session, invitation_id)
    service.withdraw_invitation(house().door, tap, invitation_id=invitation_id, host_id=None)
    return _read(invitation_id), 200


def _host(text: str) -> int:
    """Return the host who is meant; refused (field ``host``) if there is none, or more than one."""
    with house().door.reading() as session:
        found = [card for card in people.search_hosts(session, text, limit=50) if _is_called(card, text)]
    if len(found) != 1:
        raise BadInput("host_ambiguous" if found else "host_unknown", field="host")
    return found[0].id


def _is_called(card: HostCard, text: str) -> bool:
    return text in {card.name, card.name_en, card.phone, card.number} - {"", None}


def _recurrence(sent: RecurrenceRequest) -> Recurrence:
    days = tuple(number for number, word in enumerate(WEEKDAYS) if word in sent.weekdays)
    return Recurrence(weekdays=days, daily_from=_minutes(sent.daily_from), daily_until=_minutes(sent.daily_until))


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _read(invitation_id: int) -> InvitationAnswer:
    zone = house().settings.zone
    with house().door.reading() as session:
        view = queries.invitation(session, house().keys, invitation_id)
    link = f"{house().settings.allowed_origins[0]}/v/{view.token}"
    return InvitationAnswer.model_validate(
        {
            "id": view.invitation_id,
            "state": view.state,
            "host": view.host,
            "name": view.name,
            "recurring": view.recurring,
            "valid_from": view.valid_from.astimezone(zone),
            "valid_until": view.valid_until.astimezone(zone),
            "pass": PassAnswer(link=link, code=view.code) if view.token else None,
        }
    )

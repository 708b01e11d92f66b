"""Invitations at the desk: those that are open, new ones, changed, withdrawn, given another code, shown and printed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.domain.visits import queries, service
from server.domain.visits.queries import InvitationView
from server.domain.visits.rules import Recurrence, at_local
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms_visits import ChangedInvitation, Invitation
from server.faces.desk.routes_visits import chosen_host
from server.web import qr
from server.web.house import house
from server.web.operation import operation

MOST_SHOWN = 300
HOUR_BEFORE = timedelta(hours=1)
Typed = dict[str, Any]
"""What stands in the fields; ``weekdays`` is a list."""


@blueprint.get("/desk/invitations")
def invitations() -> ResponseReturnValue:
    """Show every invitation that still lets somebody in, or will."""
    with house().door.reading() as session:
        rows = queries.invitations(session, house().clock.now(), limit=MOST_SHOWN)
    return render_template("desk/invitations.html", rows=rows, most=MOST_SHOWN)


@blueprint.get("/desk/invitations/new")
def new_invitation() -> ResponseReturnValue:
    """Ask who is invited, by whom and when."""
    return _form(None, _blank(), NO_FAULTS)


@blueprint.post("/desk/invitations/new")
def invite() -> ResponseReturnValue:
    """Invite somebody in a host's name."""

    def act() -> str:
        outcome = service.invite(house().door, operation(), **_asked(Invitation.read()))
        return done("invitation", outcome, invitation_id=int(outcome.ids["invitation"] or 0))

    typed = _typed()
    return answer(act, lambda wrong: _form(None, typed, wrong))


@blueprint.get("/desk/invitations/<int:invitation_id>")
def invitation(invitation_id: int) -> ResponseReturnValue:
    """Show one invitation with its QR and code, for sending on."""
    return _page(invitation_id, NO_FAULTS)


def _page(invitation_id: int, wrong: Faults) -> str:
    view = _view(invitation_id)
    address = f"{house().settings.allowed_origins[0]}/v/{view.token}" if view.token else ""
    svg = qr.svg(qr.link(house().settings, "v", view.token)) if view.token else ""
    return render_template("desk/invitation.html", view=view, address=address, svg=svg, faults=wrong)


@blueprint.get("/desk/invitations/<int:invitation_id>/change")
def invitation_form(invitation_id: int) -> ResponseReturnValue:
    """Show one invitation, to be changed."""
    view = _view(invitation_id)
    return _form(view, _as_typed(view), NO_FAULTS)


@blueprint.post("/desk/invitations/<int:invitation_id>/change")
def change_invitation(invitation_id: int) -> ResponseReturnValue:
    """Change an invitation that has not been used; its QR and code stay."""

    def act() -> str:
        form = ChangedInvitation.read()
        asked = {**_asked(form), "host_id": None, "version": form.version}
        return done("invitation", service.change_invitation(house().door, operation(), invitation_id=invitation_id, **asked), **there)

    there, typed = {"invitation_id": invitation_id}, _typed()
    return answer(act, lambda wrong: _form_again(invitation_id, typed, wrong))


@blueprint.post("/desk/invitations/<int:invitation_id>/withdraw")
def withdraw_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back: its QR and code open nothing any more."""

    def act() -> str:
        return done("invitations", service.withdraw_invitation(house().door, operation(), invitation_id=invitation_id, host_id=None))

    return answer(act, lambda wrong: _page(invitation_id, wrong))


@blueprint.post("/desk/invitations/<int:invitation_id>/code")
def new_code(invitation_id: int) -> ResponseReturnValue:
    """Give another QR and code; those given out open nothing any more."""

    def act() -> str:
        outcome = service.new_code(house().door, operation(), invitation_id=invitation_id, host_id=None)
        return done("invitation", outcome, invitation_id=invitation_id)

    return answer(act, lambda wrong: _page(invitation_id, wrong))


def _view(invitation_id: int) -> InvitationView:
    with house().door.reading() as session:
        return queries.invitation(session, house().keys, invitation_id)


def _form_again(invitation_id: int, typed: Typed, wrong: Faults) -> str:
    view = _view(invitation_id)
    return _form(view, typed if wrong.fields else _as_typed(view), wrong)


def _form(view: InvitationView | None, typed: Typed, wrong: Faults) -> str:
    return render_template("desk/invitation_form.html", view=view, typed=typed, faults=wrong, chosen=chosen_host(str(typed["host_id"])))


def _asked(form: Invitation) -> dict[str, Any]:
    """Return what the service asks for: the window in UTC, and the weekdays with their hours."""
    zone, last = house().settings.zone, form.until_day or form.day
    plain = form.model_dump(include={"host_id", "name", "phone", "company", "purpose", "companions", "gate", "language"})
    if form.kind == "once":
        return {
            **plain,
            "valid_from": at_local(form.day, form.begins, zone),
            "valid_until": at_local(last, form.ends, zone),
            "recurrence": None,
        }
    recurrence = Recurrence(weekdays=tuple(sorted(set(form.weekdays))), daily_from=_minutes(form.begins), daily_until=_minutes(form.ends))
    begins, ends = at_local(form.day, time(), zone), at_local(last + timedelta(days=1), time(), zone)
    return {**plain, "valid_from": begins, "valid_until": ends, "recurrence": recurrence}


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _blank() -> Typed:
    local = house().clock.now().astimezone(house().settings.zone)
    begins = (local.replace(minute=0) + HOUR_BEFORE).time()
    ends = (local.replace(minute=0) + 3 * HOUR_BEFORE).time()
    fixed = {"name": "", "phone": "", "company": "", "purpose": "meeting", "companions": "0", "gate": "", "language": "zh", "kind": "once"}
    window = {"day": f"{local:%Y-%m-%d}", "until_day": "", "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "weekdays": []}
    return {**fixed, **window, "host_id": request.args.get("host", "")}


def _typed() -> Typed:
    return {**ChangedInvitation.typed(), "weekdays": request.form.getlist("weekdays")}


def _as_typed(view: InvitationView) -> Typed:
    begins, ends = _local(view.valid_from), _local(view.valid_until)
    if view.recurring:
        ends -= timedelta(minutes=1)
    plain = {
        field: str(getattr(view, field))
        for field in ("host_id", "name", "phone", "company", "purpose", "companions", "gate", "language", "version")
    }
    return {
        **plain,
        "kind": "recurring" if view.recurring else "once",
        "day": f"{begins:%Y-%m-%d}",
        "until_day": f"{ends:%Y-%m-%d}" if ends.date() != begins.date() else "",
        "begins": _hour(view.daily_from) if view.daily_from is not None else f"{begins:%H:%M}",
        "ends": _hour(view.daily_until) if view.daily_until is not None else f"{ends:%H:%M}",
        "weekdays": [str(day) for day in view.weekdays],
    }


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _local(instant: datetime) -> datetime:
    return instant.astimezone(UTC).astimezone(house().settings.zone)

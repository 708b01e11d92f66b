"""The invitations of a host: make, share, change, give another code, withdraw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.devices import queries as devices
from server.domain.visits import queries, service
from server.domain.visits.queries import InvitationView
from server.domain.visits.rules import MINUTES_A_DAY
from server.errors import BadInput, NotFound
from server.faces.phone.face import proper, shown_at
from server.faces.phone.forms import read_invitation, typed_invitation
from server.faces.phone.host import link_of
from server.faces.phone.sentences import said
from server.faces.phone.words import clock_of, invitation_words, weekday
from server.web import qr
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import in_language
from server.web.operation import operation
from server.web.sentences import field_sentences
from server.web.words import PURPOSES

FIELDS_OF = {"valid_until": {"once": "ends", "often": "last_day"}}
"""Where a refusal of the service belongs on the screen."""


@shown_at("/h/<token>/invite")
def invite(token: str) -> ResponseReturnValue:
    """Show the form of a new invitation."""
    tidy = proper(token)
    _host_of(tidy)
    return _draw_form(tidy, _fresh())


@shown_at("/h/<token>/invite", "POST")
def make_invitation(token: str) -> ResponseReturnValue:
    """Make an invitation, and show it to share."""
    tidy = proper(token)
    host_id = _host_of(tidy)
    try:
        arguments = read_invitation().arguments(house().settings.zone)
        outcome = service.invite(house().door, operation(), host_id=host_id, **arguments)
    except BadInput as bad:
        return _refuse(tidy, bad)
    return go_to(_address(tidy, int(outcome.ids["invitation"] or 0)))


@shown_at("/h/<token>/invitations/<int:invitation_id>")
def invitation(token: str, invitation_id: int) -> ResponseReturnValue:
    """Show an invitation: QR, code, text to send."""
    tidy = proper(token)
    found = _own(tidy, invitation_id)
    return render_template(
        "phone/invitation.html",
        token=tidy,
        invitation=found,
        invitation_line=invitation_words,
        address=qr.link(house().settings, "v", found.token) if found.token else "",
        text=_text_to_send(found) if found.token else "",
    )


@shown_at("/h/<token>/invitations/<int:invitation_id>/change")
def change_invitation(token: str, invitation_id: int) -> ResponseReturnValue:
    """Show the form of an invitation to change."""
    tidy = proper(token)
    return _draw_form(tidy, _as_typed(_own(tidy, invitation_id)), changing=invitation_id)


@shown_at("/h/<token>/invitations/<int:invitation_id>/change", "POST")
def keep_invitation(token: str, invitation_id: int) -> ResponseReturnValue:
    """Change an invitation."""
    tidy = proper(token)
    host_id = _host_of(tidy)
    try:
        form = read_invitation()
        service.change_invitation(
            house().door,
            operation(),
            invitation_id=invitation_id,
            host_id=host_id,
            version=form.version,
            **form.arguments(house().settings.zone),
        )
    except BadInput as bad:
        return _refuse(tidy, bad, changing=invitation_id)
    return go_to(_address(tidy, invitation_id))


@shown_at("/h/<token>/invitations/<int:invitation_id>/withdraw", "POST")
def withdraw_invitation(token: str, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    tidy = proper(token)
    service.withdraw_invitation(house().door, operation(), invitation_id=invitation_id, host_id=_host_of(tidy))
    return go_to(url_for("phone.host", token=tidy))


@shown_at("/h/<token>/invitations/<int:invitation_id>/renew", "POST")
def renew_invitation(token: str, invitation_id: int) -> ResponseReturnValue:
    """Give an invitation another QR and code."""
    tidy = proper(token)
    service.new_code(house().door, operation(), invitation_id=invitation_id, host_id=_host_of(tidy))
    return go_to(_address(tidy, invitation_id))


def _host_of(token: str) -> int:
    link = link_of(token)
    if link.kind != "host":
        raise NotFound("link_unknown")
    return link.host_id


def _own(token: str, invitation_id: int) -> InvitationView:
    host_id = _host_of(token)
    with house().door.reading() as session:
        found = queries.invitation(session, house().keys, invitation_id)
    if found.host_id != host_id:
        raise NotFound("link_unknown")
    return found


def _address(token: str, invitation_id: int) -> str:
    return url_for("phone.invitation", token=token, invitation_id=invitation_id)


def _refuse(token: str, bad: BadInput, *, changing: int | None = None) -> ResponseReturnValue:
    typed = typed_invitation()
    if isinstance(bad, BadForm):
        errors = field_sentences(bad)
    else:
        errors = {FIELDS_OF.get(bad.field, {}).get(typed["kind"] or "once", bad.field): said(bad)}
    return _draw_form(token, typed, errors=errors, changing=changing), 422


def _draw_form(token: str, typed: dict[str, Any], *, errors: dict[str, str] | None = None, changing: int | None = None) -> str:
    back = _address(token, changing) if changing else url_for("phone.host", token=token)
    target = (
        url_for("phone.keep_invitation", token=token, invitation_id=changing) if changing else url_for("phone.make_invitation", token=token)
    )
    return render_template(
        "phone/invite.html",
        token=token,
        typed=typed,
        errors=errors or {},
        changing=bool(changing),
        back=back,
        action=target,
        purposes=[(key, str(words)) for key, words in PURPOSES.items()],
        week=[(number, weekday(number)) for number in range(7)],
        gates=_gates(),
    )


def _gates() -> list[tuple[str, str]]:
    with house().door.reading() as session:
        known = {device.gate for device in devices.devices(session) if device.gate} | {house().settings.gate}
    return [("", gettext("Any gate")), *((gate, gettext("Gate %(gate)s", gate=gate)) for gate in sorted(known))]


def _fresh() -> dict[str, Any]:
    """Return an empty form: the next full hour, for an hour."""
    now = house().clock.now().astimezone(house().settings.zone)
    begins = (now + timedelta(hours=1)).replace(minute=0)
    ends = min(begins + timedelta(hours=1), begins.replace(hour=23, minute=59))
    return {
        "kind": "once",
        "purpose": "meeting",
        "language": "zh",
        "day": begins.date().isoformat(),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "weekdays": ["0", "1", "2", "3", "4"],
        "daily_from": "09:00",
        "daily_until": "18:00",
        "first_day": now.date().isoformat(),
        "last_day": (now.date() + timedelta(days=30)).isoformat(),
    }


def _as_typed(found: InvitationView) -> dict[str, Any]:
    zone = house().settings.zone
    begins, ends = found.valid_from.astimezone(zone), found.valid_until.astimezone(zone)
    typed: dict[str, Any] = {
        name: getattr(found, name) for name in ("name", "phone", "company", "purpose", "companions", "gate", "version", "language")
    }
    if found.recurring:
        return typed | {
            "kind": "often",
            "weekdays": [str(number) for number in found.weekdays],
            "daily_from": clock_of(found.daily_from or 0),
            "daily_until": clock_of(min(found.daily_until or 0, MINUTES_A_DAY - 1)),
            "first_day": begins.date().isoformat(),
            "last_day": (ends - timedelta(seconds=1)).date().isoformat(),
        }
    return typed | {"kind": "once", "weekdays": [], "day": begins.date().isoformat(), "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}


def _text_to_send(found: InvitationView) -> str:
    """Return the invitation as a message, in the visitor's language."""
    settings = house().settings
    link = f"{settings.allowed_origins[0]}/v/{found.token}"
    with in_language(found.language if found.language == "en" else "zh"):
        site = settings.site_name_en if found.language == "en" else settings.site_name
        lines = [
            gettext("%(name)s, you are invited to %(site)s.", name=found.name, site=site),
            invitation_words(found),
            gettext("Gate %(gate)s", gate=found.gate) if found.gate else "",
            gettext("Your pass: %(link)s", link=link),
            gettext("Code at the kiosk: %(code)s", code=f"{found.code[:3]} {found.code[3:]}") if found.code else "",
        ]
    return "\n".join(line for line in lines if line)

"""Devices: who is alive, new ones approved by their code or by a link, changed, revoked; and the overview of settings."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from server.days import local_day
from server.domain.calendar import queries as calendar
from server.domain.devices import queries, service
from server.domain.devices.queries import DeviceCard
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms import Device, EnrolLink, Pairing
from server.faces.desk.settings_shown import shown_settings
from server.web import qr
from server.web.auth import principal
from server.web.house import house
from server.web.operation import operation

LINK_LIFE = timedelta(days=7)
"""How long a link that nobody has opened stays good."""
NO_PAIRING = {"code": "", "role": "kiosk", "name": "", "gate": "", "place": ""}


@blueprint.get("/desk/devices")
def devices() -> ResponseReturnValue:
    """Show every device, and ask for the code of a new one."""
    return _devices(NO_PAIRING, NO_FAULTS)


def _devices(typed: dict[str, str], wrong: Faults) -> str:
    with house().door.reading() as session:
        revoked = tuple(card for card in queries.devices(session, revoked=True) if card.revoked_at)
    return render_template("desk/devices.html", typed=typed, faults=wrong, revoked=revoked)


@blueprint.post("/desk/devices")
def approve_pairing() -> ResponseReturnValue:
    """Enrol the device that shows the typed code."""

    def act() -> str:
        return done("devices", service.approve_pairing(house().door, operation(), **Pairing.read().model_dump()))

    typed = Pairing.typed()
    return answer(act, lambda wrong: _devices(typed, wrong))


@blueprint.post("/desk/devices/pairings/<int:pairing_id>/refuse")
def refuse_pairing(pairing_id: int) -> ResponseReturnValue:
    """Send a new device away."""

    def act() -> str:
        return done("devices", service.refuse_pairing(house().door, operation(), pairing_id=pairing_id))

    return answer(act, lambda wrong: _devices(NO_PAIRING, wrong))


@blueprint.get("/desk/devices/link")
def new_link() -> ResponseReturnValue:
    """Ask what a link is to enrol."""
    return _link_form(NO_PAIRING, NO_FAULTS)


@blueprint.post("/desk/devices/link")
def offer_link() -> ResponseReturnValue:
    """Make a link that enrols one browser once, and show it as a QR code."""
    typed = EnrolLink.typed()
    return answer(_offer_link, lambda wrong: _link_form(typed, wrong))


def _offer_link() -> Response:
    form = EnrolLink.read()
    outcome = service.offer_links(house().door, operation(), count=1, life=LINK_LIFE, **form.model_dump())
    with house().door.reading() as session:
        token = queries.link_token(session, house().keys, int(str(outcome.ids["links"])))
    address = f"{house().settings.allowed_origins[0]}/enrol/{token}"
    shown = {"address": address, "svg": qr.svg(qr.link(house().settings, "enrol", token)), "form": form, "days": LINK_LIFE.days}
    return make_response(render_template("desk/device_link.html", **shown))


def _link_form(typed: dict[str, str], wrong: Faults) -> str:
    return render_template("desk/device_link_form.html", typed=typed, faults=wrong)


@blueprint.get("/desk/devices/<int:device_id>")
def device(device_id: int) -> ResponseReturnValue:
    """Show one device, to be changed."""
    card = _card(device_id)
    return _form(card, _as_typed(card), NO_FAULTS)


@blueprint.post("/desk/devices/<int:device_id>")
def change_device(device_id: int) -> ResponseReturnValue:
    """Rename a device, or give it another gate, place or theme."""

    def act() -> str:
        return done("devices", service.change_device(house().door, operation(), device_id=device_id, **Device.read().model_dump()))

    typed = Device.typed()
    return answer(act, lambda wrong: _form_again(device_id, typed, wrong))


@blueprint.post("/desk/devices/<int:device_id>/revoke")
def revoke_device(device_id: int) -> ResponseReturnValue:
    """Take a device's proof away for good."""

    def act() -> str:
        return done("devices", service.revoke_device(house().door, operation(), device_id=device_id))

    return answer(act, lambda wrong: _form_again(device_id, None, wrong))


@blueprint.get("/desk/admin")
def admin() -> ResponseReturnValue:
    """Show how this house is set up: every setting with its meaning, and the ways to devices and staff."""
    with house().door.reading() as session:
        unconfirmed = calendar.unconfirmed_years(session, local_day(house().clock.now(), house().settings.zone))
    rows, may_keep_staff = shown_settings(house().settings), principal().role.value == "admin"
    return render_template("desk/admin.html", rows=rows, may_keep_staff=may_keep_staff, unconfirmed=unconfirmed)


def _form_again(device_id: int, typed: dict[str, str] | None, wrong: Faults) -> str:
    card = _card(device_id)
    return _form(card, typed if typed and wrong.fields else _as_typed(card), wrong)


def _form(card: DeviceCard, typed: dict[str, str], wrong: Faults) -> str:
    return render_template("desk/device.html", card=card, typed=typed, faults=wrong)


def _as_typed(card: DeviceCard) -> dict[str, str]:
    return {"name": card.name, "gate": card.gate, "place": card.place, "theme": card.theme, "version": str(card.version)}


def _card(device_id: int) -> DeviceCard:
    with house().door.reading() as session:
        return queries.device_card(session, device_id)

"""Enrolment: the page of a one-time link, and the page that shows a pairing code.

Opening a page changes nothing: link previews open pages too.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.devices import queries as devices
from server.domain.devices import service
from server.domain.devices.queries import PairingCard
from server.domain.devices.rules import PairingState, spaced_code
from server.errors import Gone
from server.faces.enrol.forms import Ask
from server.faces.enrol.sentences import FACES
from server.keys import tidy_token
from server.web.auth import give_cookie
from server.web.house import house
from server.web.htmx import go_to
from server.web.operation import operation

blueprint = Blueprint("enrol", __name__, template_folder="templates")

BLUEPRINTS = {"tablet": "floor_tablet"}
"""Role → the name its face's cookie goes by, where the two differ."""


@blueprint.get("/enrol/<token>")
def link(token: str) -> ResponseReturnValue:
    """Ask whether this browser shall become the device that the link is for."""
    with house().door.reading() as session:
        role = devices.link_role(session, house().keys, tidy_token(token) or "", house().clock.now())
    if role is None:
        raise Gone("link_not_good")
    return render_template("enrol/link.html", token=token, face_words=FACES[role])


@blueprint.post("/enrol/<token>")
def enrol_this(token: str) -> ResponseReturnValue:
    """Enrol this browser, once, and show its face."""
    outcome = service.enrol(house().door, operation(), token=tidy_token(token) or "")
    return _begin_as(str(outcome.ids["role"]), int(outcome.ids["device"] or 0))


@blueprint.get("/pair")
def pair() -> ResponseReturnValue:
    """Show the pairing code of this browser; without one, ask which face it shall show."""
    pairing = _pairing()
    if pairing is None:
        return render_template("enrol/choose.html", faces=FACES)
    return render_template("enrol/code.html", **_words(pairing))


@blueprint.post("/pair")
def begin_pairing() -> ResponseReturnValue:
    """Open a pairing: the desk types the code that this screen shows then."""
    outcome = service.ask_pairing(house().door, operation(), role=Ask.read().role)
    with house().door.reading() as session:
        secret = devices.pairing_cookie(session, house().keys, int(outcome.ids["pairing"] or 0))
    response = make_response(go_to(url_for("enrol.pair")))
    response.set_cookie(_cookie(), secret, path="/pair", httponly=True, samesite="Strict", secure=house().settings.is_https)
    return response


@blueprint.get("/pair/state")
def pairing_state() -> ResponseReturnValue:
    """Say how the pairing stands, for the page that shows it; once approved, this browser is the device."""
    pairing = _pairing()
    if pairing is None:
        return go_to(url_for("enrol.pair"))
    if pairing.state == PairingState.APPROVED.value and pairing.device_id and pairing.device_role:
        return _forget_pairing(_begin_as(pairing.device_role, pairing.device_id))
    return render_template("enrol/_state.html", **_words(pairing))


@blueprint.post("/pair/again")
def ask() -> ResponseReturnValue:
    """Give a code up that was refused or ran out, and choose anew."""
    return _forget_pairing(make_response(go_to(url_for("enrol.pair"))))


def _begin_as(role: str, device_id: int) -> Response:
    with house().door.reading() as session:
        credential = devices.device_cookie(session, house().keys, device_id)
    response = make_response(go_to(FACES[role][3]))
    return give_cookie(response, BLUEPRINTS.get(role, role), credential)


def _pairing() -> PairingCard | None:
    secret = request.cookies.get(_cookie(), "")
    if not secret:
        return None
    with house().door.reading() as session:
        return devices.pairing_of(session, house().keys, secret, house().clock.now())


def _words(pairing: PairingCard) -> dict[str, object]:
    return {"pairing": pairing, "code": spaced_code(pairing.code), "face_words": FACES[pairing.role]}


def _forget_pairing(response: Response) -> Response:
    response.delete_cookie(_cookie(), path="/pair", httponly=True, samesite="Strict", secure=house().settings.is_https)
    return response


def _cookie() -> str:
    return "__Secure-yb-pair" if house().settings.is_https else "yb-pair"

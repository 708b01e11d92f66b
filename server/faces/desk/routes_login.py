"""Logging in and out, and one's own password."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.staff import queries, service
from server.errors import BadInput
from server.faces.desk.blueprint import WHOLE, Faults, answer, blueprint, done, is_own_page
from server.faces.desk.forms import ChangePassword, LogOn
from server.web.access import RECEPTION
from server.web.auth import give_cookie, principal, take_cookie
from server.web.house import house
from server.web.htmx import go_to
from server.web.operation import operation


@blueprint.get("/desk/login")
def login() -> ResponseReturnValue:
    """Ask for user name and password."""
    return _login({"username": ""}, request.args.get("next", ""))


@blueprint.post("/desk/login")
def log_on() -> ResponseReturnValue:
    """Open a session for the right password, and go on to where he wanted to go."""
    typed, wanted = LogOn.typed(), request.form.get("next", "")
    return answer(_log_on, lambda wrong: _login(typed, wanted, wrong))


def _log_on() -> Response:
    form = LogOn.read()
    origin = request.remote_addr or ""
    outcome = service.log_on(house().door, operation(), username=form.username, password=form.password, origin=origin, run=house().aside)
    if outcome.code != "signed_on":
        raise BadInput("login_wrong", field=WHOLE)
    with house().door.reading() as session:
        cookie = queries.session_cookie(session, house().keys, int(outcome.ids["session"] or 0))
    wanted = form.next if is_own_page(form.next) else url_for("desk.home")
    return give_cookie(make_response(go_to(wanted)), "desk", cookie)


def _login(typed: dict[str, str], wanted: str, wrong: Faults | None = None) -> str:
    return render_template("desk/login.html", typed=typed, next=wanted if is_own_page(wanted) else "", faults=wrong or Faults())


@blueprint.post("/desk/logout")
def log_off() -> ResponseReturnValue:
    """End the session, on the server and in the browser."""
    session_id = principal().session_id
    if session_id is not None:
        service.log_off(house().door, operation(), session_id=session_id)
    return take_cookie(make_response(go_to(url_for("desk.login"))), "desk")


@blueprint.post("/desk/awake")
def awake() -> ResponseReturnValue:
    """Take note that somebody is at the desk, though nothing was asked for: the sign of life is written before."""
    return "", 204


@blueprint.get("/desk/account")
def account() -> ResponseReturnValue:
    """Show who is logged in."""
    with house().door.reading() as session:
        card = queries.staff_card(session, principal().staff_id or 0)
    return render_template("desk/account.html", card=card)


@blueprint.get("/desk/password")
def password() -> ResponseReturnValue:
    """Ask for a new password."""
    return render_template("desk/password.html")


@blueprint.post("/desk/password")
def change_password() -> ResponseReturnValue:
    """Set one's own password; every other session of the same person ends."""
    return answer(_change_password, lambda wrong: render_template("desk/password.html", faults=wrong))


def _change_password() -> str:
    form, asker = ChangePassword.read(), principal()
    if form.new != form.again:
        raise BadInput("passwords_differ", field="again")
    outcome = service.change_own_password(
        house().door,
        operation(),
        staff_id=asker.staff_id or 0,
        session_id=asker.session_id or 0,
        current=form.current,
        new=form.new,
        origin=request.remote_addr or "",
        run=house().aside,
    )
    if outcome.code == "wrong":
        raise BadInput("password_wrong", field="current")
    return done("home" if asker.role in RECEPTION else "account", outcome)

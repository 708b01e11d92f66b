"""The lock screen and what opens it, and the page that is shown first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from floor_tablet.blueprint import blueprint
from floor_tablet.forms import Unlock
from floor_tablet.routes_work import step_said
from server.days import local_day
from server.db.operations import Operation, Outcome
from server.domain.meetings.queries.tablet import to_do
from server.domain.posts import queries, service
from server.errors import NotFound, TooMany
from server.web import floor
from server.web.access import Role
from server.web.auth import principal
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to
from server.web.operation import operation
from server.web.sentences import field_sentences, sentence


@blueprint.get("/tablet")
def home() -> ResponseReturnValue:
    """Show what is to be done now; on a locked tablet, who may open it."""
    if principal().role is Role.TABLET:
        return _lock_screen(_number(request.args.get("who", "")))
    done, step_id = request.args.get("done", ""), _number(request.args.get("of", ""))
    if done in floor.STEPS_DONE and step_id is not None:
        # Done or left out on the step's own page: said here as the card's tap is, with Undo.
        return render_template("tablet/now.html", said=step_said(step_id, done), undo=url_for("floor_tablet.undo_step", step_id=step_id))
    return render_template("tablet/now.html")


@blueprint.post("/tablet/unlock")
def unlock() -> ResponseReturnValue:
    """Open the tablet for the right PIN; a wrong one says how many tries are left, or how long to wait."""
    try:
        form = Unlock.read()
    except BadForm as bad:
        return _lock_screen(_number(request.form.get("staff_id", "")), next(iter(field_sentences(bad).values())), bad.status)
    try:
        outcome = service.unlock(
            house().door, _devices_own(operation()), device_id=_device_id(), staff_id=form.staff_id, pin=form.pin, run=house().aside
        )
    except TooMany as refused:
        return _lock_screen(form.staff_id, sentence(refused.code, {}), refused.status)
    except NotFound as refused:
        return _lock_screen(None, sentence(refused.code, {}), refused.status)
    if outcome.code == "wrong":
        return _lock_screen(form.staff_id, _wrong(outcome), 422)
    return go_to(url_for("floor_tablet.home", done="clocked_in" if outcome.ids["began_duty"] else None))


@blueprint.post("/tablet/lock")
def lock() -> ResponseReturnValue:
    """Lock the tablet; whoever comes next types the own PIN."""
    tablet_id = principal().tablet_id
    if tablet_id is not None:
        if "sure" not in request.form and _leaves_open():
            return go_to(url_for("floor_tablet.handover"))
        service.lock(house().door, operation(), tablet_session_id=tablet_id)
    return go_to(url_for("floor_tablet.home"))


@blueprint.get("/tablet/handover")
def handover() -> ResponseReturnValue:
    """Show what is due now and mine, and who can take it, before the tablet is locked."""
    return render_template("tablet/handover.html")


def _leaves_open() -> bool:
    today = local_day(house().clock.now(), house().settings.zone)
    with house().door.reading() as session:
        return any(one.mine for one in to_do(session, principal().staff_id or 0, today).now)


@blueprint.post("/tablet/awake")
def awake() -> ResponseReturnValue:
    """Take note that somebody is at the tablet, though nothing was asked for: the sign of life is written before."""
    return "", 204


def _lock_screen(who: int | None, said: str = "", status: int = 200) -> ResponseReturnValue:
    now = house().clock.now()
    with house().door.reading() as session:
        people = queries.unlockers(session)
        chosen = next((card for card in people if card.id == who), None)
        wait = queries.pin_wait(session, house().keys, _device_id(), chosen.id, now) if chosen else None
    return render_template("tablet/lock.html", people=people, chosen=chosen, said=said, until=_end_of(wait)), status


def _end_of(wait: timedelta | None) -> object:
    return house().clock.now() + wait if wait else None


def _wrong(outcome: Outcome) -> str:
    left = int(outcome.ids["left"] or 0)
    if not left:
        return sentence("too_many_misses", {})
    return f"{sentence('pin_wrong', {})} {ngettext('%(num)s try left.', '%(num)s tries left.', left)}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _device_id() -> int:
    return principal().device_id or 0


def _devices_own(tap: Operation) -> Operation:
    # A tap whose answer was lost is sent again by a tablet that is open already: it must be the same operation all the same.
    return replace(tap, actor=f"device:{_device_id()}")

"""The tablet's one blueprint, and what holds for each of its screens."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from floor_tablet import words
from floor_tablet.places import PLACES
from server.db.operations import Operation, Outcome
from server.domain.devices import queries as devices
from server.domain.devices.queries import DeviceCard
from server.domain.posts import service as posts
from server.errors import Unknown
from server.web import floor
from server.web.auth import principal
from server.web.error_pages import refuse
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.i18n import language
from server.web.themes import theme_of

blueprint = Blueprint("floor_tablet", __name__, template_folder="templates")

LIGHT_FROM, LIGHT_UNTIL = 6, 20
"""The hours of the site's day between which a tablet without a theme of its own is light."""


@blueprint.errorhandler(Unknown)
def to_the_lock(error: Unknown) -> ResponseReturnValue:
    """Lead a tablet that was locked meanwhile to its lock screen; one that is not enrolled is told so."""
    if error.code != "tablet_locked":
        return refuse(error)
    response = make_response(go_to(url_for("floor_tablet.home")))
    response.headers["X-Error-Code"] = error.code
    return response


@blueprint.before_request
def keep_open() -> None:
    """Write a sign of life once a minute, so that the tablet does not lock under busy hands."""
    asker = principal()
    if asker.tablet_id is not None and asker.touch_due:
        posts.touch_tablet(house().door, Operation.internal("touch", actor=asker.actor), tablet_session_id=asker.tablet_id)


@blueprint.context_processor
def furniture() -> dict[str, object]:
    """Give every screen of the tablet its words, the reader, the device, the places, and the same page in the other language."""
    device = this_device()
    return {
        "words": words,
        "places": PLACES,
        "reader": principal(),
        "me": principal().staff_id,
        "device": device,
        "theme": theme_of(device.theme if device else "auto", light_from=LIGHT_FROM, light_until=LIGHT_UNTIL),
        "other_language": _same_page("zh" if language() == "en" else "en"),
        "said": words.done_sentence(request.args.get("done", "")),
        "undo": None,
    }


def this_device() -> DeviceCard | None:
    """Return the tablet that is asked for a page; None where it is not enrolled."""
    device_id = principal().device_id
    if device_id is None:
        return None
    with house().door.reading() as session:
        return devices.device_card(session, device_id)


def answered(outcome: Outcome, text: str = "", *, undo: str | None = None) -> ResponseReturnValue:
    """Say what was done, in a toast with Undo where it can be taken back; without a script the page is loaded anew."""
    if not wants_fragment():
        return go_to(url_for("floor_tablet.posts", done=outcome.code))
    return render_template("tablet/_toast.html", text=text or words.done_sentence(outcome.code), undo=undo)


def said(outcome: Outcome, text: str = "", *, undo: str | None = None) -> ResponseReturnValue:
    """Say what was done on the floor, in a toast with Undo where it can be taken back; without a script the first page is shown."""
    if not wants_fragment():
        return go_to(url_for("floor_tablet.home"))
    return render_template("tablet/_toast.html", text=text or floor.done(outcome.code), undo=undo)


def _same_page(lang: str) -> str:
    kept = {name: value for name, value in request.args.items() if name not in ("lang", "done")}
    return f"{request.path if request.method == 'GET' else url_for('floor_tablet.home')}?{urlencode({**kept, 'lang': lang})}"

"""Routes of the board: its one page (also for the wall), its acknowledgements, and how the house is."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.assistance import service as assistance
from server.domain.calls import service as room_calls
from server.domain.devices import queries as devices
from server.domain.visits import service as visits
from server.faces.board import words
from server.faces.board.words import add_sentences
from server.web import health
from server.web.auth import principal
from server.web.house import house
from server.web.operation import operation
from server.web.themes import theme_of

blueprint = Blueprint("board", __name__, template_folder="templates")
add_sentences()

NIGHT_BEGINS, NIGHT_ENDS = 18, 7
"""Hours of the site between which a board without a theme of its own is dark."""


@blueprint.get("/board")
def board() -> ResponseReturnValue:
    """Show the board; with ``?tv`` for a wall: dark, larger, and without anything to touch."""
    is_wall = "tv" in request.args
    with house().door.reading() as session:
        device = devices.device_card(session, principal().device_id or 0)
    theme = "night" if is_wall and device.theme == "auto" else theme_of(device.theme, light_from=NIGHT_ENDS, light_until=NIGHT_BEGINS)
    return render_template("board/wall.html" if is_wall else "board/board.html", device=device, theme=theme)


@blueprint.post("/board/visits/<int:visit_id>/take-over")
def take_over(visit_id: int) -> ResponseReturnValue:
    """Somebody at the desk looks after a visitor: the chime stops on every board."""
    visits.take_over(house().door, operation(), visit_id=visit_id)
    return render_template("board/_toast.html", text=gettext("The desk looks after this visitor."))


@blueprint.post("/board/calls/<int:assistance_id>/answer")
def answer_call(assistance_id: int) -> ResponseReturnValue:
    """Somebody from the desk goes to the kiosk that called; who it is, a board does not know."""
    assistance.answer_call(house().door, operation(), assistance_id=assistance_id, staff_id=None)
    return render_template("board/_toast.html", text=gettext("The kiosk says that somebody is on the way."))


@blueprint.post("/board/room-calls/<int:call_id>/answer")
def answer_room_call(call_id: int) -> ResponseReturnValue:
    """Somebody from the desk goes to a room that called: the page of its people says so at once."""
    room_calls.ack_call(house().door, operation(), call_id=call_id, staff_id=None)
    return render_template("board/_toast.html", text=gettext("The room sees that somebody is on the way."))


@blueprint.get("/board/system")
def system() -> ResponseReturnValue:
    """Say whether every part of the house is well, and in how many milliseconds the database answered."""
    begun = house().clock.monotonic()
    parts = health.readiness(house())
    took = max(1, round((house().clock.monotonic() - begun) * 1000))
    broken = [name for name, part in parts.items() if not part["ok"]]
    return render_template("board/_system.html", words=words, broken=broken, milliseconds=took, at=house().clock.now())

"""Calls for a person from the kiosks: somebody goes there."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.assistance import service
from server.faces.desk.blueprint import blueprint
from server.web.auth import principal
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.operation import operation


@blueprint.post("/desk/calls/<int:assistance_id>/answer")
def answer_call(assistance_id: int) -> ResponseReturnValue:
    """Say that somebody goes to the kiosk: the chime stops, and the kiosk says so."""
    service.answer_call(house().door, operation(), assistance_id=assistance_id, staff_id=principal().staff_id)
    if not wants_fragment():
        return go_to(url_for("desk.home"))
    return render_template("desk/_toast.html", text=gettext("The kiosk says that you are on your way."), undo=None)

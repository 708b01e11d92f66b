"""The endpoints of the API, a file a subject; importing a file adds its endpoints to the one blueprint."""

from __future__ import annotations

from flask import Response

from server.faces.api import invitations, meetings, rooms
from server.faces.api.endpoints import blueprint
from server.faces.api.openapi import as_text

__all__ = ["blueprint", "invitations", "meetings", "rooms"]


@blueprint.get("/api/openapi.json")
def openapi() -> Response:
    """Give the description of the API, to whoever asks."""
    return Response(as_text(), mimetype="application/json")

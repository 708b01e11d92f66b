"""What the desk and the floor tablets open alike: photos of finished rooms, and the way to a meeting by its printed code."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.domain.rooms import queries as rooms
from server.web.access import RECEPTION, TABLET, Role
from server.web.auth import SHARED, principal
from server.web.house import house
from server.web.htmx import go_to

shared = Blueprint(SHARED, __name__)


@shared.get("/rooms/photo/<digest>")
def photo(digest: str) -> ResponseReturnValue:
    """Give the photo of a finished room; what is named by its digest never changes."""
    with house().door.reading() as session:
        kind, content = rooms.photo(session, digest)
    return Response(content, mimetype=kind)


@shared.get("/M/<int:meeting_id>")
@shared.get("/m/<int:meeting_id>")
def meeting(meeting_id: int) -> ResponseReturnValue:
    """Lead whoever scans the code of a printed run sheet to the meeting, as far as he may see it; a locked tablet to its lock."""
    role = principal().role
    if role is Role.ATTENDANT:
        return go_to(f"/tablet/meetings/{meeting_id}")
    if role in TABLET:
        return go_to("/tablet")
    return go_to(f"/desk/meetings/{meeting_id}" if role in RECEPTION else "/")

"""Routes of the desk, a file a group of screens; importing a file adds its routes to the one blueprint."""

from __future__ import annotations

from server.faces.desk import (
    routes_board,
    routes_calendar,
    routes_calls,
    routes_devices,
    routes_floor,
    routes_import,
    routes_invitations,
    routes_login,
    routes_meetings,
    routes_papers,
    routes_people,
    routes_posts,
    routes_registers,
    routes_rooms,
    routes_schedule,
    routes_staff,
    routes_tokens,
    routes_visits,
    sentences,
)
from server.faces.desk.blueprint import blueprint

__all__ = [
    "blueprint",
    "routes_board",
    "routes_calendar",
    "routes_calls",
    "routes_devices",
    "routes_floor",
    "routes_import",
    "routes_invitations",
    "routes_login",
    "routes_meetings",
    "routes_papers",
    "routes_people",
    "routes_posts",
    "routes_registers",
    "routes_rooms",
    "routes_schedule",
    "routes_staff",
    "routes_tokens",
    "routes_visits",
    "sentences",
]

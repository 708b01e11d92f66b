"""The one table of who may do what: a row for every route and every region. What has no row is refused.

A test walks it with every role (``tests/web/test_access.py``) and fails on a route or region without a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """As what somebody asks. A device or a login has exactly one; the holder of a link proves himself by the link."""

    NOBODY = "nobody"
    KIOSK = "kiosk"
    TABLET = "tablet"
    BOARD = "board"
    DOOR = "door"
    ATTENDANT = "attendant"
    DESK = "desk"
    SUPERVISOR = "supervisor"
    KEEPER = "keeper"
    ADMIN = "admin"
    LINK = "link"


ANYBODY = frozenset(Role)
KIOSK = frozenset({Role.KIOSK})
BOARD = frozenset({Role.BOARD})
TABLET = frozenset({Role.TABLET, Role.ATTENDANT})
DOOR = frozenset({Role.DOOR})
LINK = frozenset({Role.LINK})
LOGGED_IN = frozenset({Role.DESK, Role.SUPERVISOR, Role.KEEPER, Role.ADMIN})
RECEPTION = frozenset({Role.DESK, Role.SUPERVISOR, Role.ADMIN})
SUPERVISION = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})

ROUTES: Mapping[str, frozenset[Role]] = {
    "static": ANYBODY,
    "web.front": ANYBODY,
    "web.healthz": ANYBODY,
    "web.readyz": ANYBODY,
    "web.metrics": ANYBODY,
    "web.parts": ANYBODY,
    "watching.ticket": ANYBODY,
    "watching.region": ANYBODY,
}
"""Endpoint → roles."""

REGIONS: Mapping[str, frozenset[Role]] = {}
"""Region name (the part before the colon) → roles. Regions of one person are also bound to their key in the ticket."""


def may_call(endpoint: str, role: Role) -> bool:
    """Tell whether ``role`` may call ``endpoint``."""
    return role in ROUTES.get(endpoint, frozenset())


def may_watch(region_name: str, role: Role) -> bool:
    """Tell whether ``role`` may watch regions of this name."""
    return role in REGIONS.get(region_name, frozenset())

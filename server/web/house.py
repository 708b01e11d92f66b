"""What a request needs of the house, at the edge only: nothing below the faces may reach for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

from server.clock import Clock
from server.config import Settings
from server.db.transaction import Door
from server.domain.staff.passwords import Run, run_here
from server.keys import Keys
from server.loops import Loop
from server.web.limits import Limits

if TYPE_CHECKING:
    from server.live import Live
    from server.web.watching import Owner


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts the composition root put together."""

    settings: Settings
    door: Door
    keys: Keys
    clock: Clock
    live: Live
    limits: Limits
    owners: Mapping[str, Owner]
    loops: tuple[Loop, ...]
    aside: Run = run_here
    """Where work that blocks (hashing) is done: beside the server's one loop in production."""


def house() -> House:
    """Return the house this request is served by."""
    return cast("House", current_app.extensions["yingbin"])

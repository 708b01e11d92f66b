"""The clock as one more caller of the same services: time obeys the same rules as people."""

from __future__ import annotations

from server.clock import Clock
from server.db.transaction import Door
from server.deadlines.scheduler import Scheduler
from server.loops import Loop

EVERY_SECONDS = 1.0
"""How long after its instant a deadline may be noticed."""


def create_deadlines(door: Door, clock: Clock) -> Loop:
    """Return the loop that carries out what is due; it does not run until it is started."""
    return Loop("deadlines", Scheduler(door, clock).step, every_seconds=EVERY_SECONDS, clock=clock)


__all__ = ["EVERY_SECONDS", "Scheduler", "create_deadlines"]

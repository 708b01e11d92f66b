"""Posts of the demo park: the desk is attended around the clock, two attendants are on duty, and the third begins with the PIN."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.clock import StillClock
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo.past import at_another_time
from server.demo.staff import ATTENDANTS, LOGINS
from server.domain.posts import queries, service
from server.domain.posts.rules import PostState

CAME = timedelta(hours=2, minutes=40)
"""How long ago, in a park that is filled for the first time."""
AT_MEAL = timedelta(minutes=12)
ON_DUTY = (LOGINS["desk"], *ATTENDANTS[1:])
"""Who is on duty without anybody doing anything."""


def fill(door: Door, seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Let them come some hours ago, and the last of them go to a meal; in a park that has gone on, whoever is off comes now."""
    if not _is_new(door, now):
        top_up(door, seed, now)
        return
    came = _off(door)
    for done, staff_id in enumerate(came, start=1):
        _act(service.clock_in, at_another_time(door, StillClock(now - CAME)), staff_id)
        tell(done, len(came))
    _act(service.go_to_meal, at_another_time(door, StillClock(now - AT_MEAL)), came[-1])


def top_up(door: Door, _seed: str, _now: datetime) -> None:
    """Whoever went off duty comes again, so that the desk is never found empty."""
    for staff_id in _off(door):
        _act(service.clock_in, door, staff_id)


def _is_new(door: Door, now: datetime) -> bool:
    zone = door.settings.zone
    with door.reading() as session:
        return not any(queries.history(session, (now - timedelta(days=back)).astimezone(zone).date(), zone) for back in range(2))


def _off(door: Door) -> list[int]:
    """Return who should be on duty and is not, the desk first and the last attendant last."""
    with door.reading() as session:
        rows = {row.name: row for row in queries.everyone(session)}
    return [rows[name].staff_id for name in ON_DUTY if name in rows and rows[name].state is PostState.OFF]


def _act(verb: Callable[..., object], door: Door, staff_id: int) -> None:
    verb(door, Operation.internal("demo:posts"), staff_id=staff_id)

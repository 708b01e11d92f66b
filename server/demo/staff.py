"""Staff of the demo park: desk, supervisor, keeper, administrator, three attendants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.clock import StillClock
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo import logins
from server.demo.past import at_another_time
from server.domain.staff import passwords, queries, service
from server.domain.staff.rules import Role

HIRED = timedelta(days=31)
"""How long ago, so that they are older than what they did."""
LOGINS = {"desk": "林晓", "supervisor": "梁敏", "keeper": "高原", "admin": "何帆"}
"""User name, which is also the role, and the person."""
ATTENDANTS = ("孙悦", "马骏", "罗琳")


def fill(door: Door, _seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Take on who is not there yet."""
    door = at_another_time(door, StillClock(now - HIRED))
    with door.reading() as session:
        there = {card.username or card.name for card in queries.staff_list(session)}
    total = len(LOGINS) + len(ATTENDANTS)
    for done, (username, name) in enumerate(LOGINS.items(), start=1):
        if username not in there:
            _add_login(door, username, name)
        tell(done, total)
    for done, name in enumerate(ATTENDANTS, start=len(LOGINS) + 1):
        if name not in there:
            pin = passwords.hash_pin(door.keys, logins.pin(door.keys, name))
            service.add_staff(door, Operation.internal("demo:staff"), name=name, role=Role.ATTENDANT, pin=pin, must_change=False)
        tell(done, total)


def top_up(_door: Door, _seed: str, _now: datetime) -> None:
    """Nobody leaves the demo park's staff by himself."""


def _add_login(door: Door, username: str, name: str) -> None:
    hashed = passwords.hash_password(door.keys, logins.password(door.keys, username), username=username)
    service.add_staff(
        door, Operation.internal("demo:staff"), name=name, username=username, role=Role(username), password=hashed, must_change=False
    )


def desk_id(door: Door) -> int:
    """Return the id of the person at the demo desk."""
    return login_ids(door)["desk"]


def login_ids(door: Door) -> dict[str, int]:
    """Return the ids of those who log on, by user name."""
    with door.reading() as session:
        return {card.username: card.id for card in queries.staff_list(session) if card.username in LOGINS}

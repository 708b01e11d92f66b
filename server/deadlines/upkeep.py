"""What is done every so often, whether or not a row is due: sessions, posts, pairings, quiet screens, old data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from server.db import operations
from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.domain.attempts import service as attempts
from server.domain.devices import service as devices
from server.domain.meetings import service as meetings
from server.domain.people import service as people
from server.domain.posts import service as posts
from server.domain.staff import service as staff
from server.domain.visits import service as visits

ANONYMISED_AT_ONCE = 200
"""Records made anonymous in one transaction, so that the lobby never waits for it."""


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Something done every so often. ``act`` tells by True that there is more of it to do at once."""

    name: str
    every: timedelta
    act: Callable[[Door, Operation], bool]


@command
def forget_operations(tx: Unit) -> Outcome:
    """Delete the answers of operations nobody retries any more, and misses no rule looks at."""
    operations.forget_old(tx.session, tx.now)
    attempts.forget_old(tx)
    return Outcome(code="forgotten")


def _anonymise(door: Door, operation: Operation) -> bool:
    done = visits.anonymise_old(door, operation, limit=ANONYMISED_AT_ONCE)
    return ANONYMISED_AT_ONCE in (done.ids["visits"], done.ids["invitations"])


def _once(verb: Callable[[Door, Operation], Outcome]) -> Callable[[Door, Operation], bool]:
    def act(door: Door, operation: Operation) -> bool:
        verb(door, operation)
        return False

    return act


UPKEEP: tuple[Upkeep, ...] = (
    Upkeep(name="quiet_devices", every=timedelta(seconds=10), act=_once(devices.note_quiet)),
    Upkeep(name="pairings", every=timedelta(seconds=30), act=_once(devices.expire_pairings)),
    Upkeep(name="still_sessions", every=timedelta(seconds=30), act=_once(staff.end_still_sessions)),
    Upkeep(name="forgotten_posts", every=timedelta(minutes=5), act=_once(posts.end_forgotten)),
    Upkeep(name="imports", every=timedelta(minutes=5), act=_once(people.forget_imports)),
    Upkeep(name="schedules", every=timedelta(minutes=30), act=_once(meetings.forget_schedules)),
    Upkeep(name="retention", every=timedelta(minutes=10), act=_anonymise),
    Upkeep(name="operations", every=timedelta(hours=6), act=_once(forget_operations)),
)

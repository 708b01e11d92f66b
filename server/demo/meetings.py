"""Meetings of the demo park: a schedule for today and the days after, and a day's history in which something is just happening.

At a first start the fourteen meetings of today lie around now: one in session with tea due, one about to begin, one that has just been
moved, one being tidied, some closed, one cancelled, one to which nobody came. Afterwards the park lives on by itself
(:mod:`server.demo.floor`); each hour a day is added at the far end, and what is missing in the next hour comes up at short notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import func, select

from server.db.transaction import Door
from server.demo import schedule
from server.demo.hands import Hands
from server.demo.history import History
from server.domain.meetings.tables import Meeting, Step

SHORTEST = timedelta(minutes=10)
"""No history is written into less time than this."""
LONGEST = timedelta(hours=10)
"""Nor further back, once the park has a past."""
FIRST = timedelta(days=8)
"""So far back reaches the first: to when the meetings were registered."""


def fill(door: Door, seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Write what is missing of the schedule, and the history up to ``now``."""
    newest = _newest(door)
    if newest is None:
        scene = schedule.scene(door, seed, now, schedule.SCENE)
        History(door, seed, now - FIRST, now).play([*scene, *schedule.days(door, seed, now, scene)], tell)
    elif now - newest >= SHORTEST:
        begins = max(newest + timedelta(seconds=1), now - LONGEST)
        History(door, seed, begins, now).play(schedule.scene(door, seed, now, schedule.missing(door, now, begins)), tell)
    top_up(door, seed, now)
    tell(1, 1)


def top_up(door: Door, seed: str, now: datetime) -> None:
    """Register the meetings of a day that has come into sight, and at short notice what the next hour lacks."""
    hands = Hands(door, seed)
    for slot in schedule.days(door, seed, now):
        if slot.starts_at > now:
            schedule.register(hands, slot)
    lacking = schedule.lacking(door, now)
    if lacking is not None:
        schedule.register_adhoc(hands, lacking)


def _newest(door: Door) -> datetime | None:
    """Return when the floor was last heard of; None where it never was."""
    with door.reading() as session:
        heard = [session.exec(select(func.max(column))).one() for column in (Meeting.made_at, Meeting.changed_at, Step.settled_at)]
    return max((at for at in heard if at is not None), default=None)

"""The demo park: people, staff, devices, visits and meetings to look at, made through the house's own verbs.

A list of parts, each with ``fill`` (at a start, before anything is served: it may write history) and ``top_up`` (each hour, in the
serving process: what was used up). Both do nothing where there is enough already. Deterministic from a seed and a given now, but for
the random numbers behind passes. A later subject adds its part to :data:`PARTS`, below those it builds upon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from server.db.transaction import Door
from server.demo import links, meetings, people, posts, rooms, staff, visits

SEED = "wangjiang"
"""What names and fates are drawn from."""

Tell = Callable[[str, int, int], None]
"""Told how far a part is: its name, done, of how many."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One subject of the demo park."""

    name: str
    fill: Callable[[Door, str, datetime, Callable[[int, int], None]], None]
    top_up: Callable[[Door, str, datetime], None]


PARTS = (
    Part(name="staff", fill=staff.fill, top_up=staff.top_up),
    Part(name="posts", fill=posts.fill, top_up=posts.top_up),
    Part(name="people", fill=people.fill, top_up=people.top_up),
    Part(name="rooms", fill=rooms.fill, top_up=rooms.top_up),
    Part(name="visits", fill=visits.fill, top_up=visits.top_up),
    Part(name="meetings", fill=meetings.fill, top_up=meetings.top_up),
    Part(name="links", fill=links.fill, top_up=links.top_up),
)
"""In the order in which they are filled."""


def fill(door: Door, seed: str, now: datetime, tell: Tell = lambda _name, _done, _of: None) -> None:
    """Fill what is missing, with history up to ``now``. Nobody else may be writing to the database meanwhile."""
    for part in PARTS:
        part.fill(door, seed, now, partial(tell, part.name))


def top_up(door: Door, seed: str, now: datetime) -> None:
    """Replace what was used up since."""
    for part in PARTS:
        part.top_up(door, seed, now)

"""One-time links that enrol a browser as one of the park's screens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import select

from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.devices import queries, service
from server.domain.devices.rules import DeviceRole
from server.domain.meetings.rules import State
from server.domain.meetings.tables import Meeting
from server.domain.rooms import queries as rooms

UNUSED = 10
"""So many of each role are unused at every start."""
LIFE = timedelta(days=30)
GATES = {"kiosk": "A", "tablet": "", "board": "", "door": ""}
PLACES = {"kiosk": "大堂", "tablet": "2 层", "board": "前台"}


def fill(door: Door, _seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Make links until there are enough unused ones of each role."""
    for done, role in enumerate(DeviceRole, start=1):
        _offer(door, role.value, now)
        tell(done, len(DeviceRole))


def top_up(door: Door, _seed: str, now: datetime) -> None:
    """The same, each hour."""
    for role in DeviceRole:
        _offer(door, role.value, now)


def _offer(door: Door, role: str, now: datetime) -> None:
    with door.reading() as session:
        missing = UNUSED - len(queries.unused_links(session, now, role))
    places = _doors(door) if role == DeviceRole.DOOR else [PLACES.get(role, "")]
    for place, count in Counter(places[number % len(places)] for number in range(missing)).items():
        gate = GATES.get(role, "")
        service.offer_links(door, Operation.internal("demo:links"), role=role, count=count, gate=gate, place=place, life=LIFE)


def _doors(door: Door) -> list[str]:
    """Return the names of the rooms at which door signs hang, those first in which a meeting is in session."""
    with door.reading() as session:
        running = set(session.exec(select(Meeting.room_id).where(Meeting.state == State.IN_SESSION.value)))
        cards = rooms.rooms(session)
    return [card.name for card in sorted(cards, key=lambda card: (card.id not in running, card.id))] or [""]


def tokens(door: Door, role: str, now: datetime) -> list[str]:
    """Return the tokens of a role's unused links."""
    with door.reading() as session:
        return [queries.link_token(session, door.keys, link_id) for link_id in queries.unused_links(session, now, role)]

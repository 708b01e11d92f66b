"""Which devices are alive: what the sockets of this worker have heard becomes a fact when it changes."""

from __future__ import annotations

from sqlmodel import Session

from server.clock import Clock
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.devices import queries, service
from server.live import Live
from server.loops import Loop
from server.web.auth import device_of

EVERY_SECONDS = 5.0
HEARD_WITHIN_SECONDS = 15.0
"""A screen watches every ten seconds; one that did within this is alive."""
WRITTEN_EVERY_SECONDS = 10.0
"""How often the time of the last sign of life is stored for a device that is known to be alive."""


def create_presence(door: Door, live: Live, clock: Clock) -> Loop:
    """Return the loop that notes which devices were heard on this worker."""

    def step() -> bool:
        since = clock.monotonic() - HEARD_WITHIN_SECONDS
        heard = [device for subject, at in live.presence().items() if at >= since and (device := device_of(subject)) is not None]
        with door.reading() as session:
            stale = _stale(session, heard, door)
        if stale:
            service.note_heard(door, Operation.internal("presence"), device_ids=stale)
        return False

    return Loop("presence", step, every_seconds=EVERY_SECONDS, clock=clock)


def _stale(session: Session, heard: list[int], door: Door) -> list[int]:
    now = door.clock.now()
    known = {card.id: card for card in queries.devices(session)}
    return [
        device_id
        for device_id in heard
        if (card := known.get(device_id)) is not None
        and (not card.online or card.seen_at is None or (now - card.seen_at).total_seconds() >= WRITTEN_EVERY_SECONDS)
    ]

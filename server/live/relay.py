"""The relay: what was committed, on the screens.

It looks at the newest facts, finds the regions they touch, drops those nobody watches, draws each of the others once a language
and sends it. It is hinted at after a commit and looks each second anyhow, so that writes of the command line arrive too. On
PostgreSQL every worker has one; the one that leads numbers the facts first and hints at the others.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlmodel import Session

from server.clock import Clock
from server.db.transaction import Door
from server.errors import NotFound
from server.live.broadcast import NAMESPACE, Broadcast, room_of
from server.live.hints import NUMBERED, WAITING, Hints
from server.live.kept import LANGUAGES
from server.live.leader import Leader
from server.live.rendering import Renderer
from server.loops import Loop

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
FIRST_REST_FACTOR, REST_FACTOR = 0.5, 2
SHORTEST_REST_SECONDS, LONGEST_REST_SECONDS = 0.002, 0.050
"""After a flush the relay rests twice the time it took, within these: many facts in a burst are one rendering.

After one that nothing had waited for it rests only half of its time: no burst has been seen yet, and the next fact may stand alone too.
"""
RETRY_SECONDS = 5.0
"""A region that could not be drawn is tried again after this long, or when a fact touches it."""
LATE_SECONDS = 5.0
"""A relay that has not looked for this long does not vouch for what screens show."""
NUMBERED_AT_ONCE = 1000

Emit = Callable[..., None]


def rest_seconds(took: float, *, waited: bool) -> float:
    """Return how long to rest after a flush that took so many seconds; ``waited`` if facts had waited for it."""
    wished = took * (REST_FACTOR if waited else FIRST_REST_FACTOR)
    return min(max(wished, SHORTEST_REST_SECONDS), LONGEST_REST_SECONDS)


class Relay:
    """One worker's relay; ``loop`` runs it."""

    def __init__(self, *, door: Door, clock: Clock, renderer: Renderer, broadcast: Broadcast, emit: Emit, redis_url: str) -> None:
        """Send what ``renderer`` draws through ``emit``; hints go over the Redis at ``redis_url``, if any."""
        self.loop = Loop("relay", self.look, every_seconds=EVERY_SECONDS, clock=clock)
        self.failing: dict[str, str] = {}
        self.hints = Hints(redis_url, self._hear) if redis_url else None
        self._door = door
        self._clock = clock
        self._renderer = renderer
        self._broadcast = broadcast
        self._emit = emit
        self._leader = Leader(door)
        self._committed = False
        self._rest_until = 0.0
        self._retry_at = 0.0
        self._stopped = threading.Event()
        self._looked_at = 0.0

    def start(self) -> None:
        """Look at facts until stopped, beginning with the next one."""
        self._looked_at = self._clock.monotonic()
        self._door.after_commit.append(self._notice_commit)
        if self.hints:
            self.hints.start()
        self.loop.start()

    def stop(self) -> None:
        """Stop looking, and leave the numbering to another worker."""
        self._stopped.set()
        self.loop.stop()
        if self.hints:
            self.hints.stop()
        self._leader.stop()

    def look(self) -> bool:
        """Do all there is to do now; True when there may be more."""
        rest = self._rest_until - self._clock.monotonic()
        self._stopped.wait(max(0.0, rest))
        began = self._clock.monotonic()
        more = self._number()
        with self._door.reading() as session:
            head = self._renderer.notice_rewinding(session, self._renderer.seen)
            due = self._due()
            poisoned = self._send_each(session, head, due)
        for region, lang in poisoned:
            self._send_alone(region, lang)
        self._looked_at = began
        if due:
            took = self._clock.monotonic() - began
            self._rest_until = began + took + rest_seconds(took, waited=rest > 0)
        return more

    def is_current(self) -> bool:
        """Tell whether this worker has looked at the facts lately, so that it may answer for what its screens show."""
        return self._clock.monotonic() - self._looked_at <= LATE_SECONDS

    def _notice_commit(self) -> None:
        self._committed = True
        self.loop.nudge()

    def _hear(self, hint: bytes) -> None:
        # Only who leads can do anything about facts that wait for their numbers.
        if hint == NUMBERED or self._leader.is_leading:
            self.loop.nudge()

    def _number(self) -> bool:
        if self._door.engines.is_sqlite:
            return False
        committed, self._committed = self._committed, False
        if not self._leader.leads():
            if committed and self.hints:
                self.hints.say(WAITING)
            return False
        numbered = self._door.number_waiting()
        if numbered and self.hints:
            self.hints.say(NUMBERED)
        return numbered >= NUMBERED_AT_ONCE

    def _due(self) -> list[tuple[str, str]]:
        touched = self._renderer.take_touched()
        if self.failing and self._clock.monotonic() >= self._retry_at:
            touched |= self.failing.keys()
            self.failing.clear()
        like = self._broadcast.watched_like
        return sorted({(region_id, lang) for lang in LANGUAGES for pattern in touched for region_id in like(pattern, lang)})

    def _send_each(self, session: Session, head: int, due: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Send from one snapshot; returns what is left when one of them failed, for the snapshot may be spoilt."""
        for place, (region_id, lang) in enumerate(due):
            if not self._send(session, head, region_id, lang):
                return due[place + 1 :]
        return []

    def _send_alone(self, region_id: str, lang: str) -> None:
        with self._door.reading() as session:
            self._send(session, self._renderer.catch_up(session), region_id, lang)

    def _send(self, session: Session, head: int, region_id: str, lang: str) -> bool:
        try:
            rendered = self._renderer.render_in(session, head, region_id, lang)
        except NotFound:
            # Its row is gone or was never there; nothing is owed to whoever watches.
            self.failing.pop(region_id, None)
            return True
        except Exception as error:
            # One region that cannot be drawn must not silence the others; /readyz shows it until it is drawn again.
            log.exception("region %s (%s) cannot be drawn", region_id, lang)
            self.failing[region_id] = type(error).__name__
            self._retry_at = self._clock.monotonic() + RETRY_SECONDS
            return False
        self.failing.pop(region_id, None)
        self._emit("region", rendered, to=room_of(region_id, lang), namespace=NAMESPACE)
        return True

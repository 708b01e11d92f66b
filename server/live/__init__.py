"""Live state: what was committed stands on every screen that shows it, a moment later.

* :mod:`server.live.regions`: what is live, and which facts touch it. Faces declare, the composition root registers.
* :mod:`server.live.rendering`: one rendering from one snapshot, with the number of its newest fact.
* :mod:`server.live.relay`: facts → touched regions → screens; :mod:`~server.live.leader` and :mod:`~server.live.hints` for many workers.
* :mod:`server.live.tickets`, :mod:`server.live.gate`: who may open a socket. :mod:`server.live.socket`: watching.
* :mod:`server.live.broadcast`, :mod:`server.live.wire`: encoded once, written straight to each socket that is not behind.

``docs/live.md`` tells the whole story of one fact. Only this package emits, and only what has been committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment

from flask import Flask

from server.clock import Clock
from server.config import Settings
from server.db.transaction import Door
from server.events import DeviceRevoked, Event, StaffSignedOff
from server.keys import Keys
from server.live.broadcast import Broadcast
from server.live.gate import CookieSubject, Gate
from server.live.kept import Rendered
from server.live.regions import Registry
from server.live.relay import Relay
from server.live.rendering import Renderer, Speaking
from server.live.socket import MayStillWatch, Sockets
from server.live.tickets import Ticket, make_ticket, read_ticket
from server.loops import Loop

__all__ = ["Live", "Rendered", "Ticket", "create_live"]

CutBy = Callable[[Event], Iterable[str]]
"""Tell the subjects whose sockets a fact cuts."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """The live parts of one worker, put together."""

    keys: Keys
    clock: Clock
    renderer: Renderer
    sockets: Sockets
    broadcast: Broadcast
    parts: Relay

    @property
    def relay(self) -> Loop:
        """The loop that brings facts to screens, for /readyz."""
        return self.parts.loop

    def start(self) -> None:
        """Begin to relay; called when a worker is up."""
        self.parts.start()

    def stop(self) -> None:
        """Close every socket, then stop."""
        self.sockets.cut_all()
        self.parts.stop()

    def render(self, region_id: str, lang: str) -> Rendered:
        """Return region ``region_id`` as of now; raises NotFound for an unknown one."""
        return self.renderer.render(region_id, lang)

    def epoch(self) -> str:
        """Return what names this history of facts."""
        return self.renderer.epoch()

    def make_ticket(self, *, face: str, subject: str, regions: Iterable[str], with_cookie: bool = True) -> str:
        """Return a ticket for ``subject`` to watch ``regions`` (ids, or prefixes ending in ``*``) for ten minutes."""
        return make_ticket(self.keys, self.clock.now(), face=face, subject=subject, regions=regions, with_cookie=with_cookie)

    def cut(self, subject: str) -> None:
        """Close every socket of ``subject`` on this worker; facts cut on every worker."""
        self.sockets.cut(subject)

    def presence(self) -> dict[str, float]:
        """Return for each subject the monotonic second of its last watch on this worker."""
        return self.sockets.presence()

    def online(self) -> int:
        """Return how many screens are connected to this worker."""
        return self.sockets.count()

    def health(self) -> Mapping[str, object]:
        """Return what /readyz and /metrics show: screens, renderings sent, the newest fact seen, regions that cannot be drawn, Redis."""
        hints = self.parts.hints
        return {
            "current": self.parts.is_current(),
            "screens": self.sockets.count(),
            "sent": self.broadcast.sent,
            "seen": self.renderer.seen,
            "failing": dict(self.parts.failing),
            "redis": None if hints is None else hints.is_connected,
        }


def create_live(
    app: Flask,
    door: Door,
    registry: Registry,
    *,
    settings: Settings,
    keys: Keys,
    clock: Clock,
    in_language: Speaking,
    may_still_watch: MayStillWatch,
    cookie_subject: CookieSubject | None = None,
    cut_by: CutBy | None = None,
) -> Live:
    """Put the live parts together in front of ``app``; starts nothing.

    ``in_language(lang)`` enters an app context in that language. ``may_still_watch(ticket)`` is asked at each watch.
    ``cookie_subject(environ, face)`` tells whom the face's cookie proves; without it no ticket that needs a cookie is let in.
    ``cut_by(fact)`` adds subjects to cut to those of a revoked device and an ended session.
    """
    renderer = Renderer(door, registry, in_language)
    broadcast = Broadcast()
    sockets = Sockets(app, broadcast, renderer, clock=clock, origins=settings.allowed_origins, may_still_watch=may_still_watch)
    relay = Relay(door=door, clock=clock, renderer=renderer, broadcast=broadcast, emit=sockets.server.emit, redis_url=settings.redis_url)
    sockets.answer_only_while(relay.is_current)
    renderer.is_watched = sockets.is_watched
    renderer.listeners.append(lambda fact: _cut(sockets, fact, cut_by))
    gate = Gate(
        app.wsgi_app,
        read_ticket=lambda text: read_ticket(keys, clock.now(), text),
        cookie_subject=cookie_subject or _nobody,
        origins=settings.allowed_origins,
    )
    app.wsgi_app = gate  # type: ignore[method-assign]  # Flask's documented place for WSGI middleware
    return Live(keys=keys, clock=clock, renderer=renderer, sockets=sockets, broadcast=broadcast, parts=relay)


def _cut(sockets: Sockets, fact: Event, cut_by: CutBy | None) -> None:
    if isinstance(fact, DeviceRevoked):
        sockets.cut(f"device:{fact.device_id}")
    elif isinstance(fact, StaffSignedOff):
        sockets.cut(f"session:{fact.session_id}")
    for subject in cut_by(fact) if cut_by else ():
        sockets.cut(subject)


def _nobody(_environ: WSGIEnvironment, _face: str) -> str | None:
    return None

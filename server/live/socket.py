"""The live wire: screens say what they hold, and get what is newer. It carries no commands: every change is an HTTP POST.

Socket.IO, default namespace, websocket only. One event comes in, ``watch``: first request, repair and heartbeat in one. One goes
out, ``region``. Whether a screen still may is asked when it watches anything new and every half minute, and it is cut when it may not.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask
from flask_socketio import SocketIO

from server.clock import Clock
from server.errors import NotFound
from server.live import wire
from server.live.broadcast import NAMESPACE, Broadcast, name_in, room_of
from server.live.gate import TICKET
from server.live.kept import LANGUAGES, Rendered
from server.live.rendering import Renderer
from server.live.tickets import Ticket

log = logging.getLogger(__name__)

PING_SECONDS, PING_PATIENCE_SECONDS = 25, 20
USER_TIMEOUT_MILLISECONDS = 20_000
"""What ``server.wsgi`` sets as TCP_USER_TIMEOUT on the listening socket: a screen whose network is gone is let go after this."""
ASK_AGAIN_SECONDS = 30.0
"""How long a screen that watches the same regions is not asked for again."""
MOST_REGIONS = 64
"""Regions one screen may watch."""

MayStillWatch = Callable[[Ticket], bool]


@dataclass(kw_only=True)
class Screen:
    """One open socket."""

    ticket: Ticket
    engine_id: str
    heard_at: float
    asked_at: float = float("-inf")
    rooms: frozenset[str] = field(default_factory=frozenset)
    names: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a screen says it shows: its epoch, its language, and the ``rev`` of each region."""

    epoch: str
    lang: str
    regions: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, message: object) -> Watch | None:
        """Return the message of a screen, None if it is not what the contract says."""
        match message:
            case {"epoch": str(epoch) | (None as epoch), "lang": str(lang), "regions": list(regions)} if lang in LANGUAGES:
                pairs = tuple(_pair(entry) for entry in regions[: MOST_REGIONS + 1])
            case _:
                return None
        held = tuple(pair for pair in pairs if pair is not None)
        return None if len(held) != len(regions) or len(held) > MOST_REGIONS else cls(epoch=epoch or "", lang=lang, regions=held)


class Sockets:
    """The screens of this worker."""

    def __init__(
        self,
        app: Flask,
        broadcast: Broadcast,
        renderer: Renderer,
        *,
        clock: Clock,
        origins: tuple[str, ...],
        may_still_watch: MayStillWatch,
    ) -> None:
        """Put Socket.IO in front of ``app``."""
        self._broadcast = broadcast
        self._renderer = renderer
        self._clock = clock
        self._may_still_watch = may_still_watch
        self._screens: dict[str, Screen] = {}
        self._heard: dict[str, float] = {}
        self._names: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._vouches: Callable[[], bool] = lambda: True
        self.server = _make_server(app, broadcast, origins)
        self.server.on("connect", self._connect, namespace=NAMESPACE)
        self.server.on("disconnect", self._disconnect, namespace=NAMESPACE)
        self.server.on("watch", self._watch, namespace=NAMESPACE)

    def answer_only_while(self, vouches: Callable[[], bool]) -> None:
        """Acknowledge a watch only while ``vouches`` says that this worker sees the facts: a screen left waiting shows it is stale."""
        self._vouches = vouches

    def cut(self, subject: str) -> None:
        """Close every socket of ``subject`` on this worker, at once; ``*@3`` stands for every subject that ends in ``@3``."""
        with self._lock:
            screens = [screen for screen in self._screens.values() if _is_meant(screen.ticket.subject, subject)]
        for screen in screens:
            self._close(screen)

    def cut_all(self) -> None:
        """Close every socket, so that a stop does not wait for them."""
        with self._lock:
            screens = list(self._screens.values())
        for screen in screens:
            self._close(screen)

    def is_watched(self, name: str) -> bool:
        """Tell whether any screen of this worker watches a region of this name."""
        return name in self._names

    def presence(self) -> dict[str, float]:
        """Return for each subject the monotonic second at which it last watched on this worker."""
        with self._lock:
            return dict(self._heard)

    def count(self) -> int:
        """Return how many screens are connected to this worker."""
        return len(self._screens)

    def _connect(self, sid: str, environ: WSGIEnvironment, _auth: object = None) -> bool:
        # Flask-SocketIO's own handlers would put a request context around each message; a screen's message needs none.
        ticket = environ.get(TICKET)
        if not isinstance(ticket, Ticket):
            return False
        engine_id = self._broadcast.eio_sid_from_sid(sid, NAMESPACE)
        with self._lock:
            self._screens[sid] = Screen(ticket=ticket, engine_id=engine_id, heard_at=self._clock.monotonic())
        return True

    def _disconnect(self, sid: str, _reason: object = None) -> None:
        with self._lock:
            screen = self._screens.pop(sid, None)
            if screen is not None:
                self._names -= screen.names

    def _watch(self, sid: str, message: object = None, *_more: object) -> Any:
        screen = self._screens.get(sid)
        watch = Watch.read(message)
        if screen is None or watch is None:
            return {"error": "bad_watch"}
        allowed = [(region_id, rev) for region_id, rev in watch.regions if screen.ticket.allows(region_id)]
        rooms = frozenset(room_of(region_id, watch.lang) for region_id, _rev in allowed)
        if not self._may_go_on(screen, rooms):
            self._close(screen)
            return self.server.not_handled
        self._note(screen)
        self._enter_rooms(sid, screen, rooms)
        for region_id, rev in allowed:
            self._send_if_behind(sid, watch, region_id, rev)
        if not self._vouches():
            return self.server.not_handled
        return {"epoch": self._renderer.epoch(), "now": self._clock.now().isoformat()}

    def _may_go_on(self, screen: Screen, rooms: frozenset[str]) -> bool:
        # A right that ends is a fact, and facts cut at once; this is the second lock, so an unchanged screen need not turn it each time.
        now = self._clock.monotonic()
        if rooms == screen.rooms and now - screen.asked_at < ASK_AGAIN_SECONDS:
            return True
        screen.asked_at = now
        return self._may_still_watch(screen.ticket)

    def _note(self, screen: Screen) -> None:
        screen.heard_at = self._clock.monotonic()
        with self._lock:
            self._heard[screen.ticket.subject] = screen.heard_at

    def _enter_rooms(self, sid: str, screen: Screen, rooms: frozenset[str]) -> None:
        # Counted first: from then on the facts that touch them are looked for.
        left = screen.rooms - rooms
        new = rooms - screen.rooms
        if new or left:
            self._note_names(sid, screen, rooms)
        for room in new:
            self._broadcast.enter_room(sid, NAMESPACE, room)
        for room in left:
            self._broadcast.leave_room(sid, NAMESPACE, room)

    def _note_names(self, sid: str, screen: Screen, rooms: frozenset[str]) -> None:
        names = Counter(name_in(room) for room in rooms)
        with self._lock:
            self._names += names
            self._names -= screen.names
            screen.rooms, screen.names = rooms, names
            if sid not in self._screens:
                self._names -= names

    def _send_if_behind(self, sid: str, watch: Watch, region_id: str, rev: int) -> None:
        # In the room first: what is touched from here on is pushed, what was touched before is found by comparing.
        newest = self._newest(region_id, watch.lang)
        if newest is not None and (newest.rev > rev or newest.epoch != watch.epoch):
            self.server.emit("region", newest, to=sid, namespace=NAMESPACE)

    def _newest(self, region_id: str, lang: str) -> Rendered | None:
        try:
            return self._renderer.newest(region_id, lang)
        except NotFound:
            return None
        except Exception:
            # What cannot be drawn must not keep the screen's other regions from it; the relay reports it at the next fact.
            log.exception("region %s (%s) cannot be drawn", region_id, lang)
            return None

    def _close(self, screen: Screen) -> None:
        line = self._broadcast.wires.get(screen.engine_id)
        if line is not None:
            line.close()
        else:
            self.server.eio.disconnect(screen.engine_id)


def _is_meant(subject: str, cut: str) -> bool:
    return subject.endswith(cut[1:]) if cut.startswith("*@") else subject == cut


def _make_server(app: Flask, broadcast: Broadcast, origins: tuple[str, ...]) -> Any:
    socketio = SocketIO(
        app,
        async_mode="threading",
        transports=["websocket"],
        client_manager=broadcast,
        cors_allowed_origins=list(origins),
        manage_session=False,
        # A message is answered in the thread that read it: one screen's messages stay in order and cost no thread each.
        async_handlers=False,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_PATIENCE_SECONDS,
        max_http_buffer_size=wire.LONGEST_MESSAGE,
        http_compression=False,
        # Its INFO log holds what is sent.
        logger=False,
        engineio_logger=False,
    )
    server = socketio.server
    if wire.install(server.eio, broadcast.wires):
        # A wire that hears nothing for a ping and its patience closes itself; nobody need go round and look.
        server.eio.start_service_task = False
    else:
        log.warning("Engine.IO's websocket class is not where it was: the library's own, slower one is used")
    return server


def _pair(entry: object) -> tuple[str, int] | None:
    match entry:
        case [str(region_id), int(rev)] if len(region_id) <= 120 and not isinstance(rev, bool):
            return region_id, rev
        case _:
            return None

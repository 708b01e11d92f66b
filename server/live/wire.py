"""The websocket under Engine.IO, and the only file that knows Engine.IO's private seam: its websocket class.

Engine.IO's own class answers each message by a thread and a queue, and writes with ``send``, which may write half a frame. A
:class:`Wire` reads in the request's own thread, writes whole frames straight to the socket, never waits for a slow screen, and
keeps for it only the newest rendering of each region.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from server.live.frames import CLOSE, NORMAL, PING, PONG, TEXT, FrameReader, Refusal, close_frame, frame, reason_of, text_frame, text_of

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 64 * 1024
"""Bytes a screen may send in one message."""
MOST_PENDING = 1024 * 1024
"""Bytes kept for a screen that reads slowly; one that needs more is cut, and takes everything anew when it comes back."""
SEND_BUFFER = 128 * 1024
"""Bytes the kernel may hold for one screen: what is in it is history by the time a slow screen reads it."""
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SOCKETS = ("gunicorn.socket", "werkzeug.socket")
"""Where the servers we run under put the connection's socket."""


class Wire:
    """One screen's websocket, in the shape Engine.IO asks for: called with a request, ``wait``, ``send``, ``close``."""

    def __init__(self, handler: Callable[[Wire], Any], *, engine_id: str, wires: dict[str, Wire], seconds_of_silence: float) -> None:
        """Serve ``handler`` under the Engine.IO id ``engine_id``; entered in ``wires`` while open."""
        self._handler = handler
        self._id = engine_id
        self._wires = wires
        self._seconds_of_silence = seconds_of_silence
        self._lock = threading.Lock()
        self._reader = FrameReader(LONGEST_MESSAGE)
        self._messages: deque[str] = deque()
        self._closed = False
        self._rest = b""
        self._pending: dict[Hashable, bytes] = {}
        self._is_draining = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Take over the request's socket, serve until it closes, and return nothing more to answer."""
        self._socket = _socket_of(environ)
        # A socket with a time-out does not block in the kernel, under threads as under gevent, so os.write never waits.
        self._socket.settimeout(self._seconds_of_silence)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._writes_straight = not isinstance(self._socket, ssl.SSLSocket)
        self._socket.sendall(_handshake(environ["HTTP_SEC_WEBSOCKET_KEY"]))
        self._wires[self._id] = self
        try:
            self._handler(self)
        finally:
            self._wires.pop(self._id, None)
            self._shut()
        return []

    def wait(self) -> str | None:
        """Return the next message of the screen; None when it is gone, silent for too long, or speaks nonsense."""
        while not self._messages:
            try:
                data = self._socket.recv(4096)
            except OSError:
                return None
            if not data or not self._take(data):
                return None
        return self._messages.popleft()

    def send(self, message: str) -> None:
        """Send a packet of Engine.IO's own; raises OSError on a closed wire."""
        if self._closed:
            raise OSError("the wire is closed")
        self.offer(text_frame(message))

    def close(self) -> None:
        """Say good-bye and close; the waiting reader is woken."""
        self.offer(close_frame(NORMAL))
        self._shut()

    @property
    def is_behind(self) -> bool:
        """Whether the screen has not yet read what it was sent."""
        return self._is_draining

    @property
    def pending_bytes(self) -> int:
        """How much is kept for a slow screen."""
        return len(self._rest) + sum(map(len, self._pending.values()))

    def offer(self, whole: bytes, key: Hashable = None) -> None:
        """Write a whole frame, or keep it until the screen has read what came before; never waits.

        A kept frame is replaced by a later one with the same ``key``: a slow screen gets only the newest of each region.
        """
        with self._lock:
            if self._closed:
                return
            if not self._is_draining:
                written = self._write(whole)
                if written == len(whole) or self._closed:
                    return
                self._rest = whole[written:]
                self._is_draining = True
                threading.Thread(target=self._drain, name="live-drain", daemon=True).start()
                return
            self._keep(whole, key)

    def _keep(self, whole: bytes, key: Hashable) -> None:
        key = key if key is not None else object()
        self._pending.pop(key, None)
        self._pending[key] = whole
        if sum(map(len, self._pending.values())) > MOST_PENDING:
            log.info("a screen is too far behind and is cut")
            self._end()

    def _write(self, whole: bytes) -> int:
        if not self._writes_straight:
            return 0
        try:
            return os.write(self._socket.fileno(), whole)
        except BlockingIOError:
            return 0
        except OSError:
            self._end()
            return 0

    def _drain(self) -> None:
        """Write what a slow screen is owed, in a thread that lives only while it is behind."""
        while True:
            with self._lock:
                if not self._rest and self._pending:
                    self._rest = self._pending.pop(next(iter(self._pending)))
                if self._closed or not self._rest:
                    self._is_draining = False
                    return
            try:
                sent = self._socket.send(self._rest)
            except OSError:
                self._shut()
                return
            self._rest = self._rest[sent:]

    def _take(self, data: bytes) -> bool:
        """Take what was received apart; False when the wire must close."""
        try:
            for kind, payload in self._reader.feed(data):
                if kind == TEXT:
                    self._messages.append(text_of(payload))
                elif kind == PING:
                    self.offer(frame(PONG, payload))
                elif kind == CLOSE:
                    raise Refusal(reason_of(payload))
        except Refusal as refusal:
            self.offer(close_frame(refusal.reason))
            return False
        return True

    def _shut(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        # After this nobody writes: the server closes the socket, and its number may be another connection's a moment later.
        if not self._closed:
            self._closed = True
            self._pending.clear()
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def install(engine: Any, wires: dict[str, Wire]) -> bool:
    """Put :class:`Wire` in the place of Engine.IO's websocket class; False when the seam is not where we know it.

    The table of classes is shared by every server in the process, so ours gets its own copy.
    """
    table = getattr(engine, "_async", None)
    if not isinstance(table, dict) or "websocket" not in table:
        return False
    library = table["websocket"]
    silence = engine.ping_interval + engine.ping_timeout

    def make(handler: Any, server: Any) -> Any:
        engine_id = getattr(getattr(handler, "__self__", None), "sid", None)
        if engine_id is None:
            return library(handler, server)
        return Wire(handler, engine_id=engine_id, wires=wires, seconds_of_silence=silence)

    engine._async = {**table, "websocket": make}
    return True


def _socket_of(environ: WSGIEnvironment) -> socket.socket:
    for name in SOCKETS:
        if name in environ:
            connection: socket.socket = environ[name]
            return connection
    raise RuntimeError("this server does not hand over its sockets: run under gunicorn or werkzeug")


def _handshake(key: str) -> bytes:
    # No extension is ever agreed to: permessage-deflate would cost each screen 200 KB and each message its own compression.
    accept = base64.b64encode(hashlib.sha1(key.encode("latin-1") + MAGIC, usedforsecurity=False).digest())
    return b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"

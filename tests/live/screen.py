"""A screen of the tests: a bare websocket that speaks Socket.IO by hand, so that what it is told is seen to the letter."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

import websocket

PATIENCE_SECONDS = 8.0


class Screen:
    """One connected socket."""

    def __init__(self, port: int, ticket: str, *, origin: str | None = "", headers: dict[str, str] | None = None) -> None:
        """Connect and say hello; ``origin`` None sends none, empty sends the right one."""
        query = urlencode({"EIO": "4", "transport": "websocket", "ticket": ticket})
        self.line = websocket.create_connection(
            f"ws://127.0.0.1:{port}/socket.io/?{query}",
            origin=f"http://127.0.0.1:{port}" if origin == "" else origin,
            suppress_origin=origin is None,
            header=headers or {},
            timeout=PATIENCE_SECONDS,
        )
        self.hello = json.loads(self._receive()[1:])
        self.line.send("40")
        self.regions: list[dict[str, Any]] = []
        self._acks = itertools.count(1)
        assert self._next_packet().startswith("40")

    def watch(self, *regions: tuple[str, int], lang: str = "zh", epoch: str | None = None) -> dict[str, Any]:
        """Say what is shown; return the acknowledgement. Regions that come first are kept."""
        number = next(self._acks)
        self.send_watch({"epoch": epoch, "lang": lang, "regions": [list(pair) for pair in regions]}, number)
        while True:
            packet = self._next_packet()
            if packet.startswith(f"43{number}"):
                answer: dict[str, Any] = json.loads(packet[len(f"43{number}") :])[0]
                return answer
            self._take(packet)

    def send_watch(self, message: object, number: int | None = None) -> None:
        """Send a watch and do not wait."""
        self.line.send(f"42{'' if number is None else number}" + json.dumps(["watch", message]))

    def next_region(self) -> dict[str, Any]:
        """Return the next region message."""
        while not self.regions:
            self._take(self._next_packet())
        return self.regions.pop(0)

    def wait_for(self, inside: str) -> dict[str, Any]:
        """Return the first region message that holds ``inside``."""
        while True:
            region = self.next_region()
            if inside in region["html"]:
                return region

    def hears_nothing(self, seconds: float) -> bool:
        """Tell whether nothing but pings comes for a while."""
        self.line.settimeout(seconds)
        try:
            self._take(self._next_packet())
        except websocket.WebSocketTimeoutException:
            return not self.regions
        finally:
            self.line.settimeout(PATIENCE_SECONDS)
        return False

    def is_cut(self, *, within_seconds: float) -> bool:
        """Tell whether the server closes this socket in time."""
        end = time.monotonic() + within_seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self.line.settimeout(left)
                self._take(self._next_packet())
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            return True
        return False

    def next_frame(self) -> Any:
        """Return the next websocket frame as it came."""
        return self.line.recv_frame()  # type: ignore[no-untyped-call]  # the library leaves it out

    def close(self) -> None:
        """Go away without a word of Socket.IO's."""
        with contextlib.suppress(OSError):
            self.line.close()

    def _take(self, packet: str) -> None:
        if packet.startswith("42"):
            name, message = json.loads(packet[2:])
            assert name == "region"
            self.regions.append(message)

    def _next_packet(self) -> str:
        while (packet := self._receive()) == "2":
            self.line.send("3")
        return packet

    def _receive(self) -> str:
        packet = self.line.recv()
        if not packet:
            raise websocket.WebSocketConnectionClosedException("closed by the server")
        return str(packet)

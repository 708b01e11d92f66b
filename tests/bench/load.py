"""The load: screens and posting clients in one loop of one process, the same for every server that is measured.

Sockets are read raw by ``epoll``, so that the load is never what is measured. A screen speaks just enough of Socket.IO to watch its
regions, and says every ten seconds what it holds, as ``live.js`` does; a client posts forms over a connection that is kept. What a screen
shows is told by the ``rev`` of its regions: afterwards the database says which ``rev`` each post's fact had (:mod:`tests.bench.park`,
:mod:`tests.bench.moving`).
"""

from __future__ import annotations

import base64
import json
import os
import re
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

REGION = "board.wall_waiting"
HEARTBEAT_SECONDS = 10.0
PATIENCE_SECONDS = 15.0
SHORTEST_REGION = 400
"""Frames above this many bytes are regions; of smaller ones only those that say so: the rest are pings and acknowledgements."""
REGION_EVENT = b'42["region"'
HELD = re.compile(rb'"id":"([^"]+)","lang":"[a-z]+","rev":([0-9]+)')
EPOCH = re.compile(rb'"epoch":"([^"]+)"')
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server under load.

    ``open_query`` is what a screen adds to its address, ``cookie`` what it comes with, ``regions`` what it watches, ``request`` the n-th
    post. ``untouched`` are those of the regions that no post changes: nobody waits for them.
    """

    name: str
    port: int
    open_query: Callable[[int], str]
    cookie: Callable[[int], str]
    request: Callable[[int], bytes]
    regions: Callable[[int], tuple[str, ...]] = lambda _place: (REGION,)
    untouched: frozenset[str] = frozenset()


@dataclass(slots=True)
class Screen:
    """One connected socket, with the rev of each region it holds; ``log`` holds when it got which rev, if it ``looks``.

    ``awaited`` are those of its regions that a post changes, ``rev`` the oldest that one of them has.
    """

    line: socket.socket
    revs: dict[str, int]
    awaited: tuple[str, ...]
    rev: int = 0
    epoch: str = ""
    received: int = 0
    looks: bool = False
    half: bytes = b""
    log: list[tuple[float, int]] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """One connection that posts, one request at a time."""

    line: socket.socket
    answer: bytes = b""
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One post alone: each awaited region of every screen was newer than ``before`` by ``seconds``, and then of ``least`` at least."""

    number: int
    before: int
    least: int
    seconds: float


@dataclass
class Heard:
    """What was measured in one spell of load. Times in seconds."""

    answers: list[float] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    posted: dict[int, float] = field(default_factory=dict)
    refused: int = 0
    seconds: float = 0.0


class Load:
    """Screens and clients of one target."""

    def __init__(self, target: Target) -> None:
        """Connect nothing yet."""
        self.target = target
        self.next_number = 1
        self.screens: dict[int, Screen] = {}
        self.clients: dict[int, Client] = {}
        self.between: Callable[[], None] = lambda: None
        """Called between posts, outside what is measured, and four times a second under a steady load."""
        self._poll = select.epoll()
        self._beat_at = 0.0
        self._beating: Iterator[Screen] = cycle(())

    def connect_screens(self, count: int, *, looking: int = 0) -> None:
        """Connect screens until there are ``count``; ``looking`` of them, spread evenly, the last among them, keep a log."""
        while len(self.screens) < count:
            screen = _opened(self.target, len(self.screens))
            screen.line.setblocking(False)
            self.screens[screen.line.fileno()] = screen
            self._poll.register(screen.line.fileno(), select.EPOLLIN)
            if len(self.screens) % 50 == 0:
                self._settle()
        for place, screen in enumerate(reversed(self.screens.values())):
            screen.looks = looking > 0 and place % max(1, count // looking) == 0
        self._beating = cycle(list(self.screens.values()))
        self._settle()

    def connect_clients(self, count: int) -> None:
        """Connect ``count`` posting clients, anew: a server closes connections that were still for a while."""
        for descriptor, client in self.clients.items():
            self._poll.unregister(descriptor)
            client.line.close()
        self.clients.clear()
        while len(self.clients) < count:
            line = socket.create_connection(("127.0.0.1", self.target.port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.setblocking(False)
            self.clients[line.fileno()] = Client(line)
            self._poll.register(line.fileno(), select.EPOLLIN)

    def close(self) -> None:
        """Go away."""
        for line in (*(screen.line for screen in self.screens.values()), *(client.line for client in self.clients.values())):
            line.close()
        self._poll.close()

    def received(self) -> int:
        """Return how many region messages all screens have got."""
        return sum(screen.received for screen in self.screens.values())

    def one_by_one(self, posts: int) -> Heard:
        """Post one after the other; each is measured until the last screen got something newer everywhere and the answer is there."""
        heard = Heard()
        self.connect_clients(len(self.clients))
        client = next(iter(self.clients.values()))
        for _ in range(posts):
            self.between()
            self._settle()
            heard.shown.append(self._post_and_wait(client, heard))
        return heard

    def _post_and_wait(self, client: Client, heard: Heard) -> Shown:
        waiting = {descriptor: screen for descriptor, screen in self.screens.items() if screen.awaited}
        before = max((screen.revs[region] for screen in waiting.values() for region in screen.awaited), default=0)
        behind = set(waiting)
        number, began, last = self.next_number, self._post(client), 0.0
        is_answered = False
        while behind or not is_answered:
            for descriptor in self._ready(PATIENCE_SECONDS):
                if descriptor in self.clients:
                    is_answered = self._take_answer(self.clients[descriptor], heard) or is_answered
                    continue
                self._drain(self.screens[descriptor])
                if descriptor in behind and self.screens[descriptor].rev > before:
                    behind.discard(descriptor)
                    last = time.perf_counter()
        return Shown(number, before, min((screen.rev for screen in waiting.values()), default=0), last - began)

    def at_full_speed(self, seconds: float) -> Heard:
        """Let every client post again as soon as it is answered."""
        heard = Heard()
        self.connect_clients(len(self.clients))
        began = time.perf_counter()
        end, between = began + seconds, began
        busy = set(self.clients)
        for client in self.clients.values():
            self._post(client)
        while busy:
            for descriptor in self._ready(PATIENCE_SECONDS):
                if descriptor not in self.clients:
                    self._drain(self.screens[descriptor])
                elif self._take_answer(self.clients[descriptor], heard):
                    if time.perf_counter() < end:
                        self._post(self.clients[descriptor])
                    else:
                        busy.discard(descriptor)
            between = self._now_and_then(between)
        heard.seconds = time.perf_counter() - began
        return heard

    def at_a_rate(self, per_second: float, seconds: float) -> Heard:
        """Post on a fixed beat, whether the server keeps up or not; screens that look keep their logs."""
        heard = Heard()
        self.connect_clients(len(self.clients))
        idle = deque(self.clients.values())
        began = between = time.perf_counter()
        done, beats = 0, int(per_second * seconds)
        while done < beats or len(idle) < len(self.clients):
            due = began + done / per_second
            if done < beats and idle and time.perf_counter() >= due:
                # Measured from the beat, not from the moment a free client was found: a queue outside the server is waiting too.
                heard.posted[self.next_number] = due
                self._post(idle.popleft())
                done += 1
                continue
            wait = max(0.0, due - time.perf_counter()) if done < beats and idle else 0.05
            for descriptor in self._ready(wait, must=False):
                if descriptor not in self.clients:
                    self._drain(self.screens[descriptor])
                elif self._take_answer(self.clients[descriptor], heard):
                    idle.append(self.clients[descriptor])
            between = self._now_and_then(between)
        heard.seconds = time.perf_counter() - began
        self._settle(quiet_seconds=0.5)
        return heard

    def forget_logs(self) -> None:
        """Empty what the screens noted."""
        for screen in self.screens.values():
            screen.log.clear()

    def _now_and_then(self, last: float) -> float:
        if time.perf_counter() - last < 0.25:
            return last
        self.between()
        return time.perf_counter()

    def _settle(self, quiet_seconds: float = 0.02) -> None:
        """Take in what comes until it is quiet."""
        end = time.perf_counter() + 10
        while time.perf_counter() < end and (ready := self._ready(quiet_seconds, must=False)):
            for descriptor in ready:
                if descriptor in self.screens:
                    self._drain(self.screens[descriptor])
                else:
                    # A connection that was still for too long; a spell begins with new ones.
                    self._poll.modify(descriptor, 0)

    def _ready(self, seconds: float, *, must: bool = True) -> list[int]:
        self._say_what_is_held()
        ready = [descriptor for descriptor, _ in self._poll.poll(seconds, 4096)]
        if must and not ready:
            raise TimeoutError(f"{self.target.name} said nothing for {seconds} s")
        return ready

    def _say_what_is_held(self) -> None:
        now = time.perf_counter()
        if not self.screens or now < self._beat_at:
            return
        self._beat_at = max(self._beat_at, now - 0.1) + HEARTBEAT_SECONDS / len(self.screens)
        screen = next(self._beating, None)
        if screen is not None:
            screen.line.send(_watch(screen.epoch, screen.revs))

    def _post(self, client: Client) -> float:
        request = self.target.request(self.next_number)
        client.answer, client.began = b"", time.perf_counter()
        client.line.sendall(request)
        self.next_number += 1
        return client.began

    def _take_answer(self, client: Client, heard: Heard) -> bool:
        received = client.line.recv(65536)
        if not received:
            raise ConnectionError(f"{self.target.name} closed a client's connection")
        client.answer += received
        if not _is_whole(client.answer):
            return False
        heard.answers.append(time.perf_counter() - client.began)
        heard.refused += client.answer[9:10] not in (b"2", b"3")
        return True

    def _drain(self, screen: Screen) -> None:
        received = screen.line.recv(1 << 20)
        if not received:
            raise ConnectionError(f"{self.target.name} closed a screen")
        if _take_in(screen, received):
            screen.line.send(_masked(b"3"))


def _take_in(screen: Screen, received: bytes) -> bool:
    """Let a screen take what came; returns whether it was asked for a sign of life."""
    data, is_pinged = screen.half + received, False
    start, end = 0, len(data)
    while (size := _frame_size(data, start)) and start + size <= end:
        if size > SHORTEST_REGION or data.startswith(REGION_EVENT, start + _head_size(data, start)):
            _take_region(screen, data[start : start + 240])
        else:
            is_pinged |= data[start + 2 : start + size] == b"2"
        start += size
    screen.half = data[start:]
    return is_pinged


def _take_region(screen: Screen, head: bytes) -> None:
    found = HELD.search(head)
    if found is None:
        return
    region, rev = found[1].decode(), int(found[2])
    screen.received += 1
    screen.revs[region] = rev
    if region in screen.awaited:
        screen.rev = rev if len(screen.awaited) == 1 else min(screen.revs[one] for one in screen.awaited)
    if not screen.epoch:
        epoch = EPOCH.search(head)
        screen.epoch = epoch[1].decode() if epoch else ""
    if screen.looks:
        screen.log.append((time.perf_counter(), rev))


def _opened(target: Target, place: int) -> Screen:
    revs = dict.fromkeys(target.regions(place), 0)
    line = _open_socket(target, place, revs)
    return Screen(line=line, revs=revs, awaited=tuple(region for region in revs if region not in target.untouched))


def _open_socket(target: Target, place: int, revs: dict[str, int]) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", target.port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.settimeout(PATIENCE_SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    line.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket{target.open_query(place)} HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n"
        f"Origin: http://127.0.0.1:{target.port}\r\nCookie: {target.cookie(place)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head:
        received = line.recv(4096)
        if not received:
            raise ConnectionError(f"{target.name} closed a screen while it opened: {head!r}")
        head += received
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(head.decode("latin-1"))
    rest = _expect(line, head.partition(b"\r\n\r\n")[2], b"0{")
    line.sendall(_masked(b"40"))
    rest = _expect(line, rest, b"40")
    line.sendall(_watch("", revs))
    _expect(line, rest, b"431")
    return line


def _watch(epoch: str, revs: dict[str, int]) -> bytes:
    message = ["watch", {"epoch": epoch, "lang": "zh", "regions": list(revs.items())}]
    return _masked(b"421" + json.dumps(message, separators=(",", ":")).encode())


def _expect(line: socket.socket, data: bytes, begins: bytes) -> bytes:
    """Read frames until one begins so; return what was read beyond it."""
    while True:
        size = _frame_size(data, 0)
        if size and len(data) >= size:
            frame, data = data[:size], data[size:]
            if frame.startswith(begins, _head_size(frame, 0)):
                return data
        else:
            received = line.recv(65536)
            if not received:
                raise ConnectionError("closed while connecting")
            data += received


def _head_size(data: bytes, start: int) -> int:
    """Return the size of a server's frame's head."""
    return {126: 4, 127: 10}.get(data[start + 1] & 0x7F, 2)


def _frame_size(data: bytes, start: int) -> int:
    """Return the size of the frame that begins at ``start``, 0 when its head is not there yet."""
    if len(data) < start + 2:
        return 0
    size = data[start + 1] & 0x7F
    if size < 126:
        return 2 + size
    width = 2 if size == 126 else 8
    head = start + 2 + width
    return 2 + width + int.from_bytes(data[start + 2 : head], "big") if len(data) >= head else 0


def _masked(payload: bytes) -> bytes:
    """Return a client's text frame; masked with zeros, which is a mask like any other."""
    head = bytes((0x81, 0x80 | len(payload))) if len(payload) < 126 else bytes((0x81, 0xFE)) + len(payload).to_bytes(2, "big")
    return head + bytes(4) + payload


def _is_whole(answer: bytes) -> bool:
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return False
    length = LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` lie; not a number when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

"""Frames are whole, a slow screen harms nobody, and the library's seam is where we know it."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable

import pytest
import websocket
from engineio.async_drivers import threading as engine_threading
from engineio.server import Server as EngineServer

from server.live import wire
from tests.live.screen import Screen
from tests.live.stage import Stage

Open = Callable[..., Screen]


def test_the_seam_of_the_library_is_where_we_know_it(stage: Stage) -> None:
    engine = EngineServer(async_mode="threading")
    shared = dict(engine_threading._async)
    assert wire.install(engine, {})
    assert engine_threading._async == shared
    assert isinstance(engine._async["websocket"](_Handler().handle, engine), wire.Wire)


class _Handler:
    sid = "x"

    def handle(self, _line: wire.Wire) -> None:
        """Be a bound method, as Engine.IO's handler is."""


def test_without_the_seam_the_library_is_left_alone() -> None:
    class Moved:
        _async = None

    assert not wire.install(Moved(), {})


def test_every_screen_has_a_wire_of_ours(stage: Stage, screen: Open) -> None:
    screen().watch(("stage.calls", 0))
    assert [type(line) for line in stage.live.broadcast.wires.values()] == [wire.Wire]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 300_000])
def test_a_frame_of_any_length_is_read_back(size: int) -> None:
    ours, theirs = socket.socketpair()
    line = websocket.WebSocket()
    line.sock = theirs
    line.connected = True
    frame = wire.text_frame("x" * size)
    writer = threading.Thread(target=ours.sendall, args=(frame,))
    writer.start()
    assert line.recv() == "x" * size
    writer.join()
    ours.close()
    theirs.close()


def test_a_screen_that_does_not_read_blocks_nobody_and_wakes_to_the_newest(stage: Stage, screen: Open) -> None:
    slow, quick = screen("device:1", regions=("stage.long",)), screen("device:2", regions=("stage.long",))
    for one in (slow, quick):
        one.watch(("stage.long", 0))
        one.next_region()
    assert slow.line.sock is not None
    slow.line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    for number in range(1, 121):
        stage.call()
        if number % 20 == 0:
            quick.wait_for(f"<b>{number}</b>")
    waiting = [line for line in stage.live.broadcast.wires.values() if line.is_behind]
    assert len(waiting) == 1
    assert waiting[0].pending_bytes < wire.MOST_PENDING
    numbers = [int(slow.next_region()["rev"])]
    while numbers[-1] < 120:
        numbers.append(int(slow.next_region()["rev"]))
    assert len(numbers) < 60
    assert numbers == sorted(numbers)


def test_a_pong_and_a_goodbye_are_answered(stage: Stage) -> None:
    board = Screen(stage.settings.port, stage.ticket())
    board.line.ping("still there?")
    frame = board.next_frame()
    assert (frame.opcode, frame.data) == (websocket.ABNF.OPCODE_PONG, b"still there?")
    board.line.send_close(1000, b"")
    assert board.next_frame().opcode == websocket.ABNF.OPCODE_CLOSE
    board.close()


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (b"\x82\x81\x00\x00\x00\x00x", 1003),
        (b"\x81\x01x", 1002),
        (b"\xf1\x81\x00\x00\x00\x00x", 1002),
        (b"\x81\xff" + struct.pack("!Q", 70_000) + bytes(4) + b"x" * 70_000, 1009),
    ],
    ids=["binary", "unmasked", "reserved bits", "too long"],
)
def test_what_breaks_the_protocol_is_cut_with_its_reason(stage: Stage, what: bytes, reason: int) -> None:
    board = Screen(stage.settings.port, stage.ticket())
    assert board.line.sock is not None
    board.line.sock.sendall(what)
    frame = board.next_frame()
    assert frame.opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(frame.data[:2], "big") == reason
    assert board.is_cut(within_seconds=2)
    board.close()


def test_a_message_in_many_frames_is_one_message(stage: Stage) -> None:
    board = Screen(stage.settings.port, stage.ticket())
    text = "420" + json.dumps(["watch", {"epoch": None, "lang": "zh", "regions": [["stage.calls", 0]]}])
    board.line.send_frame(websocket.ABNF.create_frame(text[:9], websocket.ABNF.OPCODE_TEXT, 0))
    board.line.send_frame(websocket.ABNF.create_frame(text[9:20], websocket.ABNF.OPCODE_CONT, 0))
    board.line.send_frame(websocket.ABNF.create_frame(text[20:], websocket.ABNF.OPCODE_CONT, 1))
    assert board.next_region()["id"] == "stage.calls"
    board.close()

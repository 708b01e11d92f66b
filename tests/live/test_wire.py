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
from hypothesis import given
from hypothesis import strategies as st

from server.live import frames, wire
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
    frame = frames.text_frame("x" * size)
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
        (b"\x81\x81\x00\x00\x00\x00\xff", 1007),
        (b"\x80\x81\x00\x00\x00\x00x", 1002),
        (b"\x83\x81\x00\x00\x00\x00x", 1002),
        (b"\x09\x80\x00\x00\x00\x00", 1002),
        (b"\x89\xfe\x00\x7e" + bytes(4) + b"x" * 126, 1002),
        (b"\x01\x81\x00\x00\x00\x00x\x81\x81\x00\x00\x00\x00y", 1002),
        (b"\x88\x82\x00\x00\x00\x00\x03\xed", 1002),
        (b"\x81\xff" + struct.pack("!Q", 70_000) + bytes(4) + b"x" * 70_000, 1009),
    ],
    ids=[
        "binary",
        "unmasked",
        "reserved bits",
        "not UTF-8",
        "a continuation of nothing",
        "an unknown kind",
        "a ping in parts",
        "a long ping",
        "a message within a message",
        "a reason that may not be spoken",
        "too long",
    ],
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


@given(st.lists(st.tuples(st.text(max_size=300), st.integers(1, 3)), max_size=6), st.binary(min_size=4, max_size=4), st.integers(1, 50))
def test_messages_are_read_back_however_they_are_cut(messages: list[tuple[str, int]], mask: bytes, step: int) -> None:
    sent = b"".join(_in_frames(text.encode(), parts, mask) for text, parts in messages)
    reader = frames.FrameReader(wire.LONGEST_MESSAGE)
    read = [payload for place in range(0, len(sent), step) for _kind, payload in reader.feed(sent[place : place + step])]
    assert [payload.decode() for payload in read] == [text for text, _ in messages]


def _in_frames(payload: bytes, parts: int, mask: bytes) -> bytes:
    size = len(payload) // parts + 1
    pieces = [payload[place : place + size] for place in range(0, len(payload), size)] or [b""]
    whole = b""
    for place, piece in enumerate(pieces):
        kind = (frames.TEXT if place == 0 else frames.CONTINUATION) | (frames.FINAL if place == len(pieces) - 1 else 0)
        length = bytes((0x80 | len(piece),)) if len(piece) < 126 else bytes((0xFE,)) + len(piece).to_bytes(2, "big")
        whole += bytes((kind,)) + length + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(piece))
    return whole

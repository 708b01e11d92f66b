"""How the load reads what servers send, and at what hour the meeting day is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.bench.floor import NINE, zone_at_nine
from tests.bench.load import Screen, _frame_size, _is_whole, _masked, _take_in


def region(name: str, rev: int, html: str) -> bytes:
    payload = f'42["region",{{"epoch":"e1","id":"{name}","lang":"zh","rev":{rev},"html":"{html}"}}]'.encode()
    return (bytes((0x81, len(payload))) if len(payload) < 126 else bytes((0x81, 126)) + len(payload).to_bytes(2, "big")) + payload


@pytest.fixture
def tablet() -> Iterator[Screen]:
    """A screen that shows three regions, of which two change."""
    revs = {"tablet.now:1": 0, "tablet.changes:1": 0, "tablet.people": 0}
    with socket.socket() as line:
        yield Screen(line=line, revs=revs, awaited=("tablet.now:1", "tablet.changes:1"))


def test_a_screen_is_behind_until_all_that_changes_is_newer(tablet: Screen) -> None:
    _take_in(tablet, region("tablet.now:1", 7, "x" * 900) + region("tablet.people", 9, "x" * 900))
    assert (tablet.rev, tablet.received) == (0, 2)
    _take_in(tablet, region("tablet.changes:1", 6, "x" * 500))
    assert (tablet.rev, tablet.epoch) == (6, "e1")
    _take_in(tablet, region("tablet.changes:1", 8, ""))
    assert (tablet.rev, tablet.revs) == (7, {"tablet.now:1": 7, "tablet.changes:1": 8, "tablet.people": 9})


def test_regions_are_read_from_frames_however_they_are_cut_and_pings_beside_them(tablet: Screen) -> None:
    sent = region("tablet.now:1", 3, "x" * 900) + b"\x81\x012" + region("tablet.changes:1", 4, "") + b"\x81\x05431[]"
    pinged = [_take_in(tablet, sent[place : place + 1]) for place in range(len(sent))]
    assert (tablet.revs["tablet.now:1"], tablet.revs["tablet.changes:1"], tablet.rev) == (3, 4, 3)
    assert (sum(pinged), tablet.received, tablet.half) == (1, 2, b"")


def test_the_load_reads_frames_and_answers_whole() -> None:
    assert _frame_size(b"\x81\x05hello", 0) == 7
    assert _frame_size(b"\x81\x7e\x01\x00", 0) == 4 + 256
    assert _frame_size(b"\x81", 0) == 0
    assert len(_masked(b"x" * 200)) == 8 + 200
    assert _is_whole(b"HTTP/1.1 303 SEE OTHER\r\nContent-Length: 2\r\n\r\nab")
    assert not _is_whole(b"HTTP/1.1 303 SEE OTHER\r\nContent-Length: 3\r\n\r\nab")


def test_it_is_nine_in_the_morning_somewhere_at_every_hour() -> None:
    for hour in range(24):
        now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
        assert now.astimezone(ZoneInfo(zone_at_nine(now))).hour == NINE

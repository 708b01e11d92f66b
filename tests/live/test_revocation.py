"""A socket lives no longer than the right to it."""

from __future__ import annotations

from collections.abc import Callable

from server.live.socket import ASK_AGAIN_SECONDS
from tests.live.screen import Screen
from tests.live.stage import Stage, StageClock

Open = Callable[..., Screen]


def test_a_revoked_device_is_cut_and_others_are_not(stage: Stage, screen: Open) -> None:
    gone, stays = screen("device:7"), screen("device:71")
    for one in (gone, stays):
        one.watch(("stage.calls", 0))
        one.next_region()
    stage.revoke(7)
    assert gone.is_cut(within_seconds=2)
    stage.call()
    assert stays.wait_for("<b>1</b>")


def test_a_screen_that_may_no_longer_watch_is_cut_when_it_watches_anything_new(stage: Stage, screen: Open) -> None:
    board = screen("session:4")
    board.watch(("stage.calls", 0))
    board.next_region()
    stage.refused.add("session:4")
    board.send_watch({"epoch": stage.live.epoch(), "lang": "zh", "regions": [["stage.kiosk:1", 0]]}, 9)
    assert board.is_cut(within_seconds=2)


def test_a_screen_that_may_no_longer_watch_is_cut_within_half_a_minute(stage: Stage, screen: Open) -> None:
    board = screen("session:4")
    board.watch(("stage.calls", 0))
    stage.refused.add("session:4")
    board.watch(("stage.calls", 0))
    clock = stage.door.clock
    assert isinstance(clock, StageClock)
    clock.ahead_seconds = ASK_AGAIN_SECONDS
    board.send_watch({"epoch": stage.live.epoch(), "lang": "zh", "regions": [["stage.calls", 0]]}, 9)
    assert board.is_cut(within_seconds=2)


def test_a_cut_screen_leaves_nothing_behind(stage: Stage, screen: Open) -> None:
    board = screen("device:7")
    board.watch(("stage.calls", 0))
    assert stage.live.online() == 1
    stage.live.cut("device:7")
    assert board.is_cut(within_seconds=2)
    other = screen("device:8")
    other.watch(("stage.calls", 0))
    assert stage.live.online() == 1
    assert len(stage.live.broadcast.wires) == 1


def test_every_subject_of_a_device_is_cut_with_it(stage: Stage, screen: Open) -> None:
    gone, other = screen("tablet:9@7"), screen("tablet:9@71")
    for one in (gone, other):
        one.watch(("stage.calls", 0))
    stage.live.cut("*@7")
    assert gone.is_cut(within_seconds=2)
    stage.call()
    assert other.wait_for("<b>1</b>")


def test_presence_tells_when_each_subject_last_watched(stage: Stage, screen: Open) -> None:
    before = stage.door.clock.monotonic()
    screen("device:3").watch(("stage.calls", 0))
    screen("device:4")
    presence = stage.live.presence()
    assert presence["device:3"] >= before
    assert "device:4" not in presence


def test_a_worker_that_does_not_see_the_facts_does_not_answer(stage: Stage, screen: Open) -> None:
    board = screen()
    board.watch(("stage.calls", 0))
    stage.live.sockets.answer_only_while(lambda: False)
    board.regions.clear()
    board.send_watch({"epoch": stage.live.epoch(), "lang": "zh", "regions": [["stage.calls", 0]]}, 9)
    assert board.hears_nothing(0.5)

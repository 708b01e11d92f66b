"""What a screen holds is what is stored, whatever was lost on the way."""

from __future__ import annotations

from collections.abc import Callable

from server.db.operations import Operation
from tests.live.screen import Screen
from tests.live.stage import Stage, go_to_the_kiosk

Open = Callable[..., Screen]


def test_a_committed_fact_reaches_the_screens_that_watch(stage: Stage, screen: Open) -> None:
    board = screen()
    board.watch(("stage.calls", 0))
    stage.call()
    region = board.wait_for("<b>1</b>")
    assert region["id"] == "stage.calls"
    assert region["rev"] == 1
    assert region["html"] == stage.live.render("stage.calls", "zh").html


def test_the_first_watch_brings_what_is_behind_and_nothing_else(stage: Stage, screen: Open) -> None:
    # On PostgreSQL a fact gets its number a moment after its commit: once it was pushed, there is nothing left to tell of it.
    first = screen()
    first.watch(("stage.calls", 0))
    stage.call()
    first.wait_for("<b>1</b>")
    shown = stage.live.render("stage.calls", "zh")
    board = screen()
    board.watch(("stage.calls", shown.rev), epoch=shown.epoch)
    assert board.hears_nothing(0.3)
    late = screen()
    late.watch(("stage.calls", shown.rev - 1), epoch=shown.epoch)
    assert late.next_region()["html"] == shown.html


def test_another_epoch_takes_everything(stage: Stage, screen: Open) -> None:
    first = screen()
    first.watch(("stage.calls", 0))
    stage.call()
    first.wait_for("<b>1</b>")
    board = screen()
    answer = board.watch(("stage.calls", 900), epoch="of another database")
    assert answer["epoch"] == stage.live.epoch()
    assert board.next_region()["rev"] == 1


def test_a_lost_push_is_repaired_by_the_next_watch(stage: Stage, screen: Open) -> None:
    board = screen()
    board.watch(("stage.calls", 0))
    stage.call()
    lost = board.wait_for("<b>1</b>")
    board.watch(("stage.calls", 0), epoch=lost["epoch"])
    assert board.next_region() == lost


def test_a_screen_hears_only_the_regions_and_the_language_it_watches(stage: Stage, screen: Open) -> None:
    chinese, english, other = screen(), screen(), screen()
    chinese.watch(("stage.calls", 0))
    english.watch(("stage.calls", 0), lang="en")
    other.watch(("stage.kiosk:7", 0))
    other.next_region()
    chinese.next_region()
    english.next_region()
    stage.call(1)
    assert "1</b>次呼叫" in chinese.next_region()["html"]
    assert "1</b> calls" in english.next_region()["html"]
    assert other.hears_nothing(0.3)
    stage.call(7)
    assert "<b>1</b>" in other.next_region()["html"]


def test_a_region_that_is_no_longer_shown_is_no_longer_sent(stage: Stage, screen: Open) -> None:
    board = screen()
    board.watch(("stage.calls", 0), ("stage.kiosk:1", 0))
    board.next_region()
    board.next_region()
    board.watch(("stage.kiosk:1", 0), epoch=stage.live.epoch())
    stage.call(2)
    assert board.hears_nothing(0.3)


def test_only_watched_regions_are_drawn_once_a_language(stage: Stage, screen: Open) -> None:
    boards = [screen(f"device:{number}") for number in range(6)]
    for board in boards:
        board.watch(("stage.calls", 0))
        board.next_region()
    stage.drawn.clear()
    stage.call(5)
    for board in boards:
        board.wait_for("<b>1</b>")
    assert stage.drawn == ["zh stage.calls"]


def test_a_fact_that_touches_no_region_sends_nothing_and_keeps_the_rendering(stage: Stage, screen: Open) -> None:
    board = screen()
    stage.call()
    board.watch(("stage.calls", 0))
    stage.call()
    # The second fact has come through the relay: nothing of what was before is on its way any more.
    while board.next_region()["rev"] < 2:
        pass
    before = stage.live.render("stage.calls", "zh")
    go_to_the_kiosk(stage.door, Operation.internal("go"), device_id=1)
    assert board.hears_nothing(0.3)
    assert stage.live.render("stage.calls", "zh") is before


def test_renderings_of_one_region_never_go_back(stage: Stage, screen: Open) -> None:
    board = screen()
    board.watch(("stage.calls", 0))
    for _ in range(30):
        stage.call()
    revs = [board.next_region()["rev"]]
    while revs[-1] < 30:
        revs.append(board.next_region()["rev"])
    assert revs == sorted(set(revs))


def test_a_burst_of_facts_is_fewer_renderings_that_end_with_the_last(stage: Stage, screen: Open) -> None:
    board = screen(regions=("stage.long",))
    board.watch(("stage.long", 0))
    board.next_region()
    stage.drawn.clear()
    for _ in range(100):
        stage.call()
    board.wait_for("<b>100</b>")
    assert len(stage.drawn) < 100


def test_a_region_outside_the_ticket_is_never_sent(stage: Stage, screen: Open) -> None:
    board = screen()
    answer = board.watch(("stage.secret", 0), ("stage.calls", 0))
    assert "now" in answer
    assert board.next_region()["id"] == "stage.calls"
    stage.call()
    assert board.wait_for("<b>1</b>")["id"] == "stage.calls"
    assert board.hears_nothing(0.2)


def test_an_unknown_or_nonsensical_watch_harms_nobody(stage: Stage, screen: Open) -> None:
    board = screen(regions=("*",))
    nonsense: list[object] = [None, [], "x", {"lang": "zh"}, {"epoch": "", "lang": "fr", "regions": []}]
    for message in (*nonsense, {"epoch": "", "lang": "zh", "regions": [["a", "b"]]}):
        board.send_watch(message)
    board.send_watch({"epoch": "", "lang": "zh", "regions": [["stage.calls", 0]] * 1000})
    board.watch(("no.such", 0), ("stage.kiosk:x", 0), ("stage.kiosk:" + "9" * 100, 0))
    board.watch(("stage.calls", 0))
    assert board.next_region()["id"] == "stage.calls"


def test_a_region_that_cannot_be_drawn_is_shown_as_failing_and_stops_no_other(stage: Stage, screen: Open) -> None:
    board = screen(regions=("stage.*",))
    board.watch(("stage.broken", 0), ("stage.calls", 0), ("stage.long", 0))
    first = [board.next_region()["id"] for _ in range(3)]
    assert sorted(first) == ["stage.broken", "stage.calls", "stage.long"]
    stage.call()
    assert sorted(board.next_region()["id"] for _ in range(2)) == ["stage.calls", "stage.long"]
    assert stage.live.health()["failing"] == {"stage.broken": "ValueError"}
    stage.call()
    assert sorted(board.next_region()["id"] for _ in range(3)) == ["stage.broken", "stage.calls", "stage.long"]
    assert stage.live.health()["failing"] == {}

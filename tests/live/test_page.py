"""``live.js`` in a real browser, with the official JavaScript client and htmx, under the strict policy of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.live.stage import Stage

pytestmark = pytest.mark.browser

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the page does is the same on either database."""


@pytest.fixture
def board(stage: Stage, page: Page) -> Iterator[Page]:
    """A page of the small house, connected, that may not complain."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text and "WebSocket connection" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://127.0.0.1:{stage.settings.port}/page/zh")
    yield page
    assert complaints == []


CALLS = "#stage\\.calls b"


@only_sqlite
def test_a_fact_is_morphed_into_the_page(stage: Stage, board: Page) -> None:
    expect(board.locator(CALLS)).to_have_text("0")
    for number in range(1, 4):
        stage.call()
        expect(board.locator(CALLS)).to_have_text(str(number))
    assert board.locator("#stage\\.calls").get_attribute("data-rev") == "3"


@only_sqlite
def test_what_came_while_the_page_was_cut_off_is_there_when_it_is_back(stage: Stage, board: Page) -> None:
    stage.call()
    expect(board.locator(CALLS)).to_have_text("1")
    for _ in range(3):
        stage.live.cut("device:1")
        stage.call()
    expect(board.locator(CALLS)).to_have_text("4")


@only_sqlite
def test_focus_and_typed_text_stay_while_a_region_changes(stage: Stage, board: Page) -> None:
    expect(board.locator("#stage\\.form b")).to_have_text("0")
    board.locator("#stage-name").fill("王")
    board.evaluate("() => document.getElementById('stage-name').blur()")
    stage.call()
    expect(board.locator("#stage\\.form b")).to_have_text("1", timeout=15_000)
    expect(board.locator("#stage-name")).to_have_value("王")


@only_sqlite
def test_a_region_does_not_change_under_a_finger_and_says_how_much_waits(stage: Stage, board: Page) -> None:
    stage.call()
    expect(board.locator("#stage\\.form b")).to_have_text("1")
    board.locator("#stage-button").hover()
    board.mouse.down()
    stage.call()
    stage.call()
    expect(board.locator(CALLS)).to_have_text("3")
    expect(board.locator("[data-held]")).to_be_visible()
    expect(board.locator("#stage\\.form b")).to_have_text("1")
    board.mouse.up()
    expect(board.locator("#stage\\.form b")).to_have_text("3")
    expect(board.locator("[data-held]")).to_be_hidden()


@pytest.mark.slow
@only_sqlite
def test_after_twelve_silent_seconds_the_page_says_that_it_is_stale_until_it_hears_again(stage: Stage, board: Page) -> None:
    expect(board.locator(CALLS)).to_have_text("0")
    expect(board.locator("#stale-band")).to_be_hidden()
    stage.live.sockets.answer_only_while(lambda: False)
    expect(board.locator("#stale-band")).to_be_visible(timeout=26_000)
    expect(board.locator("html[data-stale]")).to_have_count(1)
    expect(board.locator("#stale-band time")).to_contain_text(":")
    stage.live.sockets.answer_only_while(lambda: True)
    stage.call()
    expect(board.locator(CALLS)).to_have_text("1", timeout=15_000)
    expect(board.locator("#stale-band")).to_be_hidden()


@only_sqlite
def test_a_page_in_english_gets_english(stage: Stage, page: Page) -> None:
    page.goto(f"http://127.0.0.1:{stage.settings.port}/page/en")
    stage.call()
    expect(page.locator("#stage\\.calls")).to_have_text("1 calls")


@only_sqlite
def test_a_page_that_is_no_longer_let_in_loads_itself_anew(stage: Stage, board: Page) -> None:
    stage.call()
    expect(board.locator(CALLS)).to_have_text("1")
    stage.refused.add("device:1")
    with board.expect_navigation(timeout=15_000):
        stage.live.cut("device:1")

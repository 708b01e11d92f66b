"""A floor tablet in Chromium, against the house itself: opened by PIN, worked by taps, live, locked, and accessible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.posts import queries, service
from server.domain.posts.rules import PostState
from server.web.auth import cookie_name
from tests.browser.axe import violations
from tests.browser.slow_scripts import scripts_on_their_way
from tests.factories import PIN, asks, internal, make_attendant, make_desk_person, make_staff, make_tablet
from tests.services.house import LiveHouse

pytestmark = pytest.mark.browser

FLAT: ViewportSize = {"width": 1280, "height": 800}
UPRIGHT: ViewportSize = {"width": 800, "height": 1280}
LIVE = 15_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNFIT = """() => [...document.querySelectorAll('a, button')].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height, one.getBoundingClientRect().width])
    .filter(([, height, width]) => Math.min(height, width) < 48)"""
"""Targets smaller than a finger needs."""

Lang = Literal["zh", "en"]


@dataclass
class Floor:
    """A running house with an enrolled tablet and an attendant; ``problems`` is what the browser's console complains of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)
    tablet: int = 0
    sun: int = 0

    def __post_init__(self) -> None:
        self.tablet = make_tablet(self.house.door)
        self.sun = make_attendant(self.house.door, name="Sun Yue")

    @contextmanager
    def at(self, path: str = "/tablet", *, lang: Lang = "en", size: ViewportSize = FLAT) -> Iterator[Page]:
        """Show the tablet."""
        context = self.browser.new_context(viewport=size, base_url=self.house.base_url, has_touch=True, reduced_motion="reduce")
        with self.house.door.reading() as session:
            proof = devices.device_cookie(session, self.house.keys, self.tablet)
        context.add_cookies([{"name": cookie_name("floor_tablet", self.house.settings), "value": proof, "url": self.house.base_url}])
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        yield page
        context.close()

    def unlock(self, page: Page, pin: str = PIN) -> None:
        """Choose the name and tap the PIN."""
        page.get_by_role("link", name="Sun Yue").tap()
        tap_pin(page, pin)

    def state(self) -> PostState:
        """Return where the attendant is."""
        with self.house.door.reading() as session:
            return queries.post_of(session, self.sun).state

    def _note(self, kind: str, text: str) -> None:
        # A wrong PIN is a failed resource to the console, and so is a server that is stopped on purpose.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket connection" not in text:
            self.problems.append(text)


def tap_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).tap()


@pytest.fixture
def floor(serve: Callable[..., LiveHouse], browser: Browser) -> Iterator[Floor]:
    made = Floor(house=serve("sqlite"), browser=browser)
    yield made
    assert made.problems == []


def test_a_shift_from_the_pin_to_the_meal_and_back_and_the_lock(floor: Floor) -> None:
    with floor.at() as page:
        expect(page.get_by_role("heading", name="Choose your name")).to_be_visible()
        floor.unlock(page)
        expect(page.get_by_role("navigation", name="Places")).to_be_visible()
        expect(page.get_by_text("You are on post now.")).to_be_visible()
        page.get_by_role("link", name="Posts").tap()
        page.get_by_role("button", name="Go to a meal").tap()
        expect(page.get_by_text("You are at a meal.")).to_be_visible()
        back = page.get_by_role("button", name="Back on post")
        expect(back).to_be_visible(timeout=LIVE)
        expect(page.locator(".tablet-people")).to_contain_text("At a meal Sun Yue", timeout=LIVE)
        back.tap()
        expect(page.get_by_role("button", name="Go to a meal")).to_be_visible(timeout=LIVE)
        assert floor.state() is PostState.ON_POST
        page.get_by_role("button", name="Lock", exact=True).tap()
        expect(page.get_by_text("This tablet is locked")).to_be_visible()
        page.goto("/tablet/posts")
        expect(page.get_by_text("This tablet is locked")).to_be_visible()


def test_a_meal_by_mistake_is_taken_back_from_the_toast(floor: Floor) -> None:
    with floor.at() as page:
        floor.unlock(page)
        page.get_by_role("link", name="Posts").tap()
        page.get_by_role("button", name="Go to a meal").tap()
        page.get_by_role("button", name="Undo").tap()
        expect(page.get_by_text("Taken back.")).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
        assert floor.state() is PostState.ON_POST


def test_a_pin_is_typed_on_a_keyboard_too_and_never_seen(floor: Floor) -> None:
    with floor.at(f"/tablet?who={floor.sun}") as page:
        page.keyboard.type("27", delay=80)
        expect(page.locator(".pin-dots .is-typed")).to_have_count(2)
        page.keyboard.press("Backspace")
        expect(page.locator(".pin-dots .is-typed")).to_have_count(1)
        expect(page.locator("#f-pin")).to_have_attribute("type", "password")
        page.keyboard.type(PIN[1:], delay=80)
        expect(page.get_by_role("navigation", name="Places")).to_be_visible()


def test_no_digit_is_lost_that_is_tapped_before_the_pages_script_is_there(floor: Floor) -> None:
    with floor.at() as page:
        with scripts_on_their_way(page, "pin"):
            page.goto(f"/tablet?who={floor.sun}&lang=en", wait_until="commit")
            tap_pin(page, f"{PIN[0]}9")
            page.get_by_role("button", name="Erase").tap()
            tap_pin(page, PIN[1:])
            expect(page.locator("#f-pin")).to_have_value("")
        expect(page.get_by_role("navigation", name="Places")).to_be_visible(timeout=LIVE)


def test_a_wrong_pin_is_counted_down_to_a_wait_that_ends_by_itself(floor: Floor) -> None:
    with floor.at(f"/tablet?who={floor.sun}") as page:
        for left in ("4 tries left.", "3 tries left.", "2 tries left.", "1 try left."):
            tap_pin(page, "000000")
            expect(page.get_by_role("alert").filter(has_text=left)).to_be_visible()
            expect(page.locator(".pin-dots .is-typed")).to_have_count(0)
        tap_pin(page, "000000")
        expect(page.get_by_text("Too many wrong tries. Open again in")).to_be_visible()
        expect(page.get_by_role("button", name="5", exact=True)).to_be_disabled()
        floor.house.turn_clock(timedelta(minutes=5, seconds=1))
        expect(page.get_by_role("button", name="5", exact=True)).to_be_enabled(timeout=LIVE)
        tap_pin(page, PIN)
        expect(page.get_by_role("navigation", name="Places")).to_be_visible()


def test_taking_over_from_the_desk_with_one_tap(floor: Floor) -> None:
    door = floor.house.door
    with floor.at() as page:
        floor.unlock(page)
        desk = make_desk_person(door, name="Lin Xiao")
        service.ask_cover(door, internal(), staff_id=desk)
        page.get_by_role("button", name="Cover for Lin Xiao").tap(timeout=LIVE)
        expect(page.get_by_text("You cover for Lin Xiao now.")).to_be_visible()
        expect(page.locator(".tablet-people")).to_contain_text("Covering Sun Yue", timeout=LIVE)
        service.go_to_meal(door, internal(), staff_id=desk)
        page.get_by_role("link", name="Posts").tap()
        page.get_by_role("button", name="Back on post").tap()
        expect(page.get_by_text("The front desk is never left empty")).to_be_visible()
        service.come_back(door, internal(), staff_id=desk)
        expect(page.get_by_role("button", name="Go to a meal")).to_be_visible(timeout=LIVE)


def test_leaving_is_asked_for_approved_and_taken(floor: Floor) -> None:
    door = floor.house.door
    supervisor = make_staff(door, "supervisor", name="Liang Min")
    with floor.at() as page:
        floor.unlock(page)
        page.get_by_role("link", name="Posts").tap()
        page.get_by_role("button", name="Ask to leave").tap()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("radio", name="Not feeling well").tap()
        dialog.get_by_role("button", name="Ask the supervisor").tap()
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("button", name="Stay after all")).to_be_visible(timeout=LIVE)
        service.approve_leave(door, asks(f"staff:{supervisor}"), leave_id=1)
        band = page.locator(".tablet-bands").get_by_role("button", name="Leave now")
        band.tap(timeout=LIVE)
        expect(page.locator(".my-word")).to_have_text("Away", timeout=LIVE)
        assert floor.state() is PostState.AWAY


@pytest.mark.parametrize("end", ["locked elsewhere", "still for too long", "revoked"])
def test_a_page_goes_when_the_right_to_it_ends(floor: Floor, end: str) -> None:
    with floor.at() as page:
        floor.unlock(page)
        expect(page.get_by_role("navigation", name="Places")).to_be_visible()
        if end == "revoked":
            device_service.revoke_device(floor.house.door, internal(), device_id=floor.tablet)
            expect(page.get_by_text("This screen is not enrolled.")).to_be_visible(timeout=2 * LIVE)
            return
        if end == "locked elsewhere":
            service.lock(floor.house.door, internal(), tablet_session_id=1)
        else:
            floor.house.turn_clock(timedelta(minutes=31))
        expect(page.get_by_text("This tablet is locked")).to_be_visible(timeout=2 * LIVE)


@pytest.mark.slow
def test_a_locked_tablet_says_that_it_is_there_and_when_it_is_cut_off(floor: Floor) -> None:
    with floor.at() as page:
        floor.house.wait_until(lambda: is_online(floor))
        floor.house.stop()
        expect(page.get_by_text("Connection lost · data as of")).to_be_visible(timeout=2 * LIVE)
        floor.house.start()
        expect(page.get_by_text("Connection lost · data as of")).to_be_hidden(timeout=2 * LIVE)


def is_online(floor: Floor) -> bool:
    with floor.house.door.reading() as session:
        return devices.device_card(session, floor.tablet).online


def fill(floor: Floor) -> None:
    """Put far too many people on the floor, with names as long as they come, who ask for everything at once."""
    door = floor.house.door
    for number in range(9):
        person = make_attendant(door, name=LONG if number % 2 else f"周{number}", on_duty=True)
        if number < 3:
            service.ask_cover(door, internal(), staff_id=person)
        elif number < 5:
            service.go_to_meal(door, internal(), staff_id=person)
    service.note_away(door, internal(), staff_id=make_desk_person(door, name=LONG), reason=LONG)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("crowd", ["one", "far too many"])
def test_every_screen_fits_both_ways_up_and_is_accessible(floor: Floor, lang: Lang, crowd: str) -> None:
    if crowd == "far too many":
        fill(floor)
    with floor.at(lang=lang) as page:
        look(floor, page, "/tablet?", lang)
        look(floor, page, f"/tablet?who={floor.sun}&", lang)
        page.goto(f"/tablet?who={floor.sun}&lang={lang}")
        tap_pin(page, "000000")
        expect(page.locator(".pin-wrong")).to_be_visible()
        check(floor, page)
        page.goto(f"/tablet?who={floor.sun}&lang={lang}")
        tap_pin(page, PIN)
        expect(page.locator(".tablet-nav")).to_be_visible()
        look(floor, page, "/tablet/posts?", lang)
        page.goto(f"/tablet/posts?lang={lang}")
        page.locator("[data-open=leave-dialog]").tap()
        check(floor, page)


def look(floor: Floor, page: Page, path: str, lang: Lang) -> None:
    for size in (UPRIGHT, FLAT):
        page.set_viewport_size(size)
        page.goto(f"{path}lang={lang}")
        check(floor, page)


def check(floor: Floor, page: Page) -> None:
    assert floor.problems == []
    assert page.evaluate(TOO_WIDE) == 0
    assert page.evaluate(UNFIT) == []
    assert violations(page) == []
    # What axe writes into the page is against the policy, and is heard of until the page is gone.
    page.goto("about:blank")
    floor.problems.clear()

"""Posts at the desk in Chromium: live, decided with a tap, accessible in both languages and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.domain.posts import queries, service
from server.domain.posts.rules import PostState
from tests.browser.axe import violations
from tests.factories import PASSWORD, internal, make_attendant, make_desk_person, make_staff
from tests.services.house import LiveHouse

pytestmark = pytest.mark.browser

FLAT: ViewportSize = {"width": 1280, "height": 800}
UPRIGHT: ViewportSize = {"width": 800, "height": 1280}
LIVE = 15_000
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

Lang = Literal["zh", "en"]


@dataclass
class Desk:
    """A running house with a supervisor who is logged in; ``problems`` is what the browser's console complains of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def supervised(self, *, lang: Lang = "en") -> Iterator[Page]:
        """Open the page of the posts as the supervisor."""
        make_staff(self.house.door, "supervisor", name="Liang Min", username="liang")
        page = self.browser.new_context(viewport=FLAT, base_url=self.house.base_url, reduced_motion="reduce").new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.goto(f"/desk/login?lang={lang}&next=/desk/posts")
        page.locator("#f-username").fill("liang")
        page.locator("#f-password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".desk-side")).to_be_visible()
        yield page
        page.context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)


@pytest.fixture
def desk(serve: Callable[..., LiveHouse], browser: Browser) -> Iterator[Desk]:
    made = Desk(house=serve("sqlite"), browser=browser)
    yield made
    assert made.problems == []


def test_the_supervisor_sees_who_asks_and_decides(desk: Desk) -> None:
    door = desk.house.door
    sun = make_attendant(door, name="Sun Yue", on_duty=True)
    with desk.supervised() as page:
        expect(page.get_by_text("Nobody asks for anything")).to_be_visible()
        service.ask_leave(door, internal(), staff_id=sun, reason="errand")
        page.get_by_role("button", name="Approve: Sun Yue").click(timeout=LIVE)
        expect(page.get_by_role("status").get_by_text("Sun Yue may leave.")).to_be_visible()
        page.get_by_role("button", name="Leaves now: Sun Yue").click(timeout=LIVE)
        row = page.locator(f"#post-{sun}")
        expect(row).to_contain_text("Away", timeout=LIVE)
        page.get_by_role("button", name="Undo").last.click()
        expect(row).to_contain_text("On post", timeout=LIVE)
        with door.reading() as session:
            assert queries.post_of(session, sun).state is PostState.ON_POST


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("crowd", ["nobody", "far too many"])
def test_the_posts_and_their_register_fit_and_are_accessible(desk: Desk, lang: Lang, crowd: str) -> None:
    if crowd == "far too many":
        fill(desk)
    with desk.supervised(lang=lang) as page:
        for path in ("/desk/posts", "/desk/posts/register", "/desk/posts/register?day=x"):
            for size in (UPRIGHT, FLAT):
                page.set_viewport_size(size)
                page.goto(path)
                for more in page.locator("details.more > summary").all():
                    more.click()
                assert desk.problems == []
                assert page.evaluate(TOO_WIDE) == 0
                assert violations(page) == []
                # What axe writes into the page is against the policy, and is heard of until the page is gone.
                page.goto("about:blank")
                desk.problems.clear()


def fill(desk: Desk) -> None:
    """Put people in every state into the house, with names as long as they come."""
    door = desk.house.door
    people = [make_attendant(door, name=LONG if number % 2 else f"周{number}", on_duty=True) for number in range(8)]
    lin = make_desk_person(door, name=LONG)
    service.go_to_meal(door, internal(), staff_id=people[0])
    for person in people[1:4]:
        service.ask_leave(door, internal(), staff_id=person, reason=LONG)
    service.approve_leave(door, internal(), leave_id=1)
    for person in people[2:5]:
        service.ask_cover(door, internal(), staff_id=person)
    service.note_away(door, internal(), staff_id=lin, reason=LONG)
    service.clock_out(door, internal(), staff_id=people[7])

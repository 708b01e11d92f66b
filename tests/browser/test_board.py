"""The board in Chromium, against the house itself: live, heard, calm, honest when cut off, and readable on a wall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from server.domain.assistance import service as assistance
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.visits import service
from server.web.auth import cookie_name
from tests.factories import internal, make_device, make_host, make_invitation, make_tenant, make_visit, visit_of
from tests.services.house import LiveHouse

pytestmark = pytest.mark.browser

WALL = {"width": 1920, "height": 1080}
BESIDE = {"width": 1280, "height": 800}
LIVE = 15_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""
STALE = 25_000
"""Milliseconds until a screen that was cut off has said so: twelve seconds, and what a busy machine adds."""
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_HIGH = "() => document.documentElement.scrollHeight - document.documentElement.clientHeight"
CUT = """() => [...document.querySelectorAll('.wall .board-col')]
    .map((one) => one.scrollHeight - one.clientHeight)
    .filter((over) => over > 1)"""
LISTEN = "window.chimes = []; document.addEventListener('yb:chime', (event) => chimes.push(event.detail.kind));"
"""Before the page's own scripts: what a test evaluates later counts as a touch, and would switch the sound on."""

Lang = Literal["zh", "en"]


@dataclass
class Lobby:
    """A running house with one host and an enrolled board; ``problems`` is what the browser's console complains of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)
    host: int = 0
    device: int = 0

    def __post_init__(self) -> None:
        tenant = make_tenant(self.house.door, name="星河医药", name_en="Galaxy Medical", floor="7")
        self.host = make_host(self.house.door, tenant_id=tenant, name="朴正浩", name_en="Piao Zhenghao")
        self.device = make_device(self.house.door, "board", name="前台看板")

    @contextmanager
    def board(self, *, wall: bool = False, lang: Lang = "en", size: dict[str, int] | None = None) -> Iterator[Page]:
        """Show the board on a screen of its own."""
        shown = size or (WALL if wall else BESIDE)
        context = self.browser.new_context(viewport=shown, base_url=self.house.base_url)  # type: ignore[arg-type]  # a plain dict of two numbers
        with self.house.door.reading() as session:
            proof = devices.device_cookie(session, self.house.keys, self.device)
        context.add_cookies([{"name": cookie_name("board", self.house.settings), "value": proof, "url": self.house.base_url}])
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.add_init_script(LISTEN)
        page.goto(f"/board?lang={lang}{'&tv=1' if wall else ''}")
        yield page
        context.close()

    def lost(self, name: str) -> int:
        """Sign in somebody who knows no host: the desk is asked at once."""
        return int(service.sign_in_at_desk(self.house.door, internal(), host_id=None, name=name, gate="A").ids["visit"] or 0)

    def _note(self, kind: str, text: str) -> None:
        # A server that is stopped on purpose is a failed resource to the console.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket connection" not in text:
            self.problems.append(text)


@pytest.fixture
def lobby(serve: Callable[..., LiveHouse], browser: Browser) -> Iterator[Lobby]:
    # The chimes are heard at any hour of the day the tests run at.
    made = Lobby(house=serve("sqlite", quiet_hours="04:00-04:01"), browser=browser)
    yield made
    assert made.problems == []


def test_the_board_shows_the_lobby_as_it_changes(lobby: Lobby) -> None:
    with lobby.board() as page:
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        visit = make_visit(lobby.house.door, host_id=lobby.host, name="Zhou Lan", companions=3)
        row = page.locator(f'[id="waiting-{visit}"]')
        expect(row).to_contain_text("Zhou Lan +3", timeout=LIVE)
        service.mark_seen(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host)
        expect(row).to_contain_text("Seen", timeout=LIVE)
        service.answer_coming(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host, minutes=3)
        expect(row).to_contain_text("Coming · in 2 min", timeout=LIVE)
        service.admit(lobby.house.door, internal(), visit_id=visit)
        expect(row).to_be_hidden(timeout=LIVE)
        expect(page.get_by_role("region", name="In the building")).to_contain_text("Galaxy Medical")
        service.sign_out(lobby.house.door, internal(), visit_id=visit)
        expect(page.get_by_role("region", name="Just left")).to_contain_text("Zhou Lan", timeout=LIVE)


def test_new_and_overdue_visitors_are_heard_until_somebody_taps(lobby: Lobby) -> None:
    with lobby.board() as page:
        # Until the scripts are there nothing may be looked for: it would count as a touch, and the sound be on from the start.
        page.wait_for_load_state("networkidle")
        band = page.get_by_role("button", name="Sound is off. Tap to switch on.")
        band.click()
        expect(band).to_be_hidden()
        make_visit(lobby.house.door, host_id=lobby.host, name="Zhou Lan")
        expect(page.get_by_text("Zhou Lan").first).to_be_visible(timeout=LIVE)
        expect(page.locator('[data-chime="new"]')).to_have_count(1)
        visit = lobby.lost("Old Mr Wang")
        taken = page.get_by_role("button", name="Got it: Old Mr Wang")
        expect(taken).to_be_visible(timeout=LIVE)
        assert page.evaluate("chimes") == ["new", "overdue"]
        taken.click()
        expect(page.get_by_text("The desk looks after it")).to_be_visible(timeout=LIVE)
        expect(page.locator('[data-chime="overdue"]')).to_have_count(0)
    assert visit_of(lobby.house.door, visit).desk_took_at is not None


def test_the_sound_can_be_tried(lobby: Lobby) -> None:
    with lobby.board(lang="zh") as page:
        page.get_by_role("button", name="试听提示音").click()
        expect(page.get_by_role("button", name="声音已关闭，点按开启。")).to_be_hidden()


def test_a_row_does_not_move_under_a_finger(lobby: Lobby) -> None:
    first = lobby.lost("Old Mr Wang")
    with lobby.board() as page:
        button = page.locator(f'[id="waiting-{first}"]').get_by_role("button")
        box = button.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        lobby.lost("Young Ms Li")
        expect(page.get_by_text(re.compile(r"^\d more$"))).to_be_visible(timeout=LIVE)
        expect(page.get_by_role("region", name="Waiting to be met").get_by_text("Young Ms Li")).to_have_count(0)
        held = button.bounding_box()
        assert held is not None
        # A button gives way a little under the finger; its row does not.
        assert abs(held["y"] - box["y"]) < 2
        page.mouse.up()
        expect(page.get_by_role("region", name="Waiting to be met").get_by_text("Young Ms Li")).to_be_visible(timeout=LIVE)


def test_a_call_from_a_kiosk_stands_above_everything(lobby: Lobby) -> None:
    kiosk = make_device(lobby.house.door, name="East gate 1")
    with lobby.board() as page, lobby.board(wall=True) as wall:
        assistance.call_person(lobby.house.door, internal(), device_id=kiosk)
        expect(wall.get_by_role("heading", name="East gate 1 calls for a person")).to_be_visible(timeout=LIVE)
        page.get_by_role("button", name="I am going to East gate 1").click()
        expect(page.get_by_role("heading", name="East gate 1 calls for a person")).to_be_hidden(timeout=LIVE)
        expect(wall.get_by_role("heading", name="East gate 1 calls for a person")).to_be_hidden(timeout=LIVE)


@pytest.mark.slow
def test_a_board_that_is_cut_off_says_since_when_and_recovers(lobby: Lobby) -> None:
    with lobby.board(wall=True) as page:
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        lobby.house.stop()
        expect(page.get_by_text("Connection lost · data as of")).to_be_visible(timeout=STALE)
        lobby.house.start()
        make_visit(lobby.house.door, host_id=lobby.host, name="Zhou Lan")
        expect(page.get_by_text("Zhou Lan")).to_be_visible(timeout=STALE)
        expect(page.get_by_text("Connection lost · data as of")).to_be_hidden(timeout=STALE)


def test_a_revoked_board_is_dark_at_once(lobby: Lobby) -> None:
    with lobby.board() as page:
        make_visit(lobby.house.door, host_id=lobby.host, name="Zhou Lan")
        expect(page.get_by_text("Zhou Lan").first).to_be_visible(timeout=LIVE)
        device_service.revoke_device(lobby.house.door, internal(), device_id=lobby.device)
        expect(page.get_by_text("This screen is not enrolled.")).to_be_visible(timeout=2 * LIVE)


def test_the_house_says_that_it_is_well(lobby: Lobby) -> None:
    with lobby.board() as page:
        expect(page.locator("#system")).to_contain_text("Ready", timeout=LIVE)


def fill(lobby: Lobby) -> None:
    """Put far too much into the house: sixty who wait, with names as long as they come, at many tenants."""
    door = lobby.house.door
    hosts = [
        make_host(
            door,
            tenant_id=make_tenant(door, name=f"{LONG} {number}", name_en=f"{LONG} {number}", floor=str(number)),
            name=LONG,
            name_en=LONG,
        )
        for number in range(12)
    ]
    for number in range(60):
        name = f"{LONG}" if number % 2 else f"周{number}"
        if number % 10:
            make_visit(door, host_id=hosts[number % 12], name=name, company=LONG, companions=number % 3)
        else:
            lobby.lost(name)
    for _ in range(8):
        make_invitation(door, host_id=hosts[0], name=LONG)
    assistance.call_person(door, internal(), device_id=make_device(door, name=LONG))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("crowd", ["nobody", "far too many"])
def test_the_wall_fits(lobby: Lobby, lang: Lang, crowd: str) -> None:
    if crowd == "far too many":
        fill(lobby)
    with lobby.board(wall=True, lang=lang) as page:
        expect(page.locator("html")).to_have_attribute("data-theme", "night")
        assert (page.evaluate(TOO_WIDE), page.evaluate(TOO_HIGH), page.evaluate(CUT)) == (0, 0, [])
        expect(page.locator("main").get_by_role("button")).to_have_count(0)
        title = page.locator(".row-title, .state-title").first
        assert title.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 54


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("crowd", ["nobody", "far too many"])
def test_the_board_beside_the_desk_fits(lobby: Lobby, lang: Lang, crowd: str) -> None:
    if crowd == "far too many":
        fill(lobby)
    for size in (BESIDE, WALL):
        with lobby.board(lang=lang, size=size) as page:
            assert (page.evaluate(TOO_WIDE), page.evaluate(TOO_HIGH)) == (0, 0)
            expect(page.locator("#system")).to_contain_text("ms" if lang == "en" else "毫秒", timeout=LIVE)

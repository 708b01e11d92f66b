"""Phone, board and door of one meeting room, in Chromium, against the house itself: each shows what another does, without a reload."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.queries import CallRow
from server.domain.devices import queries as devices
from server.domain.devices import service as device_service
from server.domain.meetings import service as meetings
from server.web.auth import cookie_name
from tests.browser.axe import violations
from tests.factories import asks, make_attendant, make_device, make_meeting, make_room, make_room_call, room_link
from tests.services.house import LiveHouse, open_house

pytestmark = pytest.mark.browser

LIVE = 15_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr. and the annual partner conference of the west"
SIZES = {
    "door": [(1280, 800), (800, 1280), (1024, 600)],
    "room": [(390, 844), (320, 640)],
    "board": [(1280, 800), (1920, 1080)],
    "wall": [(1920, 1080)],
}
FITS = """(selector) => [...document.querySelectorAll(selector)]
    .filter((one) => one.scrollHeight - one.clientHeight > 1 || one.scrollWidth - one.clientWidth > 1)
    .map((one) => `${one.className} ${one.scrollWidth}×${one.scrollHeight} in ${one.clientWidth}×${one.clientHeight}`)"""
"""What is cut, of the parts that neither scroll nor end in three dots."""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NEVER_CUT = {
    "door": ".door, .sign, .sign-now, .sign-side, .sign-next",
    "room": "main",
    "board": ".board-cell",
    "wall": ".board-col, .board-cell",
}
_rooms = count(201)


@dataclass
class Floor:
    """A running house with a room, its door sign, a board, and a meeting of noon; it is ten in the morning."""

    house: LiveHouse
    browser: Browser
    name: str = field(default_factory=lambda: str(next(_rooms)))
    room: int = 0
    meeting: int = 0
    devices: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        door = self.house.door
        for call in self.open_calls():
            calls.withdraw_call(door, asks(), call_id=call.call_id)  # what another test left
        self.room = make_room(door, name=self.name)
        self.meeting = make_meeting(door, room_id=self.room, begins=timedelta(minutes=12), title="Product training")
        self.devices = {
            "board": make_device(door, "board", name="前台看板"),
            "door": make_device(door, "door", name=self.name, place="东侧"),
        }

    @property
    def link(self) -> str:
        return room_link(self.house.door, self.meeting)

    def begin(self) -> None:
        meetings.start_meeting(self.house.door, asks(), meeting_id=self.meeting)

    @contextmanager
    def open(
        self, face: str, *, lang: str = "en", size: tuple[int, int] | None = None, scripts: bool = True, path: str = "", wire: bool = True
    ) -> Iterator[Page]:
        """Show a face on a screen of its own; what its console complains of is a problem."""
        width, height = size or SIZES[face][0]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            base_url=self.house.base_url,
            locale="zh-CN" if lang == "zh" else "en-GB",
            java_script_enabled=scripts,
        )
        self._enrol(context, "board" if face == "wall" else face)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        if not wire:
            page.route("**/live/ticket*", lambda route: route.abort())
        addresses = {"room": self.link, "door": "/door", "board": "/board", "wall": "/board?tv=1"}
        address = path or addresses[face]
        page.goto(address if face == "room" else f"{address}{'&' if '?' in address else '?'}lang={lang}")
        yield page
        context.close()

    def open_calls(self) -> tuple[CallRow, ...]:
        with self.house.door.reading() as session:
            return calls_read.open_calls(session)

    def _enrol(self, context: BrowserContext, face: str) -> None:
        if face not in self.devices:
            return
        with self.house.door.reading() as session:
            proof = devices.device_cookie(session, self.house.keys, self.devices[face])
        context.add_cookies([{"name": cookie_name(face, self.house.settings), "value": proof, "url": self.house.base_url}])

    def _note(self, kind: str, text: str) -> None:
        # A refusal is a failed resource to the console, and a page that is left while it connects a failed connection.
        if kind == "error" and "Failed to load resource" not in text and "WebSocket connection" not in text:
            self.problems.append(text)


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """One running house for this file, at ten in the morning: each test brings its own room."""
    data = tmp_path_factory.mktemp("rooms")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data) as opened:
        now = opened.door.clock.now().astimezone(opened.settings.zone)
        opened.turn_clock(now.replace(hour=10, minute=0, second=0) - now)
        yield opened


@pytest.fixture
def floor(house: LiveHouse, browser: Browser) -> Iterator[Floor]:
    made = Floor(house=house, browser=browser)
    yield made
    assert made.problems == []


def test_a_call_from_the_phone_is_answered_at_the_board_and_the_phone_says_so(floor: Floor) -> None:
    floor.begin()
    with floor.open("room") as phone, floor.open("board") as board, floor.open("wall") as wall:
        phone.get_by_role("button", name="Technician", exact=True).click()
        expect(phone.get_by_role("region", name="Your calls")).to_contain_text("waiting 0:0")
        card = board.locator(".room-call").filter(has_text=f"{floor.name} Technician")
        expect(card).to_be_visible(timeout=LIVE)
        expect(wall.get_by_role("heading", name=f"{floor.name} Technician")).to_be_visible(timeout=LIVE)
        board.get_by_role("button", name=f"I am going to {floor.name}: Technician").click()
        expect(card).to_be_hidden(timeout=LIVE)
        expect(phone.get_by_role("region", name="Your calls")).to_contain_text("On the way", timeout=LIVE)
        calls.finish_call(floor.house.door, asks(), call_id=floor.open_calls()[0].call_id, staff_id=None)
        phone.get_by_role("button", name="Not done well, call again: Technician").click(timeout=LIVE)
        expect(card).to_be_visible(timeout=LIVE)
        phone.get_by_role("button", name="Withdraw: Technician").click()
        expect(card).to_be_hidden(timeout=LIVE)


def test_the_door_changes_when_the_meeting_begins_and_ends(floor: Floor) -> None:
    with floor.open("door") as door, floor.open("room") as phone:
        expect(door.locator(".sign-word")).to_have_text("Free")
        expect(door.get_by_role("img", name="The page of this meeting")).to_have_count(0)
        phone.get_by_role("button", name="We have begun").click()
        expect(door.locator(".sign-word")).to_have_text("In session", timeout=LIVE)
        expect(door.get_by_text("Product training")).to_be_visible()
        expect(door.get_by_role("img", name="The page of this meeting")).to_be_visible()
        phone.get_by_role("button", name="Do not disturb").click()
        expect(door.get_by_text("Do not disturb")).to_be_visible(timeout=LIVE)
        expect(phone.get_by_role("button", name="Service again")).to_be_visible()
        phone.get_by_role("button", name="End the meeting").click()
        phone.get_by_role("dialog").get_by_role("button", name="End the meeting").click()
        expect(door.locator(".sign-word")).to_have_text("Being tidied", timeout=LIVE)
        expect(phone.get_by_text("Thank you. The room is tidied now.")).to_be_visible()


def test_a_fault_is_reported_at_the_door_with_one_tap_and_taken_back_with_another(floor: Floor) -> None:
    with floor.open("door", lang="zh") as door:
        door.get_by_role("button", name="报修").click()
        expect(door.get_by_text("谢谢，已通知技术人员。")).to_be_visible()
        expect(door.get_by_role("button", name="报修")).to_be_hidden(timeout=LIVE)
        assert [call.wish for call in floor.open_calls()] == ["technician"]
        door.get_by_role("button", name="撤销").click()
        expect(door.get_by_role("button", name="报修")).to_be_visible(timeout=LIVE)
        assert floor.open_calls() == ()


def test_a_sign_that_hangs_for_months_follows_its_device_to_another_room(floor: Floor) -> None:
    other = Floor(house=floor.house, browser=floor.browser)
    with floor.open("door") as door:
        expect(door.get_by_role("heading", name=floor.name)).to_be_visible()
        with floor.house.door.reading() as session:
            card = devices.device_card(session, floor.devices["door"])
        device_service.change_device(
            floor.house.door,
            asks("house"),
            device_id=card.id,
            version=card.version,
            name=card.name,
            gate="",
            place=other.name,
            theme="auto",
        )
        # What its own clock does each minute, a wire that is back does at once.
        door.evaluate("document.dispatchEvent(new CustomEvent('yb:live', {detail: {connected: true}}))")
        expect(door.get_by_role("heading", name=other.name)).to_be_visible(timeout=LIVE)


def test_the_phone_works_without_script_and_without_a_socket(floor: Floor) -> None:
    floor.begin()
    with floor.open("room", scripts=False) as plain, floor.open("room", wire=False) as polling:
        expect(polling.get_by_role("heading", name="Product training")).to_be_visible()
        for _ in range(2):
            plain.locator(".wishes").get_by_role("button", name="Tea or water").click()
        expect(plain.get_by_text("already; somebody comes.")).to_be_visible()
        expect(polling.get_by_role("region", name="Your calls")).to_contain_text("Tea or water", timeout=LIVE)
        plain.get_by_role("button", name="Withdraw: Tea or water").click()
        plain.get_by_role("button", name="+10 min").click()
        expect(plain.get_by_text("The meeting lasts longer")).to_be_visible()
        plain.get_by_role("button", name="End the meeting").click()
        expect(plain.get_by_text("Thank you. The room is tidied now.")).to_be_visible()
    assert floor.open_calls() == ()


def test_what_is_typed_for_the_technician_stays_while_the_page_changes(floor: Floor) -> None:
    floor.begin()
    with floor.open("room") as phone:
        phone.get_by_text("A note for the technician").click()
        phone.get_by_label("What is it about?").fill("No picture")
        make_room_call(floor.house.door, floor.room, "cleaning", meeting_id=floor.meeting)
        expect(phone.get_by_role("region", name="Your calls")).to_contain_text("Cleaning", timeout=LIVE)
        phone.get_by_role("button", name="Call the technician").click()
        expect(phone.get_by_role("region", name="Your calls")).to_contain_text("No picture")


def crowd(floor: Floor) -> None:
    """Put far too much on the floor: names as long as they come, calls from everywhere, a meeting each hour."""
    door = floor.house.door
    make_attendant(door, name=LONG[:40])
    rooms = [
        make_room(door, name=name) for name in ("第一国际多功能报告厅", f"Long hall {next(_rooms)}", *(str(next(_rooms)) for _ in range(6)))
    ]
    for number in range(20):
        make_meeting(
            door, room_id=rooms[number % 8], begins=timedelta(hours=1 + number // 8 * 3), title=LONG[:80] if number % 2 else "经营分析会"
        )
    for number, room in enumerate(rooms):
        make_room_call(door, room, "supplies", note=LONG[:80] if number % 2 else "")
    for hours in (3, 6, 9, 12):
        make_meeting(door, room_id=floor.room, begins=timedelta(hours=hours), title=LONG[:80])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_screen_fits_each_size_and_is_accessible_with_far_too_much_to_show(floor: Floor, lang: str) -> None:
    if "第一国际多功能报告厅" not in _names(floor):
        crowd(floor)
    floor.begin()
    for wish in ("tea", "technician", "cleaning", "supplies", "person"):
        make_room_call(floor.house.door, floor.room, wish, meeting_id=floor.meeting, note=LONG[:80])
    for face, sizes in SIZES.items():
        with floor.open(face, lang=lang) as page:
            look(floor, page, face, sizes)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_free_room_a_sign_at_no_room_and_a_code_that_leads_nowhere_are_whole_too(floor: Floor, lang: str) -> None:
    with floor.open("door", lang=lang) as page:
        # By day in one language, by night in the other.
        page.evaluate(f"document.documentElement.dataset.theme = '{'day' if lang == 'zh' else 'night'}'")
        look(floor, page, "door", SIZES["door"])
    with floor.open("room", lang=lang) as page:
        look(floor, page, "room", SIZES["room"])
    with floor.open("room", lang=lang, path="/r/AAAAAAAAAAAAAAAAAAAAAAAAAAA") as page:
        look(floor, page, "room", SIZES["room"])
    floor.devices["door"] = make_device(floor.house.door, "door", name="门牌", place="三层东")
    with floor.open("door", lang=lang) as page:
        look(floor, page, "door", SIZES["door"])


def look(floor: Floor, page: Page, face: str, sizes: list[tuple[int, int]]) -> None:
    """Look at a page at each size, and let axe judge it; what axe itself writes into a page is against the policy, so that is forgotten."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(TOO_WIDE) == 0, (face, width)
        assert page.evaluate(FITS, NEVER_CUT[face]) == [], (face, width, height)
    assert floor.problems == []
    assert violations(page) == []
    page.goto("about:blank")
    floor.problems.clear()


def _names(floor: Floor) -> set[str]:
    from server.domain.rooms import queries as rooms

    with floor.house.door.reading() as session:
        return {card.name for card in rooms.rooms(session)}

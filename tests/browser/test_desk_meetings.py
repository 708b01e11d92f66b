"""The desk's meetings in Chromium, against the house itself: registered, reconfirmed, changed and called off by keyboard, and seen live."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.days import at_local, local_day
from server.domain.meetings import service
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import ChangeRow
from server.domain.meetings.service import Plan
from server.domain.staff import queries as staff_read
from server.domain.staff import service as staff
from server.web.auth import cookie_name
from server.web.i18n import language_cookie
from tests.browser.axe import violations
from tests.factories import (
    PASSWORD,
    internal,
    make_attendant,
    make_room,
    make_room_call,
    make_staff,
    make_tenant,
    meeting_of,
    steps_of,
)
from tests.services.house import LiveHouse, open_house

pytestmark = pytest.mark.browser

LIVE = 15_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr. and the annual partner conference"
_people = count(1)
TOO_WIDE = """() => document.documentElement.scrollWidth === document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.outerHTML.slice(0, 160))"""
"""What reaches over the edge of a page that is wider than the screen."""


@dataclass
class Desk:
    """The desk of one running house, in which it is ten in the morning; ``problems`` is what the pages' consoles complained of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)

    def at_hour(self, hour: int, minute: int = 0, *, day: int = 0) -> datetime:
        """Return an instant of today, or of a day after it, by the site's clock."""
        today = local_day(self.house.door.clock.now(), self.house.settings.zone)
        return at_local(today + timedelta(days=day), time(hour, minute), self.house.settings.zone)

    def meeting(self, title: str, begins: datetime, *, room: int = 0, **more: Any) -> int:
        """Register an hour's meeting in a room of its own, unless another is given."""
        plain: dict[str, Any] = {
            "layout": "boardroom",
            "estimated": 8,
            "contact_name": "曾静怡",
            "contact_phone": "13800138000",
            "tea_minutes": 20,
        }
        room = room or make_room(self.house.door, capacity=40)
        plan = Plan(title=title, room_id=room, starts_at=begins, ends_at=begins + timedelta(hours=1), **(plain | more))
        return int(service.register(self.house.door, internal(), plan=plan).ids["meeting"] or 0)

    @contextmanager
    def open(self, path: str, *, lang: str = "en", role: str = "desk", size: tuple[int, int] = (1280, 800)) -> Iterator[Page]:
        """Open a page of the desk for somebody who has just logged on."""
        door, username = self.house.door, f"{role}{next(_people)}"
        make_staff(door, role, name="林晓", username=username)
        login = staff.log_on(door, internal(), username=username, password=PASSWORD, origin="127.0.0.1")
        with door.reading() as session:
            proof = staff_read.session_cookie(session, self.house.keys, int(login.ids["session"] or 0))
        context = self.browser.new_context(
            base_url=self.house.base_url, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        for name, value in ((cookie_name("desk", self.house.settings), proof), (language_cookie("desk"), lang)):
            context.add_cookies([{"name": name, "value": value, "url": self.house.base_url}])
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(path)
        yield page
        context.close()

    def _note(self, kind: str, text: str) -> None:
        # A page that answers 409 or 422 is also a failed resource to the console; what is on the page is asserted instead.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """A running house whose clock shows ten of tomorrow's morning."""
    data = tmp_path_factory.mktemp("meetings")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data, desk_lock_minutes="720") as running:
        now, zone = running.door.clock.now(), running.settings.zone
        running.turn_clock(at_local(local_day(now, zone) + timedelta(days=1), time(10), zone) - now)
        make_tenant(running.door, name="星河医药", name_en="Galaxy Medical")
        for name in ("李敏", "孙悦"):
            make_attendant(running.door, name=name)
        yield running


@pytest.fixture
def desk(house: LiveHouse, browser: Browser) -> Iterator[Desk]:
    made = Desk(house=house, browser=browser)
    yield made
    assert made.problems == []


def changes_of(house: LiveHouse, meeting: int) -> tuple[ChangeRow, ...]:
    with house.door.reading() as session:
        row = meeting_rows.one(session, meeting)
    assert row is not None
    return row.changes


def tab_to(page: Page, name: str) -> None:
    """Go on from control to control until the one of this name has the focus."""
    passed = []
    for _ in range(150):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText").strip())
        if passed[-1] == name:
            return
    raise AssertionError(name, passed)


def test_a_meeting_is_registered_by_keyboard_and_takes_the_slot_that_is_offered(desk: Desk) -> None:
    room = make_room(desk.house.door, name="A01", floor="", capacity=40)
    desk.meeting("Board meeting", desk.at_hour(14), room=room)
    with desk.open("/desk/meetings") as page:
        page.get_by_role("link", name="New meeting").press("Enter")
        page.wait_for_url("**/new?*")
        expect(page.get_by_label("Title")).to_be_focused()
        page.get_by_label("Title").fill("Quarterly review")
        page.get_by_role("radio", name="Ordinary").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_label("Tea", exact=True)).to_contain_text("as usual: on call")
        page.get_by_role("radio", name="Important").press("ArrowLeft")
        page.get_by_label("Room").select_option(str(room))
        expect(page.get_by_label("Layout")).to_contain_text("Theatre · 40 seats")
        page.get_by_label("From", exact=True).fill("1430")
        page.get_by_label("Until").fill("15:30")
        page.get_by_label("Layout").select_option("boardroom")
        page.get_by_label("People expected").fill("8")
        page.keyboard.press("Enter")
        taken = page.get_by_role("alert").filter(has_text="A01 is taken")
        expect(taken).to_be_focused()
        page.wait_for_load_state()
        expect(taken.get_by_role("link", name="Board meeting")).to_be_visible()
        tab_to(page, "Take 15:35–16:35 instead")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Register")).to_be_focused()
        expect(page.get_by_label("From", exact=True)).to_have_value("15:35")
        expect(page.get_by_label("Title")).to_have_value("Quarterly review")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Quarterly review")
        expect(page.get_by_text("The meeting is registered.")).to_be_visible()
        expect(page.locator(".meeting-when")).to_contain_text("15:35–16:35")


def test_tomorrows_meetings_are_reconfirmed_one_after_the_other(desk: Desk) -> None:
    first, second = (desk.meeting(f"Tomorrow {number}", desk.at_hour(9 + number, day=1)) for number in (1, 2))
    with desk.open("/desk/meetings/reconfirm") as page:
        count = page.locator('[id="desk.reconfirm_count"]')
        expect(count).to_contain_text("2", timeout=LIVE)
        row = page.locator(f'[id="reconfirm-{second}"]')
        row.get_by_label("People").fill("11")
        # A number that is being typed stays, though somebody else confirms the meeting above it.
        stands = meeting_of(desk.house.door, first)
        same: dict[str, Any] = {"layout": stands.layout, "guaranteed": 8, "contact_name": "曾静怡", "contact_phone": ""}
        service.reconfirm(desk.house.door, internal(), meeting_id=first, version=stands.version, **same)
        page.get_by_role("heading", level=1).click()
        expect(page.locator(f'[id="reconfirm-{first}"]')).to_be_hidden(timeout=LIVE)
        expect(row.get_by_label("People")).to_have_value("11")
        row.get_by_label("Contact").fill("")
        row.get_by_role("button", name="Confirm: Tomorrow 2").press("Enter")
        expect(page.get_by_label("Contact")).to_be_focused()
        page.wait_for_load_state()
        page.get_by_label("Contact").fill("欧阳修")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The meeting is confirmed.")).to_be_visible()
        expect(page.get_by_text("Nothing is to be reconfirmed")).to_be_visible()
        expect(count).not_to_contain_text("2")
    assert (meeting_of(desk.house.door, second).guaranteed, meeting_of(desk.house.door, second).contact_name) == (11, "欧阳修")


def test_a_change_shows_who_has_not_acknowledged_it_and_a_cancellation_is_taken_back(desk: Desk) -> None:
    meeting = desk.meeting("Product training", desk.at_hour(13))
    with desk.open(f"/desk/meetings/{meeting}") as page, desk.open("/desk/meetings") as day:
        page.get_by_role("link", name="Change").press("Enter")
        page.wait_for_url("**/change")
        page.get_by_label("From", exact=True).fill("13:30")
        page.keyboard.press("Tab")
        # It lasts as long as before.
        expect(page.get_by_label("Until")).to_have_value("14:30")
        page.keyboard.press("Enter")
        change = page.locator(".change")
        expect(change).to_contain_text("13:00")
        expect(change).to_contain_text("13:30")
        expect(change).to_contain_text("Not acknowledged by")
        row = day.locator(f'[id="meeting-{meeting}"]')
        expect(row).to_contain_text("13:30", timeout=LIVE)
        expect(row).to_contain_text("Change not acknowledged by")
        (told,) = changes_of(desk.house, meeting)
        for person in told.unseen:
            service.acknowledge_change(desk.house.door, internal(), change_id=told.change_id, staff_id=person.staff_id)
        expect(change).to_be_hidden(timeout=LIVE)
        page.get_by_role("link", name="Cancel …").press("Enter")
        expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
        page.get_by_role("dialog").get_by_label("Reason").fill("Moved to next week")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator(".meeting-now")).to_contain_text("Moved to next week", timeout=LIVE)
        expect(row.get_by_text("Cancelled")).to_be_visible(timeout=LIVE)
        page.get_by_role("button", name="Undo").press("Enter")
        expect(row.get_by_text("Cancelled")).to_be_hidden(timeout=LIVE)


def test_a_step_is_done_from_the_sheet_and_what_is_refused_is_asked_in_a_dialog(desk: Desk) -> None:
    meeting = desk.meeting("Town hall", desk.at_hour(16), category="important", tea_minutes=None)
    with desk.open(f"/desk/meetings/{meeting}") as page:
        page.get_by_role("button", name="Done: Lights on").press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("Too early")
        dialog.get_by_role("textbox", name="Reason optional").fill("All at once")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("button", name="Undo: Lights on")).to_be_visible(timeout=LIVE)
        page.get_by_role("link", name="Answered …: Ask security to help").press("Enter")
        dialog.get_by_role("textbox", name="Reason optional").fill("Early")
        page.keyboard.press("Enter")
        expect(dialog.get_by_label("Who answered for: Security")).to_have_attribute("aria-invalid", "true")
        dialog.get_by_label("Who answered for: Security").fill("Captain Zhao")
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.get_by_text("answered: Captain Zhao")).to_be_visible(timeout=LIVE)
        page.get_by_role("link", name="More: Draw supplies, check expiry").press("Enter")
        dialog.get_by_role("button", name="Skip it · Others did it").press("Enter")
        expect(page.get_by_text("Draw supplies, check expiry: skipped.")).to_be_visible()
        page.get_by_role("button", name="Undo", exact=True).last.press("Enter")
        expect(page.get_by_role("link", name="More: Draw supplies, check expiry")).to_be_visible(timeout=LIVE)


def test_a_call_from_a_room_is_answered_at_the_desk_and_an_extension_that_collides_says_with_what(desk: Desk) -> None:
    room = make_room(desk.house.door, name="B07", capacity=40)
    meeting = desk.meeting("Supplier talk", desk.at_hour(9, 40), room=room)
    desk.meeting("Next in line", desk.at_hour(11, 20), room=room)
    service.start_meeting(desk.house.door, internal(), meeting_id=meeting)
    with desk.open("/desk") as page:
        make_room_call(desk.house.door, room, "technician", meeting_id=meeting, note="no signal")
        call = page.get_by_role("article").filter(has_text="B07 · Technician")
        expect(call).to_contain_text("no signal", timeout=LIVE)
        call.get_by_role("button", name="Somebody goes: B07 · Technician").click()
        expect(call).to_contain_text("On the way", timeout=LIVE)
        call.get_by_role("button", name="Done: B07 · Technician").click()
        expect(call).to_be_hidden(timeout=LIVE)
        page.get_by_role("button", name="Undo").last.click()
        expect(call).to_be_visible(timeout=LIVE)
        call.get_by_role("link", name="Meeting").click()
        page.wait_for_url(f"**/meetings/{meeting}")
        page.get_by_role("button", name="+60 min").click()
        said = page.locator(".toast-bad")
        expect(said).to_contain_text("B07 is taken")
        expect(said.get_by_role("link", name="Next in line")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_dialogs_and_a_refused_form_are_accessible(desk: Desk, lang: str) -> None:
    room = make_room(desk.house.door, capacity=40)
    meeting = desk.meeting(LONG, desk.at_hour(18), room=room, category="vip", tea_minutes=15, contact_name=LONG[:60])
    step = steps_of(desk.house.door, meeting)["draw_supplies"].id
    faults = {}
    with desk.open(f"/desk/meetings/{meeting}", lang=lang, role="supervisor") as page:
        for path in (f"/desk/meetings/steps/{step}", f"/desk/meetings/{meeting}/attendants", f"/desk/meetings/{meeting}/cancel"):
            page.locator(f'a[hx-get="{path}"]').first.click()
            expect(page.get_by_role("dialog")).to_be_visible()
            faults[path] = violations(page)
            page.keyboard.press("Escape")
        page.goto(f"/desk/meetings/adhoc?room={room}")
        for name, value in (("title", LONG), ("begins", "18:00"), ("ends", "19:00"), ("contact_name", "曾"), ("contact_phone", "138")):
            page.locator(f'input[name="{name}"]').fill(value)
        page.locator("#meeting-save").click()
        expect(page.locator(".form-error, .field-error").first).to_be_visible()
        page.wait_for_load_state()
        assert page.evaluate(TOO_WIDE) == []
        faults["form"] = violations(page)
        page.goto("about:blank")
    # What axe itself writes into a page is against the policy.
    desk.problems.clear()
    assert {name: found for name, found in faults.items() if found} == {}

"""The front desk in Chromium, against the house itself: worked by keyboard and by scanner, live, accessible, on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from server.domain.assistance import service as assistance
from server.domain.staff import passwords
from server.domain.staff import service as staff
from server.domain.staff.queries import staff_list
from server.domain.visits import queries, service
from tests.browser.axe import violations
from tests.factories import (
    PASSWORD,
    internal,
    make_device,
    make_host,
    make_invitation,
    make_staff,
    make_tenant,
    make_visit,
    pass_of,
    visit_of,
)
from tests.services.house import LiveHouse

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 800}
LIVE = 15_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""
LONG = "Wolfeschlegelsteinhausen-Bergerdorff Jr."
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

Lang = Literal["zh", "en"]

SCAN = """async (text) => {
  await import('/static/js/wedge.js');
  // As a scanner types: by key codes, twelve milliseconds apart, whatever the machine has to do meanwhile.
  const codes = {':': 'Semicolon', '/': 'Slash', '.': 'Period', '-': 'Minus'};
  let at = performance.now();
  for (const sign of [...text, '\\n']) {
    const code = sign === '\\n' ? 'Enter' : codes[sign] ?? (/\\d/.test(sign) ? `Digit${sign}` : `Key${sign}`);
    const event = new KeyboardEvent('keydown', {code, shiftKey: /[A-Z:]/.test(sign), key: 'Process', bubbles: true, cancelable: true});
    Object.defineProperty(event, 'timeStamp', {value: at += 12});
    (document.activeElement ?? document.body).dispatchEvent(event);
  }
}"""


@dataclass
class Desk:
    """A running house with a tenant and a host, and browsers at its desk; ``problems`` is what their consoles complain of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)
    host: int = 0

    def __post_init__(self) -> None:
        tenant = make_tenant(self.house.door, name="星河医药", name_en="Galaxy Medical", floor="7")
        self.host = make_host(self.house.door, tenant_id=tenant, name="朴正浩", name_en="Piao Zhenghao")

    @contextmanager
    def at(self, role: str = "desk", *, lang: Lang = "en", path: str = "/desk") -> Iterator[Page]:
        """Log somebody in on a screen of his own and open ``path``."""
        context = self.browser.new_context(viewport=SCREEN, base_url=self.house.base_url)  # type: ignore[arg-type]  # a plain dict of two numbers
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        make_staff(self.house.door, role, name="林晓", username=f"{role}{len(lang)}{id(context)}")
        page.goto(f"/desk/login?lang={lang}&next={path}")
        # The browser puts the cursor into the field when it first draws the page, which may be after it is loaded.
        expect(page.locator("#f-username")).to_be_focused()
        page.keyboard.type(f"{role}{len(lang)}{id(context)}")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".desk-side")).to_be_visible()
        page.wait_for_load_state()
        yield page
        context.close()

    def _note(self, kind: str, text: str) -> None:
        # A page that answers 404 or 409 is also a failed resource to the console; what is on the page is asserted instead.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)


@pytest.fixture
def desk(serve: Callable[..., LiveHouse], browser: Browser) -> Iterator[Desk]:
    made = Desk(house=serve("sqlite"), browser=browser)
    yield made
    assert made.problems == []


def test_a_visitor_is_looked_after_from_the_lobby_to_the_door(desk: Desk) -> None:
    with desk.at() as page:
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        visit = make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan", company="Blue Bridge", companions=2)
        row = page.locator(f'[id="waiting-{visit}"]')
        expect(row).to_contain_text("Zhou Lan", timeout=LIVE)
        row.get_by_role("link", name="Answer for the host of Zhou Lan").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Coming 3 min").click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("status").get_by_text("Zhou Lan is told that the host is coming.")).to_be_visible()
        expect(row).to_contain_text("Coming · in", timeout=LIVE)
        row.get_by_role("button", name="Met: Zhou Lan").click()
        expect(row).to_be_hidden(timeout=LIVE)
        inside = page.get_by_role("region", name="In the building")
        inside.get_by_role("button", name="Left: Zhou Lan").click()
        expect(inside.get_by_text("Zhou Lan")).to_be_hidden(timeout=LIVE)
        page.get_by_role("button", name="Undo").last.click()
        expect(inside.get_by_text("Zhou Lan")).to_be_visible(timeout=LIVE)


def test_everything_is_a_slash_and_a_few_keys_away(desk: Desk) -> None:
    visit = make_visit(desk.house.door, host_id=desk.host, name="陈志远", phone="13831939071")
    with desk.at(lang="zh", path="/desk/people") as page:
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="查找访客、被访人或会议")).to_be_focused()
        page.keyboard.type("chenzhi")
        expect(page.locator("#found").get_by_role("link")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/desk/visits/{visit}")
        expect(page.get_by_role("heading", level=1)).to_have_text("陈志远")
        page.keyboard.press("/")
        page.keyboard.type("9071")
        expect(page.locator("#found").get_by_role("link")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator("#found").get_by_role("link")).to_have_count(0)


def test_a_scanner_opens_the_record_wherever_one_is(desk: Desk) -> None:
    visit = make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan")
    address = f"{desk.house.base_url}/v/{pass_of(desk.house.door, visit).token}".upper()
    with desk.at(path="/desk/devices") as page:
        page.evaluate(SCAN, address)
        page.wait_for_url(f"**/desk/visits/{visit}")
        page.goto("/desk/visits/new")
        page.get_by_label("Visitor", exact=True).focus()
        page.evaluate(SCAN, address)
        page.wait_for_url(f"**/desk/visits/{visit}")


def test_a_walk_in_chooses_a_host_and_is_signed_in(desk: Desk) -> None:
    with desk.at(path="/desk/visits/new") as page:
        page.get_by_role("searchbox", name="Find a host").fill("piao")
        page.get_by_role("radio", name="Piao Zhenghao").check()
        page.get_by_label("Visitor", exact=True).fill("Old Mr Wang")
        page.get_by_role("button", name="Companions: one more").click()
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Old Mr Wang")
        expect(page.get_by_text("Signed in. The host is told.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Signed in. The host is told.")).to_have_count(0)


def test_what_was_typed_survives_a_wrong_form(desk: Desk) -> None:
    with desk.at(path="/desk/visits/new") as page:
        page.get_by_label("Company").fill("Blue Bridge")
        page.get_by_label("Phone").fill("call me")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Visitor", exact=True)).to_be_focused()
        expect(page.get_by_label("Company")).to_have_value("Blue Bridge")
        expect(page.get_by_text("This is not a phone number.", exact=False)).to_be_visible()


def test_a_record_that_is_open_changes_by_itself(desk: Desk) -> None:
    visit = make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan")
    with desk.at(path=f"/desk/visits/{visit}") as page:
        expect(page.get_by_text("Record opened")).to_be_visible(timeout=LIVE)
        service.admit(desk.house.door, internal(), visit_id=visit)
        expect(page.locator(".record-now").get_by_text("Inside")).to_be_visible(timeout=LIVE)
        expect(page.locator(".history").get_by_text("Let in")).to_be_visible(timeout=LIVE)


def test_two_at_the_desk_tap_at_once_and_the_second_is_told(desk: Desk) -> None:
    visit = make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan")
    with desk.at() as page:
        page.route("**/socket.io/**", lambda route: route.abort())
        page.reload()
        service.sign_out(desk.house.door, internal(), visit_id=visit)
        page.get_by_role("button", name="Met: Zhou Lan").click()
        expect(page.get_by_text("The visitor no longer waits: somebody was faster.")).to_be_visible()
    assert visit_of(desk.house.door, visit).met_at is None


def test_a_call_from_a_kiosk_is_seen_on_every_page_and_answered(desk: Desk) -> None:
    kiosk = make_device(desk.house.door, name="East gate 1")
    with desk.at(path="/desk/people") as page:
        assistance.call_person(desk.house.door, internal(), device_id=kiosk)
        band = page.get_by_role("link", name="1 kiosk calls for a person")
        expect(band).to_be_visible(timeout=LIVE)
        band.click()
        page.get_by_role("button", name="I am going to East gate 1").click()
        expect(page.get_by_role("heading", name="East gate 1 calls for a person")).to_be_hidden(timeout=LIVE)


def test_an_invitation_is_made_and_its_link_copied(desk: Desk) -> None:
    with desk.at(path="/desk/invitations/new") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("searchbox", name="Find a host").fill("星河")
        page.get_by_role("radio", name="Piao Zhenghao").check()
        page.get_by_label("Visitor", exact=True).fill(LONG)
        page.get_by_role("radio", name="On some weekdays").check()
        page.get_by_label("Mon").check()
        page.get_by_label("To day").fill("2030-01-01")
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_text("At most 400 days, please.")).to_be_visible()
        page.get_by_label("To day").fill("")
        page.get_by_role("radio", name="Once").check()
        page.get_by_label("From", exact=True).fill("00:00")
        page.get_by_label("Until").fill("23:59")
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_role("img", name="QR code of the pass")).to_be_visible()
        page.get_by_role("button", name="Copy the link").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
    today = desk.house.door.clock.now().astimezone(desk.house.settings.zone).date()
    with desk.house.door.reading() as session:
        assert queries.visit_of_token(session, desk.house.keys, copied.rpartition("/")[2], today) is not None


def test_a_list_is_looked_at_before_it_is_imported(desk: Desk) -> None:
    content = "公司,楼层,姓名,电话\n星河医药,8,朴正浩,13800138000\n星河医药,8,解明,abc\n".encode("utf-8-sig")
    with desk.at("supervisor", path="/desk/people/import") as page:
        page.get_by_label("File").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": content})
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("row", name="解明")).to_contain_text("faulty")
        expect(page.get_by_role("row", name="解明")).to_contain_text("Column D")
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("The list is imported.")).to_be_visible()
        expect(page.get_by_role("row", name="Galaxy Medical")).to_contain_text("8")


def test_somebody_let_go_sees_the_login_and_nothing_else(desk: Desk) -> None:
    with desk.at() as page, desk.house.door.reading() as session:
        (card,) = staff_list(session)
        make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan")
        expect(page.get_by_text("Zhou Lan").first).to_be_visible(timeout=LIVE)
        hashed = passwords.hash_password(desk.house.keys, "another one for tests", username="")
        staff.reset_password(desk.house.door, internal(), staff_id=card.id, password=hashed)
        expect(page.get_by_role("button", name="Log in")).to_be_visible(timeout=2 * LIVE)


def fill(desk: Desk) -> None:
    """Put far too much into the house: sixty who wait, with names as long as they come."""
    door = desk.house.door
    long = make_host(
        door,
        tenant_id=make_tenant(door, name=f"{LONG} & {LONG}"[:80], name_en=f"{LONG} & {LONG}"[:80], floor="12"),
        name=LONG,
        name_en=LONG,
    )
    for number in range(60):
        make_visit(
            door, host_id=long if number % 2 else desk.host, name=LONG if number % 2 else f"周{number}", company=LONG, companions=number % 3
        )
    service.sign_out(door, internal(), visit_id=2)
    make_invitation(door, host_id=long, name=LONG, begins=timedelta(minutes=5))
    assistance.call_person(door, internal(), device_id=make_device(door, name=LONG))


@pytest.mark.parametrize("path", ["/desk", "/desk/people", "/desk/devices", "/desk/invitations", "/desk/rollcall"])
def test_nothing_to_show_is_drawn(desk: Desk, path: str) -> None:
    with desk.at("admin", path=path) as page:
        expect(page.locator(".state, .table").first).to_be_visible()


def test_the_dialog_of_answers_is_accessible(desk: Desk) -> None:
    make_visit(desk.house.door, host_id=desk.host, name="Zhou Lan")
    with desk.at() as page:
        page.get_by_role("link", name="Answer for the host of Zhou Lan").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []
        page.goto("about:blank")
    desk.problems.clear()


def test_paper_holds_the_list_and_nothing_of_the_screen(desk: Desk) -> None:
    fill(desk)
    with desk.at(lang="zh", path="/desk/rollcall") as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 703, "height": 1000})
        expect(page.locator(".desk-side")).to_be_hidden()
        expect(page.get_by_role("button", name="打印")).to_be_hidden()
        assert page.evaluate(TOO_WIDE) == 0
        widths = page.evaluate("() => [...document.querySelectorAll('.sheet td')].every((one) => one.scrollWidth <= one.clientWidth + 1)")
        assert widths
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 3

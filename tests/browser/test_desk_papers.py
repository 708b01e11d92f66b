"""The papers of the meeting floor in Chromium: rooms and their photos, run sheets, the year, registers on a screen and on A4."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server.domain.rooms import queries as rooms
from tests.browser.axe import violations
from tests.browser.papers_stage import Papers, fill, picture
from tests.factories import PASSWORD, make_staff
from tests.services.house import LiveHouse, open_house

pytestmark = pytest.mark.browser

Lang = Literal["zh", "en"]
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll(".sheet, .sheet :is(table, th, td, li, p, h2)")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
    .map((one) => one.textContent.trim().slice(0, 40))"""
"""What is wider than its place on paper."""
BIG = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2000, height: 1500 });
  const brush = canvas.getContext("2d"), noise = brush.createImageData(2000, 1500);
  for (let i = 0, seed = 1; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : (seed = (seed * 48271) % 2147483647) & 255;
  brush.putImageData(noise, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const list = new DataTransfer();
  list.items.add(new File([blob], "phone.png", { type: "image/png" }));
  const input = document.querySelector("[data-photo]");
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return blob.size;
}"""
"""Choose a photo as a phone makes it: far larger than may be sent."""


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """One running house for this file."""
    data = tmp_path_factory.mktemp("papers")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data) as opened:
        for role in ("desk", "supervisor"):
            make_staff(opened.door, role, name="林晓", username=f"papers.{role}")
        yield opened


@pytest.fixture(scope="module")
def papers(house: LiveHouse) -> Papers:
    """The house with far too much on paper."""
    return fill(house)


@dataclass
class Desk:
    """Browsers at the desk; ``problems`` is what their pages complain of."""

    house: LiveHouse
    browser: Browser
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def at(self, path: str, *, lang: Lang = "en", role: str = "supervisor") -> Iterator[Page]:
        """Open ``path`` as somebody who is logged in."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 800}, base_url=self.house.base_url)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self.problems.append(message.text) if "Content Security Policy" in message.text else None)
        page.goto(f"/desk/login?lang={lang}&next={path}")
        page.get_by_role("textbox").first.fill(f"papers.{role}")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".desk-side")).to_be_visible()
        page.wait_for_load_state()
        yield page
        context.close()


@pytest.fixture
def desk(house: LiveHouse, browser: Browser) -> Iterator[Desk]:
    """The desk; a test fails if one of its pages complained."""
    made = Desk(house=house, browser=browser)
    yield made
    assert made.problems == []


def test_a_phones_photo_is_made_smaller_before_it_is_sent_and_undo_brings_it_back(papers: Papers, desk: Desk) -> None:
    room = papers.rooms[3]
    with desk.at(f"/desk/rooms/{room}/layouts/theatre") as page:
        assert page.evaluate(BIG) > 6_000_000
        page.get_by_role("button", name="Send the photo").click()
        shown = page.get_by_role("img", name="Theatre, the finished room")
        expect(shown).to_be_visible()
        assert shown.evaluate("(one) => one.decode().then(() => [one.naturalWidth, one.naturalHeight])") == [1600, 1200]
        digest = str(shown.get_attribute("src")).rpartition("/")[2]
        with papers.house.door.reading() as session:
            kind, content = rooms.photo(session, digest)
        assert (kind, len(content) < 1_500_000) == ("image/jpeg", True)
        page.get_by_role("button", name="Show it no longer").click()
        expect(page.get_by_text("No photo yet")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(shown).to_be_visible()


def test_what_is_no_picture_is_sent_as_it_is_and_refused(papers: Papers, desk: Desk) -> None:
    with desk.at(f"/desk/rooms/{papers.rooms[3]}/layouts/ushape") as page:
        page.get_by_label("Photo", exact=True).set_input_files({"name": "room.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})
        page.get_by_role("button", name="Send the photo").click()
        expect(page.get_by_text("Please choose a photo: JPEG, PNG or WebP.")).to_be_visible()
        page.get_by_label("Photo", exact=True).set_input_files({"name": "room.png", "mimeType": "image/png", "buffer": picture()})
        expect(page.get_by_text("Ready to send:")).to_be_visible()


def test_a_room_goes_out_of_use_and_is_brought_back_by_its_toast(papers: Papers, desk: Desk) -> None:
    with desk.at(f"/desk/rooms/{papers.rooms[4]}") as page:
        page.get_by_role("button", name="Take out of use").click()
        expect(page.get_by_role("heading", name="Meeting rooms")).to_be_visible()
        expect(page.get_by_role("link", name="206")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("206")


def test_a_line_of_a_run_sheet_is_changed_and_set_back_by_keyboard(papers: Papers, desk: Desk) -> None:
    with desk.at("/desk/sheets?category=vip") as page:
        page.get_by_role("link", name="Change Lights on").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/lights_on**", wait_until="load")
        page.get_by_label("Minutes", exact=True).fill("20")
        page.keyboard.press("Enter")
        row = page.get_by_role("row", name="Lights on")
        expect(row).to_contain_text("20 min before")
        expect(row).to_contain_text("the plan: 15 min before")
        row.get_by_role("button", name="Lights on as the plan has it").click()
        expect(row).not_to_contain_text("the plan:")
        page.get_by_role("button", name="Undo").click()
        expect(row).to_contain_text("20 min before")


def test_a_holiday_is_marked_by_its_day_and_the_year_is_confirmed(papers: Papers, desk: Desk) -> None:
    year = papers.ahead.year + 2
    with desk.at(f"/desk/calendar?year={year}") as page:
        page.get_by_role("link", name=re.compile(rf" 6 April {year}")).click()
        expect(page.get_by_label("Day", exact=True)).to_have_value(f"{year}-04-06")
        page.get_by_label("Until, if several").fill(f"{year}-04-08")
        page.get_by_role("radio", name="Day off").check()
        page.get_by_label("Note").fill("清明节")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".month .is-free.is-said")).to_have_count(3)
        expect(page.get_by_text("清明节 · 3 days")).to_be_visible()
        page.get_by_role("button", name=f"Confirm the year {year}").click()
        expect(page.get_by_text("confirmed on")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name=f"Confirm the year {year}")).to_be_visible()


def test_a_register_comes_as_a_file_named_by_its_day(papers: Papers, desk: Desk) -> None:
    with desk.at("/desk/registers", lang="zh", role="desk") as page:
        page.locator("#log-day").fill(papers.held.isoformat())
        with page.expect_download() as coming:
            page.get_by_role("button", name="Excel").first.click()
        assert coming.value.suggested_filename == f"会议服务日志簿-{papers.held}.xlsx"


PAPER = {
    "log": ("/desk/registers/log?day={held}", "landscape"),
    "usage": ("/desk/registers/usage?from={first}&to={held}", "landscape"),
    "month": ("/desk/registers/month?month={month}", "landscape"),
    "sheets": ("/desk/papers/run-sheet?day={ahead}", "portrait"),
}
"""What is printed → its address, and how the paper lies."""


@pytest.mark.parametrize(
    ("what", "lang"), [("log", "zh"), ("usage", "zh"), ("usage", "en"), ("month", "en"), ("sheets", "zh"), ("sheets", "en")]
)
def test_paper_holds_the_whole_register_and_nothing_of_the_screen(papers: Papers, desk: Desk, what: str, lang: Lang) -> None:
    path, lies = PAPER[what]
    days = {"held": papers.held, "ahead": papers.ahead, "month": f"{papers.held:%Y-%m}", "first": papers.held.replace(day=1)}
    with desk.at(path.format(**days), lang=lang) as page:
        page.emulate_media(media="print")
        # The paper's own width, less its margins, at 96 dots an inch.
        page.set_viewport_size({"width": 1046 if lies == "landscape" else 703, "height": 1000})
        expect(page.locator(".desk-side")).to_be_hidden()
        expect(page.locator("form.register-form")).to_be_hidden()
        assert page.evaluate(TOO_WIDE) == 0
        assert page.evaluate(CLIPPED) == []
        pdf = page.pdf(prefer_css_page_size=True)
        boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
        assert {(round(float(width)), round(float(height))) for width, height in boxes} == {
            (842, 595) if lies == "landscape" else (595, 842)
        }
        if what == "sheets":
            assert pdf.count(b"/Type /Page\n") >= page.locator("article.sheet").count() >= 4


def test_in_the_evening_the_first_page_reminds_of_tomorrows_paper(papers: Papers, desk: Desk) -> None:
    with desk.at("/desk", role="desk") as page:
        expect(page.get_by_role("link", name="Run sheets", exact=True)).to_be_visible()
        for hour, is_shown in (("00:00", True), ("24:00", False)):
            page.route("**/desk", partial(as_if_its_hour_were, hour))
            page.goto("/desk")
            expect(page.get_by_text("Print the run sheets for tomorrow")).to_be_visible(visible=is_shown)


def as_if_its_hour_were(hour: str, route: Route) -> None:
    """Answer with the house's own page, whose reminder begins at another hour: the clock need not be turned for it."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('data-from-hour="17:30"', f'data-from-hour="{hour}"'))


PAGES = (
    *("/desk/rooms/1", "/desk/rooms/1/layouts/ushape", "/desk/sheets", "/desk/sheets/ordinary/check_room"),
    *("/desk/calendar", "/desk/registers/month", "/desk/papers/run-sheet?day=2020-01-01"),
)
"""Pages with what is on none of the others; tests/browser/test_every_screen.py goes to all."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_on_any_page_and_nothing_is_too_wide(papers: Papers, desk: Desk, lang: Lang) -> None:
    found: dict[str, object] = {}
    with desk.at("/desk/account", lang=lang) as page:
        for path in PAGES:
            page.set_viewport_size({"width": 1280, "height": 800} if lang == "zh" else {"width": 800, "height": 1280})
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            if wide := page.evaluate(TOO_WIDE):
                found[path] = wide
            if wrong := violations(page):
                found[path] = wrong
        page.goto("about:blank")
    # What axe itself writes into a page is against the policy; what the pages do is seen by the other tests.
    desk.problems.clear()
    assert found == {}

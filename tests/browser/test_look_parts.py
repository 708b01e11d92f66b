"""The page of parts in a real browser: accessible, inside the screen, within the policy, in every density and theme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.look_house import Look, open_look

SIZES = {"kiosk": (1080, 1920), "tablet": (1280, 800), "board": (1920, 1080), "desk": (1280, 900), "phone": (390, 844)}
SMALLEST_TARGET = {"kiosk": 48, "tablet": 48, "phone": 44}

MILLIMETRES = 25.4 / 96
"""In one CSS pixel."""

SMALL_TARGETS = """(least) => [...document.querySelectorAll('main button, main a, main input:not([type=hidden])')]
  .filter((each) => each.checkVisibility() && !each.closest('.parts-head, dialog') && getComputedStyle(each).opacity !== '0')
  .map((each) => [each.outerHTML.slice(0, 80), (each.closest('label') ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.height < least || box.width < least)
  .map(([html, box]) => `${html} ${Math.round(box.width)}×${Math.round(box.height)}`)"""


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    with open_look() as opened:
        yield opened


def _open(page: Page, look: Look, density: str, **query: str) -> list[str]:
    """Open the parts; the list fills with whatever the browser complains about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    width, height = SIZES[density]
    page.set_viewport_size({"width": width, "height": height})
    asked = "&".join(f"{name}={value}" for name, value in {"density": density, **query}.items())
    page.goto(f"{look.address}/parts?{asked}")
    return complaints


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("density", "lang"), [("kiosk", "zh"), ("desk", "en"), ("phone", "zh")])
def test_axe_finds_nothing_on_the_page_of_parts(page: Page, look: Look, density: str, lang: str, theme: str) -> None:
    _open(page, look, density, theme=theme, lang=lang)
    assert violations(page) == []


ANIMATED = """() => Promise.all(
  document.getAnimations().filter((each) => each.effect.getComputedTiming().endTime !== Infinity).map((each) => each.finished)
)"""
"""Ends when whatever comes to rest has come to rest; a spinner never does."""


def test_axe_finds_nothing_in_an_open_dialog_and_in_a_toast(page: Page, look: Look) -> None:
    _open(page, look, "kiosk", lang="en")
    page.get_by_role("button", name="Delete my visit").click()
    expect(page.get_by_role("dialog", name="Delete this visit for good?")).to_be_visible()
    # Half shown, its words have half their contrast.
    page.evaluate(ANIMATED)
    assert violations(page) == []


@pytest.mark.parametrize("density", list(SIZES))
def test_nothing_is_wider_than_the_screen_and_the_browser_has_no_complaint(page: Page, look: Look, density: str) -> None:
    for text in ("", "large"):
        for lang in ("zh", "en"):
            complaints = _open(page, look, density, text=text, lang=lang)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (text, lang)
            assert not complaints


@pytest.mark.parametrize("density", list(SMALLEST_TARGET))
def test_every_target_is_large_enough_for_a_finger(page: Page, look: Look, density: str) -> None:
    _open(page, look, density, lang="zh")
    assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET[density]) == []


def test_an_error_is_tied_to_its_field(page: Page, look: Look) -> None:
    _open(page, look, "desk", lang="en")
    field = page.get_by_label("A field with an error")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("A mobile number has eleven digits. Eleven digits, please.")


def test_a_lane_is_named_by_its_label_and_described_by_its_hint(page: Page, look: Look) -> None:
    _open(page, look, "kiosk", lang="zh")
    lane = page.get_by_role("link", name="访客签到", exact=True)
    expect(lane).to_have_accessible_description("第一次来，或没有邀请码")


def test_a_stepper_stays_within_its_bounds_and_greys_the_key_that_leads_nowhere(page: Page, look: Look) -> None:
    _open(page, look, "desk", lang="en")
    less, more = page.get_by_role("button", name="one less"), page.get_by_role("button", name="one more")
    number = page.get_by_role("spinbutton", name="Companions", exact=True)
    expect(less).to_be_disabled()
    more.click()
    more.click()
    expect(number).to_have_value("2")
    expect(less).to_be_enabled()
    number.fill("99")
    number.blur()
    expect(number).to_have_value("20")
    expect(more).to_be_disabled()


def test_reduced_motion_is_respected(page: Page, look: Look) -> None:
    page.emulate_media(reduced_motion="reduce")
    _open(page, look, "desk")
    assert page.evaluate("getComputedStyle(document.querySelector('.spinner')).animationIterationCount") == "1"


def test_the_large_text_of_the_kiosk_is_forty_one_pixels(page: Page, look: Look) -> None:
    _open(page, look, "kiosk", text="large")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "41px"


def test_a_printed_page_of_parts_has_labels_of_62_by_90_millimetres(page: Page, look: Look) -> None:
    _open(page, look, "desk", lang="zh")
    page.emulate_media(media="print")
    label, qr = page.locator(".label").first.bounding_box(), page.locator(".label div.qr").first.bounding_box()
    assert label
    assert qr
    assert [round(label[side] * MILLIMETRES) for side in ("width", "height")] == [62, 90]
    quiet_share = page.locator(".label div.qr svg").first.evaluate("(svg) => 1 - 8 / svg.viewBox.baseVal.width")
    assert qr["width"] * MILLIMETRES * quiet_share >= 30
    assert qr["y"] + qr["height"] <= label["y"] + label["height"]


LABEL = """{{ ui.visitor_label("Park", "NAME", "Tenant · Host · 5F", qr("HTTPS://EXAMPLE.TEST/V/3F7K2M9QXW4T8B6N"), "QR", "Guest", "today",
"482 915") }}"""


def test_labels_print_one_on_each_label_of_the_roll(page: Page, look: Look) -> None:
    page.goto(look.page("/labels", LABEL.replace("NAME", "曾怡") + LABEL.replace("NAME", "Alexandra Featherstonehaugh-Wolfeschlegel")))
    printed = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [tuple(round(float(side) / 72 * 25.4) for side in sheet) for sheet in sheets] == [(62, 90), (62, 90)]


def test_a_long_list_prints_on_a4_with_its_head_on_each_page_and_no_column_cut(page: Page, look: Look) -> None:
    rows = "[" + ",".join(f"('Visitor {n}', 'Host of a company with a long name', '09:02')" for n in range(120)) + "]"
    cells = "{% for part in item %}<td>{{ part }}</td>{% endfor %}"
    table = f"{{% call(item) ui.table(['Visitor', 'Host', 'Since'], {rows}, 'All') %}}{cells}{{% endcall %}}"
    page.goto(look.page("/list", f"<div class='desk'><aside class='desk-side'>side</aside><main class='desk-main'>{table}</main></div>"))
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('.table').scrollWidth <= document.querySelector('.table-scroll').clientWidth")
    expect(page.locator(".desk-side")).to_be_hidden()
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert len(sheets) > 1
    assert {tuple(round(float(side) / 72 * 25.4) for side in sheet) for sheet in sheets} == {(210, 297)}

"""The kiosk's own keyboard: Chinese by pinyin, English, numbers; never over its field; a real keyboard goes on working."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.look_house import Look, open_look

SIZES = {"portrait": (1080, 1920), "landscape": (1280, 800)}
FORM = """<div class="screen"><header class="screen-head">head</header>
<form class="screen-form" method="post" action="/x"><main class="screen-body screen-body-top"><h1>Who</h1><div class="fields">
{{ ui.field('name', 'Name', keyboard='pinyin', attrs={'maxlength': 6}) }}
{{ ui.field('phone', 'Phone', keyboard='phone', type='tel') }}
{{ ui.field('firm', 'Company', keyboard='text') }}
</div></main><footer class="screen-foot">{{ ui.onward(back_href='#') }}</footer></form></div>"""


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    with open_look() as opened:
        yield opened


def _open(page: Page, look: Look, lang: str = "zh", size: str = "portrait") -> list[str]:
    width, height = SIZES[size]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": height})
    page.goto(look.page("/p", FORM, density="kiosk", lang=lang))
    return complaints


def _type(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f'.keyboard [data-skbtn="{key}"]').click()


def _press(page: Page, name: str) -> None:
    page.locator(f'.keyboard [data-skbtn="{{{name}}}"]').click()


def _word(page: Page, word: str) -> Locator:
    return page.locator(".keyboard").get_by_role("button", name=word, exact=True)


def test_a_chinese_name_is_spelled_and_chosen(page: Page, look: Look) -> None:
    complaints = _open(page, look)
    page.get_by_label("Name").click()
    _type(page, "zengyi")
    _word(page, "曾").click()
    _word(page, "怡").click()
    expect(page.get_by_label("Name")).to_have_value("曾怡")
    assert not complaints


@pytest.mark.parametrize(
    ("spelling", "surname"),
    [("zeng", "曾"), ("qiu", "邱"), ("piao", "朴"), ("shan", "单"), ("xie", "谢"), ("zha", "查"), ("ou", "欧"), ("ge", "葛")],
)
def test_surnames_stand_first_at_the_start_of_a_name(page: Page, look: Look, spelling: str, surname: str) -> None:
    _open(page, look)
    page.get_by_label("Name").click()
    _type(page, spelling)
    expect(page.locator(".keyboard-word").first).to_have_text(surname)


@pytest.mark.parametrize(
    ("spelling", "surname"),
    [("qiu", "仇"), ("xie", "解"), ("ou", "区"), ("ge", "盖"), ("yuchi", "尉迟"), ("moqi", "万俟"), ("ouyang", "欧阳")],
)
def test_misread_and_two_character_surnames_are_offered_at_once(page: Page, look: Look, spelling: str, surname: str) -> None:
    _open(page, look)
    page.get_by_label("Name").click()
    _type(page, spelling)
    expect(_word(page, surname)).to_be_visible()


def test_space_takes_the_first_word_and_backspace_first_unspells(page: Page, look: Look) -> None:
    _open(page, look)
    name = page.get_by_label("Name")
    name.click()
    _type(page, "lix")
    _press(page, "bksp")
    _press(page, "space")
    expect(name).to_have_value("李")
    _press(page, "bksp")
    expect(name).to_have_value("")


def test_letters_can_be_turned_to_capitals_and_stay_within_the_fields_length(page: Page, look: Look) -> None:
    _open(page, look, lang="en")
    name = page.get_by_label("Name")
    name.click()
    _press(page, "shift")
    _type(page, "A")
    _type(page, "lexandra")
    expect(name).to_have_value("Alexan")


def test_it_writes_at_the_caret_with_real_events(page: Page, look: Look) -> None:
    _open(page, look, lang="en")
    page.evaluate("window.heard = []; window.hear = (event) => heard.push(`${event.type} ${event.target.value}`); 0")
    page.evaluate("for (const kind of ['input', 'change']) document.addEventListener(kind, hear)")
    firm = page.get_by_label("Company")
    firm.click()
    _type(page, "ac")
    firm.press("ArrowLeft")
    _type(page, "b")
    _press(page, "done")
    expect(firm).to_have_value("abc")
    assert page.evaluate("heard") == ["input a", "input ac", "input abc", "change abc"]


def test_the_done_key_goes_to_the_next_field_and_closes_after_the_last(page: Page, look: Look) -> None:
    _open(page, look)
    page.get_by_label("Name").click()
    _press(page, "done")
    expect(page.get_by_label("Phone")).to_be_focused()
    _type(page, "138")
    expect(page.get_by_label("Phone")).to_have_value("138")
    _press(page, "done")
    expect(page.get_by_label("Company")).to_be_focused()
    _press(page, "done")
    expect(page.locator(".keyboard")).to_be_hidden()


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("label", ["Name", "Phone", "Company"])
def test_it_never_covers_the_field_and_its_keys_are_large(page: Page, look: Look, label: str, size: str) -> None:
    _open(page, look, size=size)
    field = page.get_by_label(label)
    field.click()
    expect(page.locator(".keyboard")).to_be_visible()
    keyboard, place = page.locator(".keyboard").bounding_box(), field.bounding_box()
    assert keyboard
    assert place
    assert place["y"] >= 0
    assert place["y"] + place["height"] <= keyboard["y"]
    least = 80 if size == "portrait" else 64
    keys = page.evaluate("[...document.querySelectorAll('.hg-button:not(.key-gap)')].map((key) => [key.offsetWidth, key.offsetHeight])")
    assert all(width >= 64 and height >= least for width, height in keys)


def test_a_real_keyboard_still_writes_and_enter_still_sends(page: Page, look: Look) -> None:
    _open(page, look)
    name = page.get_by_label("Name")
    name.click()
    name.press_sequentially("Li", delay=120)
    expect(name).to_have_value("Li")


def test_touching_elsewhere_closes_it(page: Page, look: Look) -> None:
    _open(page, look)
    page.get_by_label("Name").click()
    expect(page.locator(".keyboard")).to_be_visible()
    page.get_by_role("heading", name="Who").click()
    expect(page.locator(".keyboard")).to_be_hidden()

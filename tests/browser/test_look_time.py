"""Ages and the clock follow the server's time; an idle kiosk asks, then wipes; chimes keep to their hours (ages.js, idle.js, sound.js)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look_house import Look, open_look

IDLE = "{'idle-after': 45, 'idle-grace': 20}"
KIOSK = "<main><input aria-label='Name' value=''><p>here</p></main>{{ ui.idle_dialog('/wipe', '/home') }}"


@pytest.fixture
def look() -> Iterator[Look]:
    with open_look() as opened:
        opened.page("/home", "<p>home</p>")
        yield opened


def open_with(page: Page, address: str, module: str) -> None:
    """Open a page that loads a module by need, and wait until it runs: before that no test may turn the clock, or touch the page.

    By the protocol, since what Playwright evaluates in a page counts as a touch, and a touch switches the sound on.
    """
    with page.expect_response(lambda answer: answer.url.endswith(f"/js/{module}.js")):
        page.goto(address)
    run = f"import('/static/js/{module}.js').then(() => true)"
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": run, "awaitPromise": True, "userGesture": False})


AGES = {
    ("en", "age", "2026-11-23T00:48:00+00:00"): "12 min",
    ("zh", "age", "2026-11-23T00:48:00+00:00"): "12分钟",
    ("en", "age", "2026-11-23T00:59:30+00:00"): "just now",
    ("zh", "age", "2026-11-22T23:55:00+00:00"): "1小时5分",
    ("zh", "age", "2026-11-20T23:55:00+00:00"): "2天",
    ("en", "clock", "2026-11-23T00:59:12+00:00"): "0:48",
    ("en", "countdown", "2026-11-23T01:01:30+00:00"): "1:30",
    ("en", "countdown", "2026-11-23T00:30:00+00:00"): "0:00",
    ("en", "due", "2026-11-23T01:03:00+00:00"): "in 3 min",
    ("zh", "due", "2026-11-23T00:53:00+00:00"): "晚7分钟",
    ("zh", "due", "2026-11-23T01:00:20+00:00"): "现在",
}


@pytest.mark.parametrize(("lang", "style", "since"), list(AGES))
def test_an_age_is_counted_from_the_servers_clock_in_the_pages_language(page: Page, look: Look, lang: str, style: str, since: str) -> None:
    page.clock.install()
    page.clock.pause_at("2031-01-01T00:00:00Z")
    page.goto(look.page("/p", f"{{{{ ui.age('{since}', style='{style}') }}}}", lang=lang))
    expect(page.locator("time[data-since]")).to_have_text(AGES[lang, style, since])


def test_an_age_grows_and_the_clock_walks_whatever_the_devices_own_clock_says(page: Page, look: Look) -> None:
    page.clock.install(time="2019-05-05T00:00:00Z")
    page.goto(look.page("/p", "{{ ui.age('2026-11-23T00:48:00+00:00', split=True) }}{{ ui.clock() }}"))
    age, clock = page.locator("time[data-since]"), page.locator("time[data-clock]")
    expect(age).to_have_text("12min")
    expect(clock).to_have_text("09:00")
    page.clock.run_for(61_000)
    expect(age).to_have_text("13min")
    expect(clock).to_have_text("09:01")


def test_a_newly_arrived_age_is_filled_at_once_and_a_new_server_time_is_taken(page: Page, look: Look) -> None:
    page.goto(look.page("/p", "<div id='place'></div>"))
    page.evaluate("place.innerHTML = `<time data-since='2026-11-23T00:30:00Z'></time>`")
    expect(page.locator("#place time")).to_have_text("30 min")
    page.evaluate("import('/static/js/ages.js').then((ages) => ages.setServerNow('2026-11-23T03:00:00Z'))")
    expect(page.locator("#place time")).to_have_text("2 h 30 min")


def test_an_idle_kiosk_asks_and_one_button_goes_on(page: Page, look: Look) -> None:
    page.clock.install()
    open_with(page, look.page("/p", KIOSK, density="kiosk", data=IDLE), "idle")
    page.get_by_label("Name").fill("Zeng Yi")
    page.clock.run_for(44_000)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_hidden()
    page.clock.run_for(1_500)
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-idle-left]")).to_have_text(re.compile("^(20|19)$"))
    dialog.get_by_role("button", name="I am still here").click()
    expect(dialog).to_be_hidden()
    page.clock.run_for(40_000)
    expect(page.get_by_label("Name")).to_have_value("Zeng Yi")
    expect(dialog).to_be_hidden()


def test_a_kiosk_left_alone_is_wiped_and_there_is_nothing_to_go_back_to(page: Page, look: Look) -> None:
    page.clock.install()
    open_with(page, look.page("/p", KIOSK, density="kiosk", data=IDLE), "idle")
    page.evaluate("sessionStorage.draft = 'Zeng'; localStorage.draft = 'Zeng'; localStorage['yb:device:sound'] = 'on'")
    page.get_by_label("Name").fill("Zeng Yi")
    page.clock.run_for(46_000)
    page.clock.run_for(21_000)
    expect(page.get_by_text("home")).to_be_visible()
    assert [path for path, _, _ in look.posted] == ["/wipe"]
    assert look.posted[0][2]["X-CSRF-Token"] == "the-token"
    assert page.evaluate("[sessionStorage.draft, localStorage.draft, localStorage['yb:device:sound']]") == [None, None, "on"]
    page.go_back()
    expect(page.get_by_label("Name")).to_have_count(0)


def test_the_wipe_goes_through_when_the_server_is_away(page: Page, look: Look) -> None:
    page.clock.install()
    look.answers["/wipe"] = lambda: None
    open_with(page, look.page("/p", KIOSK, density="kiosk", data=IDLE), "idle")
    page.clock.run_for(46_000)
    page.clock.run_for(21_000)
    expect(page.get_by_text("home")).to_be_visible()


CHIMES = "{{ ui.sound_band() }}<div id='place'></div><button data-sound-test>Test</button>"
LISTEN = "window.heard = []; document.addEventListener('yb:chime', (event) => heard.push(event.detail.kind))"


def switch_sound_on(page: Page) -> None:
    """Touch the page: what stands on it by then is not news."""
    # Where nothing is that could be pressed.
    page.mouse.click(640, 400)
    expect(page.get_by_role("button", name="Sound is off. Tap to switch on.")).to_be_hidden()


def test_what_is_new_chimes_once_and_what_is_overdue_each_minute_until_acknowledged(page: Page, look: Look) -> None:
    page.clock.install()
    open_with(page, look.page("/p", CHIMES, density="board"), "sound")
    page.evaluate(LISTEN)
    switch_sound_on(page)
    page.evaluate("place.innerHTML = `<p data-chime='new' data-chime-id='visit-7'></p>`")
    page.evaluate("place.innerHTML = `<p data-chime='new' data-chime-id='visit-7'>again</p>`")
    page.wait_for_function("() => heard.length === 1")
    page.evaluate("place.innerHTML = `<p data-chime='overdue'></p>`")
    page.wait_for_function("() => heard.length === 2")
    page.clock.run_for(61_000)
    page.wait_for_function("() => heard.length === 3")
    page.evaluate("place.innerHTML = ''")
    page.clock.run_for(120_000)
    assert page.evaluate("heard") == ["new", "overdue", "overdue"]


def test_quiet_hours_keep_silent_but_the_test_button_does_not(page: Page, look: Look) -> None:
    page.clock.install()
    open_with(page, look.page("/p", CHIMES, density="board", data="{'quiet': '22:00-09:30'}"), "sound")
    page.evaluate(LISTEN)
    switch_sound_on(page)
    page.evaluate("place.innerHTML = `<p data-chime='new' data-chime-id='visit-7'></p>`")
    page.clock.run_for(2_000)
    assert page.evaluate("heard") == []
    page.get_by_role("button", name="Test").click()
    page.clock.run_for(3_000)
    page.wait_for_function("() => heard.length === 3")


def test_a_silent_page_says_so_and_one_tap_switches_the_sound_on(page: Page, look: Look) -> None:
    open_with(page, look.page("/p", CHIMES, density="board"), "sound")
    band = page.get_by_role("button", name="Sound is off. Tap to switch on.")
    expect(band).to_be_visible()
    band.click()
    expect(band).to_be_hidden()

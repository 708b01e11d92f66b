"""The main job in a real browser before a real house: from home to the pass, in and out by every way, and nothing left behind."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from server.domain.assistance import queries as assistance
from server.domain.assistance import service as assistance_service
from server.domain.visits import service
from server.domain.visits.rules import State
from tests.browser.axe import violations
from tests.browser.films import write_film
from tests.browser.kiosk_lobby import LANDSCAPE, PORTRAIT, WORDS, Kiosk, Park
from tests.factories import internal, make_staff, pass_of, visit_of
from tests.services.house import open_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def park(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """One house for all the tests here; each comes with a kiosk and visitors of its own."""
    data = tmp_path_factory.mktemp("park")
    (data / "yingbin.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    with open_house(data) as live:
        yield Park.open(live)


@pytest.fixture
def kiosk(park: Park, browser: Browser) -> Iterator[Kiosk]:
    """A kiosk standing upright, at its home screen."""
    context = browser.new_context(viewport=PORTRAIT, has_touch=True)
    screen = park.kiosk(context)
    screen.open()
    yield screen
    context.close()
    assert screen.complaints == []


def test_a_walk_in_with_the_keys_on_the_screen_and_the_hosts_answer_without_reload(park: Park, kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.tap("sign in")
    press(page, "z", "j")
    page.locator(".result").first.click()
    kiosk.at("person")
    press(page, "l", "i")
    page.locator(".keyboard-word", has_text="李").first.click()
    page.get_by_role("button", name="下一项").click()
    press(page, *"13912345678")
    kiosk.go_on_and_agree()
    kiosk.tell()
    visit = newest(park, "李")
    expect(page.locator(".pass .code")).to_have_text(spaced(park, visit))
    expect(page.get_by_role("heading", level=1)).to_contain_text("曾")
    service.mark_seen(park.live.door, internal(), visit_id=visit, host_id=park.host)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已知道您到了")
    service.answer_coming(park.live.door, internal(), visit_id=visit, host_id=park.host, minutes=3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 分钟后到")
    kiosk.finish()
    assert page.evaluate("history.length") <= 2


def test_a_number_from_abroad_is_typed_with_its_plus(park: Park, kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.tap("sign in")
    kiosk.find_host("zeng").first.click()
    kiosk.at("person")
    kiosk.write("name", "陈远")
    page.locator('input[name="phone"]').click()
    press(page, *"+4915112345678", "下一项")
    kiosk.go_on_and_agree()
    kiosk.tell()
    assert visit_of(park.live.door, newest(park, "陈远")).phone == "+4915112345678"


def test_the_wait_ends_by_itself_ten_seconds_after_coming_and_after_ninety_at_most(park: Park, kiosk: Kiosk) -> None:
    page = kiosk.page
    page.clock.install()
    kiosk.open()
    kiosk.walk_in("钱一")
    page.clock.run_for(80_000)
    kiosk.at("wait")
    page.clock.run_for(11_000)
    kiosk.at("home")
    kiosk.walk_in("钱二")
    service.answer_coming(park.live.door, internal(), visit_id=newest(park, "钱二"), host_id=park.host, minutes=0)
    expect(page.locator("[data-ends-within]")).to_have_count(1)
    page.clock.run_for(11_000)
    kiosk.at("home")


def test_a_double_tap_is_one_visit(park: Park, kiosk: Kiosk) -> None:
    kiosk.fill_walk_in("孙双")
    kiosk.page.evaluate("() => { const button = document.querySelector('button[form=step]'); button.click(); button.click(); }")
    kiosk.at("wait")
    assert len(park.visits_of("孙双")) == 1


def test_a_lost_answer_is_tried_again_and_is_one_visit(park: Park, kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.fill_walk_in("孙遗")

    def lose(route: Any) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/kiosk/visit", lose, times=1)
    kiosk.tap("tell")
    expect(page.get_by_text("服务器没有回应。可以再试，不会重复办理。")).to_be_visible()
    kiosk.tell()
    assert len(park.visits_of("孙遗")) == 1
    kiosk.complaints = [text for text in kiosk.complaints if "Failed to fetch" not in text]


def test_a_scanner_under_a_chinese_input_method_signs_in_from_the_home_screen(park: Park, kiosk: Kiosk) -> None:
    address, _ = park.invite("吴扫")
    scan(kiosk.page, address)
    kiosk.at("wait")
    assert visit_of(park.live.door, newest(park, "吴扫")).state == State.WAITING


def test_a_scan_in_the_middle_of_typing_takes_nothing_of_it(park: Park, kiosk: Kiosk) -> None:
    address, _ = park.invite("吴中")
    kiosk.tap("sign in")
    kiosk.page.locator("#f-text").fill("z")
    scan(kiosk.page, address)
    kiosk.at("wait")


@pytest.fixture
def filmed(park: Park, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Iterator[tuple[Kiosk, str]]:
    """A kiosk whose camera sees the QR of an invitation of somebody called 郑影."""
    address, _ = park.invite("郑影")
    film = write_film(tmp_path, address)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    own = browser_type.launch(**{**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *flags]})
    screen = park.kiosk(own.new_context(viewport=PORTRAIT, permissions=["camera"]))
    screen.open()
    yield screen, address
    own.close()
    assert screen.complaints == []


def test_the_camera_signs_in_and_the_same_pass_signs_out(park: Park, filmed: tuple[Kiosk, str]) -> None:
    kiosk, _ = filmed
    kiosk.tap("code")
    kiosk.at("wait")
    visit = newest(park, "郑影")
    assert visit_of(park.live.door, visit).state == State.WAITING
    kiosk.finish()
    kiosk.tap("sign out")
    kiosk.at("left")
    assert visit_of(park.live.door, visit).state == State.OUT


def test_a_six_digit_code_asks_the_surname_and_signs_in(park: Park, kiosk: Kiosk) -> None:
    _, code = park.invite("欧阳小明")
    kiosk.tap("code")
    kiosk.page.locator("#f-code").click()
    press(kiosk.page, *code)
    kiosk.close_keyboard()
    kiosk.tap("next")
    kiosk.at("surname")
    assert "欧阳" not in kiosk.page.content()
    kiosk.write("surname", "王")
    kiosk.close_keyboard()
    kiosk.tap("sign in")
    expect(kiosk.page.get_by_text("没有找到对应的来访记录")).to_be_visible()
    expect(kiosk.page.locator("#f-surname")).to_be_focused()
    kiosk.write("surname", "欧阳")
    kiosk.close_keyboard()
    kiosk.tap("sign in")
    kiosk.at("wait")


def test_kind_refusals_lead_on(park: Park, kiosk: Kiosk) -> None:
    early, _ = park.invite("冯早", begins=timedelta(hours=3))
    elsewhere, _ = park.invite("冯门", gate="B")
    page = kiosk.page
    for address, words in ((early, "您来早了"), (elsewhere, "请前往 B 门"), ("HTTP://X.TEST/V/ABCDEFGH234567", "没有找到这个码")):
        scan(page, address)
        kiosk.at("refused")
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        expect(kiosk.button("call")).to_be_visible()
    page.get_by_role("button", name="不用码，直接签到").click()
    kiosk.at("host")


def test_signing_out_by_scanner_by_code_and_by_phone_with_undo(park: Park, kiosk: Kiosk) -> None:
    by_pass, by_code, by_phone = (
        park.visitor(name, phone) for name, phone in (("陈证", "13700001111"), ("陈码", "13700002222"), ("褚机", "13700003333"))
    )
    page = kiosk.page
    kiosk.tap("sign out")
    kiosk.at("leave")
    scan(page, f"{park.live.base_url}/v/{by_pass.token}".upper())
    kiosk.at("left")
    kiosk.tap("undo")
    kiosk.at("stayed")
    assert visit_of(park.live.door, by_pass.visit_id or 0).state == State.WAITING
    kiosk.finish()
    kiosk.tap("sign out")
    kiosk.tap("by code")
    page.locator("#f-code").fill(by_code.code)
    kiosk.write("surname", "陈")
    kiosk.close_keyboard()
    kiosk.tap("sign out")
    kiosk.at("left")
    kiosk.finish()
    kiosk.tap("sign out")
    kiosk.tap("by phone")
    page.locator("#f-tail").fill("3333")
    kiosk.write("surname", "褚")
    kiosk.close_keyboard()
    kiosk.tap("sign out")
    kiosk.at("left")
    assert [visit_of(park.live.door, shown.visit_id or 0).state for shown in (by_code, by_phone)] == [State.OUT, State.OUT]


def test_a_person_is_called_and_the_kiosk_hears_that_somebody_comes(park: Park, kiosk: Kiosk) -> None:
    kiosk.tap("call")
    kiosk.at("help")
    expect(kiosk.page.get_by_text("正在呼叫前台")).to_be_visible()
    with park.live.door.reading() as session:
        calls = [call.assistance_id for call in assistance.open_calls(session) if call.device_id == kiosk.device]
    assistance_service.answer_call(park.live.door, internal(), assistance_id=calls[0], staff_id=make_staff(park.live.door))
    expect(kiosk.page.get_by_text("工作人员正在过来")).to_be_visible()
    kiosk.tap("back")
    kiosk.at("home")


TRACES = """async () => ({
  local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie, databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length, words: document.documentElement.outerHTML, history: history.length, state: history.state,
  values: [...document.querySelectorAll('input')].map((each) => each.value).join('|'), name: window.name, address: location.href,
})"""


@pytest.mark.parametrize("step", ["person", "visit", "wait"])
def test_the_idle_wipe_leaves_nothing(park: Park, kiosk: Kiosk, step: str) -> None:
    page, secret = kiosk.page, "周秘密"
    page.clock.install()
    kiosk.open()
    kiosk.speak("en")
    kiosk.tap("large")
    expect(page.locator('html[data-ready][data-text="large"]')).to_have_count(1)
    if step == "wait":
        kiosk.walk_in(secret, "13999998888")
    else:
        kiosk.fill_walk_in(secret, "13999998888")
        if step == "person":
            kiosk.tap("back")
            kiosk.at("person")
    lengthen = page.evaluate("history.length")
    if step == "wait":
        page.clock.run_for(91_000)
    else:
        page.clock.run_for(46_000)
        expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
        page.clock.run_for(21_000)
    kiosk.at("home")
    for look in ("at once", "back", "reload", "forward"):
        {"back": page.go_back, "forward": page.go_forward, "reload": page.reload}.get(look, page.title)()
        if page.url.startswith(park.live.base_url):
            kiosk.at("home")
            found = page.evaluate(TRACES)
            assert not [place for place, kept in found.items() if any(mark in str(kept) for mark in (secret, "8888", "zeng", "曾"))], found
            assert (found["local"], found["session"], found["cookies"], found["databases"]) == ({}, {}, "", 0)
            assert found["state"] in (None, {"htmx": True})
            assert found["history"] <= lengthen
        else:
            page.goto(f"{park.live.base_url}/kiosk")
    expect(page.locator('html[lang="zh-Hans"]:not([data-text])')).to_have_count(1)
    assert {cookie["name"] for cookie in page.context.cookies()} == {"yb-kiosk"}


def test_a_touch_at_the_last_moment_keeps_everything(kiosk: Kiosk) -> None:
    page = kiosk.page
    page.clock.install()
    kiosk.open()
    kiosk.fill_walk_in("韩留")
    page.clock.run_for(60_000)
    page.get_by_role("button", name="我还在").click()
    page.clock.run_for(30_000)
    kiosk.at("visit")
    kiosk.tell()


def test_the_language_switches_at_any_step_and_keeps_what_is_only_typed(kiosk: Kiosk) -> None:
    page = kiosk.page
    kiosk.tap("sign in")
    page.locator("#f-text").fill("zengjing")
    kiosk.speak("en")
    expect(page.locator("#f-text")).to_have_value("zengjing")
    expect(page.locator(".result").first).to_contain_text("J")
    page.locator(".result").first.click()
    kiosk.at("person")
    kiosk.write("name", "Bartholomew Featherstonehaugh-Cholmondeley")
    kiosk.write("phone", "+44 20 7946")
    kiosk.speak("zh")
    expect(page.locator("#f-name")).to_have_value("Bartholomew Featherstonehaugh-Cholmondeley")
    expect(page.locator("#f-phone")).to_have_value("+44 20 7946")
    kiosk.write("phone", "+44 20 7946 0958")
    kiosk.close_keyboard()
    kiosk.tap("next")
    kiosk.at("visit")
    page.get_by_role("radio", name="面试").check()
    page.locator("[data-step='1']").click()
    kiosk.tap("large")
    expect(page.locator('html[data-ready][data-text="large"]')).to_have_count(1)
    expect(page.locator("input[value=interview]")).to_be_checked()
    expect(page.locator("#f-companions")).to_have_value("1")


def test_a_real_keyboard_goes_all_the_way(park: Park, kiosk: Kiosk) -> None:
    page = kiosk.page
    tab_to(page, "访客签到")
    page.keyboard.press("Enter")
    kiosk.at("host")
    expect(page.locator("#f-text")).to_be_focused()
    page.keyboard.type("zeng")
    expect(page.locator(".result").first).to_be_visible()
    tab_to(page, "曾")
    page.keyboard.press("Enter")
    kiosk.at("person")
    expect(page.locator("#f-name")).to_be_focused()
    page.keyboard.type("Wei Jian")
    page.keyboard.press("Tab")
    page.keyboard.type("13800138001")
    page.keyboard.press("Enter")
    kiosk.at("visit")
    page.locator("#f-consent").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    kiosk.at("wait")
    assert len(park.visits_of("Wei Jian")) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_runs_over_the_edge_and_axe_finds_nothing_where_only_a_tap_leads(park: Park, browser: Browser, lang: str) -> None:
    size = PORTRAIT if lang == "zh" else LANDSCAPE
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    kiosk = park.kiosk(context)
    kiosk.open()
    if lang == "en":
        kiosk.speak("en")
    for step in walk_every_screen(kiosk, lang):
        # What an address shows by itself is looked at in ``test_every_screen``.
        if step in ("person, refused", "visit, refused", "notice"):
            assert violations(kiosk.page) == []
        assert kiosk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
    # What axe itself puts into the page breaks the policy; the other tests see whether we do.
    context.close()


TOO_HIGH = """() => ['#screen button', '#screen a', '#screen input:not([type=hidden])', '.keyboard button', 'dialog[open] button']
  .flatMap((kind) => [...document.querySelectorAll(kind)])
  .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.closest('[hidden]') && each.getClientRects().length)
  .map((each) => (each.closest('label') ?? each)).filter((each) => each.getBoundingClientRect().top < 0.6 * innerHeight)
  .map((each) => each.outerHTML.slice(0, 120))"""


def test_in_low_reach_every_control_is_in_the_lower_two_fifths(park: Park, browser: Browser) -> None:
    context = browser.new_context(viewport=PORTRAIT)
    kiosk = park.kiosk(context)
    kiosk.open()
    # English: its words are the longer ones.
    kiosk.speak("en")
    kiosk.tap("low")
    expect(kiosk.page.locator('html[data-ready][data-reach="low"]')).to_have_count(1)
    for step in walk_every_screen(kiosk, "en", view="low"):
        assert kiosk.page.evaluate(TOO_HIGH) == [], step
    context.close()


def walk_every_screen(kiosk: Kiosk, lang: str, view: str = "") -> Iterator[str]:
    """Go through every screen there is and stop at each."""

    def home() -> None:
        kiosk.finish()
        if lang == "en":
            kiosk.speak("en")
        if view:
            kiosk.tap(view)
            expect(kiosk.page.locator('html[data-ready][data-reach="low"]')).to_have_count(1)

    code = yield from _arriving(kiosk, lang)
    home()
    yield from _with_the_code(kiosk, lang, code)
    home()
    yield from _leaving(kiosk)


def _arriving(kiosk: Kiosk, lang: str) -> Generator[str, None, str]:
    page = kiosk.page
    kiosk.at("home")
    yield "home"
    kiosk.tap("sign in")
    expect(page.locator(".keyboard")).to_be_visible()
    yield "host"
    kiosk.find_host("zeng")
    yield "host, found"
    page.locator(".result").first.click()
    kiosk.at("person")
    expect(page.locator(".keyboard")).to_be_visible()
    yield "person"
    page.locator("#f-phone").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error").first).to_be_visible()
    yield "person, refused"
    kiosk.write("name", "蒋全" if lang == "zh" else "Maximiliana Featherstonehaugh-Cholmondele")
    kiosk.write("phone", "13612340000")
    kiosk.close_keyboard()
    yield "person, without keyboard"
    kiosk.tap("next")
    kiosk.at("visit")
    yield "visit"
    kiosk.tap("tell")
    expect(page.locator(".field-error").first).to_be_visible()
    yield "visit, refused"
    kiosk.tap("notice")
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "notice"
    page.get_by_role("dialog").get_by_role("button", name=WORDS[lang]["close"]).click()
    page.locator(".consent").click()
    kiosk.tell()
    code = (page.locator(".pass .code").text_content() or "").replace(" ", "")
    yield "wait"
    return code


def _with_the_code(kiosk: Kiosk, lang: str, code: str) -> Iterator[str]:
    page = kiosk.page
    kiosk.tap("code")
    kiosk.at("code")
    yield "code"
    page.locator("#f-code").fill(code)
    page.keyboard.press("Enter")
    kiosk.at("surname")
    yield "surname"
    kiosk.write("surname", "蒋" if lang == "zh" else "Maximiliana")
    page.keyboard.press("Enter")
    kiosk.at("refused")
    yield "already in"
    kiosk.tap("sign out")
    kiosk.at("left")
    yield "left"
    kiosk.tap("undo")
    kiosk.at("stayed")
    yield "stayed"


def _leaving(kiosk: Kiosk) -> Iterator[str]:
    kiosk.tap("sign out")
    kiosk.at("leave")
    yield "leave"
    kiosk.tap("by code")
    kiosk.at("leave_code")
    yield "leave by code"
    kiosk.close_keyboard()
    kiosk.tap("back")
    kiosk.at("leave")
    kiosk.tap("by phone")
    kiosk.at("leave_phone")
    yield "leave by phone"
    kiosk.close_keyboard()
    kiosk.tap("call")
    kiosk.at("help")
    yield "help"


def test_a_kiosk_that_was_refused_comes_back_once_it_is_let_in(park: Park, browser: Browser) -> None:
    context = browser.new_context(viewport=PORTRAIT)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{park.live.base_url}/kiosk")
    expect(page.locator('[data-code="device_needed"]')).to_be_visible()
    page.clock.run_for(11_000)
    expect(page.locator('[data-code="device_needed"]')).to_be_visible()
    park.kiosk(context)
    page.clock.run_for(11_000)
    expect(page.locator('#screen[data-step="home"]')).to_be_visible()
    context.close()


@pytest.mark.slow
def test_a_house_that_is_away_is_told_honestly_and_nothing_is_queued(park: Park, browser: Browser) -> None:
    context = browser.new_context(viewport=PORTRAIT)
    kiosk = park.kiosk(context)
    page = kiosk.page
    page.clock.install()
    kiosk.open()
    kiosk.tap("sign in")
    expect(page.locator("#f-text")).to_be_focused()
    park.live.stop()
    try:
        page.clock.run_for(14_000)
        expect(page.get_by_text("连接不上服务器")).to_be_visible()
        kiosk.tap("back")
        expect(page.get_by_text("服务器没有回应。可以再试，不会重复办理。")).to_be_visible()
        kiosk.at("host")
    finally:
        park.live.start()
    page.clock.run_for(30_000)
    expect(page.get_by_text("连接不上服务器")).to_be_hidden()
    kiosk.tap("back")
    kiosk.at("home")
    context.close()


@pytest.mark.slow
def test_a_wipe_while_the_house_is_away_empties_the_page_and_is_made_good_before_it_shows_anything_again(
    park: Park, browser: Browser
) -> None:
    context = browser.new_context(viewport=PORTRAIT)
    kiosk = park.kiosk(context)
    page = kiosk.page
    page.clock.install()
    kiosk.open()
    kiosk.fill_walk_in("尤远", "13999998888")
    park.live.stop()
    try:
        page.clock.run_for(66_000)
        expect(page.get_by_text("本机暂时无法连接")).to_be_visible()
        assert not [mark for mark in ("尤远", "8888", "曾") if mark in page.evaluate("document.documentElement.outerHTML")]
    finally:
        park.live.start()
    page.clock.run_for(4_000)
    kiosk.at("home")
    kiosk.tap("sign in")
    kiosk.at("host")
    expect(page.locator("#f-text")).to_have_value("")
    context.close()


def press(page: Page, *keys: str) -> None:
    """Touch keys of the on-screen keyboard."""
    for key in keys:
        page.locator(".keyboard .hg-button").get_by_text(key, exact=True).click()


SCAN = """(text) => {
  // A scanner on a machine whose input method is Chinese: the browser says "Process" for every key; only the code tells which it was.
  const codes = {':': ['Semicolon', true], '/': ['Slash', false], '.': ['Period', false], '-': ['Minus', false]};
  const target = document.activeElement ?? document.body;
  let at = performance.now();
  const send = (code, shiftKey) => {
    const event = new KeyboardEvent('keydown', {code, shiftKey, key: 'Process', keyCode: 229, bubbles: true, cancelable: true});
    Object.defineProperty(event, 'timeStamp', {value: at += 12});
    target.dispatchEvent(event);
  };
  for (const sign of text) {
    if (/[A-Z]/.test(sign)) send(`Key${sign}`, true);
    else if (/\\d/.test(sign)) send(`Digit${sign}`, false);
    else send(...codes[sign]);
  }
  send('Enter', false);
}"""


def scan(page: Page, text: str) -> None:
    """Hold a code under a scanner that types."""
    page.wait_for_load_state("networkidle")
    page.evaluate(SCAN, text)


def newest(park: Park, name: str) -> int:
    """Return the newest visit under a name."""
    return max(park.visits_of(name))


def spaced(park: Park, visit: int) -> str:
    """Return a visit's code as it stands on the pass."""
    code = pass_of(park.live.door, visit).code
    return f"{code[:3]} {code[3:]}"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something called ``name`` has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        held = page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()")
        if held.startswith(name):
            return
    raise AssertionError(f"no {name} within thirty steps")

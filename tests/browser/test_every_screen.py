"""Every screen of every face, in both languages, in an empty park and in one with far too much: one walk over all of them.

Each is opened as its own person would open it and must be whole: no violation that axe knows, nothing against the content security
policy, no complaint in the console, a wire for what is live on it, nothing wider than the screen at any of its sizes, no English left in a
Chinese page, and no name that becomes anything but text. axe looks at each screen once a language, at another size in the other.
A screen that is not whole leaves its picture in the test's folder; ``YINGBIN_SHOTS`` names a folder for pictures of all, at every size.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize
from werkzeug.routing import Map

from server.app import create_app
from server.clock import Clock
from server.web.access import ROUTES
from tests.browser import axe
from tests.browser import park as parks
from tests.browser.park import FORTY, HOSTILE, NAMES, TWO, Park
from tests.factories import room_link, steps_of
from tests.services.house import open_house

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TALL, WIDE, UPRIGHT, WALL, PHONE = ((1080, 1920), (1280, 800), (800, 1280), (1920, 1080), (390, 844))
SIZES = {
    "kiosk": (TALL, WIDE),
    "desk": (WIDE, UPRIGHT),
    "floor_tablet": (WIDE, UPRIGHT),
    "board": (WALL, WIDE),
    "door": (WIDE, UPRIGHT),
    "phone": (PHONE,),
    "room": (PHONE,),
    "web": (WIDE, PHONE),
}
"""Face → the screens it is shown on, the first of them first."""

DRAWS_NO_PAGE = {
    "static": "files",
    "web.healthz": "JSON",
    "web.readyz": "JSON",
    "web.metrics": "text for Prometheus",
    "watching.ticket": "JSON",
    "watching.region": "a region, which the pages hold",
    "api.meeting": "JSON",
    "api.meeting_status": "JSON",
    "api.meetings": "JSON",
    "api.openapi": "JSON",
    "api.rooms": "JSON",
    "board.system": "a part of the board",
    "door.still": "a part of the sign",
    "desk.find_host": "a part of forms",
    "desk.meeting_options": "a part of a form",
    "desk.import_template": "a spreadsheet",
    "desk.schedule_template": "a spreadsheet",
    "desk.month_sum_file": "a spreadsheet",
    "desk.room_usage_file": "a spreadsheet",
    "desk.service_log_file": "a spreadsheet",
    "shared.photo": "a picture",
    "shared.meeting": "the way to a meeting",
    "enrol.pairing_state": "a part of the pairing page",
    "phone.calendar_file": "a calendar file",
}
"""Endpoint → what it gives instead of a page."""

LISTEN = "document.addEventListener('yb:live', (event) => { window.isLive = event.detail.connected; });"
LOOK = r"""async (width) => {
  // A new size is there once the style sheets have heard of it, too.
  while (innerWidth !== width || !matchMedia(`(width: ${width}px)`).matches) await new Promise(requestAnimationFrame);
  const root = document.documentElement, english = [], notRead = 'script, style, template, code, pre, [lang=en]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!/[A-Za-z]{2,}[,]?(\s+[A-Za-z']{2,}[,.]?){2,}/.test(text) || element.closest(notRead)) continue;
    if (element.checkVisibility()) english.push(text.replace(/\s+/g, ' ').slice(0, 100));
  }
  const within = (element) => element && (getComputedStyle(element).overflowX !== 'visible' || within(element.parentElement));
  const over = [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && each.checkVisibility({visibilityProperty: true}))
    .filter((each) => !within(each.parentElement))
    .map((each) => each.outerHTML.slice(0, 120));
  return {lang: root.lang, wide: root.scrollWidth - root.clientWidth, over: over.slice(0, 3), english};
}"""
"""The page's language, by how much it is too wide, what of it reaches over the edge, and where three English words in a row are seen."""
WATCHED = """async () => {
  const until = performance.now() + 10_000;
  while (document.querySelector('[data-region]') && !window.isLive) {
    if (performance.now() > until) return ['what is live on it has no wire'];
    await new Promise((done) => setTimeout(done, 20));
  }
  return [];
}"""
"""Whether the regions of the page are watched."""
ALL = slice(None)
SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
NOT_WORDS = re.compile("|".join(map(re.escape, (*NAMES, FORTY[:20], "Chengjiang Technology", "Jingyi Zeng", "Wangjiang Park"))))


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen: where it is, and what it takes to stand before it."""

    name: str
    path: str
    status: int = 200
    device: str = ""
    """Which device of the face; its usual one when empty."""
    draft: str = ""
    """How far somebody has come at a kiosk."""


def _kiosk(park: Park) -> Iterator[Screen]:
    drafts: dict[str, str] = {"home": ""}
    if park.host:
        host = {"host_name": "曾**", "host_name_en": "J*** Z***", "host_tenant": "澄江科技", "host_tenant_en": "Chengjiang Technology"}
        drafts |= {
            "host": park.draft("host"),
            "host-found": park.draft("host", text="zeng"),
            "host-nobody": park.draft("host", text="没有这个人"),
            "person": park.draft("person", name=FORTY, phone="13800138000", company=HOSTILE[0], **host),
            "visit": park.draft("visit", name=TWO, **host),
            "visit-large": park.draft("visit", text_size="large", reach="low", name=TWO, **host),
            "surname": park.draft("surname", code=park.code("once")),
            "already-in": park.draft("refused", refusal="already_in", since="2026-11-23T01:00:00+00:00", gate="A"),
            "too-early": park.draft("refused", refusal="too_early", opens="2026-11-28T01:00:00+00:00", text_size="large"),
        }
        drafts |= {f"wait-{answer or 'told'}": park.draft_that_waits(answer) for answer in ("", "coming", "declined")}
        drafts |= {step: park.draft(step) for step in ("code", "leave", "leave_code", "leave_phone", "left", "stayed")}
        yield Screen(name="help", path="/kiosk", device="called", draft=park.draft("help", at="called", before_help="host"))
    for name, draft in drafts.items():
        yield Screen(name=name, path="/kiosk", draft=draft)


def _desk(park: Park) -> Iterator[Screen]:
    lists = ["", "/rollcall", "/search?q=zz", "/invitations", "/people", "/rooms", "/posts", "/posts/register", "/papers/run-sheet"]
    lists += ["/meetings", "/meetings/reconfirm", "/meetings/schedule", "/registers/log", "/registers/usage", "/registers/month"]
    for rest in lists:
        yield Screen(name=f"home{rest}", path=f"/desk{rest}")
    if not park.host:
        # What is never without anything, forms and accounts are the same, whatever has happened.
        return
    forms = ["/visits/new", "/invitations/new", "/people/tenants/new", "/people/import", "/devices/link", "/staff/new", "/rooms/new"]
    forms += ["/meetings/new", "/meetings/adhoc", "/sheets/ordinary/check_room", "/manuals/daily/change", "/account", "/password"]
    for rest in (*forms, "/devices", "/staff", "/admin", "/admin/tokens", "/calendar", "/sheets", "/registers", "/manuals/daily"):
        yield Screen(name=f"home{rest}", path=f"/desk{rest}")
    for state, visit in park.visits.items():
        yield Screen(name=f"record-{state}", path=f"/desk/visits/{visit}")
    visit, invitation, tenant, host = park.visits["told"], park.invitations["often"], park.tenant, park.host
    rows = [f"/visits/{visit}{rest}" for rest in ("/answer", "/correct", "/label", "/reassign")]
    rows += [f"/invitations/{invitation}{rest}" for rest in ("", "/change")]
    rows += [f"/people/tenants/{tenant}{rest}" for rest in ("", "/change", "/hosts/new")]
    rows += [f"/people/hosts/{host}{rest}" for rest in ("", "/change")]
    rows += [
        f"/meetings/schedule/{park.schedule}",
        f"/people/import/{park.sheet}",
        f"/devices/{park.devices['kiosk']}",
        f"/staff/{park.staff['desk']}",
    ]
    rows += ["/search?q=Wolfe", "/people?retired=1", f"/invitations/{park.invitations['hostile']}"]
    meeting, room = park.meetings["later"], park.rooms["305"]
    step = steps_of(park.house.door, meeting)["check_room"].id
    rows += [f"/meetings/{meeting}{rest}" for rest in ("/code", "/sheet", "/change", "/cancel", "/attendants", "/reconfirm")]
    rows += [f"/meetings/steps/{step}"]
    rows += [f"/rooms/{room}{rest}" for rest in ("", "/change", "/layouts/classroom")]
    for rest in rows:
        yield Screen(name=f"row{rest}", path=f"/desk{rest}")
    for phase, number in park.meetings.items():
        yield Screen(name=f"meeting-{phase}", path=f"/desk/meetings/{number}")
    yield Screen(name="not-there", path="/desk/visits/999999", status=404)


def _tablet(park: Park) -> Iterator[Screen]:
    yield Screen(name="locked", path="/tablet", device="locked")
    yield Screen(name="pin", path=f"/tablet?who={park.staff['attendant']}", device="locked")
    for rest in ("", "/meetings", "/rooms", "/posts", "/handover", "/manuals/daily"):
        yield Screen(name=f"tablet{rest}", path=f"/tablet{rest}")
    for phase in ("running", "soon", "over", "given-up"):
        yield Screen(name=f"meeting-{phase}", path=f"/tablet/meetings/{park.meetings[phase]}")
    for kind in ("check_room", "draw_supplies"):
        yield Screen(name=f"step-{kind}", path=f"/tablet/steps/{steps_of(park.house.door, park.meetings['soon'])[kind].id}")


def _door(_park: Park) -> Iterator[Screen]:
    for device in ("door", "door-free", "door-nowhere"):
        yield Screen(name=device, path="/door", device=device)


def _room(park: Park) -> Iterator[Screen]:
    yield Screen(name="unknown", path="/r/nothing", status=404)
    for phase in ("running", "over"):
        yield Screen(name=phase, path=room_link(park.house.door, park.meetings[phase]))


def _board(_park: Park) -> Iterator[Screen]:
    yield Screen(name="board", path="/board")
    yield Screen(name="wall", path="/board?tv=1")


def _phone(park: Park) -> Iterator[Screen]:
    yield Screen(name="unknown", path="/v/nothing", status=404)
    if not park.host:
        return
    own = park.own_page()
    for state, visit in park.visits.items():
        yield Screen(name=f"visitor-{state}", path=park.pass_of(state), status=404 if state == "withdrawn" else 200)
        if state != "lost":
            yield Screen(name=f"answer-{state}", path=park.message(visit))
    yield Screen(name="colleagues", path=f"{park.message(park.visits['told'])}?pick=1")
    yield Screen(name="receipt", path=f"{park.pass_of('out')}/receipt")
    yield Screen(name="invited", path=park.invited("once"))
    yield Screen(name="invited-often", path=park.invited("often"))
    yield Screen(name="farewell", path=park.farewell())
    yield Screen(name="host", path=own)
    for rest in ("/invite", f"/invitations/{park.invitations['often']}", f"/invitations/{park.invitations['hostile']}/change"):
        yield Screen(name=f"host{rest}", path=own + rest)


def _web(park: Park) -> Iterator[Screen]:
    yield Screen(name="front", path="/")
    yield Screen(name="parts", path="/parts")
    yield Screen(name="login", path="/desk/login")
    yield Screen(name="enrol", path=park.enrolment())
    yield Screen(name="enrol-used", path="/enrol/AAAAAAAAAAAAAAAAAAAAAAAAAAA", status=410)
    yield Screen(name="pair", path="/pair")
    yield Screen(name="kiosk-nobody", path="/kiosk", status=401)
    yield Screen(name="board-nobody", path="/board", status=401)
    yield Screen(name="nowhere", path="/nowhere", status=404)


FACES: dict[str, Callable[[Park], Iterator[Screen]]] = {
    "kiosk": _kiosk,
    "desk": _desk,
    "floor_tablet": _tablet,
    "board": _board,
    "door": _door,
    "phone": _phone,
    "room": _room,
    "web": _web,
}


@pytest.fixture(scope="module")
def full(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """A running house with everything in it."""
    data = tmp_path_factory.mktemp("full")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data, **parks.SLOW) as house:
        yield parks.full(house)


@pytest.fixture(scope="module")
def empty(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """A running house in which nothing has happened yet."""
    data = tmp_path_factory.mktemp("empty")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data) as house:
        yield parks.bare(house)


@pytest.fixture(scope="module")
def rules(full: Park) -> Map:
    """The addresses of the house and what they lead to."""
    app: Flask = create_app(full.house.settings, clock=Clock(), keys=full.house.keys)
    app.extensions["yingbin"].door.engines.dispose()
    return app.url_map


def test_the_walk_goes_to_every_page_there_is(full: Park, rules: Map) -> None:
    addresses = rules.bind("127.0.0.1")
    paths = [screen.path for face in FACES.values() for screen in face(full) if screen.path != "/nowhere"]
    walked = {addresses.match(path.partition("?")[0], method="GET")[0] for path in paths}
    pages = {rule.endpoint for rule in rules.iter_rules() if "GET" in (rule.methods or ())} - set(DRAWS_NO_PAGE)
    assert pages <= set(ROUTES)
    assert pages - walked == set()


PARTS = {"desk": 5, "phone": 2, "kiosk": 2}
"""Faces with many screens are walked by several tests, which run side by side."""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("face", "part"), [(face, part) for face in FACES for part in range(PARTS.get(face, 1))])
def test_every_screen_is_whole(full: Park, browser: Browser, face: str, part: int, lang: str, tmp_path: Path) -> None:
    assert walk(full, browser, face, lang, tmp_path, part=slice(part, None, PARTS.get(face, 1))) == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("face", ["desk", "board", "kiosk"])
def test_every_screen_is_whole_with_nothing_to_show(empty: Park, browser: Browser, face: str, lang: str, tmp_path: Path) -> None:
    assert walk(empty, browser, face, lang, tmp_path) == {}


def walk(park: Park, browser: Browser, face: str, lang: str, folder: Path, part: slice = ALL) -> dict[str, list[str]]:
    """Go to every screen of a face, or of a part of it; return what is wrong with each that is not whole."""
    wrong: dict[str, list[str]] = {}
    context = park.browser(browser, face, lang)
    context.add_init_script(LISTEN + axe.script())
    page, heard = _listen(context)
    kind = "full" if park.host else "empty"
    sizes = list(SIZES[face]) if lang == "zh" else list(reversed(SIZES[face]))
    for screen in list(FACES[face](park))[part]:
        if face in park.devices:
            park.become(context, face, screen.device or face)
        if face == "kiosk":
            park.resume(context, screen.draft)
        sizes.reverse()
        faults = _look(page, screen, sizes, lang)
        # What axe writes into a page is against the policy: what the page itself did was heard before.
        faults += [text for text in heard if not _is_of_going(text, screen)]
        faults += axe.violations(page) + page.evaluate(WATCHED)
        _take_pictures(page, folder, f"{face}-{screen.name}-{kind}-{lang}", face, is_wrong=bool(faults))
        if faults:
            wrong[screen.name] = faults
    context.close()
    return wrong


def _listen(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page and gather what its console complains of, breaches of the policy among it, and whatever opens a window.

    It begins anew with each document, so that what axe did to the one before is none of its faults.
    """
    page, heard = context.new_page(), list[str]()

    def dismiss(dialog: Dialog) -> None:
        heard.append(f"a window says {dialog.message}")
        dialog.dismiss()

    page.on("framenavigated", lambda _frame: heard.clear())
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", dismiss)
    return page, heard


def _is_of_going(text: str, screen: Screen) -> bool:
    """Tell whether a complaint is of the page's own refusal, or of the page before, which was left while it connected."""
    refused = f"status of {screen.status} " in text and screen.status != 200
    return refused or "WebSocket is closed before the connection is established" in text


def _look(page: Page, screen: Screen, sizes: list[tuple[int, int]], lang: str) -> list[str]:
    page.set_viewport_size(_size(sizes[0]))
    joiner = "&" if "?" in screen.path else "?"
    answer = page.goto(f"{screen.path}{joiner}lang={lang}")
    faults = [] if answer and answer.status == screen.status else [f"status {answer and answer.status}"]
    for size in sizes:
        page.set_viewport_size(_size(size))
        seen = page.evaluate(LOOK, size[0])
        if seen["lang"] != ("en" if lang == "en" else "zh-Hans"):
            faults.append(f"in {seen['lang']}")
        if seen["wide"] > 0:
            faults.append(f"{seen['wide']} pixels too wide at {size}")
        faults += [f"over the edge at {size}: {each}" for each in seen["over"]]
        if lang == "zh" and screen.name != "parts":
            faults += [f"English: {text}" for text in seen["english"] if re.search(r"[A-Za-z]{2,}\s+[a-z]{2,}", NOT_WORDS.sub("", text))]
    return faults


def _take_pictures(page: Page, folder: Path, name: str, face: str, *, is_wrong: bool) -> None:
    """Take a screen's picture at each of its sizes, where pictures are wanted or something is wrong."""
    wanted = os.environ.get("YINGBIN_SHOTS")
    for size in SIZES[face] if wanted or is_wrong else ():
        page.set_viewport_size(_size(size))
        page.evaluate(SETTLE)
        file = Path(wanted or folder) / f"{re.sub(r'[^a-z0-9-]+', '-', name)}-{size[0]}.jpeg"
        page.screenshot(path=file, type="jpeg", quality=70, full_page=face in ("phone", "desk", "web"))


def _size(size: tuple[int, int]) -> ViewportSize:
    return {"width": size[0], "height": size[1]}

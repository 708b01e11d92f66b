"""Make the README's pictures anew: ``python -m tests.browser.shots`` (``make shots``).

Each is a photograph of a real screen of the demo park, served by ``yingbin demo`` from an empty folder: a visitor signs in at the
kiosk, the host answers on a phone, board and desk show it. Nothing is drawn by hand; two pictures put screens side by side.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

from tests.services.process import ROOT, Server, find_program, free_port

PICTURES = ROOT / "docs" / "pictures"
PORTRAIT: ViewportSize = {"width": 1080, "height": 1920}
PHONE: ViewportSize = {"width": 390, "height": 844}
WALL: ViewportSize = {"width": 1920, "height": 1080}
DESK: ViewportSize = {"width": 1280, "height": 800}
HEIGHT = 620
"""Height of the screens in a picture, in pixels."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def main() -> None:
    """Serve a demo park, photograph it, and write the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=30_000)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        environment = {**os.environ, "YINGBIN_DATA": folder, "YINGBIN_PORT": str(port)}
        program = Path(sys.executable).with_name("yingbin")
        server = Server([str(program), "demo"], log=Path(folder) / "log", environment=environment)
        try:
            server.wait_until(lambda: (Path(folder) / "demo.json").exists() and _answers(port))
            park = json.loads((Path(folder) / "demo.json").read_text(encoding="utf-8"))
            browser = playwright.chromium.launch(
                executable_path=str(find_program("chromium-headless-shell", package="chromium-headless-shell")), args=list(FLAGS)
            )
            _photograph(browser, park)
            browser.close()
        finally:
            server.stop()


def _answers(port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _photograph(browser: Browser, park: dict[str, Any]) -> None:
    kiosk = _enrolled(browser, park["enrol"]["kiosk"][0], PORTRAIT)
    home = kiosk.screenshot()
    _walk_in(kiosk)
    pass_page = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="zh-CN").new_page()
    host = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="zh-CN").new_page()
    host.goto(park["hosts"][0]["link"])
    host.get_by_role("link", name="林晓").first.click()
    expect(host.get_by_role("button", name="马上来", exact=True)).to_be_visible()
    waiting = host.screenshot()
    host.get_by_role("button", name="3 分钟后到").click()
    expect(kiosk.get_by_role("heading", level=1)).to_contain_text("分钟")
    answered = kiosk.screenshot()
    pass_page.goto(f"{park['base_url']}/v/{park['invitations'][0]['token']}")
    expect(pass_page.locator("svg").first).to_be_visible()
    board = _enrolled(browser, park["enrol"]["board"][0], WALL)
    board.goto(f"{park['base_url']}/board?tv=1")
    expect(board.locator("[data-region]").first).to_be_visible()
    desk = _logged_in(browser, park)
    _put_together(browser, "overview", [home, answered, board.screenshot()])
    _put_together(browser, "phone-and-desk", [waiting, pass_page.screenshot(), desk.screenshot()])
    sign = _enrolled(browser, park["enrol"]["door"][0], DESK)
    room = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="zh-CN").new_page()
    room.goto(f"{park['base_url']}/r/{park['rooms'][0]['token']}")
    expect(room.locator("[data-region]").first).to_be_visible()
    _put_together(browser, "floor", [_unlocked(browser, park).screenshot(), room.screenshot(), sign.screenshot()])


def _enrolled(browser: Browser, link: str, size: ViewportSize) -> Page:
    page = browser.new_context(viewport=size).new_page()
    page.goto(link)
    page.get_by_role("button").first.click()
    expect(page.locator("h1, [data-region]").first).to_be_visible()
    return page


def _walk_in(page: Page) -> None:
    page.get_by_role("button", name="访客签到", exact=True).click()
    page.locator("#f-text").fill("曾静怡")
    page.locator(".result", has_text="曾").first.click()
    page.get_by_role("textbox", name="您的姓名").fill("林晓")
    page.get_by_role("textbox", name="您的电话").fill("13800138000")
    page.get_by_role("textbox", name="您的单位").fill("明远设计")
    page.locator("h1").first.click()
    page.get_by_role("button", name="下一步", exact=True).click()
    page.locator(".consent").click()
    page.get_by_role("button", name="通知被访人", exact=True).click()
    expect(page.locator(".pass .code")).to_be_visible()


def _logged_in(browser: Browser, park: dict[str, Any]) -> Page:
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{park['base_url']}/desk")
    page.get_by_label("用户名").fill(park["desk"]["username"])
    page.get_by_label("密码").first.fill(park["desk"]["password"])
    page.keyboard.press("Enter")
    expect(page.locator("[data-region]").first).to_be_visible()
    return page


def _unlocked(browser: Browser, park: dict[str, Any]) -> Page:
    """Open a tablet, and let its person acknowledge what has changed."""
    page = _enrolled(browser, park["enrol"]["tablet"][0], DESK)
    person = park["staff"][0]
    page.get_by_role("link", name=person["name"]).click()
    page.locator("#f-pin").fill(person["pin"])
    page.keyboard.press("Enter")
    expect(page.locator(".tablet-now")).to_be_visible()
    covering = page.get_by_role("alertdialog").get_by_role("button")
    while covering.count():
        # It is drawn anew as each change is seen: the button may be gone before it is pressed.
        with suppress(TookTooLong):
            covering.first.click(timeout=2_000)
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    # What was just done is told for some seconds, over what the picture is of.
    expect(page.locator("#toasts > *")).to_have_count(0, timeout=20_000)
    return page


def _put_together(browser: Browser, name: str, shots: list[bytes]) -> None:
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}" alt="">' for shot in shots)
    body = "margin:0;padding:24px;display:flex;gap:24px;width:max-content;background:#ece9e0"
    style = f"body{{{body}}}img{{height:{HEIGHT}px;border-radius:14px}}"
    page = browser.new_context(viewport={"width": 2400, "height": HEIGHT + 48}).new_page()
    page.set_content(f"<style>{style}</style>{images}")
    page.locator("body").screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()

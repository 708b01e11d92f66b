"""Codes are read by a scanner that types and by the camera, and typing is never taken (wedge.js, camera.js)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from playwright.sync_api import BrowserType, Page, expect

from tests.browser.look_house import Look, open_look

LISTEN = "window.scans = []; document.addEventListener('yb:scan', (event) => scans.push(event.detail))"
CODE = "HTTPS://YINGBIN.TEST/V/3F7K2M9QXW4T8B6N"
BODY = "<main><h1>Scan</h1><form method='post' action='/x'><input aria-label='Name' name='name'></form></main>"


@pytest.fixture(scope="module")
def look() -> Iterator[Look]:
    with open_look() as opened:
        yield opened


@pytest.fixture
def kiosk(page: Page, look: Look) -> Page:
    page.goto(look.page("/p", BODY, density="kiosk"))
    page.evaluate(LISTEN)
    page.evaluate("import('/static/js/wedge.js')")
    return page


KEYS = """([text, gap, typed = false]) => {
  // A scanner on a machine whose input method is Chinese: the browser says "Process" for every key; only the code tells which it was.
  const codes = {':': ['Semicolon', true], '/': ['Slash', false], '.': ['Period', false], '-': ['Minus', false]};
  const target = document.activeElement ?? document.body;
  let at = performance.now();
  const send = (code, shiftKey) => {
    const event = new KeyboardEvent('keydown', {code, shiftKey, key: 'Process', keyCode: 229, bubbles: true, cancelable: true});
    at += gap;
    Object.defineProperty(event, 'timeStamp', {value: at});
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  for (const sign of text) {
    if (/[A-Z]/.test(sign)) send(`Key${sign}`, true);
    else if (/[a-z]/.test(sign)) send(`Key${sign.toUpperCase()}`, false);
    else if (/\\d/.test(sign)) send(`Digit${sign}`, false);
    else send(...codes[sign]);
  }
  if (typed) target.value += text;
  return send('Enter', false);
}"""


def test_a_scanner_is_read_by_its_keys_even_under_a_chinese_input_method(kiosk: Page) -> None:
    taken = kiosk.evaluate(KEYS, [CODE, 12])
    assert taken
    assert kiosk.evaluate("scans") == [{"text": CODE, "source": "wedge"}]


def test_keys_pressed_slowly_are_no_scan(kiosk: Page) -> None:
    taken = kiosk.evaluate(KEYS, [CODE, 90])
    assert not taken
    assert kiosk.evaluate("scans") == []


def test_typing_in_a_field_is_never_taken(kiosk: Page) -> None:
    name = kiosk.get_by_label("Name")
    name.focus()
    name.press_sequentially("Zeng Yi 482915")
    expect(name).to_have_value("Zeng Yi 482915")
    kiosk.evaluate("document.forms[0].addEventListener('submit', (event) => { event.preventDefault(); window.sent = true; })")
    name.press("Enter")
    assert kiosk.evaluate("[scans.length, window.sent]") == [0, True]


def test_our_own_code_scanned_into_a_field_is_taken_out_again(kiosk: Page) -> None:
    name = kiosk.get_by_label("Name")
    name.fill("Zeng")
    taken = kiosk.evaluate(KEYS, [CODE, 12, True])
    assert taken
    expect(name).to_have_value("Zeng")
    assert kiosk.evaluate("scans") == [{"text": CODE, "source": "wedge"}]


CAMERA = "<main>{{ ui.camera() }}</main>"


def test_a_camera_that_is_not_allowed_says_so(page: Page, look: Look) -> None:
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    page.goto(look.page("/c", CAMERA, density="kiosk"))
    expect(page.get_by_text("The camera is not allowed. Type the code instead.")).to_be_visible()


def test_a_machine_without_a_camera_says_so(page: Page, look: Look) -> None:
    page.goto(look.page("/c", CAMERA, density="kiosk"))
    expect(page.get_by_text("There is no camera here. Type the code instead.")).to_be_visible()


def _write_clip(path: Path, text: str) -> None:
    """Write a short film of a QR code, uncompressed (Y4M), for Chromium's camera of files."""
    width, height, scale = 640, 480, 9
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    left, top = (width - len(modules) * scale) // 2, (height - len(modules) * scale) // 2
    luma = bytearray([235]) * (width * height)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            for line in range(scale if dark else 0):
                at = (top + y * scale + line) * width + left + x * scale
                luma[at : at + scale] = bytes([16]) * scale
    frame = b"FRAME\n" + bytes(luma) + bytes([128]) * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


@pytest.fixture
def filmed(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Iterator[Page]:
    """A page whose camera shows our code."""
    _write_clip(tmp_path / "code.y4m", CODE)
    film = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'code.y4m'}",
    ]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *film]})
    page = browser.new_page()
    page.add_init_script(LISTEN)
    yield page
    browser.close()


def test_the_camera_reads_a_code_with_nothing_but_our_own_files_and_stops_when_it_leaves_the_page(filmed: Page, look: Look) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    filmed.on("request", lambda request: asked.append(request.url))
    filmed.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    filmed.goto(look.page("/c", CAMERA, density="kiosk"))
    expect(filmed.get_by_text("Hold the code in front of the camera")).to_be_visible()
    filmed.wait_for_function("() => scans.length === 1")
    assert filmed.evaluate("scans") == [{"text": CODE, "source": "camera", "format": "qr_code"}]
    assert all(url.startswith((look.address, "blob:", "data:")) for url in asked)
    assert not complaints
    filmed.evaluate("window.track = document.querySelector('video').srcObject.getTracks()[0]")
    filmed.evaluate("document.querySelector('[data-camera]').remove()")
    filmed.wait_for_function("() => track.readyState === 'ended'")

"""A kiosk in a real browser before a house in production form; visitors and hosts act through the same database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from server.domain.devices import queries as devices
from server.domain.visits import queries as visits
from server.domain.visits.queries import PassView
from server.web import qr
from server.web.auth import cookie_name
from tests.factories import invitation_of, make_device, make_host, make_invitation, make_tenant, make_visit, pass_of
from tests.services.house import LiveHouse

PORTRAIT: ViewportSize = {"width": 1080, "height": 1920}
LANDSCAPE: ViewportSize = {"width": 1280, "height": 800}

PATIENCE = 20_000
"""Milliseconds for the next screen: a busy machine takes its time, and only a screen that never comes is wrong."""

WORDS = {
    "zh": {
        "sign in": "访客签到",
        "code": "我有邀请码",
        "sign out": "离开签退",
        "call": "呼叫工作人员",
        "next": "下一步",
        "back": "返回",
        "finish": "完成",
        "undo": "撤销",
        "tell": "通知被访人",
        "large": "大字",
        "low": "低位",
        "agree": "我已阅读并同意",
        "by code": "用 6 位数字",
        "by phone": "用手机号",
        "name": "您的姓名",
        "phone": "您的电话",
        "company": "您的单位",
        "surname": "您的姓氏",
        "notice": "查看完整告知",
        "close": "关闭",
    },
    "en": {
        "sign in": "Sign in",
        "code": "I have a code",
        "sign out": "Sign out",
        "call": "Call a person",
        "next": "Next",
        "back": "Back",
        "finish": "Finish",
        "undo": "Undo",
        "tell": "Tell my host",
        "large": "Large text",
        "low": "Lower",
        "agree": "I agree",
        "by code": "Six-digit code",
        "by phone": "My phone number",
        "name": "Your name",
        "phone": "Your phone",
        "company": "Your company",
        "surname": "Your surname",
        "notice": "The whole notice",
        "close": "Close",
    },
}
"""The buttons and fields by which a person finds the way, in both languages."""


@dataclass
class Park:
    """The house that the kiosks of these tests stand in: one tenant, one host, a colleague."""

    live: LiveHouse
    host: int
    colleague: int

    @classmethod
    def open(cls, live: LiveHouse) -> Park:
        """Let two people work on the fifth floor."""
        tenant = make_tenant(live.door, name="澄江科技", name_en="Chengjiang Technology", floor="5")
        return cls(
            live=live,
            host=make_host(live.door, tenant_id=tenant, name="曾静怡", name_en="Jingyi Zeng"),
            colleague=make_host(live.door, tenant_id=tenant, name="单雄", name_en="Xiong Shan"),
        )

    def kiosk(self, context: BrowserContext, *, gate: str = "A") -> Kiosk:
        """Enrol a browser as a new kiosk and open its home screen; it may not complain about anything."""
        device = make_device(self.live.door, "kiosk", gate=gate, place="大堂")
        with self.live.door.reading() as session:
            proof = devices.device_cookie(session, self.live.keys, device)
        name = cookie_name("kiosk", self.live.settings)
        context.add_cookies([{"name": name, "value": proof, "url": self.live.base_url, "httpOnly": True, "sameSite": "Strict"}])
        return Kiosk(park=self, page=context.new_page(), device=device)

    def invite(self, name: str = "林晓", **more: Any) -> tuple[str, str]:
        """Invite somebody for now; return the address in the QR and the six digits."""
        invitation = invitation_of(self.live.door, make_invitation(self.live.door, host_id=self.host, name=name, **more))
        return qr.link(self.live.settings, "v", invitation.token or ""), invitation.code or ""

    def visitor(self, name: str, phone: str) -> PassView:
        """Let somebody be in already; return the pass."""
        return pass_of(self.live.door, make_visit(self.live.door, host_id=self.host, name=name, phone=phone))

    def visits_of(self, name: str) -> list[int]:
        """Return the visits under a name."""
        with self.live.door.reading() as session:
            return [row.visit_id for row in visits.search(session, name)]


class Kiosk:
    """The screen, as a person uses it."""

    def __init__(self, *, park: Park, page: Page, device: int) -> None:
        """Note what the browser complains about, and open the home screen."""
        self.park, self.page, self.device = park, page, device
        self.complaints: list[str] = []
        self.language = "zh"
        page.on("console", lambda message: self._note(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, text: str) -> None:
        # A refused form is an answer of 422 and the like: the browser logs each, and that is all right.
        # A page that is left closes its socket; how the browser logs that is not of its making.
        if "Failed to load resource" not in text and "WebSocket connection" not in text:
            self.complaints.append(text)

    def open(self) -> None:
        """Show the kiosk's address."""
        self.page.goto(f"{self.park.live.base_url}/kiosk")
        self.at("home")

    def at(self, step: str) -> None:
        """Wait until the screen shows ``step``."""
        expect(self.page.locator(f'html[data-ready] #screen[data-step="{step}"]')).to_be_visible(timeout=PATIENCE)

    def button(self, key: str) -> Locator:
        """Return the button called by a word of :data:`WORDS`."""
        return self.page.get_by_role("button", name=WORDS[self.language][key], exact=True)

    def tap(self, key: str) -> None:
        """Tap a button."""
        self.button(key).click()

    def write(self, field: str, text: str) -> None:
        """Write into a field with a real keyboard."""
        self.page.get_by_role("textbox", name=WORDS[self.language][field]).fill(text)

    def close_keyboard(self) -> None:
        """Put the on-screen keyboard away by touching empty ground."""
        self.page.locator("h1").first.click()
        expect(self.page.locator(".keyboard:visible")).to_have_count(0)

    def speak(self, language: str) -> None:
        """Switch the language with the button in the head."""
        self.page.get_by_role("button", name="中 / EN").click()
        self.language = language
        expect(self.page.locator(f'html[data-ready][lang="{"en" if language == "en" else "zh-Hans"}"]')).to_have_count(1, timeout=PATIENCE)

    def find_host(self, text: str) -> Locator:
        """Type into the search and return the list that follows."""
        self.page.locator("#f-text").press_sequentially(text)
        results = self.page.locator(".result")
        expect(results.first).to_be_visible(timeout=PATIENCE)
        return results

    def fill_walk_in(self, name: str, phone: str = "13800138000", company: str = "明远设计") -> None:
        """Go from the home screen to the last step of a first visit."""
        self.tap("sign in")
        self.at("host")
        self.find_host("zeng").first.click()
        self.at("person")
        self.write("name", name)
        self.write("phone", phone)
        self.write("company", company)
        self.go_on_and_agree()

    def go_on_and_agree(self) -> None:
        """Go on from who one is to the last step, and agree to the notice."""
        self.close_keyboard()
        self.tap("next")
        self.at("visit")
        self.page.locator(".consent").click()

    def tell(self) -> None:
        """Let the host be told, and wait."""
        self.tap("tell")
        self.at("wait")

    def walk_in(self, name: str, phone: str = "13800138000") -> None:
        """Sign in as a first visitor."""
        self.fill_walk_in(name, phone)
        self.tell()

    def finish(self) -> None:
        """Tap Finish on a closing screen."""
        self.tap("finish")
        self.language = "zh"
        self.at("home")

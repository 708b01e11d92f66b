"""The phones of a visitor and a host, in Chromium, against the house itself: each shows what the other does, without a reload."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from server.domain.notices.queries import LINK
from server.domain.notices.tables import Notice
from server.domain.people import queries as people
from server.domain.people import service as people_service
from server.domain.visits import queries, service
from server.domain.visits.rules import Step
from tests.factories import internal, make_host, make_tenant, make_visit
from tests.services.house import LiveHouse, open_house

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LIVE = 8_000
"""Milliseconds for a fact to reach a screen when the machine is busy; it is a hundred when it is not."""


@dataclass
class Park:
    """A running house with a host and a colleague."""

    house: LiveHouse
    browser: Browser
    host: int = 0
    colleague: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tenant = make_tenant(self.house.door, name_en="Chengjiang Technology")
        self.host = make_host(self.house.door, tenant_id=tenant, name="曾静怡", name_en="Jingyi Zeng")
        self.colleague = make_host(self.house.door, tenant_id=tenant, name="单雄信", name_en="Xiongxin Shan")

    @contextmanager
    def phone(self, address: str, *, lang: str = "en", scripts: bool = True) -> Iterator[Page]:
        """Open an address on a phone of its own; what its console complains of is a problem."""
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = self.browser.new_context(viewport=PHONE, locale=locale, has_touch=True, java_script_enabled=scripts)  # type: ignore[arg-type]  # a plain dict of two numbers
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.goto(self.house.base_url + address)
        yield page
        context.close()

    def _note(self, kind: str, text: str) -> None:
        # A page that answers 404 or 409 is also a failed resource to the console; what is on the page is asserted instead.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(text)

    def walk_in(self, name: str = "周岚") -> int:
        return make_visit(self.house.door, host_id=self.host, name=name, company="蓝桥资本")

    def pass_address(self, visit: int) -> str:
        with self.house.door.reading() as session:
            return f"/v/{queries.pass_of_visit(session, self.house.keys, visit).token}"

    def message(self, visit: int) -> str:
        with self.house.door.reading() as session:
            notice = session.exec(select(Notice).where(Notice.visit_id == visit)).first()
            assert notice is not None
            return f"/h/{self.house.keys.token(LINK, notice.link_number)}"

    def own_page(self) -> str:
        people_service.issue_host_page(self.house.door, internal(), host_id=self.host)
        with self.house.door.reading() as session:
            return f"/h/{people.host_page_token(session, self.house.keys, self.host)}"

    def ladder(self, visit: int) -> queries.LadderView:
        with self.house.door.reading() as session:
            return queries.ladder_of(session, visit)


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """One running house for this file: each test brings its own people."""
    data = tmp_path_factory.mktemp("phones")
    shutil.copy(migrated_sqlite, data / "yingbin.sqlite3")
    with open_house(data) as opened:
        yield opened


@pytest.fixture
def park(house: LiveHouse, browser: Browser) -> Iterator[Park]:
    made = Park(house=house, browser=browser)
    yield made
    assert made.problems == []


def test_the_host_answers_and_the_visitors_phone_shows_it(park: Park) -> None:
    visit = park.walk_in()
    with park.phone(park.pass_address(visit)) as visitor, park.phone(park.message(visit)) as host:
        expect(host.get_by_role("heading", name="周岚")).to_be_visible()
        # The opened page said itself that it was seen.
        expect(visitor.get_by_role("heading", name="knows that you are here")).to_be_visible(timeout=LIVE)
        host.get_by_role("button", name="Coming in 5 minutes", exact=True).click()
        expect(visitor.get_by_role("heading", name="is coming")).to_be_visible(timeout=LIVE)
        expect(host.get_by_text("You said: coming in 5 minutes")).to_be_visible()
        host.get_by_text("Change my answer").click()
        host.get_by_role("button", name="Please wait", exact=True).click()
        host.get_by_role("button", name="20 minutes").click()
        expect(visitor.get_by_role("heading", name="asks you to wait a little")).to_be_visible(timeout=LIVE)
        host.get_by_role("button", name="I have met them").click()
        expect(visitor.get_by_role("heading", name="You have been met")).to_be_visible(timeout=LIVE)
        visitor.get_by_role("button", name="Sign out", exact=True).click()
        expect(visitor.get_by_role("heading", name="Goodbye")).to_be_visible()
        expect(host.get_by_text("Has left")).to_be_visible(timeout=LIVE)
        visitor.get_by_role("button", name="Undo").click()
        expect(host.get_by_text("You have met")).to_be_visible(timeout=LIVE)
        expect(visitor.get_by_role("heading", name="You have been met")).to_be_visible()


def test_a_refusal_with_own_words_reaches_the_visitor_and_can_be_undone(park: Park) -> None:
    visit = park.walk_in()
    with park.phone(park.pass_address(visit), lang="zh") as visitor, park.phone(park.message(visit), lang="zh") as host:
        host.get_by_role("button", name="谢绝", exact=True).click()
        host.get_by_label("自己写原因").fill("正在开会，请下午再来")
        host.get_by_role("button", name="发送并谢绝").click()
        expect(visitor.get_by_text("正在开会，请下午再来")).to_be_visible(timeout=LIVE)
        expect(visitor.locator(".pass-sheet")).to_be_hidden()
        host.get_by_role("button", name="撤销").click()
        expect(visitor.get_by_role("heading", name="已知道您到了")).to_be_visible(timeout=LIVE)
        expect(visitor.locator(".pass-sheet")).to_be_visible()


def test_a_link_preview_is_not_the_host(park: Park) -> None:
    visit = park.walk_in()
    with park.phone(park.message(visit), scripts=False) as preview:
        expect(preview.get_by_role("heading", name="周岚")).to_be_visible()
    assert park.ladder(visit).seen_at is None


def test_someone_else_takes_over_and_the_first_page_puts_its_answers_away(park: Park) -> None:
    visit = park.walk_in()
    with park.phone(park.message(visit)) as host, park.phone(park.own_page() + f"?visit={visit}&lang=en") as other:
        host.get_by_role("link", name="Someone else").click()
        host.get_by_role("searchbox", name="Search colleagues").fill("shan")
        host.keyboard.press("Enter")
        host.get_by_role("button", name="单雄信").click()
        expect(host.get_by_text("Somebody else looks after this visitor now.")).to_be_visible()
        expect(other.get_by_text("Somebody else looks after this visitor now.")).to_be_visible(timeout=LIVE)
        expect(other.get_by_role("button", name="Coming", exact=True)).to_be_hidden()


def test_the_own_page_shows_at_once_who_waits(park: Park) -> None:
    with park.phone(park.own_page()) as host:
        expect(host.get_by_text("Nobody is waiting for you")).to_be_visible()
        visit = park.walk_in("朴素")
        expect(host.get_by_role("link", name="朴素")).to_be_visible(timeout=LIVE)
        expect(host).to_have_title("(1) My visitors · Wangjiang Park")
        service.answer_coming(park.house.door, internal(), visit_id=visit, host_id=park.host, minutes=3)
        expect(host.locator(".chip", has_text="Coming")).to_be_visible(timeout=LIVE)
        host.get_by_role("link", name="朴素").click()
        expect(host.get_by_role("heading", name="朴素")).to_be_visible()


def test_an_invitation_is_made_shared_changed_and_withdrawn(park: Park) -> None:
    with park.phone(park.own_page()) as host:
        host.get_by_role("link", name="Invite somebody").click()
        host.get_by_role("button", name="Make the invitation").click()
        expect(host.get_by_text("Please look at the marked fields.")).to_be_visible()
        host.get_by_label("Name", exact=True).fill("尉迟恭")
        host.get_by_role("radio", name="Several times").check(force=True)
        expect(host.get_by_label("First day")).to_be_visible()
        expect(host.get_by_label("Day", exact=True)).to_be_hidden()
        host.get_by_role("button", name="Make the invitation").click()
        expect(host.get_by_role("heading", name="尉迟恭")).to_be_visible()
        expect(host.locator("#share-text")).to_contain_text("/v/")
        host.get_by_role("link", name="Change").click()
        host.get_by_role("checkbox", name="Sat").check()
        host.get_by_role("button", name="Save").click()
        expect(host.get_by_text("Sat")).to_be_visible()
        host.get_by_role("button", name="Withdraw the invitation").click()
        host.get_by_role("dialog").get_by_role("button", name="Withdraw the invitation").click()
        expect(host.get_by_text("No open invitations").or_(host.get_by_text("Nobody is announced"))).to_be_visible()


@pytest.mark.slow
def test_without_a_websocket_the_phone_asks_now_and_then(park: Park) -> None:
    visit = park.walk_in()
    context = park.browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]  # a plain dict of two numbers
    page = context.new_page()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(park.house.base_url + park.pass_address(visit))
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    service.answer_coming(park.house.door, internal(), visit_id=visit, host_id=park.host, minutes=3)
    expect(page.get_by_role("heading", name="is coming")).to_be_visible(timeout=30_000)
    context.close()


def test_deleting_asks_first_and_ends_the_link(park: Park) -> None:
    visit = park.walk_in()
    service.sign_out(park.house.door, internal(), visit_id=visit)
    address = park.pass_address(visit)
    with park.phone(address + "/receipt") as visitor:
        visitor.get_by_role("button", name="Delete my data now").click()
        dialog = visitor.get_by_role("dialog")
        dialog.get_by_role("button", name="Back").click()
        expect(dialog).to_be_hidden()
        visitor.get_by_role("button", name="Delete my data now").click()
        dialog.get_by_role("button", name="Delete my data now").click()
        expect(visitor.get_by_role("heading", name="Your data is deleted")).to_be_visible()
        visitor.goto(park.house.base_url + address)
        expect(visitor.get_by_role("heading", name="not known, or no longer valid")).to_be_visible()
    park.problems = [problem for problem in park.problems if "404" not in problem]


def test_seeing_counts_for_the_ladder_only_once(park: Park) -> None:
    visit = park.walk_in()
    with park.phone(park.message(visit)) as host:
        expect(host.get_by_role("heading", name="周岚")).to_be_visible()
        expect(host.locator("#do-seen[data-said]")).to_be_attached()
        host.reload()
        expect(host.locator("#do-seen[data-said]")).to_be_attached()
    with park.house.door.reading() as session:
        history = queries.record_of(session, park.house.keys, visit).history
    assert [line.kind for line in history].count("HostSawVisit") == 1
    assert park.ladder(visit).step == Step.SEEN

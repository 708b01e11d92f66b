"""The weekly schedule at the desk in Chromium: looked at, carried out by itself to its end, left on the way and taken up again."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, expect

from tests.browser.test_desk import Desk
from tests.factories import make_attendant, make_room
from tests.services.house import LiveHouse

pytestmark = pytest.mark.browser

ROWS = 800
"""Four slices: enough to leave on the way."""


@pytest.fixture
def desk(serve: Callable[..., LiveHouse], browser: Browser) -> Iterator[Desk]:
    made = Desk(house=serve("sqlite"), browser=browser)
    for number in range(20):
        make_room(made.house.door, name=str(301 + number))
    make_attendant(made.house.door, name="李敏")
    yield made
    assert made.problems == []


def schedule(house: LiveHouse) -> bytes:
    book = Workbook()
    book.active.append(["Date", "Time", "Meeting", "Room"])
    day = house.door.clock.now().date() + timedelta(days=3)
    for place in range(ROWS):
        hour = 8 + place // 20 % 5 * 2
        book.active.append([day + timedelta(days=place // 100), f"{hour}:00-{hour + 1}:00", f"Meeting {place}", str(301 + place % 20)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_long_schedule_is_carried_out_by_itself_left_on_the_way_and_taken_up_again(desk: Desk) -> None:
    with desk.at("supervisor", path="/desk/meetings/schedule") as page:
        page.get_by_label("File (.xlsx, .xls or .ics)").set_input_files(
            {"name": "week.xlsx", "mimeType": "", "buffer": schedule(desk.house)}
        )
        page.get_by_role("button", name="Look at it").click()
        expect(page.get_by_role("heading", name="What the schedule would change")).to_be_visible()
        assert page.get_by_role("row").count() == 101
        page.get_by_role("button", name="Carry it out").click()
        bar = page.get_by_role("progressbar", name="Being carried out")
        expect(bar).to_be_visible()
        page.goto("/desk/meetings/schedule")
        page.get_by_role("link", name="week.xlsx").click()
        expect(page.get_by_role("progressbar", name="Carried out in part")).to_be_visible()
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="What became of the schedule")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("The schedule is carried out.")).to_be_visible()
        assert page.get_by_role("row").get_by_role("link").count() == 100
        page.get_by_role("link", name="Next").click()
        expect(page.get_by_role("link", name="Meeting 100", exact=True)).to_be_visible()

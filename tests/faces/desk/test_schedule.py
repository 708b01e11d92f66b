"""The weekly schedule at the desk (S112): looked at, carried out some rows at a time, and what each row came to."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlmodel import col, func, select
from werkzeug.test import TestResponse

from server.domain.meetings import sheets
from server.domain.meetings.queries import importing
from server.domain.meetings.tables import Meeting
from server.sheets import Fault
from server.web import schedules, sentences
from server.web.house import House
from tests.domain.meetings.schedules import FAULTY_ROWS, ROOMS, weekly_calendar, weekly_workbook
from tests.faces.desk.stage import Browser
from tests.factories import make_attendant, make_room, make_tenant

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

ADDRESS = "/desk/meetings/schedule"
NEXT_MONDAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def rooms(house: House) -> None:
    """The schedule's rooms, and somebody to look after them."""
    for name in ROOMS:
        make_room(house.door, name=name, capacity=200)
    make_attendant(house.door, name="李敏")


def send(browser: Browser, content: bytes, name: str = "一周.xlsx") -> TestResponse:
    return browser.post(ADDRESS, {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def keep(browser: Browser, content: bytes, name: str = "一周.xlsx") -> str:
    """Send a schedule in and return the address of its preview."""
    answer = send(browser, content, name)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def listed(*rows: list[object]) -> bytes:
    """Return a schedule with these rows: day, time, title, room."""
    book = Workbook()
    for row in (["日期", "时间", "会议名称", "会议室"], *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def meetings(house: House) -> int:
    with house.door.reading() as session:
        return session.exec(select(func.count(col(Meeting.id)))).one()


def test_a_schedule_is_previewed_and_only_then_carried_out(supervisor: Browser, house: House) -> None:
    preview = keep(supervisor, weekly_workbook(NEXT_MONDAY))
    shown = supervisor.get(preview).text
    assert "填写说明" in shown
    assert '<b class="cell">E8</b> 此项为空。' in shown
    assert meetings(house) == 0
    done = supervisor.post(preview)
    assert done.location == f"{preview}?done=schedule_done"
    after = supervisor.get(str(done.location)).text
    assert "安排表导入结果" in after
    assert len(re.findall(r'href="/desk/meetings/\d+"', after)) == meetings(house) > 0
    assert after.count("chip-bad") == FAULTY_ROWS


def test_the_page_asks_for_the_next_rows_by_itself_until_all_are_carried_out(supervisor: Browser, house: House) -> None:
    days = [NEXT_MONDAY + timedelta(days=place // 4) for place in range(260)]
    rows = [[day, f"{8 + place % 4 * 3}:00-{9 + place % 4 * 3}:00", f"会议 {place}", "301"] for place, day in enumerate(days)]
    preview = keep(supervisor, listed(*rows))
    begun = supervisor.post(preview, htmx=True)
    assert (begun.status_code, meetings(house)) == (200, 250)
    assert '<progress class="progress" max="260" value="250"' in begun.text
    assert 'hx-trigger="load delay:30ms, submit"' in begun.text
    left = supervisor.get(preview).text
    assert "已导入一部分" in left
    assert 'hx-trigger="load' not in left, "a page that is opened again asks before it goes on"
    assert "250 / 260" in supervisor.get(ADDRESS).text
    ended = supervisor.post(preview, htmx=True)
    assert (ended.status_code, ended.headers["HX-Redirect"], meetings(house)) == (204, f"{preview}?done=schedule_done", 260)
    assert "会议 259" not in supervisor.get(preview).text
    assert "会议 259" in supervisor.get(f"{preview}?kind=added&page=3").text


def test_the_same_schedule_again_says_nothing_new_and_a_changed_one_says_what_differs(supervisor: Browser) -> None:
    supervisor.post(keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "301"])))
    again = supervisor.get(keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "301"]))).text
    assert "安排表没有新内容" in again
    changed = supervisor.get(keep(supervisor, listed([NEXT_MONDAY, "14:00-15:00", "周例会", "302"]))).text
    assert "<del>301</del> → <ins>302</ins>" in changed
    assert "<del>11-30 09:00</del> → <ins>11-30 14:00</ins>" in changed


def test_the_rows_of_one_kind_are_shown_alone(supervisor: Browser) -> None:
    preview = keep(supervisor, weekly_calendar(NEXT_MONDAY), "calendar.ics")
    assert "贵宾来访" in supervisor.get(f"{preview}?kind=added").text
    assert "没有这样的行" in supervisor.get(f"{preview}?kind=faulty").text
    assert supervisor.get(f"{preview}?kind=nonsense&page=99999").status_code == 200


def test_a_schedule_is_left_before_it_is_begun_and_not_after(supervisor: Browser) -> None:
    preview = keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "301"]))
    assert supervisor.post(f"{preview}/withdraw").location == f"{ADDRESS}?done=schedule_withdrawn"
    assert supervisor.get(preview).status_code == 404
    begun = keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "301"]))
    supervisor.post(begun)
    assert supervisor.post(f"{begun}/withdraw").headers["X-Error-Code"] == "schedule_begun"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "week.xlsx", "文件中没有会议。"),
        (b"%PDF-1.7", "week.pdf", "请使用 Excel"),
        (b"not a workbook", "week.xlsx", "无法读取文件"),
        (b"not a calendar", "week.ics", "无法读取文件"),
    ],
)
def test_a_file_that_is_no_schedule_says_so_beside_the_field(supervisor: Browser, content: bytes, name: str, said: str) -> None:
    answer = send(supervisor, content, name)
    assert answer.status_code == 422
    assert said in answer.text


def test_no_file_is_said_beside_the_field(supervisor: Browser) -> None:
    answer = supervisor.post(ADDRESS, {}, content_type="multipart/form-data")
    assert (answer.status_code, 'id="f-file-error"' in answer.text) == (422, True)


@pytest.mark.parametrize(("lang", "first"), [("zh", "编号"), ("en", "No.")])
def test_the_templates_example_can_be_carried_out_as_it_stands(supervisor: Browser, house: House, lang: str, first: str) -> None:
    make_tenant(house.door, name="澄江科技", name_en="Chengjiang Technology")
    content = supervisor.get(f"{ADDRESS}/template?lang={lang}").data
    assert load_workbook(io.BytesIO(content)).active["A1"].value == first
    supervisor.post(keep(supervisor, content))
    with house.door.reading() as session:
        [meeting] = session.exec(select(Meeting)).all()
    assert meeting.day == house.clock.now().astimezone(house.settings.zone).date() + timedelta(days=7)
    assert meeting.tenant_id is not None


def test_a_list_of_which_every_row_is_faulty_is_not_called_nothing_new(supervisor: Browser) -> None:
    shown = supervisor.get(keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "没有这间"]))).text
    assert "没有可导入的内容" in shown
    assert "安排表没有新内容" not in shown


def test_the_desk_looks_and_only_the_supervisor_takes_a_schedule_in(supervisor: Browser, desk: Browser, app: Flask) -> None:
    preview = keep(supervisor, listed([NEXT_MONDAY, "9:00-10:00", "周例会", "301"]))
    assert "周例会" in desk.get(preview).text
    assert 'type="file"' not in desk.get(ADDRESS).text
    refused = [send(desk, b"x"), desk.post(preview), desk.post(f"{preview}/withdraw")]
    assert [answer.status_code for answer in refused] == [403, 403, 403]


def codes() -> Iterator[str]:
    """Give every code that the readers and the judge of a schedule name: said by a refusal, a fault, or returned as one."""
    for path in (*Path(sheets.__file__).parent.glob("*.py"), Path(importing.__file__)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for said in _codes_in(node):
                yield from (each.value for each in ast.walk(said) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _codes_in(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return node.args[:1] if name == "BadInput" else node.args[-1:] if name in ("fault", "_faulty") else []
    if isinstance(node, ast.FunctionDef) and node.name.endswith(("_code", "_bounds")):
        given = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        return [each.elts[-1] if isinstance(each, ast.Tuple) else each for each in given if each is not None]
    return []


BY_NAME = {"category_unknown", "layout_unknown"}
"""Codes that are put together from the name of a field."""
REFUSED_LATE = {"room_taken", "meeting_moved_on", "break_outside", "in_the_past", "room_retired"}
"""Codes of a change that is refused only when it is carried out."""


def test_every_fault_of_a_row_has_a_sentence_that_needs_no_facts(app: Flask) -> None:
    known = {code for code in codes() if re.fullmatch("[a-z][a-z_]*", code)} | BY_NAME | REFUSED_LATE
    assert {"missing", "time_unclear", "repeats_too_much", "too_far_ahead", "cancelled_here"} <= known
    with app.test_request_context("/desk"):
        said = {code: schedules.fault_sentence(Fault(column="A", field="x", code=code)) for code in known}
        assert [code for code, words in said.items() if words == sentences.sentence("nobody_knows_this", {}) or "%(" in words] == []

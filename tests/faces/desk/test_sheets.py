"""Run sheets at the desk: the supervisor's changes, what the plan demands, the department's texts, and the sheets printed for a day."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.domain.meetings.queries import papers
from server.domain.meetings.queries.papers import SheetCard
from server.domain.meetings.rules import Category
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import make_attendant, make_meeting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

LINE = {"minutes": "75", "side": "before", "enabled": "1", "sop": "一、开窗通风。\n二、摆桌。", "sop_en": "Air the room."}


def line_of(house: House, category: str, kind: str) -> SheetCard:
    with house.door.reading() as session:
        return next(card for card in papers.sheet(session, Category(category)) if card.plan.kind == kind)


def test_each_category_shows_its_lines_with_hour_whose_rule_and_text(desk: Browser) -> None:
    vip = desk.get("/desk/sheets?category=vip").text
    for words in ("电梯口迎宾", "S134", "会前 90 分钟", "前一工作日 11:00", "会议结束后 15 分钟", "服务员", "可不做"):
        assert words in vip
    assert "电梯口迎宾" not in desk.get("/desk/sheets").text
    assert "S119" in desk.get("/desk/sheets?category=nonsense").text
    assert "90 min before" in desk.get("/desk/sheets?category=vip&lang=en").text


def test_a_line_is_changed_set_back_and_undo_brings_the_change_back(supervisor: Browser, house: House) -> None:
    changed = supervisor.post("/desk/sheets/ordinary/check_room", LINE)
    assert changed.location == "/desk/sheets?done=sheet_changed&category=ordinary"
    page = supervisor.get("/desk/sheets").text
    assert "会前 75 分钟" in page
    assert "方案：会前 60 分钟" in page
    assert "一、开窗通风。\n二、摆桌。" in page
    back = supervisor.post("/desk/sheets/ordinary/check_room/back")
    assert line_of(house, "ordinary", "check_room").minutes == -60
    undo = "/desk/sheets/ordinary/check_room/at/-75/on"
    assert f'action="{undo}"' in supervisor.get(str(back.location)).text
    assert supervisor.post(undo).status_code == 303
    card = line_of(house, "ordinary", "check_room")
    assert (card.minutes, card.sop, card.sop_en) == (-75, LINE["sop"], "Air the room.")


def test_what_may_be_left_out_is_left_out_and_what_the_plan_demands_is_done(supervisor: Browser, house: House) -> None:
    """S119 is demanded; the pick list is ours."""
    assert 'name="enabled"' in supervisor.get("/desk/sheets/ordinary/pick_list").text
    supervisor.post("/desk/sheets/ordinary/pick_list", {"hour": "16:30"})
    assert (line_of(house, "ordinary", "pick_list").enabled, line_of(house, "ordinary", "pick_list").minutes) == (False, 16 * 60 + 30)
    assert "不做" in supervisor.get("/desk/sheets").text
    assert 'name="enabled"' not in supervisor.get("/desk/sheets/ordinary/check_room").text
    supervisor.post("/desk/sheets/ordinary/check_room", {"minutes": "60", "side": "before"})
    assert line_of(house, "ordinary", "check_room").enabled
    refused = supervisor.post("/desk/sheets/ordinary/check_room/at/-60/off")
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (422, "plan_demands_it")


@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("ordinary/check_room", {"minutes": "1441"}, "minutes"),
        ("ordinary/check_room", {"minutes": "120", "side": "after"}, "minutes"),
        ("ordinary/check_room", {"minutes": "soon"}, "minutes"),
        ("ordinary/check_room", {"side": "beside"}, "side"),
        ("ordinary/reconfirm", {"hour": ""}, "hour"),
        ("ordinary/reconfirm", {"hour": "25:00"}, "hour"),
        ("ordinary/tidy", {"minutes": "241", "side": "after"}, "minutes"),
        ("ordinary/check_room", {"sop": "长" * 501}, "sop"),
    ],
)
def test_a_wrong_line_is_told_beside_its_field(supervisor: Browser, path: str, typed: dict[str, str], field: str) -> None:
    answer = supervisor.post(f"/desk/sheets/{path}", {**LINE, **typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "Air the room." in answer.text


def test_the_desk_reads_sheets_and_texts_and_changes_nothing(desk: Browser, house: House) -> None:
    assert "/desk/sheets/ordinary/check_room" not in desk.get("/desk/sheets").text
    assert "/change" not in desk.get("/desk/manuals/contingency").text
    for path in ("sheets/ordinary/check_room", "manuals/contingency/change"):
        assert desk.get(f"/desk/{path}").status_code == 403
        assert desk.post(f"/desk/{path}", {**LINE, "text": "anything"}).status_code == 403
    for path in ("back", "at/-75/on"):
        assert desk.post(f"/desk/sheets/ordinary/check_room/{path}").status_code == 403
    assert not line_of(house, "ordinary", "check_room").changed


def test_a_line_or_a_text_that_is_not_there_is_not_found(supervisor: Browser) -> None:
    for path in ("sheets/ordinary/greet_lift", "sheets/festive/check_room", "manuals/cookery", "manuals/cookery/change"):
        assert supervisor.get(f"/desk/{path}").status_code == 404
    assert supervisor.post("/desk/sheets/ordinary/greet_lift/back").status_code == 404
    assert supervisor.post("/desk/manuals/cookery/change", {"text": "?"}).status_code == 404


# --- the department's texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rule", "heading", "heading_en"),
    [
        ("contingency", "S138", "火警、烟雾", "Fire or smoke"),
        ("daily", "S121", "会前", "Before"),
        ("vip", "S133", "会前数日", "The days before"),
    ],
)
def test_a_text_that_nobody_wrote_is_a_proposal_and_says_so(desk: Browser, name: str, rule: str, heading: str, heading_en: str) -> None:
    page = desk.get(f"/desk/manuals/{name}").text
    assert f"工作方案提到这份文件（{rule}），但没有给出内容" in page
    assert f"<h2>{heading}</h2>" in page
    assert f"<h2>{heading_en}</h2>" in desk.get(f"/desk/manuals/{name}?lang=en").text


def test_a_text_is_written_read_and_emptied_again(supervisor: Browser, desk: Browser) -> None:
    """S138."""
    form = supervisor.get("/desk/manuals/contingency/change").text
    assert "火警、烟雾" in form
    assert "Fire or smoke" in form
    written = supervisor.post("/desk/manuals/contingency/change", {"text": "停电\n找王师傅 <b>8001</b>", "text_en": ""})
    assert written.location == "/desk/manuals/contingency?done=manual_set"
    page = desk.get("/desk/manuals/contingency").text
    assert "<h2>停电</h2>" in page
    assert "&lt;b&gt;8001&lt;/b&gt;" in page
    assert "建议稿" not in page
    assert "停电" in desk.get("/desk/manuals/contingency?lang=en").text
    supervisor.post("/desk/manuals/contingency/change", {"text": "", "text_en": ""})
    assert "火警、烟雾" in desk.get("/desk/manuals/contingency?lang=zh").text


def test_a_text_too_long_keeps_what_was_typed(supervisor: Browser) -> None:
    answer = supervisor.post("/desk/manuals/vip/change", {"text": "长" * 8001, "text_en": "Short"})
    assert answer.status_code == 422
    assert 'id="f-text-error"' in answer.text
    assert ">Short</textarea>" in answer.text


# --- the sheets of a day ------------------------------------------------------------------------------------------------


def test_tomorrows_sheets_are_printed_a_person_with_codes_that_open_the_meetings(desk: Browser, house: House) -> None:
    for name in ("孙悦", "郭敏"):
        make_attendant(house.door, name=name)
    make_meeting(house.door, begins=timedelta(days=1, hours=3), title="季度经营会")
    page = desk.get("/desk/papers/run-sheet").text
    assert page.count('<article class="sheet day-sheet">') == 2
    assert "季度经营会" in page
    assert "布置并检查会场" in page
    assert page.count('<div class="qr') == 1
    assert "2026-11-24" in page
    today = desk.get("/desk/papers/run-sheet?day=2026-11-23").text
    assert "前台和主管" in today
    assert "再确认" in today


def test_a_day_that_is_none_is_told_and_tomorrow_is_shown(desk: Browser) -> None:
    answer = desk.get("/desk/papers/run-sheet?day=soon")
    assert answer.status_code == 422
    assert "日期不对" in answer.text or 'id="f-day-error"' in answer.text
    assert "没有可打印的内容" in answer.text


def test_the_desks_first_page_leads_to_the_sheets_and_reminds_of_them_in_the_evening(desk: Browser) -> None:
    page = desk.get("/desk").text
    assert re.search(r'data-from-hour="17:30" hidden>.*?href="/desk/papers/run-sheet"', page, re.DOTALL)


def test_the_settings_lead_to_rooms_sheets_texts_calendar_and_registers(supervisor: Browser) -> None:
    page = supervisor.get("/desk/admin").text
    for path in ("rooms", "sheets", "sheets#texts", "calendar", "registers"):
        assert f'href="/desk/{path}"' in page

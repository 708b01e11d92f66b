"""Meetings at the desk: the day's list, registering and what collides, one meeting and all that is done about it, the day before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.meetings import service
from server.domain.meetings.queries import doors
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import State
from server.domain.rooms import service as rooms
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import asks, internal, make_attendant, make_meeting, make_room, meeting_of, meeting_plan, steps_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

PLAN = {
    "title": "季度经营会",
    "category": "ordinary",
    "layout": "boardroom",
    "day": "2026-11-23",
    "begins": "14:00",
    "ends": "15:30",
    "estimated": "12",
    "contact_name": "曾静怡",
    "contact_phone": "138 0013 8000",
    "tea": "usual",
}
TODAY = "20261123"


def number_in(address: str | None) -> int:
    found = re.search(r"/(\d+)", address or "")
    assert found is not None, address
    return int(found[1])


def row_of(door: Door, meeting_id: int) -> MeetingRow:
    with door.reading() as session:
        row = meeting_rows.one(session, meeting_id)
    assert row is not None
    return row


def wait(browser: Browser, clock: StillClock, by: timedelta) -> None:
    """Let time pass; a desk that was still for so long asks for the password again."""
    clock.turn(by)
    browser.log_in("desk")


def region(browser: Browser, region_id: str) -> str:
    answer = browser.get(f"/region/{region_id}")
    assert answer.status_code == 200, region_id
    return answer.text


def undo_in(text: str) -> str:
    found = re.search(r'data-toast.*?action="([^"]+)"', text, re.DOTALL)
    assert found is not None, text
    return found[1]


# --- a day --------------------------------------------------------------------------------------------------------------


def test_the_days_list_says_what_is_late_and_why_who_has_not_seen_a_change_and_who_calls(
    desk: Browser, house: House, clock: StillClock
) -> None:
    make_attendant(house.door, name="李敏")
    room = make_room(house.door, name="301")
    meeting = make_meeting(house.door, room_id=room, category="important", tea_minutes=None)
    plan = meeting_plan(house.door, room_id=room, category="important", estimated=14, tea_minutes=None)
    service.change(house.door, internal(), meeting_id=meeting, version=meeting_of(house.door, meeting).version, plan=plan)
    calls.call_for(house.door, internal(), room_id=room, meeting_id=meeting, wish="technician")
    wait(desk, clock, timedelta(hours=2, minutes=40))
    for kind in ("check_room", "standby"):
        service.raise_step(house.door, internal(), step_id=steps_of(house.door, meeting)[kind].id or 0)
    shown = region(desk, f"desk.meetings:{TODAY}")
    for words in (
        "12:00",
        "301",
        "季度经营会",
        "重要",
        "14 人",
        "李敏",
        "布置并检查会场",
        "设备未回复",
        "变更未确认：李敏",
        "技术支持 · 呼叫中",
    ):
        assert words in shown, words
    assert shown.index("重要") < shown.index("布置并检查会场")
    assert "当日会议" in desk.get("/desk/meetings").text
    assert "季度经营会" in region(desk, "desk.meetings_today")


def test_a_day_without_meetings_and_an_address_without_a_day_are_shown(desk: Browser) -> None:
    assert "当天没有会议" in desk.get("/desk/meetings?day=2026-11-24").text
    for strange in ("soon", "2026-02-31", "0001-01-01", "9999-12-31", ""):
        assert f"desk.meetings:{TODAY}" in desk.get(f"/desk/meetings?day={strange}").text
    assert desk.get("/region/desk.meetings:20260231").status_code == 404
    assert desk.get("/region/desk.staffing:20261131").status_code == 404
    assert desk.get("/region/desk.meeting:999").status_code == 404


def test_the_staffing_line_names_each_stretch_that_is_short_and_what_would_help(desk: Browser, house: House) -> None:
    """S23."""
    make_attendant(house.door)
    for name in ("301", "302"):
        make_meeting(house.door, room_id=make_room(house.door, name=name))
    shown = region(desk, f"desk.staffing:{TODAY}")
    assert shown.count('class="staffing-short"') == shown.count('class="short"') >= 3
    for words in ("11:45–11:55", "缺 1 名迎宾", "请安排人员顶岗", "302 门口迎宾", "需 2 人，在岗 1 人", "提前 15 分钟"):
        assert words in shown, words
    assert "全天人手充足" not in shown
    assert "当天没有需要服务员的工作。" in region(desk, "desk.staffing:20261124")


# --- registering --------------------------------------------------------------------------------------------------------


def register(browser: Browser, room: int, to: str = "/desk/meetings/new", **other: Any) -> Any:
    return browser.post(to, {**PLAN, "room_id": str(room), **other})


def test_a_meeting_is_registered_as_it_was_typed(desk: Browser, house: House) -> None:
    room = make_room(house.door)
    answer = register(desk, room, begins="1430", ends="16：00", break_at="15:15", plan="门口一人\r\n电梯口一人", category="vip")
    assert answer.status_code == 303, answer.text
    row = row_of(house.door, number_in(answer.location))
    assert (f"{row.starts_at:%d %H:%M}", f"{row.ends_at:%H:%M}", f"{row.break_at:%H:%M}") == ("23 06:30", "08:00", "07:15")
    assert (row.estimated, row.guaranteed, row.contact_phone, row.tea_minutes) == (12, None, "13800138000", 15)
    assert row.plan == "门口一人\n电梯口一人"
    assert row.made_by == "林晓"
    page = desk.get(answer.location).text
    assert "会议已登记。" in page
    assert "贵宾" in page


def test_an_evening_may_last_past_midnight(desk: Browser, house: House) -> None:
    answer = register(desk, make_room(house.door), begins="22:00", ends="01:00", break_at="00:15")
    row = row_of(house.door, number_in(answer.location))
    assert (f"{row.ends_at:%d %H:%M}", f"{row.break_at:%d %H:%M}") == ("23 17:00", "23 16:15")
    assert 'value="01:00"' in desk.get(f"/desk/meetings/{row.meeting_id}/change").text


WRONG = (
    ("title", "", "f-title-error"),
    ("title", "长" * 81, "f-title-error"),
    ("room_id", "", "f-room_id-error"),
    ("room_id", "999", "f-room_id-error"),
    ("layout", "ring", "f-layout-error"),
    ("category", "grand", "f-category-error"),
    ("day", "soon", "f-day-error"),
    ("day", "2028-11-23", "f-day-error"),
    ("begins", "morning", "f-begins-error"),
    ("ends", "13:00", "f-ends-error"),
    ("ends", "08:30", "f-ends-error"),
    ("estimated", "-1", "f-estimated-error"),
    ("estimated", "a few", "f-estimated-error"),
    ("guaranteed", "900", "f-guaranteed-error"),
    ("tenant_id", "999", "f-tenant_id-error"),
    ("contact_phone", "call me", "f-contact_phone-error"),
    ("tea", "1", "f-tea-error"),
    ("tea", "often", "f-tea-error"),
    ("break_at", "18:00", "f-break_at-error"),
    ("notes", "长" * 501, "f-notes-error"),
    ("plan", "a\x00b", "f-plan-error"),
)


def test_a_wrong_plan_keeps_what_was_typed_and_names_the_field(desk: Browser, house: House) -> None:
    room = make_room(house.door)
    for field, value, named in WRONG:
        answer = register(desk, room, **{"equipment": "投影仪一台", field: value})
        assert answer.status_code == 422, (field, value)
        assert f'id="{named}"' in answer.text, (field, value)
        assert 'value="投影仪一台"' in answer.text


def test_a_room_that_is_taken_names_by_what_and_offers_the_next_slot_which_then_fits(desk: Browser, house: House) -> None:
    """S112."""
    room = make_room(house.door, name="301")
    first = number_in(register(desk, room, title="董事会").location)
    answer = register(desk, room, begins="14:30", ends="15:30", break_at="15:00")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (409, "room_taken")
    for words in (
        f'href="/desk/meetings/{first}"',
        "董事会",
        "14:00–15:30",
        "占用 13:40 至 15:45",
        "改用 16:05–17:05",
        'value="季度经营会"',
    ):
        assert words in answer.text, words
    filled = re.search(r'data-fill="([^"]+)"', answer.text)
    assert filled is not None
    offered = dict(pair.split("=") for pair in filled[1].split(" "))
    assert offered == {"day": "2026-11-23", "begins": "16:05", "ends": "17:05", "break_at": "16:35"}
    assert register(desk, room, **offered).status_code == 303


def test_the_next_slot_may_be_tomorrow_and_says_so_or_there_may_be_none(desk: Browser, house: House) -> None:
    room = make_room(house.door)
    register(desk, room, begins="12:00", ends="23:30")
    answer = register(desk, room, begins="20:00", ends="21:00")
    assert "改用 2026年11月24日 周二 00:05–01:05" in answer.text
    register(desk, room, day="2026-11-24", begins="01:00", ends="16:30")
    register(desk, room, day="2026-11-24", begins="17:30", ends="23:30")
    none = register(desk, room, begins="20:00", ends="21:00")
    assert none.status_code == 409
    assert "请换会议室或日期" in none.text
    assert "data-fill" not in none.text


def test_the_form_follows_the_room_and_the_category(desk: Browser, house: House) -> None:
    small, large = make_room(house.door, capacity=20), make_room(house.door, capacity=200)
    assert "剧院式 · 20 座" in desk.get(f"/desk/meetings/options?room_id={small}&category=small").text
    shown = desk.get(f"/desk/meetings/options?room_id={large}&category=vip&layout=theatre&tea=usual").text
    assert "剧院式 · 200 座" in shown
    assert 'value="theatre" selected' in shown
    assert "按惯例：每 15 分钟" in shown
    assert "按惯例：按需" in desk.get("/desk/meetings/options?category=important").text
    assert desk.get("/desk/meetings/options?room_id=x&category=y&tea=9999999999").status_code == 200


def test_where_there_is_no_room_the_form_says_so(desk: Browser) -> None:
    assert "还没有会议室" in desk.get("/desk/meetings/new").text


def test_a_meeting_at_short_notice_is_the_supervisors_and_needs_its_contact(desk: Browser, supervisor: Browser, house: House) -> None:
    """S115."""
    room = make_room(house.door)
    assert desk.get("/desk/meetings/adhoc").status_code == 403
    assert register(desk, room, "/desk/meetings/adhoc").status_code == 403
    assert "/desk/meetings/adhoc" not in desk.get("/desk/meetings").text
    assert "/desk/meetings/adhoc" in supervisor.get("/desk/meetings").text
    assert "临时会议联系表" in supervisor.get("/desk/meetings/adhoc").text
    missing = register(supervisor, room, "/desk/meetings/adhoc", contact_phone="", contact_name=" ")
    assert (missing.status_code, missing.text.count("请填写此项")) == (422, 2)


def test_where_nobody_is_free_a_meeting_at_short_notice_asks_why_and_keeps_the_answer(supervisor: Browser, house: House) -> None:
    """S115."""
    room = make_room(house.door)
    refused = register(supervisor, room, "/desk/meetings/adhoc", begins="09:20", ends="10:00")
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "nobody_free")
    assert 'id="f-reason"' in refused.text
    assert 'id="f-reason"' not in supervisor.get("/desk/meetings/adhoc").text
    answer = register(supervisor, room, "/desk/meetings/adhoc", begins="09:20", ends="10:00", reason="市里来电")
    row = row_of(house.door, number_in(answer.location))
    assert (row.state, row.override_reason, row.source) == (State.CONFIRMED, "市里来电", "adhoc")
    assert "市里来电" in region(supervisor, f"desk.meeting:{row.meeting_id}")


# --- one meeting --------------------------------------------------------------------------------------------------------


def as_typed(row: MeetingRow, **other: Any) -> dict[str, Any]:
    same = {"title": row.title, "category": row.category.value, "room_id": row.room_id, "layout": row.layout, "version": row.version}
    hours = {"day": "2026-11-23", "begins": "12:00", "ends": "13:00", "estimated": row.estimated, "contact_name": row.contact_name}
    return {name: str(value) for name, value in {**same, **hours, "tea": "usual", **other}.items()}


def test_a_change_shows_the_difference_and_who_has_not_acknowledged_it(desk: Browser, house: House) -> None:
    attendant = make_attendant(house.door, name="李敏")
    meeting = make_meeting(house.door)
    row, other = row_of(house.door, meeting), make_room(house.door, name="205")
    answer = desk.post(f"/desk/meetings/{meeting}/change", as_typed(row, room_id=other, begins="12:15", ends="13:15"))
    assert answer.location == f"/desk/meetings/{meeting}?done=change_to_see"
    shown = region(desk, f"desk.meeting:{meeting}")
    for words in ("<del>12:00</del>", "<ins>12:15</ins>", "<ins>205</ins>", "李敏 未确认变更", "林晓"):
        assert words in shown, words
    service.acknowledge_change(house.door, internal(), change_id=1, staff_id=attendant)
    assert "全部已确认" in region(desk, f"desk.meeting:{meeting}")
    stale = desk.post(f"/desk/meetings/{meeting}/change", as_typed(row, title="另一个"))
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "meeting_changed_meanwhile")
    assert 'value="12:15"' in stale.text


def test_a_change_that_collides_names_the_other_meeting(desk: Browser, house: House) -> None:
    room = make_room(house.door)
    make_meeting(house.door, room_id=room, title="在先的会")
    meeting = make_meeting(house.door)
    answer = desk.post(f"/desk/meetings/{meeting}/change", as_typed(row_of(house.door, meeting), room_id=room))
    assert answer.status_code == 409
    assert "在先的会" in answer.text
    assert "data-fill" in answer.text


def test_a_title_changed_alone_need_not_be_acknowledged(desk: Browser, house: House) -> None:
    make_attendant(house.door)
    meeting = make_meeting(house.door)
    answer = desk.post(f"/desk/meetings/{meeting}/change", as_typed(row_of(house.door, meeting), title="年度经营会"))
    assert answer.location == f"/desk/meetings/{meeting}?done=meeting_changed"
    assert not row_of(house.door, meeting).changes


def test_a_cancelled_meeting_is_taken_back_by_the_toast_unless_its_room_was_given_away(desk: Browser, house: House) -> None:
    meeting = make_meeting(house.door)
    assert "取消“季度经营会”？" in desk.get(f"/desk/meetings/{meeting}/cancel").text
    assert desk.post(f"/desk/meetings/{meeting}/cancel", {"reason": "长" * 121}, htmx=True).status_code == 422
    said = desk.post(f"/desk/meetings/{meeting}/cancel", {"reason": "改到下周"}, htmx=True).text
    assert "会议已取消。" in said
    assert "改到下周" in region(desk, f"desk.meeting:{meeting}")
    assert "会议已恢复。" in desk.post(undo_in(said), htmx=True).text
    service.cancel(house.door, internal(), meeting_id=meeting)
    other = make_meeting(house.door, room_id=row_of(house.door, meeting).room_id, title="后来的会")
    refused = desk.post(f"/desk/meetings/{meeting}/reinstate", htmx=True)
    assert refused.status_code == 409
    assert f'href="/desk/meetings/{other}"' in refused.text
    assert desk.post(f"/desk/meetings/{meeting}/cancel", htmx=True).status_code == 409


def test_without_a_script_an_action_leads_back_to_the_meeting(desk: Browser, house: House) -> None:
    meeting = make_meeting(house.door)
    answer = desk.post(f"/desk/meetings/{meeting}/cancel", {"reason": ""})
    assert answer.location == f"/desk/meetings/{meeting}?done=meeting_cancelled&of={meeting}"
    assert f'action="/desk/meetings/{meeting}/reinstate"' in desk.get(answer.location).text


def test_the_course_of_a_meeting_is_told_and_taken_back(desk: Browser, house: House, clock: StillClock) -> None:
    room = make_room(house.door)
    meeting = make_meeting(house.door, room_id=room, begins=timedelta(minutes=5), tea_minutes=None)
    make_meeting(house.door, room_id=room, begins=timedelta(hours=2), title="下一场")
    here = f"/desk/meetings/{meeting}"

    def do(action: str, said: dict[str, str] | None = None) -> str:
        answer = desk.post(f"{here}/{action}", said, htmx=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    assert desk.post(f"{here}/end", htmx=True).status_code == 409
    assert desk.post(f"{here}/count", {"people": "9"}, htmx=True).status_code == 409
    assert desk.post(f"{here}/nobody-came", htmx=True).status_code == 409
    assert undo_in(do("start")) == f"{here}/take-back-start"
    do("take-back-start")
    do("start")
    assert undo_in(do("do-not-disturb")) == f"{here}/disturb-again"
    assert "请勿打扰" in region(desk, f"desk.meetings:{TODAY}")
    do("disturb-again")
    assert undo_in(do("tea/20")) == f"{here}/tea/0"
    assert row_of(house.door, meeting).tea_minutes == 20
    assert desk.post(f"{here}/tea/3", htmx=True).status_code == 422
    ended = row_of(house.door, meeting).ends_at
    longer = do("extend", {"minutes": "15"})
    assert row_of(house.door, meeting).ends_at == ended + timedelta(minutes=15)
    assert "会议已更改" in desk.post(undo_in(longer), htmx=True).text
    assert row_of(house.door, meeting).ends_at == ended
    assert desk.post(f"{here}/ends/99999999999999999999", htmx=True).status_code == 422
    do("extend", {"minutes": "15"})
    taken = desk.post(f"{here}/extend", {"minutes": "60"}, htmx=True)
    assert taken.status_code == 409
    assert "下一场" in taken.text
    assert desk.post(f"{here}/extend", {"minutes": "0"}, htmx=True).status_code == 422
    do("count", {"people": "9"})
    assert desk.post(f"{here}/count", {"people": "many"}, htmx=True).status_code == 422
    assert undo_in(do("end")) == f"{here}/resume"
    do("resume")
    row = row_of(house.door, meeting)
    assert (row.state, row.actual) == (State.IN_SESSION, 9)


def test_that_nobody_came_is_offered_once_it_was_asked(desk: Browser, house: House, clock: StillClock) -> None:
    meeting = make_meeting(house.door, begins=timedelta(minutes=5))
    assert "nobody-came" not in region(desk, f"desk.meeting:{meeting}")
    wait(desk, clock, timedelta(minutes=20))
    service.ask_start(house.door, internal(), meeting_id=meeting)
    assert "nobody-came" in region(desk, f"desk.meeting:{meeting}")
    said = desk.post(f"/desk/meetings/{meeting}/nobody-came", htmx=True)
    assert row_of(house.door, meeting).state is State.NO_SHOW
    assert undo_in(said.text) == f"/desk/meetings/{meeting}/take-back-nobody-came"
    assert "会议继续等候与会者" in desk.post(undo_in(said.text), htmx=True).text
    assert row_of(house.door, meeting).state is State.CONFIRMED
    assert "nobody-came" in region(desk, f"desk.meeting:{meeting}")


def test_what_is_printed_for_a_meeting_is_its_code_and_its_sheet(desk: Browser, house: House) -> None:
    meeting = make_meeting(house.door)
    with house.door.reading() as session:
        token = doors.room_token(session, house.keys, meeting)
    code = desk.get(f"/desk/meetings/{meeting}/code").text
    for words in (f"/r/{token}", '<svg class="qr"', "扫码呼叫茶水", "Scan for tea"):
        assert words in code, words
    sheet = desk.get(f"/desk/meetings/{meeting}/sheet").text
    assert sheet.count('class="tick-box"') == len(row_of(house.door, meeting).steps)


# --- the run sheet ------------------------------------------------------------------------------------------------------


def test_a_step_is_done_by_a_tap_and_taken_back_and_the_slower_is_told(desk: Browser, house: House, clock: StillClock) -> None:
    meeting = make_meeting(house.door)
    wait(desk, clock, timedelta(hours=2))
    step = steps_of(house.door, meeting)["check_room"].id
    said = desk.post(f"/desk/meetings/steps/{step}/finish", htmx=True)
    assert "布置并检查会场：已完成。" in said.text
    assert "林晓" in region(desk, f"desk.meeting:{meeting}")
    again = desk.post(f"/desk/meetings/steps/{step}/finish", htmx=True)
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "step_settled")
    assert desk.post(undo_in(said.text), htmx=True).status_code == 200
    assert steps_of(house.door, meeting)["check_room"].state == "planned"


def test_a_step_done_too_early_asks_for_a_reason_in_a_dialog(desk: Browser, house: House) -> None:
    meeting = make_meeting(house.door)
    step = steps_of(house.door, meeting)["lights_on"].id
    refused = desk.post(f"/desk/meetings/steps/{step}/finish", htmx=True)
    assert (refused.status_code, refused.headers["X-Error-Code"], refused.headers["HX-Retarget"]) == (409, "step_too_early", "#sheet")
    assert "data-open-now" in refused.text
    assert "11:30" in refused.text
    assert desk.post(f"/desk/meetings/steps/{step}/finish", {"reason": "提前布置"}, htmx=True).status_code == 200


def test_another_department_answers_by_name(desk: Browser, house: House, clock: StillClock) -> None:
    """S137, S142."""
    meeting = make_meeting(house.door, category="important", tea_minutes=None)
    wait(desk, clock, timedelta(hours=2, minutes=30))
    step = steps_of(house.door, meeting)["security"].id
    assert "保安回复人姓名" in desk.get(f"/desk/meetings/steps/{step}").text
    refused = desk.post(f"/desk/meetings/steps/{step}/finish", htmx=True)
    assert refused.status_code == 422
    assert 'id="f-answered_name-error"' in refused.text
    assert desk.post(f"/desk/meetings/steps/{step}/finish", {"answered_name": "赵队"}, htmx=True).status_code == 200
    assert "回复人：赵队" in region(desk, f"desk.meeting:{meeting}")


def test_what_was_drawn_is_counted_item_by_item(desk: Browser, house: House, clock: StillClock) -> None:
    """S116."""
    meeting = make_meeting(house.door)
    wait(desk, clock, timedelta(hours=1))
    step = steps_of(house.door, meeting)["draw_supplies"].id
    here = f"/desk/meetings/steps/{step}/finish"
    assert desk.get(f"/desk/meetings/steps/{step}").text.count('name="quantity"') == 7
    assert 'id="f-quantities-error"' in desk.post(here, htmx=True).text
    wrong = desk.post(here, {"item": ["cups", "糖"], "quantity": ["12", "-1"]}, htmx=True)
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.text
    assert desk.post(here, {"item": ["cups", "糖", ""], "quantity": ["12", "3", ""]}, htmx=True).status_code == 200
    kept = next(each for each in row_of(house.door, meeting).steps if each.kind == "draw_supplies")
    assert kept.quantities == (("cups", 12), ("糖", 3))


def test_a_step_is_skipped_with_a_reason_and_handed_to_somebody(desk: Browser, house: House) -> None:
    make_attendant(house.door, name="李敏")
    other = make_attendant(house.door, name="孙悦")
    meeting = make_meeting(house.door)
    step = steps_of(house.door, meeting)["greet_door"].id
    here = f"/desk/meetings/steps/{step}"
    assert 'id="f-skip-reason-error"' in desk.post(f"{here}/skip", {"reason": ""}, htmx=True).text
    assert desk.post(f"{here}/hand", {"staff_id": str(other)}, htmx=True).status_code == 200
    assert steps_of(house.door, meeting)["greet_door"].staff_id == other
    assert desk.post(f"{here}/hand", {"staff_id": "x"}, htmx=True).status_code == 422
    said = desk.post(f"{here}/skip", {"reason": "contact_wishes"}, htmx=True).text
    assert "已跳过" in said
    assert "联系人要求" in region(desk, f"desk.meeting:{meeting}")
    assert desk.post(f"{here}/hand", {"staff_id": ""}, htmx=True).status_code == 409
    assert desk.post(undo_in(said), htmx=True).status_code == 200
    closing = steps_of(house.door, meeting)["tidy"].id
    assert desk.post(f"/desk/meetings/steps/{closing}/finish", htmx=True).headers["X-Error-Code"] == "not_ended"
    asked = steps_of(house.door, make_meeting(house.door, begins=timedelta(days=1)))["reconfirm"].id
    assert desk.post(f"/desk/meetings/steps/{asked}/finish", htmx=True).headers["X-Error-Code"] == "reconfirm_needed"


# --- who looks after it -------------------------------------------------------------------------------------------------


def test_attendants_are_assigned_released_and_replaced(desk: Browser, house: House) -> None:
    one, two = make_attendant(house.door, name="李敏"), make_attendant(house.door, name="孙悦")
    meeting = make_meeting(house.door)
    here = f"/desk/meetings/{meeting}/attendants"

    def there() -> list[int]:
        return [person.staff_id for person in row_of(house.door, meeting).attendants]

    assert "孙悦 · 有空" in desk.get(here).text
    replaced = desk.post(f"{here}/{one}/replace", {"staff_id": str(two)}, htmx=True).text
    assert there() == [two]
    desk.post(undo_in(replaced), htmx=True)
    assert there() == [one]
    desk.post(f"{here}/{one}/replace", {"staff_id": str(two)}, htmx=True)
    said = desk.post(f"{here}/{two}/release", htmx=True).text
    assert there() == []
    assert "尚未安排服务员" in region(desk, f"desk.meetings:{TODAY}")
    desk.post(undo_in(said), htmx=True)
    assert undo_in(desk.post(here, {"staff_id": str(one)}, htmx=True).text) == f"{here}/{one}/release"
    assert set(there()) == {one, two}
    for wrong in (str(desk.staff_id), "0", "nobody"):
        refused = desk.post(here, {"staff_id": wrong}, htmx=True)
        assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#sheet")
    service.cancel(house.door, internal(), meeting_id=meeting)
    assert desk.post(here, {"staff_id": str(one)}, htmx=True).status_code == 409


# --- the day before -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tomorrow(house: House) -> int:
    """A meeting of tomorrow that waits to be reconfirmed."""
    meeting = make_meeting(house.door, room_id=make_room(house.door, name="301"), begins=timedelta(days=1, hours=2))
    service.open_reconfirm(house.door, internal(), meeting_id=meeting)
    return meeting


def confirm(desk: Browser, house: House, meeting: int, **other: str) -> Any:
    row = row_of(house.door, meeting)
    said = {"layout": row.layout, "guaranteed": "12", "contact_name": "曾静怡", "contact_phone": "", "version": str(row.version)}
    return desk.post(f"/desk/meetings/{meeting}/reconfirm", {**said, **other})


def test_one_tap_reconfirms_what_has_not_changed(desk: Browser, house: House, tomorrow: int) -> None:
    """S114."""
    shown = desk.get("/desk/meetings/reconfirm").text
    for words in ("季度经营会", "16:00 前", 'value="12"', "待再次确认</span>"):
        assert words in shown, words
    assert 'class="count"' in region(desk, "desk.reconfirm_count")
    answer = confirm(desk, house, tomorrow)
    assert answer.location == "/desk/meetings/reconfirm?done=confirmed"
    row = row_of(house.door, tomorrow)
    assert (row.state, row.guaranteed, row.confirmed_by, row.changes) == (State.CONFIRMED, 12, "林晓", ())
    assert "没有待再次确认的会议" in region(desk, "desk.reconfirm")
    assert 'class="count"' not in region(desk, "desk.reconfirm_count")


def test_what_differs_the_day_before_is_a_change(desk: Browser, house: House, tomorrow: int) -> None:
    """S114."""
    assert confirm(desk, house, tomorrow, layout="classroom", guaranteed="20").status_code == 303
    (change,) = row_of(house.door, tomorrow).changes
    assert {one.field for one in change.differences} == {"layout", "people"}


UNANSWERED = (
    ("layout", "ring", "layout"),
    ("guaranteed", "", "people"),
    ("guaranteed", "0", "people"),
    ("guaranteed", "500", "people"),
    ("contact_name", " ", "contact"),
    ("contact_phone", "call me", "phone"),
)


def test_the_three_answers_must_be_there(desk: Browser, house: House, tomorrow: int) -> None:
    for field, value, named in UNANSWERED:
        answer = confirm(desk, house, tomorrow, **{field: value})
        assert answer.status_code == 422, (field, value)
        assert f'id="{named}-{tomorrow}-error"' in answer.text, (field, value)
    assert row_of(house.door, tomorrow).state is State.TO_RECONFIRM


def test_a_refusal_of_what_the_three_do_not_ask_is_told_of_the_whole(desk: Browser, house: House, tomorrow: int) -> None:
    rooms.retire_room(house.door, internal(), room_id=row_of(house.door, tomorrow).room_id)
    answer = confirm(desk, house, tomorrow, guaranteed="9")
    assert answer.status_code == 422
    assert "这间会议室已停用" in answer.text


def test_a_reconfirmation_loses_against_a_change_a_collision_and_an_earlier_one(desk: Browser, house: House, tomorrow: int) -> None:
    stale = confirm(desk, house, tomorrow, version="99")
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "meeting_changed_meanwhile")
    make_meeting(house.door, room_id=row_of(house.door, tomorrow).room_id, begins=timedelta(days=1, hours=3, minutes=40), title="紧接着")
    taken = confirm(desk, house, tomorrow, layout="banquet")
    assert taken.headers["X-Error-Code"] == "room_taken"
    assert "紧接着" in taken.text
    assert "banquet" in taken.text
    assert confirm(desk, house, tomorrow).status_code == 303
    assert confirm(desk, house, tomorrow).headers["X-Error-Code"] == "meeting_moved_on"


def test_from_half_past_five_what_is_not_reconfirmed_is_red_and_stands_on_every_page(
    desk: Browser, house: House, tomorrow: int, clock: StillClock
) -> None:
    """S114."""
    wait(desk, clock, timedelta(hours=8, minutes=31))
    service.tell_unconfirmed(house.door, internal(), meeting_id=tomorrow)
    assert "reconfirm-late" in region(desk, "desk.reconfirm")
    assert "count-bad" in region(desk, "desk.reconfirm_count")
    assert "1 场会议未再次确认" in region(desk, "desk.alerts")
    desk.client.set_cookie("yb-lang-desk", "en")
    assert "1 meeting is not reconfirmed" in desk.get("/desk/people").text


# --- calls from rooms ---------------------------------------------------------------------------------------------------


def test_a_room_that_rings_up_is_called_for_and_looked_after(desk: Browser, house: House, clock: StillClock) -> None:
    meeting = make_meeting(house.door, room_id=make_room(house.door, name="301"))
    here = f"/desk/meetings/{meeting}/call"
    assert desk.post(here, {"wish": "champagne"}, htmx=True).status_code == 422
    said = desk.post(here, {"wish": "tea"}, htmx=True).text
    assert "301 · 茶水：已呼叫服务员。" in said
    assert "已在呼叫中" in desk.post(here, {"wish": "tea"}, htmx=True).text
    with house.door.reading() as session:
        (call,) = calls_read.open_calls(session)
    assert call.source == "desk"
    wait(desk, clock, timedelta(seconds=35))
    acked = desk.post(f"/desk/room-calls/{call.call_id}/ack", htmx=True)
    assert undo_in(acked.text) == f"/desk/room-calls/{call.call_id}/release"
    assert "林晓" in region(desk, "desk.room_calls")
    second = desk.post(f"/desk/room-calls/{call.call_id}/ack", htmx=True)
    assert (second.status_code, second.headers["X-Error-Code"]) == (409, "call_settled")
    assert desk.post(f"/desk/room-calls/{call.call_id}/arrive", htmx=True).status_code == 200
    done = desk.post(f"/desk/room-calls/{call.call_id}/finish", htmx=True)
    assert "article" not in region(desk, "desk.room_calls")
    assert "0:35 后响应" in region(desk, f"desk.meeting:{meeting}")
    assert desk.post(undo_in(done.text), htmx=True).status_code == 200
    assert desk.post(f"/desk/room-calls/{call.call_id}/withdraw").location.startswith(f"/desk/meetings/{meeting}")


def test_what_climbed_to_the_supervisor_stands_on_every_page(desk: Browser, house: House, clock: StillClock) -> None:
    make_attendant(house.door)
    meeting = make_meeting(house.door)
    row = meeting_of(house.door, meeting)
    service.change(
        house.door,
        asks("staff:1"),
        meeting_id=meeting,
        version=row.version,
        plan=meeting_plan(house.door, room_id=row.room_id, estimated=16),
    )
    call = int(calls.call_for(house.door, internal(), room_id=row.room_id, meeting_id=meeting, wish="person").ids["call"] or 0)
    assert "alert-band" not in region(desk, "desk.alerts")
    for _ in range(2):
        wait(desk, clock, timedelta(minutes=5))
        service.raise_unseen(house.door, internal(), seen_id=1)
        calls.raise_call(house.door, internal(), call_id=call)
    shown = region(desk, "desk.alerts")
    assert "1 个会议室呼叫无人响应" in shown
    assert f'href="/desk/meetings/{meeting}"' in shown
    assert "1 场会议的变更无人确认" in shown


# --- found, and not found -----------------------------------------------------------------------------------------------


def test_the_search_finds_meetings_too(desk: Browser, house: House) -> None:
    make_meeting(house.door, title="星河计划评审", room_id=make_room(house.door, name="A12"))
    for wanted in ("星河计划", "A12", "曾静怡"):
        assert "星河计划评审" in desk.get(f"/desk/search?q={wanted}").text
        assert "星河计划评审" in desk.get(f"/desk/search?q={wanted}", headers={"HX-Request": "true"}).text
    assert "没有找到会议" in desk.get("/desk/search?q=nobody").text


GETS = ("", "/change", "/reconfirm", "/cancel", "/attendants", "/code", "/sheet")
POSTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/start", {}),
    ("/extend", {"minutes": "15"}),
    ("/count", {"people": "3"}),
    ("/tea/20", {}),
    ("/cancel", {}),
    ("/attendants", {"staff_id": "1"}),
    ("/attendants/1/release", {}),
    ("/attendants/1/replace", {"staff_id": "2"}),
    ("/attendants/1/back/2", {}),
    ("/ends/1800000000", {}),
    ("/call", {"wish": "tea"}),
    ("/change", PLAN | {"room_id": "1"}),
    ("/reconfirm", {"layout": "boardroom", "guaranteed": "3", "contact_name": "曾", "version": "1"}),
)


def test_a_meeting_a_step_or_a_call_that_is_not_there_is_not_found(desk: Browser) -> None:
    for path in GETS:
        assert desk.get(f"/desk/meetings/999{path}").status_code == 404, path
    for path, said in POSTS:
        assert desk.post(f"/desk/meetings/999{path}", said).status_code == 404, path
    for path in ("/finish", "/skip", "/undo", "/hand"):
        assert desk.post(f"/desk/meetings/steps/999{path}", {"reason": "no_time"}).status_code == 404, path
    assert desk.get("/desk/meetings/steps/999").status_code == 404
    assert desk.post("/desk/room-calls/999/ack").status_code == 404


def test_who_keeps_the_stockroom_sees_no_meetings(login: Callable[[str], Browser], stranger: Browser) -> None:
    keeper = login("keeper")
    for path in ("/desk/meetings", "/desk/meetings/new", "/desk/meetings/reconfirm", "/desk/meetings/1", "/desk/meetings/steps/1"):
        assert keeper.get(path).status_code == 403, path
        assert stranger.get(path).location == f"/desk/login?next={path}"
    assert keeper.get(f"/region/desk.meetings:{TODAY}").status_code == 404

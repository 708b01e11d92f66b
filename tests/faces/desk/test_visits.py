"""Visitors at the desk: the live board and its actions, the record, walk-ins, search, scanned codes, paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.domain.assistance import service as assistance
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import facts_of, internal, make_device, make_host, make_invitation, make_tenant, make_visit, pass_of, visit_of


def region(desk: Browser, name: str, lang: str = "zh") -> str:
    answer = desk.get(f"/region/desk.{name}?lang={lang}")
    assert answer.status_code == 200
    return answer.text


def act(desk: Browser, visit_id: int, action: str, **said: object) -> str:
    answer = desk.post(f"/desk/visits/{visit_id}/{action}", said, htmx=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def make_lost(house: House, name: str) -> int:
    """Sign in somebody who knows no host: the desk is asked at once."""
    outcome = service.sign_in_at_desk(house.door, internal(), host_id=None, name=name, gate="A")
    return int(outcome.ids["visit"] or 0)


# --- the board with its actions -----------------------------------------------------------------------------------------


def test_an_empty_desk_says_what_will_stand_there(desk: Browser) -> None:
    shown = desk.get("/desk").text
    for words in ("无人等候", "园内没有访客", "今天没有待到的预约", "还没有人离开"):
        assert words in shown


def test_who_waits_stands_with_host_and_what_can_be_done(desk: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door, name="星河医药", floor="7")
    host_id = make_host(house.door, tenant_id=tenant_id, name="朴正浩")
    visit_id = make_visit(house.door, host_id=host_id, name="陈志远", company="蓝桥资本", companions=2)
    waiting = region(desk, "waiting")
    for words in ("陈志远", "蓝桥资本", "+2", "访 朴正浩", "星河医药", "7 层", "已通知", f"/desk/visits/{visit_id}/met", "data-since"):
        assert words in waiting
    assert "visits 朴正浩" in region(desk, "waiting", "en")
    assert "csrf" not in waiting


def test_who_needs_somebody_stands_first(desk: Browser, house: House, clock: StillClock) -> None:
    names = ("先到", "将来", "无人应", "后到")
    visits = {}
    for name in names:
        visits[name] = make_visit(house.door, name=name) if name != "无人应" else make_lost(house, name)
        clock.turn(timedelta(seconds=10))
    service.desk_answer_coming(house.door, internal(), visit_id=visits["将来"], minutes=3)
    shown = region(desk, "waiting")
    assert re.findall("|".join(names), re.sub(r'aria-label="[^"]*"', "", shown)) == ["无人应", "先到", "后到", "将来"]
    assert shown.count('data-chime="overdue"') == 1
    toast = act(desk, visits["无人应"], "take-over")
    assert "无人应 由您跟进。" in toast
    assert 'data-chime="overdue"' not in region(desk, "waiting")


def test_the_host_is_answered_for_by_the_desk(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="周岚")
    dialog = desk.get(f"/desk/visits/{visit_id}/answer", headers={"HX-Request": "true"}).text
    for words in ("马上来", "请稍候", "谢绝", 'value="3"', 'value="busy"'):
        assert words in dialog
    assert "已告知 周岚 被访人马上来" in act(desk, visit_id, "coming", minutes=5)
    assert visit_of(house.door, visit_id).answer == "coming"
    assert "已请 周岚 稍候" in act(desk, visit_id, "wait", minutes=10)
    toast = act(desk, visit_id, "decline", reason="away")
    assert f'action="/desk/visits/{visit_id}/reopen"' in toast
    assert visit_of(house.door, visit_id).state is State.DECLINED
    # Who is turned away still stands in the lobby: the desk sees whom and why.
    left = region(desk, "left")
    assert "周岚" in left
    assert "今天不在" in left
    act(desk, visit_id, "reopen")
    assert visit_of(house.door, visit_id).state is State.WAITING
    assert "周岚" not in region(desk, "left")
    act(desk, visit_id, "call")
    assert facts_of(house.door, visit_id).count("HostNotified") == 2


def test_somebody_else_is_asked_instead(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door)
    other = make_host(house.door, name="解明")
    found = desk.get("/desk/find-host?field=to_host_id&find=xieming").text
    assert f'name="to_host_id" value="{other}"' in found
    answer = desk.post(f"/desk/visits/{visit_id}/reassign", {"to_host_id": str(other)})
    assert answer.location == f"/desk/visits/{visit_id}?done=reassigned"
    assert visit_of(house.door, visit_id).host == "解明"
    nobody = desk.post(f"/desk/visits/{visit_id}/reassign", {})
    assert nobody.status_code == 422
    assert 'id="f-to_host_id-error"' in nobody.text


def test_met_let_in_and_out_again_with_undo(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="周岚")
    assert "周岚 已接到。" in act(desk, visit_id, "met")
    assert "周岚 已放行。" in act(desk, visit_id, "admit")
    assert "周岚" in region(desk, "inside")
    toast = act(desk, visit_id, "sign-out")
    assert f'action="/desk/visits/{visit_id}/take-back"' in toast
    assert "周岚" in region(desk, "left")
    assert "周岚 恢复为在园。" in act(desk, visit_id, "take-back")
    assert visit_of(house.door, visit_id).state is State.IN


def test_an_action_that_came_too_late_says_so_and_changes_nothing(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door)
    act(desk, visit_id, "sign-out")
    for action, said in (("met", {}), ("admit", {}), ("coming", {"minutes": 3}), ("sign-out", {}), ("withdraw", {})):
        answer = desk.post(f"/desk/visits/{visit_id}/{action}", said, htmx=True)
        assert answer.status_code == 409, action
        assert "data-sentence" in answer.text
    assert visit_of(house.door, visit_id).state is State.OUT


@pytest.mark.parametrize(
    ("action", "said"), [("coming", {"minutes": "soon"}), ("coming", {"minutes": "999"}), ("wait", {}), ("decline", {"reason": ""})]
)
def test_an_answer_that_is_none_is_refused(desk: Browser, house: House, action: str, said: dict[str, str]) -> None:
    visit_id = make_visit(house.door)
    assert desk.post(f"/desk/visits/{visit_id}/{action}", said, htmx=True).status_code == 422
    assert visit_of(house.door, visit_id).answer == "none"


def test_a_retried_tap_is_one_answer(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door)
    for _ in range(2):
        act(desk, visit_id, "admit", operation="a-tap-whose-answer-was-lost")
    assert facts_of(house.door, visit_id).count("VisitorAdmitted") == 1


def test_without_script_an_action_leads_to_the_record(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door)
    assert desk.post(f"/desk/visits/{visit_id}/met").location == f"/desk/visits/{visit_id}"
    assert desk.get(f"/desk/visits/{visit_id}/answer").status_code == 200


def test_who_is_expected_is_signed_in_by_the_desk(desk: Browser, house: House) -> None:
    make_invitation(house.door, name="高远", begins=timedelta(hours=1))
    expected = region(desk, "expected")
    found = re.search(r"/desk/visits/(\d+)/sign-in", expected)
    assert found is not None
    assert "高远 已签到" in act(desk, int(found[1]), "sign-in")
    assert "高远" in region(desk, "waiting")
    assert "高远" not in region(desk, "expected")


def test_a_call_from_a_kiosk_is_answered_once(desk: Browser, house: House) -> None:
    device_id = make_device(house.door, name="东门一号")
    call_id = int(assistance.call_person(house.door, internal(), device_id=device_id).ids["assistance"] or 0)
    assert "东门一号 呼叫工作人员" in region(desk, "calls")
    assert "1 台自助机正在呼叫工作人员" in desk.get("/desk/people").text
    assert "您正在赶来" in desk.post(f"/desk/calls/{call_id}/answer", htmx=True).text
    assert "东门一号" not in region(desk, "calls")
    assert desk.post(f"/desk/calls/{call_id}/answer", htmx=True).status_code == 409
    assert desk.post("/desk/calls/999/answer").status_code == 404


def test_a_name_that_is_markup_is_shown_as_written(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="<script>alert(1)</script>", company='"><b>')
    for page in ("/desk", f"/desk/visits/{visit_id}", "/desk/rollcall", "/desk/search?q=script", f"/desk/visits/{visit_id}/label"):
        shown = desk.get(page).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert" in shown


# --- the record ---------------------------------------------------------------------------------------------------------


def test_the_record_tells_all_and_that_somebody_looked(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="陈志远", phone="13800138000", company="蓝桥资本")
    desk.get(f"/desk/visits/{visit_id}")
    house.live.relay.step()
    shown = desk.get(f"/desk/visits/{visit_id}").text
    for words in ("陈志远", "138 0013 8000", "蓝桥资本", "已签到", "查看了记录", "林晓", '<svg class="qr"'):
        assert words in shown
    assert facts_of(house.door, visit_id).count("VisitRecordOpened") == 1


def test_what_stands_wrong_is_corrected(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="陈志元")
    version = visit_of(house.door, visit_id).version
    typed = {"name": "陈志远", "phone": "13900139000", "company": "蓝桥", "purpose": "viewing", "companions": "1", "version": str(version)}
    assert desk.post(f"/desk/visits/{visit_id}/correct", typed).location == f"/desk/visits/{visit_id}?done=corrected"
    visit = visit_of(house.door, visit_id)
    assert (visit.name, visit.phone, visit.company, visit.purpose, visit.companions) == ("陈志远", "13900139000", "蓝桥", "viewing", 1)
    stale = desk.post(f"/desk/visits/{visit_id}/correct", {**typed, "name": "陈致远"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "changed_meanwhile")
    assert 'value="陈志远"' in stale.text
    for field, value in (("name", ""), ("phone", "abc"), ("companions", "many"), ("purpose", "war")):
        wrong = desk.post(f"/desk/visits/{visit_id}/correct", {**typed, field: value})
        assert wrong.status_code == 422
        assert f'id="f-{field}-error"' in wrong.text or "请输入数字。" in wrong.text


def test_what_was_seen_is_recorded_afterwards_with_its_time(desk: Browser, house: House, clock: StillClock) -> None:
    visit_id = make_visit(house.door)
    clock.turn(timedelta(hours=2))
    desk.log_in("desk")
    seen = desk.post(f"/desk/visits/{visit_id}/observed", {"what": "departure", "day": "2026-11-23", "hour": "10：15"})
    assert seen.location == f"/desk/visits/{visit_id}?done=recorded"
    left_at = visit_of(house.door, visit_id).left_at
    assert left_at is not None
    assert f"{left_at:%H:%M}" == "02:15"
    again = desk.post(f"/desk/visits/{visit_id}/observed", {"what": "departure", "day": "2026-11-23", "hour": "1020"})
    assert again.location == f"/desk/visits/{visit_id}?done=recorded_contradicting"
    house.live.relay.step()
    assert "与已知不符" in desk.get(f"/desk/visits/{visit_id}").text


@pytest.mark.parametrize(
    ("day", "hour", "field"),
    [("2026-11-24", "09:00", "hour"), ("tomorrow", "09:00", "day"), ("2026-11-23", "25:00", "hour"), ("9999-12-31", "23:59", "day")],
)
def test_what_cannot_have_been_seen_is_refused(desk: Browser, house: House, day: str, hour: str, field: str) -> None:
    visit_id = make_visit(house.door)
    answer = desk.post(f"/desk/visits/{visit_id}/observed", {"what": "departure", "day": day, "hour": hour})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


def test_personal_data_is_removed_once_the_visit_is_over(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door, name="周岚")
    early = desk.post(f"/desk/visits/{visit_id}/forget")
    assert (early.status_code, early.headers["X-Error-Code"]) == (409, "still_in")
    act(desk, visit_id, "sign-out")
    assert desk.post(f"/desk/visits/{visit_id}/forget").status_code == 303
    shown = desk.get(f"/desk/visits/{visit_id}").text
    assert "周岚" not in shown
    assert "个人信息已于" in shown
    assert desk.get(f"/desk/visits/{visit_id}/label").status_code == 404


def test_a_visit_that_is_not_there_is_not_found(desk: Browser) -> None:
    for path in ("", "/answer", "/label", "/correct", "/reassign"):
        assert desk.get(f"/desk/visits/999{path}").status_code == 404
    assert desk.post("/desk/visits/999/met").status_code == 404
    assert desk.post("/desk/visits/1/dance").status_code in (404, 405)


# --- walk-ins, search, codes, paper -------------------------------------------------------------------------------------


def test_the_desk_signs_a_walk_in_in_with_a_host_or_without(desk: Browser, house: House) -> None:
    host_id = make_host(house.door)
    with_host = desk.post("/desk/visits/new", {"host_id": str(host_id), "name": "老先生", "purpose": "meeting"})
    assert with_host.status_code == 303
    assert desk.post("/desk/visits/new", {"name": "迷路的人", "purpose": "other", "companions": "2"}).status_code == 303
    waiting = region(desk, "waiting")
    assert "老先生" in waiting
    assert "迷路的人" in waiting
    assert "被访人不明" in waiting


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "长" * 61), ("phone", "call me"), ("companions", "100"), ("host_id", "999")]
)
def test_a_wrong_walk_in_keeps_what_was_typed(desk: Browser, field: str, value: str) -> None:
    answer = desk.post("/desk/visits/new", {"name": "老先生", "phone": "", "purpose": "meeting", "company": "老公司", field: value})
    assert answer.status_code == 422
    assert 'value="老公司"' in answer.text


@pytest.mark.parametrize("typed", ["陈志", "chenzhi", "czy", "9071", "蓝桥"])
def test_a_visitor_is_found_by_name_pinyin_phone_tail_and_company(desk: Browser, house: House, typed: str) -> None:
    visit_id = make_visit(house.door, name="陈志远", phone="13831939071", company="蓝桥资本")
    assert f"/desk/visits/{visit_id}" in desk.get(f"/desk/search?q={typed}").text
    fragment = desk.get(f"/desk/search?q={typed}", headers={"HX-Request": "true"}).text
    assert f"/desk/visits/{visit_id}" in fragment
    assert "<html" not in fragment


def test_a_search_for_nothing_and_for_nobody_says_so(desk: Browser) -> None:
    assert "请输入姓名" in desk.get("/desk/search").text
    assert "没有找到访客“无名氏”" in desk.get("/desk/search?q=无名氏").text
    assert desk.get("/desk/search?q=" + "x" * 61).status_code == 422
    assert desk.get("/desk/search?q=%00").status_code == 422
    assert "没有找到" in desk.get("/desk/find-host?find=无名氏").text


def test_a_scanned_pass_opens_its_record(desk: Browser, house: House) -> None:
    visit_id = make_visit(house.door)
    shown = pass_of(house.door, visit_id)
    origin = house.settings.allowed_origins[0]
    for text in (
        f"{origin}/v/{shown.token}".upper(),
        shown.token.lower(),
        f"{origin}/v/{shown.token}/",
        f"{shown.code[:3]} {shown.code[3:]}",
    ):
        assert desk.post("/desk/scan", {"text": text}).location == f"/desk/visits/{visit_id}"


def test_a_scanned_invitation_of_another_day_opens_the_invitation(desk: Browser, house: House) -> None:
    recurrence = Recurrence(weekdays=(4,), daily_from=540, daily_until=600)
    invitation_id = make_invitation(house.door, ends=timedelta(days=30), recurrence=recurrence)
    with house.door.reading() as session:
        token = queries.invitation(session, house.keys, invitation_id).token
    assert desk.post("/desk/scan", {"text": token}).location == f"/desk/invitations/{invitation_id}"


def test_a_code_that_opens_nothing_says_so_and_guesses_are_counted(desk: Browser) -> None:
    for text in ("https://elsewhere.test/v/NOTHING", "A" * 26, "☂"):
        assert desk.post("/desk/scan", {"text": text}).status_code == 404
    assert desk.post("/desk/scan", {"text": ""}).status_code == 422
    answers = [desk.post("/desk/scan", {"text": f"{number:06d}"}).status_code for number in range(7)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_label_and_the_roll_call_are_for_paper(desk: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door, name="星河医药", floor="7")
    visit_id = make_visit(house.door, host_id=make_host(house.door, tenant_id=tenant_id), name="陈志远", companions=3)
    label = desk.get(f"/desk/visits/{visit_id}/label").text
    assert 'class="label"' in label
    assert "陈志远" in label
    roll = desk.get("/desk/rollcall").text
    for words in ("点名", "7 层 · 星河医药 · 4", "陈志远", "4 人", "tick-box"):
        assert words in roll
    act(desk, visit_id, "sign-out")
    assert "园内没有访客" in desk.get("/desk/rollcall").text


def test_the_desk_has_its_quiet_hours(desk: Browser) -> None:
    assert 'data-quiet="21:00-07:00"' in desk.get("/desk").text

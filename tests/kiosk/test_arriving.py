"""Who arrives at the kiosk: a walk-in, an invitation by its QR, by its code (S18)."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from kiosk.notice import VERSION
from server.clock import StillClock
from server.domain.people.rules import SEARCH_BURST
from server.domain.visits import queries, service
from server.domain.visits.rules import State
from tests.factories import facts_of, internal, visit_of
from tests.kiosk.stage import PERSON, VISIT, Lobby

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the screens say is the same on either database; leaving is tried on both."""


def test_a_walk_in_goes_from_home_to_the_pass_in_three_steps(lobby: Lobby) -> None:
    assert lobby.look() == "home"
    assert lobby.tap("begin", lane="walk_in") == "host"
    assert lobby.choose() == "person"
    assert "拜访：曾*怡 · 澄江科技" in lobby.page
    assert lobby.tap("person", **PERSON) == "visit"
    assert lobby.tap("visit", **VISIT) == "wait"
    assert "正在通知 曾" in lobby.page
    code = lobby.pass_here().code
    assert f"{code[:3]} {code[3:]}" in lobby.page
    visit = visit_of(lobby.house.door, 1)
    assert (visit.name, visit.phone, visit.company, visit.companions, visit.state) == ("周岚", "13800138000", "明远设计", 1, State.WAITING)
    assert visit.gate == "A"


def test_the_search_shows_masked_names_only(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    assert [name for _, name in lobby.search("zeng")] == ["曾*怡"]
    assert [name for _, name in lobby.search("shan")] == ["单*"]
    assert "静" not in lobby.post("hosts", text="zjy").text


def test_one_letter_is_too_little_and_says_so(lobby: Lobby) -> None:
    assert lobby.search("z") == []
    assert "输入一个汉字或两个字母" in lobby.post("hosts", text="z").text


def test_a_scraper_is_slowed_down_but_a_shown_host_can_still_be_chosen(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    sent = lobby.search("zeng")[0][0]
    last = [lobby.post("hosts", text="zeng") for _ in range(SEARCH_BURST + 2)][-1].text
    assert "尝试次数过多" in last
    assert "result-title" not in last
    assert lobby.tap("host", text="zeng", host=sent) == "person"


@pytest.mark.parametrize("sent", ["1.{proof}", "1", "x.{proof}", "2.{proof}", "99999999999999999999.{proof}", "²"])
def test_a_host_that_was_not_shown_cannot_be_chosen(lobby: Lobby, sent: str) -> None:
    lobby.tap("begin", lane="walk_in")
    assert lobby.tap("host", text="zeng", host=sent.format(proof="0" * 24)) == "host"


def test_a_proof_belongs_to_one_person_and_one_host(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    first = lobby.search("zeng")[0][0]
    lobby.finish()
    lobby.tap("begin", lane="walk_in")
    assert lobby.tap("host", text="zeng", host=first) == "host"


def test_who_does_not_know_the_host_goes_to_the_desk(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    assert lobby.tap("host", text="", host="") == "person"
    assert "前台会帮您找到合适的人" in lobby.page
    lobby.tap("person", **PERSON)
    assert lobby.tap("visit", **VISIT) == "wait"
    assert "前台正在为您安排" in lobby.page
    assert "DeskAsked" in facts_of(lobby.house.door, 1)


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    answer = lobby.post("person", name="", phone="12", company="明远设计")
    assert answer.status_code == 422
    assert 'id="f-phone-error"' in answer.text
    assert 'id="f-name-error"' in answer.text
    assert 'value="明远设计"' in answer.text
    assert 'value="12"' in answer.text


def test_without_consent_nobody_is_signed_in(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("person", **PERSON)
    answer = lobby.post("visit", purpose="meeting", companions="3")
    assert answer.status_code == 422
    assert "请阅读后点按表示同意" in answer.text
    assert 'value="3"' in answer.text
    assert lobby.look() == "visit"


def test_a_second_tap_is_the_same_visit(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("person", **PERSON)
    again = secrets.token_hex(16)
    for operation in (again, again, secrets.token_hex(16)):
        assert lobby.post("visit", operation=operation, **VISIT).status_code == 303
    assert facts_of(lobby.house.door, 1).count("VisitorSignedIn") == 1
    assert facts_of(lobby.house.door, 2) == []


def test_the_consent_is_stored_with_the_version_that_was_shown(lobby: Lobby) -> None:
    lobby.walk_in()
    with lobby.house.door.reading() as session:
        house = lobby.house
        receipt = queries.receipt_of_token(session, house.keys, lobby.pass_here().token, house.clock.now(), house.settings)
    assert receipt.consent_version == VERSION


def test_the_wait_follows_the_hosts_answer(lobby: Lobby) -> None:
    lobby.walk_in()
    service.mark_seen(lobby.house.door, internal(), visit_id=1, host_id=lobby.host)
    lobby.look()
    assert "已知道您到了" in lobby.page
    service.answer_coming(lobby.house.door, internal(), visit_id=1, host_id=lobby.host, minutes=3)
    lobby.look()
    assert "3 分钟后到" in lobby.page
    assert 'data-ends-within="10"' in lobby.page
    lobby.look("en")
    assert "comes in 3 minutes" in lobby.page


def test_a_refusal_of_the_host_is_told_with_its_reason(lobby: Lobby) -> None:
    lobby.walk_in()
    service.answer_declined(lobby.house.door, internal(), visit_id=1, host_id=lobby.host, reason="busy")
    lobby.look()
    assert "暂时无法接待您" in lobby.page
    assert "正在忙" in lobby.page
    assert "data-ends-within" not in lobby.page


def test_somebody_else_will_come(lobby: Lobby) -> None:
    lobby.walk_in()
    service.reassign(lobby.house.door, internal(), visit_id=1, host_id=lobby.host, to_host_id=lobby.colleague)
    lobby.look()
    assert "已转告：单" in lobby.page


def test_an_invitation_by_qr_signs_in_from_the_home_screen(lobby: Lobby) -> None:
    token, _ = lobby.invite(name="林晓")
    assert lobby.tap("scan", scanned=f"HTTP://LOCALHOST:8080/V/{token}") == "wait"
    assert visit_of(lobby.house.door, 1).state == State.WAITING


@pytest.mark.parametrize("shape", ["https://yingbin.example/v/{}", "{}", " {}\n", "HTTPS://YINGBIN.EXAMPLE/V/{}/"])
def test_a_scanned_code_is_understood_in_every_shape(lobby: Lobby, shape: str) -> None:
    token, _ = lobby.invite()
    assert lobby.tap("scan", scanned=shape.format(token)) == "wait"


def test_a_code_and_the_surname_sign_in(lobby: Lobby) -> None:
    _, code = lobby.invite(name="林晓")
    lobby.tap("begin", lane="code")
    assert lobby.tap("code", code=f"{code[:3]} {code[3:]}") == "surname"
    assert "林晓" not in lobby.page
    assert lobby.post("surname", surname="王").status_code == 422
    assert lobby.tap("surname", surname="林") == "wait"


def test_a_wrong_code_is_one_fixed_answer_and_guessing_is_paused(lobby: Lobby) -> None:
    lobby.tap("begin", lane="code")
    answers = [lobby.post("code", code=f"00000{number}") for number in range(7)]
    assert answers[0].status_code == 422
    assert "没有找到对应的来访记录" in answers[0].text
    assert answers[-1].status_code == 429
    assert "错误次数过多" in answers[-1].text


@pytest.mark.parametrize("typed", ["12345", "abcdef", "", "1234567"])
def test_a_code_has_six_digits(lobby: Lobby, typed: str) -> None:
    lobby.tap("begin", lane="code")
    answer = lobby.post("code", code=typed)
    assert (answer.status_code, "请输入 6 位数字。" in answer.text) == (422, True)


def test_who_comes_too_early_is_told_when(lobby: Lobby) -> None:
    token, _ = lobby.invite(begins=timedelta(hours=2))
    assert lobby.tap("scan", scanned=token) == "refused"
    assert "您来早了" in lobby.page
    assert "11:00" in lobby.page
    assert "呼叫工作人员" in lobby.page


def test_an_expired_invitation_leads_to_the_walk_in(lobby: Lobby, clock: StillClock) -> None:
    token, _ = lobby.invite(ends=timedelta(hours=1))
    clock.turn(timedelta(hours=2))
    assert lobby.tap("scan", scanned=token) == "refused"
    assert "此邀请已过期" in lobby.page
    assert lobby.tap("begin", lane="walk_in") == "host"


def test_the_wrong_gate_says_which(lobby: Lobby) -> None:
    token, _ = lobby.invite(gate="B")
    assert lobby.tap("scan", scanned=token) == "refused"
    assert "请前往 B 门" in lobby.page


def test_a_withdrawn_and_an_unknown_code_are_told(lobby: Lobby) -> None:
    assert lobby.tap("scan", scanned="NOT-A-PASS") == "refused"
    assert "没有找到这个码" in lobby.page


def test_who_is_in_already_is_told_since_when_and_where_and_may_leave(lobby: Lobby, clock: StillClock) -> None:
    token, _ = lobby.invite(name="林晓")
    lobby.tap("scan", scanned=token)
    lobby.finish()
    clock.turn(timedelta(minutes=2))
    assert lobby.tap("scan", scanned=token) == "refused"
    assert "09:00 已在 A 门签到" in lobby.page
    assert lobby.tap("way") == "left"
    assert visit_of(lobby.house.door, 1).state == State.OUT


def test_the_same_by_code_may_leave_too(lobby: Lobby) -> None:
    token, code = lobby.invite(name="林晓")
    lobby.tap("scan", scanned=token)
    lobby.finish()
    lobby.tap("begin", lane="code")
    lobby.tap("code", code=code)
    assert lobby.tap("surname", surname="林") == "refused"
    assert lobby.tap("way") == "left"


def test_the_next_visitor_may_scan_while_the_last_ones_wait_is_shown(lobby: Lobby) -> None:
    first, _ = lobby.invite(name="林晓")
    second, _ = lobby.invite(name="何川")
    lobby.tap("scan", scanned=first)
    before = lobby.page
    assert lobby.tap("scan", scanned=second) == "wait"
    assert lobby.page != before
    assert visit_of(lobby.house.door, 2).state == State.WAITING


def test_a_retried_scan_is_answered_alike(lobby: Lobby) -> None:
    token, _ = lobby.invite()
    lobby.tap("begin", lane="code")
    again = secrets.token_hex(16)
    assert lobby.post("scan", operation=again, scanned=token).status_code == 303
    assert lobby.look() == "wait"


def test_large_text_stays_through_the_sign_in(lobby: Lobby) -> None:
    lobby.tap("view", text_size="large")
    token, _ = lobby.invite()
    lobby.tap("scan", scanned=token)
    assert 'data-text="large"' in lobby.page

"""What a visitor finds behind the QR: before, during and after the visit."""

from __future__ import annotations

from datetime import timedelta

from server.clock import StillClock
from server.domain.visits import service
from server.domain.visits.rules import Recurrence, State
from tests.faces.phone.stage import Lobby
from tests.factories import internal


def test_the_invitation_shows_when_where_and_the_code(lobby: Lobby) -> None:
    token = lobby.invitation_token(lobby.invite())
    page = lobby.phone.get(f"/v/{token}")
    assert page.status_code == 200
    assert " expects you</h1>" in page.text
    assert "09:00–13:00" in page.text
    assert "Chengjiang Technology" in page.text
    assert "I cannot come" in page.text
    assert "Jingyi Zeng" not in page.text


def test_capitals_and_small_letters_are_the_same_link(lobby: Lobby) -> None:
    token = lobby.pass_of(lobby.walk_in()).token
    for prefix in ("/v/", "/V/"):
        for shown in (token, token.lower()):
            assert lobby.phone.get(prefix + shown).status_code == 200


def test_chinese_is_equal(lobby: Lobby) -> None:
    token = lobby.pass_of(lobby.walk_in()).token
    page = lobby.phone.get(f"/v/{token}", lang="zh")
    assert "签到完成" in page.text or "您已签到" in page.text
    assert 'lang="zh-Hans"' in page.text
    assert "签退" in page.text


def test_the_status_follows_the_host(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    assert "has been told" in lobby.phone.get(address).text
    service.answer_coming(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host, minutes=3)
    assert f"{lobby.pass_of(visit).host_masked_en} is coming" in lobby.phone.get(address).text
    service.mark_met(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host)
    assert "You have been met" in lobby.phone.get(address).text


def test_a_refusal_is_told_with_its_reason(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    service.answer_declined(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host, reason="Kein <b>Platz</b>")
    page = lobby.phone.get(f"/v/{lobby.pass_of(visit).token}").text
    assert "It does not work out just now" in page
    assert "Kein &lt;b&gt;Platz&lt;/b&gt;" in page


def test_signing_out_can_be_undone_for_ten_seconds(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    answer = lobby.phone.post(f"{address}/sign-out")
    assert answer.status_code == 303
    assert lobby.pass_of(visit).state == State.OUT
    assert "Signed out at 09:00." in lobby.phone.get(answer.location).text
    assert lobby.phone.post(f"{address}/undo").status_code == 303
    assert lobby.pass_of(visit).state == State.WAITING


def test_a_late_undo_is_told_on_the_page_as_it_stands(lobby: Lobby, clock: StillClock) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    lobby.phone.post(f"{address}/sign-out")
    clock.turn(timedelta(seconds=11))
    answer = lobby.phone.post(f"{address}/undo")
    assert answer.status_code == 409
    assert "too late to undo" in answer.text
    assert lobby.pass_of(visit).state == State.OUT


def test_a_second_sign_out_says_so(lobby: Lobby) -> None:
    address = f"/v/{lobby.pass_of(lobby.walk_in()).token}"
    lobby.phone.post(f"{address}/sign-out")
    answer = lobby.phone.post(f"{address}/sign-out")
    assert answer.status_code == 409
    assert "Already signed out" in answer.text


def test_the_same_tap_sent_twice_is_one_sign_out(lobby: Lobby) -> None:
    address = f"/v/{lobby.pass_of(lobby.walk_in()).token}"
    taps = [lobby.phone.post(f"{address}/sign-out", operation="a" * 32).status_code for _ in range(2)]
    assert taps == [303, 303]


def test_who_cannot_come_calls_the_visit_off(lobby: Lobby) -> None:
    token = lobby.invitation_token(lobby.invite())
    answer = lobby.phone.post(f"/v/{token}/withdraw")
    assert "The visit was called off" in answer.text
    assert lobby.phone.get(f"/v/{token}").status_code == 404
    assert lobby.phone.get(f"/v/{token}/receipt").status_code == 200


def test_a_resting_invitation_shows_its_rhythm_and_no_sign_out(lobby: Lobby) -> None:
    rhythm = Recurrence(weekdays=(2, 4), daily_from=9 * 60, daily_until=18 * 60)
    token = lobby.invitation_token(lobby.invite(recurrence=rhythm))
    page = lobby.phone.get(f"/v/{token}")
    assert page.status_code == 200
    assert "Wed, Fri 09:00–18:00, until" in page.text
    assert lobby.phone.post(f"/v/{token}/sign-out").status_code == 409


def test_unknown_expired_and_withdrawn_links_answer_alike(lobby: Lobby, clock: StillClock) -> None:
    withdrawn = lobby.invite()
    gone = lobby.invitation_token(withdrawn)
    service.withdraw_invitation(lobby.house.door, internal(), invitation_id=withdrawn, host_id=lobby.host)
    late = lobby.invite("沈括", hours=1)
    expired = lobby.invitation_token(late)
    clock.turn(timedelta(hours=2))
    with lobby.house.door.reading() as session:
        from server.domain.visits import queries

        visit = queries.invitation(session, lobby.house.keys, late).visit_id
    service.end_window(lobby.house.door, internal(), visit_id=visit or 0)
    unknown = lobby.house.keys.token("visit", 1)
    addresses = [unknown, expired, gone, "NOT-A-TOKEN", unknown[:-1] + ("A" if unknown[-1] != "A" else "B")]
    answers = [lobby.phone.get(f"/v/{token}") for token in addresses]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert [answer.headers["X-Error-Code"] for answer in answers] == ["link_unknown"] * 5
    bodies = {answer.text.replace(token, "") for answer, token in zip(answers, addresses, strict=True)}
    assert len({body.split("<main")[1] for body in bodies}) == 1


def test_a_visit_that_is_over_still_says_goodbye(lobby: Lobby, clock: StillClock) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    lobby.phone.post(f"{address}/sign-out")
    clock.turn(timedelta(days=3))
    page = lobby.phone.get(address)
    assert page.status_code == 200
    assert "Goodbye" in page.text
    assert 'class="pass-sheet"' not in page.text


def test_the_receipt_says_what_is_stored_who_looked_and_until_when(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    page = lobby.phone.get(f"/v/{lobby.pass_of(visit).token}/receipt").text
    for told in ("周岚", "138****8000", "蓝桥资本", "Privacy notice 1", "Nobody has opened it so far"):
        assert told in page
    assert "13800138000" not in page
    assert "Delete my data now" not in page


def test_the_receipt_names_the_host_in_the_visitors_language(lobby: Lobby) -> None:
    address = f"/v/{lobby.pass_of(lobby.walk_in()).token}"
    shown = lobby.pass_of(1)
    for lang, name, other in (("en", shown.host_masked_en, shown.host_masked), ("zh", shown.host_masked, shown.host_masked_en)):
        page = lobby.phone.get(f"{address}/receipt", lang=lang).text
        assert (name in page, other in page) == (True, False)


def test_a_visitor_corrects_his_own_data(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    answer = lobby.phone.post(f"{address}/correct", {"name": "周岚岚", "phone": "", "company": "青石", "version": 1})
    assert answer.status_code == 303
    assert (lobby.pass_of(visit).name, lobby.pass_of(visit).company) == ("周岚岚", "青石")
    assert "138****8000" in lobby.phone.get(f"{address}/receipt").text


def test_a_wrong_correction_names_its_field_and_keeps_what_was_typed(lobby: Lobby) -> None:
    address = f"/v/{lobby.pass_of(lobby.walk_in()).token}"
    answer = lobby.phone.post(f"{address}/correct", {"name": "", "phone": "abc", "company": "青石", "version": 1})
    assert answer.status_code == 422
    assert "This is not a phone number" in answer.text
    assert 'value="青石"' in answer.text


def test_an_old_page_does_not_correct_over_a_newer_one(lobby: Lobby) -> None:
    address = f"/v/{lobby.pass_of(lobby.walk_in()).token}"
    lobby.phone.post(f"{address}/correct", {"name": "周岚岚", "company": "", "version": 1})
    answer = lobby.phone.post(f"{address}/correct", {"name": "周", "company": "", "version": 1})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text


def test_the_data_is_deleted_at_the_visitors_wish_once_he_has_left(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    address = f"/v/{lobby.pass_of(visit).token}"
    assert lobby.phone.post(f"{address}/forget").status_code == 409
    lobby.phone.post(f"{address}/sign-out")
    answer = lobby.phone.post(f"{address}/forget")
    assert "Your data is deleted" in answer.text
    assert lobby.phone.get(address).status_code == 404
    assert lobby.phone.get(f"{address}/receipt").status_code == 404
    assert lobby.pass_of(visit).name == ""


def test_the_calendar_file_holds_when_and_where(lobby: Lobby) -> None:
    token = lobby.invitation_token(lobby.invite())
    answer = lobby.phone.get(f"/v/{token}/visit.ics")
    assert answer.mimetype == "text/calendar"
    assert "DTSTART:20261123T010000Z\r\nDTEND:20261123T050000Z" in answer.text
    assert f"/V/{token}" in answer.text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


def test_the_calendar_file_of_a_recurring_invitation_recurs(lobby: Lobby) -> None:
    rhythm = Recurrence(weekdays=(2, 4), daily_from=9 * 60, daily_until=18 * 60)
    token = lobby.invitation_token(lobby.invite(recurrence=rhythm))
    text = lobby.phone.get(f"/v/{token}/visit.ics").text
    assert "DTSTART:20261125T090000" in text
    assert "RRULE:FREQ=WEEKLY;BYDAY=WE,FR;UNTIL=20261223T" in text


def test_there_is_no_calendar_file_once_the_visitor_is_in(lobby: Lobby) -> None:
    token = lobby.pass_of(lobby.walk_in()).token
    assert lobby.phone.get(f"/v/{token}/visit.ics").status_code == 404


BUTTONS = ("sign-out", "undo", "withdraw", "correct", "forget")


def test_no_button_works_with_a_strangers_token(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    stranger = lobby.house.keys.token("visit", 1)
    for button in BUTTONS:
        assert lobby.phone.post(f"/v/{stranger}/{button}", {"name": "x", "version": 1}).status_code == 404
    assert lobby.pass_of(visit).state == State.WAITING


def test_no_button_works_without_the_pages_own_token(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    for button in BUTTONS:
        answer = lobby.client.post(f"/v/{lobby.pass_of(visit).token}/{button}", data={"operation": "b" * 32})
        assert answer.status_code == 403
    assert lobby.pass_of(visit).state == State.WAITING


def test_a_pass_opens_only_its_own_regions(lobby: Lobby) -> None:
    mine, other = lobby.walk_in(), lobby.walk_in("沈括", phone="13900139000")
    key = lobby.pass_of(mine).token
    assert lobby.client.get(f"/region/phone.visit:{mine}", query_string={"key": key}).status_code == 200
    for region in (f"phone.visit:{other}", f"phone.answer:{mine}", f"phone.host:{lobby.host}"):
        assert lobby.client.get(f"/region/{region}", query_string={"key": key}).status_code == 404
    assert lobby.client.get(f"/region/phone.visit:{mine}").status_code == 404


def test_no_region_holds_a_token_or_code(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    shown = lobby.pass_of(visit)
    for name in ("phone.visit", "phone.visit_actions", "phone.answer", "phone.answer_actions"):
        html = lobby.house.live.render(f"{name}:{visit}", "en").html
        assert shown.token not in html
        assert shown.code not in html

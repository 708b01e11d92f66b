"""What a host finds behind the link of a message, and on the own page."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from server.clock import StillClock
from server.domain.notices.queries import LINK
from server.domain.notices.tables import Notice
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State, Step
from tests.faces.phone.stage import Lobby
from tests.factories import internal


def test_the_message_opens_the_visitor_with_the_answers(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    page = lobby.phone.get(lobby.answer_link(visit)).text
    for told in ("周岚", "蓝桥资本", "Is waiting for you in the lobby", ">Coming<", ">Please wait<", ">Decline<"):
        assert told in page


def test_opening_the_page_alone_is_not_having_seen_it(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    lobby.phone.get(link)
    assert lobby.ladder(visit).seen_at is None
    assert lobby.phone.post(f"{link}/visits/{visit}/seen").status_code == 204
    assert lobby.ladder(visit).step == Step.SEEN


ANSWERS: list[tuple[str, dict[str, object], Step, str]] = [
    ("coming", {"minutes": 0}, Step.COMING, "You said: coming right away"),
    ("coming", {"minutes": 5}, Step.COMING, "You said: coming in 5 minutes"),
    ("wait", {"minutes": 10}, Step.WAIT, "You asked to wait 10 minutes"),
    ("decline", {"reason": "busy"}, Step.DECLINED, "I am busy just now"),
    ("decline", {"reason": "下周再约"}, Step.DECLINED, "下周再约"),
    ("met", {}, Step.MET, "You have met"),
]


def test_each_answer_arrives(lobby: Lobby) -> None:
    for button, fields, step, said in ANSWERS:
        visit = lobby.walk_in()
        link = lobby.answer_link(visit)
        answer = lobby.phone.post(f"{link}/visits/{visit}/{button}", fields)
        assert answer.status_code == 303
        assert lobby.ladder(visit).step == step
        assert said in lobby.phone.get(answer.location).text


def test_a_changed_mind_works(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    base = f"{lobby.answer_link(visit)}/visits/{visit}"
    lobby.phone.post(f"{base}/coming", {"minutes": 3}, page=lobby.answer_link(visit))
    lobby.phone.post(f"{base}/wait", {"minutes": 20}, page=lobby.answer_link(visit))
    lobby.phone.post(f"{base}/decline", {"reason": "away"}, page=lobby.answer_link(visit))
    assert lobby.ladder(visit).step == Step.DECLINED
    assert lobby.phone.post(f"{base}/undo-decline").status_code == 303
    assert lobby.ladder(visit).state == State.WAITING


def test_a_late_answer_shows_how_things_stand(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    service.sign_out(lobby.house.door, internal(), visit_id=visit)
    answer = lobby.phone.post(f"{link}/visits/{visit}/coming", {"minutes": 3})
    assert answer.status_code == 409
    assert "no longer waits" in answer.text
    assert "Has left" in answer.text


def test_minutes_that_are_none_are_refused(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    for minutes in ("", "x", "-1", "999", "9" * 40):
        assert lobby.phone.post(f"{link}/visits/{visit}/coming", {"minutes": minutes}).status_code == 422
    assert lobby.ladder(visit).step == Step.TOLD


def test_a_colleague_of_the_same_company_can_be_asked(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    page = lobby.phone.get(f"{link}?visit={visit}&pick=1&lang=en").text
    assert "单雄信" in page
    assert "查良镛" not in page
    assert lobby.phone.post(f"{link}/visits/{visit}/reassign", {"to": lobby.stranger}).status_code == 422
    answer = lobby.phone.post(f"{link}/visits/{visit}/reassign", {"to": lobby.colleague})
    assert answer.status_code == 303
    assert lobby.ladder(visit).reassigned
    assert "Is waiting for you" in lobby.phone.get(lobby.answer_link(visit, lobby.colleague)).text


def test_colleagues_are_searched_as_they_are_read(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    for typed, found in (("shan", True), ("单", True), ("sxx", True), ("nobody at all", False)):
        page = lobby.phone.get(f"{link}?visit={visit}&pick=1&who={typed}&lang=en").text
        assert ("单雄信" in page) == found


def test_a_message_speaks_for_its_own_visit_only(lobby: Lobby) -> None:
    visit, other = lobby.walk_in(), lobby.walk_in("沈括", phone="13900139000", host=lobby.stranger)
    link = lobby.answer_link(visit)
    assert lobby.phone.get(f"{link}?visit={other}&lang=en").status_code == 404
    for button in ("seen", "coming", "wait", "decline", "undo-decline", "reassign", "met", "sign-out", "undo-sign-out"):
        answer = lobby.phone.post(f"{link}/visits/{other}/{button}", {"minutes": 1, "to": lobby.colleague}, page=link)
        assert answer.status_code == 404
    assert lobby.ladder(other).state == State.WAITING


def test_the_host_signs_the_visitor_out_and_takes_it_back(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    lobby.phone.post(f"{link}/visits/{visit}/met")
    lobby.phone.post(f"{link}/visits/{visit}/sign-out")
    assert lobby.ladder(visit).state == State.OUT
    lobby.phone.post(f"{link}/visits/{visit}/undo-sign-out")
    assert lobby.ladder(visit).state == State.MET


def test_the_own_page_lists_who_waits_who_is_here_and_who_comes(lobby: Lobby) -> None:
    lobby.walk_in("等着的")
    met = lobby.walk_in("在里面的", phone="13900139000")
    service.mark_met(lobby.house.door, internal(), visit_id=met, host_id=lobby.host)
    lobby.invite("明天来的")
    lobby.invite("常来的", recurrence=Recurrence(weekdays=(2,), daily_from=540, daily_until=600))
    lobby.walk_in("别人的", phone="13700137000", host=lobby.stranger)
    page = lobby.phone.get(lobby.own_page()).text
    for name in ("等着的", "在里面的", "明天来的", "常来的"):
        assert name in page
    assert "别人的" not in page


def test_the_own_page_answers_each_of_its_visits(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    page = lobby.own_page()
    assert "周岚" in lobby.phone.get(f"{page}?visit={visit}&lang=en").text
    assert lobby.phone.post(f"{page}/visits/{visit}/coming", {"minutes": 3}).status_code == 303
    assert lobby.ladder(visit).step == Step.COMING


def test_a_newer_personal_link_ends_the_older(lobby: Lobby) -> None:
    old = lobby.own_page()
    new = lobby.own_page()
    assert lobby.phone.get(old).status_code == 404
    assert lobby.phone.get(new).status_code == 200


def test_unknown_links_answer_alike(lobby: Lobby) -> None:
    lobby.invite()
    for token in (lobby.house.keys.token("host", 1), "short", lobby.house.keys.token(LINK, 5)):
        for below in ("", "/invite", "/invitations/1", "/invitations/1/change"):
            answer = lobby.phone.get(f"/h/{token}{below}")
            assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "link_unknown")


def test_the_evenings_question_is_answered_by_ticks(lobby: Lobby) -> None:
    gone, here, open_ = (
        lobby.walk_in("走了的"),
        lobby.walk_in("还在的", phone="13900139000"),
        lobby.walk_in("不清楚的", phone="13700137000"),
    )
    elsewhere = lobby.walk_in("别处的", phone="13600136000", host=lobby.stranger)
    service.ask_tenant(lobby.house.door, internal(), tenant_id=lobby.tenant)
    with lobby.house.door.reading() as session:
        notice = session.exec(select(Notice).where(Notice.tenant_id == lobby.tenant, Notice.kind == "farewell")).one()
        link = f"/h/{lobby.house.keys.token(LINK, notice.link_number)}"
    page = lobby.phone.get(link).text
    assert "Still with you?" in page
    assert "别处的" not in page
    answer = lobby.phone.post(f"{link}/farewell", {"left": [gone, elsewhere, "x"], "here": [here, gone]})
    assert answer.status_code == 303
    states = [lobby.ladder(visit).state for visit in (gone, here, open_, elsewhere)]
    assert states == [State.OUT, State.WAITING, State.WAITING, State.WAITING]


def test_regions_of_a_host_open_to_the_hosts_links_only(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    own, message = lobby.own_page().split("/")[2], lobby.answer_link(visit).split("/")[2]
    theirs = lobby.own_page(lobby.stranger).split("/")[2]
    for key, region, status in (
        (own, f"phone.host:{lobby.host}", 200),
        (own, f"phone.answer:{visit}", 200),
        (message, f"phone.answer_actions:{visit}", 200),
        (message, f"phone.host:{lobby.host}", 404),
        (message, f"phone.visit:{visit}", 404),
        (theirs, f"phone.host:{lobby.host}", 404),
        (theirs, f"phone.answer:{visit}", 404),
        ("", f"phone.answer:{visit}", 404),
    ):
        assert lobby.client.get(f"/region/{region}", query_string={"key": key}).status_code == status


def test_a_host_who_handed_over_sees_that_somebody_else_looks_after_it(lobby: Lobby, clock: StillClock) -> None:
    visit = lobby.walk_in()
    link = lobby.answer_link(visit)
    service.reassign(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host, to_host_id=lobby.colleague)
    clock.turn(timedelta(seconds=5))
    page = lobby.phone.get(link).text
    assert f'data-host="{lobby.host}"' in page
    assert f'data-asked="{lobby.colleague}"' in page
    assert lobby.phone.post(f"{link}/visits/{visit}/coming", {"minutes": 1}).status_code == 404


def test_the_host_page_is_touched_by_what_happens_to_delegates_visits(lobby: Lobby) -> None:
    visit = lobby.walk_in()
    with lobby.house.door.reading() as session:
        assert queries.hosts_concerned(session, visit) == {lobby.host}
    service.reassign(lobby.house.door, internal(), visit_id=visit, host_id=lobby.host, to_host_id=lobby.colleague)
    with lobby.house.door.reading() as session:
        assert queries.hosts_concerned(session, visit) == {lobby.host, lobby.colleague}

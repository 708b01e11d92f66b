from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.visits import service
from server.domain.visits.rules import State
from server.errors import Conflict, NotFound, TooMany
from tests.factories import asks, facts_of, invitation_of, make_host, make_invitation, make_visit, pass_of, visit_of


def test_a_visitor_signs_out_by_the_pass(door: Door) -> None:
    visit_id = make_visit(door)
    outcome = service.sign_out_by_token(door, asks(), token=pass_of(door, visit_id).token)
    visit = visit_of(door, visit_id)
    assert (outcome.code, outcome.ids) == ("signed_out", {"visit": visit_id})
    assert (visit.state, visit.left_at, visit.left_by) == (State.OUT, door.clock.now(), "pass")


def test_leaving_twice_says_since_when(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks(), visit_id=visit_id)
    left_at = clock.now()
    clock.turn(timedelta(minutes=1))
    with pytest.raises(Conflict, match="already_out") as refusal:
        service.sign_out_by_token(door, asks(), token=pass_of(door, visit_id).token)
    assert refusal.value.facts == {"visit": visit_id, "since": left_at.isoformat()}


def test_who_has_not_come_cannot_leave(door: Door) -> None:
    invitation = invitation_of(door, make_invitation(door))
    with pytest.raises(Conflict, match="not_in") as refusal:
        service.sign_out_by_token(door, asks(), token=invitation.token)
    assert refusal.value.facts["state"] == State.EXPECTED
    with pytest.raises(NotFound, match="pass_unknown"):
        service.sign_out_by_token(door, asks(), token="A" * 27)


def test_a_visitor_signs_out_by_code_and_surname(door: Door) -> None:
    visit_id = make_visit(door)
    code = pass_of(door, visit_id).code
    assert service.sign_out_by_code(door, asks(), code=code, surname="王").code == "no_match"
    assert service.sign_out_by_code(door, asks(), code=code, surname="张").code == "signed_out"
    assert visit_of(door, visit_id).left_by == "code"


def test_a_visitor_signs_out_by_the_phones_last_four_and_the_surname(door: Door) -> None:
    visit_id = make_visit(door, name="Anna Smith", phone="+4915112347788")
    assert service.sign_out_by_phone(door, asks(), tail="7788", surname="smith").code == "signed_out"
    assert visit_of(door, visit_id).left_by == "phone_tail"


def test_two_matches_or_none_are_one_fixed_answer(door: Door) -> None:
    make_visit(door, name="张小明", phone="13800007788")
    make_visit(door, name="张伟", phone="13900007788")
    two = service.sign_out_by_phone(door, asks(), tail="7788", surname="张")
    none = service.sign_out_by_phone(door, asks(), tail="9999", surname="张")
    wrong = service.sign_out_by_phone(door, asks(), tail="77", surname="张")
    assert two == none == wrong
    assert two.code == "no_match"


def test_namesakes_with_one_phone_tail_are_told_apart_by_a_longer_surname(door: Door) -> None:
    make_visit(door, name="张小明", phone="13800007788")
    wanted = make_visit(door, name="张伟民", phone="13900007788")
    assert service.sign_out_by_phone(door, asks(), tail="7788", surname="张伟").ids["visit"] == wanted


def test_guesses_of_phone_and_surname_are_held_to_the_limits(door: Door) -> None:
    make_visit(door, name="张小明", phone="13800007788")
    for guess in range(5):
        service.sign_out_by_phone(door, asks(), tail=f"000{guess}", surname="张")
    with pytest.raises(TooMany):
        service.sign_out_by_phone(door, asks(), tail="7788", surname="张")


def test_who_left_is_not_found_by_the_phone_again(door: Door) -> None:
    visit_id = make_visit(door, phone="13800007788")
    service.sign_out(door, asks(), visit_id=visit_id)
    assert service.sign_out_by_phone(door, asks(), tail="7788", surname="张").code == "no_match"


def test_a_host_signs_out_his_own_visitor_and_nobody_elses(door: Door) -> None:
    host, stranger = make_host(door), make_host(door, name="李敏")
    visit_id = make_visit(door, host_id=host)
    with pytest.raises(NotFound, match="visit_unknown"):
        service.sign_out_by_host(door, asks(), visit_id=visit_id, host_id=stranger)
    assert service.sign_out_by_host(door, asks(), visit_id=visit_id, host_id=host).code == "signed_out"
    assert visit_of(door, visit_id).left_by == "host"


def test_a_sign_out_is_taken_back_within_ten_seconds_by_who_made_it(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    service.desk_mark_met(door, asks("staff:1"), visit_id=visit_id)
    service.sign_out(door, asks("device:1"), visit_id=visit_id)
    with pytest.raises(Conflict, match="undo_too_late"):
        service.undo_sign_out(door, asks("device:2"), visit_id=visit_id)
    clock.turn(timedelta(seconds=10))
    outcome = service.undo_sign_out(door, asks("device:1"), visit_id=visit_id)
    assert (outcome.code, outcome.ids["state"]) == ("sign_out_undone", State.MET)
    assert visit_of(door, visit_id).left_at is None


def test_after_ten_seconds_a_sign_out_stands_but_the_desk_may_take_it_back(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks("device:1"), visit_id=visit_id)
    clock.turn(timedelta(seconds=11))
    with pytest.raises(Conflict, match="undo_too_late"):
        service.undo_sign_out(door, asks("device:1"), visit_id=visit_id)
    service.take_back_sign_out(door, asks("staff:1"), visit_id=visit_id)
    assert visit_of(door, visit_id).state is State.WAITING


def test_a_wait_that_goes_on_after_an_undo_still_reaches_the_desk_in_time(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    clock.turn(timedelta(minutes=2))
    service.sign_out(door, asks(), visit_id=visit_id)
    service.take_back_sign_out(door, asks(), visit_id=visit_id)
    clock.turn(timedelta(minutes=1))
    assert service.ask_desk(door, asks(), visit_id=visit_id).code == "desk_asked"


def test_every_way_out_is_a_fact(door: Door) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks(), visit_id=visit_id)
    service.take_back_sign_out(door, asks(), visit_id=visit_id)
    assert facts_of(door, visit_id)[-2:] == ["VisitorSignedOut", "SignOutUndone"]

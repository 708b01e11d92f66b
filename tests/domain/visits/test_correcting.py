from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.visits import queries, service
from server.domain.visits.rules import State
from server.errors import BadInput, Conflict, Gone
from tests.factories import asks, facts_of, invitation_of, make_invitation, make_staff, make_visit, pass_of, visit_of


def test_the_desk_corrects_what_stands_about_a_visitor(door: Door) -> None:
    visit_id = make_visit(door)
    outcome = service.correct(
        door, asks("staff:1"), visit_id=visit_id, version=visit_of(door, visit_id).version, name="张晓明", phone="139 0000 9999"
    )
    visit = visit_of(door, visit_id)
    assert outcome.ids["fields"] == "name,phone"
    assert (visit.name, visit.phone) == ("张晓明", "13900009999")
    assert service.sign_out_by_phone(door, asks(), tail="9999", surname="张").code == "signed_out"
    assert facts_of(door, visit_id).count("VisitCorrected") == 1


def test_a_correction_that_changes_nothing_is_no_fact(door: Door) -> None:
    visit_id = make_visit(door)
    service.correct(door, asks("staff:1"), visit_id=visit_id, version=visit_of(door, visit_id).version, name="张小明")
    assert "VisitCorrected" not in facts_of(door, visit_id)


def test_the_slower_of_two_corrections_is_told(door: Door) -> None:
    visit_id = make_visit(door)
    version = visit_of(door, visit_id).version
    service.correct(door, asks("staff:1"), visit_id=visit_id, version=version, name="张晓明")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        service.correct(door, asks("staff:2"), visit_id=visit_id, version=version, name="章小明")


def test_a_correction_is_refused_by_field(door: Door) -> None:
    visit_id = make_visit(door)
    version = visit_of(door, visit_id).version
    for field, wrong in (
        ("name", {"name": ""}),
        ("phone", {"phone": "x"}),
        ("purpose", {"purpose": "x"}),
        ("companions", {"companions": 100}),
    ):
        with pytest.raises(BadInput) as refusal:
            service.correct(door, asks("staff:1"), visit_id=visit_id, version=version, **wrong)
        assert refusal.value.field == field


def test_nothing_is_left_to_correct_in_an_anonymous_record(door: Door) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks(), visit_id=visit_id)
    service.forget_visit(door, asks("staff:1"), visit_id=visit_id)
    with pytest.raises(Gone, match="anonymised"):
        service.correct(door, asks("staff:1"), visit_id=visit_id, version=visit_of(door, visit_id).version, name="x")


def test_an_arrival_told_afterwards_keeps_the_time_it_was_seen(door: Door, clock: StillClock) -> None:
    visit_id = invitation_of(door, make_invitation(door)).visit_id or 0
    seen_at = clock.now() - timedelta(minutes=20)
    outcome = service.record_arrival(door, asks("staff:1"), visit_id=visit_id, at=seen_at)
    assert outcome.ids == {"visit": visit_id, "contradicts": False, "state": State.IN}
    assert visit_of(door, visit_id).signed_in_at == seen_at
    door.number_waiting()
    with door.reading() as session:
        line = queries.record_of(session, door.keys, visit_id).history[-1]
    assert (line.kind, line.at, line.recorded_at) == ("ArrivalRecorded", seen_at, clock.now())


def test_a_fact_that_contradicts_is_kept_and_flagged(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    again = service.record_arrival(door, asks("staff:1"), visit_id=visit_id, at=clock.now())
    before_coming = service.record_departure(door, asks("staff:1"), visit_id=visit_id, at=clock.now() - timedelta(hours=1))
    assert (again.ids["contradicts"], before_coming.ids["contradicts"]) == (True, True)
    assert visit_of(door, visit_id).state is State.WAITING
    assert facts_of(door, visit_id)[-2:] == ["ArrivalRecorded", "DepartureRecorded"]


def test_a_departure_told_afterwards_ends_what_was_only_assumed(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    left_at = clock.now() + timedelta(hours=2)
    clock.turn(timedelta(hours=24))
    service.assume_left(door, asks("house"), visit_id=visit_id)
    outcome = service.record_departure(door, asks("staff:1"), visit_id=visit_id, at=left_at)
    visit = visit_of(door, visit_id)
    assert (outcome.ids["contradicts"], visit.state, visit.left_at) == (False, State.OUT, left_at)


def test_a_departure_of_somebody_who_never_came_is_kept_and_changes_nothing(door: Door, clock: StillClock) -> None:
    visit_id = invitation_of(door, make_invitation(door)).visit_id or 0
    outcome = service.record_departure(door, asks("staff:1"), visit_id=visit_id, at=clock.now())
    assert outcome.ids == {"visit": visit_id, "contradicts": True, "state": State.EXPECTED}


def test_nobody_was_seen_in_the_future(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    for record in (service.record_arrival, service.record_departure):
        with pytest.raises(BadInput, match="in_future"):
            record(door, asks("staff:1"), visit_id=visit_id, at=clock.now() + timedelta(minutes=6))


def test_the_receipt_tells_which_role_looked_and_when_but_no_name(door: Door, clock: StillClock) -> None:
    visit_id, staff = make_visit(door), make_staff(door, "supervisor", name="林晓")
    looked_at = clock.now()
    for _ in range(3):
        service.open_record(door, asks(f"staff:{staff}"), visit_id=visit_id)
        door.number_waiting()
    clock.turn(timedelta(minutes=11))
    service.open_record(door, asks(f"staff:{staff}"), visit_id=visit_id)
    door.number_waiting()
    with door.reading() as session:
        receipt = queries.receipt_of_token(session, door.keys, pass_of(door, visit_id).token, clock.now(), door.settings)
    assert receipt.looked == (("supervisor", looked_at), ("supervisor", clock.now()))

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State
from server.errors import Conflict, NotFound
from tests.factories import asks, facts_of, internal, invitation_of, make_invitation, make_visit, pass_of, visit_of

NAME = "司马相如如"


def test_a_visitor_may_be_forgotten_once_the_visit_is_over(door: Door) -> None:
    visit_id = make_visit(door, name=NAME, companions=2)
    token = pass_of(door, visit_id).token
    with pytest.raises(Conflict, match="still_in"):
        service.forget_visitor(door, asks("link:1"), token=token)
    service.sign_out(door, asks(), visit_id=visit_id)
    assert service.forget_visitor(door, asks("link:1"), token=token).code == "forgotten"
    visit = visit_of(door, visit_id)
    assert (visit.name, visit.phone, visit.company, visit.companions, visit.state) == ("", "", "", 2, State.OUT)
    with door.reading() as session, pytest.raises(NotFound, match="pass_unknown"):
        queries.pass_of_token(session, door.keys, token, door.clock.now(), door.settings)


def test_who_is_expected_is_not_forgotten_before_the_visit(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    with pytest.raises(Conflict, match="still_in"):
        service.forget_visitor(door, asks("link:1"), token=view.token)


def test_forgetting_a_visitor_forgets_the_invitation_too(door: Door) -> None:
    view = invitation_of(door, make_invitation(door, name=NAME))
    service.withdraw_invitation(door, asks(), invitation_id=view.invitation_id, host_id=None)
    service.forget_visit(door, asks("staff:1"), visit_id=view.visit_id or 0)
    assert invitation_of(door, view.invitation_id).name == ""


def test_after_thirty_days_names_are_gone_and_counts_stay(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door, name=NAME, companions=1)
    service.sign_out(door, asks(), visit_id=visit_id)
    view = invitation_of(door, make_invitation(door, name=NAME, recurrence=Recurrence(weekdays=(0,), daily_from=0, daily_until=1440)))
    for expired in (visit_id, view.visit_id or 0):
        clock.turn(timedelta(days=1))
        if expired == view.visit_id:
            service.end_window(door, internal(), visit_id=expired)
    clock.turn(timedelta(days=28))
    assert service.anonymise_old(door, internal()).ids == {"visits": 0, "invitations": 0}
    clock.turn(timedelta(days=2))
    assert service.anonymise_old(door, internal()).ids == {"visits": 2, "invitations": 1}
    assert service.anonymise_old(door, internal()).ids == {"visits": 0, "invitations": 0}
    assert visit_of(door, visit_id).companions == 1
    assert facts_of(door, visit_id)[-1] == "VisitAnonymised"


def test_nothing_of_an_anonymous_visitor_is_found_anywhere_in_the_rows(door: Door, clock: StillClock) -> None:
    from sqlalchemy import inspect, text

    visit_id = make_visit(door, name=NAME, phone="13987654321", company="独一无二公司")
    service.desk_answer_declined(door, asks(), visit_id=visit_id, reason="司马不在")
    service.forget_visit(door, asks("staff:1"), visit_id=visit_id)
    with door.reading() as session:
        rows = " ".join(
            str(tuple(row))
            for table in inspect(session.get_bind()).get_table_names()
            for row in session.execute(text(f'SELECT * FROM "{table}"'))
        )
    assert [word for word in (NAME, "13987654321", "独一无二", "司马不在") if word in rows] == []
    # The last four digits by themselves: among the hundreds of a digest's they may stand by chance.
    assert re.search(r"(?<![0-9a-f])4321(?![0-9a-f])", rows) is None


def test_who_is_in_the_building_is_never_made_anonymous(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door, name=NAME)
    clock.turn(timedelta(days=60))
    assert service.anonymise_old(door, internal()).ids["visits"] == 0
    assert visit_of(door, visit_id).name == NAME


def test_a_batch_is_no_larger_than_asked(door: Door, clock: StillClock) -> None:
    for _ in range(3):
        service.sign_out(door, asks(), visit_id=make_visit(door))
    clock.turn(timedelta(days=40))
    assert [service.anonymise_old(door, internal(), limit=2).ids["visits"] for _ in range(3)] == [2, 1, 0]


def test_the_receipt_says_what_is_stored_and_when_it_vanishes(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door, company="蓝桥资本")
    token = pass_of(door, visit_id).token
    with door.reading() as session:
        receipt = queries.receipt_of_token(session, door.keys, token, clock.now(), door.settings)
    stored = dict(receipt.stored)
    assert (stored["name"], stored["phone"], stored["company"]) == ("张小明", "138****1234", "蓝桥资本")
    assert receipt.vanishes_at == visit_of(door, visit_id).valid_until + timedelta(days=30)
    assert (receipt.may_forget, receipt.may_sign_out, receipt.consent_version) == (False, True, "2026-11")
    service.sign_out(door, asks(), visit_id=visit_id)
    with door.reading() as session:
        receipt = queries.receipt_of_token(session, door.keys, token, clock.now(), door.settings)
    assert (receipt.may_forget, receipt.may_sign_out) == (True, False)

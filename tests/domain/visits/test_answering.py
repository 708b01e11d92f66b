from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.operations import Outcome
from server.db.transaction import Door
from server.domain.people import service as people
from server.domain.visits import queries, service
from server.domain.visits.rules import State, Step
from server.errors import BadInput, Conflict, NotFound
from tests.factories import asks, facts_of, internal, invitation_of, make_host, make_invitation, make_tenant, make_visit, visit_of


def step_of(door: Door, visit_id: int) -> Step:
    with door.reading() as session:
        return queries.ladder_of(session, visit_id).step


def test_seen_is_said_by_the_opened_page_and_once(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.mark_seen(door, asks(), visit_id=visit_id, host_id=host)
    seen_at = clock.now()
    clock.turn(timedelta(seconds=5))
    service.mark_seen(door, asks(), visit_id=visit_id, host_id=host)
    assert (visit_of(door, visit_id).seen_at, step_of(door, visit_id)) == (seen_at, Step.SEEN)
    assert facts_of(door, visit_id).count("HostSawVisit") == 1


def test_coming_names_the_minutes_and_stops_the_clocks(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=3)
    visit = visit_of(door, visit_id)
    assert (visit.step, visit.minutes, visit.come_at) == (Step.COMING, 3, clock.now() + timedelta(minutes=3))


def test_a_promise_that_is_not_kept_goes_to_the_desk(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=3)
    clock.turn(timedelta(minutes=5, seconds=59))
    assert service.ask_desk(door, internal(), visit_id=visit_id).code == "not_due"
    clock.turn(timedelta(seconds=1))
    assert service.ask_desk(door, internal(), visit_id=visit_id).code == "desk_asked"
    assert step_of(door, visit_id) is Step.DESK


def test_an_answer_may_change_while_the_visitor_waits(door: Door) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.answer_wait(door, asks(), visit_id=visit_id, host_id=host, minutes=10)
    assert step_of(door, visit_id) is Step.WAIT
    service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=1)
    assert step_of(door, visit_id) is Step.COMING


def test_a_refusal_keeps_its_reason_and_ends_the_wait(door: Door) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason="改天再来，谢谢")
    visit = visit_of(door, visit_id)
    assert (visit.state, visit.reason) == (State.DECLINED, "改天再来，谢谢")
    with pytest.raises(Conflict, match="no_longer_waiting"):
        service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=1)


def test_a_refusal_needs_a_reason_of_reasonable_length(door: Door) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    for reason in ("", "x" * 121, "\x00"):
        with pytest.raises(BadInput) as refusal:
            service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason=reason)
        assert refusal.value.field == "reason"


@pytest.mark.parametrize("minutes", [-1, 241])
def test_minutes_out_of_reach_are_refused(door: Door, minutes: int) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    with pytest.raises(BadInput, match="minutes_wrong"):
        service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=minutes)


def test_a_refusal_is_taken_back_within_ten_seconds(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason="busy")
    clock.turn(timedelta(seconds=10))
    service.undo_decline(door, asks(), visit_id=visit_id, host_id=host)
    assert step_of(door, visit_id) is Step.TOLD
    service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason="busy")
    clock.turn(timedelta(seconds=11))
    with pytest.raises(Conflict, match="undo_too_late"):
        service.undo_decline(door, asks(), visit_id=visit_id, host_id=host)
    assert service.reopen(door, asks("staff:1"), visit_id=visit_id).code == "reopened"


def test_a_refusal_taken_back_after_the_window_puts_the_visitor_on_the_lists_again(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = invitation_of(door, make_invitation(door, host_id=host, ends=timedelta(hours=1))).visit_id or 0
    service.sign_in_visit(door, asks(), visit_id=visit_id, gate="A")
    service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason="busy")
    clock.turn(timedelta(hours=1, minutes=1))
    assert service.close_pass(door, internal(), visit_id=visit_id).code == "pass_closed"
    service.reopen(door, asks("staff:1"), visit_id=visit_id)
    with door.reading() as session:
        assert [each.visit_id for each in queries.waiting(session)] == [visit_id]
    assert visit_of(door, visit_id).valid_until > clock.now()
    assert service.close_pass(door, internal(), visit_id=visit_id).code == "not_due"


def test_somebody_else_will_come_and_is_told(door: Door) -> None:
    tenant = make_tenant(door)
    host, colleague = make_host(door, tenant_id=tenant), make_host(door, tenant_id=tenant, name="李敏")
    visit_id = make_visit(door, host_id=host)
    service.mark_seen(door, asks(), visit_id=visit_id, host_id=host)
    service.reassign(door, asks(), visit_id=visit_id, host_id=host, to_host_id=colleague)
    visit = visit_of(door, visit_id)
    assert (visit.host_id, visit.asked_host_id, visit.step, visit.seen_at) == (host, colleague, Step.TOLD, None)
    with door.reading() as session:
        assert queries.ladder_of(session, visit_id).reassigned
    assert facts_of(door, visit_id)[-2:] == ["VisitReassigned", "HostNotified"]
    with pytest.raises(NotFound, match="visit_unknown"):
        service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=1)
    assert service.answer_coming(door, asks(), visit_id=visit_id, host_id=colleague, minutes=1).code == "coming"


def test_a_host_hands_over_to_colleagues_only_and_the_desk_to_anybody(door: Door) -> None:
    host, elsewhere = make_host(door), make_host(door, name="李敏")
    visit_id = make_visit(door, host_id=host)
    for to_host, code in ((elsewhere, "host_elsewhere"), (host, "host_unknown"), (999_999, "host_unknown")):
        with pytest.raises(BadInput, match=code):
            service.reassign(door, asks(), visit_id=visit_id, host_id=host, to_host_id=to_host)
    service.desk_reassign(door, asks("staff:1"), visit_id=visit_id, to_host_id=elsewhere)
    assert visit_of(door, visit_id).asked_host_id == elsewhere


def test_nobody_answers_for_another_host(door: Door) -> None:
    visit_id, stranger = make_visit(door), make_host(door, name="李敏")
    asked: tuple[Callable[[], Outcome], ...] = (
        lambda: service.mark_seen(door, asks(), visit_id=visit_id, host_id=stranger),
        lambda: service.answer_coming(door, asks(), visit_id=visit_id, host_id=stranger, minutes=1),
        lambda: service.answer_wait(door, asks(), visit_id=visit_id, host_id=stranger, minutes=1),
        lambda: service.answer_declined(door, asks(), visit_id=visit_id, host_id=stranger, reason="busy"),
        lambda: service.undo_decline(door, asks(), visit_id=visit_id, host_id=stranger),
        lambda: service.mark_met(door, asks(), visit_id=visit_id, host_id=stranger),
    )
    for ask in asked:
        with pytest.raises(NotFound, match="visit_unknown"):
            ask()


def test_unseen_for_a_minute_tells_the_delegate_who_may_then_answer(door: Door, clock: StillClock) -> None:
    tenant = make_tenant(door)
    delegate = make_host(door, tenant_id=tenant, name="李敏")
    host = make_host(door, tenant_id=tenant, delegate_id=delegate)
    visit_id = make_visit(door, host_id=host)
    clock.turn(timedelta(seconds=59))
    assert service.tell_delegate(door, internal(), visit_id=visit_id).code == "not_due"
    with pytest.raises(NotFound):
        service.answer_coming(door, asks(), visit_id=visit_id, host_id=delegate, minutes=1)
    clock.turn(timedelta(seconds=1))
    assert service.tell_delegate(door, internal(), visit_id=visit_id).code == "delegate_told"
    assert service.tell_delegate(door, internal(), visit_id=visit_id).code == "not_due"
    assert service.answer_coming(door, asks(), visit_id=visit_id, host_id=delegate, minutes=1).code == "coming"


def test_seen_in_time_leaves_the_delegate_in_peace(door: Door, clock: StillClock) -> None:
    tenant = make_tenant(door)
    host = make_host(door, tenant_id=tenant, delegate_id=make_host(door, tenant_id=tenant, name="李敏"))
    visit_id = make_visit(door, host_id=host)
    service.mark_seen(door, asks(), visit_id=visit_id, host_id=host)
    clock.turn(timedelta(minutes=2))
    assert service.tell_delegate(door, internal(), visit_id=visit_id).code == "not_due"


def test_no_answer_for_three_minutes_asks_the_desk_which_takes_over(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    clock.turn(timedelta(minutes=3))
    service.ask_desk(door, internal(), visit_id=visit_id)
    assert service.ask_desk(door, internal(), visit_id=visit_id).code == "not_due"
    service.take_over(door, asks("staff:1"), visit_id=visit_id)
    service.take_over(door, asks("staff:1"), visit_id=visit_id)
    visit = visit_of(door, visit_id)
    assert (visit.desk_asked_at, visit.desk_took_at) == (clock.now(), clock.now())
    assert facts_of(door, visit_id).count("DeskTookOver") == 1


def test_calling_again_begins_every_clock_anew(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    clock.turn(timedelta(minutes=3))
    service.ask_desk(door, internal(), visit_id=visit_id)
    service.call_again(door, asks("staff:1"), visit_id=visit_id)
    assert (visit_of(door, visit_id).told_at, step_of(door, visit_id)) == (clock.now(), Step.TOLD)
    clock.turn(timedelta(minutes=3))
    assert service.ask_desk(door, internal(), visit_id=visit_id).code == "desk_asked"


def test_nobody_can_be_called_again_when_there_is_no_host(door: Door) -> None:
    with_none = int(service.sign_in_at_desk(door, asks(), host_id=None, name="李敏", gate="A").ids["visit"] or 0)
    host = make_host(door)
    with_one_who_left = make_visit(door, host_id=host)
    people.retire_host(door, internal(), host_id=host)
    for visit_id in (with_none, with_one_who_left):
        with pytest.raises(Conflict, match="no_host"):
            service.call_again(door, asks("staff:1"), visit_id=visit_id)


def test_met_is_said_by_host_or_desk_and_twice_is_once(door: Door) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    service.mark_met(door, asks(), visit_id=visit_id, host_id=host)
    service.desk_mark_met(door, asks("staff:1"), visit_id=visit_id)
    assert visit_of(door, visit_id).state is State.MET
    assert facts_of(door, visit_id).count("VisitorMet") == 1


def test_in_follows_met_or_is_set_by_the_desk(door: Door) -> None:
    met, waiting = make_visit(door), make_visit(door, name="李敏", phone="13900001111")
    service.desk_mark_met(door, asks(), visit_id=met)
    for visit_id in (met, waiting):
        service.admit(door, asks("staff:1"), visit_id=visit_id)
        assert visit_of(door, visit_id).state is State.IN
        with pytest.raises(Conflict, match="not_possible"):
            service.admit(door, asks("staff:1"), visit_id=visit_id)


def test_a_visitor_may_give_up_waiting_and_a_pass_taken_back_opens_nothing(door: Door) -> None:
    from tests.factories import pass_of

    visit_id = make_visit(door)
    token = pass_of(door, visit_id).token
    service.withdraw_waiting(door, asks("link:1"), token=token)
    assert visit_of(door, visit_id).state is State.WITHDRAWN
    with pytest.raises(Conflict, match="no_longer_waiting"):
        service.withdraw_waiting(door, asks("link:1"), token=token)
    with pytest.raises(Conflict, match="not_possible"):
        service.withdraw_visit(door, asks("staff:1"), visit_id=visit_id)

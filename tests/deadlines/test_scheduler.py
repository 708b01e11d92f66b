from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from server.clock import StillClock
from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.deadlines import Scheduler, create_deadlines
from server.deadlines.kinds import DEADLINES, Deadline
from server.deadlines.upkeep import UPKEEP, Upkeep
from server.domain.drafts import queries as drafts_read
from server.domain.drafts import service as drafts
from server.domain.people import service as people
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State, Step
from server.errors import NotFound
from tests.factories import (
    asks,
    facts_of,
    internal,
    invitation_of,
    make_device,
    make_host,
    make_invitation,
    make_tenant,
    make_visit,
    pass_of,
    visit_of,
)

EVERY_DAY = Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=8 * 60, daily_until=18 * 60)


@pytest.fixture
def scheduler(door: Door, clock: StillClock) -> Scheduler:
    """The loop of the house under test, after it has opened the day."""
    found = Scheduler(door, clock)
    settle(found)
    return found


def settle(scheduler: Scheduler) -> int:
    """Step until nothing is due; return how many steps that took."""
    for steps in range(50):
        if not scheduler.step():
            return steps
    raise AssertionError("the loop never comes to rest")


def kinds(door: Door) -> list[str]:
    door.number_waiting()
    with door.reading() as session:
        return [row[0] for row in session.execute(text("SELECT kind FROM event ORDER BY number"))]


def at_hour(clock: StillClock, hour: int, minute: int = 0) -> None:
    """Turn the clock to the site's ``hour`` today; tests begin at nine."""
    clock.put(clock.now().replace(hour=0, minute=0) + timedelta(hours=hour - 8, minutes=minute))


def test_a_quiet_house_comes_to_rest_at_once(scheduler: Scheduler) -> None:
    assert scheduler.step() is False


def test_an_unseen_message_goes_to_the_delegate_and_an_unanswered_one_to_the_desk(
    door: Door, clock: StillClock, scheduler: Scheduler
) -> None:
    tenant = make_tenant(door)
    delegate = make_host(door, tenant_id=tenant, name="李敏")
    visit_id = make_visit(door, host_id=make_host(door, tenant_id=tenant, delegate_id=delegate))
    clock.turn(timedelta(seconds=59))
    settle(scheduler)
    assert visit_of(door, visit_id).delegate_told_at is None
    clock.turn(timedelta(seconds=1))
    settle(scheduler)
    assert visit_of(door, visit_id).delegate_told_at == clock.now()
    clock.turn(timedelta(seconds=120))
    settle(scheduler)
    assert visit_of(door, visit_id).step is Step.DESK
    assert facts_of(door, visit_id) == ["VisitorSignedIn", "HostNotified", "DelegateAsked", "HostNotified", "DeskAsked"]
    clock.turn(timedelta(hours=1))
    settle(scheduler)
    assert facts_of(door, visit_id).count("DeskAsked") == 1


def test_a_day_is_opened_once_and_expects_the_recurring_visitors(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    invitation = make_invitation(door, ends=timedelta(days=30), recurrence=EVERY_DAY)
    first = invitation_of(door, invitation).visit_id
    clock.turn(timedelta(days=1))
    settle(scheduler)
    settle(scheduler)
    assert kinds(door).count("DayOpened") == 2
    assert invitation_of(door, invitation).visit_id != first
    assert kinds(door).count("VisitExpected") == 2


def test_a_day_that_opens_while_the_house_was_off_is_opened_late_and_yesterday_is_not_invented(door: Door, clock: StillClock) -> None:
    settle(Scheduler(door, clock))
    clock.turn(timedelta(days=3))
    settle(Scheduler(door, clock))
    assert kinds(door).count("DayOpened") == 2


def test_who_did_not_come_in_a_days_window_is_a_no_show_and_a_longer_leave_expires(
    door: Door, clock: StillClock, scheduler: Scheduler
) -> None:
    day = invitation_of(door, make_invitation(door, ends=timedelta(hours=2))).visit_id or 0
    week = invitation_of(door, make_invitation(door, ends=timedelta(days=7))).visit_id or 0
    clock.turn(timedelta(hours=2))
    settle(scheduler)
    assert (visit_of(door, day).state, visit_of(door, week).state) == (State.NO_SHOW, State.EXPECTED)
    clock.turn(timedelta(days=7))
    settle(scheduler)
    assert visit_of(door, week).state is State.EXPIRED


def test_the_sweep_assumes_and_invents_no_time(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    waiting, gone = make_visit(door), make_visit(door, name="李敏")
    service.sign_out(door, asks(), visit_id=gone)
    at_hour(clock, 19, 59)
    settle(scheduler)
    assert visit_of(door, waiting).state is State.WAITING
    at_hour(clock, 20)
    settle(scheduler)
    visit = visit_of(door, waiting)
    assert (visit.state, visit.left_at) == (State.ASSUMED_LEFT, None)
    assert visit_of(door, gone).state is State.OUT


def test_who_comes_after_the_sweep_is_left_to_the_next_one(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    at_hour(clock, 20, 1)
    settle(scheduler)
    late = make_visit(door)
    settle(scheduler)
    assert visit_of(door, late).state is State.WAITING
    clock.turn(timedelta(hours=24))
    settle(scheduler)
    assert visit_of(door, late).state is State.ASSUMED_LEFT


def test_at_half_past_five_each_tenant_is_asked_once_and_answers(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    tenant = make_tenant(door)
    host = make_host(door, tenant_id=tenant)
    left, here, elsewhere = make_visit(door, host_id=host), make_visit(door, host_id=host, name="李敏"), make_visit(door)
    at_hour(clock, 17, 29)
    settle(scheduler)
    assert "TenantAsked" not in kinds(door)
    at_hour(clock, 17, 30)
    settle(scheduler)
    clock.turn(timedelta(minutes=5))
    settle(scheduler)
    assert kinds(door).count("TenantAsked") == 2
    with door.reading() as session:
        number = session.execute(text(f"SELECT link_number FROM notice WHERE day IS NOT NULL AND tenant_id = {tenant}")).scalar_one()
        token = door.keys.token("answer", number)
        link = queries.link_of(session, door.keys, token, clock.now())
        rows = queries.farewell_of(session, tenant).rows
    assert (link.kind, link.tenant_id, link.host_id) == ("farewell", tenant, host)
    assert [row.visit_id for row in rows] == [left, here]
    outcome = service.answer_farewell(door, asks("link:1"), token=token, left=[left, elsewhere, 999_999], here=[here])
    assert outcome.ids == {"left": 1, "here": 1}
    assert (visit_of(door, left).state, visit_of(door, left).left_by) == (State.OUT, "host")
    assert (visit_of(door, here).state, visit_of(door, elsewhere).state) == (State.WAITING, State.WAITING)
    assert facts_of(door, here)[-1] == "VisitorStillHere"


def test_only_the_evenings_link_answers_for_a_tenant(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    with door.reading() as session:
        number = session.execute(text(f"SELECT link_number FROM notice WHERE visit_id = {visit_id}")).scalar_one()
    for token in (door.keys.token("answer", number), pass_of(door, visit_id).token, "A" * 27, ""):
        with pytest.raises(NotFound, match="link_unknown"):
            service.answer_farewell(door, asks("link:1"), token=token, left=[visit_id], here=[])


def test_a_tenant_is_asked_through_its_contact(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    tenant = make_tenant(door, name="蓝桥资本")
    contact = make_host(door, tenant_id=tenant, name="李敏")
    people.change_tenant(door, internal(), tenant_id=tenant, version=1, name="蓝桥资本", contact_host_id=contact)
    make_visit(door, host_id=make_host(door, tenant_id=tenant))
    at_hour(clock, 18)
    settle(scheduler)
    with door.reading() as session:
        assert session.execute(text("SELECT host_id FROM notice WHERE day IS NOT NULL")).scalar_one() == contact


def test_a_tenant_with_nobody_left_to_ask_does_not_keep_the_loop_busy(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    host = make_host(door)
    make_visit(door, host_id=host)
    people.retire_host(door, internal(), host_id=host)
    at_hour(clock, 18)
    assert settle(scheduler) < 5
    assert "TenantAsked" not in kinds(door)


def test_an_old_pass_closes_and_frees_its_code(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    visit_id = make_visit(door)
    code = pass_of(door, visit_id).code
    service.sign_out(door, asks(), visit_id=visit_id)
    assert service.find_code(door, asks(), code=code).code == "found"
    at_hour(clock, 20)
    settle(scheduler)
    assert facts_of(door, visit_id)[-1] == "PassClosed"
    assert service.find_code(door, asks(), code=code).code == "no_match"


def test_a_recurring_invitation_ends_with_its_last_window(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    view = invitation_of(door, make_invitation(door, ends=timedelta(days=2), recurrence=EVERY_DAY))
    clock.turn(timedelta(days=2))
    settle(scheduler)
    assert invitation_of(door, view.invitation_id).open is False
    assert service.find_code(door, asks(), code=view.code).code == "no_match"


def test_an_untouched_draft_is_emptied(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    device = make_device(door)
    key = str(drafts.begin(door, asks(), device_id=device).ids["key"])
    drafts.save(door, asks(), key=key, device_id=device, fields={"name": "张小明"})
    clock.turn(timedelta(minutes=9))
    settle(scheduler)
    with door.reading() as session:
        assert drafts_read.draft_of(session, key, device).fields == {"name": "张小明"}
    clock.turn(timedelta(minutes=1))
    settle(scheduler)
    with door.reading() as session:
        with pytest.raises(NotFound):
            drafts_read.draft_of(session, key, device)
        assert session.execute(text("SELECT fields FROM draft")).scalar_one() == "{}"


def test_old_names_go_by_themselves(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    visit_id = make_visit(door)
    clock.turn(timedelta(days=32))
    settle(scheduler)
    clock.turn(timedelta(minutes=10))
    settle(scheduler)
    assert visit_of(door, visit_id).name == ""


def test_old_answers_of_operations_are_forgotten(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    make_visit(door)
    clock.turn(timedelta(days=31))
    settle(scheduler)
    with door.reading() as session:
        assert session.execute(text("SELECT count(*) FROM operation")).scalar_one() == 0


def test_a_poisoned_row_is_logged_and_tried_again_while_the_others_go_on(
    door: Door, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned, well = make_visit(door), make_visit(door, name="李敏")
    tried: list[int] = []

    def meet(house: Door, operation: Operation, number: int) -> Outcome:
        tried.append(number)
        if number == poisoned and clock.now() < begun + timedelta(minutes=10):
            raise ZeroDivisionError
        return service.ask_desk(house, operation, visit_id=number)

    unanswered = next(deadline for deadline in DEADLINES if deadline.name == "unanswered")
    begun = clock.now()
    scheduler = Scheduler(door, clock, deadlines=(Deadline(name="unanswered", due=unanswered.due, meet=meet),), upkeep=())
    clock.turn(timedelta(minutes=3))
    with caplog.at_level(logging.ERROR):
        settle(scheduler)
    assert (visit_of(door, well).step, visit_of(door, poisoned).step) == (Step.DESK, Step.TOLD)
    assert f"row {poisoned} failed" in caplog.text
    assert tried.count(poisoned) == 1
    clock.turn(timedelta(minutes=10))
    settle(scheduler)
    assert visit_of(door, poisoned).step is Step.DESK


def test_a_kind_that_cannot_be_read_and_a_chore_that_fails_do_not_stop_the_others(door: Door, clock: StillClock) -> None:
    def broken(*_: object) -> list[int]:
        raise ZeroDivisionError

    def chore(*_: object) -> bool:
        raise ZeroDivisionError

    visit_id = make_visit(door)
    clock.turn(timedelta(minutes=3))
    poisoned = Deadline(name="poisoned", due=broken, meet=lambda *_: Outcome(code="never"))
    scheduler = Scheduler(
        door, clock, deadlines=(poisoned, *DEADLINES), upkeep=(Upkeep(name="bad", every=timedelta(hours=1), act=chore), *UPKEEP)
    )
    settle(scheduler)
    assert visit_of(door, visit_id).step is Step.DESK


def test_two_workers_meet_a_deadline_once(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    clock.turn(timedelta(minutes=3))
    first, second = Scheduler(door, clock), Scheduler(door, clock)
    first.step()
    second.step()
    assert facts_of(door, visit_id).count("DeskAsked") == 1


def test_the_loop_is_named_and_says_it_is_well(door: Door, clock: StillClock) -> None:
    loop = create_deadlines(door, clock)
    while loop.step():
        pass
    assert (loop.name, loop.is_well()) == ("deadlines", True)


def test_the_houses_own_operations_leave_no_answers_behind(door: Door, clock: StillClock, scheduler: Scheduler) -> None:
    with door.reading() as session:
        before = session.execute(text("SELECT count(*) FROM operation")).scalar_one()
    for _ in range(3):
        clock.turn(timedelta(minutes=1))
        settle(scheduler)
    with door.reading() as session:
        assert session.execute(text("SELECT count(*) FROM operation")).scalar_one() == before

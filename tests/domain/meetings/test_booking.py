"""Intake: what is registered, changed, confirmed and cancelled, and what each collides with (S112 to S115)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.meetings import rules, service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import desk
from server.domain.meetings.rules import TRANSITIONS, Action, State
from server.errors import BadInput, Conflict
from tests.factories import asks, make_meeting, make_room, make_staff, meeting_of, meeting_plan, steps_of

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Three hours after the clock of tests: noon at the site."""


def test_every_pair_of_state_and_action_is_decided() -> None:
    decided = {pair for pair in TRANSITIONS if TRANSITIONS[pair] is not None}
    assert decided <= {(state, action) for state in State for action in Action}
    assert {state for state, action in decided if action is Action.CANCEL} == set(rules.BEFORE_START)
    assert {state for state, action in decided if action is Action.CHANGE} == {*rules.BEFORE_START, State.IN_SESSION}
    assert {state for state in State if rules.transition(state, Action.END)} == {State.IN_SESSION}
    assert not any(rules.transition(state, action) for state in (State.CLOSED,) for action in set(Action) - {Action.REOPEN})


def test_a_meeting_of_tomorrow_waits_to_be_reconfirmed_from_today(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    assert meeting_of(door, meeting).state == State.REGISTERED
    assert service.open_reconfirm(door, asks("house"), meeting_id=meeting).code == "reconfirm_open"
    assert meeting_of(door, meeting).state == State.TO_RECONFIRM
    row = meeting_of(door, meeting)
    outcome = service.reconfirm(
        door,
        asks("staff:1"),
        meeting_id=meeting,
        version=row.version,
        layout="boardroom",
        guaranteed=14,
        contact_name="曾静怡",
        contact_phone="",
    )
    assert outcome.code == "confirmed"
    assert (meeting_of(door, meeting).state, meeting_of(door, meeting).guaranteed) == (State.CONFIRMED, 14)
    assert steps_of(door, meeting)["reconfirm"].state == "done"


def test_a_meeting_on_monday_is_reconfirmed_on_friday_and_not_on_sunday(door: Door) -> None:
    """S114: the day before is a working day."""
    meeting = make_meeting(door, begins=timedelta(days=7, hours=3))  # Monday of next week
    opens = meeting_of(door, meeting).reconfirm_opens_at
    assert opens == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)  # Friday, midnight at the site


def test_who_does_not_reconfirm_by_half_past_five_is_told_to_the_supervisor(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    assert service.tell_unconfirmed(door, asks("house"), meeting_id=meeting).code == "not_due"
    clock.turn(timedelta(hours=8, minutes=31))
    assert service.tell_unconfirmed(door, asks("house"), meeting_id=meeting).code == "unconfirmed"
    assert meeting_of(door, meeting).unconfirmed_at == clock.now()
    assert service.tell_unconfirmed(door, asks("house"), meeting_id=meeting).code == "not_due"


def test_reconfirming_needs_layout_headcount_and_contact(door: Door) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    version = meeting_of(door, meeting).version

    def reconfirm(**said: object) -> None:
        all_said = {"layout": "boardroom", "guaranteed": 10, "contact_name": "曾静怡", "contact_phone": ""} | said
        service.reconfirm(door, asks("staff:1"), meeting_id=meeting, version=version, **all_said)  # type: ignore[arg-type]  # as a form has it

    for said, field in (({"guaranteed": 0}, "guaranteed"), ({"contact_name": " "}, "contact_name"), ({"layout": "ring"}, "layout")):
        with pytest.raises(BadInput) as refusal:
            reconfirm(**said)
        assert refusal.value.field == field
    reconfirm()
    assert meeting_of(door, meeting).state == State.CONFIRMED


def test_a_room_is_taken_with_its_setting_up_and_turning_over_and_the_next_slot_is_offered(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    first = make_meeting(door, room_id=room)  # 12:00–13:00, boardroom: 20 before, 15 after
    with pytest.raises(Conflict, match="room_taken") as refusal:
        make_meeting(door, room_id=room, begins=timedelta(hours=4, minutes=10))
    facts = refusal.value.facts
    assert facts["meeting"] == first
    assert facts["ends_at"] == (NOON + timedelta(minutes=75)).isoformat()
    free_at = datetime.fromisoformat(str(facts["free_at"]))
    assert free_at == NOON + timedelta(minutes=75 + 20)
    make_meeting(door, room_id=room, begins=free_at - clock.now())
    assert make_meeting(door, begins=timedelta(hours=3)) > first  # another room is free


def test_a_cancelled_meeting_frees_its_room_and_comes_back_only_while_it_is_free(door: Door) -> None:
    room = make_room(door)
    first = make_meeting(door, room_id=room)
    service.cancel(door, asks("staff:1"), meeting_id=first, reason="改期")
    assert {step.state for step in steps_of(door, first).values()} <= {"done"}
    second = make_meeting(door, room_id=room)
    with pytest.raises(Conflict, match="room_taken"):
        service.reinstate(door, asks("staff:1"), meeting_id=first)
    service.cancel(door, asks("staff:1"), meeting_id=second)
    assert service.reinstate(door, asks("staff:1"), meeting_id=first).code == "meeting_reinstated"
    assert steps_of(door, first)["tidy"].state == "planned"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"room_id": 999_999}, "room_id"),
        ({"layout": "ring"}, "layout"),
        ({"category": "grand"}, "category"),
        ({"estimated": 5000}, "estimated"),
        ({"guaranteed": -1}, "guaranteed"),
        ({"tea_minutes": 1}, "tea_minutes"),
        ({"ends_at": NOON}, "ends_at"),
        ({"starts_at": NOON - timedelta(days=2), "ends_at": NOON - timedelta(days=2) + timedelta(hours=1)}, "ends_at"),
        ({"ends_at": NOON + timedelta(hours=30)}, "ends_at"),
        ({"break_at": NOON + timedelta(hours=5)}, "break_at"),
        ({"tenant_id": 999_999}, "tenant_id"),
    ],
)
def test_what_cannot_be_is_refused_by_field(door: Door, said: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        service.register(door, asks("staff:1"), plan=replace(meeting_plan(door), **said))  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.field == field


def test_what_is_guaranteed_counts_for_the_layout_and_no_longer_what_was_estimated(door: Door) -> None:
    """S114: thirty were expected, eight will come, and a small table is enough."""
    room = make_room(door, capacity=40)
    meeting = make_meeting(door, room_id=room, begins=timedelta(days=1, hours=3), layout="theatre", estimated=30)
    said = {"layout": "boardroom", "guaranteed": 8, "contact_name": "曾静怡", "contact_phone": ""}
    service.reconfirm(door, asks("staff:1"), meeting_id=meeting, version=meeting_of(door, meeting).version, **said)  # type: ignore[arg-type]  # as a form has it
    assert (meeting_of(door, meeting).layout, meeting_of(door, meeting).guaranteed) == ("boardroom", 8)


def test_a_meeting_at_short_notice_needs_a_free_attendant_or_the_supervisors_reason(door: Door) -> None:
    """S115."""
    make_staff(door, "attendant", name="李敏")
    make_meeting(door, begins=timedelta(minutes=30))
    plan = meeting_plan(door, begins=timedelta(minutes=20))
    with pytest.raises(Conflict, match="nobody_free") as refusal:
        service.register_adhoc(door, asks("staff:1"), plan=plan)
    assert refusal.value.facts == {"needed": 1, "free": 0}
    outcome = service.register_adhoc(door, asks("staff:1"), plan=plan, reason="市里来电")
    meeting = int(outcome.ids["meeting"] or 0)
    assert (meeting_of(door, meeting).state, meeting_of(door, meeting).override_reason) == (State.CONFIRMED, "市里来电")
    sheet = steps_of(door, meeting)
    # What is past already is due at once; what lies ahead has its own hour.
    assert (sheet["check_room"].compressed, sheet["check_room"].due_at) == (True, door.clock.now())
    assert not sheet["first_pour"].compressed


def test_attendants_take_turns_and_a_guest_of_honour_has_two(door: Door) -> None:
    people = [make_staff(door, "attendant", name=name) for name in ("李敏", "王芳", "赵琳")]
    first, second = make_meeting(door), make_meeting(door)
    vip = make_meeting(door, begins=timedelta(hours=8), category="vip")
    whose = [steps_of(door, meeting)["tidy"].staff_id for meeting in (first, second)]
    assert len(set(whose)) == 2
    assert set(whose) <= set(people)
    greeting = steps_of(door, vip)
    assert greeting["greet_door"].staff_id != greeting["greet_lift"].staff_id  # S134


def test_a_change_from_an_older_page_is_refused(door: Door) -> None:
    meeting = make_meeting(door)
    row = meeting_of(door, meeting)
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=replace(plan_of(row), notes="投影"))
    with pytest.raises(Conflict, match="meeting_changed_meanwhile"):
        service.change(door, asks("staff:2"), meeting_id=meeting, version=row.version, plan=plan_of(row))


def test_a_repeated_registration_is_one_meeting(door: Door) -> None:
    plan, tap = meeting_plan(door), asks("staff:1")
    first, again = (service.register(door, tap, plan=plan) for _ in range(2))
    assert (first.ids, again.ids, again.repeated) == (first.ids, first.ids, True)


def test_what_was_ready_or_confirmed_is_so_again_when_its_cancellation_is_taken_back(door: Door, clock: StillClock) -> None:
    ready, confirmed = make_meeting(door), make_meeting(door, begins=timedelta(days=3))
    for kind in ("draw_supplies", "check_room", "check_equipment", "lights_on"):
        said = {"quantities": {"瓷杯": 14}} if kind == "draw_supplies" else {}
        step_id = steps_of(door, ready)[kind].id or 0
        service.finish_step(door, asks("staff:1"), step_id=step_id, staff_id=None, reason="plan_says", **said)  # type: ignore[arg-type]  # as a form has it
    said_of_it = {"layout": "boardroom", "guaranteed": 14, "contact_name": "曾静怡", "contact_phone": ""}
    version = meeting_of(door, confirmed).version
    service.reconfirm(door, asks("staff:1"), meeting_id=confirmed, version=version, **said_of_it)  # type: ignore[arg-type]  # as a form has it
    for meeting, state in ((ready, State.READY), (confirmed, State.CONFIRMED)):
        before = meeting_of(door, meeting)
        assert before.state == state
        service.cancel(door, asks("staff:1"), meeting_id=meeting)
        clock.turn(timedelta(seconds=5))
        service.reinstate(door, asks("staff:1"), meeting_id=meeting)
        after = meeting_of(door, meeting)
        assert (after.state, after.confirmed_at, after.confirm_due_at) == (state, before.confirmed_at, None)


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_meeting_that_moves_to_where_it_can_be_reconfirmed_in_time_is_no_longer_late(
    door: Door, clock: StillClock, is_cancelled: bool
) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    service.open_reconfirm(door, asks("house"), meeting_id=meeting)
    clock.turn(timedelta(hours=8, minutes=31))
    service.tell_unconfirmed(door, asks("house"), meeting_id=meeting)
    row = meeting_of(door, meeting)
    later = replace(plan_of(row), starts_at=row.starts_at + timedelta(days=2), ends_at=row.ends_at + timedelta(days=2))
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=later)
    if is_cancelled:
        service.cancel(door, asks("staff:1"), meeting_id=meeting)
        service.reinstate(door, asks("staff:1"), meeting_id=meeting)
    row = meeting_of(door, meeting)
    assert row.unconfirmed_at is None
    assert row.confirm_due_at is not None
    assert row.confirm_due_at > clock.now()


def test_what_is_prepared_but_not_confirmed_is_to_be_confirmed_before_the_day_it_moves_to(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    service.open_reconfirm(door, asks("house"), meeting_id=meeting)
    service.begin_step(door, asks("staff:1"), step_id=steps_of(door, meeting)["check_room"].id or 0, staff_id=None)
    clock.turn(timedelta(hours=8, minutes=31))
    service.tell_unconfirmed(door, asks("house"), meeting_id=meeting)
    row = meeting_of(door, meeting)
    later = replace(plan_of(row), starts_at=row.starts_at + timedelta(days=2), ends_at=row.ends_at + timedelta(days=2))
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=later)
    row = meeting_of(door, meeting)
    assert (row.state, row.unconfirmed_at) == (State.PREPARING, None)
    assert row.reconfirm_opens_at is not None
    with door.reading() as session:
        assert desk.to_reconfirm(session) == ()
    clock.put(row.reconfirm_opens_at)
    # The queue is drawn anew by a fact.
    assert service.open_reconfirm(door, asks("house"), meeting_id=meeting).code == "reconfirm_open"
    with door.reading() as session:
        assert [each.meeting_id for each in desk.to_reconfirm(session)] == [meeting]

"""Who looks after what: assigned, released, replaced, handed over with all that is open (S23, S115, S134)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db import outbox
from server.db.transaction import Door
from server.domain.meetings import service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import finding, rows, tablet
from server.domain.meetings.rules import RoundState, StepState
from server.errors import BadInput, Conflict
from server.events import TeaRoundMoved
from tests.factories import asks, make_attendant, make_meeting, make_staff, meeting_of, steps_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(door: Door) -> tuple[int, int]:
    """孙悦 and 马骏, taken on before there is any meeting."""
    return make_attendant(door, name="孙悦"), make_attendant(door, name="马骏")


def looked_after_by(door: Door, meeting: int) -> list[int]:
    with door.reading() as session:
        return finding.assigned(session, meeting)


def whose(door: Door, meeting: int) -> set[int | None]:
    """Return who has the attendants' steps of a meeting that are still open."""
    return {step.staff_id for step in steps_of(door, meeting).values() if step.party == "attendant" and step.state == StepState.PLANNED}


def other_of(people: tuple[int, int], person: int) -> int:
    return people[1] if person == people[0] else people[0]


def test_steps_go_with_whoever_looks_after_the_meeting(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    other = other_of(people, first)
    for _ in range(2):  # twice is once
        service.assign_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=other)
    assert (looked_after_by(door, meeting), whose(door, meeting)) == ([first, other], {first})
    service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first)
    assert (looked_after_by(door, meeting), whose(door, meeting)) == ([other], {other})
    service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=other)
    assert (looked_after_by(door, meeting), whose(door, meeting)) == ([], {None})


def test_who_takes_a_meeting_over_has_its_open_steps_and_the_round_that_was_claimed(
    door: Door, clock: StillClock, people: tuple[int, int]
) -> None:
    """S23."""
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    other = other_of(people, first)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting, staff_id=first)
    clock.turn(15 * MINUTE)
    round_id = round_of(door, meeting).round_id
    service.claim_round(door, asks("staff:1"), round_id=round_id, staff_id=first)
    service.replace_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first, to_staff_id=other)
    assert (looked_after_by(door, meeting), whose(door, meeting)) == ([other], {other})
    assert (round_of(door, meeting).state, claimed_by(door, meeting)) == (RoundState.CLAIMED, other)
    assert steps_of(door, meeting)["sign"].settled_staff_id == first  # what was done stays his
    service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=other)
    assert (round_of(door, meeting).state, claimed_by(door, meeting)) == (RoundState.ARMED, None)


def round_of(door: Door, meeting: int) -> rows.RoundRow:
    with door.reading() as session:
        row = rows.one(session, meeting)
    assert row is not None
    assert row.round is not None
    return row.round


def claimed_by(door: Door, meeting: int) -> int | None:
    staff = round_of(door, meeting).staff
    return staff.staff_id if staff else None


def test_going_off_post_hands_over_all_that_is_open_of_the_day_and_nothing_of_tomorrow(door: Door, people: tuple[int, int]) -> None:
    """S66, S110."""
    today = [make_meeting(door), make_meeting(door, begins=timedelta(hours=6))]
    tomorrow = make_meeting(door, begins=timedelta(days=1, hours=3))
    off, on = people
    for meeting in (*today, tomorrow):
        service.assign_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=off)
        if on in looked_after_by(door, meeting):
            service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=on)
    service.cancel(door, asks("staff:1"), meeting_id=today[1])
    outcome = service.hand_over(door, asks("staff:1"), staff_id=off, to_staff_id=on)
    assert outcome.ids == {"meetings": 1, "staff": on}
    assert [looked_after_by(door, meeting) for meeting in (today[0], tomorrow)] == [[on], [off]]
    assert whose(door, today[0]) == {on}


def test_who_no_longer_looks_after_a_meeting_need_not_see_its_changes(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    service.cancel(door, asks("staff:1"), meeting_id=meeting)
    with door.reading() as session:
        assert len(tablet.changes_to_see(session, first)) == 1
    service.reinstate(door, asks("staff:1"), meeting_id=meeting)
    service.replace_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first, to_staff_id=other_of(people, first))
    with door.reading() as session:
        assert tablet.changes_to_see(session, first) == ()


def test_a_single_step_is_handed_to_somebody_or_to_whoever_comes_first(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    step = steps_of(door, meeting)["greet_door"]
    other = other_of(people, step.staff_id or 0)
    for staff_id in (other, None):
        service.hand_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=staff_id)
        assert steps_of(door, meeting)["greet_door"].staff_id == staff_id
    service.skip_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=other, reason="contact_wishes")
    with pytest.raises(Conflict, match="step_settled") as refusal:
        service.hand_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=other)
    assert refusal.value.facts["staff"] == other


def test_only_attendants_look_after_meetings_and_nobody_takes_over_from_himself(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    [first], desk = looked_after_by(door, meeting), make_staff(door, "desk")
    step_id = steps_of(door, meeting)["tidy"].id or 0
    refused: tuple[tuple[str, Callable[[], object]], ...] = (
        ("staff_id", lambda: service.assign_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=desk)),
        ("to_staff_id", lambda: service.replace_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first, to_staff_id=99_999)),
        ("to_staff_id", lambda: service.replace_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first, to_staff_id=first)),
        ("to_staff_id", lambda: service.hand_over(door, asks("staff:1"), staff_id=first, to_staff_id=first)),
        ("staff_id", lambda: service.hand_step(door, asks("staff:1"), step_id=step_id, staff_id=99_999)),
    )
    for field, verb in refused:
        with pytest.raises(BadInput) as refusal:
            verb()
        assert refusal.value.field == field
    assert (looked_after_by(door, meeting), whose(door, meeting)) == ([first], {first})


def test_nobody_is_assigned_to_what_is_over(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    service.cancel(door, asks("staff:1"), meeting_id=meeting)
    with pytest.raises(Conflict, match="meeting_moved_on"):
        service.assign_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=people[0])


def test_a_step_handed_over_by_hand_stays_with_whoever_got_it_when_the_meeting_changes(door: Door, people: tuple[int, int]) -> None:
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    other = other_of(people, first)
    service.hand_step(door, asks("staff:1"), step_id=steps_of(door, meeting)["greet_door"].id or 0, staff_id=other)
    row = meeting_of(door, meeting)
    later = replace(plan_of(row), starts_at=row.starts_at + 10 * MINUTE)
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=later)
    assert steps_of(door, meeting)["greet_door"].staff_id == other
    assert steps_of(door, meeting)["tidy"].staff_id == first
    third = make_attendant(door, name="冯珊")
    service.assign_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=third)
    service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first)
    sheet = steps_of(door, meeting)
    assert (sheet["greet_door"].staff_id, sheet["tidy"].staff_id) == (other, third)


def test_going_off_post_hands_over_what_one_has_in_meetings_that_others_look_after(
    door: Door, clock: StillClock, people: tuple[int, int]
) -> None:
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    off, on = other_of(people, first), make_attendant(door, name="冯珊")
    greeting = steps_of(door, meeting)["greet_door"].id or 0
    service.hand_step(door, asks("staff:1"), step_id=greeting, staff_id=off)
    outcome = service.hand_over(door, asks("staff:1"), staff_id=off, to_staff_id=on)
    assert outcome.ids == {"meetings": 1, "staff": on}
    assert steps_of(door, meeting)["greet_door"].staff_id == on
    assert looked_after_by(door, meeting) == [first]
    service.finish_step(door, asks("staff:1"), step_id=greeting, staff_id=on, reason="plan_says")
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    service.claim_round(door, asks("staff:1"), round_id=round_of(door, meeting).round_id, staff_id=on)
    service.hand_over(door, asks("staff:1"), staff_id=on, to_staff_id=off)
    assert (round_of(door, meeting).state, claimed_by(door, meeting)) == (RoundState.CLAIMED, off)
    assert looked_after_by(door, meeting) == [first]


@pytest.mark.parametrize("is_inside", [False, True])
def test_a_round_that_is_free_again_since_its_attendant_was_released_is_told(
    door: Door, clock: StillClock, people: tuple[int, int], is_inside: bool
) -> None:
    meeting = make_meeting(door)
    [first] = looked_after_by(door, meeting)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    row = round_of(door, meeting)
    take = service.enter_room if is_inside else service.claim_round
    take(door, asks("staff:1"), round_id=row.round_id, staff_id=first)
    service.release_attendant(door, asks("staff:1"), meeting_id=meeting, staff_id=first)
    assert (round_of(door, meeting).state, claimed_by(door, meeting)) == (RoundState.ARMED, None)
    door.number_waiting()
    with door.reading() as session:
        facts = [fact.event for fact in outbox.after(session, 0, limit=1000)]
    assert [fact.state for fact in facts if isinstance(fact, TeaRoundMoved)][-1] == "armed"
    assert sum(isinstance(fact, TeaRoundMoved) for fact in facts) == 3

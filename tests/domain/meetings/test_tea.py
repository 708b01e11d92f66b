"""Tea: the next round counts from the last one done, never from a grid; nothing on request unless asked (S30, S123 to S126)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.meetings import rules, service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import rows, tablet
from server.domain.meetings.queries.rows import RoundRow
from server.domain.meetings.rules import ROUND_TRANSITIONS, Category, Course, Level, RoundAction, RoundState, Stop
from server.errors import BadInput, Conflict
from tests.factories import asks, make_attendant, make_meeting, make_room, meeting_of, steps_of

MINUTE = timedelta(minutes=1)


def begin(door: Door, clock: StillClock, *, minutes: int = 120, **more: object) -> int:
    """Register a meeting of two hours and let it begin at its hour."""
    starts = clock.now() + timedelta(hours=3)
    meeting = make_meeting(door, **({"ends_at": starts + minutes * MINUTE} | more))  # type: ignore[arg-type]  # as a plan has it
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    return meeting


def row_of(door: Door, meeting: int) -> rows.MeetingRow:
    with door.reading() as session:
        found = rows.one(session, meeting)
    assert found is not None
    return found


def next_of(door: Door, meeting: int) -> RoundRow:
    """Return the round that is to come."""
    found = row_of(door, meeting).round
    assert found is not None
    return found


def after_start(door: Door, meeting: int) -> float | None:
    """Return how many minutes after the start the next round is due."""
    row, due = row_of(door, meeting), next_of(door, meeting).due_at
    assert row.started_at is not None
    return (due - row.started_at) / MINUTE if due else None


def serve(door: Door, meeting: int) -> int:
    round_id = next_of(door, meeting).round_id
    service.finish_round(door, asks("staff:1"), round_id=round_id, staff_id=None)
    return round_id


def test_every_pair_of_a_rounds_state_and_action_is_decided() -> None:
    for action in (RoundAction.FINISH, RoundAction.SKIP, RoundAction.DROP):
        assert {state for state, each in ROUND_TRANSITIONS if each is action} == set(rules.OPEN_ROUNDS)
    assert {state for state, each in ROUND_TRANSITIONS if each is RoundAction.UNDO} == {RoundState.DONE, RoundState.SKIPPED}
    assert not any((RoundState.DROPPED, action) in ROUND_TRANSITIONS for action in RoundAction)


def test_the_first_round_comes_a_quarter_of_an_hour_in_and_the_next_counts_from_the_last_done(door: Door, clock: StillClock) -> None:
    """S124."""
    meeting = begin(door, clock)
    assert after_start(door, meeting) == 15
    clock.turn(22 * MINUTE)  # seven minutes late
    serve(door, meeting)
    assert after_start(door, meeting) == 42
    clock.turn(18 * MINUTE)  # and once too soon
    serve(door, meeting)
    assert after_start(door, meeting) == 60


def test_a_round_left_out_counts_too_and_says_why(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    clock.turn(16 * MINUTE)
    round_id = next_of(door, meeting).round_id
    with pytest.raises(BadInput) as refusal:
        service.skip_round(door, asks("staff:1"), round_id=round_id, staff_id=None, reason=" ")
    assert refusal.value.field == "reason"
    service.skip_round(door, asks("staff:1"), round_id=round_id, staff_id=None, reason="cups_full")
    assert after_start(door, meeting) == 36
    assert row_of(door, meeting).rounds[0].reason == "cups_full"


def test_the_clock_of_a_late_round_goes_on_whatever_else_changes(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    due = next_of(door, meeting).due_at
    assert due is not None
    told = []
    for minutes in range(16, 27):
        clock.put(due + (minutes - 15) * MINUTE)
        if service.raise_round(door, asks("house"), round_id=next_of(door, meeting).round_id).code == "round_alarm":
            told.append((minutes - 15, next_of(door, meeting).level))
    assert told == [(1, Level.DUE), (5, Level.LATE), (10, Level.BOARD)]
    service.extend(door, asks("staff:1"), meeting_id=meeting, minutes=10)
    assert (next_of(door, meeting).due_at, next_of(door, meeting).level) == (due, Level.BOARD)


@pytest.mark.parametrize(("category", "minutes"), [("small", None), ("ordinary", 20), ("important", None), ("vip", 15)])
def test_each_category_has_its_tea_and_small_and_important_meetings_get_it_only_on_request(
    door: Door, clock: StillClock, category: str, minutes: int | None
) -> None:
    """S123, S124, S125, S135."""
    assert rules.TEA_MINUTES[Category(category)] == minutes
    meeting = begin(door, clock, category=category, tea_minutes=minutes)
    if minutes is not None:
        assert after_start(door, meeting) == 15
        return
    assert row_of(door, meeting).round is None
    clock.turn(10 * MINUTE)
    service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=15)  # they asked for it
    assert after_start(door, meeting) == 15
    service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=None)
    assert row_of(door, meeting).round is None


def test_the_interval_is_changed_while_it_runs(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    clock.turn(15 * MINUTE)
    serve(door, meeting)
    service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=35)
    assert after_start(door, meeting) == 50
    clock.turn(25 * MINUTE)
    service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=10)
    assert after_start(door, meeting) == 40  # overdue by that measure: due now
    for minutes in (4, 121):
        with pytest.raises(BadInput) as refusal:
            service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=minutes)
        assert (refusal.value.facts["least"], refusal.value.facts["most"]) == (5, 120)


def test_do_not_disturb_takes_the_hour_away_and_gives_it_back(door: Door, clock: StillClock) -> None:
    """S125."""
    meeting = begin(door, clock)
    for _ in range(2):
        service.do_not_disturb(door, asks("staff:1"), meeting_id=meeting)
    assert (next_of(door, meeting).due_at, row_of(door, meeting).undisturbed_since) == (None, clock.now())
    with door.reading() as session:
        assert all(todo.what is not tablet.What.TEA for todo in everything(tablet.to_do(session, 1, meeting_of(door, meeting).day)))
    clock.turn(10 * MINUTE)
    service.disturb_again(door, asks("staff:1"), meeting_id=meeting)
    assert after_start(door, meeting) == 15  # nothing was missed
    service.do_not_disturb(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(30 * MINUTE)
    for _ in range(2):
        service.disturb_again(door, asks("staff:1"), meeting_id=meeting)
    assert after_start(door, meeting) == 40  # one round, now: no pile


def test_do_not_disturb_outlives_an_end_by_mistake_but_is_not_shown_meanwhile(door: Door, clock: StillClock) -> None:
    """S125."""
    meeting = begin(door, clock)
    service.do_not_disturb(door, asks("staff:1"), meeting_id=meeting)
    since = clock.now()
    clock.turn(5 * MINUTE)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert row_of(door, meeting).undisturbed_since is None
    service.resume(door, asks("staff:1"), meeting_id=meeting)
    assert row_of(door, meeting).undisturbed_since == since
    clock.turn(30 * MINUTE)
    with door.reading() as session:
        assert all(todo.what is not tablet.What.TEA for todo in everything(tablet.to_do(session, 1, meeting_of(door, meeting).day)))
    service.disturb_again(door, asks("staff:1"), meeting_id=meeting)
    assert after_start(door, meeting) == 35


def everything(told: tablet.ToDo) -> tuple[tablet.Todo, ...]:
    return (*told.now, *told.next)


def test_nobody_pours_for_people_who_are_about_to_get_up(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock, minutes=60)
    clock.turn(30 * MINUTE)
    serve(door, meeting)
    assert after_start(door, meeting) == 50
    service.undo_round(door, asks("staff:1"), round_id=row_of(door, meeting).rounds[0].round_id)
    clock.turn(MINUTE)
    serve(door, meeting)
    assert row_of(door, meeting).round is None
    service.extend(door, asks("staff:1"), meeting_id=meeting, minutes=15)
    assert after_start(door, meeting) == 51


def test_a_round_near_the_tea_break_is_part_of_it(door: Door, clock: StillClock) -> None:
    """S126: at T+60 there is tea anyway; the next round counts from it."""
    starts = clock.now() + timedelta(hours=3)
    meeting = begin(door, clock, break_at=starts + 60 * MINUTE)
    for minutes in (15, 35):
        clock.put(starts + minutes * MINUTE)
        serve(door, meeting)
    assert after_start(door, meeting) == 80
    assert (steps_of(door, meeting)["tea_break"].due_at - starts) / MINUTE == 55  # ready five minutes before


def test_a_tea_break_is_planned_moved_and_dropped_while_the_meeting_runs(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    starts = meeting_of(door, meeting).starts_at

    def plan_break(minutes: int | None) -> None:
        row = meeting_of(door, meeting)
        wanted = replace(plan_of(row), break_at=starts + minutes * MINUTE if minutes else None)
        service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=wanted)

    plan_break(50)
    assert (steps_of(door, meeting)["tea_break"].due_at - starts) / MINUTE == 45
    plan_break(70)
    assert (steps_of(door, meeting)["tea_break"].due_at - starts) / MINUTE == 65
    plan_break(None)
    assert "tea_break" not in steps_of(door, meeting)


def test_a_round_is_claimed_entered_and_done_with_its_cups(door: Door, clock: StillClock) -> None:
    """S30."""
    sun, ma = make_attendant(door, name="孙悦"), make_attendant(door, name="马骏")
    meeting = begin(door, clock)
    clock.turn(16 * MINUTE)
    round_id = next_of(door, meeting).round_id
    service.claim_round(door, asks("staff:1"), round_id=round_id, staff_id=sun)
    with pytest.raises(Conflict, match="round_settled") as refusal:
        service.claim_round(door, asks("staff:2"), round_id=round_id, staff_id=ma)
    assert refusal.value.facts["staff"] == sun
    service.release_round(door, asks("staff:1"), round_id=round_id)
    service.claim_round(door, asks("staff:2"), round_id=round_id, staff_id=ma)
    service.enter_room(door, asks("staff:2"), round_id=round_id, staff_id=ma)
    service.set_tea(door, asks("staff:1"), meeting_id=meeting, minutes=None)
    assert next_of(door, meeting).state is RoundState.INSIDE  # whoever is inside pours
    with pytest.raises(BadInput):
        service.finish_round(door, asks("staff:2"), round_id=round_id, staff_id=ma, cups=-1)
    service.finish_round(door, asks("staff:2"), round_id=round_id, staff_id=ma, cups=11)
    done = row_of(door, meeting).rounds[0]
    assert (done.state, done.cups, done.settled_by) == (RoundState.DONE, 11, "马骏")


def test_of_two_taps_at_once_one_is_first(door: Door, clock: StillClock) -> None:
    sun, ma = make_attendant(door, name="孙悦"), make_attendant(door, name="马骏")
    meeting = begin(door, clock)
    clock.turn(16 * MINUTE)
    round_id = next_of(door, meeting).round_id

    def tap(staff_id: int) -> str:
        try:
            return service.finish_round(door, asks(f"staff:{staff_id}"), round_id=round_id, staff_id=staff_id).code
        except Conflict as refusal:
            return f"{refusal.code} {refusal.facts['staff'] in (sun, ma)}"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tap, (sun, ma))) == ["round_done", "round_settled True"]
    assert len(row_of(door, meeting).rounds) == 2


def test_only_the_newest_round_is_taken_back_and_the_one_armed_after_it_goes(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    clock.turn(17 * MINUTE)
    first = serve(door, meeting)
    service.undo_round(door, asks("staff:1"), round_id=first)
    assert (next_of(door, meeting).round_id, after_start(door, meeting)) == (first, 15)
    serve(door, meeting)
    clock.turn(20 * MINUTE)
    serve(door, meeting)
    with pytest.raises(Conflict, match="round_settled"):
        service.undo_round(door, asks("staff:1"), round_id=first)


def test_the_end_of_a_meeting_ends_its_tea(door: Door, clock: StillClock) -> None:
    meeting = begin(door, clock)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert row_of(door, meeting).round is None
    with pytest.raises(Conflict, match="not_in_session"):
        service.do_not_disturb(door, asks("staff:1"), meeting_id=meeting)


def test_rounds_of_one_floor_due_within_four_minutes_are_one_trip(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door)
    near, far = make_room(door, floor="3"), make_room(door, floor="5")
    begun = []
    for room in (near, make_room(door, floor="3"), make_room(door, floor="3"), far):
        begun.append(make_meeting(door, room_id=room))
        service.assign_attendant(door, asks("staff:1"), meeting_id=begun[-1], staff_id=sun)
    clock.put(meeting_of(door, begun[0]).starts_at)
    for meeting, later in zip(begun, (0, 4, 5, 0), strict=True):
        clock.put(meeting_of(door, meeting).starts_at + later * MINUTE)
        service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(20 * MINUTE)
    while Scheduler(door, clock, upkeep=()).step():
        pass
    with door.reading() as session:
        told = [todo for todo in tablet.to_do(session, sun, meeting_of(door, begun[0]).day).now if todo.what is tablet.What.TEA]
    trips = [[todo.meeting.meeting_id, *(meeting.meeting_id for _, meeting in todo.trip)] for todo in told]
    assert sorted(trips) == [[begun[0], begun[1]], [begun[2]], [begun[3]]]
    pair = [next_of(door, meeting).round_id for meeting in begun[:2]]
    service.finish_round(door, asks("staff:2"), round_id=pair[0], staff_id=None)
    assert service.finish_trip(door, asks("staff:1"), round_ids=pair, staff_id=sun).ids["rounds"] == 1  # the other stays his
    with pytest.raises(Conflict, match="round_settled"):
        service.finish_trip(door, asks("staff:1"), round_ids=pair, staff_id=sun)


def test_trips_begin_with_their_first_round_and_never_grow_into_a_chain() -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    stops = [Stop(round_id=number, floor="3", due_at=noon + 3 * number * MINUTE) for number in range(4)]
    assert [[stop.round_id for stop in trip] for trip in rules.trips(stops)] == [[0, 1], [2, 3]]


def test_the_hours_of_tea_are_plain_arithmetic() -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    course = Course(started_at=noon, ends_at=noon + 60 * MINUTE, minutes=20, pause=None, undisturbed=False)
    assert rules.next_round(course, None, noon) == noon + 15 * MINUTE
    assert rules.next_round(course, noon + 30 * MINUTE, noon + 31 * MINUTE) == noon + 50 * MINUTE
    assert rules.next_round(course, noon + 31 * MINUTE, noon + 31 * MINUTE) is None

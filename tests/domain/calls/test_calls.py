"""Service calls: every pair of state and action, the clocks of the ladder, one open call a room and wish, and what each verb refuses."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.calls import queries, rules, service
from server.domain.calls.queries import CallRow
from server.domain.calls.rules import CALL_TRANSITIONS, OPEN_CALLS, UNANSWERED, CallAction, CallLevel, CallState, Wish
from server.domain.meetings import service as meetings
from server.errors import BadInput, Conflict, NotFound
from tests.factories import asks, make_attendant, make_meeting, make_room, make_room_call, meeting_of

MINUTE = timedelta(minutes=1)

Tap = Callable[[Door, int, int | None], object]

TAPS: dict[CallAction, Tap] = {
    CallAction.ACK: lambda door, call, by: service.ack_call(door, asks(), call_id=call, staff_id=by),
    CallAction.RELEASE: lambda door, call, _: service.release_call(door, asks(), call_id=call),
    CallAction.ARRIVE: lambda door, call, by: service.arrive(door, asks(), call_id=call, staff_id=by),
    CallAction.FINISH: lambda door, call, by: service.finish_call(door, asks(), call_id=call, staff_id=by),
    CallAction.UNDO: lambda door, call, _: service.undo_call(door, asks(), call_id=call),
    CallAction.REOPEN: lambda door, call, _: service.reopen_call(door, asks(), call_id=call),
    CallAction.WITHDRAW: lambda door, call, _: service.withdraw_call(door, asks(), call_id=call),
}
WAYS: dict[CallState, tuple[CallAction, ...]] = {
    CallState.NEW: (),
    CallState.ACKED: (CallAction.ACK,),
    CallState.ARRIVED: (CallAction.ARRIVE,),
    CallState.DONE: (CallAction.ACK, CallAction.FINISH),
    CallState.REOPENED: (CallAction.FINISH, CallAction.REOPEN),
    CallState.WITHDRAWN: (CallAction.WITHDRAW,),
}
"""How a new call comes to each state."""


def call_of(door: Door, call_id: int) -> CallRow:
    with door.reading() as session:
        row = queries.call_row(session, call_id)
    assert row is not None
    return row


def due(door: Door, clock: StillClock) -> list[int]:
    with door.reading() as session:
        return queries.due(session, clock.now())


def climb(door: Door, clock: StillClock, call_id: int, minutes: list[float]) -> list[tuple[float, str]]:
    """Let the deadline loop look after so many minutes each; return when it told something, and what."""
    since, told = call_of(door, call_id).called_at, []
    for after in minutes:
        clock.put(since + after * MINUTE)
        for number in due(door, clock):
            service.raise_call(door, asks("house"), call_id=number)
            told.append((after, call_of(door, number).level.value))
    return told


def test_every_pair_of_state_and_action_is_as_the_table_has_it(door: Door, clock: StillClock) -> None:
    somebody = make_attendant(door)
    for state, action in product(CallState, CallAction):
        call = make_room_call(door, make_room(door))
        for step in WAYS[state]:
            TAPS[step](door, call, somebody)
            clock.turn(MINUTE / 60)
        assert call_of(door, call).state is state
        after = CALL_TRANSITIONS.get((state, action))
        if after is None:
            with pytest.raises(Conflict, match="call_settled") as refusal:
                TAPS[action](door, call, somebody)
            assert refusal.value.facts["state"] == state.value
        else:
            TAPS[action](door, call, somebody)
        assert call_of(door, call).state is (after or state), (state, action)


def test_what_waits_for_an_answer_rings_and_nothing_else_does() -> None:
    assert set(UNANSWERED) == {CallState.NEW, CallState.REOPENED}
    assert not any(CallState.WITHDRAWN is state for state, _ in CALL_TRANSITIONS)
    assert {state for state, action in CALL_TRANSITIONS if action is CallAction.WITHDRAW} == set(OPEN_CALLS)


def test_an_unanswered_call_climbs_after_a_minute_two_and_five(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    assert climb(door, clock, call, [0.9, 1, 1.5, 2, 4.9, 5, 30]) == [(1, "again"), (2, "board"), (5, "supervisor")]


def test_whoever_goes_is_waited_for_five_minutes(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    clock.turn(2 * MINUTE)
    service.raise_call(door, asks("house"), call_id=call)
    service.ack_call(door, asks("staff:1"), call_id=call, staff_id=make_attendant(door))
    assert call_of(door, call).level is CallLevel.NONE
    assert climb(door, clock, call, [3, 6.9, 7, 30]) == [(7, "absent")]
    service.arrive(door, asks("staff:1"), call_id=call, staff_id=None)
    assert due(door, clock) == []


def test_who_cannot_go_after_all_leaves_it_waiting_since_it_was_called(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    clock.turn(MINUTE / 2)
    service.ack_call(door, asks(), call_id=call, staff_id=None)
    clock.turn(4 * MINUTE)
    service.release_call(door, asks(), call_id=call)
    row = call_of(door, call)
    assert (row.state, row.level, row.acked_at) == (CallState.NEW, CallLevel.BOARD, None)
    assert climb(door, clock, call, [4.9, 5]) == [(5, "supervisor")]


def test_done_taken_back_waits_as_it_did_before(door: Door, clock: StillClock) -> None:
    somebody = make_attendant(door)
    call = make_room_call(door, make_room(door))
    clock.turn(MINUTE / 2)
    service.finish_call(door, asks(), call_id=call, staff_id=somebody)
    clock.turn(MINUTE)
    service.undo_call(door, asks(), call_id=call)
    row = call_of(door, call)
    assert (row.state, row.level, row.acked_at, row.arrived_at) == (CallState.NEW, CallLevel.AGAIN, None, None)
    assert climb(door, clock, call, [1.9, 2, 5]) == [(2, "board"), (5, "supervisor")]


def test_done_taken_back_waits_for_whoever_was_on_the_way_again(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    service.ack_call(door, asks(), call_id=call, staff_id=make_attendant(door))
    clock.turn(10 * MINUTE)
    service.finish_call(door, asks(), call_id=call, staff_id=None)
    service.undo_call(door, asks(), call_id=call)
    assert (call_of(door, call).state, call_of(door, call).level) == (CallState.ACKED, CallLevel.NONE)
    assert climb(door, clock, call, [14.9, 15]) == [(15, "absent")]


def test_done_taken_back_leaves_whoever_is_there_there(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    service.arrive(door, asks(), call_id=call, staff_id=make_attendant(door))
    since = call_of(door, call).arrived_at
    clock.turn(10 * MINUTE)
    service.finish_call(door, asks(), call_id=call, staff_id=None)
    service.undo_call(door, asks(), call_id=call)
    assert (call_of(door, call).state, call_of(door, call).arrived_at) == (CallState.ARRIVED, since)
    assert climb(door, clock, call, [30]) == []


def test_not_done_well_begins_the_clocks_anew_for_half_an_hour(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    call = make_room_call(door, room)
    service.finish_call(door, asks(), call_id=call, staff_id=None)
    clock.turn(rules.REOPEN_WITHIN)
    service.reopen_call(door, asks(), call_id=call)
    row = call_of(door, call)
    assert (row.state, row.called_at, row.done_at, row.level) == (CallState.REOPENED, clock.now(), None, CallLevel.NONE)
    assert climb(door, clock, call, [1, 2]) == [(1, "again"), (2, "board")]
    service.finish_call(door, asks(), call_id=call, staff_id=None)
    clock.turn(rules.REOPEN_WITHIN + MINUTE)
    with pytest.raises(Conflict, match="call_settled"):
        service.reopen_call(door, asks(), call_id=call)


def test_a_deadline_that_somebody_was_faster_than_tells_nothing(door: Door, clock: StillClock) -> None:
    call = make_room_call(door, make_room(door))
    assert service.raise_call(door, asks("house"), call_id=call).code == "not_due"
    clock.turn(MINUTE)
    service.arrive(door, asks(), call_id=call, staff_id=None)
    assert service.raise_call(door, asks("house"), call_id=call).code == "not_due"


def test_eight_taps_at_once_are_one_call(door: Door) -> None:
    room = make_room(door)

    def tap(_: int) -> tuple[str, object]:
        outcome = service.call_for(door, asks(), room_id=room, meeting_id=None, wish="tea")
        return outcome.code, outcome.ids["call"]

    with ThreadPoolExecutor(8) as pool:
        taps = list(pool.map(tap, range(8)))
    assert sorted(code for code, _ in taps) == ["already_called"] * 7 + ["called"]
    assert len({call for _, call in taps}) == 1


def test_one_call_a_room_and_wish_and_the_second_is_told_since_when(door: Door, clock: StillClock) -> None:
    room, since = make_room(door), clock.now()
    first = make_room_call(door, room, "tea")
    clock.turn(MINUTE)
    again = service.call_for(door, asks(), room_id=room, meeting_id=None, wish="tea")
    assert (again.code, again.ids) == ("already_called", {"call": first, "since": since.isoformat()})
    assert make_room_call(door, room, "technician") != first
    assert make_room_call(door, make_room(door), "tea") != first
    service.withdraw_call(door, asks(), call_id=first)
    assert make_room_call(door, room, "tea") != first


def test_what_was_done_is_not_taken_back_once_the_room_has_called_again(door: Door) -> None:
    room = make_room(door)
    first = make_room_call(door, room)
    service.finish_call(door, asks(), call_id=first, staff_id=None)
    second = make_room_call(door, room)
    for again in (CallAction.UNDO, CallAction.REOPEN):
        with pytest.raises(Conflict, match="room_called_again") as refusal:
            TAPS[again](door, first, None)
        assert refusal.value.facts["call"] == second


def test_a_call_names_one_of_the_wishes_a_known_source_and_its_own_room(door: Door) -> None:
    meeting = make_meeting(door)
    own, other = meeting_of(door, meeting).room_id, make_room(door)
    for wish, source, field in (("whisky", "room", "wish"), ("tea", "passer-by", "source")):
        with pytest.raises(BadInput, match="not_a_choice") as refusal:
            service.call_for(door, asks(), room_id=own, meeting_id=meeting, wish=wish, source=source)
        assert refusal.value.field == field
    with pytest.raises(BadInput, match="too_long") as too_long:
        make_room_call(door, own, note="茶" * (rules.LONGEST_NOTE + 1))
    assert too_long.value.field == "note"
    for room_id, meeting_id in ((999, None), (own, 999), (other, meeting)):
        with pytest.raises(NotFound):
            service.call_for(door, asks(), room_id=room_id, meeting_id=meeting_id, wish="tea")
    for source in service.SOURCES:
        make_room_call(door, make_room(door), source=source)
    with pytest.raises(NotFound, match="room_call_unknown"):
        service.ack_call(door, asks(), call_id=999, staff_id=None)


def test_who_must_not_be_disturbed_may_still_call(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    row = meeting_of(door, meeting)
    clock.put(row.starts_at)
    meetings.start_meeting(door, asks(), meeting_id=meeting)
    meetings.do_not_disturb(door, asks(), meeting_id=meeting)
    assert make_room_call(door, row.room_id, meeting_id=meeting) > 0


def test_a_meeting_sees_what_is_open_in_its_room_and_what_was_done_for_it_one_a_wish(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    room = meeting_of(door, meeting).room_id

    def shown() -> list[tuple[int, str]]:
        with door.reading() as session:
            return [(row.call_id, row.state.value) for row in queries.calls_of_room(session, room, meeting)]

    tea = make_room_call(door, room, "tea", meeting_id=meeting)
    clock.turn(MINUTE)
    fault = make_room_call(door, room, "technician", source="door")
    earlier = make_room_call(door, room, "cleaning")
    assert shown() == [(tea, "new"), (fault, "new"), (earlier, "new")]
    service.finish_call(door, asks(), call_id=earlier, staff_id=None)  # for the meeting before this one
    service.finish_call(door, asks(), call_id=tea, staff_id=None)
    assert shown() == [(fault, "new"), (tea, "done")]
    clock.turn(MINUTE)
    again = make_room_call(door, room, "tea", meeting_id=meeting)
    assert shown() == [(fault, "new"), (again, "new")]
    service.withdraw_call(door, asks(), call_id=again)
    assert shown() == [(fault, "new"), (tea, "done")]


def test_every_wish_stands_in_the_log_of_its_hours(door: Door, clock: StillClock) -> None:
    begins, room = clock.now(), make_room(door)
    calls = [make_room_call(door, room, wish.value) for wish in Wish]
    with door.reading() as session:
        assert [row.call_id for row in queries.calls_between(session, begins, begins + MINUTE)] == calls
        assert queries.calls_between(session, begins + MINUTE, begins + 2 * MINUTE) == ()
        assert queries.waited(queries.open_calls(session)[0], begins + 3 * MINUTE) == 3 * MINUTE

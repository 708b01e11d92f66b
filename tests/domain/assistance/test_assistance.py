from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.assistance import queries, service
from server.domain.assistance.rules import TRANSITIONS, CallAction, CallState
from server.errors import Conflict, NotFound
from tests.factories import asks, make_device, make_staff


def test_every_pair_of_state_and_action_is_decided() -> None:
    assert {(state, action): TRANSITIONS.get((state, action)) for state in CallState for action in CallAction} == {
        (CallState.OPEN, CallAction.ANSWER): CallState.ANSWERED,
        (CallState.ANSWERED, CallAction.ANSWER): None,
    }


def test_a_call_shows_at_the_desk_with_its_kiosk_until_somebody_answers(door: Door, clock: StillClock) -> None:
    device, staff = make_device(door, gate="B"), make_staff(door)
    call = int(service.call_person(door, asks(), device_id=device).ids["assistance"] or 0)
    with door.reading() as session:
        (row,) = queries.open_calls(session)
    assert (row.assistance_id, row.device_id, row.gate, row.called_at) == (call, device, "B", clock.now())
    clock.turn(timedelta(seconds=30))
    service.answer_call(door, asks("staff:1"), assistance_id=call, staff_id=staff)
    with door.reading() as session:
        assert queries.open_calls(session) == ()
        newest = queries.newest_call_of(session, device)
    assert newest is not None
    assert (newest.state, newest.answered_at) == (CallState.ANSWERED, clock.now())


def test_a_second_tap_says_since_when_it_has_been_calling(door: Door, clock: StillClock) -> None:
    device = make_device(door)
    first = service.call_person(door, asks(), device_id=device)
    clock.turn(timedelta(seconds=20))
    second = service.call_person(door, asks(), device_id=device)
    assert (first.code, second.code) == ("called", "already_called")
    assert second.ids == first.ids


def test_eight_taps_at_once_are_one_call(door: Door) -> None:
    device = make_device(door)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: service.call_person(door, asks(), device_id=device), range(8)))
    assert [outcome.code for outcome in outcomes].count("called") == 1
    assert len({outcome.ids["assistance"] for outcome in outcomes}) == 1


def test_a_device_may_call_again_after_it_was_answered_and_two_devices_at_once(door: Door) -> None:
    device, other, staff = make_device(door), make_device(door, name="大堂二号"), make_staff(door)
    call = int(service.call_person(door, asks(), device_id=device).ids["assistance"] or 0)
    assert service.call_person(door, asks(), device_id=other).code == "called"
    service.answer_call(door, asks("staff:1"), assistance_id=call, staff_id=staff)
    assert service.call_person(door, asks(), device_id=device).code == "called"


def test_the_slower_of_two_who_answer_is_told(door: Door, clock: StillClock) -> None:
    device, staff = make_device(door), make_staff(door)
    call = int(service.call_person(door, asks(), device_id=device).ids["assistance"] or 0)
    service.answer_call(door, asks("staff:1"), assistance_id=call, staff_id=staff)
    with pytest.raises(Conflict, match="already_answered") as refusal:
        service.answer_call(door, asks("staff:2"), assistance_id=call, staff_id=staff)
    assert refusal.value.facts == {"assistance": call, "since": clock.now().isoformat(), "staff": staff}
    with pytest.raises(NotFound, match="call_unknown"):
        service.answer_call(door, asks("staff:1"), assistance_id=999_999, staff_id=staff)


def test_a_device_that_never_called_has_no_call(door: Door) -> None:
    with door.reading() as session:
        assert queries.newest_call_of(session, make_device(door)) is None

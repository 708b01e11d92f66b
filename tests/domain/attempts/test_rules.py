from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attempts.rules import (
    CODE_AT_DEVICE,
    CODE_AT_SITE,
    HOUR,
    PIN_AT_DEVICE,
    PIN_OF_PAIR,
    Missed,
    Policy,
    code_guess,
    login_guess,
    pin_guess,
    tries_left,
    wait,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def misses(*seconds_ago: float, forgiven: bool = False) -> list[Missed]:
    return [Missed(at=NOON - timedelta(seconds=ago), forgiven=forgiven) for ago in sorted(seconds_ago, reverse=True)]


def test_four_misses_cost_nothing() -> None:
    assert wait(misses(3, 2, 1, 0), NOON, CODE_AT_DEVICE) is None


@pytest.mark.parametrize(("count", "seconds"), [(5, 60), (6, 120), (7, 240), (8, 480), (9, 900), (12, 900), (19, 900)])
def test_the_fifth_miss_brings_a_minute_and_each_more_doubles_it_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert wait(misses(*[0.0] * count), NOON, CODE_AT_DEVICE) == timedelta(seconds=seconds)


def test_the_pause_runs_from_the_last_miss_and_ends() -> None:
    five = misses(50, 45, 44, 43, 42)
    assert wait(five, NOON, CODE_AT_DEVICE) == timedelta(seconds=18)
    assert wait(five, NOON + timedelta(seconds=18), CODE_AT_DEVICE) is None


def test_forgiven_misses_bring_no_pause_but_still_count_towards_the_hour() -> None:
    forgiven = misses(*range(100, 119), forgiven=True)
    assert wait(forgiven, NOON, CODE_AT_DEVICE) is None
    assert wait([*forgiven, *misses(0)], NOON, CODE_AT_DEVICE) == timedelta(hours=1) - timedelta(seconds=118)


def test_a_site_has_no_pauses_but_an_hourly_cap() -> None:
    assert wait(misses(*[1.0] * 59), NOON, CODE_AT_SITE) is None
    assert wait(misses(*[1.0] * 60), NOON, CODE_AT_SITE) == timedelta(minutes=59, seconds=59)


def test_a_miss_is_forgotten_after_an_hour() -> None:
    assert wait(misses(*[3600.0] * 30), NOON, CODE_AT_DEVICE) is None


@pytest.mark.parametrize(("count", "minutes"), [(4, None), (5, 5), (6, None), (9, None), (10, 10), (11, None), (15, 20), (19, None)])
def test_a_pin_waits_after_five_misses_and_longer_after_ten(count: int, minutes: int | None) -> None:
    assert wait(misses(*[0.0] * count), NOON, PIN_OF_PAIR) == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(("count", "left"), [(0, 5), (1, 4), (4, 1), (5, 0), (6, 4), (9, 1), (10, 0), (16, 4), (19, 1), (20, 0)])
def test_whoever_guessed_wrong_is_told_how_many_tries_are_left(count: int, left: int) -> None:
    assert tries_left(misses(*[0.0] * count), NOON, PIN_OF_PAIR) == left


def test_a_tablet_takes_twenty_wrong_pins_an_hour_whoever_they_are_for() -> None:
    assert tries_left(misses(*[1.0] * 18, forgiven=True), NOON, PIN_AT_DEVICE) == 2
    assert wait(misses(*[1.0] * 20), NOON, PIN_AT_DEVICE) == timedelta(minutes=59, seconds=59)


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=2000), st.sampled_from([CODE_AT_DEVICE, CODE_AT_SITE, PIN_OF_PAIR]))
def test_no_hour_ever_holds_more_misses_than_the_cap(gaps: list[float], policy: Policy) -> None:
    now, made = NOON, list[Missed]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        if wait(made, now, policy) is None:
            made.append(Missed(at=now, forgiven=False))
    for first in made:
        assert sum(timedelta(0) <= miss.at - first.at < HOUR for miss in made) <= policy.most_an_hour


def test_a_guess_is_counted_at_its_device_and_at_the_site() -> None:
    assert [one.key for one in code_guess(3)] == ["code:device:3", "code:site"]


def test_a_pin_is_counted_for_the_pair_and_for_the_tablet_and_never_for_the_person() -> None:
    assert [one.key for one in pin_guess(3, 7)] == ["pin:3:7", "pin:device:3"]


def test_a_login_is_counted_by_name_in_any_case_and_by_origin() -> None:
    assert login_guess("Anna", "10.0.0.7") == login_guess("ANNA", "10.0.0.7")
    assert login_guess("anna", "10.0.0.7")[1] == login_guess("bo", "10.0.0.7")[1]

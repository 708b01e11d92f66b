from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attempts.rules import CODE_AT_DEVICE, CODE_AT_SITE, HOUR, Missed, Policy, code_guess, login_guess, wait

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


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=2000), st.sampled_from([CODE_AT_DEVICE, CODE_AT_SITE]))
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


def test_a_login_is_counted_by_name_in_any_case_and_by_origin() -> None:
    assert login_guess("Anna", "10.0.0.7") == login_guess("ANNA", "10.0.0.7")
    assert login_guess("anna", "10.0.0.7")[1] == login_guess("bo", "10.0.0.7")[1]

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.visits.rules import Openness, Recurrence, Window, last_strike, next_strike, opening, vanishes_at, whole_day, window_on

SITE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0, *, zone: ZoneInfo = SITE) -> datetime:
    """An instant of November 2026 by the site's clock; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


MONDAYS_AND_WEDNESDAYS = Recurrence(weekdays=(0, 2), daily_from=9 * 60, daily_until=18 * 60)
MONTH = Window(begins=at(1, 0), ends=at(30, 0))


def test_a_single_window_is_early_then_open_then_over() -> None:
    window = Window(begins=at(23, 9), ends=at(23, 12))
    assert opening(at(23, 8, 59), window, None, SITE).openness is Openness.EARLY
    assert opening(at(23, 9), window, None, SITE).openness is Openness.OPEN
    assert opening(at(23, 11, 59), window, None, SITE).openness is Openness.OPEN
    assert opening(at(23, 12), window, None, SITE).openness is Openness.OVER


def test_who_is_early_is_told_when_it_opens() -> None:
    window = Window(begins=at(23, 9), ends=at(23, 12))
    assert opening(at(22, 8), window, None, SITE).window == window


@pytest.mark.parametrize(
    ("now", "openness", "next_opens"),
    [
        (at(23, 8), Openness.EARLY, at(23, 9)),
        (at(23, 9), Openness.OPEN, at(23, 9)),
        (at(23, 18), Openness.CLOSED_TODAY, at(25, 9)),
        (at(24, 12), Openness.EARLY, at(25, 9)),
        (at(25, 17, 59), Openness.OPEN, at(25, 9)),
        (at(25, 20), Openness.CLOSED_TODAY, None),
        (at(26, 9), Openness.OVER, None),
    ],
)
def test_a_recurring_invitation_opens_on_its_days_and_hours(now: datetime, openness: Openness, next_opens: datetime | None) -> None:
    found = opening(now, Window(begins=at(23, 0), ends=at(27, 0)), MONDAYS_AND_WEDNESDAYS, SITE)
    assert found.openness is openness
    assert (found.window.begins if found.window else None) == next_opens


def test_a_recurring_window_is_cut_where_the_whole_begins_and_ends() -> None:
    span = Window(begins=at(23, 10), ends=at(23, 11))
    assert window_on(date(2026, 11, 23), span, MONDAYS_AND_WEDNESDAYS, SITE) == span
    assert window_on(date(2026, 11, 24), span, MONDAYS_AND_WEDNESDAYS, SITE) is None
    assert window_on(date(2026, 11, 25), span, MONDAYS_AND_WEDNESDAYS, SITE) is None


def test_hours_are_the_sites_own_also_where_clocks_are_moved() -> None:
    mornings = Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=9 * 60, daily_until=24 * 60)
    year = Window(begins=datetime(2026, 1, 1, tzinfo=UTC), ends=datetime(2027, 1, 1, tzinfo=UTC))
    summer = window_on(date(2026, 7, 1), year, mornings, BERLIN)
    winter = window_on(date(2026, 12, 1), year, mornings, BERLIN)
    assert summer == Window(begins=datetime(2026, 7, 1, 7, tzinfo=UTC), ends=datetime(2026, 7, 1, 22, tzinfo=UTC))
    assert winter == Window(begins=datetime(2026, 12, 1, 8, tzinfo=UTC), ends=datetime(2026, 12, 1, 23, tzinfo=UTC))


def test_the_day_on_which_clocks_are_moved_has_its_true_length() -> None:
    spring = whole_day(date(2026, 3, 29), BERLIN)
    assert spring.ends - spring.begins == timedelta(hours=23)


def test_the_sweep_strikes_once_a_day_by_the_sites_clock() -> None:
    sweep = time(20, 0)
    assert last_strike(at(23, 20), sweep, SITE) == at(23, 20)
    assert last_strike(at(23, 19, 59), sweep, SITE) == at(22, 20)
    assert next_strike(at(23, 20), sweep, SITE) == at(24, 20)
    assert next_strike(at(23, 19, 59), sweep, SITE) == at(23, 20)


def test_data_vanishes_so_many_days_after_the_pass_was_good_for_the_last_time() -> None:
    assert vanishes_at(at(10, 12), None, retention_days=7) == at(17, 12)
    assert vanishes_at(at(10, 12), at(11, 9), retention_days=7) == at(18, 9)


@given(
    now=st.datetimes(datetime(2026, 10, 20), datetime(2026, 12, 10), timezones=st.just(UTC)),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    hours=st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1]),
)
def test_the_next_opening_is_truly_the_next(now: datetime, weekdays: set[int], hours: tuple[int, int]) -> None:
    recurrence = Recurrence(weekdays=tuple(weekdays), daily_from=hours[0], daily_until=hours[1])
    found = opening(now, MONTH, recurrence, SITE)
    days = [date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(30)]
    windows = [window for day in days if (window := window_on(day, MONTH, recurrence, SITE)) is not None]
    open_now = [window for window in windows if window.holds(now)]
    to_come = [window for window in windows if window.begins > now]
    if open_now:
        assert (found.openness, found.window) == (Openness.OPEN, open_now[0])
    else:
        assert found.openness is not Openness.OPEN
        assert found.window == (to_come[0] if to_come else None)

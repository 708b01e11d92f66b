"""Working days: the week as it is, the days the supervisor swapped, and whether somebody has looked through the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.transaction import Door
from server.domain.calendar import queries, rules, service
from server.domain.calendar.rules import DayKind
from server.errors import BadInput
from tests.factories import asks

MONDAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(day=DAYS, said=st.dictionaries(DAYS, st.sampled_from(list(DayKind)), max_size=60))
def test_the_last_worked_day_before_a_day_is_worked_and_nothing_worked_lies_between(day: date, said: dict[date, DayKind]) -> None:
    before = rules.worked_before(day, said)
    assert before < day
    assert rules.is_worked(before, said)
    between = [before + timedelta(days=number) for number in range(1, (day - before).days)]
    assert not any(rules.is_worked(each, said) for each in between)
    after = rules.worked_after(day, said)
    assert rules.is_worked(after, said)
    assert rules.worked_before(after, said) <= day or not rules.is_worked(day, said)


def test_where_nobody_works_for_a_month_every_day_counts() -> None:
    shut = {MONDAY + timedelta(days=number): DayKind.REST for number in range(-60, 61)}
    assert rules.worked_before(MONDAY, shut) == MONDAY - timedelta(days=1)
    assert rules.worked_after(MONDAY, shut) == MONDAY + timedelta(days=1)


def test_a_week_without_a_word_is_worked_from_monday_to_friday(door: Door) -> None:
    with door.reading() as session:
        worked = [queries.is_worked(session, MONDAY + timedelta(days=number)) for number in range(7)]
        assert worked == [True] * 5 + [False] * 2
        assert queries.worked_before(session, MONDAY) == date(2026, 11, 20)


def test_swapped_days_move_the_day_before_a_meeting(door: Door) -> None:
    """S114: who meets on the Monday after a long holiday is asked again on the last day that was worked."""
    service.set_day(door, asks("staff:1"), day=date(2026, 9, 26), until=date(2026, 10, 7), kind="rest", note="国庆、中秋")
    service.set_day(door, asks("staff:1"), day=date(2026, 9, 27), kind="work", note="补班")
    with door.reading() as session:
        assert queries.worked_before(session, date(2026, 10, 8)) == date(2026, 9, 27)
        assert queries.worked_before(session, date(2026, 9, 27)) == date(2026, 9, 25)
        said = queries.said_days(session, 2026)
    assert [(each.day.day, each.kind) for each in said[:2]] == [(26, "rest"), (27, "work")]
    assert said[1].note == "补班"
    assert len(said) == 12


def test_a_day_can_be_as_its_weekday_again(door: Door) -> None:
    service.set_day(door, asks("staff:1"), day=MONDAY, kind="rest", note="园区停电")
    service.set_day(door, asks("staff:1"), day=MONDAY, kind="plain")
    with door.reading() as session:
        assert queries.is_worked(session, MONDAY)
        assert queries.said_days(session, 2026) == ()


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"kind": "half"}, "kind", "not_a_choice"),
        ({"day": date(1999, 12, 31)}, "day", "day_unclear"),
        ({"until": MONDAY - timedelta(days=1)}, "until", "last_before_first"),
        ({"until": MONDAY + timedelta(days=31)}, "until", "too_many_days"),
        ({"note": "长" * 41}, "note", "too_long"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_day_that_cannot_be_set_is_refused_by_field(door: Door, said: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        service.set_day(door, asks("staff:1"), **({"day": MONDAY, "kind": "rest"} | said))  # type: ignore[arg-type]  # as a form has it
    assert (refusal.value.field, refusal.value.code) == (field, code)
    with door.reading() as session:
        assert queries.said_days(session, 2026) == ()


def test_from_november_on_the_next_year_is_asked_about_too(door: Door) -> None:
    assert rules.years_to_confirm(date(2026, 10, 31)) == (2026,)
    with door.reading() as session:
        assert queries.unconfirmed_years(session, MONDAY) == (2026, 2027)
    service.confirm_year(door, asks("staff:1"), year=2026)
    with door.reading() as session:
        assert queries.unconfirmed_years(session, MONDAY) == (2027,)


def test_that_a_year_was_confirmed_can_be_taken_back_and_said_again(door: Door) -> None:
    service.reopen_year(door, asks("staff:1"), year=2026)
    for _ in range(2):
        service.confirm_year(door, asks("staff:1"), year=2026)
        with door.reading() as session:
            assert queries.confirmed_at(session, 2026) == door.clock.now()
        service.reopen_year(door, asks("staff:1"), year=2026)
        with door.reading() as session:
            assert not queries.is_confirmed(session, 2026)


@pytest.mark.parametrize("verb", [service.confirm_year, service.reopen_year])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_far_year_is_no_year_of_ours(door: Door, verb: object) -> None:
    with pytest.raises(BadInput) as refusal:
        verb(door, asks("staff:1"), year=20260)  # type: ignore[operator]  # either of two commands
    assert refusal.value.field == "year"

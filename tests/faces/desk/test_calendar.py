"""The calendar of working days at the desk: a year by months, swapped days, and the notice until somebody has confirmed the year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from server.clock import StillClock
from server.domain.calendar import queries
from server.web.house import House
from tests.faces.desk.stage import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

HOLIDAY = {"day": "2026-10-01", "until": "2026-10-07", "kind": "rest", "note": "国庆节"}


def is_worked(house: House, day: date) -> bool:
    with house.door.reading() as session:
        return queries.is_worked(session, day)


def test_a_year_is_twelve_months_of_its_days(desk: Browser) -> None:
    page = desk.get("/desk/calendar?year=2028").text
    assert page.count('<table class="month">') == 12
    assert page.count('class="is-worked"') + page.count('class="is-free"') == 366
    assert page.count('class="is-free"') == 106
    assert 'aria-current="date"' in desk.get("/desk/calendar").text
    assert "任何程序都无法预知" in page


def test_days_in_a_row_are_set_free_and_one_is_worked_again(supervisor: Browser, house: House) -> None:
    assert supervisor.post("/desk/calendar/day", HOLIDAY).location == "/desk/calendar?done=day_set&year=2026"
    page = supervisor.get("/desk/calendar").text
    assert page.count("is-free is-said") == 7
    assert "国庆节" in page
    assert not is_worked(house, date(2026, 10, 7))
    form = supervisor.get("/desk/calendar?year=2026&day=2026-10-07").text
    assert 'value="国庆节"' in form
    assert 'value="rest" checked' in form
    supervisor.post("/desk/calendar/day", {"day": "2026-10-10", "kind": "work", "note": "补班"})
    supervisor.post("/desk/calendar/day", {"day": "2026-10-07", "kind": "plain"})
    assert is_worked(house, date(2026, 10, 10))
    assert is_worked(house, date(2026, 10, 7))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "1999-12-31", "until": ""}, "day"),
        ({"until": "2026-09-30"}, "until"),
        ({"until": "2026-12-31"}, "until"),
        ({"kind": "half"}, "kind"),
        ({"note": "长" * 41}, "note"),
    ],
)
def test_a_wrong_day_keeps_what_was_typed(supervisor: Browser, typed: dict[str, str], field: str) -> None:
    answer = supervisor.post("/desk/calendar/day", {**HOLIDAY, **typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert field == "note" or 'value="国庆节"' in answer.text


def test_the_desk_sees_the_calendar_and_changes_nothing(desk: Browser, house: House) -> None:
    page = desk.get("/desk/calendar").text
    assert "&amp;day=" not in page
    assert "尚未确认" in page
    for path in ("day", "2026/confirm", "2026/reopen"):
        assert desk.post(f"/desk/calendar/{path}", HOLIDAY).status_code == 403
    assert is_worked(house, date(2026, 10, 1))


def test_an_unconfirmed_year_is_told_until_somebody_confirms_it(supervisor: Browser) -> None:
    for path in ("/desk/calendar", "/desk/admin"):
        page = supervisor.get(path).text
        assert "2026 年的调休日还没有人确认" in page
        assert "2027 年的调休日还没有人确认" in page
    confirmed = supervisor.post("/desk/calendar/2026/confirm")
    assert confirmed.location == "/desk/calendar?done=year_confirmed&of=2026&year=2026"
    page = supervisor.get(str(confirmed.location)).text
    assert "2026 年的调休日还没有人确认" not in page
    assert "2026年11月23日 周一 已确认" in page
    assert 'action="/desk/calendar/2026/reopen"' in page
    supervisor.post("/desk/calendar/2027/confirm")
    assert "还没有人确认" not in supervisor.get("/desk/admin").text
    supervisor.post("/desk/calendar/2026/reopen")
    assert "2026 年的调休日还没有人确认" in supervisor.get("/desk/admin").text


def test_before_november_the_next_year_is_not_asked_about(supervisor: Browser, clock: StillClock) -> None:
    clock.put(datetime(2027, 10, 31, 2, tzinfo=UTC))
    page = supervisor.log_in("supervisor").get("/desk/admin").text
    assert "2027 年的调休日还没有人确认" in page
    assert "2028 年的调休日还没有人确认" not in page


def test_a_year_far_off_is_this_year(supervisor: Browser) -> None:
    for year in ("20260", "1999", "-1", "soon", ""):
        assert "2026 年工作日" in supervisor.get("/desk/calendar", query_string={"year": year}).text
    assert supervisor.post("/desk/calendar/20260/confirm").status_code == 422
    assert supervisor.get("/desk/calendar?year=2026&day=never").status_code == 200

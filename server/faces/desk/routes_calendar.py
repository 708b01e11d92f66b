"""The calendar of working days: swapped days, and whether somebody has looked through the year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.domain.calendar import queries, rules, service
from server.domain.calendar.queries import SaidDay
from server.domain.calendar.rules import DayKind
from server.errors import BadInput
from server.faces.desk import words_papers
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms_papers import CalendarDay, OneDay
from server.web.house import house
from server.web.operation import operation


@dataclass(frozen=True, kw_only=True)
class ShownDay:
    """A day of the year's table."""

    day: date
    worked: bool
    said: SaidDay | None


@dataclass(frozen=True, kw_only=True)
class Run:
    """Days in a row of which the same is said."""

    first: date
    last: date
    kind: DayKind
    note: str

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


@blueprint.get("/desk/calendar")
def calendar_year() -> ResponseReturnValue:
    """Show a year by its months, and (to the supervisor) the form that says what a day is."""
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in service.YEARS else today().year
    return _page(year, _asked_day(), NO_FAULTS)


@blueprint.post("/desk/calendar/day")
def set_day() -> ResponseReturnValue:
    """Say what a day is, or each of several in a row."""

    def act() -> str:
        form = CalendarDay.read()
        outcome = service.set_day(house().door, operation(), **form.model_dump())
        return done("calendar_year", outcome, year=form.day.year)

    typed = CalendarDay.typed()
    return answer(act, lambda wrong: _page(_year_of(typed["day"]), typed, wrong))


@blueprint.post("/desk/calendar/<int:year>/confirm")
def confirm_year(year: int) -> ResponseReturnValue:
    """Say that the swapped days of a year stand as they are announced."""

    def act() -> str:
        return done("calendar_year", service.confirm_year(house().door, operation(), year=year), of=year, year=year)

    return answer(act, lambda wrong: _page(today().year, {}, wrong))


@blueprint.post("/desk/calendar/<int:year>/reopen")
def reopen_year(year: int) -> ResponseReturnValue:
    """Take back that a year was looked through."""

    def act() -> str:
        return done("calendar_year", service.reopen_year(house().door, operation(), year=year), year=year)

    return answer(act, lambda wrong: _page(today().year, {}, wrong))


def today() -> date:
    """Return the site's day."""
    return house().clock.now().astimezone(house().settings.zone).date()


def _asked_day() -> dict[str, str]:
    try:
        day = OneDay.from_values({"day": request.args.get("day", "")}).day
    except BadInput:
        day = None
    if day is None:
        return {}
    with house().door.reading() as session:
        said = next((each for each in queries.said_days(session, day.year) if each.day == day), None)
    kind = said.kind if said else (DayKind.REST if day.weekday() < 5 else DayKind.WORK)
    return {"day": day.isoformat(), "kind": kind.value, "note": said.note if said else ""}


def _year_of(text: str) -> int:
    return int(text[:4]) if text[:4].isascii() and text[:4].isdigit() and int(text[:4]) in service.YEARS else today().year


def _page(year: int, typed: dict[str, str], wrong: Faults) -> str:
    with house().door.reading() as session:
        said = queries.said_days(session, year)
        confirmed = queries.confirmed_at(session, year)
        unconfirmed = queries.unconfirmed_years(session, today())
    blank = {"day": "", "until": "", "kind": DayKind.REST.value, "note": ""}
    return render_template(
        "desk/calendar.html",
        year=year,
        years=(year - 1, year + 1),
        months=_months(year, said),
        runs=_runs(said),
        confirmed=confirmed,
        unconfirmed=unconfirmed,
        today=today(),
        typed=blank | typed,
        faults=wrong,
        papers=words_papers,
        most_days=service.MOST_DAYS,
    )


def _runs(said: tuple[SaidDay, ...]) -> list[Run]:
    runs: list[Run] = []
    for each in said:
        last = runs[-1] if runs else None
        if last is not None and (last.last + timedelta(days=1), last.kind, last.note) == (each.day, each.kind, each.note):
            runs[-1] = replace(last, last=each.day)
        else:
            runs.append(Run(first=each.day, last=each.day, kind=each.kind, note=each.note))
    return runs


def _months(year: int, said: tuple[SaidDay, ...]) -> list[list[list[ShownDay | None]]]:
    """Return a year as twelve months of weeks of seven days; none where a week reaches into another month."""
    known = {each.day: each for each in said}
    kinds = {day: each.kind for day, each in known.items()}
    weeks = calendar.Calendar(firstweekday=0)

    def shown(day: date, month: int) -> ShownDay | None:
        return ShownDay(day=day, worked=rules.is_worked(day, kinds), said=known.get(day)) if day.month == month else None

    return [[[shown(day, month) for day in week] for week in weeks.monthdatescalendar(year, month)] for month in range(1, 13)]

"""The registers that write themselves: each as a page that prints on A4, and as Excel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.meetings.queries import registers as read
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.rooms import queries as rooms
from server.errors import BadInput
from server.faces.desk import registers, words_papers
from server.faces.desk.blueprint import NO_FAULTS, Faults, blueprint, faults_of
from server.faces.desk.forms_papers import OneDay, OneMonth, SomeDays
from server.web.house import house
from server.web.i18n import day_words, language
from server.web.words import named
from server.web.workbook import Table, write

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_DAYS = 93
"""Days of the room-usage register at once: a quarter."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register of some days: what it is called, by which form it is known, whose signatures it ends in, and its tables.

    ``asked`` is what its form holds; ``of`` names its days in the name of a file. ``before`` and ``after`` lead to its neighbours.
    """

    key: str
    form: str
    title: str
    period: str
    of: str
    signatures: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    asked: dict[str, str] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    faults: Faults = NO_FAULTS


@blueprint.get("/desk/registers")
def registers_home() -> ResponseReturnValue:
    """Show which registers there are, and of which day or month one wants to see them."""
    today = _today()
    return render_template("desk/registers.html", today=today, month=_first(today), last_month=_first(_first(today) - timedelta(days=1)))


@blueprint.get("/desk/registers/log")
def service_log() -> ResponseReturnValue:
    """Show the service log of a day (F16)."""
    return _page(_log)


@blueprint.get("/desk/registers/log.xlsx")
def service_log_file() -> ResponseReturnValue:
    """Give the service log of a day as Excel."""
    return _file(_log)


@blueprint.get("/desk/registers/usage")
def room_usage() -> ResponseReturnValue:
    """Show the room-usage register from one day to another (F17)."""
    return _page(_usage)


@blueprint.get("/desk/registers/usage.xlsx")
def room_usage_file() -> ResponseReturnValue:
    """Give the room-usage register as Excel."""
    return _file(_usage)


@blueprint.get("/desk/registers/month")
def month_sum() -> ResponseReturnValue:
    """Show the month's sum for the owner (S130)."""
    return _page(_month)


@blueprint.get("/desk/registers/month.xlsx")
def month_sum_file() -> ResponseReturnValue:
    """Give the month's sum as Excel, with the rows it comes from."""
    return _file(_month)


Make = Callable[[bool], Register]


def _page(make: Make) -> ResponseReturnValue:
    register = make(False)
    page = render_template("desk/register.html", register=register, faults=register.faults, at=house().clock.now(), papers=words_papers)
    return page, register.faults.status


def _file(make: Make) -> ResponseReturnValue:
    register = make(True)
    if register.faults is not NO_FAULTS:
        return _page(make)
    response = Response(write(register.tables, title=f"{register.title} {register.period}"), mimetype=EXCEL)
    # Browsers take the second name; the first is for what knows no other letters.
    names = f"filename=\"{register.key}-{register.of}.xlsx\"; filename*=UTF-8''{quote(f'{register.title}-{register.of}.xlsx', safe='')}"
    response.headers["Content-Disposition"] = f"attachment; {names}"
    return response


def _log(_for_file: bool) -> Register:
    day, wrong = _today(), NO_FAULTS
    try:
        day = OneDay.from_values({"day": request.args.get("day", "")}).day or day
    except BadInput as bad:
        wrong = faults_of(bad)
    with house().door.reading() as session:
        meetings, lines = meeting_rows.of_day(session, day), read.service_log(session, day)
    return Register(
        key="log",
        form="F16",
        title=gettext("Meeting-service log book"),
        period=day_words(day, language()),
        of=f"{day}",
        signatures=(gettext("Recorded by"), gettext("Checked by the supervisor")),
        tables=(registers.meetings_of_day(meetings), registers.log(lines)),
        asked={"day": day.isoformat()},
        before=f"/desk/registers/log?day={day - timedelta(days=1)}",
        after=f"/desk/registers/log?day={day + timedelta(days=1)}",
        faults=wrong,
    )


def _usage(_for_file: bool) -> Register:
    with house().door.reading() as session:
        cards = rooms.rooms(session, retired=True)
    known = {card.id: named(card.name, card.name_en, language()) for card in cards}
    wrong, room = NO_FAULTS, None
    first, last = _first(_today()), _today()
    try:
        first, last, room = _some_days(known)
    except BadInput as bad:
        wrong = faults_of(bad)
    with house().door.reading() as session:
        found = read.usage(session, first, last, room_id=room)
    asked = {"from": first.isoformat(), "to": last.isoformat(), "room": str(room or "")}
    return Register(
        key="usage",
        form="F17",
        title=gettext("Room-usage register"),
        period=_from_to(first, last) + (f" · {known[room]}" if room else ""),
        of=f"{first}--{last}",
        signatures=(gettext("Filled in by"), gettext("Supervisor")),
        tables=(registers.usage(found),),
        asked=asked,
        choices=(("", gettext("all rooms")), *((str(number), name) for number, name in known.items())),
        faults=wrong,
    )


def _some_days(known: dict[int, str]) -> tuple[date, date, int | None]:
    today = _today()
    form = SomeDays.from_values({name: request.args.get(name, "") for name in ("from", "to", "room")})
    last = form.last or (today if form.first is None or form.first <= today else form.first)
    first = form.first or _first(last)
    if last < first:
        raise BadInput("last_before_first", field="to")
    if (last - first).days >= MOST_DAYS:
        raise BadInput("too_many_days", field="to", most=MOST_DAYS)
    if form.room is not None and form.room not in known:
        raise BadInput("room_unknown", field="room")
    return first, last, form.room


def _month(for_file: bool) -> Register:
    first, wrong = _first(_today()), NO_FAULTS
    try:
        first = OneMonth.from_values({"month": request.args.get("month", "")}).month or first
    except BadInput as bad:
        wrong = faults_of(bad)
    with house().door.reading() as session:
        found = read.month(session, first)
    tables = (registers.month(found), registers.consumed(found))
    return Register(
        key="month",
        form="S130",
        title=gettext("Use of the meeting rooms, month"),
        period=_from_to(found.first, found.last),
        of=f"{first:%Y-%m}",
        signatures=(gettext("Compiled by"), gettext("Supervisor"), gettext("For the owner")),
        tables=(*tables, registers.usage(found.meetings)) if for_file else tables,
        asked={"month": f"{first:%Y-%m}"},
        before=f"/desk/registers/month?month={_first(first - timedelta(days=1)):%Y-%m}",
        after=f"/desk/registers/month?month={_first(found.last + timedelta(days=1)):%Y-%m}",
        note=gettext("The list of what is to be bought (S128) comes with the stockroom."),
        faults=wrong,
    )


def _today() -> date:
    return house().clock.now().astimezone(house().settings.zone).date()


def _first(day: date) -> date:
    return day.replace(day=1)


def _from_to(first: date, last: date) -> str:
    return f"{day_words(first, language())} – {day_words(last, language())}" if first != last else day_words(first, language())

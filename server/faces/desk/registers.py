"""The registers that write themselves, as tables: one description for the page, the paper and the Excel sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext, lazy_gettext, ngettext

from server.domain.meetings.queries import registers
from server.domain.meetings.queries.registers import Logged, LogLine, MonthSum, RoomSum
from server.domain.meetings.queries.rows import MeetingRow, Person, StepRow
from server.domain.meetings.rules import Category, StepState
from server.web import floor
from server.web.i18n import language
from server.web.words import named
from server.web.workbook import Column, Kind, Row, Table, Value

LOGGED = {
    Logged.BEGAN: lazy_gettext("The meeting began"),
    Logged.ENDED: lazy_gettext("The meeting ended"),
    Logged.CLOSED: lazy_gettext("Everything is done, closed"),
}


def meetings_of_day(meetings: Sequence[MeetingRow]) -> Table:
    """Return what stands about the meetings of a day (S113): room, category, headcount, layout, and with whom it was agreed."""
    columns = (
        *_place(),
        Column(head=gettext("People"), kind=Kind.NUMBER, width=10),
        Column(head=gettext("Contact"), width=24),
        Column(head=gettext("Attendants"), width=18),
        Column(head=gettext("How registered"), width=20),
        Column(head=gettext("State"), width=14),
    )
    rows = [
        Row(
            cells=(*_placed(each), each.people, _contact(each), _people(each.attendants), str(floor.SOURCES[each.source]), _state(each)),
            href=_address(each),
        )
        for each in meetings
    ]
    return Table(name=gettext("Meetings of the day"), columns=columns, rows=rows, empty=gettext("No meeting on this day."))


def log(lines: Sequence[LogLine]) -> Table:
    """Return everything that was done for the meetings of a day, in its order (F16)."""
    columns = (
        Column(head=gettext("Time"), kind=Kind.HOUR, width=9),
        Column(head=gettext("Room"), width=12),
        Column(head=gettext("Meeting"), width=30, is_way=True),
        Column(head=gettext("What was done"), width=30),
        Column(head=gettext("By"), width=14),
        Column(head=gettext("Note"), width=40),
    )
    rows = [
        Row(
            cells=(line.at, _room(line.meeting), line.meeting.title, _what(line), line.by or _answered(line.step), _note(line)),
            href=_address(line.meeting),
        )
        for line in lines
    ]
    return Table(name=gettext("What was done"), columns=columns, rows=rows, empty=gettext("Nothing was done on this day."))


def usage(meetings: Sequence[MeetingRow]) -> Table:
    """Return the room-usage register (F17, S114): what was planned and confirmed, and what became of it."""
    columns = (
        Column(head=gettext("Day"), kind=Kind.DAY, width=12),
        *_place(),
        Column(head=gettext("Expected"), kind=Kind.NUMBER, width=13),
        Column(head=gettext("Came"), kind=Kind.NUMBER, width=9),
        Column(head=gettext("Contact"), width=24),
        Column(head=gettext("Reconfirmed"), kind=Kind.MOMENT, width=16),
        Column(head=gettext("Began"), kind=Kind.HOUR, width=9),
        Column(head=gettext("Ended"), kind=Kind.HOUR, width=9),
        Column(head=gettext("Minutes"), kind=Kind.NUMBER, width=12),
        Column(head=gettext("State"), width=14),
    )
    rows = [Row(cells=(each.day, *_placed(each), *_used(each), _state(each)), href=_address(each)) for each in meetings]
    name, empty = gettext("Use of the rooms"), gettext("No meeting in this time.")
    return Table(name=name, columns=columns, rows=rows, empty=empty, by_day=True)


def month(found: MonthSum) -> Table:
    """Return the sum of a month, room by room, each with the way to the rows it comes from (S130)."""
    columns = (
        Column(head=gettext("Room"), width=14, is_way=True),
        Column(head=gettext("Meetings"), kind=Kind.NUMBER, width=11),
        Column(head=gettext("Minutes in use"), kind=Kind.NUMBER, width=15),
        Column(head=gettext("People"), kind=Kind.NUMBER, width=11),
        *(Column(head=str(floor.CATEGORIES[category][0]), kind=Kind.NUMBER, width=11) for category in Category),
        Column(head=gettext("Cancelled"), kind=Kind.NUMBER, width=11),
        Column(head=gettext("Nobody came"), kind=Kind.NUMBER, width=13),
    )
    rows = [Row(cells=(each.room, *_figures(each)), href=usage_address(found.first, found.last, each.room_id)) for each in found.rooms]
    if len(rows) > 1:
        whole = (gettext("All rooms"), *_figures(found.total))
        rows.append(Row(cells=whole, href=usage_address(found.first, found.last), strong=True))
    return Table(name=gettext("Room by room"), columns=columns, rows=rows, empty=gettext("No meeting in this month."))


def consumed(found: MonthSum) -> Table:
    """Return what was counted as used after the meetings of a month."""
    columns = (Column(head=gettext("Thing"), width=24), Column(head=gettext("Quantity"), kind=Kind.NUMBER, width=12))
    rows = [Row(cells=pair) for pair in found.consumed]
    return Table(name=gettext("What was used"), columns=columns, rows=rows, empty=gettext("Nothing was counted in this month."))


def usage_address(first: date, last: date, room_id: int | None = None) -> str:
    """Return where the rows of the room-usage register stand."""
    room = {"room": room_id} if room_id else {}
    return f"/desk/registers/usage?{urlencode({'from': first.isoformat(), 'to': last.isoformat(), **room})}"


# --- cells --------------------------------------------------------------------------------------------------------------


def _place() -> tuple[Column, ...]:
    return (
        Column(head=gettext("Room"), width=12),
        Column(head=gettext("Begins"), kind=Kind.HOUR, width=9),
        Column(head=gettext("Ends"), kind=Kind.HOUR, width=9),
        Column(head=gettext("Meeting"), width=30, is_way=True),
        Column(head=gettext("Category"), width=11),
        Column(head=gettext("Layout"), width=14),
    )


def _placed(meeting: MeetingRow) -> tuple[Value, ...]:
    category, layout = floor.CATEGORIES[meeting.category][0], floor.LAYOUTS[meeting.layout]
    return _room(meeting), meeting.starts_at, meeting.ends_at, meeting.title, str(category), str(layout)


def _used(meeting: MeetingRow) -> tuple[Value, ...]:
    held = meeting.state in registers.COUNTED
    came, minutes = (registers.people_there(meeting), registers.minutes_used(meeting)) if held else (None, None)
    return meeting.people, came, _contact(meeting), meeting.confirmed_at, meeting.started_at, meeting.ended_at, minutes


def _figures(room: RoomSum) -> tuple[int, ...]:
    by_category = (room.categories[category.value] for category in Category)
    return room.meetings, room.minutes, room.people, *by_category, room.cancelled, room.no_show


def _room(meeting: MeetingRow) -> str:
    return named(meeting.room, meeting.room_en, language())


def _contact(meeting: MeetingRow) -> str:
    tenant = named(meeting.tenant, meeting.tenant_en, language())
    return " · ".join(part for part in (tenant, meeting.contact_name, meeting.contact_phone) if part)


def _people(people: Sequence[Person]) -> str:
    return _listed(person.name for person in people)


def _listed(words: Iterable[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(words)


def _state(meeting: MeetingRow) -> str:
    return str(floor.MEETING_STATES[meeting.state][0])


def _address(meeting: MeetingRow) -> str:
    return f"/desk/meetings/{meeting.meeting_id}"


def _what(line: LogLine) -> str:
    if line.step is not None:
        step, state = floor.STEPS[line.step.kind][0], floor.STEP_STATES[line.step.state][0]
        return str(step) if line.step.state is StepState.DONE else f"{step} · {state}"
    if line.round is not None:
        tea, state = gettext("Round of tea %(number)s", number=line.round.number), floor.ROUND_STATES[line.round.state][0]
        return str(tea) if line.round.state == "done" else f"{tea} · {state}"
    return str(LOGGED[line.what])


def _answered(step: StepRow | None) -> str:
    return step.answered_name if step is not None else ""


def _note(line: LogLine) -> str:
    if line.round is not None:
        cups = ngettext("%(num)s cup", "%(num)s cups", line.round.cups) if line.round.cups else ""
        return floor.reason(line.round.reason) or str(cups)
    if line.step is None:
        return ""
    drawn = _listed(f"{item} {quantity}" for item, quantity in line.step.quantities)
    answered = line.step.answered_name if line.by else ""
    return " · ".join(part for part in (floor.reason(line.step.reason), answered, drawn) if part)

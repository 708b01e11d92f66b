"""Schedules as calendars (.ics): single events, recurring ones spelt out, moved and cancelled instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.prop import vBroken

from server.domain.meetings.sheets.days import YEARS
from server.domain.meetings.sheets.draft import Draft, described
from server.domain.meetings.sheets.keys import Keys
from server.domain.meetings.sheets.properties import PROPERTIES, first, texts_of
from server.domain.meetings.sheets.rows import MOST_INSTANCES, MOST_MEETINGS, Schedule, ScheduleRow, Site
from server.errors import BadInput
from server.sheets import Unreadable, decoded

MOST_DAYS_BACK = 20_000
"""A recurring event may have begun so many days before the window's end: each is counted through from its beginning."""
MOST_A_DAY = 24
"""Times a day that an event may recur."""

_PLACE = "X-YINGBIN-PLACE"
"""Where an event stands in its file; set here, over whatever was sent."""
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_RECURRING = ("RRULE", "RDATE")
_COLUMNS: Mapping[str, str] = {**PROPERTIES, "day": "DTSTART", "time": "DTSTART", "end": "DTEND", "repeats": "RRULE"}


@dataclass(frozen=True, kw_only=True)
class _Event:
    """An event, or one of several: the instant it was first planned for is its name among them."""

    component: Component
    planned: str = ""
    code: str = ""


def calendar_of(content: bytes, site: Site) -> Schedule:
    """Return what a calendar lists: every single event, and of recurring ones what meets the site's window.

    Raises :class:`Unreadable` with ``file_unreadable``, ``file_empty`` or ``file_too_many_rows``.
    """
    keys = Keys()
    rows: list[ScheduleRow] = []
    for group in _groups(decoded(content)):
        events = _spelt_out(group, site)
        if len(rows) + len(events) > MOST_INSTANCES:
            raise Unreadable("file_too_many_rows")
        rows += [_schedule_row(event, site, keys) for event in events]
    if not rows:
        raise Unreadable("file_empty")
    return Schedule(rows=tuple(rows))


def _groups(text: str) -> list[list[Component]]:
    """Return the events that share a UID, in the order of the file; an event without one stands alone."""
    if text.upper().count("BEGIN:VEVENT") > MOST_MEETINGS:
        raise Unreadable("file_too_many_rows")
    groups: dict[str, list[Component]] = defaultdict(list)
    for place, event in enumerate(_events(text), start=1):
        event[_PLACE] = str(place)
        groups[str(event.get("UID", "")) or f"\0{place}"].append(event)
    return list(groups.values())


def _events(text: str) -> Iterator[Component]:
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except Exception:  # a parser of other people's files: whatever it stumbles over, the file cannot be read
        raise Unreadable("file_unreadable") from None
    for calendar in calendars:
        for event in calendar.subcomponents:
            if event.name == "VEVENT":
                if str(calendar.get("METHOD", "")).upper() == "CANCEL":
                    event["STATUS"] = "CANCELLED"
                yield event


# --- what recurs ------------------------------------------------------------------------------------------------------


def _spelt_out(group: Sequence[Component], site: Site) -> list[_Event]:
    """Return the events that a group comes to; of a series that cannot be spelt out its one event, with the code of what is wrong."""
    master = _newest(event for event in group if "RECURRENCE-ID" not in event)
    moved = _moved(group, site.zone)
    alone = [_Event(component=event, planned=planned) for planned, event in moved.items()]
    if master is None:
        return alone
    if str(first(master, "STATUS") or "").upper() == "CANCELLED":
        for event in moved.values():
            event["STATUS"] = "CANCELLED"
    if not any(name in master for name in _RECURRING) or _time_code(master):
        return [_Event(component=master), *alone]
    code = _rule_code(master, site)
    if code:
        return [_Event(component=master, code=code), *alone]
    faulty = {event.planned: event for event in alone if _time_code(event.component)}
    sound = [master, *(event.component for event in alone if event.planned not in faulty)]
    try:
        instances = _instances(sound, site)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return [_Event(component=master, code="repeats_unclear"), *alone]
    return [event for event in instances if event.planned not in faulty] + list(faulty.values())


def _newest(events: Iterable[Component]) -> Component | None:
    """Return the event with the highest SEQUENCE, the last of several."""
    newest = None
    for event in events:
        if newest is None or _sequence(event) >= _sequence(newest):
            newest = event
    return newest


def _sequence(event: Component) -> int:
    number = event.get("SEQUENCE")
    return number if isinstance(number, int) else -1


def _moved(group: Sequence[Component], zone: ZoneInfo) -> dict[str, Component]:
    """Return the instances that stand for themselves, by the instant they were first planned for."""
    instances: dict[str, list[Component]] = defaultdict(list)
    for event in group:
        if "RECURRENCE-ID" in event:
            instances[_name(_moment(event, "RECURRENCE-ID"), zone)].append(event)
    return {planned: newest for planned, events in instances.items() if (newest := _newest(events)) is not None}


def _instances(group: Sequence[Component], site: Site) -> list[_Event]:
    """Return the instances of a series that meet the site's window, in the order of their times."""
    from recurring_ical_events import CalendarQuery

    calendar = Calendar()
    for event in group:
        calendar.add_component(event)
    since, until = site.since.astimezone(site.zone), site.until.astimezone(site.zone)
    each = (occurrence for series in CalendarQuery(calendar).series for occurrence in series.between(since, until))
    occurrences = list(islice(each, MOST_INSTANCES + 1))
    if len(occurrences) > MOST_INSTANCES:
        raise Unreadable("file_too_many_rows")
    found = [occurrence.as_component(keep_recurrence_attributes=False) for occurrence in occurrences]
    events = [_Event(component=event, planned=_planned(event, group, site.zone)) for event in found]
    return sorted(events, key=lambda event: _in_utc(_moment(event.component, "DTSTART"), site.zone))


def _planned(event: Component, group: Sequence[Component], zone: ZoneInfo) -> str:
    """Return the instant an instance was first planned for, also where one change moved it and all that follow."""
    planned = event["RECURRENCE-ID"]
    if planned.params.get("RANGE") != "THISANDFUTURE":
        return _name(_moment(event, "RECURRENCE-ID"), zone)
    change = next(each for each in group if each.get("RECURRENCE-ID") == planned)
    moved_by = _in_utc(_moment(change, "DTSTART"), zone) - _in_utc(_moment(change, "RECURRENCE-ID"), zone)
    return _name(_in_utc(_moment(event, "DTSTART"), zone) - moved_by, zone)


def _rule_code(event: Component, site: Site) -> str:
    """Return what is wrong with a recurrence before it is spelt out: each second for ten years would never end."""
    if any(_is_broken(event.get(name)) for name in (*_RECURRING, "EXDATE")):
        return "repeats_unclear"
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if not rule.get("FREQ") or any(number < 1 for number in rule.get("INTERVAL", ())):
            return "repeats_unclear"
        times = 1
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            times *= max(1, len(rule.get(name, ())))
        begun = _in_utc(_moment(event, "DTSTART"), site.zone)
        is_old = begun < site.until - timedelta(days=MOST_DAYS_BACK)
        if rule["FREQ"][0] not in _FREQUENCIES or times > MOST_A_DAY or is_old:
            return "repeats_too_much"
    return ""


# --- one event --------------------------------------------------------------------------------------------------------


def _schedule_row(event: _Event, site: Site, keys: Keys) -> ScheduleRow:
    component = event.component
    draft = Draft(texts_of(component), _COLUMNS, is_sheet=False)
    if event.code:
        draft.fault("repeats", event.code)
    starts_at = draft.attempt(lambda: _start(component, site.zone), None)
    ends_at = draft.attempt(lambda: _end(component, starts_at, site.zone), None) if starts_at else None
    found = described(draft)
    uid = str(first(component, "UID") or "")
    return ScheduleRow(
        number=int(str(component[_PLACE])),
        sheet="",
        key=keys.event(uid=uid, instant=event.planned if uid else f"{starts_at}\x1f{found['title']}"),
        starts_at=starts_at if ends_at else None,
        ends_at=ends_at,
        columns={field: name for field, name in _COLUMNS.items() if name in component},
        **found,
        faults=tuple(draft.faults),
    )


def _start(event: Component, zone: ZoneInfo) -> datetime:
    code = _time_code(event)
    if code:
        raise BadInput(code, field="time")
    return _in_utc(_moment(event, "DTSTART"), zone)


def _end(event: Component, starts_at: datetime, zone: ZoneInfo) -> datetime:
    end = _moment(event, "DTEND") if "DTEND" in event else _moment(event, "DURATION")
    if "DTEND" not in event and "DURATION" not in event:
        raise BadInput("missing", field="end")
    if isinstance(end, timedelta):
        ends_at = starts_at + end
    elif isinstance(end, datetime) and end.year in YEARS:
        ends_at = _in_utc(end, zone)
    else:
        raise BadInput("time_unclear", field="end")
    if ends_at <= starts_at:
        raise BadInput("ends_before_start", field="end")
    if (ends_at - timedelta(microseconds=1)).astimezone(zone).date() != starts_at.astimezone(zone).date():
        raise BadInput("over_midnight", field="end")
    return ends_at


def _time_code(event: Component) -> str:
    """Return what is wrong with the beginning: none, a day without a time, or a zone that nobody knows."""
    start = _moment(event, "DTSTART")
    if not isinstance(start, datetime) or start.year not in YEARS:
        return "time_unclear"
    is_zone_unknown = start.tzinfo is None and "TZID" in first(event, "DTSTART").params
    return "time_unclear" if is_zone_unknown else ""


def _moment(event: Component, name: str) -> Any:
    """Return a property's date, instant or length, None if it has none that can be read."""
    found = first(event, name)
    return None if found is None or _is_broken(found) else getattr(found, "dt", None)


def _is_broken(found: Any) -> bool:
    return any(isinstance(each, vBroken) for each in (found if isinstance(found, list) else [found]))


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant in UTC; one without a zone is by the site's clock."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _name(moment: date | None, zone: ZoneInfo) -> str:
    return _in_utc(moment, zone).isoformat() if isinstance(moment, datetime) and moment.year in YEARS else str(moment)

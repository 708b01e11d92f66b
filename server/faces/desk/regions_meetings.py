"""Live regions of the desk about meetings: a day's list and its staffing, one meeting, what is to be reconfirmed, calls from rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext, lazy_gettext
from sqlmodel import Session

from server.days import local_day
from server.domain.calls import queries as calls
from server.domain.calls.queries import CallRow
from server.domain.calls.rules import UNANSWERED, CallLevel, Wish
from server.domain.meetings.queries import desk as meetings
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries import staffing
from server.domain.meetings.queries.desk import Alarms
from server.domain.meetings.queries.rows import ChangeRow
from server.domain.meetings.rules import CONFIRM_BY, ESCALATE_AT, OVER, Action, Difference, Phase, can_be_done
from server.domain.meetings.tables import Meeting
from server.domain.rooms import queries as rooms
from server.errors import NotFound
from server.events import DayOpened, Event, MeetingChanged, MeetingEvent, NameEvent, PostEvent, RoomCallEvent, StaffChanged
from server.faces.desk import words
from server.faces.desk.strip import strip
from server.live.regions import DAY, ROW, LookUp, Region, RegionId, every
from server.web import floor
from server.web.house import house
from server.web.i18n import language

ON_THE_FLOOR = (MeetingEvent, RoomCallEvent, NameEvent, StaffChanged)
ALARMED = (MeetingEvent, RoomCallEvent, DayOpened)
"""What may change :func:`alarms`."""
TEA_CHOICES = (None, 10, 15, 20, 30)
"""Intervals of tea that are a tap away; None is on call."""
MOST_IN_STRIP = 6
"""Meetings in the strip of the live board: those that need somebody first, then the next ones; all in the order of their hours."""
INSTANTS = ("starts_at", "ends_at", "break_at")
EARLIER = datetime.combine(date.min, ESCALATE_AT) - datetime.combine(date.min, CONFIRM_BY)
"""How long before the supervisor is told of it a meeting is to be reconfirmed."""


def regions() -> Iterable[Region]:
    """Give this group's regions."""
    yield from _days()
    yield from _lists()
    yield Region(
        name="desk.meeting",
        parameter=ROW,
        touched_by={
            MeetingEvent: lambda fact: [f"desk.meeting:{fact.meeting_id}"],
            RoomCallEvent: lambda fact: [f"desk.meeting:{fact.meeting_id}"] if fact.meeting_id else [],
            NameEvent: lambda _: every("desk.meeting"),
            StaffChanged: lambda _: every("desk.meeting"),
        },
        render=_meeting,
        css_class="meeting-page",
        tag="div",
    )


def _days() -> Iterable[Region]:
    for name, render, label, more in (
        ("desk.meetings", _meetings, lazy_gettext("Meetings of the day"), ()),
        ("desk.staffing", _staffing, lazy_gettext("Attendants needed and there"), (PostEvent,)),
    ):
        yield Region(
            name=name,
            parameter=DAY,
            touched_by={kind: _all_of(name) for kind in (MeetingChanged, NameEvent, StaffChanged, *more)},
            looked_up_by={MeetingEvent: _day_of(name), RoomCallEvent: _day_of(name)},
            render=render,
            css_class="section",
            attributes={"aria-label": label},
        )


def _lists() -> Iterable[Region]:
    today = {"aria-label": lazy_gettext("Meetings today")}
    yield Region(name="desk.meetings_today", touched_by=(*ON_THE_FLOOR, DayOpened), render=_today, css_class="section", attributes=today)
    waiting = {"aria-label": lazy_gettext("To be reconfirmed")}
    yield Region(name="desk.reconfirm", touched_by=ON_THE_FLOOR, render=_reconfirm, css_class="section", attributes=waiting)
    yield Region(name="desk.reconfirm_count", touched_by=(MeetingEvent,), render=_reconfirm_count, tag="span", css_class="nav-count")
    called = {"aria-label": lazy_gettext("Calls from rooms")}
    yield Region(
        name="desk.room_calls", touched_by=ON_THE_FLOOR, render=_room_calls, css_class="section desk-calls room-calls", attributes=called
    )


def _all_of(name: str) -> Callable[[Event], Iterable[str]]:
    # A moved meeting leaves one day and comes to another; which it left is no longer known.
    return lambda _fact: every(name)


def _day_of(name: str) -> LookUp:
    def look_up(session: Session, fact: MeetingEvent | RoomCallEvent) -> Iterable[str]:
        meeting = session.get(Meeting, fact.meeting_id) if fact.meeting_id else None
        return [f"{name}:{meeting.day:%Y%m%d}"] if meeting is not None else []

    return look_up


# --- drawing ------------------------------------------------------------------------------------------------------------


def draw(template: str, **shown: Any) -> str:
    """Draw a template of the meeting pages with the words they use."""
    return render_template(f"desk/{template}", words=words, floor=floor, lang=language(), **shown)


def day_of(region_id: RegionId) -> date:
    """Return the day a region shows; NotFound for one that no calendar has."""
    try:
        return date.fromisoformat(region_id.parameter)
    except ValueError:
        raise NotFound("no_such_region") from None


def local(instant: datetime) -> datetime:
    """Return an instant in the site's zone."""
    return instant.astimezone(house().settings.zone)


def today() -> date:
    """Return the site's day now."""
    return local_day(house().clock.now(), house().settings.zone)


def alarms(session: Session) -> tuple[Alarms, list[CallRow]]:
    """Return what of the floor has climbed to the supervisor: changes and meetings, and calls nobody has answered."""
    unanswered = [call for call in calls.open_calls(session) if call.level is CallLevel.SUPERVISOR]
    return meetings.alarms(session, today()), unanswered


def _meetings(session: Session, region_id: RegionId) -> str:
    found = meeting_rows.of_day(session, day_of(region_id))
    return draw("_meetings.html", rows=found, calling=_calls_by_meeting(session))


def _calls_by_meeting(session: Session) -> Mapping[int, Sequence[CallRow]]:
    found: dict[int, list[CallRow]] = {}
    for call in calls.open_calls(session):
        if call.meeting_id is not None:
            found.setdefault(call.meeting_id, []).append(call)
    return found


def _today(session: Session, _id: RegionId) -> str:
    found = meeting_rows.of_day(session, today())
    calling = _calls_by_meeting(session)
    going = meeting_rows.still_open(session, today())
    over = sum(row.state in OVER for row in found)
    pressing = sorted(going, key=lambda row: not (row.late or row.unseen or row.meeting_id in calling))[:MOST_IN_STRIP]
    shown = [row for row in going if row in pressing]
    return draw("_meetings_today.html", rows=shown, today=today(), all=len(found), over=over, calling=calling)


def _staffing(session: Session, region_id: RegionId) -> str:
    line = staffing.staffing(session, day_of(region_id), house().settings.zone)
    short = [(each, floor.missing(each), floor.advice(what, _where(session, what.meeting_id))) for each, what in line.shortfalls]
    needed = any(minute.needed for minute in line.minutes)
    return draw(
        "_staffing.html", line=line, short=short, needed=needed, strip=strip(line, house().settings.zone), needs=_needs(session, short)
    )


def _where(session: Session, meeting_id: int | None) -> str:
    meeting = session.get(Meeting, meeting_id) if meeting_id is not None else None
    if meeting is None:
        return ""
    card = rooms.room_card(session, meeting.room_id)
    return words.named(card.name, card.name_en, language())


def _needs(session: Session, short: Sequence[tuple[Any, str, str]]) -> list[list[tuple[str, int, str]]]:
    """Return for each shortfall what people are needed for: room, meeting, step."""
    return [
        [(_where(session, need.meeting_id), need.meeting_id, str(floor.STEPS[need.what][0])) for need in each.needs] for each, _, _ in short
    ]


def _meeting(session: Session, region_id: RegionId) -> str:
    row = meeting_rows.one(session, int(region_id.parameter))
    if row is None:
        raise NotFound("meeting_unknown")
    return draw(
        "_meeting.html",
        row=row,
        may=row.may - {Action.RECONFIRM} if row.confirmed_at else row.may,
        action=Action,
        phases=[(phase, [step for step in row.steps if step.phase is phase]) for phase in Phase],
        can=lambda step: can_be_done(row.state, step.phase),
        changes=[(change, told(change)) for change in reversed(row.changes)],
        calls=calls.all_of_meeting(session, row.meeting_id),
        unanswered=UNANSWERED,
        wishes=Wish,
        intervals=TEA_CHOICES,
        by_hand=row.tea_minutes not in TEA_CHOICES,
    )


def told(change: ChangeRow) -> list[tuple[str, str, str]]:
    """Return a change in words: what, before, after; that it was cancelled is one word, and within a day an hour is enough."""
    return [_told(one, change) for one in change.differences]


def _told(one: Difference, change: ChangeRow) -> tuple[str, str, str]:
    what, before, after = floor.difference(one, change, local)
    if one.field == "cancelled":
        return (gettext("Cancelled") if one.after else gettext("Takes place again")), "", ""
    if one.field in INSTANTS and one.before and one.after:
        old, new = (local(datetime.fromisoformat(str(value))) for value in (one.before, one.after))
        if old.date() == new.date():
            return what, f"{old:%H:%M}", f"{new:%H:%M}"
    return what, before, after


def _reconfirm(session: Session, _id: RegionId) -> str:
    found = meetings.to_reconfirm(session)
    cards = {card.id: card for card in rooms.rooms(session, retired=True)}
    shown = [
        (row, floor.layout_choices(cards[row.room_id], row.layout), row.confirm_due_at and row.confirm_due_at - EARLIER) for row in found
    ]
    return draw("_reconfirm.html", rows=shown)


def _reconfirm_count(session: Session, _id: RegionId) -> str:
    return draw("_reconfirm_count.html", waiting=meetings.reconfirm_count(session))


def _room_calls(session: Session, _id: RegionId) -> str:
    return draw("_room_calls.html", calls=calls.open_calls(session), unanswered=UNANSWERED)

"""Which meetings the demo park has: fourteen around a first start, fourteen on each of the days after, and what comes at short notice."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session, col, func, select

from server.days import Window, local_day
from server.db.transaction import Door
from server.demo import programme
from server.demo.hands import MINUTE, Hands, fate_of
from server.demo.programme import Fate, Slot
from server.domain.meetings import rules, service
from server.domain.meetings.plans import Plan
from server.domain.meetings.queries import finding
from server.domain.meetings.rules import Category, State
from server.domain.meetings.tables import Meeting
from server.domain.people import queries as people
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import RoomCard
from server.domain.rooms.rules import USUAL
from server.errors import Conflict

DAYS = 4
"""So many days, today counted, have their fourteen meetings: far enough that the day before Monday is Friday."""
Taken = dict[date, list[tuple[str, datetime]]]
"""Day → title and hour of its meetings."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A meeting of the scene: what kind, and when it begins or (``ends``) ends, in minutes from now."""

    kind: str
    minutes: int
    ends: bool = False
    lasts: range | None = None


RUNNING = Part(kind="ordinary", minutes=-62, lasts=range(90, 111))
"""So long ago that two rounds of tea have been served; it goes on for a while, and has no break."""
STARTING = Part(kind="important", minutes=15)
MOVED = Part(kind="ordinary", minutes=55)
SCENE = (
    Part(kind="small", minutes=-335),
    Part(kind="important", minutes=-255),
    Part(kind="ordinary", minutes=-185, ends=True),
    Part(kind="no_show", minutes=-105),
    Part(kind="ordinary", minutes=-9, ends=True),
    RUNNING,
    STARTING,
    MOVED,
    Part(kind="vip", minutes=100),
    Part(kind="cancelled", minutes=140),
    Part(kind="small", minutes=200),
    Part(kind="ordinary", minutes=280),
    Part(kind="vip", minutes=350),
    Part(kind="small", minutes=420),
)
"""The fourteen meetings around a first start."""


def scene(door: Door, seed: str, now: datetime, parts: Iterable[Part]) -> list[Slot]:
    """Return the meetings of a scene around ``now``, on fives."""
    zone, slots = door.settings.zone, []
    titles = {day: {title for title, _ in taken} for day, taken in _taken(door, local_day(now, zone) - timedelta(days=1)).items()}
    for part in parts:
        at = _on_five(now + part.minutes * MINUTE)
        day = local_day(at, zone)
        entry = programme.entry(seed, day, part.kind, titles.setdefault(day, set()), part.lasts)
        slots.append(Slot(entry=entry, starts_at=at - entry.minutes * MINUTE if part.ends else at))
    return slots


def missing(door: Door, now: datetime, begins: datetime) -> Iterator[Part]:
    """Give what the meetings there are do not bring about at ``now``, as far as it lies after ``begins``."""
    with door.reading() as session:
        held = _held(session, now - timedelta(hours=4), now + timedelta(hours=4))
        poured = [meeting for meeting in held if has_tea_beyond(meeting, now) and meeting.starts_at <= now - 45 * MINUTE]
        ahead = [(meeting.starts_at - now) / MINUTE for meeting in held]
    if not poured and begins + 40 * MINUTE <= now + RUNNING.minutes * MINUTE:
        yield RUNNING
    if not any(5 <= minutes <= 30 for minutes in ahead):
        yield STARTING
    if not any(31 <= minutes <= 110 for minutes in ahead):
        yield MOVED


def days(door: Door, seed: str, now: datetime, coming: Iterable[Slot] = ()) -> list[Slot]:
    """Return what today and the days after still need to have their fourteen meetings; ``coming`` are being registered."""
    zone = door.settings.zone
    today = local_day(now, zone)
    taken = _taken(door, today)
    for slot in coming:
        taken.setdefault(local_day(slot.starts_at, zone), []).append((slot.entry.title, slot.starts_at))
    wanted = (today + timedelta(days=number) for number in range(DAYS))
    return [slot for day in wanted for slot in programme.day(seed, day, zone, taken.get(day, []))]


def lacking(door: Door, now: datetime) -> Slot | None:
    """Return what is to come up at short notice, so that within the next hour and a quarter there is always a meeting in session."""
    with door.reading() as session:
        held = _held(session, now - timedelta(hours=4), now + timedelta(hours=2))
        open_now = [(meeting.starts_at, meeting.ends_at) for meeting in held if meeting.state in _STILL]
        number = session.exec(select(func.count(col(Meeting.id)))).one()
    marks = (now + minutes * MINUTE for minutes in (15, 35, 55, 75))
    bare = next((mark for mark in marks if not any(starts <= mark < ends for starts, ends in open_now)), None)
    if bare is None:
        return None
    return Slot(entry=programme.SHORT_NOTICE[number % len(programme.SHORT_NOTICE)], starts_at=_on_five(bare))


_STILL = (*rules.BEFORE_START, State.IN_SESSION)


def has_tea_beyond(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a meeting has tea as usual, and goes on beyond ``now`` long enough for another round."""
    usual = meeting.tea_minutes == rules.TEA_MINUTES[Category.ORDINARY] and meeting.break_at is None
    return usual and meeting.ends_at >= now + 12 * MINUTE


def _held(session: Session, since: datetime, until: datetime) -> list[Meeting]:
    """Return the demo's own meetings that begin between two instants and take place."""
    near = select(Meeting).where(col(Meeting.starts_at) > since, col(Meeting.starts_at) < until)
    return [meeting for meeting in session.exec(near) if fate_of(meeting) is Fate.HELD and meeting.state != State.CANCELLED]


def _taken(door: Door, since: date) -> Taken:
    taken: Taken = {}
    with door.reading() as session:
        for meeting in session.exec(select(Meeting).where(col(Meeting.day) >= since).order_by(col(Meeting.id))):
            taken.setdefault(meeting.day, []).append((meeting.title, meeting.starts_at))
    return taken


def _on_five(instant: datetime) -> datetime:
    return instant.replace(minute=instant.minute - instant.minute % 5, second=0, microsecond=0)


# --- registering them ----------------------------------------------------------------------------------------------------


def register(hands: Hands, slot: Slot) -> None:
    """The supervisor registers a meeting, if a room is free for it."""
    plan = _plan(hands, slot)
    if plan is not None:
        service.register(hands.door, hands.by(hands.people.supervisor), plan=plan)


def register_adhoc(hands: Hands, slot: Slot) -> None:
    """The supervisor takes in what comes at short notice, and says why where nobody is free (S115)."""
    plan = _plan(hands, slot)
    if plan is None:
        return
    by = partial(hands.by, hands.people.supervisor)
    try:
        service.register_adhoc(hands.door, by(), plan=plan)
    except Conflict:
        service.register_adhoc(hands.door, by(), plan=plan, reason="客户临时到访，由在岗服务员兼顾")


def _plan(hands: Hands, slot: Slot) -> Plan | None:
    entry, drawn = slot.entry, random.Random(f"{slot.entry.title}:{slot.starts_at.isoformat()}")  # noqa: S311 - a demo's contacts, not secrets
    usual = USUAL[entry.layout]
    window = Window(begins=slot.starts_at - usual.setup_minutes * MINUTE, ends=slot.ends_at + usual.turnover_minutes * MINUTE)
    with hands.door.reading() as session:
        room = free_room(session, entry.layout, entry.people, window, number=drawn.randrange(8), vip=entry.category is Category.VIP)
        tenant = drawn.choice(people.tenants(session))
        host = drawn.choice(people.hosts_of(session, tenant.id))
    if room is None:
        return None
    return Plan(
        title=entry.title,
        room_id=room.id,
        layout=entry.layout.value,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        category=entry.category.value,
        estimated=entry.people,
        tenant_id=tenant.id,
        contact_name=host.name_en if entry.title.isascii() and host.name_en else host.name,
        contact_phone=host.phone,
        tea_minutes=rules.TEA_MINUTES[entry.category],
        break_at=slot.break_at,
        equipment=entry.equipment,
        notes=entry.notes,
        plan=entry.plan,
    )


def free_room(session: Session, layout: str, people_: int, window: Window, *, number: int, vip: bool = False) -> RoomCard | None:
    """Return a room that is free for a window and suits so many in a layout, by turns; guests of honour have their own."""
    able = {card: found.capacity for card in rooms.rooms(session) if (found := card.layout(layout)) is not None}
    able = {card: capacity for card, capacity in able.items() if capacity >= people_}
    suited = [card for card, capacity in able.items() if card.is_vip == vip and capacity <= 3 * people_ + 6] or list(able)
    turn = number % len(suited) if suited else 0
    return next((card for card in (*suited[turn:], *suited[:turn]) if not finding.taking(session, card.id, window)), None)

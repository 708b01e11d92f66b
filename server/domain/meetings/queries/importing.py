"""What carrying out a weekly schedule would do, row by row: added, changed, the same, cancelled, over, or faulty and why (S112).

A row is known again by its key, so the same file a second time changes nothing. What a row does not say stays as it is: a tea interval
set at the desk is not lost because the list has no such column. A meeting that is no longer in the file stays.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from server.days import Window
from server.domain.meetings import rules
from server.domain.meetings.plans import FURTHEST, LONGEST, Plan, plan_of
from server.domain.meetings.queries.finding import OPEN_WORDS, reserved
from server.domain.meetings.rules import TEA_MINUTES, Category, Difference, Plain, State
from server.domain.meetings.sheets import ScheduleRow
from server.domain.meetings.sheets.rows import unpacked
from server.domain.meetings.tables import Meeting, ScheduleImport, ScheduleSlice
from server.domain.people.tables import Tenant
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import LayoutCard, RoomCard
from server.domain.rooms.rules import Layout
from server.domain.staff.tables import Staff
from server.errors import NotFound
from server.sheets import Fault

CHUNK = 500
ROOM_TAKEN = "room_taken_then"
KEPT = timedelta(days=1)
"""A schedule that was looked at is forgotten after this long."""


class RowKind(StrEnum):
    """What a row of a schedule comes to."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    CANCELLED = "cancelled"
    OVER = "over"
    FAULTY = "faulty"


class Stage(StrEnum):
    """How far a kept schedule is: not begun, carried out in part, carried out."""

    OPEN = "open"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A row and what it comes to, or came to where it was carried out; ``card`` is the layout in its room of what is to be written.

    ``turn`` orders the changes and cancellations of a list: what leaves a room comes before what needs it. Those that exchange rooms have
    the same turn.
    """

    row: ScheduleRow
    kind: RowKind
    plan: Plan | None = None
    card: LayoutCard | None = None
    meeting_id: int | None = None
    differences: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()
    turn: int = 0

    @property
    def reserved(self) -> Window:
        """The room's time that the row takes."""
        assert self.plan is not None
        assert self.card is not None
        return reserved_by(self.plan, self.card)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A schedule that was read and is still kept: by whom and when, and how much of it was carried out."""

    import_id: int
    filename: str
    made_at: datetime
    made_by: str
    committed_at: datetime | None
    taken: int
    total: int

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.committed_at is not None:
            return Stage.DONE
        return Stage.BEGUN if self.taken else Stage.OPEN


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A kept schedule row by row: what was carried out as it came out, the rest judged as things stand; and sheets passed over.

    ``rooms``, in Chinese and in English, and ``tenants`` name those that differences speak of.
    """

    kept: Kept
    rows: tuple[Judged, ...]
    counts: Mapping[RowKind, int]
    passed_over: tuple[str, ...]
    rooms: Mapping[int, tuple[str, str]]
    tenants: Mapping[int, str]


def reserved_by(plan: Plan, card: LayoutCard) -> Window:
    """Return the room's time of a plan, set-up and turn-over included."""
    return Window(
        begins=plan.starts_at - timedelta(minutes=card.setup_minutes), ends=plan.ends_at + timedelta(minutes=card.turnover_minutes)
    )


def kept_schedules(session: Session) -> tuple[Kept, ...]:
    """Return the schedules that are still kept, the newest first."""
    wanted = select(ScheduleImport).where(col(ScheduleImport.gone_at).is_(None)).order_by(col(ScheduleImport.id).desc())
    return tuple(_kept(session, row) for row in session.exec(wanted).all())


def kept_schedule(session: Session, import_id: int) -> Kept:
    """Return one kept schedule; NotFound ``schedule_import_unknown``."""
    return _kept(session, _row(session, import_id))


def _row(session: Session, import_id: int) -> ScheduleImport:
    row = session.get(ScheduleImport, import_id)
    if row is None or row.gone_at is not None:
        raise NotFound("schedule_import_unknown")
    return row


def preview(session: Session, import_id: int, now: datetime) -> Preview:
    """Return a kept schedule as it was and would be carried out now; NotFound ``schedule_import_unknown``."""
    kept = _row(session, import_id)
    parts = session.exec(select(ScheduleSlice).where(ScheduleSlice.import_id == import_id).order_by(col(ScheduleSlice.place))).all()
    rows = [row for part in parts for row in rows_of(part)]
    settled = [result for part in parts for result in json.loads(part.results)]
    done = [_settled(row, result) for row, result in zip(rows, settled, strict=False)]
    judged = sorted((*done, *judge(session, rows[len(done) :], now)), key=lambda one: one.row.place)
    return Preview(
        kept=_kept(session, kept),
        rows=tuple(judged),
        counts={kind: sum(one.kind is kind for one in judged) for kind in RowKind},
        passed_over=tuple(json.loads(kept.passed_over)),
        rooms={card.id: (card.name, card.name_en) for card in rooms.rooms(session, retired=True)},
        tenants=_tenant_names(session, judged),
    )


def rows_of(part: ScheduleSlice) -> tuple[ScheduleRow, ...]:
    """Return the rows of one slice of a kept schedule."""
    return unpacked({"rows": json.loads(part.rows), "passed_over": ()}).rows


def as_result(one: Judged) -> dict[str, Any]:
    """Return what a row came to, as it is kept."""
    return {
        "kind": one.kind.value,
        "meeting": one.meeting_id,
        "differences": [vars(difference) for difference in one.differences],
        "faults": [vars(fault) for fault in one.faults],
    }


def _settled(row: ScheduleRow, result: Mapping[str, Any]) -> Judged:
    return Judged(
        row=row,
        kind=RowKind(result["kind"]),
        meeting_id=result["meeting"],
        differences=tuple(Difference(**difference) for difference in result["differences"]),
        faults=tuple(Fault(**fault) for fault in result["faults"]),
    )


def _kept(session: Session, row: ScheduleImport) -> Kept:
    kind, _, number = row.made_by.partition(":")
    maker = session.get(Staff, int(number)) if kind == "staff" and number.isdigit() else None
    return Kept(
        import_id=row.id or 0,
        filename=row.filename,
        made_at=row.made_at,
        made_by=maker.name if maker else "",
        committed_at=row.committed_at,
        taken=row.taken,
        total=row.total,
    )


def _tenant_names(session: Session, judged: Iterable[Judged]) -> dict[int, str]:
    told = {
        value for one in judged for each in one.differences if each.field == "tenant_id" for value in (each.before, each.after) if value
    }
    found = session.exec(select(Tenant.id, Tenant.name).where(col(Tenant.id).in_(told))) if told else ()
    return {number: name for number, name in found if number is not None}


def judge(session: Session, rows: Sequence[ScheduleRow], now: datetime) -> tuple[Judged, ...]:
    """Return what each row comes to; of two rows that want one room at one time, the first has it.

    A room that a row of the list gives back is free for the others, and meetings may exchange their rooms.
    """
    return _Judge(session, rows, now).all()


@dataclass
class _Taken:
    """When a room is taken, by whom: windows in the order of their begin."""

    windows: list[tuple[datetime, datetime, int | None]] = field(default_factory=list)

    def meets(self, window: Window, but: int | None) -> bool:
        """Tell whether the room is another's at any instant of ``window``."""
        first = bisect_left(self.windows, (window.begins - LONGEST - timedelta(hours=16),))
        for begins, ends, meeting in self.windows[first:]:
            if begins >= window.ends:
                return False
            if ends > window.begins and (meeting is None or meeting != but):
                return True
        return False

    def free(self, meeting: int) -> None:
        """Note that a meeting is here no more."""
        self.windows = [each for each in self.windows if each[2] != meeting]

    def take(self, window: Window, meeting: int | None) -> None:
        """Note that the room is taken."""
        insort(self.windows, (window.begins, window.ends, meeting), key=lambda each: each[0])


class _Judge:
    def __init__(self, session: Session, rows: Sequence[ScheduleRow], now: datetime) -> None:
        self._rows = rows
        self._now = now
        self._rooms = rooms.rooms(session)
        self._named: dict[str, RoomCard | None] = {}
        tenants = session.exec(select(Tenant.id, Tenant.name, Tenant.name_en).where(col(Tenant.active))).all()
        # By either name; where one's English is another's Chinese, the Chinese is meant.
        self._tenants = {_folded(name_en): number for number, _, name_en in tenants if name_en}
        self._tenants |= {_folded(name): number for number, name, _ in tenants}
        self._known = _known(session, [key_of(row) for row in rows])
        self._taken = _taken(session, rows)
        self._turn = 0

    def all(self) -> tuple[Judged, ...]:
        """Judge every row, cancellations first; one whose room is taken is judged again as long as others leave theirs."""
        found: dict[int, Judged] = {}
        waiting = sorted(range(len(self._rows)), key=lambda place: not self._rows[place].cancelled)
        while waiting:
            before = self._turn
            found.update((place, self._one(self._rows[place])) for place in waiting)
            waiting = [place for place in waiting if _needs_a_room(found[place])]
            if self._turn == before:
                exchanged = self._exchange(waiting)
                if not exchanged:
                    break
                found.update(exchanged)
                waiting = [place for place in waiting if place not in exchanged]
        return tuple(found[place] for place in range(len(self._rows)))

    def _exchange(self, waiting: Sequence[int]) -> dict[int, Judged]:
        """Let those of the waiting rows change rooms at once that fit when all of them have left theirs; return what they come to."""
        known = {place: self._known.get(key_of(self._rows[place])) for place in waiting}
        leaving = {place: standing for place, standing in known.items() if standing is not None}
        turn = self._turn
        while leaving:
            for standing in leaving.values():
                self._free(standing)
            found = {place: self._one(self._rows[place]) for place in leaving}
            stay = [place for place, one in found.items() if _needs_a_room(one)]
            if not stay:
                groups = _exchanges(found, leaving)
                self._turn = turn + len(groups)
                turns = {place: turn + number for number, group in enumerate(groups, 1) for place in group}
                return {place: replace(one, turn=turns[place]) for place, one in found.items()}
            for standing in leaving.values():
                self._return(standing)
            leaving = {place: standing for place, standing in leaving.items() if place not in stay}
        self._turn = turn
        return {}

    def _one(self, row: ScheduleRow) -> Judged:
        standing = self._known.get(key_of(row))
        if row.cancelled:
            return self._cancelled(row, standing)
        if row.faults or row.starts_at is None or row.ends_at is None:
            return Judged(row=row, kind=RowKind.FAULTY, faults=row.faults, meeting_id=standing.id if standing else None)
        if row.ends_at <= self._now or (standing is not None and standing.state not in rules.OPEN):
            return self._over(row, standing)
        room = self._room(row.room)
        if room is None:
            return self._faulty(row, "room", "room_not_here")
        plan, card = self._plan(row, room, standing)
        if card is None:
            return self._faulty(row, "layout" if row.layout else "room", "layout_not_offered")
        out_of_bounds = self._out_of_bounds(plan, card)
        if out_of_bounds is not None:
            return self._faulty(row, *out_of_bounds)
        return self._fitted(row, plan, card, standing)

    def _out_of_bounds(self, plan: Plan, card: LayoutCard) -> tuple[str, str] | None:
        """Return field and code of what ``register`` would refuse of a plan that is clear."""
        if (plan.guaranteed or plan.estimated or 0) > card.capacity:
            return "guaranteed" if plan.guaranteed else "estimated", "too_many_for_layout"
        if plan.ends_at - plan.starts_at > LONGEST:
            return "time", "too_long_meeting"
        if plan.starts_at > self._now + FURTHEST:
            return "day", "too_far_ahead"
        if plan.tea_minutes is not None and not rules.LEAST_MINUTES <= plan.tea_minutes <= rules.MOST_MINUTES:
            return "tea_minutes", "tea_out_of_range"
        return None

    def _fitted(self, row: ScheduleRow, plan: Plan, card: LayoutCard, standing: Meeting | None) -> Judged:
        number = standing.id if standing else None
        differences = _differences(plan_of(standing), plan) if standing else ()
        if standing is not None and not differences:
            return Judged(row=row, kind=RowKind.SAME, plan=plan, card=card, meeting_id=number)
        if standing is not None and standing.state not in (*rules.BEFORE_START, State.IN_SESSION):
            return Judged(row=row, kind=RowKind.OVER, meeting_id=number)
        window, taken = reserved_by(plan, card), self._taken.setdefault(plan.room_id, _Taken())
        if taken.meets(window, number):
            return self._faulty(row, "room", ROOM_TAKEN)
        turn = self._leave(standing) if standing else 0
        taken.take(window, number)
        kind = RowKind.CHANGED if standing else RowKind.ADDED
        return Judged(row=row, kind=kind, plan=plan, card=card, meeting_id=number, differences=differences, turn=turn)

    def _leave(self, standing: Meeting) -> int:
        """Note that a meeting leaves its room as it has it now; return whose turn it is to do so."""
        self._free(standing)
        self._turn += 1
        return self._turn

    def _free(self, standing: Meeting) -> None:
        if standing.room_id in self._taken:
            self._taken[standing.room_id].free(standing.id or 0)

    def _return(self, standing: Meeting) -> None:
        """Note that a meeting has its room as it has it now, and no other."""
        for taken in self._taken.values():
            taken.free(standing.id or 0)
        self._taken.setdefault(standing.room_id, _Taken()).take(reserved(standing), standing.id)

    def _cancelled(self, row: ScheduleRow, standing: Meeting | None) -> Judged:
        if standing is None or standing.state not in rules.BEFORE_START:
            return Judged(row=row, kind=RowKind.SAME, meeting_id=standing.id if standing else None)
        return Judged(row=row, kind=RowKind.CANCELLED, meeting_id=standing.id, turn=self._leave(standing))

    def _over(self, row: ScheduleRow, standing: Meeting | None) -> Judged:
        if standing is not None and standing.state == State.CANCELLED and row.ends_at is not None and row.ends_at > self._now:
            # Somebody called it off at the desk: a list that does not know it yet must not bring it back.
            return self._faulty(row, "title", "cancelled_here")
        return Judged(row=row, kind=RowKind.SAME if standing else RowKind.OVER, meeting_id=standing.id if standing else None)

    def _faulty(self, row: ScheduleRow, where: str, code: str) -> Judged:
        fault = Fault(column=row.columns.get(where, row.columns.get("room", "A")), field=where, code=code)
        return Judged(row=row, kind=RowKind.FAULTY, faults=(*row.faults, fault))

    def _room(self, text: str) -> RoomCard | None:
        if text not in self._named:
            self._named[text] = rooms.room_named(self._rooms, text)
        return self._named[text]

    def _plan(self, row: ScheduleRow, room: RoomCard, standing: Meeting | None) -> tuple[Plan, LayoutCard | None]:
        assert row.starts_at is not None
        assert row.ends_at is not None
        category = row.category or (standing.category if standing else Category.ORDINARY.value)
        people = row.guaranteed or row.estimated or 0
        layout = row.layout or (standing.layout if standing and room.layout(standing.layout) else _usual_layout(room, people))
        tenant = self._tenants.get(_folded(row.tenant)) if row.tenant else None
        said: dict[str, Any] = {"title": row.title, "room_id": room.id, "layout": layout, "category": category}
        said |= {"starts_at": row.starts_at, "ends_at": row.ends_at}
        more = {
            "estimated": row.estimated,
            "guaranteed": row.guaranteed,
            "tenant_id": tenant,
            "contact_name": row.contact_name,
            "contact_phone": row.contact_phone,
            "tea_minutes": row.tea_minutes,
            "equipment": row.equipment,
            "notes": row.notes,
        }
        said |= {name: value for name, value in more.items() if value not in (None, "")}
        if standing is None:
            said.setdefault("tea_minutes", TEA_MINUTES[Category(category)])
            return Plan(**said), room.layout(layout)
        kept = plan_of(standing)
        if kept.break_at is not None and not row.starts_at < kept.break_at < row.ends_at:
            kept = replace(kept, break_at=None)
        return replace(kept, **said), room.layout(layout)


def order_of_work(session: Session, rows: Sequence[ScheduleRow], now: datetime) -> list[ScheduleRow]:
    """Return rows as they are carried out, each with its place in the list: what gives rooms back in its turns, what stays, what is new.

    Rows that exchange rooms stand together. Where no meeting of the list is known there is nothing to be given back, and all are new.
    """
    placed = [replace(row, place=place) for place, row in enumerate(rows)]
    if not _known(session, [key_of(row) for row in rows]):
        return placed
    judged = judge(session, placed, now)
    order = sorted(judged, key=lambda one: (one.kind is RowKind.ADDED, not one.turn, one.turn))
    return [one.row for one in order]


def key_of(row: ScheduleRow) -> str:
    """Return how a row's meeting is known in the house."""
    return f"schedule:{row.key}"


def _exchanges(found: Mapping[int, Judged], leaving: Mapping[int, Meeting]) -> list[set[int]]:
    """Return which rows must move at once: each with those that have what it needs, and so on. Each group can have a turn of its own."""
    groups: list[set[int]] = []
    for place, one in found.items():
        holders = {
            other
            for other, standing in leaving.items()
            if one.plan is not None and standing.room_id == one.plan.room_id and reserved(standing).meets(one.reserved)
        }
        group = {place, *holders}
        apart = [each for each in groups if not each & group]
        groups = [*apart, group.union(*(each for each in groups if each & group))]
    return groups


def _needs_a_room(one: Judged) -> bool:
    return any(fault.code == ROOM_TAKEN for fault in one.faults)


def _usual_layout(room: RoomCard, people: int) -> str:
    """Return the layout a room has where the list says none: a long table if it holds the people, else the smallest that does."""
    offered = [layout for layout in room.layouts if layout.offered]
    boardroom = next((layout for layout in offered if layout.layout is Layout.BOARDROOM and layout.capacity >= people), None)
    fitting = sorted((layout for layout in offered if layout.capacity >= people), key=lambda layout: layout.capacity)
    found = boardroom or (fitting[0] if fitting else max(offered, key=lambda layout: layout.capacity, default=None))
    return found.layout.value if found else ""


def _differences(before: Plan, after: Plan) -> tuple[Difference, ...]:
    pairs = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(Plan))
    return tuple(Difference(field=name, before=_plain(old), after=_plain(new)) for name, old, new in pairs if old != new)


def _plain(value: Any) -> Plain:
    return value.isoformat() if isinstance(value, datetime) else value


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _known(session: Session, keys: Sequence[str]) -> dict[str, Meeting]:
    found: dict[str, Meeting] = {}
    for start in range(0, len(keys), CHUNK):
        for meeting in session.exec(select(Meeting).where(col(Meeting.source_key).in_(keys[start : start + CHUNK]))):
            found[meeting.source_key or ""] = meeting
    return found


def _taken(session: Session, rows: Iterable[ScheduleRow]) -> dict[int, _Taken]:
    instants = [instant for row in rows for instant in (row.starts_at, row.ends_at) if instant is not None]
    if not instants:
        return {}
    margin = timedelta(hours=rules.MOST_SETUP_HOURS)
    wanted = select(Meeting.room_id, Meeting.reserved_from, Meeting.reserved_until, Meeting.id).where(
        col(Meeting.state).in_(OPEN_WORDS),
        col(Meeting.reserved_from) < max(instants) + margin,
        col(Meeting.reserved_until) > min(instants) - margin,
    )
    found: dict[int, _Taken] = {}
    for room_id, begins, ends, number in session.exec(wanted.order_by(col(Meeting.reserved_from))):
        found.setdefault(room_id, _Taken()).windows.append((begins, ends, number))
    return found

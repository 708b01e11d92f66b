"""Meetings, steps and rounds as screens show them, each read in a few statements however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, or_, select

from server.db.transaction import SNAPSHOT
from server.domain.meetings import rules
from server.domain.meetings.queries.finding import OPEN_WORDS, people_of, undisturbed_since
from server.domain.meetings.rules import (
    Action,
    Anchor,
    Category,
    Difference,
    Kind,
    Level,
    Party,
    Phase,
    RoundState,
    Source,
    State,
    StepState,
)
from server.domain.meetings.tables import Assignment, ChangeSeen, Meeting, MeetingChange, Step, StepQuantity, TeaRound
from server.domain.people.tables import Tenant
from server.domain.rooms.tables import Room
from server.domain.staff.tables import Staff


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on the staff, by id and name."""

    staff_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One step of a run sheet. ``level`` is how far its time has run out; ``quantities`` what was drawn or used."""

    step_id: int
    meeting_id: int
    kind: Kind
    anchor: Anchor
    party: Party
    phase: Phase
    mandatory: bool
    due_at: datetime
    compressed: bool
    state: StepState
    level: Level
    staff: Person | None
    settled_at: datetime | None
    settled_by: str
    answered_name: str
    reason: str
    quantities: tuple[tuple[str, int], ...]

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in rules.OPEN_STEPS

    @property
    def asks_quantities(self) -> bool:
        """Whether it is done by saying how much."""
        return self.kind in rules.QUANTITIES

    @property
    def asks_name(self) -> bool:
        """Whether another department answers it, by name."""
        return self.party in rules.ASKED


@dataclass(frozen=True, kw_only=True)
class RoundRow:
    """One round of tea. ``due_at`` none: nobody may disturb."""

    round_id: int
    meeting_id: int
    number: int
    due_at: datetime | None
    state: RoundState
    level: Level
    staff: Person | None
    settled_at: datetime | None
    settled_by: str
    cups: int | None
    reason: str

    @property
    def open(self) -> bool:
        """Whether it is still to come, or under way."""
        return self.state in rules.OPEN_ROUNDS


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A change of a meeting, the difference, and who has not acknowledged it; rooms among the differences are named in ``rooms``,
    each in Chinese and in English.

    ``by`` is who made it; empty where it was not somebody on the staff.
    """

    change_id: int
    meeting_id: int
    made_at: datetime
    by: str
    differences: tuple[Difference, ...]
    steps_moved: int
    elsewhere: bool
    unseen: tuple[Person, ...]
    level: Level
    rooms: dict[int, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """A meeting as every list shows it, with its sheet, its open round of tea and its changes nobody has acknowledged."""

    meeting_id: int
    title: str
    category: Category
    source: Source
    state: State
    room_id: int
    room: str
    room_en: str
    floor: str
    layout: str
    day: date
    starts_at: datetime
    ends_at: datetime
    reserved_from: datetime
    reserved_until: datetime
    people: int
    estimated: int | None
    guaranteed: int | None
    actual: int | None
    tenant_id: int | None
    tenant: str
    tenant_en: str
    contact_name: str
    contact_phone: str
    tea_minutes: int | None
    break_at: datetime | None
    equipment: str
    notes: str
    plan: str
    undisturbed_since: datetime | None
    asked_at: datetime | None
    confirm_due_at: datetime | None
    unconfirmed_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    started_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    override_reason: str
    made_by: str
    made_at: datetime
    version: int
    attendants: tuple[Person, ...]
    steps: tuple[StepRow, ...]
    rounds: tuple[RoundRow, ...]
    changes: tuple[ChangeRow, ...]

    @property
    def open(self) -> bool:
        """Whether something is still to be done for it."""
        return self.state in rules.OPEN

    @property
    def may(self) -> frozenset[Action]:
        """What the table of the rules lets happen to it now."""
        return frozenset(action for action in Action if rules.transition(self.state, action) is not None)

    @property
    def open_steps(self) -> tuple[StepRow, ...]:
        """The steps still to be done, in the order of their hours."""
        return tuple(step for step in self.steps if step.open)

    @property
    def round(self) -> RoundRow | None:
        """The round of tea that is to come or under way."""
        return next((each for each in self.rounds if each.open), None)

    @property
    def unseen(self) -> tuple[ChangeRow, ...]:
        """The changes that somebody has not acknowledged."""
        return tuple(change for change in self.changes if change.unseen)

    def supplies(self, step: StepRow) -> tuple[tuple[str, int], ...]:
        """What a step is proposed to draw or to have used: what was drawn is what was used, else what so many people take."""
        drawn = next((each.quantities for each in self.steps if each.kind is Kind.DRAW_SUPPLIES and each.quantities), ())
        return drawn if step.kind is Kind.CONSUMABLES and drawn else rules.supplies_for(self.people)

    @property
    def late(self) -> tuple[StepRow, ...]:
        """The steps whose time is over by more than the ladder's “late”."""
        return tuple(step for step in self.open_steps if step.level in (Level.LATE, Level.BOARD, Level.SUPERVISOR))


Part = TypeVar("Part", StepRow, RoundRow, ChangeRow)

# Columns and not entities, and built once: every screen of the floor is drawn from these after every fact.
_step_table = Step.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_STEPS = (
    select_columns(_step_table)
    .where(_step_table.c.meeting_id.in_(bindparam("meetings", expanding=True)), _step_table.c.state != StepState.DROPPED.value)
    .order_by(_step_table.c.due_at, _step_table.c.place, _step_table.c.id)
)
_NAMES = select(Staff.id, Staff.name)
_ROOMS = select(Room.id, Room.name, Room.name_en, Room.floor)
_TENANTS = select(Tenant.id, Tenant.name, Tenant.name_en).where(col(Tenant.id).in_(bindparam("tenants", expanding=True)))
_ATTENDANTS = (
    select(Assignment.meeting_id, Assignment.staff_id)
    .where(col(Assignment.meeting_id).in_(bindparam("meetings", expanding=True)), col(Assignment.until).is_(None))
    .order_by(col(Assignment.id))
)


def of_day(session: Session, day: date, *, all_states: bool = True) -> tuple[MeetingRow, ...]:
    """Return the meetings of a day by their hour; without ``all_states`` only those for which something is still to be done."""
    wanted = select(Meeting).where(Meeting.day == day)
    if not all_states:
        wanted = wanted.where(col(Meeting.state).in_(OPEN_WORDS))
    return rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())


def still_open(session: Session, until: date, *, room_id: int | None = None) -> tuple[MeetingRow, ...]:
    """Return every meeting up to a day for which something is still to be done, by its hour: yesterday's untidied room among them.

    With ``room_id`` only those of that room.
    """
    wanted = select(Meeting).where(col(Meeting.state).in_(OPEN_WORDS), col(Meeting.day) <= until)
    if room_id is not None:
        wanted = wanted.where(Meeting.room_id == room_id)
    return rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())


def at_hand(session: Session, today: date) -> tuple[MeetingRow, ...]:
    """Return the open meetings up to a day, and those of later days of which something is soon, due or late: their pick list, mostly."""
    states = [state.value for state in rules.OPEN_STEPS]
    climbed = select(Step.meeting_id).where(col(Step.state).in_(states), Step.level != Level.NONE.value)
    wanted = select(Meeting).where(col(Meeting.state).in_(OPEN_WORDS), or_(col(Meeting.day) <= today, col(Meeting.id).in_(climbed)))
    return rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())


def with_unseen(session: Session, staff_id: int) -> tuple[MeetingRow, ...]:
    """Return the meetings with a change that somebody has not acknowledged, by their hour."""
    waiting = select(ChangeSeen.meeting_id).where(ChangeSeen.staff_id == staff_id, col(ChangeSeen.seen_at).is_(None))
    wanted = select(Meeting).where(col(Meeting.id).in_(waiting)).order_by(col(Meeting.starts_at), col(Meeting.id))
    return rows(session, session.exec(wanted).all())


def of_step(session: Session, step_id: int) -> MeetingRow | None:
    """Return the meeting of a step; None if there is no such step."""
    step = session.get(Step, step_id)
    return one(session, step.meeting_id) if step is not None else None


def kind_of_step(session: Session, step_id: int) -> Kind | None:
    """Return what a step is; None if there is no such step."""
    kind = session.execute(select_columns(_step_table.c.kind).where(_step_table.c.id == step_id)).scalar()
    return Kind(kind) if kind is not None else None


NAMES_KNOWN = 6


def names_answered(session: Session, party: str) -> tuple[str, ...]:
    """Return who of another department answered lately, the newest first, to be chosen again."""
    wanted = (
        select(Step.answered_name, func.max(Step.settled_at))
        .where(Step.party == party, Step.answered_name != "")
        .group_by(Step.answered_name)
        .order_by(func.max(Step.settled_at).desc())
        .limit(NAMES_KNOWN)
    )
    return tuple(name for name, _ in session.exec(wanted))


def one(session: Session, meeting_id: int) -> MeetingRow | None:
    """Return one meeting; None if there is no such."""
    meeting = session.get(Meeting, meeting_id)
    return rows(session, [meeting])[0] if meeting is not None else None


def rows(session: Session, meetings: Sequence[Meeting]) -> tuple[MeetingRow, ...]:
    """Return meetings as rows, in the order given. Of one snapshot each is read once: one fact redraws many regions of the same day."""
    if SNAPSHOT not in session.info:
        return _read(session, meetings)
    kept: dict[int | None, MeetingRow] = session.info[SNAPSHOT].setdefault("meetings", {})
    new = [meeting for meeting in meetings if meeting.id not in kept]
    kept.update((row.meeting_id, row) for row in _read(session, new))
    return tuple(kept[meeting.id] for meeting in meetings)


def _read(session: Session, meetings: Sequence[Meeting]) -> tuple[MeetingRow, ...]:
    ids = [meeting.id or 0 for meeting in meetings]
    if not ids:
        return ()
    names = _names(session)
    rooms = {room.id: room for room in session.execute(_ROOMS)}
    tenant_ids = {meeting.tenant_id for meeting in meetings if meeting.tenant_id}
    tenants = {tenant.id: tenant for tenant in session.execute(_TENANTS, {"tenants": sorted(tenant_ids)})} if tenant_ids else {}
    steps = _grouped(_steps(session, ids, names))
    rounds = _grouped(_rounds(session, ids, names))
    attendants = _attendants(session, ids, names)
    changes = _grouped(_changes(session, ids, names, {room.id or 0: (room.name, room.name_en) for room in rooms.values()}))
    return tuple(
        _row(
            meeting,
            rooms[meeting.room_id],
            tenants.get(meeting.tenant_id),
            attendants.get(meeting.id or 0, ()),
            steps.get(meeting.id or 0, ()),
            rounds.get(meeting.id or 0, ()),
            changes.get(meeting.id or 0, ()),
            names,
        )
        for meeting in meetings
    )


def _row(
    meeting: Meeting,
    room: Row[Any],
    tenant: Row[Any] | None,
    attendants: tuple[Person, ...],
    steps: Sequence[StepRow],
    rounds: Sequence[RoundRow],
    changes: Sequence[ChangeRow],
    names: dict[int, str],
) -> MeetingRow:
    assert meeting.id is not None
    same = (
        "title layout day starts_at ends_at reserved_from reserved_until estimated guaranteed actual tenant_id contact_name contact_phone "
        "tea_minutes break_at equipment notes plan asked_at confirm_due_at unconfirmed_at confirmed_at started_at "
        "ended_at closed_at cancelled_at cancel_reason override_reason made_at version"
    )
    return MeetingRow(
        meeting_id=meeting.id,
        category=Category(meeting.category),
        source=Source(meeting.source),
        state=State(meeting.state),
        room_id=meeting.room_id,
        room=room.name,
        room_en=room.name_en,
        floor=room.floor,
        people=people_of(meeting),
        tenant=tenant.name if tenant else "",
        tenant_en=tenant.name_en if tenant else "",
        confirmed_by=_actor(names, meeting.confirmed_by),
        made_by=_actor(names, meeting.made_by),
        attendants=attendants,
        undisturbed_since=undisturbed_since(meeting),
        steps=tuple(steps),
        rounds=tuple(rounds),
        changes=tuple(changes),
        **{field: getattr(meeting, field) for field in same.split()},
    )


def _names(session: Session) -> dict[int, str]:
    return {staff_id or 0: name for staff_id, name in session.exec(_NAMES)}


def _person(names: dict[int, str], staff_id: int | None) -> Person | None:
    return Person(staff_id=staff_id, name=names.get(staff_id, "")) if staff_id is not None else None


def _actor(names: dict[int, str], actor: str) -> str:
    """Return the name of who did something as the operation knows him; empty for the house and other programs."""
    kind, _, staff_id = actor.partition(":")
    return names.get(int(staff_id), "") if kind == "staff" and staff_id.isdigit() else ""


def _grouped(found: Iterable[Part]) -> dict[int, list[Part]]:
    grouped: dict[int, list[Part]] = {}
    for row in found:
        grouped.setdefault(row.meeting_id, []).append(row)
    return grouped


def _steps(session: Session, ids: Sequence[int], names: dict[int, str]) -> Iterable[StepRow]:
    found = session.execute(_STEPS, {"meetings": ids}).all()
    quantities: dict[int, list[tuple[str, int]]] = {}
    counted = [step.id for step in found if step.kind in rules.QUANTITIES]
    if counted:
        for row in session.exec(select(StepQuantity).where(col(StepQuantity.step_id).in_(counted)).order_by(col(StepQuantity.id))):
            if row.quantity:
                quantities.setdefault(row.step_id, []).append((row.item, row.quantity))
    for step in found:
        yield StepRow(
            step_id=step.id,
            meeting_id=step.meeting_id,
            kind=Kind(step.kind),
            anchor=Anchor(step.anchor),
            party=Party(step.party),
            phase=Phase(step.phase),
            mandatory=step.mandatory,
            due_at=step.due_at,
            compressed=step.compressed,
            state=StepState(step.state),
            level=Level(step.level),
            staff=_person(names, step.staff_id),
            settled_at=step.settled_at,
            settled_by=names.get(step.settled_staff_id or 0) or _actor(names, step.settled_by),
            answered_name=step.answered_name,
            reason=step.reason,
            quantities=tuple(quantities.get(step.id, ())),
        )


def _rounds(session: Session, ids: Sequence[int], names: dict[int, str]) -> Iterable[RoundRow]:
    wanted = select(TeaRound).where(col(TeaRound.meeting_id).in_(ids), TeaRound.state != RoundState.DROPPED.value)
    for row in session.exec(wanted.order_by(col(TeaRound.number))):
        yield RoundRow(
            round_id=row.id or 0,
            meeting_id=row.meeting_id,
            number=row.number,
            due_at=row.due_at,
            state=RoundState(row.state),
            level=Level(row.level),
            staff=_person(names, row.staff_id),
            settled_at=row.settled_at,
            settled_by=names.get(row.settled_staff_id or 0, ""),
            cups=row.cups,
            reason=row.reason,
        )


def _attendants(session: Session, ids: Sequence[int], names: dict[int, str]) -> dict[int, tuple[Person, ...]]:
    found: dict[int, tuple[Person, ...]] = {}
    for meeting_id, staff_id in session.execute(_ATTENDANTS, {"meetings": ids}):
        found[meeting_id] = (*found.get(meeting_id, ()), Person(staff_id=staff_id, name=names.get(staff_id, "")))
    return found


def _changes(session: Session, ids: Sequence[int], names: dict[int, str], rooms: dict[int, tuple[str, str]]) -> Iterable[ChangeRow]:
    wanted = select(MeetingChange).where(col(MeetingChange.meeting_id).in_(ids)).order_by(col(MeetingChange.revision))
    changes = session.exec(wanted).all()
    if not changes:
        return
    unseen: dict[int, list[ChangeSeen]] = {}
    waiting = select(ChangeSeen).where(col(ChangeSeen.meeting_id).in_(ids), col(ChangeSeen.seen_at).is_(None))
    for seen in session.exec(waiting.order_by(col(ChangeSeen.id))):
        unseen.setdefault(seen.change_id, []).append(seen)
    for change in changes:
        who = unseen.get(change.id or 0, [])
        told = differences_of(change)
        yield ChangeRow(
            change_id=change.id or 0,
            meeting_id=change.meeting_id,
            made_at=change.made_at,
            by=_actor(names, change.made_by),
            differences=told,
            steps_moved=change.steps_moved,
            elsewhere=change.elsewhere,
            unseen=tuple(Person(staff_id=seen.staff_id, name=names.get(seen.staff_id, "")) for seen in who),
            level=max((Level(seen.level) for seen in who), key=list(Level).index, default=Level.NONE),
            rooms={
                value: rooms.get(value, ("", ""))
                for one in told
                if one.field == "room_id"
                for value in (one.before, one.after)
                if isinstance(value, int)
            },
        )


def differences_of(change: MeetingChange) -> tuple[Difference, ...]:
    """Return what a stored change says was different."""
    before, after = json.loads(change.before), json.loads(change.after)
    return tuple(Difference(field=field, before=before.get(field), after=after[field]) for field in after)

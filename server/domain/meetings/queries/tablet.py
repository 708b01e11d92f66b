"""What a floor tablet shows: what to do now, what comes next, each change to be seen, and how the rooms stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session

from server.domain.meetings import rules
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.finding import open_with
from server.domain.meetings.queries.rows import ChangeRow, MeetingRow, Person, RoundRow, StepRow
from server.domain.meetings.rules import Kind, Level, Party, RoundState, State, Stop
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import RoomCard


class What(StrEnum):
    """What a line of the list is about."""

    STEP = "step"
    TEA = "tea"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True)
class Todo:
    """One thing an attendant does. A round of tea may take others along (``trip``); ``ask`` asks whether a meeting began.

    ``mine``: it is this attendant's; otherwise it is anybody's, or somebody else's and late.
    """

    what: What
    meeting: MeetingRow
    due_at: datetime
    level: Level
    mine: bool
    staff: Person | None
    step: StepRow | None = None
    round: RoundRow | None = None
    trip: tuple[tuple[RoundRow, MeetingRow], ...] = ()

    @property
    def key(self) -> str:
        """A name for it on the page."""
        if self.step is not None:
            return f"step-{self.step.step_id}"
        return f"round-{self.round.round_id}" if self.round is not None else f"ask-{self.meeting.meeting_id}"


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """An attendant's list: what is soon, due or late, and what comes after it; ``more`` is how many follow today."""

    now: tuple[Todo, ...]
    next: tuple[Todo, ...]
    more: int


NEXT = 6
"""Things shown that come next."""

HELD = (Level.LATE, Level.BOARD, Level.SUPERVISOR)
"""So late that the others see it too."""


def to_do(session: Session, staff_id: int, today: date) -> ToDo:
    """Return what an attendant does now and next, by its hour: his own, nobody's, and what others are late with."""
    meetings = meeting_rows.at_hand(session, today)
    # Of one hour, those of the earlier meeting first, each in the order of its sheet.
    found = sorted(_of_all(meetings, staff_id, today), key=lambda one: one.due_at)
    now = tuple(one for one in found if one.level is not Level.NONE)
    later = [one for one in found if one.level is Level.NONE and (one.mine or one.staff is None)]
    return ToDo(now=now, next=tuple(later[:NEXT]), more=max(0, len(later) - NEXT))


def _of_all(meetings: Sequence[MeetingRow], staff_id: int, today: date) -> Iterator[Todo]:
    for meeting in meetings:
        yield from _asked(meeting, staff_id)
        for step in meeting.open_steps:
            if meeting.day > today and step.level is Level.NONE:
                continue
            if _is_attendants(meeting, step) and (_is_mine(step.staff, staff_id) or step.level in HELD):
                yield Todo(
                    what=What.STEP,
                    meeting=meeting,
                    due_at=step.due_at,
                    level=step.level,
                    mine=_is_his(step.staff, staff_id),
                    staff=step.staff,
                    step=step,
                )
    yield from _tea(meetings, staff_id)


def _is_attendants(meeting: MeetingRow, step: StepRow) -> bool:
    """Tell whether a step stands on the tablets: what attendants do, cleaning they call, and only once its time can come."""
    if step.party not in (Party.ATTENDANT, Party.CLEANING):
        return False
    if step.anchor is rules.Anchor.END:
        return meeting.state in (State.ENDED, State.TURNING_OVER)
    # The question whether it began does what the sign does.
    return not (step.kind is Kind.SIGN and meeting.asked_at is not None)


def _asked(meeting: MeetingRow, staff_id: int) -> Iterator[Todo]:
    if meeting.asked_at is None or meeting.state not in rules.BEFORE_START:
        return
    first = meeting.attendants[0] if meeting.attendants else None
    yield Todo(
        what=What.ASK,
        meeting=meeting,
        due_at=meeting.starts_at,
        level=Level.DUE,
        mine=any(person.staff_id == staff_id for person in meeting.attendants),
        staff=first,
    )


def _tea(meetings: Sequence[MeetingRow], staff_id: int) -> Iterator[Todo]:
    rounds = {each.round_id: (each, meeting) for meeting in meetings if (each := meeting.round) is not None and each.due_at is not None}
    stops = [
        Stop(round_id=each.round_id, floor=meeting.floor, due_at=each.due_at)
        for each, meeting in rounds.values()
        if each.due_at is not None and each.state is RoundState.ARMED and _tea_is_his(each, meeting, staff_id)
    ]
    for trip in rules.trips(stops):
        (first, meeting), *along = (rounds[stop.round_id] for stop in trip)
        yield _tea_todo(first, meeting, staff_id, tuple(along))
    for each, meeting in rounds.values():
        if each.state is not RoundState.ARMED and _tea_is_his(each, meeting, staff_id):
            yield _tea_todo(each, meeting, staff_id, ())


def _tea_todo(each: RoundRow, meeting: MeetingRow, staff_id: int, along: tuple[tuple[RoundRow, MeetingRow], ...]) -> Todo:
    assert each.due_at is not None
    return Todo(
        what=What.TEA,
        meeting=meeting,
        due_at=each.due_at,
        level=each.level,
        mine=_is_his(each.staff, staff_id) or any(person.staff_id == staff_id for person in meeting.attendants),
        staff=each.staff,
        round=each,
        trip=along,
    )


def _tea_is_his(each: RoundRow, meeting: MeetingRow, staff_id: int) -> bool:
    if each.staff is not None:
        return each.staff.staff_id == staff_id or each.level in HELD
    attendants = [person.staff_id for person in meeting.attendants]
    return staff_id in attendants or not attendants or each.level in HELD


def _is_mine(staff: Person | None, staff_id: int) -> bool:
    return staff is None or staff.staff_id == staff_id


def _is_his(staff: Person | None, staff_id: int) -> bool:
    return staff is not None and staff.staff_id == staff_id


def changes_to_see(session: Session, staff_id: int) -> tuple[tuple[ChangeRow, MeetingRow], ...]:
    """Return for each meeting the newest change that somebody has not acknowledged, those first that lead to another door."""
    wanted = meeting_rows.with_unseen(session, staff_id)
    found = []
    for meeting in wanted:
        mine = [change for change in meeting.changes if any(person.staff_id == staff_id for person in change.unseen)]
        if mine:
            found.append((_together(mine), meeting))
    return tuple(sorted(found, key=lambda pair: (not pair[0].elsewhere, pair[1].starts_at)))


def _together(changes: Sequence[ChangeRow]) -> ChangeRow:
    """Return several changes as one, from the first's before to the last's after."""
    first, last = changes[0], changes[-1]
    if first is last:
        return last
    before: dict[str, rules.Plain] = {}
    after: dict[str, rules.Plain] = {}
    for change in changes:
        for one in change.differences:
            before.setdefault(one.field, one.before)
            after[one.field] = one.after
    return ChangeRow(
        change_id=last.change_id,
        meeting_id=last.meeting_id,
        made_at=last.made_at,
        by=last.by,
        differences=rules.differences(before, after),
        steps_moved=max(change.steps_moved for change in changes),
        elsewhere=any(change.elsewhere for change in changes),
        unseen=last.unseen,
        level=last.level,
        rooms={number: name for change in changes for number, name in change.rooms.items()},
    )


class RoomStatus(StrEnum):
    """How a room stands, in the words every screen uses."""

    FREE = "free"
    SETTING = "setting"
    READY = "ready"
    IN_USE = "in_use"
    TO_TIDY = "to_tidy"
    TIDYING = "tidying"
    SERVICE = "service"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class RoomRow:
    """A room with the meeting that takes it now, and the one after."""

    room: RoomCard
    status: RoomStatus
    current: MeetingRow | None
    next: MeetingRow | None


def to_hand_over(session: Session, staff_id: int, today: date) -> int:
    """Return how many meetings somebody else would take with all that an attendant has open up to a day."""
    return len(open_with(session, staff_id, today))


def rooms_today(session: Session, today: date, called: Iterable[int] = ()) -> tuple[RoomRow, ...]:
    """Return how each room stands today; ``called`` are the rooms somebody calls from."""
    meetings = meeting_rows.still_open(session, today)
    calling = set(called)
    return tuple(_room_row(card, [m for m in meetings if m.room_id == card.id], card.id in calling) for card in rooms.rooms(session))


STATUS = {
    State.PREPARING: RoomStatus.SETTING,
    State.READY: RoomStatus.READY,
    State.IN_SESSION: RoomStatus.IN_USE,
    State.ENDED: RoomStatus.TO_TIDY,
    State.TURNING_OVER: RoomStatus.TIDYING,
}
"""States in which a room is its meeting's, and how it stands then where nothing is pressing; in every other state it is free."""


def _room_row(card: RoomCard, meetings: Sequence[MeetingRow], calling: bool) -> RoomRow:
    taking = [meeting for meeting in meetings if meeting.state in STATUS]
    # Whoever sits there has it, though nobody has tidied up after those before.
    current = next((meeting for meeting in taking if meeting.state is State.IN_SESSION), taking[0] if taking else None)
    others = [meeting for meeting in meetings if meeting is not current and meeting.state in rules.BEFORE_START]
    return RoomRow(room=card, status=_status(current, meetings, calling), current=current, next=others[0] if others else None)


def _status(current: MeetingRow | None, meetings: Sequence[MeetingRow], calling: bool) -> RoomStatus:
    if calling:
        return RoomStatus.SERVICE
    if any(meeting.late for meeting in meetings):
        return RoomStatus.LATE
    return STATUS[current.state] if current else RoomStatus.FREE

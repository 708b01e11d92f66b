"""What is done for the demo's meetings: their run sheets, their course, their tea. Each is a list of acts, by when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from server.demo import programme
from server.demo.hands import MINUTE, Act, Hands, fate_of
from server.demo.programme import Fate
from server.domain.meetings import rules, service
from server.domain.meetings.queries import finding
from server.domain.meetings.rules import Anchor, Category, Kind, Party, RoundState, State, StepState
from server.domain.meetings.tables import Meeting, Step, TeaRound

SOONER = timedelta(minutes=5)
"""What takes long is begun so long before it is due."""
LONG = (Kind.DRAW_SUPPLIES, Kind.CHECK_ROOM)
NAMES = {Party.EQUIPMENT: "设备保障 许工", Party.SECURITY: "保安队 王队长", Party.CLEANING: "保洁 周师傅"}
"""Who answers for a department."""
UNCONFIRMED = (State.REGISTERED, State.TO_RECONFIRM)
AHEAD = timedelta(hours=4)
"""How long before its hour a meeting is looked at: that is when it may be cancelled."""
GIVEN_UP = timedelta(minutes=30)
"""A meeting that nobody began by so long after its end never took place: the park was not served then."""
CANCELLED_BEFORE = timedelta(minutes=170)


# --- the run sheet -------------------------------------------------------------------------------------------------------


def steps(hands: Hands, session: Session, until: datetime, *, live: bool) -> Iterator[Act]:
    """Give what is to be done of the run sheets; ``live``: what takes long is seen to be under way first."""
    wanted = (
        select(Step, Meeting)
        .join(Meeting, col(Meeting.id) == col(Step.meeting_id))
        .where(col(Step.state).in_([state.value for state in rules.OPEN_STEPS]), col(Step.due_at) <= until + SOONER)
        .where(col(Meeting.state).in_(finding.OPEN_WORDS), Step.kind != Kind.SIGN.value)
    )
    over = (State.ENDED.value, State.TURNING_OVER.value)
    for step, meeting in session.exec(wanted.order_by(col(Step.due_at), col(Step.id))):
        if step.anchor == Anchor.END and meeting.state not in over:
            continue
        if step.kind == Kind.RECONFIRM:
            yield from _needless(hands, step, meeting)
            continue
        if live and step.kind in LONG and step.state == StepState.PLANNED:
            yield from _beginning(hands, step, meeting)
        yield _finishing(hands, step, meeting)


def _finishing(hands: Hands, step: Step, meeting: Meeting) -> Act:
    kind, number, who = Kind(step.kind), step.id or 0, _whose(hands, step, meeting)
    when = hands.patient(meeting, [step.staff_id], step.due_at, _lateness(hands, kind, number))
    do = partial(
        service.finish_step,
        hands.door,
        hands.by(who),
        step_id=number,
        staff_id=who,
        answered_name=NAMES.get(Party(step.party), ""),
        quantities=_quantities(hands, step, meeting) if kind in rules.QUANTITIES else None,
    )
    return Act(when=when, key=("step", number), do=do)


def _beginning(hands: Hands, step: Step, meeting: Meeting) -> Iterator[Act]:
    number, who = step.id or 0, _whose(hands, step, meeting)
    if who == step.staff_id and fate_of(meeting) is not None:
        when = step.due_at - SOONER + hands.pace(0, 120, "begin", number)
        yield Act(when=when, key=("begin", number), do=partial(service.begin_step, hands.door, hands.by(who), step_id=number, staff_id=who))


def _whose(hands: Hands, step: Step, meeting: Meeting) -> int | None:
    if step.party in (Party.DESK, Party.EQUIPMENT, Party.SECURITY):
        return hands.people.desk
    if step.party == Party.SUPERVISOR:
        return hands.people.supervisor
    return hands.hand(step.staff_id, meeting.id, step.id or 0)


def _lateness(hands: Hands, kind: Kind, number: int) -> timedelta:
    if kind in (Kind.TIDY, Kind.CLEANING):
        return hands.pace(170, 285, kind, number)
    # One in nine is late on purpose, so that what late looks like is seen.
    return hands.pace(320, 420, kind, number) if number % 9 == 4 else hands.pace(25, 200, kind, number)


def _quantities(hands: Hands, step: Step, meeting: Meeting) -> dict[str, int]:
    """Return what is drawn for a meeting, or what was used of it."""
    drawn = dict(rules.supplies_for(finding.people_of(meeting)))
    if step.kind == Kind.DRAW_SUPPLIES:
        return drawn
    share = hands.pace(70, 100, "used", step.id) / timedelta(seconds=100)
    return {item: max(1, round(quantity * share)) for item, quantity in drawn.items()}


def _needless(hands: Hands, step: Step, meeting: Meeting) -> Iterator[Act]:
    """Settle a reconfirmation that nobody needs any more: the room is being prepared."""
    number = step.id or 0
    if meeting.state not in UNCONFIRMED and fate_of(meeting) is not None:
        desk = hands.people.desk
        do = partial(service.skip_step, hands.door, hands.by(desk), step_id=number, staff_id=desk, reason="not_needed")
        yield Act(when=step.due_at + hands.pace(60, 240, "needless", number), key=("step", number), do=do)


# --- the course of a meeting ---------------------------------------------------------------------------------------------


def courses(hands: Hands, session: Session, until: datetime, *, but: Collection[int]) -> Iterator[Act]:
    """Give how meetings begin, are counted, and end; how one is cancelled, and how nobody comes to another."""
    wanted = select(Meeting).where(col(Meeting.state).in_(finding.OPEN_WORDS), col(Meeting.starts_at) <= until + AHEAD)
    for meeting in session.exec(wanted.order_by(col(Meeting.id))):
        if meeting.id in but:
            continue
        if meeting.state in rules.BEFORE_START:
            yield _before(hands, meeting)
        elif meeting.state == State.IN_SESSION:
            yield from _during(hands, meeting)


def _before(hands: Hands, meeting: Meeting) -> Act:
    number, who, door = meeting.id or 0, hands.hand(None, meeting.id, meeting.id or 0), hands.door
    fate, starts = fate_of(meeting), meeting.starts_at
    if fate is Fate.CANCELLED:
        reason = programme.REASONS[number % len(programme.REASONS)]
        when = max(starts - CANCELLED_BEFORE, meeting.made_at + 10 * MINUTE)
        do = partial(service.cancel, door, hands.by(hands.people.desk), meeting_id=number, reason=reason)
        return Act(when=when, key=("cancel", number), do=do)
    if fate is Fate.NO_SHOW or meeting.ends_at + GIVEN_UP < door.clock.now():
        when = starts + hands.pace(930, 1120, "nobody", number)
        return Act(when=when, key=("nobody", number), do=partial(service.nobody_came, door, hands.by(who), meeting_id=number))
    when = hands.patient(meeting, (), starts, hands.pace(10, 140, "start", number))
    do = partial(service.start_meeting, door, hands.by(who), meeting_id=number, staff_id=who)
    return Act(when=when, key=("start", number), do=do)


def _during(hands: Hands, meeting: Meeting) -> Iterator[Act]:
    number, who, door = meeting.id or 0, hands.hand(None, meeting.id, meeting.id or 0), hands.door
    began = meeting.started_at or meeting.starts_at
    ends = max(hands.patient(meeting, (), meeting.ends_at, hands.pace(-150, 200, "end", number)), began + 5 * MINUTE)
    yield Act(when=ends, key=("end", number), do=partial(service.end_meeting, door, hands.by(who), meeting_id=number))
    if fate_of(meeting) is None:
        return
    if meeting.actual is None:
        came = max(2, finding.people_of(meeting) + number % 4 - 2)
        do = partial(service.count_people, door, hands.by(who), meeting_id=number, people=came)
        yield Act(when=began + hands.pace(480, 840, "count", number), key=("count", number), do=do)
    # Important: out of the room, and nobody enters unless asked (S125). Who lifted it later is not overruled.
    if meeting.category == Category.IMPORTANT and meeting.undisturbed_since is None and door.clock.now() < began + 5 * MINUTE:
        do = partial(service.do_not_disturb, door, hands.by(who), meeting_id=number)
        yield Act(when=began + hands.pace(60, 150, "quiet", number), key=("quiet", number), do=do)


# --- tea -----------------------------------------------------------------------------------------------------------------


def rounds(hands: Hands, session: Session, until: datetime, *, but: Collection[int], live: bool) -> Iterator[Act]:
    """Give how rounds of tea are served, one in seven left out; ``live``: claimed and entered first, a tap each."""
    wanted = (
        select(TeaRound, Meeting)
        .join(Meeting, col(Meeting.id) == col(TeaRound.meeting_id))
        .where(col(TeaRound.state).in_([state.value for state in rules.OPEN_ROUNDS]), Meeting.state == State.IN_SESSION.value)
        .where(col(TeaRound.due_at) <= until)
    )
    for row, meeting in session.exec(wanted.order_by(col(TeaRound.id))):
        if meeting.id not in but and row.due_at is not None:
            after, do = _round(hands, row, meeting, live=live)
            theirs = [row.staff_id] if row.staff_id is not None else hands.looking_after(meeting)
            yield Act(when=hands.patient(meeting, theirs, row.due_at, after), key=(f"round {row.state}", row.id or 0), do=do)


def _round(hands: Hands, row: TeaRound, meeting: Meeting, *, live: bool) -> tuple[timedelta, Callable[[], object]]:
    number = row.id or 0
    who = hands.hand(row.staff_id, meeting.id, number)
    door, by = hands.door, hands.by(who)
    if number % 7 == 3:
        reason = rules.SKIP_REASONS[1 + number % 3]
        return hands.pace(60, 200, "skip", number), partial(service.skip_round, door, by, round_id=number, staff_id=who, reason=reason)
    if live and row.state == RoundState.ARMED and who is not None:
        return hands.pace(15, 70, "claim", number), partial(service.claim_round, door, by, round_id=number, staff_id=who)
    if live and row.state == RoundState.CLAIMED and who is not None:
        return hands.pace(90, 150, "enter", number), partial(service.enter_room, door, by, round_id=number, staff_id=who)
    cups = max(1, finding.people_of(meeting) - row.number)
    return hands.pace(190, 280, "serve", number), partial(service.finish_round, door, by, round_id=number, staff_id=who, cups=cups)

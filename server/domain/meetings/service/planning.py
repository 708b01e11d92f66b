"""What a meeting is to be, checked: where, when, for how many; and what it collides with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from server.days import Window
from server.db.transaction import Unit
from server.domain.meetings import rules
from server.domain.meetings.plans import FURTHEST, LONGEST, Plan
from server.domain.meetings.queries import finding
from server.domain.people.tables import Tenant
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import LayoutCard
from server.errors import BadInput, Conflict, NotFound
from server.text import clean_line, clean_text


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A plan in which everything can be: tidy words, the layout's card, the room's time with set-up and turn-over."""

    plan: Plan
    card: LayoutCard
    reserved: Window


def check(tx: Unit, plan: Plan) -> Checked:
    """Return the plan checked; refused by field: a missing title, an unknown room or layout, an end before the start, too many people."""
    if plan.category not in {each.value for each in rules.Category}:
        raise BadInput("category_unknown", field="category")
    card = _layout(tx, plan)
    _check_times(tx, plan)
    _check_people(plan, card)
    if plan.tea_minutes is not None and not rules.LEAST_MINUTES <= plan.tea_minutes <= rules.MOST_MINUTES:
        raise BadInput("tea_out_of_range", field="tea_minutes", least=rules.LEAST_MINUTES, most=rules.MOST_MINUTES)
    if plan.tenant_id is not None and tx.session.get(Tenant, plan.tenant_id) is None:
        raise BadInput("tenant_unknown", field="tenant_id")
    reserved = Window(
        begins=plan.starts_at - timedelta(minutes=card.setup_minutes), ends=plan.ends_at + timedelta(minutes=card.turnover_minutes)
    )
    return Checked(plan=_tidy(plan), card=card, reserved=reserved)


def _layout(tx: Unit, plan: Plan) -> LayoutCard:
    try:
        room = rooms.room_card(tx.session, plan.room_id)
    except NotFound:
        raise BadInput("room_unknown", field="room_id") from None
    if not room.active:
        raise BadInput("room_retired", field="room_id")
    card = room.layout(plan.layout)
    if card is None:
        raise BadInput("layout_not_offered", field="layout")
    return card


def _check_times(tx: Unit, plan: Plan) -> None:
    if plan.ends_at <= plan.starts_at:
        raise BadInput("ends_before_start", field="ends_at")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise BadInput("too_long_meeting", field="ends_at", most_hours=LONGEST // timedelta(hours=1))
    if plan.starts_at > tx.now + FURTHEST:
        raise BadInput("too_far_ahead", field="starts_at", most_days=FURTHEST.days)
    if plan.break_at is not None and not plan.starts_at < plan.break_at < plan.ends_at:
        raise BadInput("break_outside", field="break_at")


def _check_people(plan: Plan, card: LayoutCard) -> None:
    for field in ("estimated", "guaranteed"):
        people = getattr(plan, field)
        if people is None:
            continue
        if people < 0:
            raise BadInput("too_small", field=field, ge=0)
        # What is guaranteed counts; what was estimated before is history then.
        if people > card.capacity and (field == "guaranteed" or plan.guaranteed is None):
            raise BadInput("too_many_for_layout", field=field, capacity=card.capacity)


def _tidy(plan: Plan) -> Plan:
    return Plan(
        title=clean_line(plan.title, field="title", most=rules.LONGEST_TITLE, least=1),
        room_id=plan.room_id,
        layout=plan.layout,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        category=plan.category,
        estimated=plan.estimated,
        guaranteed=plan.guaranteed,
        tenant_id=plan.tenant_id,
        contact_name=clean_line(plan.contact_name, field="contact_name", most=60),
        contact_phone=clean_line(plan.contact_phone, field="contact_phone", most=30),
        tea_minutes=plan.tea_minutes,
        break_at=plan.break_at,
        equipment=clean_line(plan.equipment, field="equipment", most=200),
        notes=clean_text(plan.notes, field="notes", most=rules.LONGEST_NOTES),
        plan=clean_text(plan.plan, field="plan", most=rules.LONGEST_PLAN),
    )


def refuse_taken(tx: Unit, checked: Checked, *, but: Collection[int] = ()) -> None:
    """Refuse with Conflict ``room_taken`` where the room's time is a meeting's, not one of ``but``: which, when, and the next free start.

    ``latest_at`` is when this one must end so that the other has the room in time.
    """
    room_id = checked.plan.room_id
    others = finding.taking(tx.session, room_id, checked.reserved, but=but)
    if not others:
        return
    other = others[0]
    free = finding.free_from(tx.session, room_id, checked.reserved, but=but)
    setup = timedelta(minutes=checked.card.setup_minutes)
    raise Conflict(
        "room_taken",
        room=room_id,
        meeting=finding.number(other),
        begins_at=other.reserved_from.isoformat(),
        ends_at=other.reserved_until.isoformat(),
        starts_at=other.starts_at.isoformat(),
        latest_at=(other.reserved_from - timedelta(minutes=checked.card.turnover_minutes)).isoformat(),
        free_at=(free + setup).isoformat() if free else None,
    )


def refuse_nobody_free(tx: Unit, checked: Checked, day_people: int, *, but: int | None = None) -> None:
    """Refuse with Conflict ``nobody_free`` where fewer attendants are free for the whole of the reserved time than the category takes."""
    engaged = finding.engagements(tx.session, checked.plan.starts_at.astimezone(tx.settings.zone).date(), but=but)
    free = [
        person for person in finding.attendants(tx.session) if not any(window.meets(checked.reserved) for window in engaged.get(person, []))
    ]
    if len(free) < day_people:
        raise Conflict("nobody_free", needed=day_people, free=len(free))

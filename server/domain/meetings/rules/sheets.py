"""The run sheet: which steps a meeting of each category has, when, and whose they are. The plan's own times are marked by their rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from server.domain.meetings.rules.booking import Category


class Anchor(StrEnum):
    """What a step's hour hangs on."""

    DAY_BEFORE = "day_before"
    START = "start"
    BREAK = "break"
    END = "end"


class Party(StrEnum):
    """Who does a step: attendants and the desk do it themselves, the others are asked, and answer."""

    ATTENDANT = "attendant"
    DESK = "desk"
    SUPERVISOR = "supervisor"
    EQUIPMENT = "equipment"
    SECURITY = "security"
    CLEANING = "cleaning"


ASKED = (Party.EQUIPMENT, Party.SECURITY, Party.CLEANING)
"""Other departments: who of them answered is written down by name (S85, S137, S139, S142)."""


class Phase(StrEnum):
    """What a step counts for: readiness before, the service, or closing."""

    BEFORE = "before"
    PREPARE = "prepare"
    SERVE = "serve"
    CLOSE = "close"


class Kind(StrEnum):
    """Every step there is; the names are stable."""

    RECONFIRM = "reconfirm"
    PLAN = "plan"
    PICK_LIST = "pick_list"
    DRAW_SUPPLIES = "draw_supplies"
    CHECK_ROOM = "check_room"
    CHECK_EQUIPMENT = "check_equipment"
    STANDBY = "standby"
    SECURITY = "security"
    LIGHTS_ON = "lights_on"
    GREET_DOOR = "greet_door"
    GREET_LIFT = "greet_lift"
    FIRST_POUR = "first_pour"
    SIGN = "sign"
    LEAVE_ROOM = "leave_room"
    TEA_BREAK = "tea_break"
    TIDY = "tidy"
    CLEANING = "cleaning"
    LOST_PROPERTY = "lost_property"
    DISINFECT = "disinfect"
    CONSUMABLES = "consumables"
    LIGHTS_OFF = "lights_off"


@dataclass(frozen=True, kw_only=True)
class SheetStep:
    """One line of a run sheet. ``minutes`` are after the anchor (before it when negative; with ``DAY_BEFORE`` after midnight)."""

    kind: Kind
    anchor: Anchor
    minutes: int
    party: Party
    phase: Phase
    rule: str = ""
    mandatory: bool = True
    takes_minutes: int = 5
    enabled: bool = True


_ALL = tuple(Category)
_SOLEMN = (Category.IMPORTANT, Category.VIP)


def _step(
    kind: Kind,
    anchor: Anchor,
    minutes: int,
    phase: Phase,
    *,
    party: Party = Party.ATTENDANT,
    rule: str = "",
    takes: int = 5,
    mandatory: bool = True,
    only: tuple[Category, ...] = _ALL,
    vip: int | None = None,
) -> tuple[tuple[Category, ...], SheetStep, int | None]:
    step = SheetStep(
        kind=kind, anchor=anchor, minutes=minutes, party=party, phase=phase, rule=rule, mandatory=mandatory, takes_minutes=takes
    )
    return only, step, vip


_LINES = (
    _step(Kind.PLAN, Anchor.DAY_BEFORE, 11 * 60, Phase.BEFORE, party=Party.SUPERVISOR, rule="S131", only=(Category.VIP,)),
    _step(Kind.RECONFIRM, Anchor.DAY_BEFORE, 16 * 60, Phase.BEFORE, party=Party.DESK, rule="S114"),
    _step(Kind.PICK_LIST, Anchor.DAY_BEFORE, 17 * 60, Phase.BEFORE, rule="S116", takes=10, mandatory=False),
    _step(Kind.DRAW_SUPPLIES, Anchor.START, -120, Phase.PREPARE, rule="S117", takes=15, vip=-180),
    _step(Kind.CHECK_ROOM, Anchor.START, -60, Phase.PREPARE, rule="S119", takes=20, vip=-90),
    _step(Kind.CHECK_EQUIPMENT, Anchor.START, -60, Phase.PREPARE, rule="S118", takes=10, vip=-90),
    _step(Kind.STANDBY, Anchor.START, -30, Phase.PREPARE, party=Party.EQUIPMENT, rule="S137", only=_SOLEMN),
    _step(Kind.SECURITY, Anchor.START, -30, Phase.PREPARE, party=Party.SECURITY, rule="S142", only=_SOLEMN),
    _step(Kind.LIGHTS_ON, Anchor.START, -15, Phase.PREPARE, rule="S120", takes=2),
    _step(
        Kind.GREET_DOOR,
        Anchor.START,
        -15,
        Phase.SERVE,
        rule="S122",
        takes=15,
        only=(Category.ORDINARY, Category.IMPORTANT, Category.VIP),
    ),
    _step(Kind.GREET_LIFT, Anchor.START, -15, Phase.SERVE, rule="S134", takes=15, only=(Category.VIP,)),
    _step(Kind.FIRST_POUR, Anchor.START, -5, Phase.SERVE, rule="S123", takes=5),
    _step(Kind.LEAVE_ROOM, Anchor.START, 0, Phase.SERVE, rule="S125", takes=1, only=(Category.IMPORTANT,)),
    _step(Kind.SIGN, Anchor.START, 0, Phase.SERVE, rule="S140", takes=1),
    _step(Kind.TEA_BREAK, Anchor.BREAK, -5, Phase.SERVE, rule="S126", takes=15, mandatory=False),
    _step(Kind.TIDY, Anchor.END, 0, Phase.CLOSE, rule="S127", takes=15),
    _step(Kind.CLEANING, Anchor.END, 0, Phase.CLOSE, party=Party.CLEANING, rule="S139"),
    _step(Kind.LOST_PROPERTY, Anchor.END, 0, Phase.CLOSE, takes=2),
    _step(Kind.DISINFECT, Anchor.END, 15, Phase.CLOSE, rule="S139", takes=10),
    _step(Kind.CONSUMABLES, Anchor.END, 15, Phase.CLOSE, rule="S32", takes=3),
    _step(Kind.LIGHTS_OFF, Anchor.END, 15, Phase.CLOSE, takes=1),
)


def _plan(category: Category) -> tuple[SheetStep, ...]:
    return tuple(
        replace(step, minutes=vip) if vip is not None and category is Category.VIP else step
        for only, step, vip in _LINES
        if category in only
    )


PLAN: Mapping[Category, tuple[SheetStep, ...]] = {category: _plan(category) for category in Category}
"""The sheets as the work plan has them; the supervisor may change hours and leave out what the plan does not demand."""

FIRST_ROUND = timedelta(minutes=15)
"""The first round of tea comes so long after the start; the plan says only “at suitable times” (S124)."""
TEA_MINUTES: Mapping[Category, int | None] = {
    Category.SMALL: None,
    Category.ORDINARY: 20,
    Category.IMPORTANT: None,
    Category.VIP: 15,
}
"""Minutes between rounds of tea; None is on call (small, S123) or on request only (important, S125)."""
ATTENDANTS: Mapping[Category, int] = {Category.SMALL: 1, Category.ORDINARY: 1, Category.IMPORTANT: 1, Category.VIP: 2}
"""How many look after a meeting: a guest of honour is greeted at the lift and at the door (S134)."""
QUANTITIES = (Kind.DRAW_SUPPLIES, Kind.CONSUMABLES)
"""Steps that are done by saying how much."""
SPARE_PERCENT = 10
SUPPLIES: Mapping[str, float] = {"cups": 1, "leaf_grams": 4, "water_bottles": 1, "paper_sheets": 2, "pens": 1}
"""Item → how much of it a head takes: what the pick list proposes, with ten per cent to spare; the hand says what was taken."""
CONFIRM_BY = time(16, 0)
ESCALATE_AT = time(17, 30)
"""Until when the day before a meeting is reconfirmed, and when the supervisor is told that it was not (S114)."""


@dataclass(frozen=True, kw_only=True)
class Hours:
    """What a sheet's anchors stand at: the day before as its midnight, the others as instants; ``pause`` is the tea break."""

    day_before: datetime
    start: datetime
    end: datetime
    pause: datetime | None


def due_at(step: SheetStep, hours: Hours) -> datetime | None:
    """Return when a step falls due; None for a step of a break that is not planned."""
    return instant_of(step.anchor, step.minutes, hours)


def instant_of(anchor: Anchor, minutes: int, hours: Hours) -> datetime | None:
    """Return the instant ``minutes`` after an anchor; None where there is no such anchor."""
    instant = {Anchor.DAY_BEFORE: hours.day_before, Anchor.START: hours.start, Anchor.BREAK: hours.pause, Anchor.END: hours.end}[anchor]
    return None if instant is None else instant + timedelta(minutes=minutes)


def steps_of(category: Category, changed: Mapping[Kind, SheetStep]) -> Iterator[SheetStep]:
    """Give the steps of a category, as the plan has them or as the supervisor changed them; those left out are passed over."""
    for step in PLAN[category]:
        mine = changed.get(step.kind, step)
        if mine.enabled:
            yield mine


def may_leave_out(step: SheetStep) -> bool:
    """Tell whether the supervisor may leave a step out: not what the written plan demands."""
    return not step.rule or not step.mandatory


def supplies_for(people: int) -> tuple[tuple[str, int], ...]:
    """Return what to draw for so many people, spare included, rounded up."""
    return tuple((item, math.ceil(people * each * (100 + SPARE_PERCENT) / 100)) for item, each in SUPPLIES.items())

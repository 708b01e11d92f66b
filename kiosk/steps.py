"""The steps of the kiosk: what each one asks, where Back leads, and how long a closing screen stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOME = "home"
WAIT = "wait"
HELP = "help"
REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One screen. ``asks`` names its fields; ``number`` of ``total`` is the place in its lane, 0 where there is none to show."""

    asks: tuple[str, ...] = ()
    back: str = HOME
    number: int = 0
    total: int = 0
    leaves: bool = False
    """Whether a code shown here means that its holder leaves."""
    is_end: bool = False
    """Whether the person is done here: the screen ends by itself, and a scan begins for somebody else."""


STEPS: Mapping[str, Step] = {
    HOME: Step(),
    "host": Step(asks=("text",), number=1, total=3),
    "person": Step(asks=("name", "phone", "company"), back="host", number=2, total=3),
    "visit": Step(asks=("purpose", "companions", "consent"), back="person", number=3, total=3),
    WAIT: Step(is_end=True, total=3),
    "code": Step(asks=("code",), number=1, total=2),
    "surname": Step(asks=("surname",), back="code", number=2, total=2),
    REFUSED: Step(),
    "leave": Step(leaves=True, number=1, total=2),
    "leave_code": Step(asks=("code", "surname"), back="leave", number=2, total=2, leaves=True),
    "leave_phone": Step(asks=("tail", "surname"), back="leave", number=2, total=2, leaves=True),
    "left": Step(is_end=True),
    "stayed": Step(is_end=True),
    HELP: Step(),
}
"""Every screen there is."""

LANES: Mapping[str, str] = {"walk_in": "host", "code": "code", "leave": "leave"}
"""A lane of the home screen → its first step."""

GOODBYE_SECONDS = 8
"""How long the goodbye stays; within this time the sign-out can be undone."""
AFTER_COMING_SECONDS = 10
"""How long the waiting screen stays once the host has said “coming”."""

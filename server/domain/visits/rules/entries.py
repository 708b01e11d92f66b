"""What may be written about a visit besides its state. Pure."""

from __future__ import annotations

from enum import StrEnum

MOST_COMPANIONS = 99
LONGEST_NAME = 60
LONGEST_COMPANY = 80
LONGEST_GATE = 20


class Purpose(StrEnum):
    """What somebody comes for."""

    MEETING = "meeting"
    INTERVIEW = "interview"
    VIEWING = "viewing"
    SERVICE = "service"
    OTHER = "other"


class LeftBy(StrEnum):
    """How it is known that somebody left."""

    PASS = "pass"  # noqa: S105 - the word on the badge, no secret
    CODE = "code"
    PHONE_TAIL = "phone_tail"
    HOST = "host"
    DESK = "desk"


# The two kinds of code share no number, so that one code never opens two things.
VISIT_CODES = range(700_000)
"""Codes of visits: 000000 to 699999."""
INVITATION_CODES = range(700_000, 1_000_000)
"""Codes of recurring invitations: 700000 to 999999."""


def tidy_code(text: str) -> int | None:
    """Return the six digits that were typed as a number; None if they are not six digits."""
    digits = "".join(text.split())
    return int(digits) if len(digits) == 6 and digits.isascii() and digits.isdigit() else None

"""What another program may be let do, and what its token looks like. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_NAME = 60
SIGN = "yb_"
"""How every token begins, so that one is known for what it is wherever it turns up."""
FORM = re.compile(r"yb_[a-z2-7]{52}")
USED_AGAIN = timedelta(minutes=1)
"""That a token was used is written down at most this often."""


class Scope(StrEnum):
    """What a token is good for."""

    MEETINGS_READ = "meetings:read"
    MEETINGS_WRITE = "meetings:write"
    INVITATIONS_WRITE = "invitations:write"


def kept(scopes: Iterable[Scope]) -> str:
    """Return scopes as they are stored, in one order."""
    wanted = set(scopes)
    return " ".join(scope.value for scope in Scope if scope in wanted)


def scopes_of(text: str) -> frozenset[Scope]:
    """Return the scopes that were stored."""
    return frozenset(Scope(word) for word in text.split())


def is_use_due(used_at: datetime | None, now: datetime) -> bool:
    """Tell whether it is to be written down that a token is used now."""
    return used_at is None or now - used_at >= USED_AGAIN

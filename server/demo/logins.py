"""Logins of the demo park, derived from the data folder's key: none stands in the repository, and each start shows the same ones."""

from __future__ import annotations

import base64
from itertools import count

from server.domain.staff.rules import is_simple_pin
from server.keys import Keys


def password(keys: Keys, username: str) -> str:
    """Return the demo password of a login: twelve letters and digits in three groups."""
    drawn = base64.b32encode(keys.mac("demo:password", username)).decode("ascii").lower()[:12]
    return "-".join(drawn[place : place + 4] for place in (0, 4, 8))


def pin(keys: Keys, name: str) -> str:
    """Return the demo PIN of an attendant: six digits that no rule finds simple."""
    drawn = (_six_digits(keys.mac("demo:pin", name if not turn else f"{name}:{turn}")) for turn in count())
    return next(digits for digits in drawn if not is_simple_pin(digits))


def _six_digits(drawn: bytes) -> str:
    """Return six digits of which none follows itself or its neighbour: easily told apart when they are typed."""
    digits = [drawn[0] % 10]
    for byte in drawn[1:6]:
        allowed = [digit for digit in range(10) if abs(digit - digits[-1]) > 1]
        digits.append(allowed[byte % len(allowed)])
    return "".join(str(digit) for digit in digits)

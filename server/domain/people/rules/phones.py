"""Phone numbers as they are stored and compared. Pure."""

from __future__ import annotations

import re
import unicodedata

FEWEST_DIGITS = 3
"""An extension inside the house."""
MOST_DIGITS = 20
TAIL = 4

_BETWEEN_DIGITS = re.compile(r"[\s()./\-–—]+")
_PHONE = re.compile(r"\+?[0-9]+")


def tidy_phone(text: str) -> str | None:
    """Return a phone number as digits with an optional leading plus, ``""`` for none; None if it cannot be one."""
    phone = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    if not phone:
        return ""
    if not _PHONE.fullmatch(phone) or not FEWEST_DIGITS <= len(phone.lstrip("+")) <= MOST_DIGITS:
        return None
    return phone


def phone_tail(phone: str) -> str:
    """Return the last four digits of a tidy number."""
    return phone[-TAIL:]

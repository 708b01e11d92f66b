"""What a device may be, and how a pairing goes. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class DeviceRole(StrEnum):
    """The face a device shows."""

    KIOSK = "kiosk"
    TABLET = "tablet"
    BOARD = "board"
    DOOR = "door"


class PairingState(StrEnum):
    """Where a pairing stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class PairingAction(StrEnum):
    """What can happen to a pairing."""

    APPROVE = "approve"
    REFUSE = "refuse"
    EXPIRE = "expire"


PAIRING_TABLE: dict[tuple[PairingState, PairingAction], PairingState] = {
    (PairingState.WAITING, PairingAction.APPROVE): PairingState.APPROVED,
    (PairingState.WAITING, PairingAction.REFUSE): PairingState.REFUSED,
    (PairingState.WAITING, PairingAction.EXPIRE): PairingState.EXPIRED,
}
"""Every pair that is not here is refused: a pairing ends once."""

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels (no words by chance), no digits, nothing that is mixed up when read aloud."""
CODE_LENGTH = 8
PAIRING_LIFE = timedelta(minutes=10)
MOST_PAIRINGS = 20
"""Pairings that may wait at once: more is somebody playing."""
QUIET_AFTER = timedelta(seconds=30)
"""A device not heard for this long is shown as offline."""


def code_from(number: int) -> str:
    """Return eight letters for a large random number."""
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[place])
    return "".join(letters)


def tidy_code(text: str) -> str:
    """Return a typed pairing code in capitals without blanks and dashes."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def spaced_code(code: str) -> str:
    """Return a pairing code as it is shown: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def is_role(role: str) -> bool:
    """Tell whether there is such a face."""
    return role in {each.value for each in DeviceRole}

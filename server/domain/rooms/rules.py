"""Layouts a room may be set up in: their names are stable codes; minutes and kits are where a new room starts from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_CAPACITY = 2000
MOST_MINUTES = 480
"""The longest that setting up or tidying may take."""


class Layout(StrEnum):
    """How tables and chairs stand."""

    CLASSROOM = "classroom"
    THEATRE = "theatre"
    USHAPE = "ushape"
    HOLLOW_SQUARE = "hollow_square"
    BOARDROOM = "boardroom"
    HERRINGBONE = "herringbone"
    BANQUET = "banquet"
    CRESCENT = "crescent"
    RECEPTION = "reception"
    SIGNING = "signing"


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What a layout takes where nobody has said otherwise: minutes, and how many of a room's theatre seats it holds."""

    setup_minutes: int
    turnover_minutes: int
    seats_percent: int


USUAL: Mapping[Layout, Usual] = {
    Layout.CLASSROOM: Usual(setup_minutes=30, turnover_minutes=20, seats_percent=60),
    Layout.THEATRE: Usual(setup_minutes=30, turnover_minutes=20, seats_percent=100),
    Layout.USHAPE: Usual(setup_minutes=30, turnover_minutes=20, seats_percent=35),
    Layout.HOLLOW_SQUARE: Usual(setup_minutes=30, turnover_minutes=20, seats_percent=40),
    Layout.BOARDROOM: Usual(setup_minutes=20, turnover_minutes=15, seats_percent=30),
    Layout.HERRINGBONE: Usual(setup_minutes=40, turnover_minutes=25, seats_percent=50),
    Layout.BANQUET: Usual(setup_minutes=60, turnover_minutes=40, seats_percent=60),
    Layout.CRESCENT: Usual(setup_minutes=50, turnover_minutes=30, seats_percent=40),
    Layout.RECEPTION: Usual(setup_minutes=40, turnover_minutes=20, seats_percent=20),
    Layout.SIGNING: Usual(setup_minutes=60, turnover_minutes=30, seats_percent=30),
}

PHOTO_KINDS: Mapping[str, bytes] = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
"""Media type of a photo → how such a file begins."""
LARGEST_PHOTO = 1_500_000
"""Bytes of a photo of the finished room; the page makes larger ones smaller before it sends them."""


def photo_kind(content: bytes) -> str | None:
    """Return the media type of a photo by what it holds, never by its name; None for anything else."""
    for kind, begins in PHOTO_KINDS.items():
        if content.startswith(begins) and (kind != "image/webp" or content[8:12] == b"WEBP"):
            return kind
    return None

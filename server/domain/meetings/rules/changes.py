"""What a change of a meeting is to the people who look after it: the difference, and whether it must be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.meetings.rules.steps import Level

Plain = str | int | None

SEEN_FIELDS = ("room_id", "starts_at", "ends_at", "layout", "people", "category", "tea_minutes", "break_at", "equipment", "cancelled")
"""What an attendant works by: a difference in one of these must be acknowledged. A contact's phone need not."""

CHANGE_LADDER: tuple[tuple[Level, timedelta], ...] = (
    (Level.BOARD, timedelta(minutes=2)),
    (Level.SUPERVISOR, timedelta(minutes=5)),
)
"""Not acknowledged for so long: red on the board, then the supervisor calls."""
AT_THE_DOOR = timedelta(minutes=120)
"""Who looks after a meeting that begins within this may be on the way to its room: another room is shown full-screen."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that changed. Instants are ISO text, a room is its id."""

    field: str
    before: Plain
    after: Plain


def differences(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> tuple[Difference, ...]:
    """Return what changed among the fields that people work by, in the order they are told."""
    return tuple(
        Difference(field=field, before=before.get(field), after=after.get(field))
        for field in SEEN_FIELDS
        if before.get(field) != after.get(field)
    )


def sends_elsewhere(changed: tuple[Difference, ...], *, starts_at: datetime, now: datetime) -> bool:
    """Tell whether somebody may stand at the wrong door: another room, soon."""
    return any(one.field == "room_id" for one in changed) and now >= starts_at - AT_THE_DOOR

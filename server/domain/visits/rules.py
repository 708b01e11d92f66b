"""What a visit may do next: states, the transition table, the host's answer, deadlines and windows. Pure.

`预约 expected → 在厅等候 waiting → 已接 met → 在内 in → 已离 out`, with side exits *no-show*, *declined*, *expired*,
*assumed left* and *withdrawn*. A walk-in starts at waiting (S18).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a visitor stands."""

    EXPECTED = "expected"
    WAITING = "waiting"
    MET = "met"
    IN = "in"
    OUT = "out"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    EXPIRED = "expired"
    ASSUMED_LEFT = "assumed_left"
    WITHDRAWN = "withdrawn"

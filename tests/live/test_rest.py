"""How long the relay rests after a flush: shortly after a lone fact, long enough in a burst."""

from __future__ import annotations

import pytest

from server.live.relay import rest_seconds


@pytest.mark.parametrize(
    ("took", "waited", "rest"),
    [(0.010, False, 0.005), (0.010, True, 0.020), (0.001, False, 0.002), (0.040, True, 0.050), (0.200, False, 0.050)],
)
def test_a_burst_is_rested_longer_than_a_lone_fact_within_limits(took: float, waited: bool, rest: float) -> None:
    assert rest_seconds(took, waited=waited) == pytest.approx(rest)

"""The steps of the kiosk, by themselves."""

from __future__ import annotations

from kiosk.steps import LANES, STEPS


def test_the_steps_lead_back_to_each_other() -> None:
    for step in STEPS.values():
        assert step.back in STEPS
    assert set(LANES.values()) < set(STEPS)


def test_a_walk_in_has_at_most_five_fields() -> None:
    fields = [field for name in ("host", "person", "visit") for field in STEPS[name].asks]
    assert set(fields) - {"companions", "consent"} == {"text", "name", "phone", "company", "purpose"}

"""Every rule of the work plan that the meeting floor carries is named by a test, by its number."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT, python_files

CARRIED = {23, 24, *range(28, 33), *range(112, 128), *range(130, 143)}
"""S23 to S32 and S112 to S142, but for rounds, newspapers and fruit (S25 to S27), and what is bought and in stock (S128, S129)."""

NAMED = re.compile(r"(?<!to )\bS(\d{1,3})\b(?! to S)")
"""By itself: a range names nothing."""


def test_every_rule_of_the_meeting_floor_is_named_by_a_test() -> None:
    named = set[int]()
    for path in python_files("tests"):
        if path.name != "test_rules_named.py":
            named |= {int(number) for number in NAMED.findall((ROOT / path).read_text(encoding="utf-8"))}
    assert CARRIED - named == set()

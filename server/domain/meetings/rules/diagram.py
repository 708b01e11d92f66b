"""Draw the tables of the meeting floor as ``docs/meetings.md``: ``python -m server.domain.meetings.rules.diagram > docs/meetings.md``."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from server.domain.meetings.rules import PLAN, ROUND_TRANSITIONS, STEP_TRANSITIONS, TRANSITIONS, Anchor, Category, SheetStep

HEAD = """# Meetings, steps and rounds of tea

Drawn from the tables in `server/domain/meetings/rules/` by `python -m server.domain.meetings.rules.diagram > docs/meetings.md`; a test
fails when it is not current. That a step or a round is due, or late, is no state: it is computed from its hour, and each line of the alarm
ladder (10 minutes before, the hour, 5, 10 and 15 minutes after) is a fact that the deadline loop records once. What somebody is at is late
only when it takes longer than it should: its ladder begins 5 minutes after that.

"""


def page() -> str:
    """Return the whole document."""
    parts = (
        ("A meeting", TRANSITIONS, "registered"),
        ("A step", STEP_TRANSITIONS, "planned"),
        ("A round of tea", ROUND_TRANSITIONS, "armed"),
    )
    drawn = "\n".join(f"## {title}\n\n```mermaid\n" + "\n".join(_lines(table, start)) + "\n```\n" for title, table, start in parts)
    return HEAD + drawn + "\n" + "\n".join(_sheets()) + "\n"


def _lines(table: Mapping[Any, StrEnum], start: str) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {start}"
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, action), to in table.items():
        arrows[state.value, to.value].append(action.value)
    for (begins, ends), labels in sorted(arrows.items()):
        yield f"    {begins} --> {ends}: {', '.join(sorted(labels))}"


def _sheets() -> Iterator[str]:
    yield "## Run sheets\n"
    yield "Minutes after the anchor, before it when negative; `S…` is the rule of the work plan that demands the step.\n"
    yield "| step | whose | anchor | " + " | ".join(Category) + " | rule |"
    yield "|---|---|---|" + "---|" * (len(Category) + 1)
    for kind in dict.fromkeys(step.kind for category in Category for step in PLAN[category]):
        lines = {category: next((step for step in PLAN[category] if step.kind is kind), None) for category in Category}
        some = next(step for step in lines.values() if step is not None)
        hours = " | ".join(_hour(lines[category]) for category in Category)
        yield f"| {kind} | {some.party} | {some.anchor} | {hours} | {some.rule} |"


def _hour(step: SheetStep | None) -> str:
    if step is None:
        return "–"
    if step.anchor is Anchor.DAY_BEFORE:
        return f"{step.minutes // 60:02d}:{step.minutes % 60:02d}"
    return f"{step.minutes:+d}" if step.minutes else "0"


if __name__ == "__main__":
    sys.stdout.write(page())

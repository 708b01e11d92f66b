"""Draw the transition table as the diagram of ``docs/visits.md``: ``python -m server.domain.visits.rules.diagram > docs/visits.md``."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

from server.domain.visits.rules.states import START, TRANSITIONS, Action, State

HEAD = """# A visit and its states

Drawn from the table in `server/domain/visits/rules/states.py` by `python -m server.domain.visits.rules.diagram > docs/visits.md`;
a test fails when it is not current. Facts that the desk, or a device that was offline, tells afterwards (`record_arrival`,
`record_departure`) are never refused: those that contradict what was known are marked with an exclamation mark.

"""


def page() -> str:
    """Return the whole document."""
    return HEAD + "```mermaid\n" + "\n".join(_lines()) + "\n```\n"


def _lines() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield from (f"    [*] --> {state}" for state in START)
    arrows: dict[tuple[State, State], list[str]] = defaultdict(list)
    for (state, action), transition in TRANSITIONS.items():
        arrows[state, transition.to].append(_label(action, contradicts=transition.contradicts))
    for (state, to), labels in sorted(arrows.items()):
        yield f"    {state} --> {to}: {', '.join(sorted(labels))}"


def _label(action: Action, *, contradicts: bool) -> str:
    return f"{action}!" if contradicts else action.value


if __name__ == "__main__":
    sys.stdout.write(page())

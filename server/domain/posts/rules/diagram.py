"""Draw the tables of the posts as ``docs/posts.md``: ``python -m server.domain.posts.rules.diagram > docs/posts.md``."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from server.domain.posts.rules.states import COVER_TABLE, LEAVES, POSTS, CoverState, LeaveState, PostState

HEAD = """# Posts, leave and cover

Drawn from the tables in `server/domain/posts/rules/states.py` by `python -m server.domain.posts.rules.diagram > docs/posts.md`; a test
fails when it is not current. The front desk is never empty: whoever is the last there goes to a meal, leaves or clocks out only when
somebody has taken over, or by closing the desk. `note_away` is what the supervisor found, and no guard holds it back; `back_to_…` take the
last change back within a minute; `assume_off` ends the duty of who has not clocked out for sixteen hours.
"""

PARTS: tuple[tuple[str, StrEnum, Mapping[Any, StrEnum]], ...] = (
    ("A post", PostState.OFF, POSTS),
    ("A wish to leave the post", LeaveState.ASKED, LEAVES),
    ("A wish to be covered", CoverState.ASKED, COVER_TABLE),
)


def page() -> str:
    """Return the whole document."""
    return HEAD + "".join(f"\n## {title}\n\n```mermaid\n" + "\n".join(_lines(start, table)) + "\n```\n" for title, start, table in PARTS)


def _lines(start: StrEnum, table: Mapping[Any, StrEnum]) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {start}"
    arrows: dict[tuple[StrEnum, StrEnum], list[str]] = defaultdict(list)
    for (state, action), to in table.items():
        arrows[state, to].append(action.value)
    for (state, to), labels in sorted(arrows.items()):
        yield f"    {state} --> {to}: {', '.join(sorted(labels))}"


if __name__ == "__main__":
    sys.stdout.write(page())

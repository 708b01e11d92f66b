"""Which statements a read runs: what costs one more for each row is found by counting them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from server.db.transaction import Door


@contextmanager
def counting(door: Door) -> Iterator[list[str]]:
    """Give the statements that are read through ``door`` meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(door.engines.read, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(door.engines.read, "before_cursor_execute", note)

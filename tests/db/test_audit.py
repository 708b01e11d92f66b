"""The chain of facts: whole as long as nobody touches it, and telling where somebody did."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from server.db import audit
from server.db.audit import Broken
from server.db.operations import Operation
from server.db.transaction import Door
from tests.db.test_transaction import add_tenant

pytestmark = pytest.mark.alters_schema


@pytest.fixture
def told(door: Door) -> Door:
    """A house with five facts, its triggers taken away as a tamperer would."""
    for number in range(5):
        add_tenant(door, Operation.internal("test"), f"t{number}")
    door.number_waiting()
    with door.engines.write.begin() as connection:
        on = "" if door.engines.is_sqlite else " ON event"
        connection.execute(text(f"DROP TRIGGER event_is_final{on}"))
        connection.execute(text(f"DROP TRIGGER event_is_kept{on}"))
    return door


def first_break(door: Door) -> Broken | None:
    with door.reading() as session:
        return audit.first_break(session)


def test_an_untouched_chain_holds(told: Door) -> None:
    assert first_break(told) is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE event SET actor = 'staff:9' WHERE number = 3", Broken(number=3, why="changed")),
        ("UPDATE event SET facts = '{}' WHERE number = 1", Broken(number=1, why="changed")),
        ("DELETE FROM event WHERE number = 2", Broken(number=2, why="missing")),
        ("UPDATE event SET number = 9 WHERE number = 4", Broken(number=4, why="missing")),
    ],
)
def test_a_touched_chain_tells_where(told: Door, statement: str, broken: Broken) -> None:
    with told.engines.write.begin() as connection:
        connection.execute(text(statement))
    assert first_break(told) == broken

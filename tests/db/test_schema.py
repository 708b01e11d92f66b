"""The one road to the schema."""

from __future__ import annotations

from server import schema
from server.db.engine import open_engines


def test_an_empty_database_becomes_current(empty_database_url: str) -> None:
    engines = open_engines(empty_database_url)
    assert not schema.is_current(engines.read)
    schema.migrate(empty_database_url)
    assert schema.is_current(engines.read)
    engines.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    schema.migrate(database_url)
    assert schema.differences(database_url) == []


def test_the_tables_in_the_code_are_what_the_migrations_make(database_url: str) -> None:
    assert schema.differences(database_url) == []

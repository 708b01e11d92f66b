"""Column types that mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, Index, Integer, text
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is refused. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant and turn an aware one to UTC."""
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("a naive instant cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware instant in UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def version_column() -> Column[int]:
    """Return the column that each change of a row compares and raises, so that the slower of two writers is found out."""
    return Column("version", Integer, nullable=False)


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of only those rows that ``where`` (plain SQL) holds: small, however many rows have passed.

    A planner takes it only for statements that say the same: SQLAlchemy writes a yes-or-no column as ``open = 1`` for SQLite and
    as ``open`` for PostgreSQL, so a ``where`` that is one bare column is written like that here.
    """
    for_sqlite = f"{where} = 1" if where.isidentifier() else where
    return Index(name, *columns, unique=unique, sqlite_where=text(for_sqlite), postgresql_where=text(where))

"""Engines for SQLite and PostgreSQL: one to read with, one to write with.

SQLite comes from ``pysqlite3`` (a fixed library: the one in Debian 12 is in the range of a WAL-reset race), in WAL mode with
``synchronous=FULL``, so that what was acknowledged survives a power cut. Its transactions are begun here and not by the
driver: writers with ``BEGIN IMMEDIATE``, because a read-then-write under a plain BEGIN fails with a snapshot error that no
time-out cures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5
"""How long a writer waits for another process (the command line, a backup) that holds SQLite's write lock."""


@dataclass(frozen=True, kw_only=True)
class Engines:
    """The two ways into one database."""

    read: Engine
    write: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether one process is the only writer and may share commits."""
        return self.write.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every connection."""
        self.read.dispose()
        self.write.dispose()


def open_engines(url: str, *, durable: bool = True) -> Engines:
    """Return engines for ``url``; connects lazily.

    Not ``durable`` is for filling a SQLite file in which nothing has been acknowledged yet (the demo park's first start): a power cut
    may leave a broken file then, and nothing that anybody relies on.
    """
    if make_url(url).get_backend_name() == "sqlite":
        read = _sqlite(url, begin="BEGIN", query_only=True)
        return Engines(read=read, write=_sqlite(url, begin="BEGIN IMMEDIATE", query_only=False, durable=durable))
    return Engines(
        read=create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, isolation_level="REPEATABLE READ"),
        write=create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, isolation_level="READ COMMITTED"),
    )


def _sqlite(url: str, *, begin: str, query_only: bool, durable: bool = True) -> Engine:
    import pysqlite3

    engine = create_engine(url, module=pysqlite3, pool_size=8, max_overflow=24, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _pragmas(query_only=query_only, durable=durable):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_ourselves(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(*, query_only: bool, durable: bool) -> tuple[str, ...]:
    return (
        "journal_mode = WAL",
        f"synchronous = {'FULL' if durable else 'OFF'}",
        "foreign_keys = ON",
        "secure_delete = ON",
        "cache_size = -16000",
        f"query_only = {'ON' if query_only else 'OFF'}",
    )

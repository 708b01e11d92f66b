"""Online backups of SQLite: a whole copy while the house goes on, checked before it counts."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

PAGES_A_STEP = 500
"""Pages copied between two looks at what else wants the database."""


class DamagedBackup(ValueError):
    """The file is not a whole database."""


def copy_database(engine: Engine, target: Path) -> None:
    """Copy the database behind ``engine`` to ``target``, consistent as of one instant; nothing is left there when it fails."""
    import pysqlite3

    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    connection = engine.raw_connection()
    try:
        with contextlib.closing(pysqlite3.connect(str(draft))) as copy:
            _driver(connection).backup(copy, pages=PAGES_A_STEP)
            copy.execute("PRAGMA journal_mode = DELETE")
        check_file(draft)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    finally:
        connection.close()
        draft.unlink(missing_ok=True)


def check_file(path: Path) -> None:
    """Check pages, indexes and foreign keys of a database file; raises :class:`DamagedBackup`."""
    import pysqlite3

    try:
        with contextlib.closing(pysqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise DamagedBackup(f"{path}: pages are damaged")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise DamagedBackup(f"{path}: a row points nowhere")
    except pysqlite3.DatabaseError as error:
        raise DamagedBackup(f"{path}: {error}") from error


def _driver(connection: Any) -> Any:
    return connection.driver_connection


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

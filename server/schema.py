"""The whole schema: every subject's tables in one place, and the one road that changes a database (alembic).

``python -m server.schema autogenerate "what changed"`` writes the next migration.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData
from sqlmodel import SQLModel

from server.config import Settings
from server.db.engine import open_engines

SUBJECTS = (
    "attempts",
    "staff",
    "tokens",
    "people",
    "devices",
    "notices",
    "visits",
    "drafts",
    "assistance",
    "posts",
    "calendar",
    "rooms",
    "meetings",
    "calls",
)
"""Every subject with tables, lower ones first."""

MIGRATIONS = Path(__file__).parent / "db" / "migrations"


def metadata() -> MetaData:
    """Return every table the house has."""
    import_module("server.db.outbox")
    import_module("server.db.operations")
    for subject in SUBJECTS:
        import_module(f"server.domain.{subject}.tables")
    return SQLModel.metadata


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema; from empty or from any earlier release."""
    engines = open_engines(url)
    try:
        with engines.write.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            config.attributes["target_metadata"] = metadata()
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engines.dispose()


def is_current(engine: Engine) -> bool:
    """Tell whether the database has the newest schema."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def differences(url: str) -> list[object]:
    """Return what the tables in the code have that the migrations do not make, or the other way round."""
    engines = open_engines(url)
    try:
        with engines.write.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, metadata()))
    finally:
        engines.dispose()


def autogenerate(message: str, url: str) -> None:
    """Write the migration that brings ``url`` (at the newest revision) to the tables in the code; it gets the next number."""
    engines = open_engines(url)
    with engines.write.connect() as connection:
        config = _config()
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        config.attributes["connection"] = connection
        config.attributes["target_metadata"] = metadata()
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    engines.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


if __name__ == "__main__":
    target = Settings().database
    migrate(target)
    autogenerate(sys.argv[2], target)

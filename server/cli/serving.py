"""``yingbin serve`` and ``yingbin migrate``."""

from __future__ import annotations

import click
from sqlalchemy.exc import OperationalError

from server import schema
from server.cli import main, read_settings, stop
from server.config import Settings
from server.db.engine import open_engines
from server.keys import Keys


@main.command()
def migrate() -> None:
    """Make the data folder, the key and the database, or bring an existing one to the newest schema."""
    settings = read_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    make_key(settings)
    schema.migrate(settings.database)
    click.echo("The database has the newest schema.")


@main.command()
def serve() -> None:
    """Serve the park (production). Refuses a database that was not migrated, and a key that others can read."""
    from server.wsgi import Production, make_cooperative

    settings = read_settings()
    make_cooperative()
    _check(settings)
    Production(settings).run()


def make_key(settings: Settings) -> None:
    """Make the secret key where there is none; refuses to make a second one for a database that hangs on a lost key."""
    if settings.key_file.exists():
        return
    if not settings.database_url and (settings.data / "yingbin.sqlite3").exists():
        stop(f"{settings.key_file} is missing, but there is a database: restore the key from a backup, or every code and login is lost.")
    Keys.create_file(settings.key_file)


def _check(settings: Settings) -> None:
    try:
        Keys.from_file(settings.key_file)
    except FileNotFoundError:
        stop(f"There is no key at {settings.key_file}. Run: yingbin migrate")
    except (PermissionError, ValueError) as error:
        stop(str(error))
    engines = open_engines(settings.database)
    try:
        if not schema.is_current(engines.read):
            stop("The database has an older schema. Run: yingbin migrate")
    except OperationalError as error:
        stop(f"The database cannot be opened: {error.orig}")
    finally:
        engines.dispose()

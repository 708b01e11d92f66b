"""Open the house of the settings for one command, without anything of the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from server import schema
from server.cli import read_settings, stop
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.keys import Keys


@contextmanager
def opened() -> Iterator[Door]:
    """Give the door to an existing house; says what is missing and leaves with status 2 where there is none."""
    from server.app import make_clock

    settings = read_settings()
    keys = _keys(settings)
    engines = open_engines(settings.database)
    try:
        if not schema.is_current(engines.read):
            stop("The database has an older schema. Run: yingbin migrate")
        yield Door(engines, clock=make_clock(settings), settings=settings, keys=keys)
    except OperationalError as error:
        stop(f"The database cannot be opened: {error.orig}")
    finally:
        engines.dispose()


def _keys(settings: Settings) -> Keys:
    try:
        return Keys.from_file(settings.key_file)
    except FileNotFoundError:
        stop(f"There is no house in {settings.data} (no {settings.key_file.name}). Run: yingbin migrate")
    except (PermissionError, ValueError) as error:
        stop(str(error))

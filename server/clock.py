"""The one source of time.

Every instant in the house is an aware UTC ``datetime`` from :meth:`Clock.now`; every interval is measured with
:meth:`Clock.monotonic`. Nothing else may read the machine's clock (tested in ``tests/architecture``).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never go backwards."""
        return time.monotonic()


class TurnedClock(Clock):
    """The machine's clock moved by a number of seconds kept in a file, so that tests can turn a running server's time.

    The file is read again at each call; a missing or unreadable file means no offset. Settings refuse it in production.
    """

    def __init__(self, offset_file: Path) -> None:
        """Read offsets, in seconds, from ``offset_file``."""
        self._offset_file = offset_file

    def now(self) -> datetime:
        """Return the present instant moved by the offset."""
        return super().now() + timedelta(seconds=self._offset_seconds())

    def _offset_seconds(self) -> float:
        try:
            return float(self._offset_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0


class StillClock(Clock):
    """A clock that stands where it is put: for calling the services in-process with a known time."""

    def __init__(self, instant: datetime) -> None:
        """Stand at ``instant``, which must be aware."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant the clock was last put to."""
        return self._instant

    def turn(self, by: timedelta) -> None:
        """Move the clock by ``by``, which may be negative."""
        self._instant += by

    def put(self, instant: datetime) -> None:
        """Put the clock to an aware ``instant``."""
        self._instant = instant.astimezone(UTC)

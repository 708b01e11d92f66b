"""How often one asker may ask: a bucket that fills again, in this process's memory.

For what is cheap to repeat (searches, scans). What must hold over workers and restarts (guesses of codes, passwords and PINs) is
counted in the database by the subject ``attempts``.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from server.clock import Clock
from server.errors import TooMany

MOST_BUCKETS = 10_000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most ``burst`` at once and ``per_minute`` in the long run."""

    burst: int
    per_minute: float


class Limits:
    """Buckets by name and asker."""

    def __init__(self, clock: Clock) -> None:
        """Count with the monotonic time of ``clock``."""
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, name: str, asker: str, rate: Rate) -> None:
        """Take one from the bucket; raises :class:`TooMany` with ``retry_seconds`` when it is empty."""
        now = self._clock.monotonic()
        with self._lock:
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.clear()
            level, filled_at = self._buckets.get((name, asker), (float(rate.burst), now))
            level = min(rate.burst, level + (now - filled_at) * rate.per_minute / 60)
            if level < 1:
                raise TooMany("too_often", retry_seconds=int((1 - level) * 60 / rate.per_minute) + 1)
            self._buckets[name, asker] = (level - 1, now)

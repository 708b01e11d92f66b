"""A background loop that is logged, survives its own errors, and can be looked at.

The relay, the deadlines and the notices are loops. Each does its work in ``step``; a step that fails is logged and shown
by ``/readyz`` until one succeeds again. Nothing starts at import: ``server.wsgi`` starts loops when a worker is up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from server.clock import Clock

log = logging.getLogger(__name__)


class Loop:
    """Call ``step`` each ``every_seconds``, at once when nudged, and again directly while it returns True."""

    def __init__(self, name: str, step: Callable[[], bool], *, every_seconds: float, clock: Clock, rest_seconds: float = 0) -> None:
        """Prepare a loop called ``name``; it does not run until :meth:`start`. Nudges within ``rest_seconds`` of a step are one, then."""
        self.name = name
        self.last_success: datetime | None = None
        self.last_error: str | None = None
        self._step = step
        self._every_seconds = every_seconds
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of its own (a greenlet under the gevent worker)."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the loop to end and wait up to two seconds for it."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2)

    def nudge(self) -> None:
        """Hint that there is work; correctness never hangs on it."""
        self._wake.set()

    def step(self) -> bool:
        """Do one step, whatever happens; True when there may be more to do at once."""
        try:
            more = self._step()
        except Exception as error:
            self.last_error = type(error).__name__
            log.exception("loop %s: a step failed", self.name)
            return False
        self.last_success = self._clock.now()
        self.last_error = None
        return more

    def is_well(self) -> bool:
        """Tell whether the loop runs and its last step went well, not longer ago than ten of its periods or ten seconds."""
        if self.last_error is not None or self.last_success is None:
            return False
        age = (self._clock.now() - self.last_success).total_seconds()
        return age <= max(10.0, 10 * self._every_seconds)

    def _run(self) -> None:
        while not self._stopping:
            if not self.step():
                if self._rest_seconds:
                    time.sleep(self._rest_seconds)
                self._wake.wait(self._every_seconds)
                self._wake.clear()

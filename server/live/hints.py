"""Hints between workers over Redis: "there are facts to number", "there are new numbers".

Nothing hangs on them. Every worker reads the facts and their numbers from the database itself, at a hint or each second; so a
worker that lost Redis is late by a second and never wrong, and whoever could speak on the channel could only make workers look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

CHANNEL = "yingbin:hints"
WAITING, NUMBERED = b"waiting", b"numbered"
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 2.0


class Hints:
    """One worker's end of the channel."""

    def __init__(self, url: str, heard: Callable[[bytes], None]) -> None:
        """Know the Redis at ``url``; ``heard`` is told each hint of others and our own."""
        import redis  # only a house of several workers has it (extra `scale`)

        self._heard = heard
        self._redis_errors = (redis.RedisError, OSError)
        self._speaker = redis.Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
        self._listener = redis.Redis.from_url(url, socket_connect_timeout=PATIENCE_SECONDS, health_check_interval=5)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_connected = False

    def start(self) -> None:
        """Listen in a thread of its own."""
        self._thread = threading.Thread(target=self._listen, name="live-hints", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(RETRY_SECONDS + PATIENCE_SECONDS)
        self._listener.close()
        self._speaker.close()

    def say(self, hint: bytes) -> None:
        """Tell every worker; a lost Redis is noted and nothing more."""
        if not self.is_connected:
            return
        try:
            self._speaker.publish(CHANNEL, hint)
        except self._redis_errors:
            self._lose()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen_while_connected()
            except self._redis_errors:
                self._lose()
                self._stopped.wait(RETRY_SECONDS)

    def _listen_while_connected(self) -> None:
        with self._listener.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]  # the library leaves it out
            channel.subscribe(CHANNEL)
            self.is_connected = True
            # What was said while we were away is in the database.
            self._heard(NUMBERED)
            while not self._stopped.is_set():
                message = channel.get_message(timeout=1.0)
                if message is not None:
                    self._heard(message["data"])

    def _lose(self) -> None:
        if self.is_connected:
            log.warning("Redis is lost: workers learn of new facts from the database, each second")
        self.is_connected = False

"""The outbox of messages: claim one, word it, send it outside any transaction, record what became of it.

A message may leave twice when the process dies between sending and recording; it is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.notices import queries
from server.domain.notices import service as notices
from server.domain.visits import queries as visits_read
from server.domain.visits import service as visits
from server.domain.visits.queries import MessageView
from server.errors import Conflict
from server.notify.transports import Message, NotDelivered, Transport
from server.notify.words import words

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Messages of one step."""
SIDE_BY_SIDE = 4
"""Messages sent at the same time, so that one slow service does not hold up the others."""
IDLE = timedelta(seconds=30)
"""How often the queue is looked at when no transport is chosen."""
SET_ASIDE = timedelta(seconds=60)
"""How long a message that cannot even be claimed is left alone."""


class Sender:
    """Sends what is due."""

    def __init__(self, door: Door, transports: Sequence[Transport], in_language: Callable[[str], AbstractContextManager[None]]) -> None:
        """Send through ``transports``; ``in_language`` is entered with the host's language while a message is worded."""
        self._door = door
        self._transports = transports
        self._in_language = in_language
        self._set_aside: dict[int, datetime] = {}
        self._look_again: datetime | None = None

    def step(self) -> bool:
        """Send what is due now; True when a full step was taken, since more may be waiting."""
        now = self._door.clock.now()
        if self._has_just_looked(now):
            return False
        self._set_aside = {number: until for number, until in self._set_aside.items() if until > now}
        with self._door.reading() as session:
            due = queries.due(session, now, limit=AT_ONCE, but=list(self._set_aside))
        if len(due) == 1:
            self._send(due[0])
        elif due:
            with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="notice") as pool:
                list(pool.map(self._send, due))
        return len(due) == AT_ONCE

    def _has_just_looked(self, now: datetime) -> bool:
        # Without a way out nothing is queued, and this loop is woken by every commit: what an earlier choice of settings has left
        # behind can wait a little.
        if self._transports or (self._look_again is not None and now < self._look_again):
            return not self._transports
        self._look_again = now + IDLE
        return False

    def _send(self, notice_id: int) -> None:
        try:
            self._try(notice_id)
        except Conflict:
            pass  # another process was faster
        except Exception:  # a poisoned row must not stop the others; it is seen in the log and tried again
            log.exception("notice %s could not be handled", notice_id)
            self._set_aside[notice_id] = self._door.clock.now() + SET_ASIDE

    def _try(self, notice_id: int) -> None:
        notices.claim(self._door, _operation("claim"), notice_id=notice_id)
        try:
            message = self._worded(notice_id)
            if message is None:
                notices.drop(self._door, _operation("drop"), notice_id=notice_id)
                return
            via = self._deliver(message)
        except Exception as error:  # whatever a transport or a row does, the try is counted and the next one has its time
            failure = error.code if isinstance(error, NotDelivered) else type(error).__name__
            log.warning("notice %s was not delivered: %s", notice_id, failure, exc_info=not isinstance(error, NotDelivered))
            notices.record_failure(self._door, _operation("fail"), notice_id=notice_id, failure=failure)
            return
        visits.note_sent(self._door, _operation("sent"), notice_id=notice_id, via=via)

    def _worded(self, notice_id: int) -> Message | None:
        with self._door.reading() as session:
            view = visits_read.message_of(session, self._door.keys, notice_id)
        if view is None or view.needless:
            return None
        return self._in_words(view)

    def _in_words(self, view: MessageView) -> Message:
        link = f"{self._door.settings.allowed_origins[0]}/h/{view.token}"
        with self._in_language(view.language):
            text = words(view, link)
        return Message(
            notice_id=view.notice_id,
            kind=view.kind.value,
            visit_id=view.visit_id,
            host_id=view.host_id,
            language=view.language,
            address=view.address,
            link=link,
            words=text,
        )

    def _deliver(self, message: Message) -> str:
        meant = [transport for transport in self._transports if transport.takes(message)]
        for transport in meant:
            transport.send(message)
        return ",".join(transport.name for transport in meant)


def _operation(what: str) -> Operation:
    return Operation.internal(f"notice:{what}")

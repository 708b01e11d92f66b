"""Ways out of the house: the console of a demo, a file, and the addresses a park lists for apprise.

A host sees his visitors on his own page in any case; a transport only says sooner that there is something to see. Messages carry a
number instead of the visitor's name, mail to the host's own address aside.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from server.config import Settings
from server.notify.words import Words


class NotDelivered(Exception):
    """A transport could not deliver; ``code`` says why in one word or two, without personal data."""

    def __init__(self, code: str) -> None:
        """Fail with a short ``code``."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message ready to leave."""

    notice_id: int
    kind: str
    visit_id: int | None
    host_id: int
    language: str
    address: str
    link: str
    words: Words


class Transport(Protocol):
    """One way out of the house."""

    name: str

    def takes(self, message: Message) -> bool:
        """Tell whether this transport is meant for the message's address."""

    def send(self, message: Message) -> None:
        """Send it now, over whatever network that needs; raises :class:`NotDelivered`."""


class Console:
    """Prints messages with their links: for the demo park, where the person at the console is the host."""

    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to ``stream``, the standard output if none."""
        self._stream = stream

    def takes(self, message: Message) -> bool:
        """Take every message."""
        return True

    def send(self, message: Message) -> None:
        """Print one line."""
        line = message.words.plain.replace("\n", " ")
        print(f"[{message.words.subject}] {line}", file=self._stream or sys.stdout, flush=True)


class File:
    """Appends messages to a file as JSON lines, for a script of the park's own that sends them on."""

    name = "file"

    def __init__(self, path: Path) -> None:
        """Append to ``path``, which is made with mode 0600 if it is not there."""
        self._path = path

    def takes(self, message: Message) -> bool:
        """Take every message."""
        return True

    def send(self, message: Message) -> None:
        """Append one line, whole."""
        line = json.dumps(
            {
                "notice": message.notice_id,
                "kind": message.kind,
                "visit": message.visit_id,
                "host": message.host_id,
                "language": message.language,
                "address": message.address,
                "subject": message.words.subject,
                "text": message.words.plain,
                "link": message.link,
            },
            ensure_ascii=False,
        )
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise NotDelivered("file_not_writable") from error


def chosen(settings: Settings) -> tuple[Transport, ...]:
    """Return the transports of these settings, the one most likely to fail first, so that a retry repeats as little as possible."""
    transports: list[Transport] = []
    if settings.notify_urls_file is not None:
        from server.notify.addresses import Addresses, ByApprise

        transports.append(ByApprise(Addresses.read(settings.notify_urls_file)))
    if settings.notify_file is not None:
        transports.append(File(settings.notify_file))
    if settings.mode == "demo":
        transports.append(Console())
    return tuple(transports)

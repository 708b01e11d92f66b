"""Addresses that messages may go to: only those a park lists, by name, in a file of its own (extra ``notify``).

Each line is ``name=url`` in apprise's words, such as ``north=dingtalk://token`` or ``mail=mailtos://user:password@smtp.example.com``.
A host's address is such a name, alone or with a target: ``north``, ``north/13800001111``, ``mail/anna@example.com``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from server.notify.transports import Message, NotDelivered

SCHEMES = frozenset(
    {"bark", "barks", "dingtalk", "feishu", "json", "jsons", "lark", "mailto", "mailtos", "ntfy", "ntfys", "wechat", "wecombot"}
)
"""Services that may be listed: none that reaches a file, a program or a bus of this machine."""
MAIL = frozenset({"mailto", "mailtos"})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TARGET = re.compile(r"[A-Za-z0-9_.+@-]{1,100}")


class BadAddresses(ValueError):
    """The list of addresses cannot be used; says which line, never what is in it."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The listed addresses by name."""

    urls: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Addresses:
        """Read the list at ``path``; raises :class:`BadAddresses` for a line that is not understood or a file that others can read."""
        if path.stat().st_mode & 0o077:
            raise BadAddresses(f"{path} must be readable by its owner only (chmod 600)")
        urls: dict[str, str] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            name, _, url = (part.strip() for part in line.partition("="))
            if not _NAME.fullmatch(name) or urlsplit(url).scheme not in SCHEMES:
                raise BadAddresses(f"{path}, line {number}: expected name=url with one of {', '.join(sorted(SCHEMES))}")
            urls[name] = url
        return cls(urls=urls)

    def url_for(self, address: str) -> str | None:
        """Return the URL for a host's address; None for a name that is not listed or a target that cannot be one."""
        name, _, target = address.strip().partition("/")
        url = self.urls.get(name)
        if url is None or not target:
            return url
        if not _TARGET.fullmatch(target):
            return None
        if urlsplit(url).scheme in MAIL:
            return f"{url}{'&' if '?' in url else '?'}to={quote(target, safe='@')}"
        before, mark, query = url.partition("?")
        return f"{before.rstrip('/')}/{quote(target, safe='@')}{mark}{query}"


class ByApprise:
    """Sends through apprise to listed addresses."""

    name = "apprise"

    def __init__(self, addresses: Addresses) -> None:
        """Send to ``addresses`` only."""
        self._addresses = addresses

    def takes(self, message: Message) -> bool:
        """Take what has an address: an unlisted one is a failure to be seen, not a message to be forgotten."""
        return bool(message.address.strip())

    def send(self, message: Message) -> None:
        """Send by the listed service; mail names the visitor, everything else gives a number."""
        url = self._addresses.url_for(message.address)
        if url is None:
            raise NotDelivered("address_not_listed")
        service = _service(url)
        body = message.words.named if urlsplit(url).scheme in MAIL else message.words.plain
        if service is None:
            raise NotDelivered("address_not_understood")
        if not service.notify(body=body, title=message.words.subject):
            raise NotDelivered("not_accepted")


def _service(url: str) -> Any:
    # Imported when the first message goes out: it is large, and most parks do without it.
    try:
        from apprise import Apprise
    except ModuleNotFoundError as error:
        raise NotDelivered("apprise_not_installed") from error
    return Apprise.instantiate(url)

"""What a client holds, kept exactly as the live wire tells it, and what the same region is when drawn afresh."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from typing import Any

import websocket
from flask import Flask

from server.days import local_day
from server.errors import NotFound
from server.live.regions import DAY, ROW, Region
from server.web.house import House
from tests.live.screen import Screen
from tests.services.house import LiveHouse

ROWS = 8
"""Regions of rows 1 to this are watched."""
AT_ONCE = 60
"""Regions one socket watches; more sockets are opened for more."""
TRIES = 40
"""How often a client may ask until it must hold what is fresh; an answer takes some milliseconds, a relay's look a second."""


@dataclass
class Client:
    """Some screens that hold regions between them, in one language, and keep them over lost sockets."""

    house: LiveHouse
    own: House
    ids: list[str]
    lang: str
    held: dict[str, tuple[int, str]] = field(default_factory=dict)
    epoch: str | None = None
    _screens: list[Screen] = field(default_factory=list)

    def connect(self) -> None:
        """Open the sockets anew; what is held stays."""
        self.drop()
        for _ in self._shares():
            ticket = self.own.live.make_ticket(face="board", subject="test", regions=["*"], with_cookie=False)
            self._screens.append(Screen(self.house.settings.port, ticket))

    def drop(self) -> None:
        """Lose the sockets without a word."""
        for screen in self._screens:
            screen.close()
        self._screens.clear()

    def ask(self) -> None:
        """Say on each socket what is held, and take what comes."""
        for screen, share in zip(self._screens, self._shares(), strict=True):
            told = screen.watch(*[(each, self.held.get(each, (0, ""))[0]) for each in share], lang=self.lang, epoch=self.epoch)
            self.epoch = told["epoch"]
            while screen.regions:
                self._take(screen.regions.pop(0))

    def _shares(self) -> list[list[str]]:
        return [self.ids[start : start + AT_ONCE] for start in range(0, len(self.ids), AT_ONCE)]

    def _take(self, message: dict[str, Any]) -> None:
        rev, _ = self.held.get(message["id"], (-1, ""))
        if message["rev"] > rev or message["epoch"] != self.epoch:
            self.held[message["id"]] = (message["rev"], message["html"])

    def settle(self, app: Flask) -> list[str]:
        """Ask until everything held equals what is drawn afresh; return the ids that still differ at the end."""
        differing: list[str] = []
        for _ in range(TRIES):
            try:
                self.ask()
            except (OSError, websocket.WebSocketException):
                self.connect()
                continue
            differing = [each for each in self.ids if not self._is_fresh(app, each)]
            if not differing:
                return []
        return differing

    def explain(self, app: Flask, differing: list[str]) -> str:
        """Say how what is held differs from what is fresh."""
        lines = []
        for each in differing:
            rev, html = self.held.get(each, (0, ""))
            fresh = draw_afresh(app, self.own, each, self.lang) or ""
            lines += [f"{each} (rev {rev})", *unified_diff(_lines(inside_of(html)) if html else [], _lines(fresh), "held", "fresh", n=0)]
        return "\n".join(lines)

    def _is_fresh(self, app: Flask, region_id: str) -> bool:
        fresh = draw_afresh(app, self.own, region_id, self.lang)
        held = self.held.get(region_id)
        if fresh is None:
            return True  # a row that is not there (any more) is not pushed
        return held is not None and inside_of(held[1]) == fresh


def _lines(html: str) -> list[str]:
    return html.replace("<", "\n<").splitlines()


def draw_afresh(app: Flask, own: House, region_id: str, lang: str) -> str | None:
    """Return the inside of a region drawn now, from the database, past every cache; None where there is no such row."""
    from server.web.watching import speaker

    try:
        region, known = own.live.renderer.registry.find(region_id)
        with own.door.reading() as session, speaker(app)(lang):
            return region.render(session, known)
    except NotFound:
        return None


def inside_of(html: str) -> str:
    """Return a region's inside, without the element around it."""
    found = re.fullmatch(r"<(\w+)[^>]* data-region>(.*)</\1>", html, re.DOTALL)
    assert found is not None
    return found[2]


def days_of(house: LiveHouse) -> list[str]:
    """Return today and tomorrow at the site, as regions of a day name them."""
    today = local_day(house.door.clock.now(), house.settings.zone)
    return [f"{today + timedelta(days=ahead):%Y%m%d}" for ahead in (0, 1)]


def ids_of(regions: list[Region], keys: list[str], days: list[str]) -> list[str]:
    """Return region ids: each without a parameter once, each of rows for the first rows, of secrets for ``keys``, of days for ``days``."""
    ids: list[str] = []
    for region in regions:
        if region.parameter is None:
            ids.append(region.name)
        elif region.parameter == ROW:
            ids += [f"{region.name}:{row}" for row in range(1, ROWS + 1)]
        else:
            ids += [f"{region.name}:{each}" for each in (days if region.parameter == DAY else keys)]
    return ids

"""One rendering of a region, made from one read snapshot, kept until a fact touches the region.

``rev`` is the number of the newest fact in the snapshot the region was drawn from. So two renderings of one region can be put in
order by anybody, and what a screen holds is current when no later fact touches it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from markupsafe import escape
from sqlmodel import Session

from server.db import outbox
from server.db.transaction import Door
from server.events import DatabaseRestored, Event
from server.live.kept import Kept, Rendered
from server.live.regions import Region, Registry

log = logging.getLogger(__name__)

AT_ONCE = 1000
"""Facts read in one statement."""

Speaking = Callable[[str], AbstractContextManager[None]]
"""Enter an app context that speaks a language."""


class Renderer:
    """Draws regions, and knows up to which fact it has seen the history."""

    def __init__(self, door: Door, registry: Registry, speaking: Speaking) -> None:
        """Read through ``door``; nothing is read before the first use."""
        self.registry = registry
        self._door = door
        self._speaking = speaking
        self._lock = threading.Lock()
        self._kept = Kept()
        self._seen = -1
        self._epoch = ""
        self._touched: set[str] = set()
        self.is_watched: Callable[[str], bool] = lambda _name: True
        """Tells whether a screen of this worker watches any region of a name."""
        self.listeners: list[Callable[[Event], None]] = []
        """Told of each fact when it is first seen, in order; must be quick and may not fail."""

    @property
    def seen(self) -> int:
        """The number of the newest fact seen; -1 before the first look."""
        return self._seen

    def epoch(self) -> str:
        """Return what names this history: it changes when the database is restored, and then screens take everything anew."""
        if not self._epoch:
            with self._door.reading() as session:
                self.catch_up(session)
        return self._epoch

    def render(self, region_id: str, lang: str) -> Rendered:
        """Return a region as of now, drawn anew only if a fact touched it; raises NotFound for an unknown id or row."""
        with self._door.reading() as session:
            return self.render_in(session, self.catch_up(session), region_id, lang)

    def newest(self, region_id: str, lang: str) -> Rendered:
        """Return a region as of the newest fact seen, without asking the database if it has been drawn since."""
        with self._lock:
            kept = self._kept.find(region_id, lang)
        return kept or self.render(region_id, lang)

    def render_in(self, session: Session, head: int, region_id: str, lang: str) -> Rendered:
        """Return a region as it stands in the snapshot of ``session``, or later; ``head`` is the snapshot's newest number."""
        has_unnumbered = not self._door.engines.is_sqlite and outbox.has_waiting(session)
        with self._lock:
            kept = self._kept.find(region_id, lang)
        if kept and not has_unnumbered:
            return kept
        fresh = self._draw(session, head, region_id, lang)
        if not has_unnumbered:
            self._keep(fresh)
        return fresh

    def catch_up(self, session: Session) -> int:
        """Take notice of every fact in the snapshot; return the number of its newest."""
        head = outbox.head(session)
        self._see(session, head)
        return head

    def notice_rewinding(self, session: Session, seen_before: int) -> int:
        """Like :meth:`catch_up`, for the relay: a history that got shorter since ``seen_before`` was restored, so begin anew."""
        head = outbox.head(session)
        if head < seen_before:
            log.warning("the history got shorter (%d, was %d): every screen takes everything anew", head, seen_before)
            with self._lock:
                self._seen = -1
        self._see(session, head)
        return head

    def take_touched(self) -> set[str]:
        """Return the ids of the regions touched since the last call."""
        with self._lock:
            touched, self._touched = self._touched, set()
        return touched

    def _see(self, session: Session, head: int) -> None:
        if head > self._seen:
            with self._lock:
                self._see_up_to(session, head)

    def _see_up_to(self, session: Session, head: int) -> None:
        if self._seen < 0:
            # What happened before the start touches nobody: screens say what they hold when they come.
            self._seen = head
            self._read_epoch(session)
        while self._seen < head:
            facts = outbox.after(session, self._seen, limit=AT_ONCE)
            for fact in facts:
                self._forget(self.registry.touched(session, fact.event, self._is_concerned))
                for tell in self.listeners:
                    tell(fact.event)
            if self._seen == 0 or any(isinstance(fact.event, DatabaseRestored) for fact in facts):
                self._read_epoch(session)
            self._seen = facts[-1].number

    def _read_epoch(self, session: Session) -> None:
        epoch = outbox.history(session, DatabaseRestored)
        if epoch != self._epoch:
            self._epoch = epoch
            self._kept.clear()

    def _is_concerned(self, name: str) -> bool:
        # What nobody watches and nobody kept is drawn anew when somebody asks; which of it was touched need not be found out.
        return name in self._kept or self.is_watched(name)

    def _forget(self, touched: set[str]) -> None:
        self._touched |= touched
        for pattern in touched:
            self._kept.forget(pattern)

    def _keep(self, fresh: Rendered) -> None:
        with self._lock:
            # A fact seen meanwhile may have touched it: then it is drawn again rather than kept too long.
            if self._seen != fresh.rev or self._epoch != fresh.epoch:
                return
            self._kept.put(fresh)

    def _draw(self, session: Session, head: int, region_id: str, lang: str) -> Rendered:
        region, known = self.registry.find(region_id)
        epoch = self._epoch
        with self._speaking(lang):
            html = _element(region, region.render(session, known), epoch=epoch, region_id=region_id, lang=lang, rev=head)
        return Rendered(epoch=epoch, id=region_id, lang=lang, rev=head, html=html)


def _element(region: Region, inside: str, *, epoch: str, region_id: str, lang: str, rev: int) -> str:
    words = {"id": region_id, "class": region.css_class, **region.attributes, "data-epoch": epoch, "data-rev": rev, "data-lang": lang}
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in words.items() if value != "")
    return f"<{region.tag}{written} data-region>{inside}</{region.tag}>"

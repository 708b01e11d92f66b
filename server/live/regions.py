"""Live regions: which parts of a screen are live, which facts touch them, and how each is drawn.

A region depends on nothing but its id and a language. A face declares its regions in ``regions.py`` and the composition root
adds them to one :class:`Registry`; the page, ``GET /region/<id>`` and the push all come from here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from server.errors import NotFound
from server.events import Event

log = logging.getLogger(__name__)

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
ROW = r"[1-9][0-9]{0,17}"
"""The parameter of a region that shows one row: its id, so that ``int(id.parameter)`` cannot fail."""
DAY = r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
"""The parameter of a region that shows a day of the site: 20261123. The 31st of a short month is still to be refused by who draws it."""
SECRET = r"[A-Za-z0-9_-]{1,64}"  # noqa: S105 - a pattern, not a password
"""The parameter of a region named by a random secret, as a kiosk's own session is."""


class RegionId(str):
    """The id of a region: its name (``board.arrivals``), or name and parameter (``visit.ladder:17``)."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name of the region."""
        return self.partition(":")[0]

    @property
    def parameter(self) -> str:
        """What stands behind the colon; empty when nothing does."""
        return self.partition(":")[2]


Draw = Callable[[Session, RegionId], str]
"""Draw the inside of a region from one read snapshot. Raises ``NotFound`` when there is no such row."""
Touch = Callable[[Any], Iterable[str]]
"""Tell the ids of the regions that a fact touches."""
LookUp = Callable[[Session, Any], Iterable[str]]
"""The same where only the database knows: which kiosk shows a visit, for example. Reads from one snapshot, as drawing does."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """One kind of live region.

    ``touched_by`` is a collection of facts for a region without parameter, or a mapping from fact to the ids it touches; a base
    class stands for all its facts. ``render`` draws the inside; the element around it is ``tag`` with ``css_class`` and
    ``attributes`` (whose values may be lazy sentences). ``parameter`` is a pattern (:data:`ROW`, :data:`SECRET`), None for none.
    """

    name: str
    touched_by: Collection[type[Event]] | Mapping[type[Event], Touch]
    render: Draw
    looked_up_by: Mapping[type[Event], LookUp] = field(default_factory=dict)
    parameter: str | None = None
    tag: str = "section"
    css_class: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a name that could not stand in an address, and a parameter without a way to tell which ids are touched."""
        if not NAME.fullmatch(self.name):
            raise ValueError(f"not a region's name: {self.name!r}")
        if self.parameter is not None and not isinstance(self.touched_by, Mapping):
            raise ValueError(f"{self.name} has a parameter: map each fact to the ids it touches")

    def has(self, region_id: RegionId) -> bool:
        """Tell whether ``region_id`` is well formed for this region."""
        if self.parameter is None:
            return region_id == self.name
        return region_id.name == self.name and re.fullmatch(self.parameter, region_id.parameter) is not None

    def touches(self) -> Iterator[tuple[type[Event], LookUp]]:
        """Give each fact this region listens to, with the function that tells the ids."""
        yield from self.looked_up_by.items()
        if isinstance(self.touched_by, Mapping):
            for kind, touch in self.touched_by.items():
                yield kind, _without_session(touch)
            return
        whole = (RegionId(self.name),)
        for kind in self.touched_by:
            yield kind, lambda _session, _fact: whole


def every(name: str) -> list[str]:
    """Return what touches each region of a name with a parameter, whichever are watched: for facts that seldom happen and reach far."""
    return [f"{name}:*"]


def _without_session(touch: Touch) -> LookUp:
    return lambda _session, fact: touch(fact)


class Registry:
    """Every region of the house."""

    def __init__(self) -> None:
        """Start without any."""
        self._regions: dict[str, Region] = {}
        self._touches: dict[type[Event], list[tuple[Region, LookUp]]] = {}
        self._of_kind: dict[type[Event], tuple[tuple[Region, LookUp], ...]] = {}

    def __iter__(self) -> Iterator[Region]:
        """Give every region, for tests that walk them."""
        return iter(self._regions.values())

    def add(self, region: Region) -> None:
        """Add a region; refuses a second of the same name."""
        if region.name in self._regions:
            raise ValueError(f"there is a region {region.name} already")
        self._regions[region.name] = region
        for kind, touch in region.touches():
            self._touches.setdefault(kind, []).append((region, touch))
        self._of_kind.clear()

    def find(self, region_id: str) -> tuple[Region, RegionId]:
        """Return the region of ``region_id``; raises NotFound for an unknown or malformed one."""
        known = RegionId(region_id)
        region = self._regions.get(known.name)
        if region is None or not region.has(known):
            raise NotFound("no_such_region")
        return region, known

    def touched(self, session: Session, event: Event, is_concerned: Callable[[str], bool] = lambda _name: True) -> set[str]:
        """Return the ids of the regions that ``event`` touches, of those names that ``is_concerned`` about, as the snapshot knows them."""
        found: set[str] = set()
        for region, touch in self._touches_of(type(event)):
            if is_concerned(region.name):
                found.update(_looked_up(region, touch, session, event))
        return found

    def _touches_of(self, kind: type[Event]) -> tuple[tuple[Region, LookUp], ...]:
        if kind not in self._of_kind:
            self._of_kind[kind] = tuple(touch for base in kind.__mro__ for touch in self._touches.get(base, ()))
        return self._of_kind[kind]


def _looked_up(region: Region, touch: LookUp, session: Session, event: Event) -> Iterable[str]:
    try:
        return list(touch(session, event))
    except Exception:
        # One look-up that fails must not stop the relay: then it touches all there are.
        log.exception("which of the regions %s %s touches cannot be told", region.name, event.kind)
        return [region.name] if region.parameter is None else every(region.name)

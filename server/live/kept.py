"""Renderings kept until a fact touches their region."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from server.live.regions import RegionId

LANGUAGES = ("zh", "en")
"""The languages a region is drawn in, as they stand on the wire."""
MOST = 256
"""Renderings kept of one name; the longest unused goes first."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A region as it stood at fact number ``rev`` of the history ``epoch``; ``html`` is the whole element."""

    epoch: str
    id: str
    lang: str
    rev: int
    html: str


class Kept:
    """The newest rendering of each region and language, by name. Whoever shares one holds a lock."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._by_name: dict[str, OrderedDict[tuple[str, str], Rendered]] = {}

    def __contains__(self, name: object) -> bool:
        """Tell whether any rendering of this name is kept."""
        return name in self._by_name

    def find(self, region_id: str, lang: str) -> Rendered | None:
        """Return a kept rendering, None if there is none."""
        of_name = self._by_name.get(RegionId(region_id).name)
        if of_name is None or (region_id, lang) not in of_name:
            return None
        of_name.move_to_end((region_id, lang))
        return of_name[region_id, lang]

    def put(self, rendered: Rendered) -> None:
        """Keep a rendering in the place of an earlier one."""
        of_name = self._by_name.setdefault(RegionId(rendered.id).name, OrderedDict())
        of_name[rendered.id, rendered.lang] = rendered
        if len(of_name) > MOST:
            of_name.popitem(last=False)

    def forget(self, pattern: str) -> None:
        """Forget a region in every language, or for ``name:*`` every region of that name."""
        name = RegionId(pattern).name
        if pattern.endswith(":*"):
            self._by_name.pop(name, None)
            return
        of_name = self._by_name.get(name)
        if of_name is None:
            return
        for lang in LANGUAGES:
            of_name.pop((pattern, lang), None)
        if not of_name:
            del self._by_name[name]

    def clear(self) -> None:
        """Forget everything."""
        self._by_name.clear()

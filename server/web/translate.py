"""Merge each area's Chinese sentences (``translations/zh_Hans_CN/areas/*.po``) into the one catalogue the server reads.

``python -m server.web.translate`` does it by hand; starting the app does it when an area is newer than the catalogue.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from server.web.i18n import TRANSLATIONS

HOME = TRANSLATIONS / "zh_Hans_CN"
COMPILED = HOME / "LC_MESSAGES" / "messages.mo"


class DifferentTranslations(ValueError):
    """Two areas translate one sentence differently."""


def merged() -> Catalog:
    """Return one catalogue of all areas; raises :class:`DifferentTranslations` where two of them disagree."""
    catalogue = Catalog(locale="zh_Hans_CN")
    for path in sorted((HOME / "areas").glob("*.po")):
        with path.open("rb") as file:
            _take_over(catalogue, read_po(file, locale="zh_Hans_CN"), path)
    return catalogue


def _take_over(catalogue: Catalog, area: Catalog, path: Path) -> None:
    for message in area:
        if not message.id:
            continue
        known = catalogue.get(message.id)
        if known is not None and known.string != message.string:
            raise DifferentTranslations(f"{path.name}: {message.id!r} is {message.string!r} here and {known.string!r} elsewhere")
        catalogue.add(message.id, message.string, flags=message.flags)


def compile_catalogue() -> None:
    """Write the catalogue the server reads, whole or not at all."""
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=COMPILED.parent)
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, merged())
    Path(draft).chmod(0o644)
    Path(draft).replace(COMPILED)


def compile_if_stale() -> None:
    """Compile when an area is newer than the catalogue, or there is none yet."""
    areas = [path.stat().st_mtime for path in (HOME / "areas").glob("*.po")]
    if not COMPILED.exists() or max(areas, default=0.0) > COMPILED.stat().st_mtime:
        compile_catalogue()


def chinese() -> Callable[[str], str]:
    """Return what gives a sentence's Chinese where nobody asks in a request: for the terminal, which speaks both languages at once."""
    compile_if_stale()
    with COMPILED.open("rb") as file:
        return GNUTranslations(file).gettext


if __name__ == "__main__":
    compile_catalogue()

"""QR codes as SVG, from upper-case letters and digits: a smaller symbol, and safe through a keyboard-wedge scanner."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M

from server.config import Settings

QUIET_ZONE = 4
"""Modules of white around the symbol, as the standard asks."""
MASK = 2
"""Any mask is valid; a fixed one saves trying all eight."""


def link(settings: Settings, path: str, token: str) -> str:
    """Return the address a code leads to, all in capitals (``HTTPS://HOST/V/…``); paths are matched without case."""
    return f"{settings.allowed_origins[0]}/{path}/{token}".upper()


@lru_cache(maxsize=512)
def svg(text: str) -> Markup:
    """Return ``text`` as a QR code in one SVG path, black on white, with its quiet zone; no inline style."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix) + 2 * QUIET_ZONE
    path = "".join(_row_path(row, number + QUIET_ZONE) for number, row in enumerate(matrix))
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" aria-hidden="true">'
        '<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(side=side, path=path)


def _row_path(row: list[bool], y: int) -> str:
    parts, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            parts.append(f"M{start + QUIET_ZONE} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(parts)

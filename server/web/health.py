"""Is it well? ``/healthz`` for the process, ``/readyz`` for all it needs, ``/metrics`` for a Prometheus server."""

from __future__ import annotations

import shutil
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from server.db import outbox
from server.web.house import House

LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this much free disk the house says it is not ready, while it still can."""


def readiness(house: House) -> dict[str, dict[str, Any]]:
    """Return one entry a part, each with ``ok``."""
    parts = {"database": _database(house), "disk": _disk(house)}
    live = house.live.health()
    parts["live"] = {"ok": bool(live["current"]) and not live["failing"], **live}
    for loop in house.loops:
        parts[loop.name] = {
            "ok": loop.is_well(),
            "last_success": loop.last_success.isoformat() if loop.last_success else None,
            "last_error": loop.last_error,
        }
    return parts


def metrics(house: House) -> str:
    """Return the same in Prometheus's text format, with the newest fact's number."""
    parts = readiness(house)
    lines = ["# TYPE yingbin_part_ok gauge"]
    lines += [f'yingbin_part_ok{{part="{name}"}} {int(part["ok"])}' for name, part in parts.items()]
    lines += ["# TYPE yingbin_head counter", f"yingbin_head {parts['database'].get('head', 0)}"]
    return "\n".join(lines) + "\n"


def _database(house: House) -> dict[str, Any]:
    try:
        with house.door.reading() as session:
            return {"ok": True, "head": outbox.head(session)}
    except SQLAlchemyError as error:
        return {"ok": False, "error": type(error).__name__}


def _disk(house: House) -> dict[str, Any]:
    try:
        free = shutil.disk_usage(house.settings.data).free
    except OSError as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": free >= LEAST_FREE_BYTES, "free_megabytes": free // 1_048_576}

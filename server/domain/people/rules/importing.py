"""How the import of a list of people goes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class ImportState(StrEnum):
    """Where an import stands."""

    PREVIEWED = "previewed"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ImportAction(StrEnum):
    """What can happen to an import."""

    TAKE = "take"
    RENEW = "renew"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


IMPORT_TABLE: Mapping[tuple[ImportState, ImportAction], ImportState] = {
    (ImportState.PREVIEWED, ImportAction.TAKE): ImportState.TAKEN,
    (ImportState.PREVIEWED, ImportAction.RENEW): ImportState.PREVIEWED,
    (ImportState.PREVIEWED, ImportAction.WITHDRAW): ImportState.WITHDRAWN,
    (ImportState.PREVIEWED, ImportAction.EXPIRE): ImportState.EXPIRED,
}
"""(state, action) → state; every pair that is not here is refused."""

IMPORT_LIFE = timedelta(hours=1)
"""How long the content of a list that was only looked at is kept."""


def after(state: ImportState, action: ImportAction) -> ImportState | None:
    """Return the state that ``action`` leads to, None if it is refused."""
    return IMPORT_TABLE.get((state, action))

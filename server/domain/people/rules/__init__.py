"""What is known of names (how they are read, found and masked), and how a list of people is imported. Pure."""

from __future__ import annotations

from server.domain.people.rules.columns import (
    COLUMNS,
    HOST_FIELDS,
    TENANT_COLUMNS,
    Fault,
    ListedRow,
    check_address,
    check_language,
    column_letter,
    listed,
)
from server.domain.people.rules.differences import Change, HostNow, Plan, PlannedRow, RowKind, Target, TenantNow, packed, plan, unpacked
from server.domain.people.rules.importing import IMPORT_LIFE, IMPORT_TABLE, ImportAction, ImportState, after
from server.domain.people.rules.masking import mask
from server.domain.people.rules.names import folded, is_han
from server.domain.people.rules.phones import phone_tail, tidy_phone
from server.domain.people.rules.readings import LONGEST_READING, Rank, readings, search_key

MOST_FOUND = 5
"""Results a kiosk is shown."""
SEARCH_BURST = 20
"""Searches a kiosk may make at once: a visitor types, and each letter asks."""
SEARCHES_A_MINUTE = 5
"""In the long run. Learning one name takes some twenty searches, so that at 300 names an hour teaches less than one in twenty."""

__all__ = [
    "COLUMNS",
    "HOST_FIELDS",
    "IMPORT_LIFE",
    "IMPORT_TABLE",
    "LONGEST_READING",
    "MOST_FOUND",
    "SEARCHES_A_MINUTE",
    "SEARCH_BURST",
    "TENANT_COLUMNS",
    "Change",
    "Fault",
    "HostNow",
    "ImportAction",
    "ImportState",
    "ListedRow",
    "Plan",
    "PlannedRow",
    "Rank",
    "RowKind",
    "Target",
    "TenantNow",
    "after",
    "check_address",
    "check_language",
    "column_letter",
    "folded",
    "is_han",
    "listed",
    "mask",
    "packed",
    "phone_tail",
    "plan",
    "readings",
    "search_key",
    "tidy_phone",
    "unpacked",
]

"""What is known of names (how they are read, found and masked), and how a list of people is imported. Pure."""

from __future__ import annotations

from server.domain.people.rules.columns import (
    COLUMNS,
    HOST_FIELDS,
    TENANT_COLUMNS,
    ListedRow,
    check_address,
    check_language,
    listed,
)
from server.domain.people.rules.differences import Change, HostNow, Plan, PlannedRow, RowKind, Target, TenantNow, packed, plan, unpacked
from server.domain.people.rules.importing import IMPORT_LIFE, IMPORT_TABLE, ImportAction, ImportState, after
from server.domain.people.rules.masking import mask, mask_found
from server.domain.people.rules.names import folded, is_han
from server.domain.people.rules.phones import phone_tail, tidy_phone
from server.domain.people.rules.readings import LONGEST_READING, Rank, readings, search_key

MOST_FOUND = 5
"""Results a kiosk is shown."""
SEARCH_BURST = 60
"""Searches a kiosk may make at once: each letter a visitor types may ask, and a tour's guests come one after the other."""
SEARCHES_A_MINUTE = 2
"""In the long run: a hundred and eighty in the busiest hour teach a scraper fewer than one name in twenty of three hundred."""
KIOSK_RANKS = (Rank.NAME, Rank.MISREAD)
"""What a kiosk looks through. By given names alone the whole park could be listed in as many searches as there are characters."""

__all__ = [
    "COLUMNS",
    "HOST_FIELDS",
    "IMPORT_LIFE",
    "IMPORT_TABLE",
    "KIOSK_RANKS",
    "LONGEST_READING",
    "MOST_FOUND",
    "SEARCHES_A_MINUTE",
    "SEARCH_BURST",
    "TENANT_COLUMNS",
    "Change",
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
    "folded",
    "is_han",
    "listed",
    "mask",
    "mask_found",
    "packed",
    "phone_tail",
    "plan",
    "readings",
    "search_key",
    "tidy_phone",
    "unpacked",
]

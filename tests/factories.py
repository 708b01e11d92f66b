"""Data makers: each makes one thing through the house's own verbs, with sensible values for what a test does not care about.

They return ids. Other subjects add their makers below; a maker never writes a table by hand.
"""

from __future__ import annotations

from functools import cache
from itertools import count

from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.people import service as people
from server.domain.staff import passwords
from server.domain.staff import service as staff
from server.domain.staff.passwords import Hashed
from server.keys import Keys

PASSWORD = "green tea at nine"
"""The password of everybody :func:`make_staff` takes on."""
PIN = "271828"
"""Their PIN, if they are attendants."""

_numbers = count(1)


def internal() -> Operation:
    """An operation of the house's own, new each time."""
    return Operation.internal("test")


@cache
def _hashed(keys: Keys, secret: str) -> Hashed:
    # Hashing is slow on purpose; a test house has one key and one password.
    return passwords.hash_pin(keys, secret) if secret == PIN else passwords.hash_password(keys, secret, username="")


def make_staff(
    door: Door, role: str = "desk", *, name: str = "林晓", username: str = "", password: str = PASSWORD, must_change: bool = False
) -> int:
    """Take somebody on in ``role`` and return the id; the user name is ``username`` or a new one."""
    secret = {"pin": _hashed(door.keys, PIN)} if role == "attendant" else {"password": _hashed(door.keys, password)}
    outcome = staff.add_staff(
        door, internal(), name=name, role=role, username=username or f"{role}{next(_numbers)}", must_change=must_change, **secret
    )
    return int(outcome.ids["staff"] or 0)


def make_tenant(door: Door, *, name: str = "", floor: str = "5", name_en: str = "") -> int:
    """Take a tenant in and return the id; the name is ``name`` or a new one."""
    outcome = people.add_tenant(door, internal(), name=name or f"澄江科技{next(_numbers)}", name_en=name_en, floor=floor, rooms="501–506")
    return int(outcome.ids["tenant"] or 0)


def make_host(door: Door, *, tenant_id: int | None = None, name: str = "曾静怡", name_en: str = "", delegate_id: int | None = None) -> int:
    """Let somebody work for a tenant (a new one unless given) and return the id."""
    home = tenant_id if tenant_id is not None else make_tenant(door)
    outcome = people.add_host(door, internal(), tenant_id=home, name=name, name_en=name_en)
    host_id = int(outcome.ids["host"] or 0)
    if delegate_id is not None:
        people.set_delegate(door, internal(), host_id=host_id, delegate_id=delegate_id)
    return host_id

"""Hashing of passwords and PINs: argon2id over an HMAC with the house's key, so that a stolen database alone is not enough to guess.

Hashing is slow on purpose (some 70 ms) and must not hold the transaction or the server's one loop: callers hash outside of
commands and say where by ``run`` (the web gives its thread pool).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NewType, Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.db.operations import Operation
from server.domain.staff import rules
from server.keys import Keys

T = TypeVar("T")
Hashed = NewType("Hashed", str)
"""A checked and hashed password or PIN; only this file makes them."""


class Run(Protocol):
    """Where slow work is done."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """Do ``work`` and return what it returns."""


NOBODY = Hashed("$argon2id$v=19$m=32768,t=3,p=1$qMxtyfuJ4osOnyNSPp5ohQ$q253UpoAMjq8kym//4lNdAVhoPPGFfKmUBXqUG4upGo")
"""What a password is compared with when nobody has that name: an unknown name answers in the time of a known one."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What can be read out over a telephone."""

SLOW = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
"""How much work a guess costs. A hash carries its own cost, so that another one may be chosen later and old hashes stay good."""


def run_here(work: Callable[[], T], /) -> T:
    """Do slow work on the spot: for the command line and tests."""
    return work()


def hash_password(keys: Keys, password: str, *, username: str, hasher: PasswordHasher = SLOW) -> Hashed:
    """Return the hash of a password that the rules accept for ``username``; refuses others (field ``password``)."""
    rules.check_password(password, username=username)
    return _hash(keys, password, hasher)


def hash_pin(keys: Keys, pin: str, *, hasher: PasswordHasher = SLOW) -> Hashed:
    """Return the hash of a PIN that the rules accept; refuses others (field ``pin``)."""
    rules.check_pin(pin)
    return _hash(keys, pin, hasher)


def matches(keys: Keys, hashed: Hashed, secret: str) -> bool:
    """Tell whether ``secret`` is what was hashed; always as slow as hashing."""
    try:
        return SLOW.verify(hashed, _peppered(keys, secret))
    except (VerificationError, InvalidHashError):
        return False


def drawn_password(keys: Keys, operation: Operation) -> str:
    """Return the first password for somebody, the same for the same operation, so that a retry shows it once more."""
    drawn = keys.mac("first password", operation.key)
    text = "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn[:12])
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def drawn_pin(keys: Keys, operation: Operation) -> str:
    """Return the first PIN for somebody, the same for the same operation."""
    version = 0
    while rules.is_simple_pin(pin := _six_digits(keys, f"{operation.key}:{version}")):
        version += 1
    return pin


def _six_digits(keys: Keys, text: str) -> str:
    return f"{int.from_bytes(keys.mac('first pin', text)[:8], 'big') % 1_000_000:06d}"


def _hash(keys: Keys, secret: str, hasher: PasswordHasher) -> Hashed:
    return Hashed(hasher.hash(_peppered(keys, secret)))


def _peppered(keys: Keys, secret: str) -> bytes:
    # One spelling for what is typed by different keyboards: full-width digits, composed letters.
    return keys.mac("password", unicodedata.normalize("NFKC", secret))

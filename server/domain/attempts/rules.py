"""How long somebody who guessed wrong must wait. Pure.

A streak of misses brings a pause that doubles with each further miss; a right guess ends the streak. Besides, misses in any hour are
capped, forgiven or not, so that a thief with one good code cannot buy himself new guesses with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
"""Older misses are forgotten."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a key is allowed: ``free`` misses in a row before the first pause (None: no pauses), and misses an hour.

    ``again`` further misses in a row bring the next pause, which is twice as long.
    """

    most_an_hour: int
    free: int | None = None
    again: int = 1
    pause: timedelta = timedelta(seconds=60)
    longest_pause: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A key that misses are counted against, and its policy."""

    key: str
    policy: Policy


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A past miss: when it was, and whether a right guess has followed it."""

    at: datetime
    forgiven: bool


CODE_AT_DEVICE = Policy(free=5, most_an_hour=20)
"""Six-digit codes at one device: 5 misses, 60 s, doubling to 15 minutes; at most 20 misses an hour."""
CODE_AT_SITE = Policy(most_an_hour=60)
"""Six-digit codes at all devices together."""
LOGIN_NAME = Policy(free=5, most_an_hour=20)
"""Passwords tried for one user name."""
LOGIN_ORIGIN = Policy(free=10, most_an_hour=40)
"""Passwords tried from one address: more, since colleagues may share it."""
PIN_OF_PAIR = Policy(free=5, again=5, most_an_hour=20, pause=timedelta(minutes=5), longest_pause=timedelta(minutes=30))
"""PINs tried for one person at one tablet: 5 misses, 5 minutes; 10 misses, 10 minutes. The pair waits, never the person."""
PIN_AT_DEVICE = Policy(most_an_hour=20)
"""PINs tried at one tablet, whoever they are tried for."""


def code_guess(device_id: int) -> tuple[Counted, ...]:
    """Return what a guess at a device is counted against: a six-digit code, or a phone's last four with a surname."""
    return (Counted(key=f"code:device:{device_id}", policy=CODE_AT_DEVICE), Counted(key="code:site", policy=CODE_AT_SITE))


def login_guess(username: str, origin: str) -> tuple[Counted, ...]:
    """Return what a password is counted against: the name that was typed, and the address it came from."""
    return (
        Counted(key=f"login:name:{username.casefold()}", policy=LOGIN_NAME),
        Counted(key=f"login:origin:{origin}", policy=LOGIN_ORIGIN),
    )


def pin_guess(device_id: int, staff_id: int) -> tuple[Counted, ...]:
    """Return what a PIN is counted against: the pair of tablet and person, and the tablet."""
    return (
        Counted(key=f"pin:{device_id}:{staff_id}", policy=PIN_OF_PAIR),
        Counted(key=f"pin:device:{device_id}", policy=PIN_AT_DEVICE),
    )


def tries_left(misses: Sequence[Missed], now: datetime, policy: Policy) -> int:
    """Return how many wrong guesses may still follow before the next must wait; 0 while one must."""
    if wait(misses, now, policy) is not None:
        return 0
    recent = [miss for miss in misses if now - miss.at < HOUR]
    in_hour = policy.most_an_hour - len(recent)
    if policy.free is None:
        return in_hour
    streak = sum(not miss.forgiven for miss in recent)
    in_row = policy.free - streak if streak < policy.free else policy.again - (streak - policy.free) % policy.again
    return min(in_hour, in_row)


def wait(misses: Sequence[Missed], now: datetime, policy: Policy) -> timedelta | None:
    """Return how long the next guess must wait, None if it may come now. ``misses`` are oldest first."""
    recent = [miss for miss in misses if now - miss.at < HOUR]
    until = max((moment for moment in (_end_of_cap(recent, policy), _end_of_pause(recent, policy)) if moment), default=None)
    return until - now if until is not None and until > now else None


def _end_of_cap(recent: Sequence[Missed], policy: Policy) -> datetime | None:
    if len(recent) < policy.most_an_hour:
        return None
    return recent[len(recent) - policy.most_an_hour].at + HOUR


def _end_of_pause(recent: Sequence[Missed], policy: Policy) -> datetime | None:
    streak = [miss for miss in recent if not miss.forgiven]
    if policy.free is None or len(streak) < policy.free or (len(streak) - policy.free) % policy.again:
        return None
    doublings = min((len(streak) - policy.free) // policy.again, 16)
    pause: timedelta = min(policy.pause * 2**doublings, policy.longest_pause)
    return streak[-1].at + pause

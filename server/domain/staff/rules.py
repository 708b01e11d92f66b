"""Who on the staff may do what, what a password, a PIN and a user name must be, and when a login ends. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import BadInput


class Role(StrEnum):
    """What a member of staff is employed for; each has exactly one."""

    DESK = "desk"
    SUPERVISOR = "supervisor"
    KEEPER = "keeper"
    ADMIN = "admin"
    ATTENDANT = "attendant"

    @property
    def has_pin(self) -> bool:
        """Whether this role works on an enrolled tablet with a PIN; the others log in with a password."""
        return self is Role.ATTENDANT


class Action(StrEnum):
    """What the house asks leave for, below the faces and beside their table of routes."""

    KEEP_PEOPLE = "keep_people"
    IMPORT_PEOPLE = "import_people"
    APPROVE_DEVICES = "approve_devices"
    KEEP_DEVICES = "keep_devices"
    RESET_PINS = "reset_pins"
    KEEP_STAFF = "keep_staff"
    KEEP_POSTS = "keep_posts"
    APPROVE_LEAVE = "approve_leave"


_DESK = frozenset({Action.KEEP_PEOPLE, Action.APPROVE_DEVICES, Action.KEEP_POSTS})
_SUPERVISOR = _DESK | {Action.IMPORT_PEOPLE, Action.KEEP_DEVICES, Action.RESET_PINS, Action.APPROVE_LEAVE}

MAY: Mapping[Role, frozenset[Action]] = {
    Role.DESK: _DESK,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.KEEPER: frozenset(),
    Role.ADMIN: frozenset(Action),
    Role.ATTENDANT: frozenset(),
}
"""Role → actions; what is not here is refused."""

SESSION_LONGEST = timedelta(hours=12)
"""A login ends after this long, however busy."""
TOUCH_EVERY = timedelta(minutes=1)
"""A sign of life is written at most this often."""

PASSWORD_LEAST, PASSWORD_MOST = 10, 128
"""Characters."""
COMMON_PASSWORDS = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "9876543210",
        "1q2w3e4r5t",
        "qwertyuiop",
        "passw0rd123",
        "password123",
        "administrator",
        "woaini1314",
    }
)
"""What guessers try first and the other rules let through."""

_USERNAME = re.compile(r"[\w.@-]{2,40}")


def may(role: Role, action: Action) -> bool:
    """Tell whether ``role`` may do ``action``."""
    return action in MAY[role]


def role_named(text: str) -> Role:
    """Return the role called ``text``; refuses others (field ``role``)."""
    try:
        return Role(text)
    except ValueError:
        raise BadInput("role_unknown", field="role") from None


def tidy_username(text: str) -> str:
    """Return a user name as it is stored and compared: without blanks around it, in one case and width."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_username(text: str) -> str:
    """Return the tidy user name; refuses what is no name of 2 to 40 letters, digits, ``. _ - @`` (field ``username``)."""
    username = tidy_username(text)
    if not username:
        raise BadInput("missing", field="username")
    if not is_username(username):
        raise BadInput("username_form", field="username")
    return username


def is_username(text: str) -> bool:
    """Tell whether a tidy text may be somebody's user name; what may not need not be looked for."""
    return _USERNAME.fullmatch(text) is not None


def check_password(password: str, *, username: str) -> None:
    """Refuse a password that is too short, too long, the user name and little else, or a common one (field ``password``)."""
    if len(password) < PASSWORD_LEAST:
        raise BadInput("password_short", field="password", least=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        raise BadInput("password_long", field="password", most=PASSWORD_MOST)
    plain, name = password.casefold(), tidy_username(username)
    if name and (not plain.replace(name, "") or plain.strip("0123456789._-@!") == name):
        raise BadInput("password_is_username", field="password")
    if plain in COMMON_PASSWORDS or len(set(plain)) < 4:
        raise BadInput("password_common", field="password")


def check_pin(pin: str) -> None:
    """Refuse a PIN that is not six digits, or that anybody would try first (field ``pin``)."""
    if len(pin) != 6 or not (pin.isascii() and pin.isdigit()):
        raise BadInput("pin_digits", field="pin")
    if is_simple_pin(pin):
        raise BadInput("pin_simple", field="pin")


def is_simple_pin(pin: str) -> bool:
    """Tell whether six digits are one digit repeated, a run up or down, or two or three digits repeated."""
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return (len(steps) == 1 and steps <= {0, 1, 9}) or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def session_holds(*, created_at: datetime, seen_at: datetime, now: datetime, still: timedelta) -> bool:
    """Tell whether a login still holds: not still for ``still``, and not older than a shift."""
    return now - seen_at < still and now - created_at < SESSION_LONGEST

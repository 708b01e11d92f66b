"""Who asks: the device or login behind a face's cookie, or the holder of a link.

Each face has one cookie of its own, so that one browser may be kiosk, board and desk at once. A principal is resolved once a
request, and the access table is asked before any view runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, Response, g, request

from server.config import Settings
from server.domain.devices import queries as devices
from server.domain.posts import queries as posts
from server.domain.staff import queries as staff
from server.domain.tokens import queries as tokens
from server.domain.tokens.rules import is_use_due
from server.errors import NotFound, Refused, Unknown
from server.keys import tidy_token
from server.web.access import Role, may_call
from server.web.house import house

DEVICE_FACES: Mapping[str, Role] = {"kiosk": Role.KIOSK, "floor_tablet": Role.TABLET, "board": Role.BOARD, "door": Role.DOOR}
"""Blueprints shown by an enrolled device."""
STAFF_FACES = frozenset({"desk", "stockroom"})
"""Blueprints behind a login; they share one."""
TOKEN_FACES = frozenset({"api"})
"""Blueprints for other programs: a bearer token is the proof, never a cookie."""
LINK_FACES = frozenset({"phone", "room"})
"""Blueprints whose address holds the proof."""
SHARED = "shared"
SHARED_BY = ("floor_tablet", "desk")
"""What desk and tablets open alike is proved by the cookie of either."""

FOREVER_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie; a device's proof ends by revocation."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks. ``credential`` is the secret he proved himself with; ``actor`` is how the audit names him.

    Of a login also: ``name`` (for the screen), ``must_change`` (a first password is in use), ``touch_due`` (a sign of life is to be
    written). Another program has a token, and scopes instead of a name. A floor tablet that somebody opened with their PIN has both a
    device and a person; ``tablet_id`` is that session.
    """

    role: Role
    actor: str
    credential: str = ""
    device_id: int | None = None
    staff_id: int | None = None
    session_id: int | None = None
    tablet_id: int | None = None
    token_id: int | None = None
    scopes: frozenset[str] = frozenset()
    name: str = ""
    must_change: bool = False
    touch_due: bool = False

    @property
    def subject(self) -> str:
        """The name under which his sockets are known and cut; that of an open tablet ends in its device."""
        if self.tablet_id:
            return tablet_subject(self.tablet_id, self.device_id or 0)
        return f"session:{self.session_id}" if self.session_id else self.actor


def tablet_subject(tablet_id: int, device_id: int) -> str:
    """Return the name of the sockets of an open tablet: cut when it is locked, and with every other socket of the device."""
    return f"tablet:{tablet_id}@{device_id}"


def device_of(subject: str) -> int | None:
    """Return the device whose sockets bear this name; None for a login's or a link's."""
    kind, _, number = subject.partition(":")
    if kind == "tablet":
        return int(number.partition("@")[2])
    return int(number) if kind == "device" else None


NOBODY = Principal(role=Role.NOBODY, actor="nobody")


def cookie_name(face: str, settings: Settings) -> str:
    """Return the name of a face's cookie: bound to this host where the connection is TLS."""
    kept = "desk" if face in STAFF_FACES else {"floor_tablet": "tablet"}.get(face, face)
    return f"__Host-yb-{kept}" if settings.is_https else f"yb-{kept}"


def principal() -> Principal:
    """Return who asks, as far as this face's cookie or link tells."""
    if "principal" not in g:
        g.principal = principal_on(request.blueprint or "web")
    found: Principal = g.principal
    return found


def principal_on(face: str) -> Principal:
    """Return who this browser is on ``face``; NOBODY when it has no proof, or one that is no longer good."""
    return principal_for(face, str((request.view_args or {}).get("token", "")))


def principal_for(face: str, key: str) -> Principal:
    """Return the same where the link's token is not in the address but given as ``key``."""
    if face in LINK_FACES:
        return _link_holder(key)
    if face in TOKEN_FACES:
        return _program()
    if face == SHARED:
        return _either()
    credential = request.cookies.get(cookie_name(face, house().settings), "")
    if not credential:
        return NOBODY
    if face in DEVICE_FACES:
        return _device(credential, DEVICE_FACES[face])
    if face in STAFF_FACES:
        return _staff(credential)
    return NOBODY


def _either() -> Principal:
    """Return who asks for what is shared: an open tablet before a login before a locked tablet."""
    return min((principal_on(face) for face in SHARED_BY), key=lambda asker: (asker.role is Role.NOBODY, asker.role is Role.TABLET))


def _link_holder(key: str) -> Principal:
    token = tidy_token(key)
    if token is None:
        return NOBODY
    digest = house().keys.digest("link", token)
    return Principal(role=Role.LINK, actor=f"link:{digest[:24]}", credential=token)


def _program() -> Principal:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not secret:
        return NOBODY
    with house().door.reading() as session:
        token = tokens.token_of(session, house().keys, secret.strip())
    if token is None:
        return NOBODY
    return Principal(
        role=Role.API,
        actor=f"token:{token.id}",
        credential=secret,
        token_id=token.id,
        scopes=token.scopes,
        touch_due=is_use_due(token.used_at, house().clock.now()),
    )


def _device(credential: str, role: Role) -> Principal:
    with house().door.reading() as session:
        device = devices.device_of(session, house().keys, credential, role.value)
        opened = posts.unlocked(session, device.id, house().clock.now(), house().settings) if device and role is Role.TABLET else None
    if device is None:
        return NOBODY
    if opened is None:
        return Principal(role=role, actor=f"device:{device.id}", credential=credential, device_id=device.id)
    return Principal(
        role=Role.ATTENDANT,
        actor=f"staff:{opened.staff_id}",
        credential=credential,
        device_id=device.id,
        staff_id=opened.staff_id,
        tablet_id=opened.session_id,
        name=opened.name,
        touch_due=opened.touch_due,
    )


def _staff(credential: str) -> Principal:
    with house().door.reading() as session:
        login = staff.session_of(session, house().keys, credential, house().clock.now(), house().settings)
    if login is None:
        return NOBODY
    return Principal(
        role=Role(login.role),
        actor=f"staff:{login.staff_id}",
        credential=credential,
        staff_id=login.staff_id,
        session_id=login.session_id,
        name=login.name,
        must_change=login.must_change,
        touch_due=login.touch_due,
    )


def give_cookie(response: Response, face: str, credential: str) -> Response:
    """Let the browser keep its proof for ``face``: unreadable to scripts, never sent from elsewhere."""
    settings = house().settings
    age = None if face in STAFF_FACES else FOREVER_SECONDS
    response.set_cookie(
        cookie_name(face, settings), credential, max_age=age, path="/", httponly=True, samesite="Strict", secure=settings.is_https
    )
    return response


def take_cookie(response: Response, face: str) -> Response:
    """Let the browser forget its proof for ``face``."""
    settings = house().settings
    response.delete_cookie(cookie_name(face, settings), path="/", httponly=True, samesite="Strict", secure=settings.is_https)
    return response


def install(app: Flask) -> None:
    """Ask the access table before every view."""

    @app.before_request
    def check() -> None:
        if request.endpoint is None:
            return
        asker = principal()
        if may_call(request.endpoint, asker.role):
            return
        if asker.role is Role.TABLET and may_call(request.endpoint, Role.ATTENDANT):
            raise Unknown("tablet_locked")
        if asker.role is not Role.NOBODY:
            raise Refused("not_for_this_role")
        if request.blueprint in LINK_FACES:
            raise NotFound("link_unknown")
        if request.blueprint in TOKEN_FACES:
            raise Unknown("token_needed")
        raise Unknown("login_needed" if request.blueprint in {*STAFF_FACES, SHARED} else "device_needed")

"""Who may watch which live region, and the routes to watch by: a ticket for the socket, and a region by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from server.db.transaction import Door
from server.domain.devices import queries as devices
from server.domain.posts import queries as posts
from server.domain.staff import queries as staff
from server.errors import NotFound, Unknown
from server.events import DeviceRevoked, Event, TabletLocked
from server.live import Ticket
from server.web.access import REGIONS, Role, may_watch
from server.web.auth import Principal, principal_for, principal_on, tablet_subject
from server.web.house import house
from server.web.i18n import LANGUAGES, in_language, language

watching = Blueprint("watching", __name__)

Owner = Callable[[Principal, str], Iterable[str]]
"""Gives the ids of the regions that a key (a kiosk's session, a phone's token) opens to somebody."""

BLUEPRINTS = {
    "kiosk": "kiosk",
    "tablet": "floor_tablet",
    "board": "board",
    "door": "door",
    "desk": "desk",
    "stock": "stockroom",
    "phone": "phone",
    "room": "room",
}
"""The face a page names → the blueprint whose cookie or link proves it."""


@watching.get("/live/ticket")
def ticket() -> ResponseReturnValue:
    """Give a page the ticket for its socket; a stranger gets 401."""
    face, key = request.args.get("face", ""), request.args.get("key", "")
    asker = principal_for(BLUEPRINTS.get(face, "web"), key)
    if asker.role is Role.NOBODY:
        raise Unknown("device_needed")
    if face == "tablet" and key != str(asker.tablet_id or ""):
        # The page was drawn for a session that is over: it goes to the lock screen rather than standing still.
        raise Unknown("tablet_locked")
    patterns = [*_patterns(asker), *house().owners.get(face, _owns_nothing)(asker, key)]
    made = house().live.make_ticket(face=face, subject=asker.subject, regions=patterns, with_cookie=asker.role is not Role.LINK)
    return jsonify({"ticket": made})


@watching.get("/region/<path:region_id>")
def region(region_id: str) -> ResponseReturnValue:
    """Give one region as the page and the push have it, to whoever may watch it."""
    key = request.args.get("key", "")
    if not any(_opens(face, key, region_id) for face in BLUEPRINTS):
        raise NotFound("not_here")
    return Response(house().live.render(region_id, language()).html, mimetype="text/html")


def _opens(face: str, key: str, region_id: str) -> bool:
    asker = principal_for(BLUEPRINTS[face], key)
    if asker.role is Role.NOBODY:
        return False
    if may_watch(region_id.partition(":")[0], asker.role):
        return True
    return region_id in house().owners.get(face, _owns_nothing)(asker, key)


def _patterns(asker: Principal) -> list[str]:
    return [pattern for name, roles in REGIONS.items() if asker.role in roles for pattern in (name, f"{name}:*")]


def _owns_nothing(_asker: Principal, _key: str) -> Iterable[str]:
    return ()


def speaker(app: Flask) -> Callable[[str], AbstractContextManager[None]]:
    """Return a context in which templates may be rendered outside a request, in a given language."""

    @contextmanager
    def speaking(lang: str) -> Iterator[None]:
        with app.app_context(), in_language(lang if lang in LANGUAGES else "zh"):
            yield

    return speaking


def cookie_subject(app: Flask) -> Callable[[Mapping[str, Any], str], str | None]:
    """Return a look-up of whom a face's cookie proves, from a raw request: asked before a socket is opened."""

    def subject(environ: Mapping[str, Any], face: str) -> str | None:
        with app.request_context(dict(environ)):
            asker = principal_on(BLUEPRINTS.get(face, "web"))
        return None if asker.role is Role.NOBODY else asker.subject

    return subject


def subject_check(door: Door) -> Callable[[Ticket], bool]:
    """Return the check made at every watch: that this device, login or open tablet is still good."""

    def is_good(ticket: Ticket) -> bool:
        kind, _, number = ticket.subject.partition(":")
        with door.reading() as session:
            if kind == "device":
                return devices.is_good(session, int(number))
            if kind == "session":
                return staff.is_good(session, int(number), door.clock.now(), door.settings)
            if kind == "tablet":
                return posts.is_good(session, int(number.partition("@")[0]), door.clock.now(), door.settings)
        return True

    return is_good


def cut_by(fact: Event) -> Iterable[str]:
    """Return whose sockets a fact cuts, beside a device's own and a login's: those of an open tablet that was locked or revoked."""
    if isinstance(fact, TabletLocked):
        return (tablet_subject(fact.session_id, fact.device_id),)
    if isinstance(fact, DeviceRevoked):
        return (f"*@{fact.device_id}",)
    return ()

"""What one person has told this kiosk so far: a draft at the server, named by a random key in a cookie, until it is wiped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, g, request

from kiosk.steps import HELP, HOME, STEPS, WAIT, Step
from server.db.operations import Operation
from server.domain.devices import queries as devices
from server.domain.devices.queries import DeviceCard
from server.domain.drafts import queries as draft_queries
from server.domain.drafts import service as drafts
from server.domain.drafts.queries import DraftView
from server.errors import NotFound, Unknown
from server.web.auth import principal
from server.web.house import house

Value = str | int | bool | None

LONGEST_TYPED = 200
"""Characters of one field that are kept while it is being typed; what is longer is refused later anyway."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far one person has come. ``key`` is empty when nobody has begun."""

    key: str = ""
    fields: Mapping[str, Value]
    visit_id: int | None = None

    @property
    def step(self) -> str:
        """The screen to show: the wait for the host once a visit was made, else what was kept."""
        kept = self.text("step")
        if self.visit_id is not None and kept != HELP:
            return WAIT
        return kept if kept in STEPS else HOME

    @property
    def rules(self) -> Step:
        """What holds for that screen."""
        return STEPS[self.step]

    def text(self, name: str) -> str:
        """Return a field as text; empty when it was never given."""
        value = self.fields.get(name)
        return "" if value is None else str(value)


NOBODY_YET = Progress(fields={})


def cookie_name() -> str:
    """Return the name of the cookie that holds the draft's key, for as long as the browser runs."""
    return "__Host-yb-kiosk-draft" if house().settings.is_https else "yb-kiosk-draft"


def device_id() -> int:
    """Return the number of this kiosk."""
    found = principal().device_id
    if found is None:
        raise Unknown("device_needed")
    return found


def device() -> DeviceCard:
    """Return this kiosk's card."""
    if "kiosk_device" not in g:
        with house().door.reading() as session:
            g.kiosk_device = devices.device_card(session, device_id())
    found: DeviceCard = g.kiosk_device
    return found


def gate() -> str:
    """Return the gate this kiosk stands at."""
    return device().gate or house().settings.gate


def progress() -> Progress:
    """Return how far the person in front of this kiosk has come."""
    if "kiosk_progress" not in g:
        g.kiosk_progress = _read(request.cookies.get(cookie_name(), ""))
    found: Progress = g.kiosk_progress
    return found


def begun(operation: Operation) -> Progress:
    """Return the same, after beginning a draft if there is none."""
    here = progress()
    return here if here.key else begin_anew(operation)


def begin_anew(operation: Operation) -> Progress:
    """Begin for somebody else: what was here before is wiped."""
    wipe(operation)
    outcome = drafts.begin(house().door, part(operation, "begin"), device_id=device_id())
    g.kiosk_progress = Progress(key=str(outcome.ids["key"]), fields={})
    g.kiosk_cookie = g.kiosk_progress.key
    return progress()


def keep(operation: Operation, **fields: Value) -> Progress:
    """Keep ``fields`` beside those kept before; returns the whole."""
    here = begun(operation)
    drafts.save(house().door, part(operation, "keep"), key=here.key, device_id=device_id(), fields=fields)
    g.kiosk_progress = replace(here, fields={**here.fields, **fields})
    return progress()


def wipe(operation: Operation) -> None:
    """Forget everything about the person here, and the key to it."""
    here = progress()
    if here.key:
        drafts.wipe(house().door, part(operation, "wipe"), key=here.key, device_id=device_id())
    g.kiosk_progress = NOBODY_YET
    g.kiosk_cookie = ""


def begin_again(operation: Operation) -> Progress:
    """Begin anew at the home screen; only how the screen is shown stays."""
    shown = view_of(progress())
    begin_anew(operation)
    return keep(operation, **shown) if shown else progress()


def view_of(here: Progress) -> dict[str, Value]:
    """Return how the screen is shown to the person here, as far as that was chosen."""
    return {name: here.text(name) for name in ("text_size", "reach") if here.text(name)}


def signed_in(operation: Operation) -> None:
    """Keep how the screen is shown after a sign-in, which empties the draft of all that was typed."""
    shown = view_of(progress())
    if shown:
        keep(part(operation, "shown"), **shown)


def typed() -> dict[str, Value]:
    """Return what stands in the fields of the present step's form, checked or not; a box without its tick is empty."""
    asked = progress().rules.asks
    if not any(name in request.form for name in asked):
        return {}
    return {name: request.form.get(name, "")[:LONGEST_TYPED] for name in asked}


def part(operation: Operation, name: str) -> Operation:
    """Return the operation of one part of a request that carries out several commands: a retry repeats each of them."""
    return replace(operation, route=f"{operation.route} {name}")


def keep_cookie(response: Response) -> Response:
    """Give the browser the key of a draft that was begun, or take it away."""
    kept = g.get("kiosk_cookie")
    secure = house().settings.is_https
    if kept:
        response.set_cookie(cookie_name(), kept, path="/", httponly=True, samesite="Strict", secure=secure)
    elif kept == "":
        response.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Strict", secure=secure)
    return response


def _read(key: str) -> Progress:
    if not key:
        return NOBODY_YET
    try:
        with house().door.reading() as session:
            found: DraftView = draft_queries.draft_of(session, key, device_id())
    except NotFound:
        return NOBODY_YET
    return Progress(key=found.key, fields=found.fields, visit_id=found.visit_id)

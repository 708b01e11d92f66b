"""Drafts: what somebody types at a kiosk, kept by the server so that nothing is lost and nothing is left behind.

A draft is not a visit yet. Signing in from a draft writes the visit and ties it to the kiosk's session in one commit, so that the
kiosk shows the host's answer however the network behaves.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.drafts import queries, rules
from server.domain.drafts.tables import Draft
from server.domain.visits import service as visits
from server.errors import BadInput, NotFound


@command
def begin(tx: Unit, *, device_id: int) -> Outcome:
    """Begin a session of one person at a kiosk; its ``key`` is random and good at this device only."""
    draft = Draft(key=secrets.token_urlsafe(rules.KEY_BYTES), device_id=device_id, begun_at=tx.now, touched_at=tx.now)
    tx.session.add(draft)
    tx.session.flush()
    return Outcome(code="begun", ids={"draft": draft.id, "key": draft.key})


@command
def save(tx: Unit, *, key: str, device_id: int, fields: Mapping[str, rules.Value]) -> Outcome:
    """Keep what was typed, beside what was typed before; refused by ``draft_too_large`` when it grows beyond 8 KB."""
    draft = _own(tx, key, device_id)
    text = json.dumps({**json.loads(draft.fields), **fields}, ensure_ascii=False, sort_keys=True)
    if len(text.encode("utf-8", "replace")) > rules.MOST_BYTES:
        raise BadInput("draft_too_large", field="fields", most=rules.MOST_BYTES)
    draft.fields = text
    draft.touched_at = tx.now
    return Outcome(code="saved", ids={"draft": draft.id})


@command
def wipe(tx: Unit, *, key: str, device_id: int) -> Outcome:
    """Empty a draft and end its session; also right when it is gone already."""
    draft = queries.live_draft(tx.session, key)
    if draft is not None and draft.device_id == device_id:
        _empty(tx, draft)
    return Outcome(code="wiped")


@command
def wipe_untouched(tx: Unit, *, draft_id: int) -> Outcome:
    """Empty a draft that nobody has touched for too long."""
    draft = tx.session.get(Draft, draft_id)
    if draft is None or draft.wiped_at is not None or draft.touched_at > tx.now - rules.LIFE:
        return Outcome(code="not_due")
    _empty(tx, draft)
    return Outcome(code="wiped", ids={"draft": draft_id})


@command
def sign_in_walk_in(
    tx: Unit,
    *,
    key: str,
    device_id: int,
    host_id: int | None,
    name: str,
    phone: str,
    company: str = "",
    purpose: str = "other",
    companions: int = 0,
    language: str = "zh",
    consent_version: str,
    gate: str,
    tenant_id: int | None = None,
) -> Outcome:
    """Sign in a walk-in from this draft, as ``visits.service.sign_in_walk_in`` does; the session then shows the host's answer.

    One draft is one visit: a second tap, whatever its operation, gives the visit there is.
    """
    draft = _own(tx, key, device_id)
    if draft.visit_id is not None:
        return _signed_in_before(draft)
    outcome = visits.new_walk_in(
        tx,
        host_id=host_id,
        name=name,
        phone=phone,
        company=company,
        purpose=purpose,
        companions=companions,
        language=language,
        consent_version=consent_version,
        gate=gate,
        tenant_id=tenant_id,
    )
    return _attach(tx, draft, outcome)


@command
def sign_in_by_token(tx: Unit, *, key: str, device_id: int, token: str, gate: str) -> Outcome:
    """Sign in by the QR of a pass at this kiosk, as ``visits.service.sign_in_by_token`` does."""
    draft = _own(tx, key, device_id)
    if draft.visit_id is not None:
        return _signed_in_before(draft)
    return _attach(tx, draft, visits.by_token(tx, token=token, gate=gate))


@command
def sign_in_by_code(tx: Unit, *, key: str, device_id: int, code: str, surname: str, gate: str) -> Outcome:
    """Sign in by code and surname at this kiosk, as ``visits.service.sign_in_by_code`` does."""
    draft = _own(tx, key, device_id)
    if draft.visit_id is not None:
        return _signed_in_before(draft)
    return _attach(tx, draft, visits.by_code(tx, code=code, surname=surname, gate=gate))


def _signed_in_before(draft: Draft) -> Outcome:
    return Outcome(code="signed_in", ids={"visit": draft.visit_id, "again": False})


def _attach(tx: Unit, draft: Draft, outcome: Outcome) -> Outcome:
    visit_id = outcome.ids.get("visit")
    if outcome.code == "signed_in" and isinstance(visit_id, int):
        draft.visit_id = visit_id
        draft.touched_at = tx.now
        # What was typed is in the visit now; the kiosk needs it no more.
        draft.fields = "{}"
    return outcome


def _own(tx: Unit, key: str, device_id: int) -> Draft:
    draft = queries.live_draft(tx.session, key)
    if draft is None or draft.device_id != device_id:
        raise NotFound("draft_unknown")
    return draft


def _empty(tx: Unit, draft: Draft) -> None:
    draft.fields = "{}"
    draft.visit_id = None
    draft.wiped_at = tx.now

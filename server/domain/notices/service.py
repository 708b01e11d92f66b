"""Messages to hosts: queued in the commit of what they tell of, claimed by the loop that sends them, and what became of each.

The network is never touched here, and never inside a transaction: the loop claims, sends, and then records.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import insert

from server.config import Settings
from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices import rules
from server.domain.notices.queries import LINK
from server.domain.notices.rules import NoticeAction, NoticeKind, NoticeState
from server.domain.notices.tables import Notice
from server.errors import Conflict, NotFound
from server.events import NoticeFailed

GOOD_AT_LEAST = timedelta(hours=12)
"""A link in a message works for so long, even if the pass it tells of is over earlier."""

_notices = Notice.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_INSERT = insert(_notices).returning(_notices.c.id)


def queue(
    tx: Unit,
    *,
    host_id: int,
    kind: NoticeKind,
    visit_id: int | None,
    tenant_id: int | None,
    address: str,
    good_until: datetime | None = None,
    day: date | None = None,
) -> int:
    """Put a message in the queue, due at once; returns its number. Called inside the command it tells of.

    Where nothing would take a message to ``address`` it stays in-app from the start, and costs no further commits.
    """
    leaves = leaves_the_house(tx.settings, address)
    number = secrets.randbits(62)
    at_least = tx.now + GOOD_AT_LEAST
    row = tx.session.execute(
        _INSERT,
        {
            "host_id": host_id,
            "tenant_id": tenant_id,
            "visit_id": visit_id,
            "kind": kind.value,
            "state": (NoticeState.WAITING if leaves else NoticeState.KEPT).value,
            "day": day,
            "tries": 0,
            "due_at": tx.now if leaves else None,
            "created_at": tx.now,
            "good_until": max(good_until, at_least) if good_until else at_least,
            "via": "",
            "failure": "",
            "link_number": number,
            "link_digest": tx.keys.token_digest(LINK, number),
            "version": 1,
        },
    )
    return int(row.scalar_one())


def leaves_the_house(settings: Settings, address: str) -> bool:
    """Tell whether some transport of these settings takes a message to ``address`` (the same ones as ``server.notify`` chooses)."""
    return settings.notify_file is not None or settings.mode == "demo" or (settings.notify_urls_file is not None and bool(address.strip()))


@command
def claim(tx: Unit, *, notice_id: int) -> Outcome:
    """Take a due message for sending: nobody else may try it for a minute. Conflict ``not_due`` if another was faster."""
    notice = _notice(tx, notice_id)
    if notice.due_at is None or notice.due_at > tx.now:
        raise Conflict("not_due", notice=notice_id, state=notice.state)
    _move(notice, NoticeAction.CLAIM)
    notice.tries += 1
    notice.due_at = tx.now + rules.CLAIMED
    return Outcome(code="claimed", ids={"notice": notice_id, "tries": notice.tries})


@command
def drop(tx: Unit, *, notice_id: int) -> Outcome:
    """Send a message no more: what it tells of is over."""
    notice = _notice(tx, notice_id)
    _move(notice, NoticeAction.DROP)
    notice.due_at = None
    return Outcome(code="dropped", ids={"notice": notice_id})


@command
def record_failure(tx: Unit, *, notice_id: int, failure: str) -> Outcome:
    """Note that a try failed, with a short code: tried again after a pause that grows, given up in the end."""
    notice = _notice(tx, notice_id)
    again_at = rules.next_try(tx.now, notice.tries)
    _move(notice, NoticeAction.GIVE_UP if again_at is None else NoticeAction.RETRY)
    notice.due_at = again_at
    notice.failure = failure[:60]
    if again_at is None:
        tx.record(NoticeFailed(notice_id=notice_id, visit_id=notice.visit_id))
    return Outcome(code="failed" if again_at is None else "will_retry", ids={"notice": notice_id, "tries": notice.tries})


def mark_sent(tx: Unit, notice_id: int, via: str) -> Notice:
    """Note that a message left by the transports ``via``; none means that it stays in-app. Returns its row."""
    notice = _notice(tx, notice_id)
    _move(notice, NoticeAction.SUCCEED if via else NoticeAction.KEEP)
    notice.due_at = None
    notice.via = via[:40]
    notice.sent_at = tx.now if via else None
    return notice


def _move(notice: Notice, action: NoticeAction) -> None:
    to = rules.TRANSITIONS.get((NoticeState(notice.state), action))
    if to is None:
        raise Conflict("notice_elsewhere", notice=notice.id, state=notice.state)
    notice.state = to.value


def _notice(tx: Unit, notice_id: int) -> Notice:
    notice = tx.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("notice_unknown")
    return notice

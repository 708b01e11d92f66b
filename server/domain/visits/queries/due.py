"""What the clock has to do: the numbers of rows whose deadline has passed, each list by an index of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_
from sqlmodel import Session, col, func, select

from server.config import Settings
from server.domain.notices.tables import Notice
from server.domain.people.tables import Host, Tenant
from server.domain.visits import rules
from server.domain.visits.rules import IN_BUILDING, State
from server.domain.visits.tables import Invitation, OpenedDay, Visit


@dataclass(frozen=True, kw_only=True)
class At:
    """The instant at which is looked, and the settings that hold then."""

    now: datetime
    settings: Settings


MOST = 100
"""Rows of one kind that one step of the loop takes."""


def unseen(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return visits whose host has not looked in time."""
    return _numbers(session, select(Visit.id).where(col(Visit.seen_due_at) <= at.now).order_by(col(Visit.seen_due_at)), col(Visit.id), but)


def unanswered(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return visits that nobody answered in time."""
    return _numbers(
        session, select(Visit.id).where(col(Visit.answer_due_at) <= at.now).order_by(col(Visit.answer_due_at)), col(Visit.id), but
    )


def windows_over(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return expected visits whose window passed."""
    over = select(Visit.id).where(col(Visit.open), col(Visit.valid_until) <= at.now, Visit.state == State.EXPECTED.value)
    return _numbers(session, over, col(Visit.id), but)


def passes_over(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return visits of people who are not here, and whose pass has run out."""
    here = [state.value for state in (State.EXPECTED, *IN_BUILDING)]
    over = select(Visit.id).where(col(Visit.open), col(Visit.valid_until) <= at.now, col(Visit.state).not_in(here))
    return _numbers(session, over, col(Visit.id), but)


def invitations_over(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return recurring invitations whose last window passed."""
    over = select(Invitation.id).where(col(Invitation.open), col(Invitation.recurring), col(Invitation.valid_until) <= at.now)
    return _numbers(session, over, col(Invitation.id), but)


def to_sweep(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return visits that were in the building when the newest sweep was due, and still are."""
    swept_at = rules.last_strike(at.now, at.settings.sweep_at, at.settings.zone)
    left_over = select(Visit.id).where(
        col(Visit.open), col(Visit.state).in_([state.value for state in IN_BUILDING]), col(Visit.signed_in_at) < swept_at
    )
    return _numbers(session, left_over, col(Visit.id), but)


def tenants_to_ask(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return tenants with visitors in the building who have not been asked this evening; those nobody can be asked of are left out."""
    today = rules.local_day(at.now, at.settings.zone)
    if at.now < rules.at_local(today, at.settings.farewell_at, at.settings.zone):
        return []
    here = col(Visit.state).in_([state.value for state in IN_BUILDING])
    asked = select(Notice.tenant_id).where(Notice.day == today)
    contact = select(Tenant.id).join(Host, col(Host.id) == col(Tenant.contact_host_id)).where(col(Host.active))
    some_host = select(Host.id).where(col(Host.active))
    waiting = (
        select(Visit.tenant_id)
        .where(col(Visit.open), here, col(Visit.tenant_id).is_not(None), col(Visit.tenant_id).not_in(asked))
        .where(or_(col(Visit.tenant_id).in_(contact), col(Visit.asked_host_id).in_(some_host)))
        .group_by(col(Visit.tenant_id))
        .order_by(func.min(Visit.signed_in_at))
    )
    return _numbers(session, waiting, col(Visit.tenant_id), but)


def day_to_open(session: Session, at: At, but: Collection[int]) -> list[int]:
    """Return the site's day as a number (20261123) if it has not been opened yet."""
    today = rules.local_day(at.now, at.settings.zone)
    number = int(today.strftime("%Y%m%d"))
    return [] if number in but or session.get(OpenedDay, today) is not None else [number]


def is_old_data(session: Session, at: At) -> bool:
    """Tell whether any personal data is past its time."""
    cutoff = at.now - timedelta(days=at.settings.retention_days)
    visits = select(Visit.id).where(
        col(Visit.anonymised_at).is_(None),
        col(Visit.valid_until) < cutoff,
        or_(col(Visit.left_at).is_(None), col(Visit.left_at) < cutoff),
        col(Visit.state).in_([state.value for state in rules.OVER]),
    )
    over = or_(col(Invitation.valid_until) < cutoff, col(Invitation.withdrawn_at) < cutoff)
    invitations = select(Invitation.id).where(col(Invitation.anonymised_at).is_(None), over)
    return any(session.exec(which.limit(1)).first() is not None for which in (visits, invitations))


def _numbers(session: Session, due: Select[Any], number: Any, but: Collection[int]) -> list[int]:
    if but:
        due = due.where(number.not_in(but))
    return [row[0] for row in session.execute(due.limit(MOST))]

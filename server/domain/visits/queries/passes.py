"""Passes: the token in a QR and the six-digit code, drawn from a random number and found by their digests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal

from sqlmodel import Session, col, select

from server.domain.visits import rules
from server.domain.visits.rules import State
from server.domain.visits.tables import Invitation, Visit
from server.keys import Keys, tidy_token

Purpose = Literal["visit", "invitation"]


@dataclass(frozen=True, kw_only=True)
class NewPass:
    """A pass that nobody holds yet, as its row stores it."""

    number: int
    token_digest: str
    code_digest: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a shown pass belongs to: a visit, or a recurring invitation with today's visit if there is one already."""

    visit: Visit | None
    invitation: Invitation | None

    @property
    def name(self) -> str:
        """The name on the pass."""
        if self.visit is not None:
            return self.visit.name
        return self.invitation.name if self.invitation is not None else ""


def draw_pass(keys: Keys, purpose: Purpose) -> NewPass:
    """Draw a new pass. Its code is unique only among the open ones of its kind: the tables' indexes hold that."""
    number = secrets.randbits(62)
    return NewPass(
        number=number, token_digest=keys.token_digest(purpose, number), code_digest=keys.digest("code", code_of(keys, purpose, number))
    )


def token_of(keys: Keys, purpose: Purpose, number: int) -> str:
    """Return what the QR of a pass holds."""
    return keys.token(purpose, number)


def code_of(keys: Keys, purpose: Purpose, number: int) -> str:
    """Return the six digits of a pass."""
    codes = rules.VISIT_CODES if purpose == "visit" else rules.INVITATION_CODES
    drawn = int.from_bytes(keys.mac(f"code:{purpose}", str(number))[:8], "big")
    return f"{codes[drawn % len(codes)]:06d}"


def shown_token(session: Session, keys: Keys, token: str, today: date) -> Shown | None:
    """Return what a token belongs to; None for one that is malformed, unknown or revoked."""
    tidy = tidy_token(token)
    if tidy is None:
        return None
    visit = session.exec(select(Visit).where(Visit.token_digest == keys.digest("visit", tidy))).one_or_none()
    if visit is not None:
        return Shown(visit=visit, invitation=None)
    invitation = session.exec(select(Invitation).where(Invitation.token_digest == keys.digest("invitation", tidy))).one_or_none()
    return _of_invitation(session, invitation, today) if invitation is not None else None


def shown_code(session: Session, keys: Keys, code: str, today: date) -> Shown | None:
    """Return what a six-digit code belongs to; None for one that opens nothing now."""
    number = rules.tidy_code(code)
    if number is None:
        return None
    digest = keys.digest("code", f"{number:06d}")
    if number in rules.VISIT_CODES:
        visit = session.exec(select(Visit).where(Visit.code_digest == digest, col(Visit.open))).one_or_none()
        return Shown(visit=visit, invitation=None) if visit is not None else None
    invitation = session.exec(select(Invitation).where(Invitation.code_digest == digest, col(Invitation.open))).one_or_none()
    return _of_invitation(session, invitation, today) if invitation is not None else None


def _of_invitation(session: Session, invitation: Invitation, today: date) -> Shown:
    return Shown(visit=visit_on(session, invitation, today), invitation=invitation)


def visit_on(session: Session, invitation: Invitation, today: date) -> Visit | None:
    """Return the visit that an invitation has today; one that has not left since an earlier day counts."""
    of_it = select(Visit).where(Visit.invitation_id == invitation.id)
    still_here = of_it.where(col(Visit.open), col(Visit.state).in_(rules.IN_BUILDING)).order_by(col(Visit.day).desc())
    return session.exec(still_here).first() or session.exec(of_it.where(Visit.day == today)).one_or_none()


def window_of(visit: Visit) -> rules.Window:
    """Return when a visit may begin."""
    return rules.Window(begins=visit.expected_from or visit.created_at, ends=visit.valid_until)


def span_of(invitation: Invitation) -> rules.Window:
    """Return the bounds of an invitation."""
    return rules.Window(begins=invitation.valid_from, ends=invitation.valid_until)


def recurrence_of(invitation: Invitation) -> rules.Recurrence | None:
    """Return how an invitation recurs, None for a single one."""
    if not invitation.recurring or invitation.daily_from is None or invitation.daily_until is None:
        return None
    weekdays = tuple(int(weekday) for weekday in invitation.weekdays.split(",") if weekday)
    return rules.Recurrence(weekdays=weekdays, daily_from=invitation.daily_from, daily_until=invitation.daily_until)


def opening_of(invitation: Invitation, now: datetime, zone: tzinfo) -> rules.Opening:
    """Return how an invitation stands now."""
    return rules.opening(now, span_of(invitation), recurrence_of(invitation), zone)


def state_of(visit: Visit) -> State:
    """Return where a visit stands."""
    return State(visit.state)

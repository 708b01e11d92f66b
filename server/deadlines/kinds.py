"""Every kind of deadline there is: which rows are due, and the verb that meets each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.drafts import queries as drafts_read
from server.domain.drafts import service as drafts
from server.domain.meetings import service as meetings
from server.domain.meetings.queries import due as floor
from server.domain.posts import queries as posts_read
from server.domain.posts import service as posts
from server.domain.visits import service as visits
from server.domain.visits.queries import due
from server.domain.visits.queries.due import At

Due = Callable[[Session, At, Collection[int]], list[int]]
Meet = Callable[[Door, Operation, int], Outcome]


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A kind of deadline. ``due`` finds rows by an index, less those that are set aside; ``meet`` claims and acts in one transaction."""

    name: str
    due: Due
    meet: Meet


def _by(parameter: str, verb: Callable[..., Outcome]) -> Meet:
    return lambda door, operation, number: verb(door, operation, **{parameter: number})


def _untouched_drafts(session: Session, at: At, but: Collection[int]) -> list[int]:
    return drafts_read.untouched(session, at.now, but=but)


def _room_calls(session: Session, at: At, but: Collection[int]) -> list[int]:
    return calls_read.due(session, at.now, tuple(but))


def _on_the_floor(due: Callable[[Session, datetime, Collection[int]], list[int]]) -> Due:
    return lambda session, at, but: due(session, at.now, but)


def _tablets_over(session: Session, at: At, but: Collection[int]) -> list[int]:
    return posts_read.sessions_to_lock(session, at.now, at.settings, but)


DEADLINES: tuple[Deadline, ...] = (
    Deadline(name="day_opens", due=due.day_to_open, meet=lambda door, operation, _: visits.open_day(door, operation)),
    Deadline(name="unseen", due=due.unseen, meet=_by("visit_id", visits.tell_delegate)),
    Deadline(name="unanswered", due=due.unanswered, meet=_by("visit_id", visits.ask_desk)),
    Deadline(name="tablet_over", due=_tablets_over, meet=_by("tablet_session_id", posts.lock_still)),
    Deadline(name="window_over", due=due.windows_over, meet=_by("visit_id", visits.end_window)),
    Deadline(name="room_call", due=_room_calls, meet=_by("call_id", calls.raise_call)),
    Deadline(name="change_unseen", due=_on_the_floor(floor.unseen_changes), meet=_by("seen_id", meetings.raise_unseen)),
    Deadline(name="step", due=_on_the_floor(floor.steps), meet=_by("step_id", meetings.raise_step)),
    Deadline(name="tea_round", due=_on_the_floor(floor.rounds), meet=_by("round_id", meetings.raise_round)),
    Deadline(name="start_to_ask", due=_on_the_floor(floor.starts_to_ask), meet=_by("meeting_id", meetings.ask_start)),
    Deadline(name="calendar", due=_on_the_floor(floor.calendar_changed), meet=_by("meeting_id", meetings.follow_calendar)),
    Deadline(name="reconfirm_opens", due=_on_the_floor(floor.reconfirms_to_open), meet=_by("meeting_id", meetings.open_reconfirm)),
    Deadline(name="unconfirmed", due=_on_the_floor(floor.unconfirmed), meet=_by("meeting_id", meetings.tell_unconfirmed)),
    Deadline(name="farewell", due=due.tenants_to_ask, meet=_by("tenant_id", visits.ask_tenant)),
    Deadline(name="sweep", due=due.to_sweep, meet=_by("visit_id", visits.assume_left)),
    Deadline(name="pass_over", due=due.passes_over, meet=_by("visit_id", visits.close_pass)),
    Deadline(name="invitation_over", due=due.invitations_over, meet=_by("invitation_id", visits.end_invitation)),
    Deadline(name="draft_untouched", due=_untouched_drafts, meet=_by("draft_id", drafts.wipe_untouched)),
)
"""In the order in which they are looked at: who waits in the lobby comes before what can wait."""

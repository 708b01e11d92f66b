"""Every kind of deadline there is: which rows are due, and the verb that meets each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlmodel import Session

from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.drafts import queries as drafts_read
from server.domain.drafts import service as drafts
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


DEADLINES: tuple[Deadline, ...] = (
    Deadline(name="day_opens", due=due.day_to_open, meet=lambda door, operation, _: visits.open_day(door, operation)),
    Deadline(name="unseen", due=due.unseen, meet=_by("visit_id", visits.tell_delegate)),
    Deadline(name="unanswered", due=due.unanswered, meet=_by("visit_id", visits.ask_desk)),
    Deadline(name="window_over", due=due.windows_over, meet=_by("visit_id", visits.end_window)),
    Deadline(name="farewell", due=due.tenants_to_ask, meet=_by("tenant_id", visits.ask_tenant)),
    Deadline(name="sweep", due=due.to_sweep, meet=_by("visit_id", visits.assume_left)),
    Deadline(name="pass_over", due=due.passes_over, meet=_by("visit_id", visits.close_pass)),
    Deadline(name="invitation_over", due=due.invitations_over, meet=_by("invitation_id", visits.end_invitation)),
    Deadline(name="draft_untouched", due=_untouched_drafts, meet=_by("draft_id", drafts.wipe_untouched)),
)
"""In the order in which they are looked at: who waits in the lobby comes before what can wait."""

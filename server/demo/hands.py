"""Who does what on the demo's meeting floor, and when: a little later than due, and much later where a person plays along.

What is on the list of an attendant for whom a tablet is open, and whatever belongs to a meeting that a person registered, the demo
leaves alone until it is twelve minutes late: past the board's line, short of the supervisor's. Then a colleague does it, so that the
floor does not drown. A call is left alone for three minutes as soon as anybody holds a tablet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from server.db.operations import Operation
from server.db.transaction import Door
from server.demo import posts, programme, staff
from server.demo.acting import seconds
from server.demo.programme import Fate
from server.domain.meetings.queries import finding
from server.domain.meetings.tables import Assignment, Meeting
from server.domain.posts.rules import PostState
from server.domain.posts.tables import Stint, TabletSession
from server.domain.staff.tables import Staff

MINUTE = timedelta(minutes=1)
PATIENCE = timedelta(minutes=12)
"""So long does the demo leave a person's work alone."""
CALL_PATIENCE = timedelta(minutes=3)
"""And a call, once somebody holds a tablet."""
COVERED = (200, 285)
"""What is on the list of somebody who is not on post waits for him so many seconds; then a colleague does it, short of being late."""
HELPS_AFTER = timedelta(minutes=8)
"""And a call that a person has answered."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something somebody does at an instant; ``key`` tells it from others."""

    when: datetime
    key: tuple[str, int]
    do: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class People:
    """The demo's attendants, desk and supervisor, by id."""

    attendants: tuple[int, ...]
    desk: int
    supervisor: int


class Hands:
    """The staff of the demo park as it stands at a moment: who is played by a person, who looks after what."""

    def __init__(self, door: Door, seed: str, *, live: bool = True) -> None:
        """Act through ``door``, at the pace that ``seed`` gives; where it is not ``live``, those are on post who usually are."""
        self.door = door
        self.played: frozenset[int] = frozenset()
        self.on_post: frozenset[int] = frozenset()
        self._seed = seed
        self._live = live
        self._people: People | None = None
        self._assigned: dict[int, list[int]] = {}

    @property
    def people(self) -> People:
        """Who there is."""
        if self._people is None:
            with self.door.reading() as session:
                attendants = tuple(finding.attendants(session))
            ids = staff.login_ids(self.door)
            self._people = People(attendants=attendants, desk=ids["desk"], supervisor=ids["supervisor"])
        return self._people

    def look_around(self, session: Session) -> None:
        """See who holds a tablet, who is on post, and who looks after what."""
        self.played = frozenset(session.exec(select(TabletSession.staff_id).where(col(TabletSession.ended_at).is_(None))))
        self.on_post = frozenset(each for each in session.exec(_ON_POST if self._live else _USUALLY) if each is not None) - self.played
        held = (
            select(Assignment)
            .join(Meeting, col(Meeting.id) == col(Assignment.meeting_id))
            .where(col(Assignment.until).is_(None), col(Meeting.state).in_(finding.OPEN_WORDS))
        )
        self._assigned = {}
        for row in session.exec(held.order_by(col(Assignment.id))):
            self._assigned.setdefault(row.meeting_id, []).append(row.staff_id)

    def looking_after(self, meeting: Meeting) -> list[int]:
        """Return who looks after a meeting."""
        return self._assigned.get(meeting.id or 0, [])

    def hand(self, staff_id: int | None, meeting_id: int | None, number: int) -> int | None:
        """Return who does a thing: whose it is, else who looks after the meeting, else any attendant, of those on post.

        Whom a person plays does nothing of himself; where nobody is on post (in the past), whose it is does it.
        """
        attendants = self.people.attendants
        turn = number % len(attendants) if attendants else 0
        mine = [] if staff_id is None else [staff_id]
        wanted = [*mine, *self._assigned.get(meeting_id or 0, []), *attendants[turn:], *attendants[:turn]]
        free = [each for each in wanted if each not in self.played] or wanted
        return next((each for each in free if each in self.on_post), free[0] if free else None)

    def by(self, staff_id: int | None) -> Operation:
        """Return an operation of somebody; the desk's where it is nobody's."""
        return Operation.internal("demo:floor", f"staff:{staff_id or self.people.desk}")

    def pace(self, low: float, high: float, *key: object) -> timedelta:
        """Return a length of time between ``low`` and ``high`` seconds, always the same for ``key``."""
        return seconds(low, high, self._seed, *key)

    def patient(self, meeting: Meeting, people: Iterable[int | None], due: datetime, after: timedelta) -> datetime:
        """Return when the demo does what is ``due``: so long ``after``, but later where it is not the demo's to do."""
        if fate_of(meeting) is None or any(each in self.played for each in people):
            return due + max(after, PATIENCE)
        is_anothers = self.on_post and any(each is not None and each not in self.on_post for each in people)
        return due + (max(after, self.pace(*COVERED, meeting.id, after)) if is_anothers else after)


_ON_POST = select(col(Stint.staff_id)).where(col(Stint.until_at).is_(None), Stint.state == PostState.ON_POST.value)
_USUALLY = select(col(Staff.id)).where(col(Staff.name).in_(posts.ON_DUTY))


def fate_of(meeting: Meeting) -> Fate | None:
    """Return what is to become of a meeting; None for one that a person registered."""
    entry = programme.ENTRIES.get(meeting.title)
    return entry.fate if entry else None

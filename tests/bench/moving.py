"""A meeting is moved by half an hour and back: what is posted, which screens show it by which regions, and which fact each post made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.bench.load import Target
from tests.bench.park import Made

HALF_AN_HOUR = timedelta(minutes=30)
SHARED = ("tablet.people", "tablet.calls", "tablet.rooms")
OWN = ("tablet.asks", "tablet.changes", "tablet.now")
"""What the home page of an open tablet shows: of everybody, and of whoever has it open."""
BOARD = "board.meetings"
STANDS = (
    *("title", "category", "room_id", "layout", "estimated", "guaranteed", "tenant_id"),
    *("contact_name", "contact_phone", "equipment", "notes", "plan", "version"),
)
"""Fields of the form that are as they stand."""
UNTOUCHED = ("tablet.people", "tablet.calls", "tablet.asks")
"""What a move does not change: who is on post, calls from rooms, who asks to be covered."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One screen: its face, its cookie, the regions it shows; ``key`` is an open tablet's session."""

    face: str
    proof: str
    regions: tuple[str, ...]
    key: str = ""


def tablet(staff_id: int, session_id: int, proof: str) -> Screen:
    """Return an attendant's open tablet on its home page."""
    return Screen(face="tablet", proof=proof, key=str(session_id), regions=(*SHARED, *(f"{name}:{staff_id}" for name in OWN)))


def board(proof: str) -> Screen:
    """Return a board beside the desk, as far as it shows the meetings."""
    return Screen(face="board", proof=proof, regions=(BOARD,))


def sign(room_id: int, proof: str) -> Screen:
    """Return the sign at a room's door."""
    return Screen(face="door", proof=proof, regions=(f"door.sign:{room_id}",))


@dataclass(frozen=True, kw_only=True)
class MeetingDay(Made):
    """A made meeting day: every screen in the order in which they connect, a login, and the meeting that is moved.

    ``moves`` is how many meetings had been changed before.
    """

    screens: tuple[Screen, ...]
    login: str
    meeting_id: int
    room_id: int
    starts_at: datetime
    ends_at: datetime
    moves: int

    def face(self, place: int) -> str:
        """Return which face a screen shows."""
        return self.screens[place].face

    def key(self, place: int) -> str:
        """Return an open tablet's session."""
        return self.screens[place].key

    def proof(self, place: int) -> str:
        """Return the cookie that a screen comes with."""
        return self.screens[place].proof

    def target(self, name: str, open_query: Callable[[int], str] = lambda _place: "") -> Target:
        """Return what the load needs to know; nobody waits for what a move does not change, or for another room's door."""
        held = {region for screen in self.screens for region in screen.regions}
        untouched = {region for region in held if region.partition(":")[0] in UNTOUCHED}
        untouched |= {region for region in held if region.startswith("door.") and region != f"door.sign:{self.room_id}"}
        plain = super().target(name, open_query)
        return replace(plain, regions=lambda place: self.screens[place].regions, untouched=frozenset(untouched))

    def request(self, number: int) -> bytes:
        """Return the desk's change form: half an hour later each odd time, back again each even one."""
        later = HALF_AN_HOUR if number % 2 else timedelta()
        begins, ends = ((each + later).astimezone(self.settings.zone) for each in (self.starts_at, self.ends_at))
        with self.opened() as connection:
            stands = connection.execute(f"SELECT {', '.join(STANDS)} FROM meeting WHERE id = ?", (self.meeting_id,)).fetchone()
        same = dict(zip(STANDS, ("" if value is None else value for value in stands), strict=True))
        hours = {
            "day": f"{begins:%Y-%m-%d}",
            "begins": f"{begins:%H:%M}",
            "ends": f"{ends:%H:%M}",
            "break_at": "",
            "tea": "20",
            "reason": "",
        }
        return self.form(f"/desk/meetings/{self.meeting_id}/change", self.login, {**same, **hours})

    def tidy(self) -> None:
        """Forget the changes made so far, as if each had been acknowledged long ago: every move finds the same day, at both servers alike.

        Not a command of the house but the bench's own hand, without a sync of its own: it is not what is measured. No ladder of alarms goes
        on either; the hours of the moved meeting are too far away for one.
        """
        with self.opened() as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("DELETE FROM meeting_change_seen")
            connection.execute("DELETE FROM meeting_change")
            connection.commit()

    def still(self) -> None:
        """Stop every alarm that time would bring while it is measured."""
        with self.opened() as connection:
            for table in ("meeting_step", "tea_round", "meeting_change_seen"):
                connection.execute(f"UPDATE {table} SET alarm_at = NULL")
            connection.execute("UPDATE meeting SET ask_due_at = NULL, confirm_due_at = NULL, reconfirm_opens_at = NULL")
            connection.commit()

    def revs(self) -> dict[int, int]:
        """Return for each post the number of the fact that the meeting changed."""
        with self.opened() as connection:
            found = connection.execute("SELECT number FROM event WHERE kind = 'MeetingChanged' ORDER BY number").fetchall()
        return {place: number for place, (number,) in enumerate(found[self.moves :], start=1)}

"""What demo visitors, their hosts and the demo desk do: each through the verb that a person's tap would call."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.db import outbox
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo import park
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence
from server.events import VisitorSignedIn

ACTOR = "demo"
"""Who signs demo visitors in. Whoever is signed in by anybody else is left to people."""
CONSENT = "2026-11-a"
PURPOSES = ("meeting", "meeting", "meeting", "interview", "viewing", "service", "other")


@dataclass(frozen=True, kw_only=True)
class Person:
    """A demo visitor."""

    name: str
    phone: str
    company: str
    purpose: str
    companions: int
    language: str
    gate: str


def person(seed: str, number: int) -> Person:
    """Return demo visitor ``number``: the same one for the same seed."""
    rng = random.Random(f"{seed}:visitor:{number}")  # noqa: S311 - names of a demo, not secrets
    name = park.VISITORS[number % len(park.VISITORS)]
    return Person(
        name=name,
        phone=f"139{10_000_000 + number:08d}",
        company=rng.choice(park.COMPANIES),
        purpose=rng.choice(PURPOSES),
        companions=rng.choice((0, 0, 0, 0, 1, 1, 2, 4)),
        language="en" if name.isascii() else "zh",
        gate=rng.choice(("A", "A", "A", "B")),
    )


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody who acts in the demo, at the time of the door's clock."""

    door: Door
    desk_id: int

    def walk_in(self, who: Person, host_id: int) -> int:
        """Somebody registers at a kiosk; returns the visit."""
        outcome = service.sign_in_walk_in(
            self.door,
            _by(ACTOR),
            host_id=host_id,
            name=who.name,
            phone=who.phone,
            company=who.company,
            purpose=who.purpose,
            companions=who.companions,
            language=who.language,
            consent_version=CONSENT,
            gate=who.gate,
        )
        return int(outcome.ids["visit"] or 0)

    def invite(self, who: Person, host_id: int, begins: datetime, ends: datetime, recurrence: Recurrence | None = None) -> int:
        """A host invites somebody; returns the invitation."""
        outcome = service.invite(
            self.door,
            _by(ACTOR),
            host_id=host_id,
            name=who.name,
            phone=who.phone,
            company=who.company,
            purpose=who.purpose,
            companions=who.companions,
            language=who.language,
            valid_from=begins,
            valid_until=ends,
            recurrence=recurrence,
        )
        return int(outcome.ids["invitation"] or 0)

    def come_invited(self, invitation_id: int, gate: str) -> int:
        """Somebody shows the QR of an invitation at a kiosk; returns the visit."""
        with self.door.reading() as session:
            token = queries.invitation(session, self.door.keys, invitation_id).token
        return int(service.sign_in_by_token(self.door, _by(ACTOR), token=token, gate=gate).ids["visit"] or 0)

    def seen(self, visit_id: int) -> None:
        """The host opens the message."""
        service.mark_seen(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id))

    def coming(self, visit_id: int, minutes: int) -> None:
        """The host says that he comes."""
        service.answer_coming(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id), minutes=minutes)

    def wait(self, visit_id: int, minutes: int) -> None:
        """The host asks for patience."""
        service.answer_wait(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id), minutes=minutes)

    def decline(self, visit_id: int) -> None:
        """The host cannot receive the visitor."""
        service.answer_declined(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id), reason="away")

    def met(self, visit_id: int) -> None:
        """The host has met the visitor."""
        service.mark_met(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id))

    def admit(self, visit_id: int) -> None:
        """The desk lets the visitor in."""
        service.admit(self.door, _by(f"staff:{self.desk_id}"), visit_id=visit_id)

    def give_up(self, visit_id: int) -> None:
        """The visitor waits no longer."""
        service.withdraw_waiting(self.door, _by(ACTOR), token=self._token(visit_id))

    def leave(self, visit_id: int) -> None:
        """The visitor goes: by the pass, at the desk, or the host says so."""
        way = visit_id % 3
        if way == 0:
            service.sign_out(self.door, _by(f"staff:{self.desk_id}"), visit_id=visit_id)
        elif way == 1:
            service.sign_out_by_host(self.door, _by(ACTOR), visit_id=visit_id, host_id=self._host(visit_id))
        else:
            service.sign_out_by_token(self.door, _by(ACTOR), token=self._token(visit_id))

    def _host(self, visit_id: int) -> int:
        with self.door.reading() as session:
            return queries.visit_for_hosts(session, visit_id).asked_host_id or 0

    def _token(self, visit_id: int) -> str:
        with self.door.reading() as session:
            return queries.pass_of_visit(session, self.door.keys, visit_id).token


def is_demo_made(door: Door, visit_id: int) -> bool:
    """Tell whether the demo itself signed a visitor in, the last time he came."""
    with door.reading() as session:
        entries = [fact for fact in outbox.of_visit(session, visit_id) if isinstance(fact.event, VisitorSignedIn)]
    return bool(entries) and entries[-1].actor == ACTOR


def _by(actor: str) -> Operation:
    return Operation.internal("demo:visits", actor)


def seconds(low: float, high: float, *key: object) -> timedelta:
    """Return a length of time between ``low`` and ``high`` seconds that is always the same for ``key``."""
    rng = random.Random(":".join(str(part) for part in key))  # noqa: S311 - the pace of a demo, not a secret
    return timedelta(seconds=rng.uniform(low, high))

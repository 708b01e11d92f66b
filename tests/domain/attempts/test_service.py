from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from server.clock import StillClock
from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.domain.attempts import queries, service
from server.domain.attempts.rules import Counted, code_guess
from server.domain.attempts.tables import Asker, Miss
from server.errors import TooMany

KEYS = code_guess(3)


@command
def guess(tx: Unit, *, text: str, counted: tuple[Counted, ...] = KEYS) -> Outcome:
    """Judge a guess as the commands of other subjects do: the right one is ``secret``."""
    service.refuse_if_waiting(tx, *counted)
    if text == "secret":
        service.forgive(tx, *counted)
        return Outcome(code="right")
    service.count_miss(tx, *counted)
    return Outcome(code="wrong")


def try_(door: Door, text: str, operation: Operation | None = None, counted: tuple[Counted, ...] = KEYS) -> str:
    return guess(door, operation or Operation.internal("guess"), text=text, counted=counted).code


def waits(door: Door) -> timedelta | None:
    with door.reading() as session:
        return queries.waiting(session, door.keys, door.clock.now(), *KEYS)


def test_a_miss_is_kept_although_the_guess_was_refused(door: Door) -> None:
    assert try_(door, "x") == "wrong"
    with door.reading() as session:
        assert len(session.exec(select(Miss)).all()) == len(KEYS)


def test_the_sixth_guess_is_not_looked_at_even_if_it_is_right(door: Door, clock: StillClock) -> None:
    for _ in range(5):
        assert try_(door, "x") == "wrong"
    with pytest.raises(TooMany) as refusal:
        try_(door, "secret")
    assert refusal.value.facts == {"retry_seconds": 60}
    assert waits(door) == timedelta(seconds=60)
    clock.turn(timedelta(seconds=60))
    assert waits(door) is None
    assert try_(door, "secret") == "right"


def test_a_right_guess_ends_the_streak(door: Door) -> None:
    for _ in range(4):
        try_(door, "x")
    assert try_(door, "secret") == "right"
    for _ in range(4):
        assert try_(door, "x") == "wrong"


def test_another_device_is_not_kept_waiting(door: Door) -> None:
    for _ in range(5):
        try_(door, "x")
    assert try_(door, "secret", counted=code_guess(4)) == "right"


def test_a_retried_guess_is_counted_once(door: Door) -> None:
    tap = Operation(actor="device:3", route="code", id="1")
    for _ in range(9):
        assert try_(door, "x", tap) == "wrong"
    with door.reading() as session:
        assert len(session.exec(select(Miss)).all()) == len(KEYS)


def test_guesses_sent_at_once_are_judged_one_after_the_other(door: Door) -> None:
    answers: list[str] = []

    def send() -> None:
        try:
            answers.append(try_(door, "x"))
        except TooMany:
            answers.append("refused")

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("wrong") == 5
    assert answers.count("refused") == 7


def test_neither_names_nor_addresses_stand_in_the_table(door: Door) -> None:
    try_(door, "x", counted=(Counted(key="login:name:anna", policy=KEYS[0].policy),))
    with door.reading() as session:
        keys = [*session.exec(select(Miss.key)), *session.exec(select(Asker.key))]
    assert keys
    assert not [key for key in keys if "anna" in key or len(key) != 64]


def test_old_misses_and_their_askers_are_deleted(door: Door, clock: StillClock) -> None:
    try_(door, "x")
    clock.turn(timedelta(hours=25))
    try_(door, "x", counted=code_guess(9)[:1])

    def sweep(tx: Unit) -> Outcome:
        service.forget_old(tx)
        return Outcome(code="swept")

    door.perform(Operation.internal("sweep"), sweep)
    with door.reading() as session:
        assert len(session.exec(select(Miss)).all()) == 1
        assert len(session.exec(select(Asker)).all()) == 1

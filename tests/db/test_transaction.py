"""The one door: commits shared and whole, operations done once, facts stored with what they tell of."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from server.db import outbox
from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.domain.people.tables import Tenant
from server.errors import Conflict, OtherBody, Unavailable
from server.events import TenantChanged


@command
def add_tenant(tx: Unit, name: str) -> Outcome:
    """Add a tenant, as any verb would."""
    tenant = Tenant(name=name, changed_at=tx.now)
    tx.session.add(tenant)
    tx.session.flush()
    assert tenant.id is not None
    tx.record(TenantChanged(tenant_id=tenant.id))
    return Outcome(code="added", ids={"tenant": tenant.id})


@command
def add_then_lose(tx: Unit, name: str) -> Outcome:
    """Write a row and then find that somebody else was first."""
    tx.session.add(Tenant(name=name, changed_at=tx.now))
    tx.record(TenantChanged(tenant_id=1))
    raise Conflict("taken", by="staff:2")


@command
def rename(tx: Unit, tenant_id: int) -> Outcome:
    """Count up in a name: two writers at once must not lose a count."""
    tenant = tx.session.get_one(Tenant, tenant_id)
    tenant.name = str(int(tenant.name) + 1)
    return Outcome(code="renamed")


def operation(number: int = 1, body: str = "") -> Operation:
    return Operation(actor="staff:1", route="POST /x", id=f"tap-{number:016d}", body_digest=body)


def names(door: Door) -> list[str]:
    with door.reading() as session:
        return sorted(session.exec(select(Tenant.name)).all())


def facts(door: Door) -> int:
    door.number_waiting()
    with door.reading() as session:
        return outbox.head(session)


def test_a_retried_operation_is_done_once_and_answered_alike(door: Door) -> None:
    first = add_tenant(door, operation(), "蓝桥资本")
    again = add_tenant(door, operation(), "蓝桥资本")
    assert (again.code, again.ids, again.repeated) == (first.code, first.ids, True)
    assert names(door) == ["蓝桥资本"]
    assert facts(door) == 1


def test_the_same_tap_with_another_body_is_refused(door: Door) -> None:
    add_tenant(door, operation(body="a"), "a")
    with pytest.raises(OtherBody):
        add_tenant(door, operation(body="b"), "b")
    assert names(door) == ["a"]


def test_a_conflict_changes_nothing_and_is_answered_alike_on_retry(door: Door) -> None:
    for _ in range(2):
        with pytest.raises(Conflict) as lost:
            add_then_lose(door, operation(), "a")
        assert (lost.value.code, lost.value.facts) == ("taken", {"by": "staff:2"})
    assert names(door) == []
    assert facts(door) == 0


def test_a_failing_verb_leaves_nothing_behind_and_may_be_tried_again(door: Door) -> None:
    @command
    def fail(tx: Unit) -> Outcome:
        tx.session.add(Tenant(name="half", changed_at=tx.now))
        tx.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(door, operation())
    add_tenant(door, operation(), "whole")
    assert names(door) == ["whole"]


def test_a_command_inside_a_command_is_refused(door: Door) -> None:
    @command
    def outer(tx: Unit) -> Outcome:
        return add_tenant(door, operation(2), "inner")

    with pytest.raises(RuntimeError):
        outer(door, operation())


def test_reading_cannot_write(door: Door) -> None:
    if not door.engines.is_sqlite:
        add_tenant(door, operation(), "kept")
    with door.reading() as session:
        session.add(Tenant(name="no", changed_at=door.clock.now()))
        try:
            session.flush()
        except DBAPIError:
            session.rollback()
    assert "no" not in names(door)


def run_together(count: int, work: object) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]  # type: ignore[arg-type]  # a callable of one number
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_writers_at_once_lose_nothing(door: Door) -> None:
    run_together(12, lambda number: [add_tenant(door, operation(100 * number + turn), f"{number}-{turn}") for turn in range(5)])
    assert len(names(door)) == 60
    assert facts(door) == 60


def test_the_same_tap_from_many_threads_is_done_once(door: Door) -> None:
    outcomes: list[Outcome] = []
    run_together(8, lambda _: outcomes.append(add_tenant(door, operation(), "once")))
    assert names(door) == ["once"]
    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 7


def test_two_writers_of_one_row_both_count(door: Door) -> None:
    tenant_id = int(str(add_tenant(door, operation(999), "0").ids["tenant"]))
    failed: list[BaseException] = []

    def count_up(number: int) -> None:
        for turn in range(3):
            done = False
            while not done:
                try:
                    rename(door, operation(1000 + 10 * number + turn), tenant_id)
                    done = True
                except Unavailable as busy:
                    failed.append(busy)

    run_together(4, count_up)
    assert names(door) == ["12"]


def test_one_failing_body_does_not_spoil_the_commit_it_shares(door: Door) -> None:
    refused: list[int] = []

    def write(number: int) -> None:
        try:
            if number % 3:
                add_tenant(door, operation(number), f"t{number}")
            else:
                add_then_lose(door, operation(number), f"t{number}")
        except Conflict:
            refused.append(number)

    run_together(12, write)
    assert len(names(door)) == 8
    assert sorted(refused) == [0, 3, 6, 9]


def test_numbers_have_no_gaps_and_a_numbered_fact_is_final(door: Door) -> None:
    for number in range(3):
        add_tenant(door, operation(number), f"t{number}")
    assert facts(door) == 3
    with door.reading() as session:
        assert [fact.number for fact in outbox.after(session, 0)] == [1, 2, 3]
    for statement in ("UPDATE event SET actor = 'x' WHERE number = 2", "DELETE FROM event WHERE number = 2"):
        with pytest.raises(DBAPIError), door.engines.write.begin() as connection:
            connection.execute(text(statement))

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.people import service as people
from server.domain.visits import queries, rules, service
from server.domain.visits.queries import due, passes
from server.domain.visits.rules import Recurrence, State, Step
from server.errors import NotFound
from tests.factories import (
    asks,
    internal,
    invitation_of,
    make_host,
    make_invitation,
    make_staff,
    make_tenant,
    make_visit,
    pass_of,
)

EVERY_DAY = Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=8 * 60, daily_until=18 * 60)

T = TypeVar("T")


def read(door: Door, query: Callable[..., T], *arguments: Any, **named: Any) -> T:
    with door.reading() as session:
        return query(session, *arguments, **named)


def link_number(door: Door, visit_id: int, kind: str = "arrival") -> int:
    with door.reading() as session:
        statement = text("SELECT link_number FROM notice WHERE visit_id = :visit AND kind = :kind")
        return int(session.execute(statement, {"visit": visit_id, "kind": kind}).scalar_one())


@contextmanager
def counted(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Note every statement that runs on this session's engine."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        statements.append((statement, values))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


# --- the visitor --------------------------------------------------------------------------------------------------------


def test_the_ladder_shows_a_masked_host_and_the_way_there(door: Door, clock: StillClock) -> None:
    tenant = make_tenant(door, name="蓝桥资本", floor="3")
    host = make_host(door, tenant_id=tenant, name="曾静怡", name_en="Zeng Jingyi")
    visit_id = make_visit(door, host_id=host)
    service.answer_coming(door, asks(), visit_id=visit_id, host_id=host, minutes=3)
    ladder = read(door, queries.ladder_of, visit_id)
    assert (ladder.step, ladder.minutes, ladder.come_at) == (Step.COMING, 3, clock.now() + timedelta(minutes=3))
    assert (ladder.tenant, ladder.floor, ladder.rooms) == ("蓝桥资本", "3", "501–506")
    assert "静" not in ladder.host_masked
    assert "Jingyi" not in f"{ladder.host_masked_en} {ladder.host_masked}" or ladder.host_masked_en.count("***") == 1


def test_a_pass_is_found_by_its_token_alone(door: Door) -> None:
    visit_id = make_visit(door)
    shown = pass_of(door, visit_id)
    found = read(door, queries.pass_of_token, door.keys, shown.token, door.clock.now(), door.settings)
    assert found == shown
    assert (found.state, found.gate, len(found.code)) == (State.WAITING, "A", 6)


def test_a_recurring_pass_opens_its_page_also_on_a_day_without_a_visit(door: Door) -> None:
    tuesdays = Recurrence(weekdays=(1,), daily_from=540, daily_until=600)
    view = invitation_of(door, make_invitation(door, ends=timedelta(days=30), recurrence=tuesdays))
    found = read(door, queries.pass_of_token, door.keys, view.token, door.clock.now(), door.settings)
    assert (found.visit_id, found.ladder, found.recurring, found.weekdays) == (None, None, True, (1,))
    assert (found.token, found.code, found.state) == (view.token, view.code, State.EXPECTED)


def test_the_pass_of_a_recurring_visit_stays_the_invitations(door: Door) -> None:
    view = invitation_of(door, make_invitation(door, ends=timedelta(days=30), recurrence=EVERY_DAY))
    visit_id = int(service.sign_in_by_token(door, asks(), token=view.token, gate="A").ids["visit"] or 0)
    assert (pass_of(door, visit_id).token, pass_of(door, visit_id).code) == (view.token, view.code)


@pytest.mark.parametrize("token", ["", "A" * 27, "../../etc/passwd", "\x00"])
def test_what_is_no_token_opens_no_page(door: Door, token: str) -> None:
    with pytest.raises(NotFound, match="pass_unknown"):
        read(door, queries.pass_of_token, door.keys, token, door.clock.now(), door.settings)
    with pytest.raises(NotFound, match="link_unknown"):
        read(door, queries.link_of, door.keys, token, door.clock.now())


def test_a_pass_page_ends_when_nothing_is_stored_any_more(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    token = pass_of(door, visit_id).token
    service.sign_out(door, asks(), visit_id=visit_id)
    clock.turn(timedelta(days=29))
    assert read(door, queries.pass_of_token, door.keys, token, clock.now(), door.settings).visit_id == visit_id
    clock.turn(timedelta(days=2))
    with pytest.raises(NotFound):
        read(door, queries.pass_of_token, door.keys, token, clock.now(), door.settings)


# --- the board ----------------------------------------------------------------------------------------------------------


def test_the_board_lists_who_waits_the_longest_first(door: Door, clock: StillClock) -> None:
    first = make_visit(door, name="李敏")
    clock.turn(timedelta(minutes=1))
    second = make_visit(door, name="王伟")
    service.admit(door, asks(), visit_id=make_visit(door))
    rows = read(door, queries.waiting)
    assert [(row.visit_id, row.name) for row in rows] == [(first, "李敏"), (second, "王伟")]
    assert rows[0].since == clock.now() - timedelta(minutes=1)
    assert rows[0].overdue_at == rows[0].since + timedelta(minutes=3)


def test_the_board_groups_who_is_inside_by_floor_and_tenant_and_counts_companions(door: Door) -> None:
    third = make_host(door, tenant_id=make_tenant(door, name="蓝桥资本", floor="3"))
    tenth = make_host(door, tenant_id=make_tenant(door, name="澄江", floor="10"))
    make_visit(door, host_id=tenth, companions=2)
    make_visit(door, host_id=third)
    service.sign_in_at_desk(door, asks(), host_id=None, name="李敏", gate="A")
    floors = read(door, queries.in_building)
    assert [(floor.floor, floor.people, [tenant.tenant for tenant in floor.tenants]) for floor in floors] == [
        ("", 1, [""]),
        ("3", 1, ["蓝桥资本"]),
        ("10", 3, ["澄江"]),
    ]


def test_the_board_lists_who_is_expected_today(door: Door, clock: StillClock) -> None:
    soon = invitation_of(door, make_invitation(door, begins=timedelta(hours=1))).visit_id
    recurring = invitation_of(door, make_invitation(door, ends=timedelta(days=9), recurrence=EVERY_DAY)).visit_id
    make_invitation(door, begins=timedelta(days=1), ends=timedelta(days=1, hours=1))
    week = invitation_of(door, make_invitation(door, begins=-timedelta(days=2), ends=timedelta(days=2))).visit_id
    today = rules.local_day(clock.now(), door.settings.zone)
    rows = read(door, queries.expected_today, today, door.settings.zone)
    assert [(row.visit_id, row.recurring) for row in rows] == [(week, False), (recurring, True), (soon, False)]


def test_who_left_last_is_first(door: Door, clock: StillClock) -> None:
    visits = [make_visit(door, name=name) for name in ("李敏", "王伟", "张伟")]
    for visit_id in visits:
        clock.turn(timedelta(minutes=1))
        service.sign_out(door, asks(), visit_id=visit_id)
    rows = read(door, queries.recently_left, limit=2)
    assert [row.visit_id for row in rows] == [visits[2], visits[1]]


def test_who_was_declined_is_listed_until_the_visit_goes_on(door: Door, clock: StillClock) -> None:
    visits = [make_visit(door, name=name) for name in ("李敏", "王伟")]
    for visit_id in visits:
        clock.turn(timedelta(minutes=1))
        service.desk_answer_declined(door, asks(), visit_id=visit_id, reason="away")
    assert [(row.visit_id, row.reason) for row in read(door, queries.turned_away)] == [(visits[1], "away"), (visits[0], "away")]
    service.reopen(door, asks(), visit_id=visits[1])
    assert [row.visit_id for row in read(door, queries.turned_away)] == [visits[0]]


def test_the_day_is_counted(door: Door, clock: StillClock) -> None:
    make_visit(door, companions=4)
    service.sign_out(door, asks(), visit_id=make_visit(door))
    service.admit(door, asks(), visit_id=make_visit(door, companions=1))
    make_invitation(door)
    numbers = read(door, queries.counts, rules.local_day(clock.now(), door.settings.zone), door.settings.zone)
    assert (numbers.waiting, numbers.inside, numbers.people_inside) == (1, 2, 7)
    assert (numbers.expected, numbers.came_today, numbers.left_today) == (1, 3, 1)
    assert (
        read(door, queries.counts, rules.local_day(clock.now(), door.settings.zone) + timedelta(days=1), door.settings.zone).came_today == 0
    )


def test_an_empty_house_has_empty_lists(door: Door, clock: StillClock) -> None:
    today = rules.local_day(clock.now(), door.settings.zone)
    assert (read(door, queries.waiting), read(door, queries.in_building), read(door, queries.recently_left)) == ((), (), ())
    assert read(door, queries.expected_today, today, door.settings.zone) == ()
    assert read(door, queries.counts, today, door.settings.zone).people_inside == 0


# --- the desk -----------------------------------------------------------------------------------------------------------


def test_a_record_tells_its_history_with_the_names_of_staff_and_screens(door: Door) -> None:
    staff = make_staff(door, name="林晓")
    visit_id = make_visit(door)
    service.admit(door, asks(f"staff:{staff}"), visit_id=visit_id)
    door.number_waiting()
    record = read(door, queries.record_of, door.keys, visit_id)
    assert [(line.kind, line.by, line.by_name) for line in record.history] == [
        ("VisitorSignedIn", "device", ""),
        ("HostNotified", "device", ""),
        ("VisitorAdmitted", "staff", "林晓"),
    ]
    assert (record.pass_token, record.code) == (pass_of(door, visit_id).token, pass_of(door, visit_id).code)


def test_a_record_names_what_may_be_done_now(door: Door) -> None:
    always = {"correct", "record_arrival", "record_departure"}
    expected = invitation_of(door, make_invitation(door)).visit_id or 0
    visit_id = make_visit(door)
    assert read(door, queries.record_of, door.keys, expected).may == always | {"sign_in", "withdraw"}
    assert read(door, queries.record_of, door.keys, visit_id).may == always | {
        *("sign_out", "met", "admit", "withdraw", "answer", "reassign", "call_again", "take_over"),
    }
    service.sign_out(door, asks(), visit_id=visit_id)
    assert read(door, queries.record_of, door.keys, visit_id).may == always | {"sign_in", "take_back", "forget"}
    service.forget_visit(door, asks(), visit_id=visit_id)
    gone = read(door, queries.record_of, door.keys, visit_id)
    assert (gone.may, gone.pass_token, gone.code) == (frozenset(), "", "")


@pytest.mark.parametrize("text_typed", ["小明", "张", "蓝桥", "BLUE", "7788", "138 0000 7788", "zhang", "zxm", "zhangxm"])
def test_a_visitor_is_found_by_name_company_phone_and_pinyin(door: Door, text_typed: str) -> None:
    visit_id = make_visit(door, name="张小明", phone="13800007788", company="蓝桥 Blue Bridge")
    make_visit(door, name="李敏", phone="13900001111")
    assert [row.visit_id for row in read(door, queries.search, text_typed)] == [visit_id]


@pytest.mark.parametrize("text_typed", ["", "  ", "%", "_", "'; DROP TABLE visit; --", "\\", "x" * 10_000, "👩‍💻"])
def test_a_search_for_nothing_sensible_finds_nothing_and_breaks_nothing(door: Door, text_typed: str) -> None:
    make_visit(door)
    assert read(door, queries.search, text_typed) == ()


def test_the_record_of_nobody_is_unknown(door: Door) -> None:
    for query, arguments in ((queries.record_of, (door.keys, 999)), (queries.ladder_of, (999,)), (queries.invitation, (door.keys, 999))):
        with pytest.raises(NotFound):
            read(door, query, *arguments)


# --- the host -----------------------------------------------------------------------------------------------------------


def test_the_link_of_a_message_leads_to_its_visit_for_a_day(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host)
    token = door.keys.token("answer", link_number(door, visit_id))
    link = read(door, queries.link_of, door.keys, token.lower(), clock.now())
    assert (link.kind, link.host_id, link.visit_id) == ("answer", host, visit_id)
    assert read(door, queries.host_visit, visit_id, host).mine
    clock.turn(timedelta(days=1))
    with pytest.raises(NotFound, match="link_unknown"):
        read(door, queries.link_of, door.keys, token, clock.now())


def test_the_personal_link_leads_to_the_hosts_page_until_another_is_issued(door: Door) -> None:
    host = make_host(door)
    people.issue_host_page(door, internal(), host_id=host)
    with door.reading() as session:
        from server.domain.people.queries import host_page_token

        token = host_page_token(session, door.keys, host) or ""
    assert read(door, queries.link_of, door.keys, token, door.clock.now()).kind == "host"
    people.issue_host_page(door, internal(), host_id=host)
    with pytest.raises(NotFound, match="link_unknown"):
        read(door, queries.link_of, door.keys, token, door.clock.now())


def test_a_hosts_page_holds_his_own_visitors_only(door: Door) -> None:
    host = make_host(door)
    waiting, inside = make_visit(door, host_id=host), make_visit(door, host_id=host, name="李敏")
    expected = invitation_of(door, make_invitation(door, host_id=host)).visit_id
    make_visit(door)
    service.admit(door, asks(), visit_id=inside)
    page = read(door, queries.host_page, door.keys, host, door.clock.now())
    assert [visit.visit_id for visit in page.waiting] == [waiting]
    assert [visit.visit_id for visit in page.inside] == [inside]
    assert [visit.visit_id for visit in page.expected] == [expected]


def test_a_delegate_sees_a_visit_once_told_and_an_earlier_host_still_knows_of_his(door: Door, clock: StillClock) -> None:
    tenant = make_tenant(door)
    delegate = make_host(door, tenant_id=tenant, name="李敏")
    host = make_host(door, tenant_id=tenant, delegate_id=delegate)
    visit_id = make_visit(door, host_id=host)
    with pytest.raises(NotFound, match="visit_unknown"):
        read(door, queries.host_visit, visit_id, delegate)
    clock.turn(timedelta(minutes=1))
    service.tell_delegate(door, internal(), visit_id=visit_id)
    assert [visit.visit_id for visit in read(door, queries.host_page, door.keys, delegate, clock.now()).waiting] == [visit_id]
    third = make_host(door, tenant_id=tenant, name="王伟")
    service.reassign(door, asks(), visit_id=visit_id, host_id=delegate, to_host_id=third)
    assert [read(door, queries.host_visit, visit_id, who).mine for who in (host, delegate, third)] == [False, False, True]
    with pytest.raises(NotFound, match="visit_unknown"):
        read(door, queries.host_visit, visit_id, make_host(door))


# --- what it costs ------------------------------------------------------------------------------------------------------


def test_a_screen_takes_as_many_statements_for_many_as_for_one(door: Door, clock: StillClock) -> None:
    today, zone = rules.local_day(clock.now(), door.settings.zone), door.settings.zone
    host = make_host(door)
    screens: dict[str, tuple[int, Callable[[Session], object]]] = {
        "waiting": (1, queries.waiting),
        "inside": (1, queries.in_building),
        "expected": (1, lambda session: queries.expected_today(session, today, zone)),
        "left": (1, queries.recently_left),
        "counts": (2, lambda session: queries.counts(session, today, zone)),
        "search": (2, lambda session: queries.search(session, "zhang")),
        "host": (6, lambda session: queries.host_page(session, door.keys, host, clock.now())),
        "ladder": (1, lambda session: queries.ladder_of(session, 1)),
    }
    for many in (1, 12):
        for _ in range(many):
            make_visit(door, host_id=host)
            make_invitation(door, host_id=host)
            service.sign_out(door, asks(), visit_id=make_visit(door, host_id=host))
        for name, (most, read_screen) in screens.items():
            with door.reading() as session, counted(session) as statements:
                read_screen(session)
            assert len([statement for statement in statements if statement[0] != "BEGIN"]) <= most, (name, statements)


def test_a_walk_in_takes_few_statements(door: Door) -> None:
    host = make_host(door)
    make_visit(door, host_id=host)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(door.engines.write, "before_cursor_execute", note)
    make_visit(door, host_id=host)
    event.remove(door.engines.write, "before_cursor_execute", note)
    words = [statement.split()[0] for statement in statements if statement.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}]
    # Looked for an earlier answer, and for the host; on SQLite, for the newest fact's number. Written: visit, message, answer, facts.
    assert words.count("SELECT") <= 3
    assert words.count("INSERT") == 4
    assert words.count("UPDATE") + words.count("DELETE") == 0


def test_every_list_and_every_deadline_stands_on_an_index(door: Door, clock: StillClock) -> None:
    today, zone, host = rules.local_day(clock.now(), door.settings.zone), door.settings.zone, make_host(door)
    lists: tuple[Callable[[Session], object], ...] = (
        queries.waiting,
        queries.in_building,
        queries.recently_left,
        queries.turned_away,
        lambda session: queries.expected_today(session, today, zone),
        lambda session: queries.counts(session, today, zone),
        lambda session: queries.host_page(session, door.keys, host, clock.now()),
        lambda session: passes.shown_token(session, door.keys, door.keys.token("visit", 1), today),
        lambda session: passes.shown_code(session, door.keys, "000001", today),
        *(
            lambda session, due_now=due_now: due_now(session, due.At(now=clock.now() + timedelta(hours=9), settings=door.settings), ())
            for due_now in (due.unseen, due.unanswered, due.windows_over, due.passes_over, due.to_sweep, due.tenants_to_ask)
        ),
    )
    for read_list in lists:
        with door.reading() as session:
            with counted(session) as statements:
                read_list(session)
            plans = [f"{statement[0]}\n{plan_of(session, *statement)}" for statement in statements if statement[0].startswith("SELECT")]
        assert plans
        assert [plan for plan in plans if "SCAN visit" in plan or "Seq Scan on visit" in plan] == []


def plan_of(session: Session, statement: str, values: Any) -> str:
    """Return how the database would carry a statement out; PostgreSQL is told not to mind that the table is small."""
    if session.get_bind().dialect.name == "sqlite":
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "".join(f"{row[-1]}\n" for row in plan)
    session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", values))

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from server.clock import StillClock
from server.db import outbox
from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.staff import passwords, queries, service
from server.domain.staff.queries import SignedOn, StaffCard
from server.domain.staff.rules import Action, Role
from server.domain.staff.tables import Staff, StaffSession
from server.errors import BadInput, Conflict, NotFound, OtherBody, Refused, TooMany
from tests.factories import PASSWORD, PIN, internal, make_staff


def log_on(door: Door, username: str = "anna", password: str = PASSWORD, tap: Operation | None = None, origin: str = "10.0.0.7") -> Outcome:
    return service.log_on(door, tap or internal(), username=username, password=password, origin=origin)


def miss(door: Door, username: str = "anna", origin: str = "10.0.0.7") -> Outcome:
    """Log on with a password that was compared and did not match, without the time that comparing takes."""
    checked = service.Checked(staff_id=None, password_hash=passwords.NOBODY, matched=False)
    return service.open_session(door, internal(), username=username, origin=origin, checked=checked)


def cookie(door: Door, outcome: Outcome) -> str:
    with door.reading() as session:
        return queries.session_cookie(session, door.keys, int(outcome.ids["session"] or 0))


def who(door: Door, token: str) -> SignedOn | None:
    with door.reading() as session:
        return queries.session_of(session, door.keys, token, door.clock.now(), door.settings)


def card(door: Door, staff_id: int) -> StaffCard:
    with door.reading() as session:
        found = queries.staff_card(session, staff_id)
    assert found is not None
    return found


def kinds(door: Door) -> list[str]:
    door.number_waiting()
    with door.reading() as session:
        return [fact.event.kind for fact in outbox.after(session, 0)]


# --- logging on ---------------------------------------------------------------------------------------------------------


def test_the_right_password_opens_a_session(door: Door) -> None:
    staff_id = make_staff(door, "supervisor", name="林晓", username="anna")
    outcome = log_on(door)
    assert outcome.code == "signed_on"
    person = who(door, cookie(door, outcome))
    assert person is not None
    assert (person.staff_id, person.name, person.role, person.must_change, person.touch_due) == (
        staff_id,
        "林晓",
        Role.SUPERVISOR,
        False,
        False,
    )
    assert kinds(door)[-1] == "StaffSignedOn"


def is_good(door: Door, session_id: int) -> bool:
    with door.reading() as session:
        return queries.is_good(session, session_id, door.clock.now(), door.settings)


@pytest.mark.parametrize("how", ["logged off", "dismissed", "still for too long"])
def test_a_logins_screens_are_live_until_it_ends(door: Door, clock: StillClock, how: str) -> None:
    staff_id = make_staff(door, username="anna")
    session_id = int(log_on(door).ids["session"] or 0)
    assert is_good(door, session_id)
    assert not is_good(door, session_id + 1)
    match how:
        case "logged off":
            service.log_off(door, internal(), session_id=session_id)
        case "dismissed":
            service.deactivate(door, internal(), staff_id=staff_id)
        case _:
            clock.turn(timedelta(minutes=door.settings.desk_lock_minutes))
    assert not is_good(door, session_id)


@pytest.mark.parametrize(
    ("username", "password"), [("anna", "wrong password"), ("nobody", PASSWORD), ("", ""), ("a\0b", "\0"), ("\ud800", "\ud800")]
)
def test_a_wrong_name_or_password_opens_nothing_and_both_answer_alike(door: Door, username: str, password: str) -> None:
    make_staff(door, username="anna")
    assert log_on(door, username, password) == Outcome(code="wrong")
    with door.reading() as session:
        assert not session.exec(select(StaffSession)).all()


def test_the_name_may_be_typed_in_any_case(door: Door) -> None:
    make_staff(door, username="Anna")
    assert log_on(door, " ANNA ").code == "signed_on"


def test_a_retried_login_is_the_same_session(door: Door) -> None:
    make_staff(door, username="anna")
    tap = Operation(actor="nobody", route="login", id="1")
    first, second = log_on(door, tap=tap), log_on(door, tap=tap)
    assert second.repeated
    assert cookie(door, first) == cookie(door, second)
    with door.reading() as session:
        assert len(session.exec(select(StaffSession)).all()) == 1


def test_a_retry_with_another_body_is_never_carried_out(door: Door) -> None:
    make_staff(door, username="anna")
    log_on(door, tap=Operation(actor="nobody", route="login", id="1", body_digest="a"))
    with pytest.raises(OtherBody):
        log_on(door, tap=Operation(actor="nobody", route="login", id="1", body_digest="b"))


def test_two_logins_have_two_cookies_and_neither_is_stored(door: Door) -> None:
    make_staff(door, username="anna")
    first, second = cookie(door, log_on(door)), cookie(door, log_on(door))
    assert first != second
    assert len(bytes.fromhex(first)) == 32
    with door.reading() as session:
        stored = "".join(f"{row.nonce} {row.token_digest}" for row in session.exec(select(StaffSession)))
    assert first not in stored


def test_after_five_misses_even_the_right_password_waits_a_minute(door: Door, clock: StillClock) -> None:
    make_staff(door, username="anna")
    for number in range(5):
        assert miss(door, origin=f"10.0.0.{number}").code == "wrong"
    with pytest.raises(TooMany) as refusal:
        log_on(door)
    assert refusal.value.facts["retry_seconds"] == 60
    clock.turn(timedelta(seconds=60))
    assert log_on(door).code == "signed_on"


def test_an_address_that_tries_many_names_must_wait_and_others_need_not(door: Door) -> None:
    make_staff(door, username="anna")
    for number in range(10):
        miss(door, f"nobody{number}")
    with pytest.raises(TooMany):
        log_on(door)
    assert log_on(door, origin="10.0.0.8").code == "signed_on"


def test_an_attendant_has_no_login(door: Door) -> None:
    make_staff(door, "attendant", username="anna")
    assert log_on(door, password=PIN).code == "wrong"


def test_who_was_let_go_cannot_log_on(door: Door) -> None:
    staff_id = make_staff(door, username="anna")
    service.deactivate(door, internal(), staff_id=staff_id)
    assert log_on(door).code == "wrong"


def test_a_password_changed_while_it_was_compared_is_not_good(door: Door) -> None:
    staff_id = make_staff(door, username="anna")
    with door.reading() as session:
        kept = queries.kept_password(session, "anna")
    service.reset_password(
        door, internal(), staff_id=staff_id, password=passwords.hash_password(door.keys, "white tea at ten", username="anna")
    )
    checked = service.Checked(staff_id=kept.staff_id, password_hash=kept.password_hash, matched=True)
    assert service.open_session(door, internal(), username="anna", origin="10.0.0.7", checked=checked).code == "wrong"


# --- the life of a session ----------------------------------------------------------------------------------------------


def test_a_session_ends_by_stillness_and_a_touch_keeps_it(door: Door, clock: StillClock) -> None:
    make_staff(door, username="anna")
    outcome = log_on(door)
    token = cookie(door, outcome)
    clock.turn(timedelta(minutes=9))
    person = who(door, token)
    assert person is not None
    assert person.touch_due
    service.touch_session(door, internal(), session_id=person.session_id)
    clock.turn(timedelta(minutes=9))
    assert who(door, token) is not None
    clock.turn(timedelta(minutes=1))
    assert who(door, token) is None


def test_a_touch_is_asked_for_once_a_minute(door: Door, clock: StillClock) -> None:
    make_staff(door, username="anna")
    token = cookie(door, log_on(door))
    clock.turn(timedelta(seconds=59))
    person = who(door, token)
    assert person is not None
    assert not person.touch_due


def test_a_session_ends_after_a_shift_however_busy(door: Door, clock: StillClock) -> None:
    make_staff(door, username="anna")
    outcome = log_on(door)
    token = cookie(door, outcome)
    for _ in range(79):
        clock.turn(timedelta(minutes=9))
        service.touch_session(door, internal(), session_id=int(outcome.ids["session"] or 0))
    assert who(door, token) is not None
    clock.turn(timedelta(minutes=9))
    assert who(door, token) is None


def test_still_sessions_are_ended_and_told_of_and_busy_ones_left(door: Door, clock: StillClock) -> None:
    make_staff(door, username="anna")
    log_on(door)
    clock.turn(timedelta(minutes=10))
    busy = cookie(door, log_on(door))
    assert service.end_still_sessions(door, internal()).ids == {"count": 1}
    assert service.end_still_sessions(door, internal()).ids == {"count": 0}
    assert kinds(door).count("StaffSignedOff") == 1
    assert who(door, busy) is not None


def test_logging_off_ends_the_session_once(door: Door) -> None:
    make_staff(door, username="anna")
    outcome = log_on(door)
    session_id = int(outcome.ids["session"] or 0)
    for _ in range(2):
        assert service.log_off(door, internal(), session_id=session_id).code == "signed_off"
    assert who(door, cookie(door, outcome)) is None
    assert kinds(door).count("StaffSignedOff") == 1


def test_an_ended_session_is_not_revived_by_a_touch(door: Door) -> None:
    make_staff(door, username="anna")
    outcome = log_on(door)
    session_id = int(outcome.ids["session"] or 0)
    service.log_off(door, internal(), session_id=session_id)
    service.touch_session(door, internal(), session_id=session_id)
    assert who(door, cookie(door, outcome)) is None


@pytest.mark.parametrize("token", ["", "0" * 64, "\0", "\ud800", "x" * 10_000])
def test_a_stranger_s_cookie_proves_nothing(door: Door, token: str) -> None:
    make_staff(door, username="anna")
    log_on(door)
    assert who(door, token) is None


# --- one's own password -------------------------------------------------------------------------------------------------


def change_own(door: Door, outcome: Outcome, current: str, new: str) -> Outcome:
    ids = {key: int(value or 0) for key, value in outcome.ids.items()}
    return service.change_own_password(
        door, internal(), staff_id=ids["staff"], session_id=ids["session"], current=current, new=new, origin="10.0.0.7"
    )


def test_one_s_own_password_is_changed_by_showing_the_present_one_and_other_sessions_end(door: Door) -> None:
    make_staff(door, username="anna", must_change=True)
    elsewhere, here = log_on(door), log_on(door)
    assert change_own(door, here, PASSWORD, "white tea at ten").code == "password_changed"
    person = who(door, cookie(door, here))
    assert person is not None
    assert not person.must_change
    assert who(door, cookie(door, elsewhere)) is None
    assert log_on(door).code == "wrong"
    assert log_on(door, password="white tea at ten").code == "signed_on"


def test_without_the_present_password_nothing_changes_and_a_miss_is_counted(door: Door) -> None:
    make_staff(door, username="anna")
    here = log_on(door)
    assert change_own(door, here, "wrong", "white tea at ten").code == "wrong"
    for _ in range(4):
        miss(door)
    with pytest.raises(TooMany):
        change_own(door, here, PASSWORD, "white tea at ten")


def test_a_new_password_must_keep_the_rules(door: Door) -> None:
    make_staff(door, username="anna")
    with pytest.raises(BadInput) as refusal:
        change_own(door, log_on(door), PASSWORD, "short")
    assert refusal.value.field == "password"


def test_nobody_changes_the_password_of_an_unknown_person(door: Door) -> None:
    with pytest.raises(NotFound):
        change_own(door, Outcome(code="signed_on", ids={"staff": 99, "session": 1}), PASSWORD, "white tea at ten")


# --- who is on the staff ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_somebody_is_taken_on_in_each_role(door: Door, role: Role) -> None:
    found = card(door, make_staff(door, role, name="王强", username="wq"))
    assert (found.name, found.username, found.role, found.active) == ("王强", "wq", role, True)
    assert kinds(door) == ["StaffChanged"]


def test_an_attendant_needs_no_user_name(door: Door) -> None:
    outcome = service.add_staff(door, internal(), name="小美", role="attendant", pin=passwords.hash_pin(door.keys, PIN))
    assert card(door, int(outcome.ids["staff"] or 0)).username is None


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "missing"),
        ({"name": "x" * 61}, "name", "too_long"),
        ({"name": "a\0b"}, "name", "broken_text"),
        ({"username": "ANNA"}, "username", "username_taken"),
        ({"username": ""}, "username", "missing"),
        ({"username": "a b"}, "username", "username_form"),
        ({"role": "king"}, "role", "role_unknown"),
        ({"password": None}, "password", "missing"),
        ({"role": "attendant"}, "pin", "missing"),
    ],
)
def test_a_bad_field_is_refused_by_name_and_nobody_is_taken_on(door: Door, changes: dict[str, str | None], field: str, code: str) -> None:
    make_staff(door, username="anna")
    good: dict[str, Any] = {"name": "王强", "role": "desk", "username": "wq", "password": passwords.NOBODY}
    with pytest.raises(BadInput) as refusal:
        service.add_staff(door, internal(), **{**good, **changes})
    assert (refusal.value.field, refusal.value.code) == (field, code)
    with door.reading() as session:
        assert len(session.exec(select(Staff)).all()) == 1


def test_name_user_name_and_role_are_changed_and_a_new_role_ends_the_sessions(door: Door) -> None:
    staff_id = make_staff(door, username="anna")
    login = cookie(door, log_on(door))
    service.change_staff(door, internal(), staff_id=staff_id, version=1, name="林小", username="anna", role="desk")
    assert who(door, login) is not None
    service.change_staff(door, internal(), staff_id=staff_id, version=2, name="林小", username="lin", role="keeper")
    assert who(door, login) is None
    assert card(door, staff_id) == StaffCard(
        id=staff_id, name="林小", username="lin", role=Role.KEEPER, must_change=False, active=True, version=3
    )


def test_the_slower_of_two_changes_is_told(door: Door) -> None:
    staff_id = make_staff(door)
    service.change_staff(door, internal(), staff_id=staff_id, version=1, name="林小", username="lin", role="desk")
    with pytest.raises(Conflict) as refusal:
        service.change_staff(door, internal(), staff_id=staff_id, version=1, name="林大", username="lin", role="desk")
    assert refusal.value.code == "staff_changed_meanwhile"


def test_a_user_name_in_use_is_refused_on_change_too(door: Door) -> None:
    make_staff(door, username="anna")
    staff_id = make_staff(door)
    with pytest.raises(BadInput) as refusal:
        service.change_staff(door, internal(), staff_id=staff_id, version=1, name="林小", username="Anna", role="desk")
    assert refusal.value.code == "username_taken"


def test_a_desk_login_becomes_no_attendant_without_a_pin(door: Door) -> None:
    staff_id = make_staff(door)
    with pytest.raises(BadInput) as refusal:
        service.change_staff(door, internal(), staff_id=staff_id, version=1, name="林小", username="lin", role="attendant")
    assert refusal.value.field == "pin"


def test_a_reset_password_ends_the_sessions_and_must_be_changed(door: Door) -> None:
    staff_id = make_staff(door, username="anna")
    login = cookie(door, log_on(door))
    hashed = passwords.hash_password(door.keys, "white tea at ten", username="anna")
    assert service.reset_password(door, internal(), staff_id=staff_id, password=hashed).code == "password_reset"
    assert who(door, login) is None
    person = who(door, cookie(door, log_on(door, password="white tea at ten")))
    assert person is not None
    assert person.must_change


def test_a_pin_is_reset_for_an_attendant_only(door: Door) -> None:
    pin = passwords.hash_pin(door.keys, "314159")
    attendant, desk = make_staff(door, "attendant"), make_staff(door)
    assert service.reset_pin(door, internal(), staff_id=attendant, pin=pin).code == "pin_reset"
    with pytest.raises(BadInput):
        service.reset_pin(door, internal(), staff_id=desk, pin=pin)


def test_letting_go_ends_the_sessions_and_can_be_taken_back(door: Door) -> None:
    staff_id = make_staff(door, username="anna")
    login = cookie(door, log_on(door))
    service.deactivate(door, internal(), staff_id=staff_id)
    assert who(door, login) is None
    assert not card(door, staff_id).active
    with pytest.raises(Conflict):
        service.deactivate(door, internal(), staff_id=staff_id)
    service.reactivate(door, internal(), staff_id=staff_id)
    assert card(door, staff_id).active
    with pytest.raises(Conflict):
        service.reactivate(door, internal(), staff_id=staff_id)
    assert who(door, login) is None


def test_the_last_administrator_stays(door: Door) -> None:
    first = make_staff(door, "admin", username="first")
    with pytest.raises(Conflict) as refusal:
        service.deactivate(door, internal(), staff_id=first)
    assert refusal.value.code == "last_admin"
    with pytest.raises(Conflict):
        service.change_staff(door, internal(), staff_id=first, version=1, name="林晓", username="first", role="desk")
    make_staff(door, "admin")
    assert service.deactivate(door, internal(), staff_id=first).code == "staff_deactivated"


def test_an_unknown_person_is_not_found(door: Door) -> None:
    with pytest.raises(NotFound):
        service.deactivate(door, internal(), staff_id=99)


def test_the_list_has_those_employed_first(door: Door) -> None:
    gone, here = make_staff(door, name="甲"), make_staff(door, name="乙")
    service.deactivate(door, internal(), staff_id=gone)
    with door.reading() as session:
        assert [person.id for person in queries.staff_list(session)] == [here, gone]


# --- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_only_an_administrator_keeps_the_staff(door: Door, role: Role) -> None:
    asker, other = make_staff(door, role), make_staff(door)
    tap = Operation(actor=f"staff:{asker}", route="staff", id="1")
    if role is Role.ADMIN:
        assert service.deactivate(door, tap, staff_id=other).code == "staff_deactivated"
        return
    with pytest.raises(Refused) as refusal:
        service.deactivate(door, tap, staff_id=other)
    assert refusal.value.code == "not_allowed"
    assert card(door, other).active


@pytest.mark.parametrize("actor", ["", "staff:", "staff:x", "staff:99", "device:1", "visit:1", "nobody", "house:1"])
def test_nobody_but_the_house_and_the_staff_is_given_leave(door: Door, actor: str) -> None:
    make_staff(door, "admin")
    with door.reading() as session, pytest.raises(Refused):
        queries.require(session, actor, Action.KEEP_PEOPLE)


def test_who_was_let_go_has_no_leave(door: Door) -> None:
    gone = make_staff(door, "supervisor")
    with door.reading() as session:
        queries.require(session, f"staff:{gone}", Action.RESET_PINS)
    service.deactivate(door, internal(), staff_id=gone)
    with door.reading() as session, pytest.raises(Refused):
        queries.require(session, f"staff:{gone}", Action.RESET_PINS)

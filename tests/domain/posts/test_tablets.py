from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from server.clock import StillClock
from server.db.operations import Outcome
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.devices import service as devices
from server.domain.posts import queries, service
from server.domain.posts.queries import Unlocked
from server.domain.posts.rules import PostState
from server.domain.posts.tables import TabletSession
from server.domain.staff import passwords
from server.domain.staff import service as staff
from server.domain.staff.queries import kept_pin
from server.errors import NotFound, TooMany
from tests.factories import PIN, QUICK, asks, internal, make_attendant, make_device, make_staff, make_tablet, unlock_tablet
from tests.statements import counting


def unlock(door: Door, device: int, person: int, pin: str = PIN) -> Outcome:
    return service.unlock(door, asks(f"device:{device}"), device_id=device, staff_id=person, pin=pin)


def miss(door: Door, device: int, person: int) -> Outcome:
    """Try a PIN that was compared and did not match, without the time that comparing takes."""
    checked = service.CheckedPin(pin_hash=passwords.NOBODY, matched=False)
    return service.open_tablet(door, asks(f"device:{device}"), device_id=device, staff_id=person, checked_pin=checked)


def open_for(door: Door, device: int) -> Unlocked | None:
    with door.reading() as session:
        return queries.unlocked(session, device, door.clock.now(), door.settings)


def over(door: Door, but: Sequence[int] = ()) -> list[int]:
    with door.reading() as session:
        return queries.sessions_to_lock(session, door.clock.now(), door.settings, but)


def still_good(door: Door, session_id: int) -> bool:
    with door.reading() as session:
        return queries.is_good(session, session_id, door.clock.now(), door.settings)


def test_the_right_pin_opens_the_tablet_and_begins_the_day(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    outcome = unlock(door, tablet, sun)
    assert (outcome.code, outcome.ids["began_duty"]) == ("unlocked", True)
    found = open_for(door, tablet)
    assert found is not None
    assert (found.staff_id, found.name, found.touch_due) == (sun, "孙悦", False)
    with door.reading() as session:
        assert queries.post_of(session, sun).state is PostState.ON_POST


def test_only_the_first_unlocking_of_a_day_clocks_in(door: Door, clock: StillClock) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    unlock(door, tablet, sun)
    clock.turn(timedelta(hours=8))
    service.clock_out(door, internal(), staff_id=sun)
    assert unlock(door, tablet, sun).ids["began_duty"] is False
    with door.reading() as session:
        assert queries.post_of(session, sun).state is PostState.OFF
    clock.turn(timedelta(hours=16))
    assert unlock(door, tablet, sun).ids["began_duty"] is True


def test_however_many_tablets_are_open_one_statement_finds_those_to_lock(door: Door, clock: StillClock) -> None:
    holders = [make_attendant(door) for _ in range(4)]
    opened = [unlock_tablet(door, device_id=make_tablet(door), staff_id=person) for person in holders]
    staff.deactivate(door, internal(), staff_id=holders[1])
    with counting(door) as seen:
        assert over(door) == [opened[1]]
        clock.turn(timedelta(minutes=door.settings.tablet_lock_minutes))
        assert over(door) == opened
        assert over(door, but=opened[:2]) == opened[2:]
    assert len([one for one in seen if one.startswith("SELECT")]) == 3


def test_a_retried_unlocking_is_the_same_session(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    tap = asks(f"device:{tablet}")
    first, second = (service.unlock(door, tap, device_id=tablet, staff_id=sun, pin=PIN) for _ in range(2))
    assert (second.repeated, first.ids) == (True, second.ids)


def test_the_next_person_takes_the_tablet_over(door: Door) -> None:
    tablet, sun, ma = make_tablet(door), make_attendant(door), make_attendant(door, name="马骏")
    first = unlock_tablet(door, device_id=tablet, staff_id=sun)
    unlock_tablet(door, device_id=tablet, staff_id=ma)
    found = open_for(door, tablet)
    assert (found and found.staff_id, still_good(door, first)) == (ma, False)


@pytest.mark.parametrize("pin", ["000000", "", "27182", "2718281", "\0", "\ud800", "曾" * 1000])
def test_a_wrong_pin_opens_nothing_and_says_how_many_tries_are_left(door: Door, pin: str) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    outcome = unlock(door, tablet, sun, pin)
    assert (outcome.code, outcome.ids["left"], outcome.ids["retry_seconds"]) == ("wrong", 4, 0)
    assert open_for(door, tablet) is None


def test_a_person_without_a_pin_answers_like_a_wrong_pin(door: Door) -> None:
    tablet = make_tablet(door)
    for person in (make_staff(door, "desk"), 999_999):
        assert unlock(door, tablet, person).code == "wrong"


def test_full_width_digits_are_the_same_pin(door: Door) -> None:
    assert unlock(door, make_tablet(door), make_attendant(door), "２７１８２８").code == "unlocked"


def test_after_five_misses_the_pair_waits_and_nobody_else(door: Door, clock: StillClock) -> None:
    tablet, other, sun, ma = make_tablet(door), make_tablet(door), make_attendant(door), make_attendant(door, name="马骏")
    answers = [miss(door, tablet, sun) for _ in range(5)]
    assert [answer.ids["left"] for answer in answers] == [4, 3, 2, 1, 0]
    assert answers[-1].ids["retry_seconds"] == 300
    with pytest.raises(TooMany) as refusal:
        unlock(door, tablet, sun)
    assert refusal.value.facts["retry_seconds"] == 300
    assert unlock(door, tablet, ma).code == "unlocked"
    assert unlock(door, other, sun).code == "unlocked"
    with door.reading() as session:
        assert queries.pin_wait(session, door.keys, tablet, sun, clock.now()) == timedelta(minutes=5)
    clock.turn(timedelta(minutes=5))
    assert [miss(door, tablet, sun).ids["left"] for _ in range(5)] == [4, 3, 2, 1, 0]
    clock.turn(timedelta(minutes=9, seconds=59))
    with pytest.raises(TooMany):
        unlock(door, tablet, sun)
    clock.turn(timedelta(seconds=1))
    assert unlock(door, tablet, sun).code == "unlocked"


def test_a_tablet_takes_no_more_than_twenty_wrong_pins_an_hour(door: Door) -> None:
    tablet = make_tablet(door)
    people = [make_attendant(door, name=f"会务{number}") for number in range(5)]
    for number in range(20):
        assert miss(door, tablet, people[number % 5]).code == "wrong"
    with pytest.raises(TooMany):
        unlock(door, tablet, make_attendant(door))


def test_a_right_pin_ends_the_streak(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    for _ in range(4):
        miss(door, tablet, sun)
    unlock(door, tablet, sun)
    assert miss(door, tablet, sun).ids["left"] == 4


def test_a_pin_reset_while_it_was_compared_is_not_good(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    with door.reading() as session:
        kept = kept_pin(session, sun)
    staff.reset_pin(door, internal(), staff_id=sun, pin=passwords.hash_pin(door.keys, "314159", hasher=QUICK))
    checked = service.CheckedPin(pin_hash=kept.pin_hash, matched=True)
    assert service.open_tablet(door, asks(), device_id=tablet, staff_id=sun, checked_pin=checked).code == "wrong"


@pytest.mark.parametrize("role", ["kiosk", "board", "door"])
def test_only_a_floor_tablet_is_opened(door: Door, role: str) -> None:
    with pytest.raises(NotFound):
        unlock(door, make_device(door, role), make_attendant(door))


def test_a_locked_tablet_stays_locked(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    opened = unlock_tablet(door, device_id=tablet, staff_id=sun)
    for _ in range(2):
        assert service.lock(door, asks(f"staff:{sun}"), tablet_session_id=opened).code == "locked"
    assert (open_for(door, tablet), still_good(door, opened)) == (None, False)


def test_a_still_tablet_is_locked_after_half_an_hour_and_a_touched_one_is_not(door: Door, clock: StillClock) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    opened = unlock_tablet(door, device_id=tablet, staff_id=sun)
    clock.turn(timedelta(minutes=29))
    found = open_for(door, tablet)
    assert found is not None
    assert found.touch_due
    service.touch_tablet(door, internal(), tablet_session_id=opened)
    clock.turn(timedelta(minutes=29, seconds=59))
    assert service.lock_still(door, internal(), tablet_session_id=opened).code == "not_due"
    clock.turn(timedelta(seconds=1))
    assert open_for(door, tablet) is None, "at once, though the loop has not looked yet"
    assert over(door) == [opened]
    assert service.lock_still(door, internal(), tablet_session_id=opened).code == "locked"
    assert over(door) == []
    service.touch_tablet(door, internal(), tablet_session_id=opened)
    assert not still_good(door, opened)


@pytest.mark.parametrize("end", ["let go", "new pin", "other work", "revoked"])
def test_whatever_ends_the_right_ends_the_session(door: Door, end: str) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    opened = unlock_tablet(door, device_id=tablet, staff_id=sun)
    if end == "let go":
        staff.deactivate(door, internal(), staff_id=sun)
    elif end == "new pin":
        staff.reset_pin(door, internal(), staff_id=sun, pin=passwords.hash_pin(door.keys, "314159", hasher=QUICK))
    elif end == "revoked":
        devices.revoke_device(door, internal(), device_id=tablet)
    else:
        staff.reset_password(
            door, internal(), staff_id=sun, password=passwords.hash_password(door.keys, "seven green lanterns", username="")
        )
        version = _version(door, sun)
        staff.change_staff(door, internal(), staff_id=sun, version=version, name="孙悦", username="sun", role="keeper")
    assert not still_good(door, opened)
    Scheduler(door, door.clock).step()
    with door.reading() as session:
        assert session.exec(select(TabletSession)).one().ended_at == door.clock.now()


def _version(door: Door, staff_id: int) -> int:
    from server.domain.staff.queries import staff_card

    with door.reading() as session:
        card = staff_card(session, staff_id)
    assert card is not None
    return card.version


def test_another_name_ends_nothing(door: Door) -> None:
    tablet, sun = make_tablet(door), make_attendant(door)
    opened = unlock_tablet(door, device_id=tablet, staff_id=sun)
    staff.change_staff(door, internal(), staff_id=sun, version=_version(door, sun), name="孙悦悦", username="", role="attendant")
    assert still_good(door, opened)


def test_only_who_has_a_pin_is_offered(door: Door) -> None:
    make_staff(door, "desk")
    sun, ma = make_attendant(door), make_attendant(door, name="马骏")
    staff.deactivate(door, internal(), staff_id=ma)
    with door.reading() as session:
        assert [card.id for card in queries.unlockers(session)] == [sun]

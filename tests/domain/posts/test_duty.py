from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import text

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.posts import queries, service
from server.domain.posts.queries import PostRow
from server.domain.posts.rules import CoverState, LeaveState, PostState
from server.domain.staff import service as staff
from server.errors import BadInput, Conflict, NotFound, Refused, YingbinError
from tests.factories import asks, cover_desk, internal, make_attendant, make_desk_person, make_staff


def post(door: Door, staff_id: int) -> PostRow:
    with door.reading() as session:
        return queries.post_of(session, staff_id)


def state(door: Door, staff_id: int) -> PostState:
    return post(door, staff_id).state


def kinds(door: Door) -> list[str]:
    door.number_waiting()
    with door.reading() as session:
        return [row[0] for row in session.execute(text("SELECT kind FROM event ORDER BY number"))]


def refused(code: str) -> AbstractContextManager[object]:
    return pytest.raises(YingbinError, match=f"^{code}$")


# --- on and off duty ----------------------------------------------------------------------------------------------------


def test_a_day_on_post(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door)
    assert state(door, sun) is PostState.OFF
    service.clock_in(door, internal(), staff_id=sun)
    began = clock.now()
    clock.turn(timedelta(hours=3))
    service.go_to_meal(door, internal(), staff_id=sun)
    assert (post(door, sun).state, post(door, sun).since, post(door, sun).duty_from) == (PostState.MEAL, clock.now(), began)
    clock.turn(timedelta(minutes=30))
    service.come_back(door, internal(), staff_id=sun)
    assert state(door, sun) is PostState.ON_POST
    clock.turn(timedelta(hours=4))
    service.clock_out(door, internal(), staff_id=sun)
    assert state(door, sun) is PostState.OFF
    assert kinds(door)[-4:] == ["PostChanged"] * 4


def test_what_the_table_does_not_allow_is_refused_with_the_present_state(door: Door) -> None:
    sun = make_attendant(door)
    with pytest.raises(Conflict) as refusal:
        service.go_to_meal(door, internal(), staff_id=sun)
    assert (refusal.value.code, refusal.value.facts["state"]) == ("post_not_possible", "off")


@pytest.mark.parametrize("role", ["keeper", "admin"])
def test_who_keeps_no_post_has_none(door: Door, role: str) -> None:
    person = make_staff(door, role)
    with pytest.raises(NotFound):
        service.clock_in(door, internal(), staff_id=person)
    with door.reading() as session:
        assert queries.everyone(session) == ()


def test_nobody_moves_anothers_post_but_the_desk_and_the_supervisor(door: Door) -> None:
    sun, ma, desk = make_attendant(door, on_duty=True), make_attendant(door, name="马骏"), make_desk_person(door)
    with pytest.raises(Refused):
        service.go_to_meal(door, asks(f"staff:{ma}"), staff_id=sun)
    service.go_to_meal(door, asks(f"staff:{sun}"), staff_id=sun)
    service.come_back(door, asks(f"staff:{desk}"), staff_id=sun)
    assert state(door, sun) is PostState.ON_POST


def test_a_retried_tap_moves_nothing_twice(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    tap = asks(f"staff:{sun}")
    first, second = service.go_to_meal(door, tap, staff_id=sun), service.go_to_meal(door, tap, staff_id=sun)
    assert (second.repeated, first.ids) == (True, second.ids)


def test_who_forgot_to_clock_out_is_off_after_sixteen_hours_and_it_is_marked(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door, on_duty=True)
    clock.turn(timedelta(hours=10))
    service.go_to_meal(door, internal(), staff_id=sun)
    clock.turn(timedelta(hours=5, minutes=59))
    assert service.end_forgotten(door, internal()).ids == {"count": 0}
    clock.turn(timedelta(minutes=1))
    assert service.end_forgotten(door, internal()).ids == {"count": 1}
    assert state(door, sun) is PostState.OFF
    with door.reading() as session:
        assert queries.history(session, clock.now().date(), door.settings.zone)[-1].assumed
    assert kinds(door)[-1] == "PostAssumedOff"


def test_who_forgot_to_clock_out_is_covered_by_nobody_any_more(door: Door, clock: StillClock) -> None:
    make_desk_person(door)
    desk = make_desk_person(door, name="周宁")
    cover = service.ask_cover(door, asks(f"staff:{desk}"), staff_id=desk)
    clock.turn(timedelta(hours=16))
    service.end_forgotten(door, internal())
    assert kinds(door).count("CoverWithdrawn") == 1
    with refused("cover_over"):
        service.accept_cover(door, internal(), cover_id=int(cover.ids["cover"] or 0), staff_id=make_attendant(door))


def test_who_is_let_go_leaves_the_post(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    staff.deactivate(door, internal(), staff_id=sun)
    with door.reading() as session:
        assert queries.on_duty(session) == ()
    assert service.end_forgotten(door, internal()).ids == {"count": 1}


# --- the desk is never empty (S54) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [service.go_to_meal, service.clock_out])
def test_the_last_at_the_desk_may_not_go_and_is_told_the_rule(door: Door, verb: object) -> None:
    desk = make_desk_person(door)
    with pytest.raises(Conflict) as refusal:
        verb(door, internal(), staff_id=desk)  # type: ignore[operator]  # one of the verbs
    assert refusal.value.code == "desk_would_be_empty"
    assert (refusal.value.facts["rule"], refusal.value.facts["cover"]) == ("S54", "none")
    assert state(door, desk) is PostState.ON_POST


def test_asking_for_cover_is_not_enough_accepting_is(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    asked = service.ask_cover(door, internal(), staff_id=desk)
    with pytest.raises(Conflict) as refusal:
        service.go_to_meal(door, internal(), staff_id=desk)
    assert refusal.value.facts["cover"] == "asked"
    service.accept_cover(door, asks(f"staff:{sun}"), cover_id=int(asked.ids["cover"] or 0), staff_id=sun)
    assert (post(door, sun).state, post(door, sun).covers, post(door, sun).at_desk) == (PostState.COVERING, "林晓", True)
    service.go_to_meal(door, internal(), staff_id=desk)
    assert state(door, desk) is PostState.MEAL


def test_when_the_covered_person_is_back_the_cover_ends(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    cover_desk(door, desk_id=desk, attendant_id=sun)
    service.go_to_meal(door, internal(), staff_id=desk)
    service.come_back(door, internal(), staff_id=desk)
    assert (state(door, desk), state(door, sun)) == (PostState.ON_POST, PostState.ON_POST)
    assert post(door, desk).cover is None
    assert "CoverEnded" in kinds(door)


def test_who_covers_may_not_leave_the_desk_while_the_other_is_away(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    cover_desk(door, desk_id=desk, attendant_id=sun)
    service.go_to_meal(door, internal(), staff_id=desk)
    for verb in (service.come_back, service.clock_out):
        with refused("desk_would_be_empty"):
            verb(door, internal(), staff_id=sun)


def test_who_covers_may_go_back_while_the_other_is_still_there(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    cover_desk(door, desk_id=desk, attendant_id=sun)
    service.come_back(door, internal(), staff_id=sun)
    assert (state(door, sun), post(door, desk).cover) == (PostState.ON_POST, None)
    with refused("desk_would_be_empty"):
        service.go_to_meal(door, internal(), staff_id=desk)


def test_with_two_at_the_desk_one_may_go_without_cover(door: Door) -> None:
    lin, zhou = make_desk_person(door), make_desk_person(door, name="周宁")
    service.go_to_meal(door, internal(), staff_id=lin)
    with refused("desk_would_be_empty"):
        service.go_to_meal(door, internal(), staff_id=zhou)


def test_the_last_at_the_desk_goes_home_by_closing_it(door: Door) -> None:
    desk = make_desk_person(door)
    service.clock_out(door, internal(), staff_id=desk, closing=True)
    assert state(door, desk) is PostState.OFF
    with door.reading() as session:
        day = queries.coverage(session, door.clock.now().date(), door.settings.zone)
    assert (len(day.attended), day.gaps) == (1, ())


def test_one_who_covers_keeps_the_desk_until_the_next_comes(door: Door) -> None:
    desk, sun, next_one = make_desk_person(door), make_attendant(door, on_duty=True), make_desk_person(door, name="周宁", on_duty=False)
    cover_desk(door, desk_id=desk, attendant_id=sun)
    service.clock_out(door, internal(), staff_id=desk)
    assert state(door, sun) is PostState.COVERING
    service.clock_in(door, internal(), staff_id=next_one)
    service.come_back(door, internal(), staff_id=sun)
    assert state(door, sun) is PostState.ON_POST


def test_of_two_who_leave_the_desk_at_once_one_stays(door: Door) -> None:
    people = [make_desk_person(door), make_desk_person(door, name="周宁")]
    answers: list[str] = []

    def go(staff_id: int) -> None:
        try:
            answers.append(service.go_to_meal(door, internal(), staff_id=staff_id).code)
        except Conflict as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=go, args=(staff_id,)) for staff_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["at_meal", "desk_would_be_empty"]


# --- covering -----------------------------------------------------------------------------------------------------------


def test_of_two_who_take_over_at_once_one_has_it(door: Door) -> None:
    desk = make_desk_person(door)
    attendants = [make_attendant(door, name=name, on_duty=True) for name in ("孙悦", "马骏")]
    cover = int(service.ask_cover(door, internal(), staff_id=desk).ids["cover"] or 0)
    answers: list[str] = []

    def take(staff_id: int) -> None:
        try:
            answers.append(service.accept_cover(door, asks(f"staff:{staff_id}"), cover_id=cover, staff_id=staff_id).code)
        except Conflict as refusal:
            answers.append(refusal.code)

    threads = [threading.Thread(target=take, args=(staff_id,)) for staff_id in attendants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["cover_accepted", "cover_taken"]
    assert sorted(state(door, staff_id) for staff_id in attendants) == ["covering", "on_post"]


def test_nobody_accepts_for_another_nor_for_himself(door: Door) -> None:
    desk, sun, supervisor = make_desk_person(door), make_attendant(door, on_duty=True), make_staff(door, "supervisor")
    cover = int(service.ask_cover(door, internal(), staff_id=desk).ids["cover"] or 0)
    for actor, staff_id in ((desk, sun), (supervisor, sun), (desk, desk)):
        with pytest.raises(Refused):
            service.accept_cover(door, asks(f"staff:{actor}"), cover_id=cover, staff_id=staff_id)
    service.accept_cover(door, asks(f"staff:{supervisor}"), cover_id=cover, staff_id=supervisor)
    assert post(door, supervisor).at_desk, "who is not clocked in is so from now on"


def test_one_asks_once_and_may_ask_no_longer(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    first, second = (service.ask_cover(door, internal(), staff_id=desk) for _ in range(2))
    assert first.ids == second.ids
    service.withdraw_cover(door, internal(), cover_id=int(first.ids["cover"] or 0))
    with refused("cover_over"):
        service.accept_cover(door, internal(), cover_id=int(first.ids["cover"] or 0), staff_id=sun)


def test_an_attendant_may_be_covered_too(door: Door) -> None:
    sun, ma = (make_attendant(door, name=name, on_duty=True) for name in ("孙悦", "马骏"))
    cover_desk(door, desk_id=sun, attendant_id=ma)
    assert (post(door, ma).covers, post(door, ma).at_desk) == ("孙悦", False)
    service.go_to_meal(door, internal(), staff_id=sun)
    service.come_back(door, internal(), staff_id=ma)
    assert state(door, ma) is PostState.ON_POST, "only the desk must not be empty"


# --- leave (S51) ----------------------------------------------------------------------------------------------------------


def test_nobody_leaves_without_the_supervisors_approval(door: Door) -> None:
    sun, supervisor = make_attendant(door, on_duty=True), make_staff(door, "supervisor")
    with pytest.raises(Conflict) as refusal:
        service.leave_post(door, internal(), staff_id=sun)
    assert (refusal.value.code, refusal.value.facts["rule"]) == ("leave_not_approved", "S51")
    asked = service.ask_leave(door, asks(f"staff:{sun}"), staff_id=sun, reason=" 取药  ")
    leave = int(asked.ids["leave"] or 0)
    for actor in (sun, make_desk_person(door)):
        with pytest.raises(Refused):
            service.approve_leave(door, asks(f"staff:{actor}"), leave_id=leave)
    with refused("leave_not_approved"):
        service.leave_post(door, asks(f"staff:{sun}"), staff_id=sun)
    assert service.approve_leave(door, asks(f"staff:{supervisor}"), leave_id=leave).code == "leave_approved"
    service.leave_post(door, asks(f"staff:{sun}"), staff_id=sun)
    assert (post(door, sun).state, post(door, sun).reason, post(door, sun).leave) == (PostState.AWAY, "取药", None)


def test_a_refusal_is_seen_and_one_may_ask_again(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    first = service.ask_leave(door, internal(), staff_id=sun, reason="取药")
    with refused("leave_asked_already"):
        service.ask_leave(door, internal(), staff_id=sun, reason="取药")
    service.refuse_leave(door, internal(), leave_id=int(first.ids["leave"] or 0))
    with door.reading() as session:
        newest = queries.newest_decision(session, sun)
    assert newest is not None
    assert newest.state is LeaveState.REFUSED
    with refused("leave_decided"):
        service.approve_leave(door, internal(), leave_id=int(first.ids["leave"] or 0))
    assert service.ask_leave(door, internal(), staff_id=sun, reason="取药").code == "leave_asked"


def test_an_approval_does_not_empty_the_desk(door: Door) -> None:
    desk = make_desk_person(door)
    leave = service.ask_leave(door, internal(), staff_id=desk, reason="取药")
    service.approve_leave(door, internal(), leave_id=int(leave.ids["leave"] or 0))
    with refused("desk_would_be_empty"):
        service.leave_post(door, internal(), staff_id=desk)
    assert post(door, desk).leave is not None, "the approval still holds"


def test_the_supervisor_approves_himself(door: Door) -> None:
    supervisor = make_staff(door, "supervisor")
    service.clock_in(door, asks(f"staff:{supervisor}"), staff_id=supervisor)
    assert service.ask_leave(door, asks(f"staff:{supervisor}"), staff_id=supervisor, reason="开会").code == "leave_approved"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 81, "a\0b"])
def test_a_leave_needs_a_reason_that_can_be_stored(door: Door, reason: str) -> None:
    sun = make_attendant(door, on_duty=True)
    with pytest.raises(BadInput) as refusal:
        service.ask_leave(door, internal(), staff_id=sun, reason=reason)
    assert refusal.value.field == "reason"


def test_a_wish_can_be_withdrawn_and_goes_when_one_goes_home(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    first = service.ask_leave(door, internal(), staff_id=sun, reason="取药")
    service.withdraw_leave(door, internal(), leave_id=int(first.ids["leave"] or 0))
    service.ask_leave(door, internal(), staff_id=sun, reason="取药")
    service.clock_out(door, internal(), staff_id=sun)
    with door.reading() as session:
        assert queries.open_leaves(session) == ()


def test_an_absence_that_was_found_is_written_down_whatever_it_leaves_empty(door: Door, clock: StillClock) -> None:
    desk, supervisor = make_desk_person(door), make_staff(door, "supervisor")
    with pytest.raises(Refused):
        service.note_away(door, asks(f"staff:{desk}"), staff_id=desk, reason="")
    clock.turn(timedelta(hours=3))
    service.note_away(door, asks(f"staff:{supervisor}"), staff_id=desk, reason="12:00 无人")
    assert (post(door, desk).state, post(door, desk).unapproved) == (PostState.AWAY, True)
    with door.reading() as session:
        assert queries.is_desk_empty(queries.everyone(session))
    clock.turn(timedelta(minutes=25))
    service.come_back(door, internal(), staff_id=desk)
    with door.reading() as session:
        (gap,) = queries.coverage(session, clock.now().date(), door.settings.zone).gaps
    assert (gap.until, gap.answer) == (clock.now(), ("林晓",)), "the on-duty person answers (S111)"
    assert gap.since == clock.now() - timedelta(minutes=25)


# --- undo ---------------------------------------------------------------------------------------------------------------


def test_a_meal_tapped_by_mistake_never_was(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door, on_duty=True)
    since = post(door, sun).since
    clock.turn(timedelta(hours=1))
    tapped = service.go_to_meal(door, internal(), staff_id=sun)
    clock.turn(timedelta(seconds=8))
    service.undo(door, asks(f"staff:{sun}"), staff_id=sun, stint_id=int(tapped.ids["stint"] or 0))
    assert (post(door, sun).state, post(door, sun).since) == (PostState.ON_POST, since)
    with door.reading() as session:
        assert [row.state for row in queries.history(session, clock.now().date(), door.settings.zone)] == [PostState.ON_POST]
    assert kinds(door)[-1] == "PostChangeUndone"


def test_clocking_in_and_out_can_be_taken_back(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door)
    began = service.clock_in(door, internal(), staff_id=sun)
    service.undo(door, internal(), staff_id=sun, stint_id=int(began.ids["stint"] or 0))
    assert state(door, sun) is PostState.OFF
    service.clock_in(door, internal(), staff_id=sun)
    clock.turn(timedelta(hours=1))
    ended = service.clock_out(door, internal(), staff_id=sun)
    service.undo(door, internal(), staff_id=sun, stint_id=int(ended.ids["stint"] or 0))
    assert state(door, sun) is PostState.ON_POST


def test_a_leave_taken_back_is_still_approved(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    leave = service.ask_leave(door, internal(), staff_id=sun, reason="取药")
    service.approve_leave(door, internal(), leave_id=int(leave.ids["leave"] or 0))
    away = service.leave_post(door, internal(), staff_id=sun)
    service.undo(door, internal(), staff_id=sun, stint_id=int(away.ids["stint"] or 0))
    row = post(door, sun)
    assert (row.state, row.leave and row.leave.state) == (PostState.ON_POST, LeaveState.APPROVED)


def test_a_cover_taken_back_is_asked_for_again(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    asked = service.ask_cover(door, internal(), staff_id=desk)
    taken = service.accept_cover(door, internal(), cover_id=int(asked.ids["cover"] or 0), staff_id=sun)
    service.undo(door, internal(), staff_id=sun, stint_id=int(taken.ids["stint"] or 0))
    cover = post(door, desk).cover
    assert (state(door, sun), cover and cover.state) == (PostState.ON_POST, CoverState.ASKED)


def test_undoing_does_not_empty_the_desk(door: Door) -> None:
    desk, sun = make_desk_person(door), make_attendant(door, on_duty=True)
    asked = service.ask_cover(door, internal(), staff_id=desk)
    taken = service.accept_cover(door, internal(), cover_id=int(asked.ids["cover"] or 0), staff_id=sun)
    service.go_to_meal(door, internal(), staff_id=desk)
    with refused("desk_would_be_empty"):
        service.undo(door, internal(), staff_id=sun, stint_id=int(taken.ids["stint"] or 0))
    back = service.come_back(door, internal(), staff_id=desk)
    with refused("desk_would_be_empty"):
        service.undo(door, internal(), staff_id=desk, stint_id=int(back.ids["stint"] or 0))


def test_only_the_last_change_can_be_taken_back_and_only_at_once(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door, on_duty=True)
    meal = service.go_to_meal(door, internal(), staff_id=sun)
    back = service.come_back(door, internal(), staff_id=sun)
    with refused("undo_too_late"):
        service.undo(door, internal(), staff_id=sun, stint_id=int(meal.ids["stint"] or 0))
    clock.turn(timedelta(seconds=61))
    with refused("undo_too_late"):
        service.undo(door, internal(), staff_id=sun, stint_id=int(back.ids["stint"] or 0))
    with pytest.raises(NotFound):
        service.undo(door, internal(), staff_id=make_attendant(door, name="马骏"), stint_id=int(back.ids["stint"] or 0))


def test_nobody_takes_back_that_he_was_found_away(door: Door) -> None:
    sun = make_attendant(door, on_duty=True)
    noted = service.note_away(door, internal(), staff_id=sun, reason="")
    with pytest.raises(Refused):
        service.undo(door, asks(f"staff:{sun}"), staff_id=sun, stint_id=int(noted.ids["stint"] or 0))


# --- reads --------------------------------------------------------------------------------------------------------------


def test_who_is_available_at_an_instant_is_who_was_on_the_own_post(door: Door, clock: StillClock) -> None:
    desk = make_desk_person(door)
    sun, ma, luo = (make_attendant(door, name=name, on_duty=True) for name in ("孙悦", "马骏", "罗琳"))
    nine = clock.now()
    clock.turn(timedelta(hours=3))
    service.go_to_meal(door, internal(), staff_id=sun)
    cover_desk(door, desk_id=desk, attendant_id=ma)
    with door.reading() as session:
        assert queries.available(session, nine - timedelta(seconds=1)) == 0
        assert queries.available(session, nine) == 3
        assert queries.available(session, clock.now()) == 1
        assert queries.available(session, clock.now() + timedelta(hours=20)) == 1
        assert [row.staff_id for row in queries.on_duty(session)] == [desk, sun, luo, ma]


def test_the_register_of_a_day_holds_what_reaches_into_it(door: Door, clock: StillClock) -> None:
    sun = make_attendant(door, on_duty=True)
    clock.turn(timedelta(hours=14, minutes=59))
    service.clock_out(door, internal(), staff_id=sun)
    clock.turn(timedelta(hours=9))
    service.clock_in(door, internal(), staff_id=sun)
    zone = door.settings.zone
    today = clock.now().astimezone(zone).date()
    with door.reading() as session:
        assert [row.until for row in queries.history(session, today, zone)] == [None]
        assert len(queries.history(session, today - timedelta(days=1), zone)) == 1
        assert queries.history(session, today + timedelta(days=1), zone)[0].until is None

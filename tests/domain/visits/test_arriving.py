from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.people import service as people
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State, Step
from server.errors import BadInput, Conflict, Gone, NotFound, TooMany
from tests.factories import asks, facts_of, internal, invitation_of, make_host, make_invitation, make_tenant, make_visit, pass_of, visit_of

EVERY_DAY = Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=8 * 60, daily_until=18 * 60)
MONTH = timedelta(days=30)


def walk_in(door: Door, **changed: Any) -> int:
    fields: dict[str, Any] = {
        "host_id": None,
        "name": "张小明",
        "phone": "138 1234 1234",
        "company": "蓝桥资本",
        "purpose": "meeting",
        "companions": 2,
        "language": "zh",
        "consent_version": "2026-11",
        "gate": "A",
    }
    return int(service.sign_in_walk_in(door, asks(), **(fields | changed)).ids["visit"] or 0)


def test_a_walk_in_waits_and_the_host_is_told_at_once(door: Door) -> None:
    host = make_host(door)
    visit = visit_of(door, walk_in(door, host_id=host))
    now = door.clock.now()
    assert (visit.state, visit.step, visit.asked_host_id) == (State.WAITING, Step.TOLD, host)
    assert (visit.signed_in_at, visit.told_at) == (now, now)
    assert (visit.name, visit.phone, visit.company, visit.companions) == ("张小明", "13812341234", "蓝桥资本", 2)
    assert (visit.consent_version, visit.consent_at) == ("2026-11", now)
    assert facts_of(door, visit.visit_id) == ["VisitorSignedIn", "HostNotified"]


def test_a_walk_in_who_knows_no_host_is_the_desks(door: Door) -> None:
    visit = visit_of(door, walk_in(door))
    assert (visit.state, visit.step, visit.desk_asked_at) == (State.WAITING, Step.DESK, door.clock.now())
    assert facts_of(door, visit.visit_id) == ["VisitorSignedIn", "DeskAsked"]


def test_a_walk_in_pass_is_good_until_the_sweep(door: Door) -> None:
    visit = visit_of(door, walk_in(door))
    assert visit.valid_until.astimezone(door.settings.zone).strftime("%d %H:%M") == "23 20:00"


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 61}),
        ("name", {"name": "a\x00b"}),
        ("name", {"name": "\ud800"}),
        ("phone", {"phone": ""}),
        ("phone", {"phone": "no phone"}),
        ("company", {"company": "x" * 81}),
        ("purpose", {"purpose": "spying"}),
        ("companions", {"companions": -1}),
        ("companions", {"companions": 100}),
        ("language", {"language": "fr"}),
        ("consent", {"consent_version": " "}),
        ("host", {"host_id": 999_999}),
        ("gate", {"gate": "x" * 21}),
    ],
)
def test_a_walk_in_is_refused_by_field(door: Door, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refusal:
        walk_in(door, **changed)
    assert refusal.value.field == field


def test_a_host_who_left_or_whose_tenant_did_cannot_be_asked_for(door: Door) -> None:
    left = make_host(door)
    people.retire_host(door, internal(), host_id=left)
    tenant = make_tenant(door)
    homeless = make_host(door, tenant_id=tenant)
    people.retire_tenant(door, internal(), tenant_id=tenant)
    for host in (left, homeless):
        with pytest.raises(BadInput, match="host_unknown"):
            walk_in(door, host_id=host)


def test_the_desk_may_write_a_walk_in_down_without_phone_and_consent(door: Door) -> None:
    outcome = service.sign_in_at_desk(door, asks("staff:1"), host_id=None, name="李敏", gate="A")
    visit = visit_of(door, int(outcome.ids["visit"] or 0))
    assert (visit.phone, visit.consent_at, visit.state) == ("", None, State.WAITING)


def test_a_second_tap_is_the_same_visit(door: Door) -> None:
    host, tap = make_host(door), asks()
    fields: dict[str, Any] = {"host_id": host, "name": "李敏", "phone": "13800001111", "consent_version": "1", "gate": "A"}
    first = service.sign_in_walk_in(door, tap, **fields)
    again = service.sign_in_walk_in(door, tap, **fields)
    assert (again.ids, again.repeated) == (first.ids, True)
    with door.reading() as session:
        assert len(queries.waiting(session)) == 1


def test_an_invitation_signs_in_by_its_qr_and_the_host_is_told(door: Door) -> None:
    invitation = invitation_of(door, make_invitation(door))
    outcome = service.sign_in_by_token(door, asks(), token=invitation.token.lower(), gate="B")
    visit = visit_of(door, int(outcome.ids["visit"] or 0))
    assert (outcome.code, outcome.ids["again"]) == ("signed_in", False)
    assert (visit.visit_id, visit.state, visit.gate) == (invitation.visit_id, State.WAITING, "B")
    assert facts_of(door, visit.visit_id) == ["VisitorInvited", "VisitorSignedIn", "HostNotified"]


def test_a_pass_already_in_says_since_when_and_where(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door, gate="A")
    signed_in_at = clock.now()
    clock.turn(timedelta(minutes=5))
    for arrange in (
        lambda: None,
        lambda: service.desk_mark_met(door, asks(), visit_id=visit_id),
        lambda: service.admit(door, asks(), visit_id=visit_id),
    ):
        arrange()
        with pytest.raises(Conflict, match="already_in") as refusal:
            service.sign_in_by_token(door, asks(), token=pass_of(door, visit_id).token, gate="A")
        assert refusal.value.facts == {"visit": visit_id, "since": signed_in_at.isoformat(), "gate": "A"}
    assert "OtherGateTried" not in facts_of(door, visit_id)


def test_a_pass_shown_at_another_gate_is_noticed_at_the_desk(door: Door) -> None:
    visit_id = make_visit(door, gate="A")
    tap = asks()
    for _ in range(2):
        with pytest.raises(Conflict, match="already_in"):
            service.sign_in_by_token(door, tap, token=pass_of(door, visit_id).token, gate="B")
    assert facts_of(door, visit_id).count("OtherGateTried") == 1


def test_who_left_may_come_again_while_the_pass_is_good(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks(), visit_id=visit_id)
    clock.turn(timedelta(hours=1))
    outcome = service.sign_in_by_token(door, asks(), token=pass_of(door, visit_id).token, gate="A")
    visit = visit_of(door, visit_id)
    assert (outcome.code, outcome.ids["again"]) == ("signed_in", True)
    assert (visit.state, visit.signed_in_at, visit.left_at, visit.told_at) == (State.WAITING, clock.now(), None, clock.now())


def test_who_left_may_not_come_again_when_the_pass_has_run_out(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    service.sign_out(door, asks(), visit_id=visit_id)
    clock.turn(timedelta(hours=24))
    with pytest.raises(Gone, match="pass_expired"):
        service.sign_in_by_token(door, asks(), token=pass_of(door, visit_id).token, gate="A")


def test_too_early_says_when_it_opens(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door, begins=timedelta(hours=2)))
    with pytest.raises(Conflict, match="too_early") as refusal:
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    assert refusal.value.facts["opens"] == (clock.now() + timedelta(hours=2)).isoformat()
    clock.turn(timedelta(hours=2))
    assert service.sign_in_by_token(door, asks(), token=invitation.token, gate="A").code == "signed_in"


def test_an_expired_invitation_says_until_when_it_was_good(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door))
    clock.turn(timedelta(hours=8))
    with pytest.raises(Gone, match="pass_expired") as refusal:
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    assert refusal.value.facts == {"until": invitation.valid_until.isoformat()}


def test_a_withdrawn_invitation_opens_nothing(door: Door) -> None:
    single, recurring = make_invitation(door), make_invitation(door, ends=MONTH, recurrence=EVERY_DAY)
    tokens = [invitation_of(door, number).token for number in (single, recurring)]
    for number in (single, recurring):
        service.withdraw_invitation(door, asks(), invitation_id=number, host_id=None)
    for token in tokens:
        with pytest.raises(Gone, match="pass_withdrawn"):
            service.sign_in_by_token(door, asks(), token=token, gate="A")


def test_the_wrong_gate_names_the_right_one(door: Door) -> None:
    invitation = invitation_of(door, make_invitation(door, gate="B"))
    with pytest.raises(Conflict, match="wrong_gate") as refusal:
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    assert refusal.value.facts["gate"] == "B"
    assert service.sign_in_by_token(door, asks(), token=invitation.token, gate="B").code == "signed_in"


def test_a_visitor_who_was_declined_is_not_signed_in_by_the_same_pass(door: Door) -> None:
    visit_id = make_visit(door)
    service.desk_answer_declined(door, asks(), visit_id=visit_id, reason="busy")
    with pytest.raises(Conflict, match="visit_declined"):
        service.sign_in_by_token(door, asks(), token=pass_of(door, visit_id).token, gate="A")


@pytest.mark.parametrize("token", ["", "ABC", "A" * 27, "A" * 10_000, "\x00" * 27, "号" * 27])
def test_what_is_no_pass_is_unknown(door: Door, token: str) -> None:
    with pytest.raises(NotFound, match="pass_unknown"):
        service.sign_in_by_token(door, asks(), token=token, gate="A")


def test_a_recurring_invitation_is_one_visit_a_day(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=EVERY_DAY))
    first = service.sign_in_by_token(door, asks(), token=invitation.token, gate="A").ids["visit"]
    with pytest.raises(Conflict, match="already_in"):
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    service.sign_out_by_token(door, asks(), token=invitation.token)
    assert service.sign_in_by_token(door, asks(), token=invitation.token, gate="A").ids["visit"] == first
    service.sign_out_by_token(door, asks(), token=invitation.token)
    clock.turn(timedelta(days=1))
    assert service.sign_in_by_token(door, asks(), token=invitation.token, gate="A").ids["visit"] != first


def test_a_recurring_invitation_is_closed_outside_its_hours_and_says_when_it_opens(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=EVERY_DAY))
    clock.turn(timedelta(hours=10))
    with pytest.raises(Conflict, match="closed_for_today") as refusal:
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    assert refusal.value.facts["opens"] == (clock.now() + timedelta(hours=13)).isoformat()
    clock.turn(timedelta(hours=12))
    with pytest.raises(Conflict, match="too_early"):
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")
    clock.turn(MONTH)
    with pytest.raises(Gone, match="pass_expired"):
        service.sign_in_by_token(door, asks(), token=invitation.token, gate="A")


def test_a_code_shows_a_name_without_its_surname_and_lets_in_who_knows_it(door: Door) -> None:
    invitation = invitation_of(door, make_invitation(door, name="曾静怡"))
    assert service.find_code(door, asks(), code=invitation.code).code == "found"
    with door.reading() as session:
        assert queries.masked_by_code(session, door.keys, invitation.code, door.clock.now().date()) == "**怡"
    assert service.sign_in_by_code(door, asks(), code=invitation.code, surname="曾", gate="A").code == "signed_in"


def test_a_recurring_invitation_has_a_code_too(door: Door) -> None:
    invitation = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=EVERY_DAY))
    assert service.sign_in_by_code(door, asks(), code=invitation.code, surname="张", gate="A").code == "signed_in"
    assert service.sign_out_by_code(door, asks(), code=invitation.code, surname="张").code == "signed_out"


def test_a_wrong_code_and_a_wrong_surname_are_one_answer(door: Door) -> None:
    code = invitation_of(door, make_invitation(door)).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [
        service.find_code(door, asks(), code=wrong),
        service.sign_in_by_code(door, asks(), code=wrong, surname="张", gate="A"),
        service.sign_in_by_code(door, asks(), code=code, surname="王", gate="A"),
        service.sign_in_by_code(door, asks(), code="not a code", surname="张", gate="A"),
    ]
    assert {(answer.code, tuple(answer.ids)) for answer in answers} == {("no_match", ())}


def test_five_misses_pause_a_device_and_not_its_neighbour(door: Door, clock: StillClock) -> None:
    code = invitation_of(door, make_invitation(door)).code
    for _ in range(5):
        service.sign_in_by_code(door, asks("device:1"), code=code, surname="王", gate="A")
    with pytest.raises(TooMany) as refusal:
        service.sign_in_by_code(door, asks("device:1"), code=code, surname="张", gate="A")
    assert refusal.value.facts["retry_seconds"] == 60
    clock.turn(timedelta(seconds=61))
    assert service.sign_in_by_code(door, asks("device:1"), code=code, surname="张", gate="A").code == "signed_in"
    other = invitation_of(door, make_invitation(door)).code
    assert service.sign_in_by_code(door, asks("device:2"), code=other, surname="张", gate="A").code == "signed_in"


def test_a_code_opens_nothing_once_its_visit_is_closed(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door))
    clock.turn(timedelta(hours=9))
    service.end_window(door, internal(), visit_id=invitation.visit_id or 0)
    assert service.sign_in_by_code(door, asks(), code=invitation.code, surname="张", gate="A").code == "no_match"


def test_the_desk_signs_in_whoever_stands_before_it(door: Door, clock: StillClock) -> None:
    invitation = invitation_of(door, make_invitation(door, begins=timedelta(hours=3), ends=timedelta(hours=4)))
    visit_id = invitation.visit_id or 0
    assert service.sign_in_visit(door, asks("staff:1"), visit_id=visit_id, gate="A").code == "signed_in"
    with pytest.raises(Conflict, match="already_in"):
        service.sign_in_visit(door, asks("staff:1"), visit_id=visit_id, gate="A")
    service.sign_out(door, asks("staff:1"), visit_id=visit_id)
    clock.turn(timedelta(days=1))
    service.sign_in_visit(door, asks("staff:1"), visit_id=visit_id, gate="A")
    assert visit_of(door, visit_id).valid_until > clock.now()


def test_the_desk_does_not_sign_in_somebody_who_was_declined(door: Door) -> None:
    visit_id = make_visit(door)
    service.desk_answer_declined(door, asks(), visit_id=visit_id, reason="busy")
    with pytest.raises(Conflict, match="not_possible") as refusal:
        service.sign_in_visit(door, asks("staff:1"), visit_id=visit_id, gate="A")
    assert refusal.value.facts["state"] == State.DECLINED

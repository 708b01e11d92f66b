from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from server.clock import StillClock
from server.db import outbox
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.devices import queries, rules, service
from server.domain.devices.queries import DeviceCard, PairingCard
from server.domain.devices.rules import DeviceRole
from server.domain.devices.tables import Device, EnrolLink, Pairing
from server.domain.staff.rules import Role
from server.errors import BadInput, Conflict, Gone, NotFound, Refused, TooMany
from tests.factories import internal, make_device, make_staff


def cookie(door: Door, device_id: int) -> str:
    with door.reading() as session:
        return queries.device_cookie(session, door.keys, device_id)


def proves(door: Door, token: str, role: str = "kiosk") -> DeviceCard | None:
    with door.reading() as session:
        return queries.device_of(session, door.keys, token, role)


def card(door: Door, device_id: int) -> DeviceCard:
    with door.reading() as session:
        return queries.device_card(session, device_id)


def link(door: Door, role: str = "kiosk", life: timedelta | None = None) -> str:
    offered = service.offer_links(door, internal(), role=role, count=1, life=life)
    with door.reading() as session:
        return queries.link_token(session, door.keys, int(str(offered.ids["links"])))


def ask(door: Door, role: str = "kiosk") -> str:
    outcome = service.ask_pairing(door, internal(), role=role)
    with door.reading() as session:
        return queries.pairing_cookie(session, door.keys, int(outcome.ids["pairing"] or 0))


def pairing(door: Door, secret: str) -> PairingCard:
    with door.reading() as session:
        found = queries.pairing_of(session, door.keys, secret, door.clock.now())
    assert found is not None
    return found


def approve(door: Door, code: str, role: str = "kiosk", tap: Operation | None = None) -> int:
    outcome = service.approve_pairing(door, tap or internal(), code=code, role=role, name="东门一号", gate="A", place="大堂")
    return int(outcome.ids["device"] or 0)


def kinds(door: Door) -> list[str]:
    door.number_waiting()
    with door.reading() as session:
        return [fact.event.kind for fact in outbox.after(session, 0)]


# --- pairing ------------------------------------------------------------------------------------------------------------


def test_a_new_screen_shows_a_code_and_is_enrolled_when_the_desk_types_it(door: Door) -> None:
    secret = ask(door, "board")
    waiting = pairing(door, secret)
    assert (waiting.state, waiting.role, waiting.device_id) == ("waiting", "board", None)
    device_id = approve(door, rules.spaced_code(waiting.code).lower(), "board")
    done = pairing(door, secret)
    assert (done.state, done.device_id, done.device_role) == ("approved", device_id, "board")
    found = proves(door, cookie(door, device_id), "board")
    assert found is not None
    assert (found.name, found.gate, found.place) == ("东门一号", "A", "大堂")
    assert kinds(door) == ["PairingOpened", "DeviceEnrolled", "PairingClosed"]


def test_a_code_works_once(door: Door) -> None:
    code = pairing(door, ask(door)).code
    approve(door, code)
    with pytest.raises(Conflict) as refusal:
        approve(door, code)
    assert (refusal.value.code, refusal.value.facts) == ("pairing_closed", {"state": "approved"})
    with door.reading() as session:
        assert len(session.exec(select(Device)).all()) == 1


def test_a_retried_approval_is_the_same_device(door: Door) -> None:
    code = pairing(door, ask(door)).code
    tap = Operation(actor="house", route="approve", id="1")
    assert approve(door, code, tap=tap) == approve(door, code, tap=tap)


@pytest.mark.parametrize("code", ["", "BCDFGHJK", "\0", "<script>", "x" * 1000])
def test_an_unknown_code_is_refused_by_its_field(door: Door, code: str) -> None:
    ask(door)
    with pytest.raises(BadInput) as refusal:
        approve(door, code)
    assert (refusal.value.field, refusal.value.code) == ("code", "code_unknown")


def test_a_code_lives_ten_minutes(door: Door, clock: StillClock) -> None:
    secret = ask(door)
    code = pairing(door, secret).code
    clock.turn(timedelta(minutes=10))
    assert pairing(door, secret).state == "expired"
    with pytest.raises(BadInput):
        approve(door, code)
    assert service.expire_pairings(door, internal()).ids == {"count": 1}
    assert service.expire_pairings(door, internal()).ids == {"count": 0}
    with pytest.raises(Conflict) as refusal:
        approve(door, code)
    assert refusal.value.facts == {"state": "expired"}


def test_who_collects_the_cookie_too_late_gets_none(door: Door, clock: StillClock) -> None:
    secret = ask(door)
    approve(door, pairing(door, secret).code)
    clock.turn(timedelta(minutes=19))
    assert pairing(door, secret).device_id is not None
    clock.turn(timedelta(minutes=1))
    with door.reading() as session:
        assert queries.pairing_of(session, door.keys, secret, clock.now()) is None


def test_the_desk_may_refuse_a_screen(door: Door) -> None:
    secret = ask(door)
    card_ = pairing(door, secret)
    service.refuse_pairing(door, internal(), pairing_id=card_.id)
    assert pairing(door, secret).state == "refused"
    with pytest.raises(Conflict):
        approve(door, card_.code)
    with pytest.raises(Conflict):
        service.refuse_pairing(door, internal(), pairing_id=card_.id)
    with pytest.raises(NotFound):
        service.refuse_pairing(door, internal(), pairing_id=99)


def test_the_desk_s_list_does_not_show_the_codes(door: Door) -> None:
    ask(door)
    with door.reading() as session:
        (waiting,) = queries.open_pairings(session, door.clock.now())
    assert waiting.code == ""


def test_more_than_twenty_waiting_screens_are_too_many(door: Door, clock: StillClock) -> None:
    for _ in range(20):
        ask(door)
    with pytest.raises(TooMany) as refusal:
        ask(door)
    assert refusal.value.code == "too_many_pairings"
    clock.turn(timedelta(minutes=10))
    ask(door)


def test_neither_codes_nor_cookies_are_stored(door: Door) -> None:
    secret = ask(door)
    code = pairing(door, secret).code
    token = cookie(door, approve(door, code))
    with door.reading() as session:
        stored = f"{session.exec(select(Pairing)).one()} {session.exec(select(Device)).one()}"
    assert len(bytes.fromhex(token)) == 32
    assert not [hidden for hidden in (secret, code, token) if hidden in stored]


@pytest.mark.parametrize("secret", ["", "0" * 64, "\ud800", "\0"])
def test_a_stranger_s_secret_opens_no_pairing(door: Door, secret: str) -> None:
    ask(door)
    with door.reading() as session:
        assert queries.pairing_of(session, door.keys, secret, door.clock.now()) is None


# --- links --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", DeviceRole)
def test_a_link_enrols_one_browser(door: Door, role: DeviceRole) -> None:
    outcome = service.enrol(door, internal(), token=link(door, role))
    assert (outcome.code, outcome.ids["role"]) == ("device_enrolled", role)
    assert proves(door, cookie(door, int(outcome.ids["device"] or 0)), role) is not None


def test_a_retried_enrolment_gets_the_same_cookie_and_another_browser_none(door: Door) -> None:
    token, tap = link(door), Operation(actor="nobody", route="enrol", id="1")
    first, second = service.enrol(door, tap, token=token), service.enrol(door, tap, token=token)
    assert first.ids == second.ids
    with pytest.raises(Gone) as refusal:
        service.enrol(door, internal(), token=token)
    assert refusal.value.code == "link_not_good"


def test_unknown_used_and_expired_links_are_refused_alike(door: Door, clock: StillClock) -> None:
    used, late = link(door), link(door, life=timedelta(hours=1))
    service.enrol(door, internal(), token=used)
    clock.turn(timedelta(hours=1))
    refusals = []
    for token in (used, late, "A" * 27, "", "\0", "\ud800"):
        with pytest.raises(Gone) as refusal:
            service.enrol(door, internal(), token=token)
        refusals.append((refusal.value.code, refusal.value.facts))
    assert refusals == [("link_not_good", {})] * 6


def test_links_are_offered_by_number_and_counted_while_unused(door: Door, clock: StillClock) -> None:
    service.offer_links(door, internal(), role="tablet", count=3)
    service.offer_links(door, internal(), role="tablet", count=1, life=timedelta(hours=1))
    used = link(door, "tablet")
    service.enrol(door, internal(), token=used)
    with door.reading() as session:
        assert len(queries.unused_links(session, clock.now(), "tablet")) == 4
        assert len(queries.unused_links(session, clock.now() + timedelta(hours=1), "tablet")) == 3
        assert queries.unused_links(session, clock.now(), "kiosk") == ()
        assert used not in str(session.exec(select(EnrolLink)).all())


def test_a_link_tells_its_face_until_it_is_used(door: Door) -> None:
    token = link(door, "board")
    with door.reading() as session:
        assert queries.link_role(session, door.keys, token, door.clock.now()) == "board"
    service.enrol(door, internal(), token=token)
    with door.reading() as session:
        assert queries.link_role(session, door.keys, token, door.clock.now()) is None
        assert queries.link_role(session, door.keys, "", door.clock.now()) is None


@pytest.mark.parametrize(
    ("changes", "field"), [({"role": "desk"}, "role"), ({"count": 0}, "count"), ({"count": 51}, "count"), ({"name": "x" * 41}, "name")]
)
def test_a_bad_offer_is_refused_by_its_field(door: Door, changes: dict[str, str | int], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        service.offer_links(door, internal(), **{"role": "kiosk", "count": 1, **changes})  # type: ignore[arg-type]  # bad on purpose
    assert refusal.value.field == field


# --- an enrolled device -------------------------------------------------------------------------------------------------


def test_a_cookie_proves_one_face_only(door: Door) -> None:
    token = cookie(door, make_device(door, "kiosk"))
    assert proves(door, token, "kiosk") is not None
    assert [role for role in ("tablet", "board", "door", "") if proves(door, token, role)] == []


def test_a_revoked_device_proves_nothing_for_good(door: Door) -> None:
    device_id = make_device(door)
    token = cookie(door, device_id)
    assert service.revoke_device(door, internal(), device_id=device_id).code == "device_revoked"
    assert proves(door, token) is None
    assert kinds(door)[-1] == "DeviceRevoked"
    with pytest.raises(NotFound):
        cookie(door, device_id)
    with pytest.raises(Conflict) as refusal:
        service.revoke_device(door, internal(), device_id=device_id)
    assert refusal.value.code == "already_revoked"
    with door.reading() as session:
        assert queries.devices(session) == ()
        assert [one.id for one in queries.devices(session, revoked=True)] == [device_id]


def test_a_device_is_renamed_and_moved(door: Door) -> None:
    device_id = make_device(door)
    service.change_device(
        door, internal(), device_id=device_id, version=card(door, device_id).version, name="西门", gate="B", place="西厅", theme="night"
    )
    found = card(door, device_id)
    assert (found.name, found.gate, found.place, found.theme) == ("西门", "B", "西厅", "night")
    assert kinds(door)[-1] == "DeviceRenamed"


def test_the_slower_of_two_changes_is_told(door: Door) -> None:
    device_id = make_device(door)
    version = card(door, device_id).version
    service.change_device(door, internal(), device_id=device_id, version=version, name="西门", gate="", place="", theme="auto")
    with pytest.raises(Conflict) as refusal:
        service.change_device(door, internal(), device_id=device_id, version=version, name="北门", gate="", place="", theme="auto")
    assert refusal.value.code == "device_changed_meanwhile"


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": ""}, "name"), ({"gate": "x" * 21}, "gate"), ({"place": "a\0"}, "place"), ({"theme": "pink"}, "theme")]
)
def test_a_bad_change_is_refused_by_its_field(door: Door, changes: dict[str, str], field: str) -> None:
    device_id = make_device(door)
    good = {"name": "西门", "gate": "B", "place": "西厅", "theme": "auto"}
    with pytest.raises(BadInput) as refusal:
        service.change_device(door, internal(), device_id=device_id, version=card(door, device_id).version, **{**good, **changes})
    assert refusal.value.field == field
    assert card(door, device_id).name == "东门一号"


def test_an_unknown_or_revoked_device_is_not_found(door: Door) -> None:
    device_id = make_device(door)
    service.revoke_device(door, internal(), device_id=device_id)
    for number in (device_id, 99):
        with pytest.raises(NotFound):
            service.change_device(door, internal(), device_id=number, version=1, name="西门", gate="", place="", theme="auto")
    with pytest.raises(NotFound):
        service.revoke_device(door, internal(), device_id=99)


# --- presence -----------------------------------------------------------------------------------------------------------


def test_a_device_heard_from_is_online_until_thirty_seconds_of_silence(door: Door, clock: StillClock) -> None:
    kiosk, board = make_device(door), make_device(door, "board")
    service.note_heard(door, internal(), device_ids=[kiosk, board, 99])
    assert card(door, kiosk).online
    assert card(door, kiosk).seen_at == clock.now()
    clock.turn(timedelta(seconds=29))
    service.note_heard(door, internal(), device_ids=[board])
    assert service.note_quiet(door, internal()).ids == {"count": 0}
    clock.turn(timedelta(seconds=1))
    assert service.note_quiet(door, internal()).ids == {"count": 1}
    assert not card(door, kiosk).online
    assert card(door, board).online


def test_coming_and_going_are_each_told_once(door: Door, clock: StillClock) -> None:
    kiosk = make_device(door)
    for _ in range(3):
        service.note_heard(door, internal(), device_ids=[kiosk])
    clock.turn(timedelta(minutes=1))
    for _ in range(3):
        service.note_quiet(door, internal())
    service.note_heard(door, internal(), device_ids=[kiosk])
    assert kinds(door)[1:] == ["DeviceCameOnline", "DeviceWentQuiet", "DeviceCameOnline"]


def test_presence_does_not_disturb_a_change(door: Door) -> None:
    device_id = make_device(door)
    version = card(door, device_id).version
    service.note_heard(door, internal(), device_ids=[device_id])
    service.note_quiet(door, internal())
    assert (
        service.change_device(door, internal(), device_id=device_id, version=version, name="西门", gate="", place="", theme="auto").code
        == "device_changed"
    )


def test_a_revoked_device_is_not_heard(door: Door) -> None:
    device_id = make_device(door)
    service.revoke_device(door, internal(), device_id=device_id)
    service.note_heard(door, internal(), device_ids=[device_id])
    assert not card(door, device_id).online


# --- who may ------------------------------------------------------------------------------------------------------------

APPROVERS = {Role.DESK, Role.SUPERVISOR, Role.ADMIN}
KEEPERS = {Role.SUPERVISOR, Role.ADMIN}


@pytest.mark.parametrize("role", Role)
def test_the_desk_approves_and_the_supervision_revokes(door: Door, role: Role) -> None:
    actor = f"staff:{make_staff(door, role)}"
    code = pairing(door, ask(door)).code
    tap = Operation(actor=actor, route="approve", id="1")
    if role in APPROVERS:
        approve(door, code, tap=tap)
    else:
        with pytest.raises(Refused):
            approve(door, code, tap=tap)
    device_id, tap = make_device(door), Operation(actor=actor, route="revoke", id="1")
    if role in KEEPERS:
        service.revoke_device(door, tap, device_id=device_id)
    else:
        with pytest.raises(Refused):
            service.revoke_device(door, tap, device_id=device_id)
    assert (card(door, device_id).revoked_at is not None) is (role in KEEPERS)


def test_a_device_may_not_approve_another(door: Door) -> None:
    code = pairing(door, ask(door)).code
    with pytest.raises(Refused):
        approve(door, code, tap=Operation(actor=f"device:{make_device(door)}", route="approve", id="1"))

"""Invitations on a host's phone."""

from __future__ import annotations

from server.domain.visits import queries
from server.domain.visits.queries import InvitationView
from server.domain.visits.rules import State
from tests.faces.phone.stage import Lobby

ONCE: dict[str, object] = {"name": "周岚", "kind": "once", "day": "2026-11-24", "begins": "14:00", "ends": "15:30", "purpose": "meeting"}
OFTEN: dict[str, object] = {
    "name": "周岚",
    "kind": "often",
    "weekdays": ["0", "2"],
    "daily_from": "09:00",
    "daily_until": "18:00",
    "first_day": "2026-11-23",
    "last_day": "2026-12-31",
    "purpose": "service",
    "language": "en",
}


def made(lobby: Lobby, invitation_id: int) -> InvitationView:
    with lobby.house.door.reading() as session:
        return queries.invitation(session, lobby.house.keys, invitation_id)


def make(lobby: Lobby, page: str, fields: dict[str, object]) -> int:
    answer = lobby.phone.post(f"{page}/invite", fields)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_a_single_invitation_is_made_and_shown_to_share(lobby: Lobby) -> None:
    page = lobby.own_page()
    invitation = made(lobby, make(lobby, page, ONCE))
    assert (invitation.host_id, invitation.recurring, invitation.state) == (lobby.host, False, State.EXPECTED)
    shown = lobby.phone.get(f"{page}/invitations/{invitation.invitation_id}").text
    assert f"/v/{invitation.token}" in shown
    assert f"{invitation.code[:3]} {invitation.code[3:]}" in shown
    assert "2026年11月24日 周二 14:00–15:30" in shown


def test_a_recurring_invitation_keeps_its_rhythm(lobby: Lobby) -> None:
    page = lobby.own_page()
    invitation = made(lobby, make(lobby, page, OFTEN))
    assert (invitation.weekdays, invitation.daily_from, invitation.daily_until) == ((0, 2), 540, 1080)
    assert "Mon, Wed 09:00–18:00, until Thu 31 December 2026" in lobby.phone.get(f"{page}/invitations/{invitation.invitation_id}").text


WRONG: list[tuple[dict[str, object], str]] = [
    ({"name": ""}, "Please fill this in."),
    ({"name": "x" * 61}, "At most 60 characters"),
    ({"day": ""}, "Please fill this in."),
    ({"day": "soon"}, "This is not a day"),
    ({"begins": "25:00"}, "This is not a time"),
    ({"ends": "13:00"}, "must be later than the beginning"),
    ({"day": "2020-01-01"}, "must be later than the beginning"),
    ({"phone": "abc"}, "This is not a phone number"),
    ({"purpose": "spying"}, "Please choose one of the answers"),
    ({"companions": "-3"}, "This number is too small"),
    ({"language": "tlh"}, "Please choose one of the answers"),
    ({"name": "a\x00b"}, "characters that cannot be stored"),
]


def test_a_wrong_field_is_named_and_nothing_is_lost(lobby: Lobby) -> None:
    page = lobby.own_page()
    for change, said in WRONG:
        answer = lobby.phone.post(f"{page}/invite", {**ONCE, "company": "青石", **change})
        assert answer.status_code == 422, change
        assert said in answer.text, change
        assert 'value="青石"' in answer.text, change


WRONG_RHYTHM: list[tuple[dict[str, object], str]] = [
    ({"weekdays": []}, "Please fill this in."),
    ({"weekdays": ["9"]}, "This was not understood"),
    ({"daily_until": "08:00"}, "must be later than the beginning"),
    ({"last_day": "2026-11-01"}, "must be later than the beginning"),
    ({"last_day": "2036-11-01"}, "a little over a year"),
]


def test_a_wrong_rhythm_is_named(lobby: Lobby) -> None:
    page = lobby.own_page()
    for change, said in WRONG_RHYTHM:
        answer = lobby.phone.post(f"{page}/invite", {**OFTEN, **change})
        assert answer.status_code == 422, change
        assert said in answer.text, change


def test_a_change_keeps_the_code(lobby: Lobby) -> None:
    page = lobby.own_page()
    before = made(lobby, make(lobby, page, ONCE))
    form = lobby.phone.get(f"{page}/invitations/{before.invitation_id}/change").text
    assert 'value="2026-11-24"' in form
    answer = lobby.phone.post(
        f"{page}/invitations/{before.invitation_id}/change", {**ONCE, "begins": "15:00", "ends": "16:00", "version": before.version}
    )
    assert answer.status_code == 303
    after = made(lobby, before.invitation_id)
    assert (after.code, after.token) == (before.code, before.token)
    assert after.valid_from > before.valid_from


def test_an_old_form_does_not_change_over_a_newer_one(lobby: Lobby) -> None:
    page = lobby.own_page()
    before = made(lobby, make(lobby, page, ONCE))
    address = f"{page}/invitations/{before.invitation_id}/change"
    lobby.phone.post(address, {**ONCE, "ends": "16:00", "version": before.version})
    answer = lobby.phone.post(address, {**ONCE, "ends": "17:00", "version": before.version})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text


def test_another_code_ends_the_one_before(lobby: Lobby) -> None:
    page = lobby.own_page()
    before = made(lobby, make(lobby, page, ONCE))
    assert lobby.phone.post(f"{page}/invitations/{before.invitation_id}/renew").status_code == 303
    assert made(lobby, before.invitation_id).token != before.token
    assert lobby.phone.get(f"/v/{before.token}").status_code == 404


def test_a_withdrawn_invitation_opens_nothing(lobby: Lobby) -> None:
    page = lobby.own_page()
    before = made(lobby, make(lobby, page, ONCE))
    assert lobby.phone.post(f"{page}/invitations/{before.invitation_id}/withdraw").status_code == 303
    assert lobby.phone.get(f"/v/{before.token}").status_code == 404
    assert "This invitation is over" in lobby.phone.get(f"{page}/invitations/{before.invitation_id}").text


def test_nobody_sees_or_changes_anothers_invitation(lobby: Lobby) -> None:
    invitation = make(lobby, lobby.own_page(), ONCE)
    other = lobby.own_page(lobby.stranger)
    assert lobby.phone.get(f"{other}/invitations/{invitation}").status_code == 404
    assert lobby.phone.get(f"{other}/invitations/{invitation}/change").status_code == 404
    for button in ("change", "withdraw", "renew"):
        answer = lobby.phone.post(f"{other}/invitations/{invitation}/{button}", {**ONCE, "version": 1}, page=other)
        assert answer.status_code == 404
    assert made(lobby, invitation).state == State.EXPECTED


def test_a_message_about_one_visit_does_not_invite(lobby: Lobby) -> None:
    link = lobby.answer_link(lobby.walk_in())
    assert lobby.phone.get(f"{link}/invite").status_code == 404
    assert lobby.phone.post(f"{link}/invite", ONCE).status_code == 404


def test_a_list_leads_to_an_invitation_without_holding_the_token(lobby: Lobby) -> None:
    page = lobby.own_page()
    invitation = make(lobby, page, ONCE)
    answer = lobby.phone.get(f"{page}?invitation={invitation}")
    assert answer.status_code == 302
    assert answer.location.endswith(f"{page}/invitations/{invitation}")


def test_the_same_tap_sent_twice_is_one_invitation(lobby: Lobby) -> None:
    page = lobby.own_page()
    places = {lobby.phone.post(f"{page}/invite", ONCE, operation="c" * 32).location for _ in range(2)}
    assert len(places) == 1

"""Invitations at the desk: single and recurring, changed, withdrawn, given another code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from server.domain.visits import service
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import internal, invitation_of, make_host, make_invitation

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

ONCE = {
    "name": "高远",
    "phone": "13800138000",
    "company": "来访单位",
    "purpose": "meeting",
    "companions": "1",
    "gate": "",
    "language": "zh",
    "kind": "once",
}
WHEN = {"day": "2026-11-23", "until_day": "", "begins": "14:00", "ends": "16:30"}


def number_in(address: str | None) -> int:
    found = re.search(r"/(\d+)", address or "")
    assert found is not None
    return int(found[1])


def invite(desk: Browser, house: House, **other: object) -> int:
    answer = desk.post("/desk/invitations/new", {**ONCE, **WHEN, "host_id": str(make_host(house.door)), **other})
    assert answer.status_code == 303, answer.text
    return number_in(answer.location)


def test_a_single_invitation_is_made_and_shown_with_its_qr_and_code(desk: Browser, house: House) -> None:
    invitation_id = invite(desk, house)
    view = invitation_of(house.door, invitation_id)
    assert (f"{view.valid_from:%d %H:%M}", f"{view.valid_until:%d %H:%M}") == ("23 06:00", "23 08:30")
    shown = desk.get(f"/desk/invitations/{invitation_id}").text
    for words in ("高远 的邀请", '<svg class="qr"', f"{view.code[:3]} {view.code[3:]}", view.token, "2026年11月23日 周一", "14:00–16:30"):
        assert words in shown
    assert "高远" in desk.get("/desk/invitations").text
    assert view.token not in desk.get("/desk/invitations").text


def test_a_recurring_invitation_has_weekdays_and_hours(desk: Browser, house: House) -> None:
    invitation_id = invite(desk, house, kind="recurring", until_day="2026-12-31", begins="8:00", ends="10:00", weekdays=["0", "2", "4"])
    view = invitation_of(house.door, invitation_id)
    assert (view.weekdays, view.daily_from, view.daily_until) == ((0, 2, 4), 480, 600)
    assert "周一、周三、周五 08:00–10:00" in desk.get(f"/desk/invitations/{invitation_id}").text
    form = desk.get(f"/desk/invitations/{invitation_id}/change").text
    assert 'value="2026-12-31"' in form
    assert form.count(" checked") >= 3


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("host_id", "", "f-host_id-error"),
        ("host_id", "999", "f-host_id-error"),
        ("name", "", "f-name-error"),
        ("phone", "abc", "f-phone-error"),
        ("day", "soon", "f-day-error"),
        ("begins", "morning", "f-begins-error"),
        ("ends", "13:00", "f-until_day-error"),
        ("until_day", "2029-01-01", "f-until_day-error"),
        ("gate", "长" * 21, "f-gate-error"),
    ],
)
def test_a_wrong_invitation_keeps_what_was_typed_and_names_the_field(
    desk: Browser, house: House, field: str, value: str, named: str
) -> None:
    typed = {**ONCE, **WHEN, "host_id": str(make_host(house.door)), field: value}
    answer = desk.post("/desk/invitations/new", typed)
    assert answer.status_code == 422
    assert f'id="{named}"' in answer.text
    assert 'value="来访单位"' in answer.text


def test_a_recurring_invitation_without_weekdays_says_so(desk: Browser, house: House) -> None:
    typed = {**ONCE, **WHEN, "host_id": str(make_host(house.door)), "kind": "recurring", "until_day": "2026-12-31"}
    answer = desk.post("/desk/invitations/new", typed)
    assert answer.status_code == 422
    assert "请至少选择一天。" in answer.text


def test_an_invitation_is_changed_unless_somebody_was_faster(desk: Browser, house: House) -> None:
    invitation_id = invite(desk, house)
    before = invitation_of(house.door, invitation_id)
    typed = {**ONCE, **WHEN, "host_id": str(before.host_id), "name": "高远航", "ends": "17:00", "version": str(before.version)}
    assert desk.post(f"/desk/invitations/{invitation_id}/change", typed).status_code == 303
    after = invitation_of(house.door, invitation_id)
    assert (after.name, f"{after.valid_until:%H:%M}", after.token) == ("高远航", "09:00", before.token)
    stale = desk.post(f"/desk/invitations/{invitation_id}/change", {**typed, "name": "高远行"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "changed_meanwhile")
    assert 'value="高远航"' in stale.text


def test_another_code_makes_the_first_one_worthless(desk: Browser, house: House) -> None:
    invitation_id = invite(desk, house)
    before = invitation_of(house.door, invitation_id)
    assert desk.post(f"/desk/invitations/{invitation_id}/code").status_code == 303
    after = invitation_of(house.door, invitation_id)
    assert before.token != after.token
    assert desk.post("/desk/scan", {"text": before.token}).status_code == 404
    assert desk.post("/desk/scan", {"text": after.token}).status_code == 303


def test_a_withdrawn_invitation_shows_no_code_and_cannot_be_withdrawn_again(desk: Browser, house: House) -> None:
    invitation_id = invite(desk, house)
    assert desk.post(f"/desk/invitations/{invitation_id}/withdraw").location == "/desk/invitations?done=invitation_withdrawn"
    shown = desk.get(f"/desk/invitations/{invitation_id}").text
    assert '<svg class="qr"' not in shown
    assert "已于" in shown
    again = desk.post(f"/desk/invitations/{invitation_id}/withdraw")
    assert (again.status_code, again.headers["X-Error-Code"]) == (409, "already_used")
    assert "没有有效的邀请" in desk.get("/desk/invitations").text


def test_an_invitation_that_was_used_is_not_withdrawn(desk: Browser, house: House) -> None:
    invitation_id = make_invitation(house.door, begins=timedelta(minutes=-5))
    visit_id = invitation_of(house.door, invitation_id).visit_id
    assert visit_id is not None
    service.sign_in_visit(house.door, internal(), visit_id=visit_id, gate="A")
    assert desk.post(f"/desk/invitations/{invitation_id}/withdraw").status_code == 409


def test_an_invitation_that_is_not_there_is_not_found(desk: Browser) -> None:
    assert desk.get("/desk/invitations/999").status_code == 404
    assert desk.get("/desk/invitations/999/change").status_code == 404
    assert desk.post("/desk/invitations/999/withdraw").status_code == 404


def test_the_form_begins_with_the_host_that_was_chosen_elsewhere(desk: Browser, house: House) -> None:
    host_id = make_host(house.door, name="朴正浩")
    assert "朴正浩" in desk.get(f"/desk/invitations/new?host={host_id}").text
    assert desk.get("/desk/invitations/new?host=abc").status_code == 200

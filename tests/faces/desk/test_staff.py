"""Who is on the staff: taken on, changed, given secrets that are shown once, let go."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from server.domain.staff import queries
from server.domain.staff.queries import StaffCard
from server.web.house import House
from tests.faces.desk.stage import Browser, open_browser
from tests.factories import make_staff

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

SECRET = re.compile(r'<p class="code" data-secret>([^<]+)</p>')


def card_of(house: House, staff_id: int) -> StaffCard:
    with house.door.reading() as session:
        card = queries.staff_card(session, staff_id)
    assert card is not None
    return card


def test_somebody_taken_on_logs_in_with_the_password_that_was_shown_once(admin: Browser, app: Flask) -> None:
    shown = admin.post("/desk/staff/new", {"name": "李明", "username": "liming", "role": "supervisor"})
    assert shown.status_code == 200
    secret = SECRET.search(shown.text)
    assert secret is not None
    assert secret[1] not in admin.get("/desk/staff").text
    newcomer = open_browser(app)
    assert newcomer.post("/desk/login", {"username": "liming", "password": secret[1]}).status_code == 303
    assert newcomer.get("/desk").location == "/desk/password"


def test_a_retried_form_takes_nobody_on_twice_and_shows_the_same_secret(admin: Browser, house: House) -> None:
    tap = {"name": "李明", "username": "liming", "role": "desk", "operation": "a-tap-whose-answer-was-lost"}
    secrets = [SECRET.findall(admin.post("/desk/staff/new", tap).text) for _ in range(2)]
    assert secrets[0] == secrets[1] != []
    with house.door.reading() as session:
        assert [card.username for card in queries.staff_list(session)].count("liming") == 1


def test_an_attendant_gets_a_pin_and_needs_no_user_name(admin: Browser) -> None:
    shown = admin.post("/desk/staff/new", {"name": "王芳", "username": "", "role": "attendant"})
    assert re.fullmatch(r"\d{6}", SECRET.findall(shown.text)[0])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "username": "liming", "role": "desk"}, "请填写此项。"),
        ({"name": "李明", "username": "", "role": "desk"}, "请填写此项。"),
        ({"name": "李明", "username": "a b", "role": "desk"}, "2 至 40 个字母"),
        ({"name": "李明", "username": "known", "role": "desk"}, "用户名已被占用。"),
        ({"name": "李明", "username": "liming", "role": "king"}, "请从选项中选择。"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(admin: Browser, house: House, typed: dict[str, str], said: str) -> None:
    make_staff(house.door, "desk", username="known")
    answer = admin.post("/desk/staff/new", typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{typed["name"]}"' in answer.text


def test_a_change_from_an_older_page_is_refused_and_shows_how_it_stands(admin: Browser, house: House) -> None:
    staff_id = make_staff(house.door, "desk", name="林晓", username="lin")
    before = card_of(house, staff_id).version
    changed = {"name": "林晓晓", "username": "lin", "role": "desk", "version": str(before)}
    assert admin.post(f"/desk/staff/{staff_id}", changed).status_code == 303
    stale = admin.post(f"/desk/staff/{staff_id}", {**changed, "name": "林小小"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "staff_changed_meanwhile")
    assert "期间已有人修改" in stale.text
    assert 'value="林晓晓"' in stale.text


def test_a_new_password_ends_the_logins_of_its_owner(admin: Browser, desk: Browser) -> None:
    assert desk.get("/desk").status_code == 200
    assert SECRET.search(admin.post(f"/desk/staff/{desk.staff_id}/password").text)
    assert desk.get("/desk").status_code == 303


def test_somebody_let_go_is_logged_out_and_can_be_taken_back(admin: Browser, desk: Browser) -> None:
    gone = admin.post(f"/desk/staff/{desk.staff_id}/leave")
    assert gone.location == f"/desk/staff?done=staff_deactivated&of={desk.staff_id}"
    assert f"/desk/staff/{desk.staff_id}/return" in admin.get(gone.location).text
    assert desk.get("/desk").status_code == 303
    assert admin.post(f"/desk/staff/{desk.staff_id}/leave").status_code == 409
    assert admin.post(f"/desk/staff/{desk.staff_id}/return").location == "/desk/staff?done=staff_reactivated"


def test_the_last_administrator_stays(admin: Browser) -> None:
    answer = admin.post(f"/desk/staff/{admin.staff_id}/leave")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (409, "last_admin")
    assert "这是最后一位管理员" in answer.text


def test_the_supervisor_gives_pins_and_nothing_else(supervisor: Browser, house: House) -> None:
    attendant = make_staff(house.door, "attendant")
    assert SECRET.search(supervisor.post(f"/desk/staff/{attendant}/pin").text)
    assert supervisor.post(f"/desk/staff/{supervisor.staff_id}/pin").status_code == 422
    assert supervisor.get("/desk/staff").status_code == 200
    assert supervisor.get("/desk/staff/new").status_code == 403
    assert supervisor.post(f"/desk/staff/{attendant}/password").status_code == 403


def test_the_desk_does_not_see_the_staff(login: Callable[[str], Browser]) -> None:
    assert login("desk").get("/desk/staff").status_code == 403


def test_nobody_of_this_number_is_not_found(admin: Browser) -> None:
    assert admin.get("/desk/staff/999").status_code == 404
    assert admin.post("/desk/staff/999/password").status_code == 404

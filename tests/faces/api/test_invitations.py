"""Invitations by another program: once or recurring, answered with the pass, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from server.web.house import House
from tests.faces.api.stage import Program
from tests.factories import invitation_of, make_host, make_invitation, make_tenant

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WINDOW = {"valid_from": "2026-11-24T09:00:00+08:00", "valid_until": "2026-11-24T18:00:00+08:00"}


def invitation(**more: Any) -> dict[str, Any]:
    return {"host": "曾静怡", "name": "张小明", "phone": "+8613800138000"} | WINDOW | more


def test_an_invitation_is_answered_with_the_pass(program: Program, client: FlaskClient, house: House) -> None:
    make_host(house.door, name="曾静怡")
    made = program.call("POST", "/invitations", invitation())
    assert (made.status_code, made.json["state"], made.json["recurring"]) == (201, "expected", False)
    assert made.json["valid_from"] == WINDOW["valid_from"]
    told = invitation_of(house.door, made.json["id"])
    assert (made.json["pass"]["code"], told.phone) == (told.code, "13800138000")
    assert client.get(made.json["pass"]["link"].removeprefix(house.settings.allowed_origins[0])).status_code == 200
    gone = program.call("DELETE", f"/invitations/{made.json['id']}")
    assert (gone.status_code, gone.json["state"], gone.json["pass"]) == (200, "withdrawn", None)


def test_a_recurring_one_is_good_on_its_weekdays(program: Program, house: House) -> None:
    make_host(house.door, name="曾静怡")
    days = {"weekdays": ["mon", "fri"], "daily_from": "09:00", "daily_until": "12:30"}
    made = program.call("POST", "/invitations", invitation(recurrence=days, valid_until="2026-12-24T18:00:00+08:00"))
    told = invitation_of(house.door, made.json["id"])
    assert (made.json["recurring"], told.weekdays, told.daily_from, told.daily_until) == (True, (0, 4), 540, 750)


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"host": "没有这人"}, "host", "host_unknown"),
    ({"host": "李敏"}, "host", "host_ambiguous"),
    ({"valid_until": "2026-11-24T08:00:00+08:00"}, "valid_until", "window_wrong"),
    ({"purpose": "party"}, "purpose", "not_a_choice"),
    ({"recurrence": {"weekdays": [], "daily_from": "09:00", "daily_until": "10:00"}}, "recurrence.weekdays", "missing"),
    ({"recurrence": {"weekdays": ["mon"], "daily_from": "9", "daily_until": "10:00"}}, "recurrence.daily_from", "time_unclear"),
    ({"recurrence": {"weekdays": ["mon"], "daily_from": "11:00", "daily_until": "10:00"}}, "daily_until", "window_wrong"),
)
"""What is sent besides → the field that is refused, and the code."""


def test_a_wrong_field_is_refused_by_its_name(program: Program, house: House) -> None:
    tenant = make_tenant(house.door)
    for name in ("曾静怡", "李敏", "李敏"):
        make_host(house.door, tenant_id=tenant, name=name)
    for more, field, code in WRONG:
        refused = program.call("POST", "/invitations", invitation(**more))
        assert (refused.status_code, refused.json["field"], refused.json["code"]) == (422, field, code)


def test_of_invitations_that_people_made_it_knows_nothing(program: Program, house: House) -> None:
    own = make_invitation(house.door)
    refused = program.call("DELETE", f"/invitations/{own}")
    assert (refused.status_code, refused.json["code"]) == (404, "invitation_unknown")
    assert invitation_of(house.door, own).open

"""One table says who may do what; nothing is outside it."""

from __future__ import annotations

import pytest
from flask import Flask

from server.web.access import REGIONS, ROUTES, Role, may_call
from server.web.auth import LINK_FACES
from server.web.house import House
from tests.web.browsers import Park, address_of, make_park

REFUSALS = {"not_for_this_role", "device_needed", "tablet_locked", "login_needed", "link_unknown", "token_needed"}
"""The codes of a refusal by the table."""


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROUTES)


def test_every_region_has_a_row(house: House) -> None:
    assert set(REGIONS) == {region.name for region in house.live.renderer.registry}


def test_what_has_no_row_is_refused_to_everybody() -> None:
    assert not any(may_call("nowhere.at_all", role) for role in Role)


@pytest.fixture
def park(app: Flask) -> Park:
    """One of each; the kiosk is device 1, so that what belongs to device 2 is another's."""
    return make_park(app)


def test_every_role_has_a_browser(park: Park) -> None:
    assert set(park.browsers) == set(Role) - {Role.API}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.API])
def test_every_route_is_open_to_a_role_in_its_row_and_closed_to_it_otherwise(park: Park, role: Role) -> None:
    wrong, browser = [], park.browsers[role]
    for rule in park.app.url_map.iter_rules():
        allowed = _may(rule.endpoint, role)
        if allowed is None or (allowed and _changes_the_proof(rule.rule)):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = browser.get(address_of(rule.rule, park)) if method == "GET" else browser.post(address_of(rule.rule, park))
            refused = answer.headers.get("X-Error-Code") in REFUSALS or "/desk/login" in answer.headers.get("Location", "")
            if refused == allowed or (answer.status_code >= 500 and rule.endpoint != "web.readyz"):
                wrong.append((method, rule.endpoint, answer.status_code, answer.headers.get("X-Error-Code")))
    assert not wrong, "\n".join(map(str, wrong))


def _may(endpoint: str, role: Role) -> bool | None:
    """Whether the row lets this browser in; None where a browser of this role holds no proof for the route's face."""
    row = ROUTES[endpoint]
    face = endpoint.partition(".")[0]
    faces = {
        Role.KIOSK: {"kiosk"},
        Role.BOARD: {"board"},
        Role.DOOR: {"door"},
        Role.LINK: {"phone"},
        Role.TABLET: {"floor_tablet"},
        Role.ATTENDANT: {"floor_tablet", "shared"},
    }
    own = faces.get(role, {"desk", "stockroom", "shared"} if role is not Role.NOBODY else set())
    if face in LINK_FACES or endpoint == "watching.ticket":
        return None  # the address, or what it asks for, is the proof there: see the tests below and tests/live
    return (role if face in own else Role.NOBODY) in row


def _changes_the_proof(rule: str) -> bool:
    return any(word in rule for word in ("logout", "log-off", "login", "deactivate", "revoke", "password", "/lock"))


def test_a_link_that_is_not_one_opens_nothing(park: Park) -> None:
    for rule in park.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in LINK_FACES and "GET" in (rule.methods or set()):
            answer = park.browsers[Role.NOBODY].get(rule.rule.replace("<token>", "A" * 27).replace("<int:invitation_id>", "1"))
            assert answer.status_code == 404, rule.rule


def test_every_region_is_shown_to_the_roles_of_its_row_and_to_no_other(park: Park) -> None:
    wrong = []
    for region in park.app.extensions["yingbin"].live.renderer.registry:
        region_id, row = (region.name if region.parameter is None else f"{region.name}:2"), REGIONS[region.name]
        for role, browser in park.browsers.items():
            if role is Role.LINK:
                continue
            shown = browser.get(f"/region/{region_id}").status_code != 404
            if shown and role not in row:
                wrong.append((role.value, region_id))
    assert wrong == []

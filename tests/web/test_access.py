"""One table says who may do what; nothing is outside it."""

from __future__ import annotations

from flask import Flask

from server.web.access import REGIONS, ROUTES, Role, may_call
from server.web.house import House


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROUTES)


def test_every_region_is_watched_by_somebody_or_opened_by_a_key(house: House) -> None:
    names = {region.name for region in house.live.registry}
    assert set(REGIONS) == names


def test_what_has_no_row_is_refused_to_everybody() -> None:
    assert not any(may_call("nowhere.at_all", role) for role in Role)

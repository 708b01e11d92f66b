"""A new name reaches every region that shows it, whichever rows are watched."""

from __future__ import annotations

from server.live.broadcast import NAMESPACE, Broadcast, room_of
from server.live.regions import ROW, Region, RegionId, Registry, every


def test_a_fact_may_touch_every_region_of_a_name() -> None:
    assert every("visit.ladder") == ["visit.ladder:*"]


def test_of_every_region_of_a_name_only_the_watched_ones_are_sent() -> None:
    broadcast = Broadcast()
    broadcast.rooms = {
        NAMESPACE: {
            room: {} for room in (None, room_of("visit.ladder:7", "zh"), room_of("visit.ladder:8", "en"), room_of("visit.other:7", "zh"))
        }
    }
    assert broadcast.watched_like("visit.ladder:*", "zh") == {"visit.ladder:7"}
    assert broadcast.watched_like("visit.ladder:8", "zh") == set()
    assert broadcast.watched_like("visit.other:7", "zh") == {"visit.other:7"}


def test_a_star_is_no_regions_id() -> None:
    registry = Registry()
    registry.add(Region(name="visit.ladder", parameter=ROW, touched_by={}, render=lambda _session, _id: ""))
    assert not any(region.has(RegionId("visit.ladder:*")) for region in registry)

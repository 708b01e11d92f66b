"""The socket of an open tablet lives no longer than the right to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.domain.devices import service as devices
from server.domain.posts import service as posts
from server.domain.staff import passwords
from server.domain.staff import service as staff
from server.live.tickets import make_ticket
from server.web.auth import tablet_subject
from tests.factories import QUICK, internal, make_attendant, make_tablet, unlock_tablet
from tests.live.screen import Screen
from tests.services.house import LiveHouse

CUT_SECONDS = 4.0
"""Two, and what a busy machine adds."""


@pytest.fixture
def tablets(live_house: LiveHouse) -> Iterator[list[tuple[int, int, int, Screen]]]:
    """Two open tablets, each with somebody of its own and a screen: (device, person, session, screen)."""
    door, opened = live_house.door, []
    for name in ("孙悦", "马骏"):
        device, person = make_tablet(door), make_attendant(door, name=name)
        session = unlock_tablet(door, device_id=device, staff_id=person)
        subject = tablet_subject(session, device)
        ticket = make_ticket(
            live_house.keys, door.clock.now(), face="tablet", subject=subject, regions=("tablet.people",), with_cookie=False
        )
        screen = Screen(live_house.settings.port, ticket)
        screen.watch(("tablet.people", 0))
        opened.append((device, person, session, screen))
    yield opened
    for *_, screen in opened:
        screen.close()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["locked", "revoked", "let go", "new pin"])
def test_a_screen_is_cut_when_the_right_to_it_ends_and_others_are_not(
    live_house: LiveHouse, tablets: list[tuple[int, int, int, Screen]], end: str
) -> None:
    door, (device, person, session, screen), (*_, other) = live_house.door, *tablets
    if end == "locked":
        posts.lock(door, internal(), tablet_session_id=session)
    elif end == "revoked":
        devices.revoke_device(door, internal(), device_id=device)
    elif end == "let go":
        staff.deactivate(door, internal(), staff_id=person)
    else:
        staff.reset_pin(door, internal(), staff_id=person, pin=passwords.hash_pin(door.keys, "314159", hasher=QUICK))
    assert screen.is_cut(within_seconds=CUT_SECONDS)
    assert other.watch(("tablet.people", 0))["epoch"]

"""The star test: after any sequence of commands, dropped sockets and restarts, what a client holds equals what is freshly drawn."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from server.app import create_app
from server.db.operations import Operation
from server.domain.devices import service as devices
from server.domain.drafts import service as drafts
from server.domain.meetings import service as meetings
from server.domain.visits import service as visits
from tests.factories import make_attendant, make_desk_person, make_host, make_meeting, make_room, make_staff, make_tablet, make_tenant
from tests.flows.every_command import Caller, every_command, unknown_parameters
from tests.flows.holding import Client, days_of, ids_of
from tests.services.house import LiveHouse

ROUNDS = 4
HALVES = 2
"""Each test has its share of the commands, so that two can run side by side; together they have each command at least once."""


def test_every_commands_parameters_can_be_made_up() -> None:
    assert unknown_parameters() == []


def furnish(house: LiveHouse) -> list[str]:
    """Put some people, devices and visits into an empty house; return the keys of two kiosk sessions."""
    door = house.door
    make_staff(door, "admin")
    hosts = [make_host(door, tenant_id=make_tenant(door)) for _ in range(4)]
    caller = Caller(door, random.Random(1))
    make_desk_person(door)
    for name in ("孙悦", "马骏"):
        make_attendant(door, name=name, on_duty=True)
    make_tablet(door)
    for number, hours in enumerate((1, 2, 5, 26)):
        make_meeting(door, room_id=make_room(door, name=f"{301 + number}"), begins=timedelta(hours=hours))
    running = make_meeting(door, begins=timedelta(minutes=5))
    meetings.start_meeting(door, Operation.internal("test"), meeting_id=running)
    offered = devices.offer_links(door, Operation.internal("test"), role="kiosk", count=4)
    assert offered.code == "links_offered"
    for _ in range(4):
        devices.enrol(door, Operation.internal("test"), token=caller.link_token())
    keys = []
    for number, host in enumerate(hosts):
        device = int(caller.pick("SELECT id FROM device WHERE role = 'kiosk'"))
        begun = drafts.begin(door, Operation.internal("test"), device_id=device)
        keys.append(str(begun.ids["key"]))
        visits.sign_in_walk_in(
            door, Operation.internal("test"), host_id=host, name="访客", phone=f"1380000000{number}", consent_version="1", gate="A"
        )
    return keys


@pytest.mark.slow
@pytest.mark.parametrize("half", range(HALVES))
def test_what_a_client_holds_equals_what_is_freshly_drawn(live_house: LiveHouse, half: int) -> None:
    seed = random.Random(20261123 + half)
    keys = furnish(live_house)
    app = create_app(live_house.settings, keys=live_house.keys)
    own = app.extensions["yingbin"]
    ids = ids_of(list(own.live.renderer.registry), keys, days_of(live_house))
    clients = [Client(live_house, own, ids, lang) for lang in ("zh", "en")]
    caller, commands, codes = Caller(live_house.door, seed), every_command(), Counter[str]()
    names = sorted(commands)
    random.Random(1).shuffle(names)
    mine = names[half::HALVES]
    seed.shuffle(mine)
    for client in clients:
        client.connect()
    for turn in range(ROUNDS):
        done = []
        for name in mine[turn::ROUNDS]:
            done.append((name, caller.call(name, commands[name])))
        codes.update(code for _, code in done)
        if turn == 1:
            clients[half].drop()
            clients[half].connect()
        if turn == 2:
            live_house.restart()
        for client in clients:
            differing = client.settle(app)
            assert not differing, f"turn {turn}, {client.lang}, after {done}: {client.explain(app, differing)}"
    assert len(codes) > 30, "the commands hardly did anything"

"""Tenants and hosts of the demo park."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from server.clock import StillClock
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo import park
from server.demo.past import at_another_time
from server.domain.people import queries, service

OPENED = timedelta(days=30)
"""How long ago the park moved in, so that people are older than their visits."""
EACH_DELEGATES = 7
"""Every seventh host names a colleague who is told when he does not answer."""


def fill(door: Door, seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Add the tenants and hosts that are not there yet, and give the first host a page of her own."""
    door = at_another_time(door, StillClock(now - OPENED))
    tenants = _fill_tenants(door)
    there = _numbers(door, tenants)
    wanted = park.hosts(seed)
    colleague: dict[str, int] = {}
    for done, host in enumerate(wanted, start=1):
        if host.number not in there:
            there[host.number] = _add(door, host, tenants[host.tenant], colleague.get(host.tenant) if done % EACH_DELEGATES == 0 else None)
        colleague[host.tenant] = there[host.number]
        tell(done, len(wanted))
    _issue_page(door, there[wanted[0].number])


def top_up(_door: Door, _seed: str, _now: datetime) -> None:
    """People stay."""


def first_host(door: Door, seed: str) -> int:
    """Return the id of the host whose own page the demo shows."""
    number = park.hosts(seed)[0].number
    with door.reading() as session:
        tenant = next(tenant.id for tenant in queries.tenants(session) if tenant.number == park.TENANTS[0].number)
        return next(card.id for card in queries.hosts_of(session, tenant) if card.number == number)


def _fill_tenants(door: Door) -> dict[str, int]:
    with door.reading() as session:
        there = {tenant.number: tenant.id for tenant in queries.tenants(session, retired=True) if tenant.number}
    for tenant in park.TENANTS:
        if tenant.number not in there:
            outcome = service.add_tenant(
                door,
                Operation.internal("demo:people"),
                number=tenant.number,
                name=tenant.name,
                name_en=tenant.name_en,
                floor=tenant.floor,
                rooms=tenant.rooms,
                directions=tenant.directions,
                directions_en=tenant.directions_en,
            )
            there[tenant.number] = int(outcome.ids["tenant"] or 0)
    return there


def _numbers(door: Door, tenants: dict[str, int]) -> dict[str, int]:
    with door.reading() as session:
        cards = [card for tenant_id in tenants.values() for card in queries.hosts_of(session, tenant_id, retired=True)]
    return {card.number: card.id for card in cards if card.number}


def _add(door: Door, host: park.DemoHost, tenant_id: int, delegate_id: int | None) -> int:
    outcome = service.add_host(
        door,
        Operation.internal("demo:people"),
        tenant_id=tenant_id,
        number=host.number,
        name=host.name,
        name_en=host.name_en,
        title=host.title,
        phone=host.phone,
        message_address="",
        language=host.language,
    )
    host_id = int(outcome.ids["host"] or 0)
    if delegate_id is not None:
        service.set_delegate(door, Operation.internal("demo:people"), host_id=host_id, delegate_id=delegate_id)
    return host_id


def _issue_page(door: Door, host_id: int) -> None:
    with door.reading() as session:
        card = queries.host_card(session, host_id)
    if card is not None and not card.has_page:
        service.issue_host_page(door, Operation.internal("demo:people"), host_id=host_id)

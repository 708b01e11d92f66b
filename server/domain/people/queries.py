"""Reads of tenants and hosts: what a kiosk may find, what the desk sees, and what a list would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import Row, Select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from server.domain.people import rules
from server.domain.people.rules import HostNow, ImportState, ListedRow, Plan, PlannedRow, Rank, TenantNow
from server.domain.people.tables import Host, HostReading, PeopleImport, Tenant
from server.errors import BadInput, NotFound
from server.keys import Keys

PAGE = "host"
"""What personal links are derived for."""
_READINGS_A_HOST = 3
"""How many readings of one host begin alike, as a guess for how far to read ahead."""
_LAST = "\U0010ffff"
"""Sorts after every letter: ``key <= reading < key + _LAST`` is everything that begins with ``key``."""


@dataclass(frozen=True, kw_only=True)
class FoundHost:
    """A host as a kiosk may show one: the names are masked."""

    host_id: int
    name: str
    name_en: str
    tenant: str
    tenant_en: str
    floor: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a kiosk's search found; ``more`` asks to type on."""

    hosts: tuple[FoundHost, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class HostCard:
    """A host as the desk sees one. ``has_page`` tells that a personal link is out."""

    id: int
    tenant_id: int
    tenant: str
    tenant_en: str
    floor: str
    rooms: str
    directions: str
    directions_en: str
    number: str | None
    name: str
    name_en: str
    title: str
    phone: str
    message_address: str
    language: str
    delegate_id: int | None
    delegate: str
    has_page: bool
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class TenantCard:
    """A tenant as the desk sees one, with the number of hosts who still work there."""

    id: int
    number: str | None
    name: str
    name_en: str
    floor: str
    rooms: str
    directions: str
    directions_en: str
    contact_host_id: int | None
    hosts: int
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a list would change. ``is_open`` tells that it may still be taken over."""

    import_id: int
    state: ImportState
    is_open: bool
    added: int
    changed: int
    same: int
    faulty: int
    rows: tuple[PlannedRow, ...]


# --- finding hosts ------------------------------------------------------------------------------------------------------


def find_hosts(session: Session, text: str) -> Found:
    """Return at most five hosts with masked names for a kiosk, nearest first: the name itself, then misread ones.

    Refuses fewer than two letters or one Chinese character (``search_too_short``, field ``text``).
    """
    key = rules.search_key(text)
    if key is None:
        raise BadInput("search_too_short", field="text")
    cards = _found(session, key, rules.MOST_FOUND + 1, rules.KIOSK_RANKS)
    return Found(hosts=tuple(_masked(card, key) for card in cards[: rules.MOST_FOUND]), more=len(cards) > rules.MOST_FOUND)


def search_hosts(session: Session, text: str, *, limit: int = 30) -> tuple[HostCard, ...]:
    """Return hosts for the desk, by name in every reading, phone tail of four or more digits, staff number, or tenant."""
    key = rules.folded(text)[: rules.LONGEST_READING]
    if not key:
        return ()
    cards = {card.id: card for card in _found(session, key, limit, tuple(Rank))}
    if len(cards) < limit:
        further = _cards().where(col(Host.active), col(Tenant.active), _is_meant(session, key)).order_by(col(Host.name), col(Host.id))
        cards.update((card.id, card) for card in map(_host_card, session.execute(further.limit(limit))) if card.id not in cards)
    return tuple(cards.values())[:limit]


def _is_meant(session: Session, key: str) -> Any:
    meant = [col(Host.number) == key, col(Host.number) == key.upper(), col(Host.tenant_id).in_(_tenants_named(session, key))]
    if key.isdecimal() and key.isascii() and len(key) >= 4:
        meant.append((col(Host.phone_tail) == rules.phone_tail(key)) & col(Host.phone).endswith(key))
    return or_(*meant)


def _tenants_named(session: Session, key: str) -> list[int]:
    # A park has hundreds of tenants at most: looking at each is quicker than another index.
    rows = session.exec(select(Tenant.id, Tenant.number, Tenant.name, Tenant.name_en).where(col(Tenant.active)))
    return [
        tenant_id or 0
        for tenant_id, number, name, name_en in rows
        if rules.folded(number or "") == key or key in rules.folded(name) or key in rules.folded(name_en)
    ]


def _found(session: Session, key: str, wanted: int, ranks: Sequence[Rank]) -> list[HostCard]:
    found: dict[int, HostCard] = {}
    for batch in _host_ids(session, key, ranks, ahead=wanted * _READINGS_A_HOST):
        fresh = [host_id for host_id in dict.fromkeys(batch) if host_id not in found]
        if not fresh:
            continue
        rows = session.execute(_cards().where(col(Host.id).in_(fresh), col(Host.active), col(Tenant.active)))
        cards = {card.id: card for card in map(_host_card, rows)}
        found.update((host_id, cards[host_id]) for host_id in fresh if host_id in cards)
        if len(found) >= wanted:
            break
    return list(found.values())[:wanted]


def _host_ids(session: Session, key: str, ranks: Sequence[Rank], *, ahead: int) -> Iterator[list[int]]:
    """Give the ids of hosts with a reading that begins with ``key``, in the order of the index, ``ahead`` readings at a time."""
    place = tuple_(col(HostReading.reading), col(HostReading.host_id))
    for rank in ranks:
        begins = select(HostReading.reading, HostReading.host_id).where(
            HostReading.rank == rank, HostReading.reading >= key, HostReading.reading < key + _LAST
        )
        last: tuple[str, int] | None = None
        while True:
            page = begins if last is None else begins.where(place > tuple_(*last))
            rows = session.exec(page.order_by(col(HostReading.reading), col(HostReading.host_id)).limit(ahead)).all()
            yield [host_id for _, host_id in rows]
            if len(rows) < ahead:
                break
            last = rows[-1]


def _masked(card: HostCard, key: str) -> FoundHost:
    return FoundHost(
        host_id=card.id,
        name=rules.mask_found(card.name, key),
        name_en=rules.mask_found(card.name_en, key),
        tenant=card.tenant,
        tenant_en=card.tenant_en,
        floor=card.floor,
    )


# --- one host, one tenant, lists ----------------------------------------------------------------------------------------


def host_card(session: Session, host_id: int) -> HostCard | None:
    """Return one host, still here or not; None if there is no such."""
    row = session.execute(_cards().where(col(Host.id) == host_id)).first()
    return _host_card(row) if row else None


def active_host(session: Session, host_id: int) -> Host:
    """Return the row of a host who may be visited; refuses (``host_unknown``) one who left, or whose tenant did."""
    row = session.exec(
        select(Host).join(Tenant, col(Tenant.id) == col(Host.tenant_id)).where(Host.id == host_id, col(Host.active), col(Tenant.active))
    ).first()
    if row is None:
        raise NotFound("host_unknown")
    return row


def hosts_of(
    session: Session, tenant_id: int, *, retired: bool = False, after: HostCard | None = None, limit: int = 200
) -> tuple[HostCard, ...]:
    """Return a page of a tenant's hosts by name, those who follow ``after``; with ``retired`` also who left."""
    page = _cards().where(col(Host.tenant_id) == tenant_id)
    if not retired:
        page = page.where(col(Host.active))
    if after is not None:
        page = page.where(tuple_(col(Host.name), col(Host.id)) > tuple_(after.name, after.id))
    return tuple(_host_card(row) for row in session.execute(page.order_by(col(Host.name), col(Host.id)).limit(limit)))


def tenant_card(session: Session, tenant_id: int) -> TenantCard | None:
    """Return one tenant, still here or not; None if there is no such."""
    row = session.execute(_tenants().where(col(Tenant.id) == tenant_id)).first()
    return _tenant_card(row) if row else None


def tenants(session: Session, *, retired: bool = False) -> tuple[TenantCard, ...]:
    """Return the tenants by name; with ``retired`` also those who moved out."""
    page = _tenants() if retired else _tenants().where(col(Tenant.active))
    return tuple(_tenant_card(row) for row in session.execute(page.order_by(col(Tenant.name), col(Tenant.id))))


def host_of_page(session: Session, keys: Keys, token: str) -> HostCard | None:
    """Return the host a personal link belongs to; None if it is unknown, withdrawn, or its holder left."""
    row = session.execute(_cards().where(col(Host.page_digest) == keys.digest(PAGE, token), col(Host.active), col(Tenant.active))).first()
    return _host_card(row) if row else None


def host_page_token(session: Session, keys: Keys, host_id: int) -> str | None:
    """Return the token of a host's personal link, None if none is out."""
    host = session.get(Host, host_id)
    if host is None or host.page_digest is None:
        return None
    return keys.token(PAGE, host_id, host.page_version)


_delegate = aliased(Host)


def _cards() -> Select[Host, Tenant, str]:
    return (
        sqlalchemy.select(Host, Tenant, col(_delegate.name))
        .join(Tenant, col(Tenant.id) == col(Host.tenant_id))
        .outerjoin(_delegate, col(_delegate.id) == col(Host.delegate_id))
    )


def _host_card(row: Row[Any]) -> HostCard:
    host, tenant, delegate = tuple(row)
    return HostCard(
        id=host.id,
        tenant_id=host.tenant_id,
        tenant=tenant.name,
        tenant_en=tenant.name_en,
        floor=tenant.floor,
        rooms=tenant.rooms,
        directions=tenant.directions,
        directions_en=tenant.directions_en,
        number=host.number,
        name=host.name,
        name_en=host.name_en,
        title=host.title,
        phone=host.phone,
        message_address=host.message_address,
        language=host.language,
        delegate_id=host.delegate_id,
        delegate=delegate or "",
        has_page=host.page_digest is not None,
        active=host.active and tenant.active,
        version=host.version,
    )


def _tenants() -> Select[Any]:
    hosts = select(func.count()).where(col(Host.tenant_id) == col(Tenant.id), col(Host.active)).scalar_subquery()
    return sqlalchemy.select(Tenant, hosts)


def _tenant_card(row: Row[Any]) -> TenantCard:
    tenant, hosts = tuple(row)
    return TenantCard(
        id=tenant.id,
        number=tenant.number,
        name=tenant.name,
        name_en=tenant.name_en,
        floor=tenant.floor,
        rooms=tenant.rooms,
        directions=tenant.directions,
        directions_en=tenant.directions_en,
        contact_host_id=tenant.contact_host_id,
        hosts=hosts,
        active=tenant.active,
        version=tenant.version,
    )


# --- lists that are imported --------------------------------------------------------------------------------------------


def import_preview(session: Session, import_id: int) -> Preview:
    """Return what a kept list would change now; one that is closed shows no rows any more. Refuses an unknown one."""
    kept = session.get(PeopleImport, import_id)
    if kept is None:
        raise NotFound("import_unknown")
    plan = plan_of(session, kept)
    return Preview(
        import_id=import_id,
        state=ImportState(kept.state),
        is_open=kept.state == ImportState.PREVIEWED,
        added=plan.added,
        changed=plan.changed,
        same=plan.same,
        faulty=plan.faulty,
        rows=plan.rows,
    )


def plan_of(session: Session, kept: PeopleImport) -> Plan:
    """Return what a kept list would change now."""
    return rules.plan(rules.unpacked(json.loads(kept.content)), tenants_now(session), hosts_now(session))


def plan_for(session: Session, listed: Sequence[ListedRow]) -> Plan:
    """Return what a list would change now."""
    return rules.plan(listed, tenants_now(session), hosts_now(session))


def tenants_now(session: Session) -> list[TenantNow]:
    """Return every tenant as lists are compared with."""
    return [
        TenantNow(
            id=row.id or 0,
            active=row.active,
            values={
                "tenant_number": row.number or "",
                "tenant": row.name,
                "tenant_en": row.name_en,
                "floor": row.floor,
                "rooms": row.rooms,
            },
        )
        for row in session.exec(select(Tenant).order_by(col(Tenant.id)))
    ]


def hosts_now(session: Session) -> list[HostNow]:
    """Return every host as lists are compared with."""
    columns = (Host.id, Host.tenant_id, Host.active, Host.delegate_id, *(getattr(Host, name) for name in rules.HOST_FIELDS))
    rows = session.execute(sqlalchemy.select(*columns).order_by(col(Host.id)))
    return [
        HostNow(
            id=row[0],
            tenant_id=row[1],
            active=row[2],
            delegate_id=row[3],
            values=dict(zip(rules.HOST_FIELDS, _texts(row[4:]), strict=True)),
        )
        for row in rows
    ]


def _texts(values: Sequence[str | None]) -> list[str]:
    return [value or "" for value in values]

"""The verbs of people: tenants and hosts, delegates, personal links, and lists that are imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.people import queries, rules
from server.domain.people.rules import ImportAction, ImportState, Plan, RowKind, Target
from server.domain.people.sheets import Sheet
from server.domain.people.tables import Host, HostReading, PeopleImport, Tenant
from server.domain.staff.queries import require
from server.domain.staff.rules import Action
from server.errors import BadInput, Conflict, NotFound
from server.events import HostChanged, HostPageIssued, PeopleImported, TenantChanged
from server.text import clean_line

AnyRow = TypeVar("AnyRow", Tenant, Host)

_COLUMN = {"tenant_number": "number", "tenant": "name", "tenant_en": "name_en"}
"""Where a list's column is called otherwise than the tenant's own."""


# --- tenants ------------------------------------------------------------------------------------------------------------


@command
def add_tenant(
    tx: Unit,
    *,
    name: str,
    number: str = "",
    name_en: str = "",
    floor: str = "",
    rooms: str = "",
    directions: str = "",
    directions_en: str = "",
) -> Outcome:
    """Take in a tenant: ``tenant_added``. Refuses a number in use (``number_taken``), a name in use without number, bad text."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    tenant = Tenant(name="", changed_at=tx.now)
    _write_tenant(tx, tenant, name, number, name_en, floor, rooms, directions, directions_en)
    tx.session.add(tenant)
    tx.session.flush()
    return _tenant_changed(tx, tenant, "tenant_added")


@command
def change_tenant(
    tx: Unit,
    *,
    tenant_id: int,
    version: int,
    name: str,
    number: str = "",
    name_en: str = "",
    floor: str = "",
    rooms: str = "",
    directions: str = "",
    directions_en: str = "",
    contact_host_id: int | None = None,
) -> Outcome:
    """Change a tenant: ``tenant_changed``. Refuses what :func:`add_tenant` refuses, a contact who does not work there, and
    (``tenant_changed_meanwhile``) a change made on an older state.
    """
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    tenant = _tenant(tx, tenant_id)
    if tenant.version != version:
        raise Conflict("tenant_changed_meanwhile", tenant=tenant_id)
    if contact_host_id is not None:
        _colleague(tx, tenant_id, contact_host_id, field="contact_host_id", code="contact_unknown")
    _write_tenant(tx, tenant, name, number, name_en, floor, rooms, directions, directions_en)
    tenant.contact_host_id = contact_host_id
    return _tenant_changed(tx, tenant, "tenant_changed")


@command
def retire_tenant(tx: Unit, *, tenant_id: int) -> Outcome:
    """Note that a tenant moved out: ``tenant_retired``; its hosts are found no more, and come back with it."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    tenant = _tenant(tx, tenant_id)
    if not tenant.active:
        raise Conflict("already_retired", tenant=tenant_id)
    tenant.active = False
    return _tenant_changed(tx, tenant, "tenant_retired")


@command
def restore_tenant(tx: Unit, *, tenant_id: int) -> Outcome:
    """Take back that a tenant moved out: ``tenant_restored``."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    tenant = _tenant(tx, tenant_id)
    if tenant.active:
        raise Conflict("not_retired", tenant=tenant_id)
    tenant.active = True
    return _tenant_changed(tx, tenant, "tenant_restored")


# --- hosts --------------------------------------------------------------------------------------------------------------


@command
def add_host(
    tx: Unit,
    *,
    tenant_id: int,
    name: str,
    number: str = "",
    name_en: str = "",
    title: str = "",
    phone: str = "",
    message_address: str = "",
    language: str = "zh",
) -> Outcome:
    """Take in somebody who works for a tenant: ``host_added``. Refuses a staff number in use there, and bad text, by field."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    if not _tenant(tx, tenant_id).active:
        raise BadInput("tenant_retired", field="tenant_id")
    host = Host(tenant_id=tenant_id, name="", changed_at=tx.now)
    _write_host(tx, host, name, number, name_en, title, phone, message_address, language)
    tx.session.add(host)
    tx.session.flush()
    _index(tx, [(_id(host), host.name, host.name_en)])
    return _host_changed(tx, host, "host_added")


@command
def change_host(
    tx: Unit,
    *,
    host_id: int,
    version: int,
    name: str,
    number: str = "",
    name_en: str = "",
    title: str = "",
    phone: str = "",
    message_address: str = "",
    language: str = "zh",
) -> Outcome:
    """Change a host: ``host_changed``. Refuses what :func:`add_host` refuses, and (``host_changed_meanwhile``) an older state."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    if host.version != version:
        raise Conflict("host_changed_meanwhile", host=host_id)
    _write_host(tx, host, name, number, name_en, title, phone, message_address, language)
    _index(tx, [(_id(host), host.name, host.name_en)])
    return _host_changed(tx, host, "host_changed")


@command
def retire_host(tx: Unit, *, host_id: int) -> Outcome:
    """Note that a host left: ``host_retired``; is found no more, stands in for nobody, and the personal link ends."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    if not host.active:
        raise Conflict("already_retired", host=host_id)
    host.active, host.page_digest = False, None
    for other in tx.session.exec(select(Host).where(Host.delegate_id == host_id)).all():
        other.delegate_id = None
        _host_changed(tx, other, "")
    return _host_changed(tx, host, "host_retired")


@command
def restore_host(tx: Unit, *, host_id: int) -> Outcome:
    """Take back that a host left: ``host_restored``; the link and the standing in are not brought back."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    if host.active:
        raise Conflict("not_retired", host=host_id)
    host.active = True
    return _host_changed(tx, host, "host_restored")


@command
def set_delegate(tx: Unit, *, host_id: int, delegate_id: int | None) -> Outcome:
    """Say who is told when a host does not look: ``delegate_set``. A colleague of the same tenant who is still here, never oneself.

    Two may stand in for each other: the message goes one step only.
    """
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    if delegate_id == host_id:
        raise BadInput("delegate_self", field="delegate_id")
    if delegate_id is not None:
        _colleague(tx, host.tenant_id, delegate_id, field="delegate_id", code="delegate_unknown")
    host.delegate_id = delegate_id
    return _host_changed(tx, host, "delegate_set")


@command
def issue_host_page(tx: Unit, *, host_id: int) -> Outcome:
    """Issue a personal link: ``host_page_issued``; every earlier one ends. The token is ``queries.host_page_token``."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    if not host.active:
        raise Conflict("already_retired", host=host_id)
    host.page_version += 1
    host.page_digest = tx.keys.token_digest(queries.PAGE, host_id, host.page_version)
    tx.record(HostPageIssued(host_id=host_id))
    return Outcome(code="host_page_issued", ids={"host": host_id})


@command
def withdraw_host_page(tx: Unit, *, host_id: int) -> Outcome:
    """Withdraw a host's personal link: ``host_page_withdrawn``; one without a link stays without."""
    require(tx.session, tx.actor, Action.KEEP_PEOPLE)
    host = _host(tx, host_id)
    host.page_digest = None
    return _host_changed(tx, host, "host_page_withdrawn")


# --- lists --------------------------------------------------------------------------------------------------------------


@command
def keep_import(tx: Unit, *, sheet: Sheet) -> Outcome:
    """Keep a list to be looked at: ``import_kept``; nobody is changed yet. Refuses one without a header (``file_no_header``)."""
    require(tx.session, tx.actor, Action.IMPORT_PEOPLE)
    listed = rules.listed(sheet.rows)
    plan = queries.plan_for(tx.session, listed)
    content = json.dumps(rules.packed(listed), ensure_ascii=False)
    kept = PeopleImport(content=content, plan_digest=plan.digest(), made_by=tx.actor, made_at=tx.now)
    tx.session.add(kept)
    tx.session.flush()
    return _import_outcome("import_kept", kept, plan)


@command
def renew_import(tx: Unit, *, import_id: int) -> Outcome:
    """Compare a kept list anew with who is here now: ``import_kept``; for the preview after ``import_outdated``."""
    require(tx.session, tx.actor, Action.IMPORT_PEOPLE)
    kept = _import(tx, import_id, ImportAction.RENEW)
    plan = queries.plan_of(tx.session, kept)
    kept.plan_digest = plan.digest()
    return _import_outcome("import_kept", kept, plan)


@command
def commit_import(tx: Unit, *, import_id: int) -> Outcome:
    """Take over what the preview showed: ``imported``; faulty rows are left out, and the list's content is emptied.

    Refuses (``import_outdated``) when somebody changed people since, so that nothing happens that was not seen; (``import_closed``)
    a list taken, withdrawn or expired.
    """
    require(tx.session, tx.actor, Action.IMPORT_PEOPLE)
    kept = _import(tx, import_id, ImportAction.TAKE)
    plan = queries.plan_of(tx.session, kept)
    if plan.digest() != kept.plan_digest:
        raise Conflict("import_outdated", **{"import": import_id})
    _take(tx, plan)
    _close_import(kept, ImportAction.TAKE)
    if plan.added or plan.changed:
        tx.record(PeopleImported(added=plan.added, changed=plan.changed))
    return _import_outcome("imported", kept, plan)


@command
def withdraw_import(tx: Unit, *, import_id: int) -> Outcome:
    """Put a list away unused: ``import_withdrawn``; its content is emptied."""
    require(tx.session, tx.actor, Action.IMPORT_PEOPLE)
    _close_import(_import(tx, import_id, ImportAction.WITHDRAW), ImportAction.WITHDRAW)
    return Outcome(code="import_withdrawn", ids={"import": import_id})


@command
def forget_imports(tx: Unit) -> Outcome:
    """Empty every list that was looked at an hour ago and not taken: ``forgotten``; the deadline loop asks."""
    old = select(PeopleImport).where(PeopleImport.state == ImportState.PREVIEWED, col(PeopleImport.made_at) <= tx.now - rules.IMPORT_LIFE)
    forgotten = tx.session.exec(old).all()
    for kept in forgotten:
        _close_import(kept, ImportAction.EXPIRE)
    return Outcome(code="forgotten", ids={"count": len(forgotten)})


def _import(tx: Unit, import_id: int, action: ImportAction) -> PeopleImport:
    kept = tx.session.get(PeopleImport, import_id)
    if kept is None:
        raise NotFound("import_unknown")
    if rules.after(ImportState(kept.state), action) is None:
        raise Conflict("import_closed", state=kept.state)
    return kept


def _close_import(kept: PeopleImport, action: ImportAction) -> None:
    state = rules.after(ImportState(kept.state), action)
    assert state is not None
    kept.state, kept.content = state, "[]"


def _import_outcome(code: str, kept: PeopleImport, plan: Plan) -> Outcome:
    counts = {"added": plan.added, "changed": plan.changed, "same": plan.same, "faulty": plan.faulty}
    return Outcome(code=code, ids={"import": kept.id, **counts})


def _take(tx: Unit, plan: Plan) -> None:
    rows = [row for row in plan.rows if row.kind in {RowKind.ADDED, RowKind.CHANGED}]
    tenants = _taken_tenants(tx, _once([row.tenant_target for row in rows]))
    targets = _once([row.host_target for row in rows])
    made = _made_hosts(tx, [target for target in targets if target.id is None], tenants)
    _changed_hosts(tx, [target for target in targets if target.id is not None])
    ids = {id(target): target.id or made[id(target)] for target in targets}
    pairs = [(ids[id(one)], ids.get(id(one.delegate), one.delegate.id)) for one in targets if one.delegate is not None]
    if pairs:
        standing = update(Host).where(col(Host.id) == bindparam("host")).values(delegate_id=bindparam("delegate"))
        tx.session.connection().execute(standing, [{"host": host, "delegate": delegate} for host, delegate in pairs])
    _index(tx, [(ids[id(one)], one.values["name"], one.values.get("name_en", "")) for one in targets])


def _once(targets: Sequence[Target | None]) -> list[Target]:
    return list({id(target): target for target in targets if target is not None}.values())


def _taken_tenants(tx: Unit, targets: Sequence[Target]) -> dict[int, int]:
    """Write the tenants a list speaks of; return their ids by target."""
    standing = {row.id: row for row in tx.session.exec(select(Tenant)).all()}
    taken: dict[int, Tenant] = {}
    for target in targets:
        tenant = standing[target.id] if target.id is not None else Tenant(name="", changed_at=tx.now)
        for name in target.said:
            setattr(tenant, _COLUMN.get(name, name), target.values[name])
        taken[id(target)] = _back_again(tx, tenant)
    tx.session.flush()
    return {target: _id(tenant) for target, tenant in taken.items()}


def _made_hosts(tx: Unit, targets: Sequence[Target], tenants: dict[int, int]) -> dict[int, int]:
    """Write the hosts a list adds, without the ORM since they may be twenty thousand; return their ids by target."""
    if not targets:
        return {}
    rows = [
        {
            **dict.fromkeys(rules.HOST_FIELDS, ""),
            "language": "zh",
            **target.values,
            "number": target.values.get("number") or None,
            "tenant_id": _tenant_id(target, tenants),
            "phone_tail": rules.phone_tail(target.values.get("phone", "")),
            "active": True,
            "page_version": 0,
            "changed_at": tx.now,
            "version": 1,
        }
        for target in targets
    ]
    statement = insert(Host.__table__).returning(col(Host.id), sort_by_parameter_order=True)  # type: ignore[attr-defined]  # SQLModel's
    ids = tx.session.connection().execute(statement, rows).scalars()
    return {id(target): host_id or 0 for target, host_id in zip(targets, ids, strict=True)}


def _changed_hosts(tx: Unit, targets: Sequence[Target]) -> None:
    wanted = {target.id: target for target in targets}
    ids = sorted(host_id for host_id in wanted if host_id is not None)
    for start in range(0, len(ids), 500):
        for host in tx.session.exec(select(Host).where(col(Host.id).in_(ids[start : start + 500]))).all():
            target = wanted[host.id]
            for name in target.said:
                setattr(host, name, target.values[name])
            host.phone_tail = rules.phone_tail(host.phone)
            _back_again(tx, host)
    tx.session.flush()


def _back_again(tx: Unit, row: AnyRow) -> AnyRow:
    """Note that a tenant or host is here, and that it was changed if it was."""
    row.active = True
    if row.id is None or tx.session.is_modified(row):
        row.changed_at = tx.now
    tx.session.add(row)
    return row


def _tenant_id(target: Target, tenants: dict[int, int]) -> int:
    assert target.tenant is not None
    return target.tenant.id if target.tenant.id is not None else tenants[id(target.tenant)]


# --- shared -------------------------------------------------------------------------------------------------------------


def _id(row: Tenant | Host) -> int:
    assert row.id is not None
    return row.id


def _tenant(tx: Unit, tenant_id: int) -> Tenant:
    tenant = tx.session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("tenant_unknown")
    return tenant


def _host(tx: Unit, host_id: int) -> Host:
    host = tx.session.get(Host, host_id)
    if host is None:
        raise NotFound("host_unknown")
    return host


def _colleague(tx: Unit, tenant_id: int, host_id: int, *, field: str, code: str) -> None:
    host = tx.session.get(Host, host_id)
    if host is None or not host.active:
        raise BadInput(code, field=field)
    if host.tenant_id != tenant_id:
        raise BadInput("delegate_elsewhere" if field == "delegate_id" else code, field=field)


def _tenant_changed(tx: Unit, tenant: Tenant, code: str) -> Outcome:
    tenant.changed_at = tx.now
    tx.record(TenantChanged(tenant_id=_id(tenant)))
    return Outcome(code=code, ids={"tenant": _id(tenant)})


def _host_changed(tx: Unit, host: Host, code: str) -> Outcome:
    host.changed_at = tx.now
    tx.record(HostChanged(host_id=_id(host), tenant_id=host.tenant_id))
    return Outcome(code=code, ids={"host": _id(host), "tenant": host.tenant_id})


def _write_tenant(
    tx: Unit, tenant: Tenant, name: str, number: str, name_en: str, floor: str, rooms: str, directions: str, directions_en: str
) -> None:
    line, kept = clean_line(name, field="name", most=80, least=1), clean_line(number, field="number", most=40) or None
    with tx.session.no_autoflush:
        alike = tx.session.exec(select(Tenant).where((col(Tenant.name) == line) | (col(Tenant.number) == kept))).all()
    others = [other for other in alike if other.id != tenant.id]
    if kept and any(other.number == kept for other in others):
        raise BadInput("number_taken", field="number")
    if not kept and any(other.name == line and other.active for other in others):
        raise BadInput("name_taken", field="name")
    tenant.name, tenant.number = line, kept
    tenant.name_en = clean_line(name_en, field="name_en", most=80)
    tenant.floor = clean_line(floor, field="floor", most=10)
    tenant.rooms = clean_line(rooms, field="rooms", most=80)
    tenant.directions = clean_line(directions, field="directions", most=200)
    tenant.directions_en = clean_line(directions_en, field="directions_en", most=200)


def _write_host(
    tx: Unit, host: Host, name: str, number: str, name_en: str, title: str, phone: str, message_address: str, language: str
) -> None:
    kept = clean_line(number, field="number", most=40) or None
    if kept:
        with tx.session.no_autoflush:
            holder = tx.session.exec(select(Host.id).where(Host.tenant_id == host.tenant_id, Host.number == kept)).first()
        if holder is not None and holder != host.id:
            raise BadInput("number_taken", field="number")
    host.number = kept
    host.name = clean_line(name, field="name", most=60, least=1)
    host.name_en = clean_line(name_en, field="name_en", most=60)
    host.title = clean_line(title, field="title", most=40)
    host.phone = _checked(rules.tidy_phone, clean_line(phone, field="phone", most=40), field="phone")
    host.phone_tail = rules.phone_tail(host.phone)
    host.message_address = _checked(
        rules.check_address, clean_line(message_address, field="message_address", most=200), field="message_address"
    )
    host.language = _checked(rules.check_language, language, field="language")


def _checked(check: Callable[[str], str | None], text: str, *, field: str) -> str:
    checked = check(text)
    if checked is None:
        raise BadInput("bad_value", field=field)
    return checked


def _index(tx: Unit, hosts: Sequence[tuple[int, str, str]]) -> None:
    """Write under which readings hosts (id, name, English name) are found, in place of what stood."""
    ids = [host_id for host_id, _, _ in hosts]
    for start in range(0, len(ids), 500):
        tx.session.execute(delete(HostReading).where(col(HostReading.host_id).in_(ids[start : start + 500])))
    rows = [
        {"host_id": host_id, "reading": reading, "rank": int(rank)}
        for host_id, name, name_en in hosts
        for reading, rank in rules.readings(name, name_en).items()
    ]
    if rows:
        tx.session.execute(insert(HostReading), rows)

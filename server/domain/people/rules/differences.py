"""What a list of people would change: each row is added, changed, the same, or faulty. Pure.

Tenants are matched by number or name, hosts within their tenant by number or name; an empty cell leaves what stands. The same list
twice changes nothing the second time. A faulty row is left out whole; only an unknown delegate is left out alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from server.domain.people.rules.columns import HOST_FIELDS, TENANT_COLUMNS, ListedRow
from server.domain.people.rules.names import folded
from server.sheets import Fault


class RowKind(StrEnum):
    """What a row would do."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True, kw_only=True)
class TenantNow:
    """A tenant as it stands, its values by column."""

    id: int
    active: bool
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class HostNow:
    """A host as it stands, the values by field."""

    id: int
    tenant_id: int
    active: bool
    delegate_id: int | None
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that would change."""

    field: str
    old: str
    new: str


@dataclass(eq=False)
class Target:
    """A tenant or host that a list speaks of: the row that stands (``id``) or one to be made, and its values afterwards."""

    id: int | None
    values: dict[str, str]
    was_active: bool = True
    said: set[str] = field(default_factory=set)
    first_row: int = 0
    tenant: Target | None = None
    delegate: Target | None = None
    delegate_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedRow:
    """What one row would do, and why it cannot. ``tenant_target`` and ``host_target`` are for who takes the list over.

    A row that is not faulty may have a fault all the same: its delegate is unknown, and stays as it was.
    """

    number: int
    kind: RowKind
    tenant: str
    name: str
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    tenant_target: Target | None = None
    host_target: Target | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a whole list would do."""

    rows: tuple[PlannedRow, ...]

    @property
    def added(self) -> int:
        """How many rows would add somebody."""
        return self._count(RowKind.ADDED)

    @property
    def changed(self) -> int:
        """How many rows would change something."""
        return self._count(RowKind.CHANGED)

    @property
    def same(self) -> int:
        """How many rows say what stands already."""
        return self._count(RowKind.SAME)

    @property
    def faulty(self) -> int:
        """How many rows would be left out."""
        return self._count(RowKind.FAULTY)

    def _count(self, kind: RowKind) -> int:
        return sum(row.kind is kind for row in self.rows)

    def digest(self) -> str:
        """Return what two plans have in common if and only if they would do the same."""
        content = [
            [
                row.number,
                row.kind,
                [[change.field, change.old, change.new] for change in row.changes],
                *map(_ref, (row.tenant_target, row.host_target)),
            ]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _ref(target: Target | None) -> int | None:
    return target.id if target else None


class _Refusal(Exception):
    def __init__(self, name: str, code: str) -> None:
        self.name, self.code = name, code


def plan(listed: Sequence[ListedRow], tenants: Sequence[TenantNow], hosts: Sequence[HostNow]) -> Plan:
    """Return what a list would do to the tenants and hosts that stand."""
    directory = _Directory(tenants, hosts)
    rows = [_planned(row, directory) for row in listed]
    # Delegates come last: one may stand further down the list than who named him.
    return Plan(rows=tuple(_with_delegate(row, said, directory) for row, said in zip(rows, listed, strict=True)))


class _Directory:
    """Everybody who stands or was named by an earlier row, by number and by name."""

    def __init__(self, tenants: Sequence[TenantNow], hosts: Sequence[HostNow]) -> None:
        self._by_number: dict[str, Target] = {}
        self._by_name: dict[str, list[Target]] = defaultdict(list)
        self._host_by_name: dict[tuple[int, str], list[Target]] = defaultdict(list)
        self._host_by_number: dict[tuple[int, str], Target] = {}
        self.host_by_id: dict[int, Target] = {}
        ids = {}
        for tenant in tenants:
            ids[tenant.id] = self.enter_tenant(Target(id=tenant.id, values=dict(tenant.values), was_active=tenant.active))
        for host in hosts:
            target = Target(
                id=host.id, values=dict(host.values), was_active=host.active, tenant=ids[host.tenant_id], delegate_id=host.delegate_id
            )
            self.host_by_id[host.id] = self.enter_host(target)

    def enter_tenant(self, target: Target) -> Target:
        if number := target.values.get("tenant_number"):
            self._by_number[folded(number)] = target
        _enter(self._by_name[folded(target.values.get("tenant", ""))], target)
        return target

    def enter_host(self, target: Target) -> Target:
        tenant = id(target.tenant)
        if number := target.values.get("number"):
            self._host_by_number[tenant, folded(number)] = target
        _enter(self._host_by_name[tenant, folded(target.values["name"])], target)
        return target

    def tenant_of(self, values: Mapping[str, str]) -> Target | None:
        """Return the tenant a row means, None for a new one."""
        number, name = values.get("tenant_number", ""), values.get("tenant", "")
        if number and (known := self._by_number.get(folded(number))):
            return known
        same_name = (
            [target for target in self._by_name.get(folded(name), ()) if not (number and target.values.get("tenant_number"))]
            if name
            else []
        )
        return _only(same_name, "tenant", "ambiguous_tenant")

    def host_of(self, tenant: Target, values: Mapping[str, str]) -> Target | None:
        """Return the host of ``tenant`` a row means, None for a new one."""
        number, name = values.get("number", ""), values.get("name", "")
        if number and (known := self._host_by_number.get((id(tenant), folded(number)))):
            return known
        same_name = self._host_by_name.get((id(tenant), folded(name)), [])
        return _only([target for target in same_name if not (number and target.values.get("number"))], "name", "ambiguous_name")

    def delegate_of(self, tenant: Target, text: str) -> Target | None:
        """Return the host of ``tenant`` with this number or name."""
        known = self._host_by_number.get((id(tenant), folded(text)))
        return known or _only(self._host_by_name.get((id(tenant), folded(text)), []), "delegate", "ambiguous_name")


def _enter(targets: list[Target], target: Target) -> None:
    if not any(known is target for known in targets):
        targets.append(target)


def _only(targets: Sequence[Target], name: str, code: str) -> Target | None:
    present = [target for target in targets if target.was_active] or list(targets)
    if len(present) > 1:
        raise _Refusal(name, code)
    return present[0] if present else None


def _planned(row: ListedRow, directory: _Directory) -> PlannedRow:
    tenant, name = row.values.get("tenant", row.values.get("tenant_number", "")), row.values.get("name", "")
    shown = PlannedRow(number=row.number, kind=RowKind.FAULTY, tenant=tenant, name=name, faults=row.faults)
    if row.faults:
        return shown
    try:
        return _matched(row, shown, directory)
    except _Refusal as refusal:
        return replace(shown, faults=(row.fault(refusal.name, refusal.code),))


def _matched(row: ListedRow, shown: PlannedRow, directory: _Directory) -> PlannedRow:
    # Everything is matched and judged before anything is noted: a row that falls leaves no trace.
    tenant = _tenant(row, directory)
    host = _host(row, tenant, directory) if "name" in row.values else None
    if host is None and {*HOST_FIELDS, "delegate"} & row.values.keys():
        raise _Refusal("name", "missing")
    is_new = (tenant.id is None and tenant.first_row == 0) or (host is not None and host.id is None)
    changes = _note(tenant, row, TENANT_COLUMNS)
    directory.enter_tenant(tenant)
    if host is not None:
        changes += _note(host, row, HOST_FIELDS)
        directory.enter_host(host)
    kind = RowKind.ADDED if is_new else RowKind.CHANGED if changes else RowKind.SAME
    return replace(shown, kind=kind, tenant=tenant.values["tenant"], changes=tuple(changes), tenant_target=tenant, host_target=host)


def _tenant(row: ListedRow, directory: _Directory) -> Target:
    said = {name: row.values[name] for name in TENANT_COLUMNS if name in row.values}
    if not {"tenant", "tenant_number"} & said.keys():
        raise _Refusal("tenant", "missing")
    tenant = directory.tenant_of(said)
    if tenant is None:
        if "tenant" not in said:
            raise _Refusal("tenant", "missing")
        return Target(id=None, values={})
    for name, value in said.items():
        if name in tenant.said and tenant.values.get(name) != value:
            raise _Refusal(name, "tenant_differs")
    return tenant


def _host(row: ListedRow, tenant: Target, directory: _Directory) -> Target:
    host = directory.host_of(tenant, row.values)
    if host is None:
        return Target(id=None, values={}, tenant=tenant)
    if host.first_row:
        raise _Refusal("name", "duplicate_row")
    return host


def _note(target: Target, row: ListedRow, names: Sequence[str]) -> list[Change]:
    """Note what a row says of a tenant or host; return what that changes of one who stands."""
    said = {name: row.values[name] for name in names if name in row.values}
    changes = [
        Change(field=name, old=target.values.get(name, ""), new=new) for name, new in said.items() if target.values.get(name, "") != new
    ]
    changes += _back(target)
    target.first_row = target.first_row or row.number
    target.values.update(said)
    target.said.update(said)
    return changes if target.id is not None else []


def _back(target: Target) -> list[Change]:
    """Return that somebody who had left is here again, once."""
    if target.was_active or target.first_row:
        return []
    return [Change(field="active", old="no", new="yes")]


def _with_delegate(row: PlannedRow, said: ListedRow, directory: _Directory) -> PlannedRow:
    host, text = row.host_target, said.values.get("delegate")
    if host is None or host.tenant is None or text is None:
        return row
    try:
        delegate = directory.delegate_of(host.tenant, text)
        if delegate is None:
            raise _Refusal("delegate", "delegate_unknown")
        if delegate is host:
            raise _Refusal("delegate", "delegate_self")
    except _Refusal as refusal:
        return replace(row, faults=(said.fault(refusal.name, refusal.code),))
    host.delegate = delegate
    if host.id is None or (delegate.id is not None and delegate.id == host.delegate_id):
        return row
    before = directory.host_by_id.get(host.delegate_id or 0)
    change = Change(field="delegate", old=before.values["name"] if before else "", new=delegate.values["name"])
    return replace(row, kind=RowKind.CHANGED if row.kind is RowKind.SAME else row.kind, changes=(*row.changes, change))


def packed(listed: Sequence[ListedRow]) -> list[Any]:
    """Return a list as plain values, to be kept between the preview and its taking."""
    return [[row.number, dict(row.values), dict(row.columns), [[one.column, one.field, one.code] for one in row.faults]] for row in listed]


def unpacked(content: Sequence[Any]) -> tuple[ListedRow, ...]:
    """Return the list that was packed."""
    return tuple(
        ListedRow(
            number=number, values=values, columns=columns, faults=tuple(Fault(column=one[0], field=one[1], code=one[2]) for one in faults)
        )
        for number, values, columns, faults in content
    )

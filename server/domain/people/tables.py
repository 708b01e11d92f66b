"""Tables of tenants, hosts and the readings under which a host is found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.people.rules import ImportState

_BY_CODE_POINT = String(120).with_variant(String(120, collation="C"), "postgresql")

_tenant_version = version_column()


class Tenant(SQLModel, table=True):
    """A company in the park. ``number`` is the park's own key (a unit or contract number): imports match by it, or by name."""

    __tablename__ = "tenant"
    __mapper_args__ = {"version_id_col": _tenant_version}

    id: int | None = Field(default=None, primary_key=True)
    number: str | None = Field(default=None, max_length=40, unique=True)
    name: str = Field(max_length=80, index=True)
    name_en: str = Field(default="", max_length=80)
    floor: str = Field(default="", max_length=10)
    rooms: str = Field(default="", max_length=80)
    directions: str = Field(default="", max_length=200)
    directions_en: str = Field(default="", max_length=200)
    contact_host_id: int | None = Field(default=None)
    active: bool = True
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_tenant_version)


_host_version = version_column()


class Host(SQLModel, table=True):
    """Somebody who works for a tenant and may be visited. ``number`` is the tenant's own staff number, if it gave one.

    ``message_address`` names the transport the host is told by (an apprise address or a phone number); empty means in-app only.
    ``page_version`` belongs to the personal link: raising it revokes the one given out.
    """

    __tablename__ = "host"
    __mapper_args__ = {"version_id_col": _host_version}
    __table_args__ = (UniqueConstraint("tenant_id", "number", name="host_number"),)

    id: int | None = Field(default=None, primary_key=True)
    tenant_id: int = Field(foreign_key="tenant.id", index=True)
    number: str | None = Field(default=None, max_length=40)
    name: str = Field(max_length=60)
    name_en: str = Field(default="", max_length=60)
    title: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=30)
    phone_tail: str = Field(default="", max_length=4, index=True)
    message_address: str = Field(default="", max_length=200)
    language: str = Field(default="zh", max_length=2)
    delegate_id: int | None = Field(default=None, foreign_key="host.id")
    page_version: int = 0
    page_digest: str | None = Field(default=None, max_length=64, unique=True)
    active: bool = True
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_host_version)


class HostReading(SQLModel, table=True):
    """One way to type a host's name: Han characters, full pinyin, initials, of every reading; lower case, no blanks.

    Compared by code point on both databases, so that what begins alike stands together in the index. ``rank`` is a ``rules.Rank``.
    """

    __tablename__ = "host_reading"
    __table_args__ = (Index("host_reading_search", "rank", "reading", "host_id"),)

    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(foreign_key="host.id", index=True)
    reading: str = Field(sa_type=_BY_CODE_POINT)
    rank: int


_import_version = version_column()


class PeopleImport(SQLModel, table=True):
    """A list of people that was read and shown but not yet taken over. Its content is emptied when it is, or after an hour.

    ``state`` is one of ``rules.ImportState``; ``plan_digest`` is of what the preview said would change.
    """

    __tablename__ = "people_import"
    __mapper_args__ = {"version_id_col": _import_version}
    __table_args__ = (CheckConstraint(f"state in ({', '.join(repr(state.value) for state in ImportState)})", name="people_import_state"),)

    id: int | None = Field(default=None, primary_key=True)
    content: str
    plan_digest: str = Field(max_length=64)
    state: str = Field(default=ImportState.PREVIEWED, max_length=10)
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant, index=True)
    version: int = Field(default=1, sa_column=_import_version)

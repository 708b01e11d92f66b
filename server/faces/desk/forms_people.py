"""What the desk may send in about tenants and hosts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from server.faces.desk.forms import Version
from server.web.forms import CompanyName, Form, PersonName, Phone, line

Row = Annotated[int, Field(ge=1, lt=2**31)]
"""The number of a row that was chosen from a list."""
NoRow = Annotated[Row | None, BeforeValidator(lambda value: None if value in ("", "0") else value)]
"""The same, or nobody."""


class Tenant(Form):
    """A company in the park."""

    number: Annotated[str, line(40)] = ""
    name: Annotated[str, line(80, least=1)]
    name_en: CompanyName = ""
    floor: Annotated[str, line(10)] = ""
    rooms: CompanyName = ""
    directions: Annotated[str, line(200)] = ""
    directions_en: Annotated[str, line(200)] = ""


class ChangedTenant(Tenant):
    """The same with the version of the row it was drawn from, and whom its messages go to."""

    version: Version
    contact_host_id: NoRow = None


class Host(Form):
    """Somebody who works for a tenant."""

    number: Annotated[str, line(40)] = ""
    name: PersonName
    name_en: Annotated[str, line(60)] = ""
    title: Annotated[str, line(40)] = ""
    phone: Phone = ""
    message_address: Annotated[str, line(200)] = ""
    language: Literal["zh", "en"] = "zh"


class ChangedHost(Host):
    """The same with the version of the row it was drawn from."""

    version: Version


class Delegate(Form):
    """Who is told besides, when a host does not look."""

    delegate_id: NoRow = None

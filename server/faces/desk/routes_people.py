"""Tenants and their hosts: add, change, retire and restore, delegates, and the personal page of a host."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.people import queries, service
from server.domain.people.queries import HostCard, TenantCard
from server.errors import NotFound
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms_people import ChangedHost, ChangedTenant, Delegate, Host, Tenant
from server.web import qr
from server.web.house import house
from server.web.operation import operation

TENANT = ("number", "name", "name_en", "floor", "rooms", "directions", "directions_en")
HOST = ("number", "name", "name_en", "title", "phone", "message_address", "language")
NEW_HOST = {**dict.fromkeys(HOST, ""), "language": "zh"}


@blueprint.get("/desk/people")
def people() -> ResponseReturnValue:
    """Show the tenants, by floor; the retired ones if asked for."""
    retired = "retired" in request.args
    with house().door.reading() as session:
        cards = queries.tenants(session, retired=retired)
    return render_template("desk/people.html", cards=cards, retired=retired)


# --- tenants ------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/people/tenants/new")
def new_tenant() -> ResponseReturnValue:
    """Ask about a new tenant."""
    return _tenant_form(None, dict.fromkeys(TENANT, ""), NO_FAULTS)


@blueprint.post("/desk/people/tenants/new")
def add_tenant() -> ResponseReturnValue:
    """Add a tenant."""

    def act() -> str:
        outcome = service.add_tenant(house().door, operation(), **Tenant.read().model_dump())
        return done("tenant", outcome, tenant_id=int(outcome.ids["tenant"] or 0))

    typed = Tenant.typed()
    return answer(act, lambda wrong: _tenant_form(None, typed, wrong))


@blueprint.get("/desk/people/tenants/<int:tenant_id>")
def tenant(tenant_id: int) -> ResponseReturnValue:
    """Show one tenant with its hosts."""
    return _tenant_page(tenant_id, NO_FAULTS)


def _tenant_page(tenant_id: int, wrong: Faults) -> str:
    with house().door.reading() as session:
        card = _tenant_card(queries.tenant_card(session, tenant_id))
        hosts = queries.hosts_of(session, tenant_id, retired=True)
    return render_template("desk/tenant.html", card=card, hosts=hosts, faults=wrong)


@blueprint.get("/desk/people/tenants/<int:tenant_id>/change")
def tenant_form(tenant_id: int) -> ResponseReturnValue:
    """Show one tenant, to be changed."""
    return _tenant_form_of(tenant_id, None, NO_FAULTS)


@blueprint.post("/desk/people/tenants/<int:tenant_id>/change")
def change_tenant(tenant_id: int) -> ResponseReturnValue:
    """Change a tenant."""

    def act() -> str:
        outcome = service.change_tenant(house().door, operation(), tenant_id=tenant_id, **ChangedTenant.read().model_dump())
        return done("tenant", outcome, tenant_id=tenant_id)

    typed = ChangedTenant.typed()
    return answer(act, lambda wrong: _tenant_form_of(tenant_id, typed, wrong))


@blueprint.post("/desk/people/tenants/<int:tenant_id>/retire")
def retire_tenant(tenant_id: int) -> ResponseReturnValue:
    """A tenant has moved out: its hosts are no longer found."""

    def act() -> str:
        return done("people", service.retire_tenant(house().door, operation(), tenant_id=tenant_id), of=tenant_id)

    return answer(act, lambda wrong: _tenant_page(tenant_id, wrong))


@blueprint.post("/desk/people/tenants/<int:tenant_id>/restore")
def restore_tenant(tenant_id: int) -> ResponseReturnValue:
    """A tenant is here after all."""

    def act() -> str:
        return done("tenant", service.restore_tenant(house().door, operation(), tenant_id=tenant_id), tenant_id=tenant_id)

    return answer(act, lambda wrong: _tenant_page(tenant_id, wrong))


def _tenant_form_of(tenant_id: int, typed: dict[str, str] | None, wrong: Faults) -> str:
    with house().door.reading() as session:
        card = _tenant_card(queries.tenant_card(session, tenant_id))
        hosts = queries.hosts_of(session, tenant_id)
    if not typed or not wrong.fields:
        typed = {name: _text(getattr(card, name)) for name in (*TENANT, "contact_host_id", "version")}
    return _tenant_form(card, typed, wrong, hosts)


def _tenant_form(card: TenantCard | None, typed: dict[str, str], wrong: Faults, hosts: tuple[HostCard, ...] = ()) -> str:
    contacts = [("", gettext("nobody in particular")), *((each.id, each.name) for each in hosts)]
    return render_template("desk/tenant_form.html", card=card, typed=typed, faults=wrong, contacts=contacts)


# --- hosts --------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/people/tenants/<int:tenant_id>/hosts/new")
def new_host(tenant_id: int) -> ResponseReturnValue:
    """Ask about a new host of a tenant."""
    return _new_host(tenant_id, NEW_HOST, NO_FAULTS)


@blueprint.post("/desk/people/tenants/<int:tenant_id>/hosts/new")
def add_host(tenant_id: int) -> ResponseReturnValue:
    """Add a host to a tenant."""

    def act() -> str:
        outcome = service.add_host(house().door, operation(), tenant_id=tenant_id, **Host.read().model_dump())
        return done("host", outcome, host_id=int(outcome.ids["host"] or 0))

    typed = Host.typed()
    return answer(act, lambda wrong: _new_host(tenant_id, typed, wrong))


def _new_host(tenant_id: int, typed: dict[str, str], wrong: Faults) -> str:
    with house().door.reading() as session:
        company = _tenant_card(queries.tenant_card(session, tenant_id))
    return render_template("desk/host_form.html", card=None, company=company, typed=typed, faults=wrong)


@blueprint.get("/desk/people/hosts/<int:host_id>")
def host(host_id: int) -> ResponseReturnValue:
    """Show one host: what is known, the delegate, the personal page."""
    return _host_page(host_id, NO_FAULTS)


def _host_page(host_id: int, wrong: Faults) -> str:
    with house().door.reading() as session:
        card = _host_card(queries.host_card(session, host_id))
        colleagues = tuple(each for each in queries.hosts_of(session, card.tenant_id) if each.id != host_id)
        token = queries.host_page_token(session, house().keys, host_id) if card.has_page else None
    page = (
        {"address": f"{house().settings.allowed_origins[0]}/h/{token}", "svg": qr.svg(qr.link(house().settings, "h", token))}
        if token
        else None
    )
    delegates = [("", gettext("nobody")), *((each.id, each.name) for each in colleagues)]
    return render_template("desk/host.html", card=card, delegates=delegates, page=page, faults=wrong)


@blueprint.get("/desk/people/hosts/<int:host_id>/change")
def host_form(host_id: int) -> ResponseReturnValue:
    """Show one host, to be changed."""
    return _host_form(host_id, None, NO_FAULTS)


@blueprint.post("/desk/people/hosts/<int:host_id>/change")
def change_host(host_id: int) -> ResponseReturnValue:
    """Change a host."""

    def act() -> str:
        outcome = service.change_host(house().door, operation(), host_id=host_id, **ChangedHost.read().model_dump())
        return done("host", outcome, host_id=host_id)

    typed = ChangedHost.typed()
    return answer(act, lambda wrong: _host_form(host_id, typed, wrong))


def _host_form(host_id: int, typed: dict[str, str] | None, wrong: Faults) -> str:
    with house().door.reading() as session:
        card = _host_card(queries.host_card(session, host_id))
    if not typed or not wrong.fields:
        typed = {name: _text(getattr(card, name)) for name in (*HOST, "version")}
    return render_template("desk/host_form.html", card=card, company=None, typed=typed, faults=wrong)


@blueprint.post("/desk/people/hosts/<int:host_id>/retire")
def retire_host(host_id: int) -> ResponseReturnValue:
    """A host has left: nobody finds him any more, and the personal page is closed."""

    def act() -> str:
        return done("host", service.retire_host(house().door, operation(), host_id=host_id), of=host_id, host_id=host_id)

    return answer(act, lambda wrong: _host_page(host_id, wrong))


@blueprint.post("/desk/people/hosts/<int:host_id>/restore")
def restore_host(host_id: int) -> ResponseReturnValue:
    """A host is here after all."""

    def act() -> str:
        return done("host", service.restore_host(house().door, operation(), host_id=host_id), host_id=host_id)

    return answer(act, lambda wrong: _host_page(host_id, wrong))


@blueprint.post("/desk/people/hosts/<int:host_id>/delegate")
def set_delegate(host_id: int) -> ResponseReturnValue:
    """Say who is told besides, when this host does not look."""

    def act() -> str:
        delegate_id = Delegate.read().delegate_id
        return done("host", service.set_delegate(house().door, operation(), host_id=host_id, delegate_id=delegate_id), host_id=host_id)

    return answer(act, lambda wrong: _host_page(host_id, wrong))


@blueprint.post("/desk/people/hosts/<int:host_id>/page")
def issue_host_page(host_id: int) -> ResponseReturnValue:
    """Issue a personal page; the link given out before is no longer good."""

    def act() -> str:
        return done("host", service.issue_host_page(house().door, operation(), host_id=host_id), host_id=host_id)

    return answer(act, lambda wrong: _host_page(host_id, wrong))


@blueprint.post("/desk/people/hosts/<int:host_id>/page/withdraw")
def withdraw_host_page(host_id: int) -> ResponseReturnValue:
    """Take the personal page back."""

    def act() -> str:
        return done("host", service.withdraw_host_page(house().door, operation(), host_id=host_id), host_id=host_id)

    return answer(act, lambda wrong: _host_page(host_id, wrong))


def _tenant_card(card: TenantCard | None) -> TenantCard:
    if card is None:
        raise NotFound("tenant_unknown")
    return card


def _host_card(card: HostCard | None) -> HostCard:
    if card is None:
        raise NotFound("host_unknown")
    return card


def _text(value: object) -> str:
    return "" if value is None else str(value)

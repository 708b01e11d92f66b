"""Who is on the staff: take on, change, give a new password or PIN, let go."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from server.domain.staff import passwords, queries, service
from server.domain.staff.queries import StaffCard
from server.domain.staff.rules import Role
from server.errors import NotFound
from server.faces.desk.blueprint import Faults, answer, blueprint, done
from server.faces.desk.forms import StaffMember
from server.web.house import house
from server.web.operation import operation

NEW = {"name": "", "username": "", "role": "desk", "version": "1"}


@blueprint.get("/desk/staff")
def staff() -> ResponseReturnValue:
    """Show everybody on the staff."""
    with house().door.reading() as session:
        cards = queries.staff_list(session)
    return render_template("desk/staff.html", cards=cards)


@blueprint.get("/desk/staff/new")
def new_staff() -> ResponseReturnValue:
    """Ask who is taken on."""
    return _form(None, NEW, Faults())


@blueprint.post("/desk/staff/new")
def add_staff() -> ResponseReturnValue:
    """Take somebody on, and show the first password or PIN once."""
    typed = StaffMember.typed()
    return answer(_add_staff, lambda wrong: _form(None, typed, wrong))


def _add_staff() -> Response:
    form, tap, keys = StaffMember.read(), operation(), house().keys
    has_pin = Role(form.role).has_pin
    secret = passwords.drawn_pin(keys, tap) if has_pin else passwords.drawn_password(keys, tap)
    hashed = house().aside(
        lambda: passwords.hash_pin(keys, secret) if has_pin else passwords.hash_password(keys, secret, username=form.username)
    )
    outcome = service.add_staff(
        house().door,
        tap,
        name=form.name,
        username=form.username,
        role=form.role,
        pin=hashed if has_pin else None,
        password=None if has_pin else hashed,
    )
    return _secret(int(outcome.ids["staff"] or 0), secret)


@blueprint.get("/desk/staff/<int:staff_id>")
def staff_member(staff_id: int) -> ResponseReturnValue:
    """Show one member of staff, to be changed."""
    card = _card(staff_id)
    return _form(card, _as_typed(card), Faults())


@blueprint.post("/desk/staff/<int:staff_id>")
def change_staff(staff_id: int) -> ResponseReturnValue:
    """Change name, user name or role."""

    def act() -> str:
        form = StaffMember.read()
        return done("staff", service.change_staff(house().door, operation(), staff_id=staff_id, **form.model_dump()))

    typed = StaffMember.typed()
    return answer(act, lambda wrong: _form_again(staff_id, typed, wrong))


@blueprint.post("/desk/staff/<int:staff_id>/password")
def reset_password(staff_id: int) -> ResponseReturnValue:
    """Give somebody a first password again, and show it once."""
    card, tap, keys = _card(staff_id), operation(), house().keys
    secret = passwords.drawn_password(keys, tap)
    hashed = house().aside(lambda: passwords.hash_password(keys, secret, username=card.username or ""))
    service.reset_password(house().door, tap, staff_id=staff_id, password=hashed)
    return _secret(staff_id, secret)


@blueprint.post("/desk/staff/<int:staff_id>/pin")
def reset_pin(staff_id: int) -> ResponseReturnValue:
    """Give an attendant a new PIN, and show it once."""
    tap, keys = operation(), house().keys
    secret = passwords.drawn_pin(keys, tap)
    hashed = house().aside(lambda: passwords.hash_pin(keys, secret))
    service.reset_pin(house().door, tap, staff_id=staff_id, pin=hashed)
    return _secret(staff_id, secret)


@blueprint.post("/desk/staff/<int:staff_id>/leave")
def deactivate_staff(staff_id: int) -> ResponseReturnValue:
    """Let somebody go: logins end at once, the name stays where it stands."""

    def act() -> str:
        return done("staff", service.deactivate(house().door, operation(), staff_id=staff_id), of=staff_id)

    return answer(act, lambda wrong: _form_again(staff_id, None, wrong))


@blueprint.post("/desk/staff/<int:staff_id>/return")
def reactivate_staff(staff_id: int) -> ResponseReturnValue:
    """Take back that somebody was let go."""

    def act() -> str:
        return done("staff", service.reactivate(house().door, operation(), staff_id=staff_id))

    return answer(act, lambda wrong: _form_again(staff_id, None, wrong))


def _form_again(staff_id: int, typed: dict[str, str] | None, wrong: Faults) -> str:
    card = _card(staff_id)
    # After a conflict the form shows how it stands now; after a wrong field what was typed.
    return _form(card, typed if typed and wrong.fields else _as_typed(card), wrong)


def _form(card: StaffCard | None, typed: dict[str, str], wrong: Faults) -> str:
    return render_template("desk/staff_member.html", card=card, typed=typed, faults=wrong)


def _as_typed(card: StaffCard) -> dict[str, str]:
    return {"name": card.name, "username": card.username or "", "role": card.role.value, "version": str(card.version)}


def _secret(staff_id: int, secret: str) -> Response:
    return make_response(render_template("desk/staff_secret.html", card=_card(staff_id), secret=secret))


def _card(staff_id: int) -> StaffCard:
    with house().door.reading() as session:
        card = queries.staff_card(session, staff_id)
    if card is None:
        raise NotFound("staff_unknown")
    return card

"""``yingbin staff``: the first administrator, and what he does without a screen."""

from __future__ import annotations

import click

from server.cli import main, stop, telling
from server.cli.opening import opened
from server.db.operations import Operation
from server.domain.staff import passwords, queries, service
from server.domain.staff.rules import Role


@main.group()
def staff() -> None:
    """Add and list staff, reset passwords and PINs."""


@staff.command()
@click.option("--name", required=True, help="the person's name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="what the person may do")
@click.option("--username", default="", help="login at the desk (attendants have a PIN instead)")
@telling
def add(name: str, role: str, username: str) -> None:
    """Add a member of staff; the first password or PIN is printed once."""
    with opened() as door:
        operation = Operation.internal("cli staff add")
        if role == Role.ATTENDANT:
            secret = passwords.drawn_pin(door.keys, operation)
            service.add_staff(door, operation, name=name, role=role, pin=passwords.hash_pin(door.keys, secret))
        else:
            secret = passwords.drawn_password(door.keys, operation)
            hashed = passwords.hash_password(door.keys, secret, username=username)
            service.add_staff(door, operation, name=name, username=username, role=role, password=hashed)
        click.echo(f"{name}: {secret}")


@staff.command(name="list")
def list_staff() -> None:
    """List everybody with role and login."""
    with opened() as door, door.reading() as session:
        for card in queries.staff_list(session):
            click.echo(f"{card.id:>4}  {card.role:<10}  {card.username or '-':<16}  {card.name}{'' if card.active else '  (inactive)'}")


@staff.command(name="reset-pin")
@click.argument("staff_id", type=int)
@telling
def reset_pin(staff_id: int) -> None:
    """Give an attendant a new PIN; it is printed once."""
    with opened() as door:
        operation = Operation.internal("cli staff reset-pin")
        pin = passwords.drawn_pin(door.keys, operation)
        service.reset_pin(door, operation, staff_id=staff_id, pin=passwords.hash_pin(door.keys, pin))
        click.echo(pin)


@staff.command(name="reset-password")
@click.argument("username")
@telling
def reset_password(username: str) -> None:
    """Give somebody with a login a new password; it is printed once and must be changed at the next login."""
    with opened() as door:
        with door.reading() as session:
            found = [card for card in queries.staff_list(session) if (card.username or "").casefold() == username.casefold()]
        if not found:
            stop(f"There is no login {username!r}.")
        operation = Operation.internal("cli staff reset-password")
        password = passwords.drawn_password(door.keys, operation)
        hashed = passwords.hash_password(door.keys, password, username=username)
        service.reset_password(door, operation, staff_id=found[0].id, password=hashed)
        click.echo(password)

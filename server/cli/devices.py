"""``yingbin device``: list, approve and revoke screens without a screen."""

from __future__ import annotations

import click

from server.cli import main, telling
from server.cli.opening import opened
from server.db.operations import Operation
from server.domain.devices import queries, service
from server.domain.devices.rules import DeviceRole


@main.group()
def device() -> None:
    """List, approve and revoke kiosks, tablets, boards and door signs."""


@device.command(name="list")
@click.option("--revoked", is_flag=True, help="the revoked ones too")
def list_devices(revoked: bool) -> None:
    """List the devices."""
    with opened() as door, door.reading() as session:
        for card in queries.devices(session, revoked=revoked):
            ended = "  (revoked)" if card.revoked_at else ""
            seen = card.seen_at.isoformat(timespec="seconds") if card.seen_at else "never"
            click.echo(f"{card.id:>4}  {card.role:<7}  {card.gate or '-':<6}  {card.name:<24}  last heard {seen}{ended}")


@device.command()
@click.argument("code")
@click.option("--role", required=True, type=click.Choice([role.value for role in DeviceRole]), help="the face it shows")
@click.option("--name", required=True, help="what the desk calls it")
@click.option("--gate", default="", help="the gate it stands at")
@click.option("--place", default="", help="where it stands")
@telling
def approve(code: str, role: str, name: str, gate: str, place: str) -> None:
    """Approve the device that shows CODE."""
    with opened() as door:
        outcome = service.approve_pairing(
            door, Operation.internal("cli device approve"), code=code, role=role, name=name, gate=gate, place=place
        )
        click.echo(f"Device {outcome.ids['device']} is enrolled.")


@device.command()
@click.argument("device_id", type=int)
@telling
def revoke(device_id: int) -> None:
    """Revoke a device; its sockets are cut within two seconds."""
    with opened() as door:
        service.revoke_device(door, Operation.internal("cli device revoke"), device_id=device_id)
        click.echo(f"Device {device_id} is revoked.")

"""``yingbin backup``, ``restore``, ``verify``, ``doctor`` and ``retention``: keeping a house whole."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from server import schema
from server.cli import main, read_settings, stop, telling
from server.cli.opening import opened
from server.db import audit, backup, outbox
from server.db.engine import open_engines
from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.events import DatabaseRestored

NOT_HERE = "This house keeps its data in PostgreSQL: use pg_dump and pg_restore, and keep a copy of the key file."


@main.command(name="backup")
@click.argument("target", type=click.Path(path_type=Path))
def make_backup(target: Path) -> None:
    """Copy database and key to the folder TARGET while the house goes on. Keep it as safe as the house itself."""
    with opened() as door:
        if not door.engines.is_sqlite:
            stop(NOT_HERE)
        stamp = door.clock.now().strftime("%Y%m%dT%H%M%SZ")
        folder = target / f"yingbin-{stamp}"
        folder.mkdir(parents=True, exist_ok=False)
        folder.chmod(0o700)
        backup.copy_database(door.engines.read, folder / "yingbin.sqlite3")
        shutil.copy2(door.settings.key_file, folder / "secret.key")
        click.echo(str(folder))


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify(folder: Path) -> None:
    """Check a backup: whole pages, true references, an unbroken chain of facts."""
    copy = folder / "yingbin.sqlite3"
    if not copy.exists():
        stop(f"There is no backup in {folder}.")
    try:
        backup.check_file(copy)
    except backup.DamagedBackup as damage:
        stop(str(damage))
    engines = open_engines(f"sqlite:///{copy.absolute()}")
    try:
        from sqlmodel import Session

        with Session(engines.read) as session:
            broken, head = audit.first_break(session), outbox.head(session)
    finally:
        engines.dispose()
    if broken is not None:
        stop(f"The chain of facts breaks at number {broken.number}: {broken.why}.")
    click.echo(f"The backup is whole: {head} facts, chain unbroken.")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Put a backup into an empty data folder. Stop the server first; an existing database is never overwritten."""
    settings = read_settings()
    if settings.database_url:
        stop(NOT_HERE)
    target = settings.data / "yingbin.sqlite3"
    if target.exists():
        stop(f"{target} exists. Move it away first; a restore never overwrites.")
    backup.check_file(folder / "yingbin.sqlite3")
    settings.data.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / "yingbin.sqlite3", target)
    if not settings.key_file.exists():
        shutil.copy2(folder / "secret.key", settings.key_file)
        settings.key_file.chmod(0o600)
    schema.migrate(settings.database)
    with opened() as door:
        note_restored(door, Operation.internal("cli restore"))
    click.echo("Restored. Screens take everything anew when the server starts.")


@command
def note_restored(tx: Unit) -> Outcome:
    """Record that history goes on from a backup, so that screens with newer numbers start anew."""
    tx.record(DatabaseRestored(from_number=outbox.head(tx.session)))
    return Outcome(code="restored")


@main.command()
@click.option("--invariants", is_flag=True, help="also walk every fact and every visit")
def doctor(invariants: bool) -> None:
    """Check this house: key, schema, disk, pages; with --invariants everything that must always hold."""
    with opened() as door:
        faults = list(_findings(door, invariants))
    for fault in faults:
        click.echo(f"WRONG  {fault}", err=True)
    click.echo(f"{'invariants' if invariants else 'checks'}: {len(faults)} wrong")
    sys.exit(1 if faults else 0)


def _findings(door: Door, invariants: bool) -> list[str]:
    faults = []
    if door.engines.is_sqlite:
        try:
            backup.check_file(door.settings.data / "yingbin.sqlite3")
        except backup.DamagedBackup as damage:
            faults.append(str(damage))
    if shutil.disk_usage(door.settings.data).free < 200 * 1024 * 1024:
        faults.append("less than 200 MB of disk are free")
    if invariants:
        with door.reading() as session:
            broken = audit.first_break(session)
        if broken is not None:
            faults.append(f"the chain of facts breaks at number {broken.number}: {broken.why}")
    return faults


@main.group()
def retention() -> None:
    """Personal data whose time has passed."""


@retention.command(name="run")
@telling
def run_retention() -> None:
    """Make anonymous what is past its time, now instead of tonight."""
    from server.domain.visits import service

    with opened() as door:
        outcome = service.anonymise_old(door, Operation.internal("cli retention"))
        click.echo(f"{outcome.code}: {dict(outcome.ids)}")

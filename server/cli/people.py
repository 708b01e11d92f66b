"""``yingbin import-people``: tenants and hosts from a file, with the same preview as at the desk."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli import main, telling
from server.cli.opening import opened
from server.db.operations import Operation
from server.domain.people import queries, service, sheets


@main.command(name="import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="show what would change and change nothing")
@telling
def import_people(file: Path, dry_run: bool) -> None:
    """Import tenants and hosts from FILE (.xlsx, .xls, .csv). Rows with faults are named and left out."""
    with opened() as door:
        sheet = sheets.read(file.read_bytes(), file.name)
        kept = service.keep_import(door, Operation.internal("cli import-people"), sheet=sheet)
        import_id = int(str(kept.ids["import"]))
        with door.reading() as session:
            preview = queries.import_preview(session, import_id)
        ending = " (nothing was written)" if dry_run else ""
        for row in preview.rows:
            for fault in row.faults:
                click.echo(f"row {row.number}, column {fault.column}: {fault.code}", err=True)
        if dry_run:
            service.withdraw_import(door, Operation.internal("cli import-people"), import_id=import_id)
        else:
            service.commit_import(door, Operation.internal("cli import-people"), import_id=import_id)
        click.echo(f"added {preview.added}, changed {preview.changed}, same {preview.same}, faulty {preview.faulty}{ending}")

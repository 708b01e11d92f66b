"""``yingbin import-schedule``: a weekly schedule from a file, with the same preview as at the desk, in both languages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from server.cli import main, stop, telling
from server.cli.opening import opened
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.meetings import service, sheets
from server.domain.meetings.queries import importing
from server.domain.meetings.queries.importing import Preview, RowKind
from server.errors import BadInput, Fact

ROUTE = "cli import-schedule"
MOST_FAULTS = 200
"""Faults that are told one by one."""


@main.command(name="import-schedule")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", "-y", is_flag=True, help="carry it out without asking")
@click.option("--dry-run", is_flag=True, help="show what would change and change nothing")
@telling
def import_schedule(file: Path, *, yes: bool, dry_run: bool) -> None:
    """Import the meetings of a weekly schedule from FILE (.xlsx, .xls, .ics).

    Shows what would be registered, changed and cancelled, and what is faulty; asks; then carries it out, while the house goes on. The same
    schedule again changes nothing. Faulty rows are named by sheet, row and cell and left out: the exit status is 0 then too, and their
    number stands in the last line. A file that is no schedule ends with status 2.
    """
    with opened() as door:
        import_id = _keep(door, file)
        with door.reading() as session:
            preview = importing.preview(session, import_id, door.clock.now())
        _show(preview)
        if dry_run or not _is_wanted(preview, yes=yes):
            service.withdraw_schedule(door, Operation.internal(ROUTE), import_id=import_id)
            click.echo("Nothing was written. 未写入任何内容。")
            return
        _show_done(_carry_out(door, import_id, preview.kept.total))


def _keep(door: Door, file: Path) -> int:
    from server.web import schedules

    try:
        site = schedules.site_at(door.clock.now(), door.settings.zone)
        read = sheets.read(file.read_bytes(), file.name, site=site)
        kept = service.keep_schedule(door, Operation.internal(ROUTE), schedule=read, filename=file.name)
    except BadInput as refusal:
        stop(f"{file.name}: {_both()(schedules.file_sentence(refusal.code))}")
    return int(kept.ids["import"] or 0)


def _show(preview: Preview) -> None:
    from server.web import schedules

    both = _both()
    click.echo(f"{preview.kept.filename}: {preview.kept.total} rows 行")
    for kind, (words, _) in schedules.COUNTED.items():
        if preview.counts[RowKind(kind)]:
            click.echo(f"{preview.counts[RowKind(kind)]:>7}  {both(str(words))}")
    if preview.passed_over:
        click.echo(f"Sheets passed over 已略过工作表: {', '.join(preview.passed_over)}")
    faults = [(one, fault) for one in preview.rows for fault in one.faults]
    for one, fault in faults[:MOST_FAULTS]:
        sheet = f"{one.row.sheet}, " if one.row.sheet else ""
        where = f"{sheet}row 行 {one.row.number}, {schedules.place(one, fault)}"
        click.echo(f"{where}: {both(schedules.fault_sentence(fault))}", err=True)
    if len(faults) > MOST_FAULTS:
        click.echo(f"… {len(faults) - MOST_FAULTS} more 其余 {len(faults) - MOST_FAULTS} 处", err=True)


def _is_wanted(preview: Preview, *, yes: bool) -> bool:
    if not any(preview.counts[kind] for kind in (RowKind.ADDED, RowKind.CHANGED, RowKind.CANCELLED)):
        return False
    if yes:
        return True
    try:
        return click.confirm("Carry it out? 导入吗？")
    except click.Abort:
        return False


def _carry_out(door: Door, import_id: int, total: int) -> Mapping[str, Fact]:
    done = 0
    with click.progressbar(length=total, label="Carrying out 导入", file=sys.stderr) as bar:
        while True:
            outcome = service.commit_schedule(door, Operation.internal(ROUTE), import_id=import_id)
            bar.update(int(outcome.ids["taken"] or 0) - done)
            done = int(outcome.ids["taken"] or 0)
            if outcome.code == "schedule_done":
                return outcome.ids


def _show_done(counts: Mapping[str, Fact]) -> None:
    told = ", ".join(f"{kind.value} {counts[kind.value]}" for kind in RowKind)
    click.echo(f"Carried out 已导入: {told}")


def _both() -> Callable[[str], str]:
    from server.web.translate import chinese

    in_chinese = chinese()
    return lambda english: f"{in_chinese(english)} {english}"

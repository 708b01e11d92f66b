"""``yingbin import-schedule`` (S112): looked at in both languages, asked, carried out while the house goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlmodel import col, func, select

from server.app import create_app
from server.cli import main
from server.clock import Clock
from server.config import Settings
from server.db.transaction import Door
from server.domain.meetings.queries import importing
from server.domain.meetings.tables import Meeting
from tests.domain.meetings.schedules import FAULTY_ROWS, ROOMS, weekly_workbook
from tests.factories import make_attendant, make_room
from tests.live.screen import Screen
from tests.services.house import LiveHouse

Run = Callable[..., Result]

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is tried here is the command; the verbs behind it are proved on both databases."""


def next_monday(door: Door) -> date:
    today = door.clock.now().astimezone(door.settings.zone).date()
    return today + timedelta(days=7 - today.weekday())


def furnish(door: Door) -> None:
    for name in ROOMS:
        make_room(door, name=name, capacity=200)
    make_attendant(door, name="李敏")


def environment(settings: Settings) -> dict[str, str]:
    return {"YINGBIN_DATA": str(settings.data), "YINGBIN_MODE": "test", "YINGBIN_TEST_CLOCK": str(settings.data / "clock")}


@pytest.fixture
def run(door: Door, settings: Settings) -> Run:
    """Run the command in a house with the schedule's rooms, on the schedule of a week to come."""
    furnish(door)
    turned = door.clock.now() - Clock().now()
    (settings.data / "clock").write_text(str(turned.total_seconds()), encoding="ascii")
    file = settings.data / "week.xlsx"
    file.write_bytes(weekly_workbook(next_monday(door)))
    return lambda *words, **more: CliRunner().invoke(main, ["import-schedule", str(file), *words], env=environment(settings), **more)


def meetings(door: Door) -> int:
    with door.reading() as session:
        return session.exec(select(func.count(col(Meeting.id)))).one()


@ONCE
def test_it_shows_in_both_languages_what_would_change_and_asks_first(run: Run, door: Door) -> None:
    asked = run(input="n\n")
    assert (asked.exit_code, meetings(door)) == (0, 0)
    assert "10 rows 行" in asked.stdout
    assert "将新增 new meetings" in asked.stdout
    assert "填写说明" in asked.stdout
    assert "一号楼, row 行 8, E8: 此项为空。 Nothing stands here." in asked.stderr
    assert "Nothing was written" in asked.stdout
    with door.reading() as session:
        assert importing.kept_schedules(session) == ()


@ONCE
def test_yes_carries_it_out_leaves_the_faulty_rows_out_and_a_second_time_changes_nothing(run: Run, door: Door) -> None:
    done = run("--yes")
    assert (done.exit_code, meetings(door)) == (0, 6)
    assert f"added 6, changed 0, same 1, cancelled 0, over 0, faulty {FAULTY_ROWS}" in done.stdout
    again = run("--yes")
    assert (again.exit_code, meetings(door)) == (0, 6)
    assert "Nothing was written" in again.stdout


@ONCE
def test_a_dry_run_changes_nothing_and_nobody_to_ask_means_no(run: Run, door: Door) -> None:
    for result in (run("--dry-run", "--yes"), run(input="")):
        assert (result.exit_code, meetings(door)) == (0, 0)
        assert "Nothing was written" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("week.pdf", b"%PDF", "a calendar (.ics), please"),
        ("week.xlsx", b"no workbook", "This file cannot be read"),
        ("week.ics", b"", "文件中没有会议"),
    ],
)
@ONCE
def test_a_file_that_is_no_schedule_ends_with_status_2_and_says_why(
    run: Run, settings: Settings, name: str, content: bytes, said: str
) -> None:
    file = settings.data / f"bad-{name}"
    file.write_bytes(content)
    result = CliRunner().invoke(main, ["import-schedule", str(file), "--yes"], env=environment(settings))
    assert result.exit_code == 2
    assert said in result.stderr


def test_it_runs_beside_the_server_and_the_screens_show_it(serve: Callable[..., LiveHouse]) -> None:
    house = serve("sqlite")
    furnish(house.door)
    monday = next_monday(house.door)
    own = create_app(house.settings, keys=house.keys).extensions["yingbin"]
    region = f"desk.meetings:{monday:%Y%m%d}"
    screen = Screen(house.settings.port, own.live.make_ticket(face="desk", subject="test", regions=[region], with_cookie=False))
    screen.watch((region, 0))
    file = house.settings.data / "week.xlsx"
    file.write_bytes(weekly_workbook(monday))
    result = CliRunner().invoke(main, ["import-schedule", str(file), "--yes"], env=environment(house.settings))
    assert result.exit_code == 0, result.output
    assert screen.wait_for("周例会")["id"] == region
    screen.close()
    own.door.engines.dispose()

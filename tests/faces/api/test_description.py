"""Every endpoint against its own description: some hundred drawn requests, sound and wrong, at a running server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from server.domain.meetings.tables import Meeting
from server.domain.visits.tables import Invitation
from tests.architecture.source import ROOT
from tests.faces.api.stage import make_token
from tests.factories import make_attendant, make_host, make_meeting, make_room
from tests.services.house import LiveHouse

CONFIG = Path(__file__).with_name("schemathesis.toml")
DRAWN = "10"
"""Requests drawn for each endpoint, beside those that cover each constraint of each field: the same ones each time."""


@pytest.mark.slow
def test_every_endpoint_does_what_the_description_says(serve: Callable[..., LiveHouse], tmp_path: Path) -> None:
    house = serve("sqlite", api_per_minute="100000")
    for name in ("301", "302"):
        make_room(house.door, name=name, capacity=200)
    make_attendant(house.door)
    make_host(house.door, name="曾静怡")
    for hours in (3, 6, 9):
        make_meeting(house.door, begins=timedelta(hours=hours))
    _, secret = make_token(house.door)
    words = ("--header", f"Authorization: Bearer {secret}", "--seed", "1", "--max-examples", DRAWN, "--phases", "examples,coverage,fuzzing")
    program = str(Path(sys.executable).with_name("schemathesis"))
    tried = subprocess.run(
        [program, "--config-file", str(CONFIG), "run", f"{house.base_url}/api/openapi.json", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout[-6000:] + tried.stderr[-2000:]
    with house.door.reading() as session:
        registered = session.exec(select(func.count(col(Meeting.id))).where(Meeting.source == "api")).one()
        invited = session.exec(select(func.count(col(Invitation.id)))).one()
    assert registered, "no meeting that was drawn was possible"
    assert invited, "no invitation that was drawn was possible"

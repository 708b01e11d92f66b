"""Security floors: below these versions something is known to be wrong."""

from __future__ import annotations

from importlib.metadata import version

import pysqlite3
import pytest
from packaging.version import Version

FLOORS = {
    # Earlier ones handle events before the connect handler has decided.
    "python-socketio": "5.18.1",
    "python-engineio": "4.15.1",
    "flask-socketio": "5.7.0",
    "simple-websocket": "1.1.0",
    "flask": "3.1.3",
    # From here on instants are aware and naive ones raise.
    "sqlmodel": "0.0.45",
    "sqlalchemy": "2.1",
    "alembic": "1.20",
    "pysqlite3": "0.6.1",
    # Entity bombs in Excel files.
    "defusedxml": "0.7.1",
    "openpyxl": "3.1",
    "python-calamine": "0.9",
    "flask-babel": "4.0",
    "qrcode": "8.2",
}


@pytest.mark.parametrize("name", FLOORS)
def test_no_library_is_below_its_security_floor(name: str) -> None:
    assert Version(version(name)) >= Version(FLOORS[name])


def test_sqlite_is_past_the_race_on_its_write_ahead_log() -> None:
    assert pysqlite3.sqlite_version_info >= (3, 51, 3)

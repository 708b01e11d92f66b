"""The lobby of the kiosk's tests."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server.web.house import House
from tests.kiosk.stage import Lobby


@pytest.fixture
def lobby(house: House, client: FlaskClient) -> Lobby:
    """One kiosk at gate A, a host and a colleague."""
    return Lobby(house=house, client=client)

"""The lobby of the phone's tests."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server.web.house import House
from tests.faces.phone.stage import Lobby


@pytest.fixture
def lobby(house: House, client: FlaskClient) -> Lobby:
    """A host, a colleague and a stranger, and one phone."""
    return Lobby(house=house, client=client)

"""Clients that are not ours speak to the wire: python-socketio's here, the official JavaScript one in ``test_page.py``."""

from __future__ import annotations

import queue
from typing import Any

import pytest
import socketio

from tests.live.stage import Stage


@pytest.fixture
def client() -> Any:
    client = socketio.Client(reconnection=False)
    yield client
    client.disconnect()


def connect(client: Any, stage: Stage) -> queue.Queue[dict[str, Any]]:
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    client.on("region", heard.put)
    address = f"http://127.0.0.1:{stage.settings.port}"
    client.connect(f"{address}?ticket={stage.ticket()}", transports=["websocket"], wait_timeout=5)
    return heard


def test_python_socketio_watches_and_hears(stage: Stage, client: Any) -> None:
    heard = connect(client, stage)
    answer = client.call("watch", {"epoch": None, "lang": "en", "regions": [["stage.calls", -1]]}, timeout=5)
    assert answer["epoch"] == stage.live.epoch()
    assert "<b>0</b> calls" in heard.get(timeout=5)["html"]
    stage.call()
    while "<b>1</b> calls" not in (region := heard.get(timeout=5))["html"]:
        pass
    assert region["rev"] == 1


def test_python_socketio_may_not_poll(stage: Stage, client: Any) -> None:
    address = f"http://127.0.0.1:{stage.settings.port}?ticket={stage.ticket()}"
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(address, transports=["polling"], wait_timeout=5)


def test_an_event_or_a_namespace_we_do_not_know_is_no_command(stage: Stage, client: Any) -> None:
    heard = connect(client, stage)
    client.emit("region", {"id": "stage.calls", "html": "<b>99</b>"})
    client.emit("sign_in", {"name": "x"})
    client.call("watch", {"epoch": None, "lang": "en", "regions": [["stage.calls", -1]]}, timeout=5)
    assert "<b>0</b>" in heard.get(timeout=5)["html"]

"""``yingbin demo``: from an empty folder to a park that answers, and again with the data kept."""

from __future__ import annotations

import json
import os
import sys
from datetime import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from server.cli import main
from server.cli.demo import demo_settings
from server.config import Settings
from server.demo.handout import in_blocks
from tests.services.process import Server, accepts_connections, free_port


@pytest.mark.slow
def test_a_start_from_nothing_and_a_second_one_that_keeps_the_data(tmp_path: Path) -> None:
    port, data, log = free_port(), tmp_path / "park", tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    environment |= {"YINGBIN_DATA": str(data), "YINGBIN_PORT": str(port)}
    command = [str(Path(sys.executable).with_name("yingbin")), "demo"]
    kept = []
    for _ in range(2):
        server = Server(command, log=log, environment=environment)
        try:
            server.wait_until(lambda: accepts_connections(port))
            held = json.loads((data / "demo.json").read_text(encoding="utf-8"))
            assert held["base_url"] == f"http://127.0.0.1:{port}"
            with urlopen(held["invitations"][0]["qr"]) as answer:
                assert answer.status == 200
            with urlopen(held["enrol"]["kiosk"][0]) as answer:
                assert answer.status == 200
            kept.append((held["desk"], held["hosts"]))
        finally:
            server.stop()
    assert kept[0] == kept[1]
    told = log.read_text(encoding="utf-8")
    for words in ("自助机 kiosk", "会议室页 room", "前台登录", "服务员 PIN", kept[0][0]["password"], "Ctrl-C"):
        assert words in told


def test_a_busy_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {"YINGBIN_PORT": str(taken.getsockname()[1]), "YINGBIN_DATA": str(tmp_path / "park")}
        result = CliRunner().invoke(main, ["demo"], env=environment)
    assert result.exit_code == 2
    assert "PORT=" in result.output
    assert not (tmp_path / "park").exists()


def test_a_loopback_demo_needs_no_basic_mode() -> None:
    settings = demo_settings(Settings(port=8080))
    assert (settings.mode, settings.basic_mode, settings.allowed_origins[0]) == ("demo", False, "http://127.0.0.1:8080")
    assert settings.sweep_at.hour == 4


def test_an_address_of_the_network_is_where_codes_lead() -> None:
    settings = demo_settings(Settings(host="192.168.7.5", port=8080))
    assert settings.basic_mode
    assert settings.allowed_origins[0] == "http://192.168.7.5:8080"
    assert "http://127.0.0.1:8080" in settings.allowed_origins


def test_every_address_is_one_that_people_can_reach() -> None:
    settings = demo_settings(Settings(host="0.0.0.0", port=8080))
    assert "0.0.0.0" not in settings.allowed_origins[0]


def test_what_was_set_stays() -> None:
    settings = demo_settings(Settings(sweep_at=time(21), host="192.168.7.5", origins=("https://park.example",)))
    assert settings.sweep_at.hour == 21
    assert settings.origins == ("https://park.example",)


@pytest.mark.parametrize("text", ["HTTP://192.168.7.5:8080/V/ABCDEFGHIJKLMNOPQRSTUVWXYZ2", "A"])
def test_the_code_in_the_terminal_is_the_whole_code(text: str) -> None:
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    code.make(fit=True)
    drawn: list[list[bool]] = []
    for line in in_blocks(text):
        drawn.append([letter in "▄ " for letter in line[2:]])
        drawn.append([letter in "▀ " for letter in line[2:]])
    matrix = code.get_matrix()
    assert drawn[: len(matrix)] == matrix

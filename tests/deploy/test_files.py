"""The files of deploy/ name only what there is: settings, commands, pages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import redis

from server.cli import main
from server.config import Settings
from server.live.hints import CHANNEL
from tests.architecture.source import ROOT, files
from tests.services.redis import Redis

DEPLOY = ROOT / "deploy"
TEXTS = [path for path in files() if path.parts[0] == "deploy" and "locks" not in path.parts]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_setting_that_deploy_names_is_one() -> None:
    named = {(path, word) for path in TEXTS for word in re.findall(r"YINGBIN_([A-Z][A-Z_]*)", read(path))}
    known = {name.upper() for name in Settings.model_fields} | {"CONFIG"}
    assert not [f"{path}: YINGBIN_{word}" for path, word in named if word not in known]


def test_every_command_that_deploy_names_is_one() -> None:
    named = {(path, word) for path in TEXTS for word in re.findall(r"(?:bin/|`|&& |exec )yingbin ([a-z][a-z-]*)", read(path))}
    assert not [f"{path}: yingbin {word}" for path, word in named if word not in main.commands]


def test_the_settings_of_a_park_are_accepted_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGBIN_CONFIG", str(DEPLOY / "yingbin.toml"))
    settings = Settings()
    assert settings.mode == "production"
    assert settings.is_https
    assert settings.site_name == "望江产业园"


def test_the_kiosk_browser_opens_the_house_and_nothing_else() -> None:
    policy = json.loads(read(Path("deploy/kiosk/chromium-policy.json")))
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == policy["VideoCaptureAllowedUrls"] == policy["AutoplayAllowlist"]
    assert policy["RestoreOnStartupURLs"][0].startswith(policy["URLAllowlist"][0])


def test_the_scaled_set_ups_redis_takes_our_hints_and_nothing_else(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "compose/secrets.sh", tmp_path)
    subprocess.run([tmp_path / "secrets.sh"], check=True, capture_output=True)
    made = (tmp_path / "secrets.env").read_text(encoding="ascii")
    server = Redis(tmp_path / "log", aclfile=str(tmp_path / "users.acl"))
    address = re.sub(r"@redis:6379", f"@127.0.0.1:{server.port}", re.findall(r"YINGBIN_REDIS_URL=(.*)", made)[0])
    try:
        with redis.Redis.from_url(address, socket_timeout=5) as house, house.pubsub() as channel:
            channel.subscribe(CHANNEL)
            assert house.publish(CHANNEL, "hint") == 1
            for forbidden in (
                ["SET", "a", "b"],
                ["EVAL", "return 1", "0"],
                ["CONFIG", "GET", "*"],
                ["PUBLISH", "other", "x"],
                ["KEYS", "*"],
            ):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    house.execute_command(*forbidden)
        with redis.Redis.from_url(server.url) as stranger, pytest.raises(redis.exceptions.AuthenticationError):
            stranger.ping()
    finally:
        server.stop()


def test_secrets_of_the_scaled_set_up_are_never_made_twice(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "compose/secrets.sh", tmp_path)
    subprocess.run([tmp_path / "secrets.sh"], check=True, capture_output=True)
    first = (tmp_path / "secrets.env").read_bytes()
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0
    assert subprocess.run([tmp_path / "secrets.sh"], check=False, capture_output=True).returncode == 1
    assert (tmp_path / "secrets.env").read_bytes() == first

"""The files of deploy/ name only what there is: settings, commands, pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from server.cli import main
from server.config import Settings
from tests.architecture.source import ROOT, files

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

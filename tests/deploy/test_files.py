"""The files of deploy/ name only what there is: settings, commands, pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pysqlite3
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


def test_a_backup_is_a_sound_copy_and_old_ones_go(migrated_sqlite: Path, tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "copies"
    data.mkdir()
    target.mkdir()
    (data / "yingbin.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    for age in range(3):
        (target / f"yingbin-2020010{age + 1}T000000Z.sqlite3").touch()
    copy = Path(take_backup(data, target, keep=2))
    assert {path.name for path in target.iterdir()} == {copy.name, "yingbin-20200103T000000Z.sqlite3"}
    with pysqlite3.connect(copy) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert copy.stat().st_mode & 0o077 == 0


def test_a_backup_of_nothing_fails_and_leaves_no_copy(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        take_backup(tmp_path, tmp_path / "copies", keep=2)
    assert not list((tmp_path / "copies").iterdir())


def take_backup(data: Path, target: Path, *, keep: int) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    command = [str(DEPLOY / "backup.sh"), str(data), str(target), str(keep)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

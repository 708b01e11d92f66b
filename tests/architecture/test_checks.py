"""What `make check` asks, asked by `make test` too: format, lint, types, and who imports whom."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from server.schema import SUBJECTS
from tests.architecture.source import ROOT

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
}


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_the_source_passes_the_check_for(check: str) -> None:
    program, *words = CHECKS[check]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_import_contracts_know_every_subject_in_its_order() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts["subjects"]["layers"] == list(reversed(SUBJECTS))
    assert contracts["subject"]["containers"] == [f"server.domain.{name}" for name in reversed(SUBJECTS)]

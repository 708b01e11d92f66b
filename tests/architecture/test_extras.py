"""A house on SQLite with one worker needs none of the extras."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from tests.architecture.source import ROOT

WITHOUT = """
import sys
for name in sys.argv[1:]:
    sys.modules[name] = None  # an import of it fails now as if it were not installed
import server.app, server.cli, server.wsgi
from importlib import import_module
for package in server.app.FACES.values():
    import_module(f"{package}.routes"), import_module(f"{package}.regions")
"""
OPTIONAL = ("redis", "psycopg", "apprise", "pysnmp", "pyipp", "pytest", "playwright", "requests", "hypothesis")


def test_the_house_can_be_imported_without_any_extra() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, *OPTIONAL], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_extra_hides_among_the_runtime_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = {line.split("==")[0].split("[")[0] for line in project["dependencies"]}
    assert runtime.isdisjoint(OPTIONAL)

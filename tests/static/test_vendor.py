"""Vendored files are the released ones, whole, with their licences; and the bar-code reader's two halves fit each other."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static/vendor"
VERSIONS = (VENDOR / "VERSIONS").read_text(encoding="utf-8")


def _listed() -> dict[str, str]:
    return {name: digest for digest, name in re.findall(r"^  ([0-9a-f]{64})  (\S+)$", VERSIONS, re.MULTILINE)}


def _digest(name: str) -> str:
    return hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()


def test_every_file_has_the_digest_that_is_written_down() -> None:
    assert {name: _digest(name) for name in _listed()} == _listed()


def test_no_file_is_there_that_is_not_written_down() -> None:
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there - {"VERSIONS"} == set(_listed())


def test_every_package_says_its_version_and_brings_its_licence() -> None:
    packages = re.findall(r"^(\S+) (\d+\.\d+\.\d+) \((.+)\)$", VERSIONS, re.MULTILINE)
    folders = {name.split("/")[0] for name in _listed()}
    assert len(packages) == len(folders)
    assert all((VENDOR / folder / "LICENSE").is_file() for folder in folders)


def test_the_reader_of_bar_codes_gets_the_webassembly_it_was_built_with() -> None:
    wanted = re.findall(r"\b[0-9a-f]{64}\b", (VENDOR / "barcode-detector/zxing-exported.js").read_text(encoding="utf-8"))
    assert wanted == [_digest("zxing-wasm/zxing_reader.wasm")]

"""What lies where, and what must never be written down."""

from __future__ import annotations

import json
import re
from pathlib import Path

from server.config import Settings
from tests.architecture.source import ROOT, files, text_files

TOP_LEVEL = {
    *("kiosk", "floor_tablet", "server", "static", "tests", "deploy", "docs"),
    *("pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "LICENSE", ".ci", ".gitignore"),
}
DOCUMENTS = [path for path in files() if path.suffix == ".md" and path.parts[0] != "static"]
# Put together here, so that this file does not hold what it looks for.
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "npm" + "mirror", "deb." + "debian", "index" + "-url")
VENDORED = ("static", "vendor")
"""Others' programs: they may name a home of a virtual file system of their own."""
MACHINE_PATHS = ("/" + "work/", "/" + "root/", "/" + "home/", "/tmp/" + "y/", "/opt/" + "pypi", "/opt/" + "wheels", "/tmp/" + "bash_jobs")


def test_the_top_of_the_tree_is_the_one_agreed() -> None:
    assert {path.parts[0] for path in files()} - TOP_LEVEL == set()


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    named = [
        f"{path}:{number} {word}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        for word in (REGISTRIES if path.parts[:2] == VENDORED else (*REGISTRIES, *MACHINE_PATHS))
        if word in line
    ]
    assert not named


def test_a_python_lock_holds_versions_and_hashes_and_no_address() -> None:
    for name in ("run.txt", "scale.txt", "test.txt"):
        text = (ROOT / "deploy/locks" / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)
        for requirement in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", requirement), requirement
            assert "--hash=sha256:" in requirement, requirement


def test_an_npm_lock_holds_versions_and_hashes_and_no_address() -> None:
    for lock in (path for path in files() if path.name == "package-lock.json"):
        packages = json.loads((ROOT / lock).read_text(encoding="utf-8"))["packages"]
        for name, package in packages.items():
            assert "resolved" not in package, f"{lock}: {name}"
            assert name == "" or "integrity" in package, f"{lock}: {name}"


def test_every_dependency_is_pinned_in_the_lock() -> None:
    locked = (ROOT / "deploy/locks/run.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    block = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("dependencies = [")[1].split("\n]")[0]
    for name, version in re.findall(r'^\s+"([a-z0-9_-]+)(?:\[[a-z]+\])?==([^"]+)"', block, re.MULTILINE):
        assert re.search(rf"^{name.replace('_', '-')}(\[[a-z]+\])?=={re.escape(version)} ", locked, re.MULTILINE), name


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.model_fields if f"YINGBIN_{name.upper()}" not in readme]


def test_the_readmes_tree_is_true() -> None:
    drawn = _drawn_tree((ROOT / "README.md").read_text(encoding="utf-8"))
    folders = {parent for path in files() for parent in path.parents if parent != Path()}
    missing = [str(path) for path in drawn if not (ROOT / path).exists()]
    assert not missing, "drawn, but not there"
    opened = {path.parent for path in drawn}
    undrawn = [str(folder) for folder in folders if folder.parent in opened and folder not in drawn and not folder.name.startswith(".")]
    assert not undrawn, "there, but not drawn beside its neighbours"


def _drawn_tree(readme: str) -> set[Path]:
    """Return the paths in the README's tree: the fenced block that has a line beginning with ``kiosk/``, two spaces a level."""
    blocks = [
        block
        for block in re.findall(r"^```[^\n]*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
        if re.search(r"^kiosk/", block, re.MULTILINE)
    ]
    assert blocks, "the README draws no tree"
    above: list[str] = []
    drawn: set[Path] = set()
    for line in blocks[0].splitlines():
        entry = re.match(r"( *)([\w.\-]+)(/?)(?=\s|$)", line)
        if entry is None:
            continue
        above = [*above[: len(entry[1]) // 2], entry[2]]
        drawn.add(Path(*above))
    return drawn


def test_every_link_between_documents_leads_somewhere() -> None:
    dead = [
        f"{path}: {target}"
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", _prose(path))
        if "://" not in target and not target.startswith("mailto:") and not (ROOT / path.parent / target).exists()
    ]
    assert not dead


def _prose(path: Path) -> str:
    """Return a document without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_every_make_target_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z][a-z-]*)", (ROOT / path).read_text(encoding="utf-8"))}
    assert named <= targets

"""The parts hold together: icons exist, classes are drawn, nothing is written inline, scripts import what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
PARTS = (ROOT / "server/web/templates/web/parts.html").read_text(encoding="utf-8")
PAGE = (ROOT / "server/web/templates/web/parts_page.html").read_text(encoding="utf-8")
SHEETS = {path.name: path.read_text(encoding="utf-8") for path in (STATIC / "css").glob("*.css")}
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))


def test_every_icon_a_part_names_is_in_the_sprite() -> None:
    named = set(re.findall(r"_icon\('([\w-]+)'", PARTS)) | set(re.findall(r"icon='([\w-]+)'", PARTS + PAGE))
    assert named <= ICONS


def test_the_list_of_icons_in_the_manual_is_the_sprite() -> None:
    listed = PARTS.split("Icons (static/icons.svg):", 1)[1].split("#}", 1)[0].split()
    shown = re.findall(r"'([\w-]+)'", re.findall(r"{% for name in \('alert'.*?\)", PAGE)[0])
    assert set(listed) == ICONS
    assert set(shown) == ICONS


def test_every_class_of_a_part_is_drawn() -> None:
    written = {name for names in re.findall(r'class="([^"]*)"', PARTS) for name in re.sub(r"{[{%].*?[%}]}", " ", names).split()}
    drawn = {name for sheet in SHEETS.values() for name in re.findall(r"\.([a-z][\w-]*)", sheet)}
    # Hooks of meaning that need no rule of their own yet.
    plain = {"person-name"}
    assert {name for name in written if not name.endswith("-")} - drawn - plain == set()


def test_each_sheet_writes_into_layers_only() -> None:
    for name, sheet in SHEETS.items():
        rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
        outside = re.findall(r"^(?!@layer|@import|@page|@font-face|[ }])\S.*", rules, re.MULTILINE)
        assert not outside, name


def test_the_main_sheet_imports_sheets_that_are_there_once_each() -> None:
    imported = re.findall(r'@import url\("([\w-]+\.css)"\)', SHEETS["yingbin.css"])
    assert len(imported) == len(set(imported))
    assert set(imported) <= set(SHEETS)


def test_nothing_in_the_parts_needs_an_inline_style_or_script() -> None:
    assert not re.findall(r"\sstyle=\"|<style|<script|\son[a-z]+=|hx-on|javascript:", PARTS + PAGE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_imports_only_what_is_there(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    for target in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", text) + re.findall(r'"(\./[\w-]+\.js)"', text):
        assert (script.parent / target).resolve().is_file(), target


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_keeps_to_the_policy(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.startswith(("//", "/*"))
    assert not re.findall(r"\beval\(|new Function|setAttribute\(\s*['\"]style|crypto\.randomUUID\(", text)
    assert set(re.findall(r"https?://[^\"]+", text)) <= {"http://www.w3.org/2000/svg"}

"""Text is readable and controls are findable in both themes, computed from the tokens themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text(encoding="utf-8")
READABLE = 4.5
FINDABLE = 3.0

TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("ink", "slate", "jade", "tea-ink", "cinnabar", "indigo") for ground in ("paper", "surface")),
    *((ink, "mist") for ink in ("ink", "slate", "indigo")),
    *(("ink", f"{tone}-soft") for tone in ("jade", "tea", "cinnabar", "indigo")),
    ("jade", "jade-soft"),
    ("tea-ink", "tea-soft"),
    ("cinnabar", "cinnabar-soft"),
    ("indigo", "indigo-soft"),
    *((f"on-{tone}", tone) for tone in ("jade", "tea", "cinnabar", "indigo")),
    ("on-jade", "jade-deep"),
    ("paper", "ink"),
]
EDGES = [(edge, ground) for edge in ("edge", "focus", "jade", "cinnabar") for ground in ("paper", "surface")]


def _colours(theme: str) -> dict[str, str]:
    day, night = TOKENS.split('[data-theme="night"] {', 1)
    found = dict(re.findall(r"--([a-z-]+): (#[0-9A-Fa-f]{6});", day))
    if theme == "night":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9A-Fa-f]{6});", night.split("}", 1)[0]))
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_is_readable_on_its_ground(theme: str, ink: str, ground: str) -> None:
    colours = _colours(theme)
    assert _contrast(colours[ink], colours[ground]) >= READABLE


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edge_of_a_control_is_seen_on_its_ground(theme: str, edge: str, ground: str) -> None:
    colours = _colours(theme)
    assert _contrast(colours[edge], colours[ground]) >= FINDABLE


def test_every_colour_of_the_day_has_one_at_night() -> None:
    night = TOKENS.split('[data-theme="night"] {', 1)[1].split("}", 1)[0]
    assert set(re.findall(r"--([a-z-]+): #", night)) == set(_colours("day"))

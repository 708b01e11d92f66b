"""What was found, as a table with ratios and goals, and as a plot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure of ours beside the peer's; ``ratio`` against ``goal``. ``more_is_better`` turns the comparison."""

    name: str
    ours: str
    other: str
    ratio: float
    goal: float
    more_is_better: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal holds."""
        return self.ratio >= self.goal if self.more_is_better else self.ratio <= self.goal


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a Markdown table."""
    rows = ["| | ours | against | ratio or value | goal | |", "|---|---|---|---|---|---|"]
    rows += [_row(line) for line in lines]
    return "\n".join(rows)


def _row(line: Line) -> str:
    goal = f"{'≥' if line.more_is_better else '≤'} {line.goal:g}"
    return f"| {line.name} | {line.ours} | {line.other} | {line.ratio:.2f} | {goal} | {'met' if line.is_met else '**missed**'} |"


def write(page: Path, measured: str) -> None:
    """Put ``measured`` in its place in a page of the docs."""
    text = page.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    page.write_text(place.sub(lambda _: f"{BEGIN}\n{measured}\n{END}", text), encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One line of the plot: points of (screens, milliseconds)."""

    name: str
    colour: str
    points: tuple[tuple[int, float], ...]


WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 380, 64, 48, 36


def plot(title: str, curves: Sequence[Curve]) -> str:
    """Return an SVG of delay over the number of screens."""
    most_x = max(x for curve in curves for x, _ in curve.points)
    most_y = max(y for curve in curves for _, y in curve.points) * 1.1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" font-size="13">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/><text x="{LEFT}" y="22" font-size="15" fill="#17252A">{title}</text>',
    ]
    parts += [_rule(most_y * share / 4, most_y) for share in range(5)]
    parts += [_mark(x, most_x) for x in sorted({x for curve in curves for x, _ in curve.points})]
    parts += [_line(curve, most_x, most_y) for curve in curves]
    return "\n".join([*parts, "</svg>\n"])


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - 130) * value / most


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _rule(value: float, most: float) -> str:
    y = _y(value, most)
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - 130}" stroke="#DCD8CC"/>'
    return f'{line}<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4E6066">{value:.0f} ms</text>'


def _mark(value: int, most: float) -> str:
    return f'<text x="{_x(value, most):.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle" fill="#4E6066">{value}</text>'


def _line(curve: Curve, most_x: float, most_y: float) -> str:
    places = [(_x(x, most_x), _y(y, most_y)) for x, y in curve.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{curve.colour}"/>' for x, y in places)
    end_x, end_y = places[-1]
    label = f'<text x="{end_x + 8:.1f}" y="{end_y + 4:.1f}" fill="{curve.colour}">{curve.name}</text>'
    return f'<path d="M{path}" fill="none" stroke="{curve.colour}" stroke-width="2.5"/>{dots}{label}'

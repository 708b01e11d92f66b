"""The benchmark's own sums; the figures themselves are never tested."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from tests.bench.load import percentile
from tests.bench.measure import _arrivals
from tests.bench.report import BEGIN, END, Curve, Line, plot, table, write


def test_a_visitor_has_arrived_when_the_screen_holds_his_fact_or_a_later_one() -> None:
    log = [(10.0, 4), (11.0, 9), (12.0, 9)]
    assert _arrivals(log, [(3, 9.5), (4, 9.8), (8, 10.0), (10, 11.0)]) == [0.5, 10.0 - 9.8, 1.0]


def test_a_goal_says_whether_it_is_met() -> None:
    low = Line(name="x", ours="1", other="2", ratio=0.5, goal=1)
    high = Line(name="y", ours="1", other="2", ratio=0.5, goal=1, more_is_better=True)
    assert (low.is_met, high.is_met) == (True, False)
    assert "**missed**" in table([low, high]).splitlines()[-1]


def test_the_page_keeps_what_stands_around_the_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_the_plot_is_a_picture() -> None:
    drawn = plot("title", [Curve(name="a", colour="#000000", points=((100, 2.0), (500, 9.0)))])
    assert ET.fromstring(drawn).tag.endswith("svg")


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0

"""What axe finds on a page: asked in one way by every test, so that each screen is judged by the same rules."""

from __future__ import annotations

from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """async (tags) => {
  // What is still fading in has no contrast yet: what has an end is waited for.
  const moving = document.getAnimations().filter((each) => each.playState === 'running');
  const ending = moving.filter((each) => each.effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map((each) => each.finished));
  const found = (await axe.run({runOnly: tags, resultTypes: ['violations'], preload: false})).violations;
  for (const each of found.filter(({id}) => id === 'target-size')) {
    const small = [];
    for (const node of each.nodes) {
      const element = document.querySelector(node.target[0]);
      element?.scrollIntoView({block: 'center', behavior: 'instant'});
      const again = element ? (await axe.run(element, {runOnly: {type: 'rule', values: [each.id]}})).violations : [each];
      if (again.length) small.push(node);
    }
    each.nodes = small;
  }
  const wrong = found.filter((each) => each.nodes.length);
  return wrong.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' ')}`);
}"""
"""Style sheets are not fetched for it: no rule that finds anything here reads them as text.

A target that the edge of a scrolled box cuts is judged once more in the middle of the box: how much is cut depends on the hour shown.
"""


@cache
def script() -> str:
    """Return axe itself, for pages that are to have it from their beginning."""
    return str(Axe().axe_script)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is now: each rule with the first elements that break it.

    What axe writes into a page is against the content security policy: whoever listens to complaints should forget those.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(script())
    found: list[str] = page.evaluate(JUDGE, TAGS)
    return found

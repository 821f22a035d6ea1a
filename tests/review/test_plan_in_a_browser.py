"""The plan's page in a real browser: whatever stands on it can be read, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cued.coaching.happening import Say
from cued.review.planpage import plan_html
from tests.support.browser import CHROMIUM, Page, chromium
from tests.support.seasons import at_phase
from tests.support.tools import require_tool

pytestmark = pytest.mark.browser

LEAST: Final = 4.5
"""To one, of text and what lies under it (WCAG 2.2, 1.4.3, level AA)."""
CONTRASTS: Final = """
(() => {
  const rgba = text => { const v = text.match(/[\\d.]+/g).map(Number); return v.length < 4 ? [...v, 1] : v; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.slice(0, 3).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const line = []; let faded = 1;
    for (let at = element; at; at = at.parentElement) { line.unshift(at); faded *= Number(getComputedStyle(at).opacity); }
    let under = [255, 255, 255, 1];
    for (const at of line) under = over(rgba(getComputedStyle(at).backgroundColor), under);
    const ink = rgba(getComputedStyle(element).color); ink[3] *= faded;
    const [a, b] = [light(over(ink, under)), light(under)];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className + " " + element.textContent.slice(0, 40)]);
  }
  return found;
})()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium(require_tool(*CHROMIUM)) as page:
        yield page


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    walk = at_phase(2)
    walk.run()
    walk.day += 2
    walk.say(Say.RACE, on=walk.day + 10)
    path = tmp_path_factory.mktemp("plan") / "plan.html"
    path.write_text(plan_html(walk.state, walk.day, walk.decided), encoding="utf-8")
    return path


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_the_plans_page_stands_out_from_what_lies_under_it(browser: Page, file: Path, dark: bool) -> None:
    browser.shape(1280, 900, dark=dark)
    browser.open(file)
    found = browser.look(CONTRASTS)
    assert len(found) > 60
    assert [(round(ratio, 2), text) for ratio, text in found if ratio < LEAST] == []
    paper = browser.look("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") is not dark
    assert browser.complaints == []


def test_a_faded_text_would_be_noticed(browser: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<body style='background:#fff'><p style='opacity:.4'><b>faded</b></p><p>black</p>")
    browser.shape(1280, 900)
    browser.open(bad)
    (faded, _), (black, _) = browser.look(CONTRASTS)
    assert faded < LEAST < black == pytest.approx(21.0)

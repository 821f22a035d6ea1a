from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cued.core.cues import Limits
from cued.review.reasons_in_words import PackWords
from cued.review.timeline import timeline_html
from tests.review.plausible import HOSTILE, plausible_rows
from tests.support.browser import CHROMIUM, Page, chromium
from tests.support.tools import require_tool

pytestmark = pytest.mark.browser

WIDE, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium(require_tool(*CHROMIUM)) as page:
        yield page


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return plausible_rows()


@pytest.fixture(scope="module")
def file(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("timeline") / "run.html"
    path.write_text(timeline_html(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_page_draws_itself_without_a_complaint_or_a_request(
    browser: Page, file: Path, size: tuple[int, int], dark: bool
) -> None:
    browser.shape(*size, dark=dark)
    browser.open(file)
    assert browser.look("document.documentElement.dataset.ready") == "yes"
    assert browser.complaints == []
    assert browser.requests == [file.as_uri()]
    assert browser.look("document.documentElement.scrollWidth") <= size[0]


def test_a_long_name_of_a_rule_breaks_no_time_in_two(browser: Page, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "run.html"
    words = PackWords(
        Limits(), names={row["rule"]: "second rule: " + "when cadence is under " * 6 for row in rows if "rule" in row}
    )
    path.write_text(timeline_html(rows, wording={(rows[0]["pack"], rows[0]["pack_version"]): words}), encoding="utf-8")
    browser.shape(*WIDE)
    browser.open(path)
    heights = browser.look("[...document.querySelectorAll('.cues td.at button')].map(one => one.getClientRects().length)")
    assert len(heights) > 5
    assert set(heights) == {1}
    assert max(browser.look("[...document.querySelectorAll('.cues td.at button')].map(one => one.offsetHeight)")) < 40


def test_a_page_that_does_harm_would_be_noticed(browser: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='http://cued.invalid/x.png'><script>console.error('ouch'); nothing()</script>")
    browser.shape(*WIDE)
    browser.open(bad)
    assert any("ouch" in complaint for complaint in browser.complaints)
    assert any("nothing is not defined" in complaint for complaint in browser.complaints)
    assert "http://cued.invalid/x.png" in browser.requests


def test_the_policy_stops_a_script_that_is_not_the_pages_own(browser: Page, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    page = timeline_html(rows).replace("</main>", "</main><script>document.title = 'owned'</script>")
    path = tmp_path / "owned.html"
    path.write_text(page, encoding="utf-8")
    browser.shape(*WIDE)
    browser.open(path)
    assert browser.look("document.title") != "owned"
    assert browser.complaints


def test_the_marks_seen_are_the_cues_of_the_run(browser: Page, rows: list[dict[str, Any]], file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    seen = browser.look(
        "[...document.querySelectorAll('.mark')].filter(mark => mark.getBoundingClientRect().width > 0)"
        ".map(mark => [Number(mark.dataset.i), mark.classList[2], Number(mark.dataset.t)]).sort((a, b) => a[0] - b[0])"
    )
    cues = [row for row in rows if row["kind"] in {"say", "withheld", "suppressed", "expired", "failed"}]
    assert seen == [[number, cue["kind"], round(cue["t_ns"] / 1e9, 3)] for number, cue in enumerate(cues)]


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_two_texts_of_the_picture_overlap_at_any_zoom(browser: Page, file: Path, size: tuple[int, int]) -> None:
    browser.shape(*size)
    browser.open(file)
    browser.look("document.querySelector('#chart').focus()")
    for _ in range(7):
        assert browser.look("document.querySelectorAll('.word:not([hidden])').length") > 0
        clashes = browser.look(
            """(() => {
              const texts = [...document.querySelectorAll('.word:not([hidden]) bdi')];
              const boxes = texts.map(node => [node, node.getBoundingClientRect()]);
              const apart = (a, b) => a.right < b.left + 1 || a.bottom < b.top + 1;
              return boxes.flatMap(([one, a]) => boxes
                .filter(([other, b]) => one !== other && !apart(a, b) && !apart(b, a))
                .map(([other]) => [one.textContent, other.textContent]));
            })()"""
        )
        assert clashes == []
        browser.press("+")


def test_the_picture_is_whole_before_any_script_runs(browser: Page, rows: list[dict[str, Any]], file: Path) -> None:
    drawn = "[...document.querySelectorAll('.plot path')].map(path => path.getAttribute('d').length)"
    browser.shape(*WIDE)
    browser.open(file)
    with_script = browser.look(drawn)
    # The policy of this copy forbids its script; the page may not depend on it.
    still = file.with_name("still.html")
    page = file.read_text(encoding="utf-8")
    still.write_text(page[: page.rindex("<script>")], encoding="utf-8")
    browser.open(still)
    assert browser.look(drawn) == with_script
    assert browser.look("document.querySelectorAll('.axis .tick').length") > 5
    assert browser.look("document.querySelectorAll('.word:not([hidden])').length") > 5
    assert browser.look("getComputedStyle(document.querySelector('.zoom')).display") == "none"


def test_zoom_keeps_the_marks_on_their_time(browser: Page, file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    browser.look("document.querySelector('#chart').focus()")
    for _ in range(3):
        browser.press("+")
    off = browser.look(
        """(() => {
          const chart = document.querySelector('#chart'), stage = document.querySelector('.stage').getBoundingClientRect();
          const from = Number(chart.style.getPropertyValue('--from')), span = Number(chart.style.getPropertyValue('--span'));
          return Math.max(...[...document.querySelectorAll('.mark.say')].map(mark =>
            Math.abs(mark.getBoundingClientRect().left - stage.left - (mark.dataset.t - from) / span * stage.width)));
        })()"""
    )
    assert browser.look("Number(document.querySelector('#chart').style.getPropertyValue('--span'))") < 1000
    assert off < 1


def test_a_row_of_the_table_leads_to_its_mark(browser: Page, file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    browser.look("document.querySelector('.cues tr.say button').click()")
    browser.press("Shift")
    assert browser.look("document.querySelector('.mark.on').dataset.i === document.querySelector('tr.on').dataset.i") is True
    assert browser.look("document.querySelector('.say-what').textContent").startswith("10:01 heard: Light feet")


def test_unspoken_cues_can_be_put_away_without_a_script(browser: Page, file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    shown = "[...document.querySelectorAll('.cues tr.suppressed')].filter(row => row.offsetHeight).length"
    assert browser.look(shown) > 0
    browser.look("document.querySelector('#see-unspoken').checked = false")
    assert browser.look(shown) == 0


def test_hostile_words_are_read_as_words(browser: Page, file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    assert browser.look("document.title").endswith("cued")
    assert HOSTILE in browser.look("document.querySelector('.cues').textContent")
    assert browser.look("document.querySelectorAll('img').length") == 0


def test_on_a_phone_the_table_of_segments_is_whole(browser: Page, file: Path) -> None:
    browser.shape(*PHONE)
    browser.open(file)
    wide, room = browser.look("(box => [box.scrollWidth, box.clientWidth])(document.querySelector('.wide-table'))")
    assert wide <= room


def test_the_axis_of_cadence_has_its_unit(browser: Page, file: Path) -> None:
    browser.shape(*WIDE)
    browser.open(file)
    assert browser.look("document.querySelector('.gutter.segs').innerText") == "spm"

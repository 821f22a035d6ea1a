from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from cued.core.cues import Limits
from cued.core.effects import PlayClick
from cued.core.start import Start
from cued.formats.events_file import EventsFile
from cued.formats.events_reader import parse_events
from cued.review.reasons_in_words import PackWords
from cued.review.timeline import timeline_html
from tests.review.plausible import HOSTILE, plausible_rows
from tests.review.test_summary import S, began, cue, end, sample, start
from tests.support.run import pack

MOST_BYTES: Final = 1 << 20
"""Three hours on one page: a phone opens it at once, and any mail takes it."""


class Reader(HTMLParser):
    """What a browser makes of the page: elements with their attributes, and text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.raw: dict[str, str] = {}
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"}:
            self.raw[self._inside] = self.raw.get(self._inside, "") + data
        else:
            self.text += data

    def of(self, tag: str, css: str = "") -> list[dict[str, str | None]]:
        return [given for name, given in self.elements if name == tag and css in [*(given.get("class") or "").split(), ""]]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return plausible_rows()


@pytest.fixture(scope="module")
def page(rows: list[dict[str, Any]]) -> Reader:
    return Reader(timeline_html(rows))


def test_every_cue_has_one_mark_and_one_row_of_its_own_kind(rows: list[dict[str, Any]], page: Reader) -> None:
    cues = [row for row in rows if row["kind"] in {"say", "withheld", "suppressed", "expired", "failed"}]
    marks = {int(mark["data-i"] or ""): mark for mark in page.of("i", "mark")}
    lines = {int(line["data-i"] or ""): line for line in page.of("tr") if "data-i" in line}
    assert len(cues) == len(marks) == len(lines) > 20
    for number, line in enumerate(cues):
        assert line["kind"] in (marks[number]["class"] or "").split()
        assert line["kind"] == lines[number]["class"]
        assert float(marks[number]["data-t"] or "") == pytest.approx(line["t_ns"] / S, abs=0.001)
        assert (line["text"] or line["cue"]) in (marks[number]["title"] or "")


def test_the_stretches_hold_every_click(rows: list[dict[str, Any]], page: Reader) -> None:
    stretches = re.search(r"\[\[.*?\]\]", page.raw["script"])
    assert stretches
    assert sum(count for _, _, count in json.loads(stretches[0])) == sum(row["kind"] == "click" for row in rows) > 300


def test_segments_stand_under_their_names_in_picture_and_table(page: Reader) -> None:
    names = [seg["title"] for seg in page.of("div", "seg")]
    assert names[:3] == ["warmup", "feeder 1/3", "steady 1/3"]
    assert all(page.text.count(name or "") >= 2 for name in names)


def test_sensor_gaps_pauses_and_walking_have_bars_and_a_legend(page: Reader) -> None:
    for css, word in (("lost", "sensor lost"), ("paused", "paused"), ("walking", "walking")):
        assert len(page.of("div", css)) == 1
        assert word in page.text


def test_the_legend_names_only_what_is_drawn() -> None:
    text = Reader(timeline_html([start(), began(0, "run"), sample(0), cue("say", 5, dur_s=1.0), end(60)])).text
    assert "cadence" in text
    for absent in ("withheld", "suppressed", "expired", "failed", "walking", "sensor lost", "beat heard"):
        assert absent not in text, absent


HARM: Final = (
    HOSTILE,
    "</script><script>alert(1)</script>",
    "</style></title>--><!--",
    "\"' onmouseover='x' <b>&amp;</b>",
    "\u202eright to left\u202c קול",
    "<img src=x onerror=alert(1)>",
)


@pytest.mark.parametrize("harm", HARM)
def test_no_text_of_a_pack_or_file_becomes_markup(harm: str) -> None:
    def lines(text: str) -> list[dict[str, Any]]:
        said = {**cue("say", 5, dur_s=1.0), "text": text, "cue": text, "rule": text}
        refused = {**cue("suppressed", 9), "text": text, "cue": text, "reason": text}
        return [start(title=text, source=text, pack=text), began(0, text), sample(0), said, refused, end(60)]

    harmed, plain = Reader(timeline_html(lines(harm))), Reader(timeline_html(lines("plain")))
    shape = [(tag, sorted(given)) for tag, given in plain.elements]
    # Whether a label finds room may differ with its length.
    assert [(tag, sorted(given.keys() - {"hidden"})) for tag, given in harmed.elements] == [
        (tag, [name for name in names if name != "hidden"]) for tag, names in shape
    ]
    assert harmed.raw == plain.raw
    assert harm in harmed.text


def test_the_page_may_load_nothing_and_run_only_its_own_script(page: Reader) -> None:
    policy = next(meta["content"] or "" for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    source = timeline_html([start(), end(1)])
    script = source[source.rindex("<script>") + len("<script>") : source.rindex("</script>")]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy
    assert "unsafe-inline" not in policy[policy.index("script-src") :]


def test_the_page_names_no_address(page: Reader) -> None:
    for tag, given in page.elements:
        assert not {"src", "href", "srcset", "action", "poster"} & given.keys(), tag
        assert not any(name.startswith("on") for name in given), tag
    assert "http" not in page.raw["style"].replace("http-equiv", "")
    assert "url(" not in page.raw["style"]
    assert "@import" not in page.raw["style"]


def test_the_summary_stands_at_the_top(page: Reader) -> None:
    head = page.text[: page.text.index("Whole run")]
    for figure in ("38:30", "and 1:30 paused", "6.51 km", "In the band", "342 clicks at 170–174 spm", "2 withheld on purpose"):
        assert figure in head


def test_reasons_are_told_in_plain_words(page: Reader) -> None:
    assert "too early in the run" in page.text
    assert "quiet_start" not in page.text


def test_a_run_without_anything_is_still_a_page() -> None:
    for lines in ([start()], [start(), end(0)], [start(), sample(0, None), end(60)]):
        assert "None came due." in Reader(timeline_html(lines)).text


def test_three_hours_with_thirty_thousand_clicks_stay_light() -> None:
    file = EventsFile(Start(pack(), seed=1), voice="nominal")
    lines = [file.header()]
    for n in range(30_000):
        onset_ns = n * 360_000_000
        # A tempo that moves at every hundredth click, as a beat that follows does.
        click = PlayClick(onset_ns, n, 166_000 + 10 * (n // 100), accent=False, sound="wood", volume=1.0, gain_db=0.0)
        lines += file.add([click], onset_ns)
    lines += file.finish(10_800 * S)
    rows = parse_events(lines)
    rows += [sample(at, 165 + (at * 7919 % 61) / 10, target_spm=170 + (at * 31 % 17) / 10) for at in range(10_800)]
    rows.sort(key=lambda row: row["t_ns"])
    page = timeline_html([*rows, end(10_800)])
    assert len(page.encode()) < MOST_BYTES
    stretches = re.search(r'id="stretches">(.*?)</script>', page)
    assert stretches
    assert sum(count for _, _, count in json.loads(stretches[1])) == 30_000


def test_a_cues_reason_and_rule_are_told_with_the_numbers_of_its_pack() -> None:
    late = cue("suppressed", 20, "per_minute")
    words = PackWords(Limits(per_minute=4), names={"rules[0]": "first rule: every 2 min"})
    rows = [
        start(pack="integration", pack_version="1.0.0"),
        began(0, "run"),
        cue("suppressed", 10, "per_minute"),
        late,
        end(60),
    ]
    text = Reader(timeline_html(rows, wording={("integration", "1.0.0"): words})).text
    assert text.count("already four cues this minute") == 2
    assert "first rule: every 2 min" in text
    swapped = {"kind": "pack", "t_ns": 15 * S, "pack": "other", "pack_version": "1", "title": "Other", "session": 1}
    text = Reader(timeline_html([*rows[:3], swapped, *rows[3:]], wording={("integration", "1.0.0"): words})).text
    assert text.count("already four cues this minute") == text.count("enough cues within this minute") == 1


def test_how_long_a_cue_lasts_is_no_reason_for_it() -> None:
    heard = next(row for row in plausible_rows() if row["kind"] == "say" and not row["reason"])
    page = timeline_html(plausible_rows())
    row = page[page.index(f"<bdi>{heard['text']}</bdi><small>") :].partition("</tr>")[0]
    assert f" · {heard['dur_s']:.1f} s</small>" in row
    assert '<td class="why" role="cell"></td>' in row

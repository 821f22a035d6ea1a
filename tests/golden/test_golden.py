"""Whole runs decide today what they decided when somebody last looked at them."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from tests.golden.cases import MADE, RECORDED, Case
from tests.golden.conduct import FOLDER, golden_file, golden_text
from tests.golden.render import rendered
from tests.support.tools import missing

MOST_LINES = 80


def check_as_before(case: Case, runs: Path | None) -> None:
    path = golden_file(case)
    assert path.is_file(), f"{path.name} is not there yet: `make golden` writes it; read it, then commit it"
    expected = path.read_text(encoding="utf-8").splitlines()
    decided = golden_text(case, runs).splitlines()
    if decided == expected:
        return
    diff = list(difflib.unified_diff(expected, decided, "expected", "decided now", n=1, lineterm=""))
    more = [f"… and {len(diff) - MOST_LINES} lines more"] if len(diff) > MOST_LINES else []
    told = "\n".join([f"{path.name}: {case.why}", "", *diff[:MOST_LINES], *more, ""])
    pytest.fail(
        f"{told}\nThis run is decided otherwise than before. If that is meant: `make golden`, review it by "
        "`git diff tests/golden/runs`, and commit it with the change.",
        pytrace=False,
    )


@pytest.mark.parametrize("case", MADE, ids=lambda case: case.name)
def test_a_run_made_from_nothing_is_decided_as_before(case: Case) -> None:
    check_as_before(case, None)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case.name)
def test_a_real_run_is_decided_as_before(case: Case, run_data: Path) -> None:
    if not (run_data / "runs" / case.run).is_file():
        missing(f"no {case.run} among the shared recordings")
    check_as_before(case, run_data / "runs")


def test_every_golden_file_has_a_case_and_every_case_a_name_of_its_own() -> None:
    names = [case.name for case in (*MADE, *RECORDED)]
    assert len(set(names)) == len(names)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(names)


def test_every_golden_file_says_first_how_it_is_had_again_and_why_it_is_kept() -> None:
    for case in (*MADE, *RECORDED):
        head = golden_file(case).read_text(encoding="utf-8").splitlines()[:2]
        assert head == [f"# {case.command}", f"# Why: {case.why}."]


# --- what the short form may leave out ---------------------------------------------------------------------------------


def click(at_ns: int, beat: int, spm: float = 120.0, **more: Any) -> str:
    extra = "".join(f', "{name}": {value}' for name, value in more.items())
    return f'{{"kind": "click", "t_ns": {at_ns}, "beat": {beat}, "accent": false, "spm": {spm}{extra}}}\n'


def tempo(at_ns: int, spm: float, reason: str) -> str:
    return f'{{"kind": "tempo", "t_ns": {at_ns}, "spm": {spm}, "mode": "lead", "reason": "{reason}"}}\n'


HALF_S = 500_000_000


def shown(*lines: str) -> list[str]:
    return [line for line in rendered(lines, samples=True) if not line.startswith("=")]


def test_even_clicks_share_a_line_and_one_that_is_out_of_step_does_not() -> None:
    even = [click(beat * HALF_S, beat) for beat in range(4)]
    assert shown(*even) == ["    0.000000000 clicks     count=4 spm=120.0 last=1.500000000 beats=0-3"]
    assert len(shown(*even, click(4 * HALF_S + 3, 4))) == 2


def test_a_click_moved_by_a_nanosecond_changes_the_file() -> None:
    even = [click(beat * HALF_S, beat) for beat in range(4)]
    moved = [*even[:2], click(2 * HALF_S + 1, 2), even[3]]
    assert rendered(even, samples=True) != rendered(moved, samples=True)


def test_a_change_of_tempo_is_left_out_only_where_a_click_tells_it() -> None:
    told = [tempo(0, 120.0, "lead"), click(0, 0)]
    assert len(shown(*told)) == 1
    assert len(shown(tempo(0, 120.0, "start"), click(0, 0))) == 2
    assert len(shown(tempo(0, 120.0, "lead"), click(HALF_S, 1))) == 2


def test_cue_texts_are_shown_whole_and_plain_words_without_quotes() -> None:
    line = '{"kind": "say", "t_ns": 1500000000, "cue": "light", "text": "Light feet, one minute.", "reason": ""}\n'
    assert shown(line) == ['    1.500000000 say        cue=light text="Light feet, one minute." reason=""']


def test_the_version_of_cued_changes_no_golden_file() -> None:
    def start(version: str) -> list[str]:
        return shown(f'{{"kind": "start", "t_ns": 0, "cued": "{version}", "seed": 0}}\n')

    assert start("1.0.0") == start("2.0.0") == ["    0.000000000 start      seed=0"]

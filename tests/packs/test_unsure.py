"""All problems of a pack come at once, and none of them only because of another."""

from __future__ import annotations

import pytest

from cued.errors import PackError
from cued.packs.load import parse_pack
from tests.packs.samples import HEAD

SESSION = "session: [{segment: quiet, for: 9 min, coach: silent, say: {start: a}}, {segment: run, for: 5 min}]\n"
"""Line 7: the cue at the start of `quiet` can never be heard."""
CUES = "cues: {a: {say: hi}, b: {say: ho, theme: x}}\n"
RULES = "rules: [{when: {every: 9 min}, in: run, say: a}, {when: {asked: cue}, say: {theme: x}}]\n"
"""The first can never fire."""
SILENT, LONG = "`coach: silent` keeps it silent", "run lasts 5 min"


def told(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(PackError) as caught:
        parse_pack(text.encode(), "pack.yaml")
    return [(problem.line, problem.column, problem.message) for problem in caught.value.problems]


def assert_told(text: str, *wanted: tuple[int, int, str]) -> None:
    found = told(text)
    assert [(line, column) for line, column, _ in found] == [(line, column) for line, column, _ in wanted], found
    for (_, _, message), (_, _, words) in zip(found, wanted, strict=True):
        assert words in message


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("limits: {min_gap: 5}", 19),
        ("metronome: {mode: led}", 19),
        ("band: {low: 3}", 13),
        ("target: {change: 5}", 18),
        ("phase: 9", 8),
    ],
)
def test_rules_that_can_never_fire_are_told_beside_a_problem_elsewhere(line: str, column: int) -> None:
    assert_told(f"{HEAD}{SESSION}{CUES}{RULES}{line}\n", (7, 68, SILENT), (9, 9, LONG), (10, column, ""))


@pytest.mark.parametrize(("word", "column"), [("say: ''", 17), ("sya: hi", 12), ("say: hi, kind: verbl", 27)])
def test_rules_that_can_never_fire_are_told_beside_a_wrong_word_of_a_cue(word: str, column: int) -> None:
    text = f"{HEAD}{SESSION}{CUES.replace('say: hi', word)}{RULES}"
    assert_told(text, (7, 68, SILENT), (8, column, ""), (9, 9, LONG))


def test_a_segment_with_a_problem_leaves_only_its_own_rules_open() -> None:
    text = f"{HEAD}{SESSION}{CUES}{RULES}".replace("for: 5 min", "for: 5")
    assert_told(text, (7, 68, SILENT), (7, 93, "no unit"))
    text = f"{HEAD}{SESSION}{CUES}{RULES}".replace("coach: silent", "coach: silnt")
    assert_told(text, (7, 47, "Did you mean `silent`?"), (9, 9, LONG))
    text = f"{HEAD}{SESSION}{CUES}{RULES}".replace("coach:", "coahc:")
    assert_told(text, (7, 40, "Did you mean `coach`?"), (9, 9, LONG))


def test_a_repeat_in_a_repeat_is_one_problem_and_its_segments_stay_known() -> None:
    inner = "{repeat: 2, segments: [{segment: c, for: 1 min}]}"
    session = f"session: [{{repeat: 2, segments: [{{segment: b, for: 1 min}}, {inner}]}}, {{segment: run, for: 5 min}}]\n"
    rules = "rules: [{when: {segment: start}, in: [b, c], say: a}, {when: {segment: end}, in: [c, rnu], say: {theme: x}}]\n"
    assert_told(
        f"{HEAD}{session}{CUES}{rules}",
        (7, 60, "a repeat cannot hold another repeat"),
        (9, 86, "there is no segment `rnu`: there are b, c, run; or add it to `session`. Did you mean `run`?"),
    )


def test_a_segment_whose_name_is_not_known_leaves_open_what_rules_call_it() -> None:
    rules = RULES.replace("asked: cue}", "asked: cue}, in: warmup")
    text = f"{HEAD}session: [{{warmup: 10 min}}, {{segment: run, for: 5 min}}]\n{CUES}{rules}"
    assert_told(text, (7, 11, "Did you mean `{segment: warmup, for: 10 min}`?"), (9, 9, LONG))


def test_a_round_whose_lengths_are_wrong_is_not_told_to_have_none() -> None:
    text = f"{HEAD}session: [{{repeat: fill, segments: [{{segment: run, for: 5}}]}}]\n{CUES}{RULES}"
    assert_told(text, (7, 57, "no unit"))


@pytest.mark.parametrize(
    ("cues", "line", "column"),
    [("cues:\n  - {say: hi}\n", 9, 3), ("cuse: {a: {say: hi}}\n", 8, 1), ("cues: hi\n", 8, 7)],
)
def test_no_rule_is_blamed_for_cues_that_could_not_be_read(cues: str, line: int, column: int) -> None:
    assert_told(f"{HEAD}session: [{{segment: run, for: 10 min}}]\n{cues}{RULES}", (line, column, ""))


def test_no_rule_is_blamed_for_a_theme_that_could_not_be_read() -> None:
    text = f"{HEAD}session: [{{segment: run, for: 10 min}}]\n{CUES}{RULES}"
    assert_told(text.replace("theme: x}}\n", "them: x}}\n", 1), (8, 35, "Did you mean `theme`?"))
    assert_told(text.replace("theme: x}}\n", "theme: x y}}\n", 1), (8, 42, "is not a word"))


@pytest.mark.parametrize(
    "session", ["session: {segment: run, for: 5 min}\n", "sesion: [{segment: run, for: 5 min}]\n", "session: []\n"]
)
def test_a_session_that_could_not_be_read_leaves_the_other_problems_to_be_told(session: str) -> None:
    found = told(f"{HEAD}{session}{CUES}{RULES.replace('say: a', 'say: c')}")
    assert [(line, column) for line, column, message in found if line > 7] == [(9, 46)]
    assert "there is no cue `c`" in found[-1][2]

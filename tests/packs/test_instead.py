"""A word in a wrong place or shape is told with the coach's own words, as they would be right."""

from __future__ import annotations

import pytest

from cued.errors import PackError, Problem
from cued.packs.load import parse_pack
from tests.packs.samples import HEAD, SMALLEST

CUES = 'cues: {go: {say: "Quick feet!"}, a: {say: hi}}\n'
"""Line 8 of the packs here."""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(PackError) as caught:
        parse_pack(text.encode(), "pack.yaml")
    return caught.value.problems


def told(text: str) -> list[tuple[int, int, str]]:
    return [(problem.line, problem.column, problem.message) for problem in problems_of(text)]


RULES = [
    # (a rule in line 9, column, words)
    ("{every: 2 min, say: a}", 10, "`every` belongs into `when`: write `when: {every: 2 min}`"),
    ("{off_band: low, for: 20 s, say: a}", 10, "`off_band` belongs into `when`: write `when: {off_band: low, for: 20 s}`"),
    ("{off_band: low for 20 s, say: a}", 10, "write `when: {off_band: low, for: 20 s}`"),
    ("{segment: start, say: a}", 10, "`segment` belongs into `when`: write `when: {segment: start}`"),
    ("{when: {off_band: low}, for: 20 s, say: a}", 33, "`for` belongs into `when`: write `when: {off_band: low, for: 20 s}`"),
    ("{when: {drift: cadence, for: 9 s}, below: 3%, say: a}", 44, "write `when: {drift: cadence, for: 9 s, below: 3%}`"),
    ("{when: {pace_drop: 5%}, for: 9 s, say: a}", 33, "write `when: {pace_drop: 5%, for: 9 s}`"),
    ("{when: {every: 2 min}, at: 5 min, say: a}", 32, "`at` is a second trigger: write a rule for each"),
    ("{when: {off_band: low for 20 s}, say: a}", 27, "did you mean `{off_band: low, for: 20 s}`?"),
    ("{when: {pace_drop: 5% for 20 s}, say: a}", 28, "did you mean `{pace_drop: 5%, for: 20 s}`?"),
    ("{when: every 2 min, say: a}", 16, "`every 2 min` needs braces: write `when: {every: 2 min}`"),
    ("{when: {every: 2 min, say: a}}", 31, "`say` stands beside `when`, not in it: write `when: {every: 2 min}, say: a`"),
    ("{when: {every: 2 min}, segment: run, say: a}", 32, "a rule names its segments with `in`: write `in: run`"),
    ("{when: {every: 2 min}, surface: grass, say: a}", 32, "`surface` belongs into `if`: write `if: {surface: grass}`"),
    ("{when: {every: 2 min}, theme: x}", 32, "`theme` belongs into `say`: write `say: {theme: x}`"),
    ("{when: {every: 2 min}, say: Quick feet}", 37, "a cue's id belongs here. Did you mean `say: go`?"),
    ("{when: {every: 2 min}, say: Go on!}", 37, 'write `say: go-on`, and under `cues:` `go-on: {say: "Go on!"}`'),
]


@pytest.mark.parametrize(("rule", "column", "words"), RULES, ids=[row[0] for row in RULES])
def test_a_misplaced_word_of_a_rule_is_told_where_it_belongs_and_nothing_else(rule: str, column: int, words: str) -> None:
    found = [problem for problem in told(f"{SMALLEST}{CUES}rules: [{rule}]\n") if "does nothing" not in problem[2]]
    assert [(line, at) for line, at, _ in found] == [(9, column)]
    assert words in found[0][2]


SESSIONS = [
    # (the session in line 7, column, words)
    ("[{warmup: 10 min}]", 11, "Did you mean `{segment: warmup, for: 10 min}`?"),
    ("[{warmup: {for: 10 min}, coach: silent}]", 11, "Did you mean `{segment: warmup, for: 10 min, coach: silent}`?"),
    ("[warmup 10 min]", 11, "write `{segment: warmup, for: 10 min}`"),
    ("[{repeat: 2, segments: [{feeder: 90 s}]}]", 34, "`segment` is missing: write `{segment: feeder, for: 90 s}`"),
    ("[{segment: a, for: 9 min, say: Quick feet}]", 41, "needs to know when: write `say: {start: go}` (or `end`)"),
    ("[{segment: a, for: 9 min, say: go}]", 41, "write `say: {start: go}` (or `end`)"),
    ("[{segment: a, for: 9 min, say: Up!}]", 41, 'write `say: {start: up}` (or `end`), and under `cues:` `up: {say: "Up!"}`'),
    ("[{segment: a, for: 9 min, say: {start: Quick feet}}]", 49, "Did you mean `start: go`?"),
    ("[{segment: a, for: 9 min, mode: lead}]", 36, "`mode` belongs into `metronome`: write `metronome: {mode: lead}`"),
    ("[{segment: a, for: 9 min, start: go}]", 36, "`start` belongs into `say`: write `say: {start: go}`"),
    ("[{segment: a, for: 9 min, metronome: lead}]", 47, "write `metronome: {mode: lead}`"),
    ("{segment: a, for: 9 min}", 10, "begin each segment with a dash, such as `- {segment: a, for: 9 min}`"),
]


@pytest.mark.parametrize(("session", "column", "words"), SESSIONS, ids=[row[0] for row in SESSIONS])
def test_a_misplaced_word_of_a_session_is_told_where_it_belongs(session: str, column: int, words: str) -> None:
    found = told(f"{HEAD}session: {session}\n{CUES}")
    assert [(line, at) for line, at, _ in found] == [(7, column)]
    assert words in found[0][2]


LINES = [
    # (from line 8 on, line, column, words)
    ("cues: {go: Quick feet}", 8, 12, '`Quick feet` needs the word `say` and braces: write `go: {say: "Quick feet"}`'),
    ("cues: {go: 5}", 8, 12, 'write `go: {say: "5"}`'),
    (
        "cues:\n  - {say: Quick feet, kind: visual}",
        9,
        3,
        'write `cues:`, and further in `quick-feet: {say: "Quick feet", kind: visual}`',
    ),
    ("cues:\n  - go: Quick feet", 9, 3, 'without a dash: write `cues:`, and further in `go: {say: "Quick feet"}`'),
    ("cues:\n  - id: go\n    say: Quick", 9, 3, "and further in `go: {say: Quick}`"),
    ("cues: {a: {say: hi, cadence: up}}", 8, 21, "`cadence` belongs into `expect`: write `expect: {cadence: up}`"),
    ("drills: {hop: Hop on}", 8, 15, 'write `hop: {say: "Hop on"}`'),
    ("rules: {when: {asked: cue}, say: a}", 8, 8, "such as `- {when: {asked: cue}, say: a}`"),
    ("rules: {a: {asked: cue}}", 8, 8, "such as `- {when: {every: 5 min}, say: ID}`"),
    ("metronome: lead", 8, 12, "`lead` needs its word and braces: write `metronome: {mode: lead}`"),
    ("target: +5%", 8, 9, "write `target: {change: +5%}`"),
    ("target: 172", 8, 9, "write `target: {basis: fixed, spm: 172}`"),
    ("min_gap: 30 s", 8, 1, "`min_gap` belongs into `limits`: write `limits: {min_gap: 30 s}`"),
    ("limits: {per_run: 9}\nmin_gap: 30 s", 9, 1, "write `limits: {per_run: 9, min_gap: 30 s}`"),
]


@pytest.mark.parametrize(("lines", "line", "column", "words"), LINES, ids=[row[0] for row in LINES])
def test_a_wrong_shape_is_told_with_the_right_one(lines: str, line: int, column: int, words: str) -> None:
    found = [problem for problem in problems_of(f"{SMALLEST}{lines}\n") if not problem.warning]
    assert [(problem.line, problem.column) for problem in found] == [(line, column)]
    assert words in found[0].message


def test_a_rule_with_two_triggers_beside_it_hears_of_both() -> None:
    found = told(f"{SMALLEST}{CUES}rules: [{{every: 2 min, segment: start, say: a}}]\n")
    assert [(line, column) for line, column, _ in found] == [(9, 10), (9, 24)]
    assert "`segment` is a second trigger: write a rule for each, this one with `when: {segment: start}`" in found[1][2]

"""What the loader takes and refuses: each problem at its line and column, with its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.core import cues
from cued.errors import PackError, Problem
from cued.packs.load import parse_pack
from cued.units import NS_PER_MIN, NS_PER_S
from tests.packs.samples import HEAD, SMALLEST, WHOLE


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(PackError) as caught:
        parse_pack(text.encode(), "pack.yaml")
    return caught.value.problems


def warnings_of(text: str) -> tuple[Problem, ...]:
    return parse_pack(text.encode(), "pack.yaml").warnings


def test_the_smallest_pack_has_every_default_of_the_format() -> None:
    pack = parse_pack(SMALLEST.encode(), "pack.yaml").pack
    assert pack.target == cues.Target(cues.Basis.BASELINE, 0.0, None)
    assert pack.band == cues.Band(0.03, 0.04, 0.01, 5 * NS_PER_S)
    assert pack.fade == cues.Fade((), ())
    assert pack.limits == cues.Limits(0, 0, 30 * NS_PER_S, 2 * NS_PER_MIN, 1, 24, None, 5 * NS_PER_S, 0.0)
    assert pack.metronome == cues.Metronome(cues.Mode.NONE, 1, "wood", 0.8, 8.0)
    segment = pack.segments()[0]
    assert segment.length == cues.ForTime(30 * NS_PER_MIN)
    assert segment.metronome == cues.Metronome(cues.Mode.FOLLOW, 1, "wood", 0.8, 8.0)
    assert segment.coach is cues.Coach.NORMAL


def test_a_pack_with_every_word_of_the_format_loads_without_a_problem() -> None:
    loaded = parse_pack(WHOLE.encode(), "pack.yaml")
    assert loaded.warnings == ()
    triggers = {type(rule.when) for rule in loaded.pack.rules}
    assert triggers == set(cues.Trigger.__args__)


# In line 8 of the smallest pack.
IN_LINE_8 = [
    ("limits: {min_gap: 30}", 19, "`30` has no unit: add one of h, min, s"),
    ("limits: {min_gap: -5 s}", 19, "is under 0"),
    ("limits: {min_gap: 25 h}", 19, "over 24 h"),
    ("limits: {min_gap: 5 m}", 19, "`m` is metres, which do not fit here; minutes are `min`"),
    ("limits: {min_gap: 5 mins}", 19, "cued writes `min` for `mins`"),
    ("limits: {min_gap: 5 s 1 min}", 19, "out of order"),
    ("limits: {min_gap: '1,5 min'}", 19, "the decimal sign is a point"),
    ("limits: {min_gap: 5 furlongs}", 19, "is no unit"),
    ("limits: {min_gap: +-5 s}", 19, "does not hold a number"),
    ("limits: {min_gap: 05 s}", 19, "does not hold a number"),
    ("limits: {min_gap: 1e1 s}", 19, "`e` is no unit"),
    ("limits: {min_gap: 5% s}", 19, "does not fit here"),
    ("limits: {min_gap: [5 s]}", 19, "is no quantity"),
    ("limits: {withhold: 101%}", 20, "outside 0% to 100%"),
    ("limits: {per_minute: 1.5}", 22, "whole number"),
    ("limits: {per_run: -1}", 19, "outside 0 to"),
    ("metronome: {duck: 8}", 19, "add dB"),
    ("metronome: {mode: fixed, beat: 90 spm}", 32, "outside 100 spm to 230 spm"),
    ("metronome: {mode: fixed, beat: 231 spm}", 32, "outside 100 spm to 230 spm"),
    ("metronome: {mode: follow, beat: 172 spm}", 33, "`beat` goes with `mode: fixed`"),
    ("metronome: {mode: follow, again: 3 min}", 34, "`again` goes with `mode: burst`"),
    ("metronome: {mode: follow, play: 60 s}", 33, "add `pause`"),
    ("metronome: {mode: burst, for: 60 s, again: 30 s}", 44, "shorter than the burst"),
    ("metronome: {mode: metronom}", 19, "write one of none, follow, nudge, lead, fixed, burst"),
    ("metronome: {sound: clav}", 20, "Did you mean `clave`?"),
    ("target: {change: +11%}", 18, "beyond what a pack may ask for"),
    ("target: {change: -51%}", 18, "beyond what a pack may ask for"),
    ("target: {basis: fixed}", 9, "needs its cadence"),
    ("target: {basis: fixed, spm: 172 spm}", 29, "bare number"),
    ("target: {basis: fixed, spm: 240}", 29, "outside 100 to 230"),
    ("target: {spm: 172}", 15, "add `basis: fixed`"),
    ("target: {basis: fixed, spm: 172, change: +5%}", 42, "remove `change`"),
    ("band: {low: 1%, high: 1%, hysteresis: 2%}", 39, "nobody could come back into it"),
    ("fade: {every: [0]}", 16, "outside 0.01 to 100"),
    ("fade: {every: []}", 15, "this is empty"),
    ("limts: {min_gap: 30 s}", 1, "Did you mean `limits`?"),
    ("cues: {a: {sya: hi}}", 12, "Did you mean `say`?"),
    ("cues: {a b: {say: hi}}", 8, "is not a word"),
    ("cues: {a: {say: ''}}", 17, "the text is empty"),
    ("cues: {a: {say: '?!'}}", 17, "says nothing"),
    ("cues: {a: {say: 5}}", 17, 'put it in quotes, "5"'),
    (f"cues: {{a: {{say: '{'x' * 201}'}}}}", 17, "at most 200"),
    ("cues: {a: {say: 'Go {cadance}'}}", 17, "Did you mean `cadence`?"),
    ("cues: {a: {say: 'Go {'}}", 17, "only for words that are filled in"),
    ("cues: {a: {kind: verbal}}", 11, "nothing to say or play"),
    ("cues: {a: {sound: x.wav}}", 19, "put it into a folder"),
    ("cues: {a: {say: hi, sound: x.wav}}", 28, "both `say` and `sound`"),
    ("cues: {a: {say: hi, say_in: {Deutsch: x}}}", 30, "language code"),
    ("cues: {a: {say: hi, loads: heart}}", 28, "write one of calf"),
    ("cues: {a: {say: hi, praise: 1}}", 29, "write true or false"),
    ("cues:", 1, "has no value"),
    ("rules: [{say: a}]", 9, "`when` is missing"),
    ("rules: [{when: {every: 90 s}}]", 9, "the rule does nothing"),
    ("rules: [{when: {every: 90 s, at: 5 min}, next_segment: true}]", 16, "two triggers"),
    ("rules: [{when: {evry: 90 s}, next_segment: true}]", 16, "Did you mean `every`?"),
    ("rules: [{when: {every: 90 s, for: 5 s}, next_segment: true}]", 30, "`for` is not a word that fits here"),
    ("rules: [{when: {every: 90 s, jitter: 90 s}, next_segment: true}]", 38, "as long as the interval"),
    ("rules: [{when: {every: 1 km, jitter: 9 s}, next_segment: true}]", 38, "goes with `every` by time"),
    ("rules: [{when: {every: 10 ms}, next_segment: true}]", 24, "is no unit"),
    ("rules: [{when: {every: 0.5 s}, next_segment: true}]", 24, "under 1 s"),
    ("rules: [{when: {at: 501 km}, next_segment: true}]", 21, "over 500 km"),
    ("rules: [{when: {at: 0 s}, next_segment: true}]", 21, "not over 0"),
    ("rules: [{when: {random: [3 min, 90 s]}, next_segment: true}]", 25, "the range falls"),
    ("rules: [{when: {random: 90 s}, next_segment: true}]", 25, "two times are needed"),
    ("rules: [{when: {drift: cadence, below: 0%, for: 2 min}, next_segment: true}]", 40, "outside"),
    ("rules: [{when: {segment: start}, end_cues: false}]", 44, "write true, or remove"),
    ("rules: [{when: {segment: start}, say: lihgt}]", 39, "there is no cue `lihgt`"),
    ("rules: [{when: {segment: start}, say: {theme: x}}]", 47, "there is no theme `x`"),
    ("rules: [{when: {segment: start}, in: rum, next_segment: true}]", 38, "Did you mean `run`?"),
    ("rules: [{when: {segment: start}, in: [run, rum], next_segment: true}]", 44, "Did you mean `run`?"),
    ("rules: [{when: {segment: start}, in: run, not_in: run, next_segment: true}]", 51, "takes away every segment"),
    ("rules: [{when: {segment: start}, play: ../x.wav}]", 40, "single file has no sounds"),
    ("phase: 7", 8, "outside 1 to 6"),
    ("weeks: {min: 4, max: 2}", 22, "the weeks must rise"),
    ("name: x", 1, "here twice (first in line 2)"),
]


@pytest.mark.parametrize(("line", "column", "words"), IN_LINE_8, ids=[row[0][:60] for row in IN_LINE_8])
def test_a_wrong_word_is_named_at_its_line_and_column(line: str, column: int, words: str) -> None:
    problems = problems_of(f"{SMALLEST}{line}\n")
    assert any((found.line, found.column) == (8, column) and words in found.message for found in problems), problems


SESSIONS = [
    ("[]", 10, "this is empty"),
    ("{segment: a}", 10, "a list `[…]` is needed"),
    ("[run]", 11, "a map is needed"),
    ("[{segmnt: a, for: 1 min}]", 11, "Did you mean `segment`?"),
    ("[{segment: a}]", 11, "has no length"),
    ("[{segment: a, for: 0 s}]", 20, "not over 0"),
    ("[{segment: a, for: 25 h}]", 20, "over 24 h"),
    ("[{segment: a, for: 501 km}]", 20, "over 500 km"),
    ("[{segment: a, for: remaindr}]", 20, "Did you mean `remainder`?"),
    ("[{segment: a, for: 1 min, drills: [x]}]", 36, "there is no drill `x`"),
    ("[{segment: a, for: 1 min, say: {start: x}}]", 40, "there is no cue `x`"),
    ("[{segment: a, for: 1 min, say: {}}]", 32, "`say` is empty"),
    ("[{repeat: 101, segments: [{segment: a, for: 1 s}]}]", 20 - 9, "outside 1 to 100"),
    ("[{repeat: 0, segments: [{segment: a, for: 1 s}]}]", 20 - 9, "outside 1 to 100"),
    ("[{repeat: fil, segments: [{segment: a, for: 1 s}]}]", 20 - 9, "Did you mean `fill`?"),
    ("[{repeat: 2, segments: [{repeat: 2, segments: [{segment: a, for: 1 s}]}]}]", 34, "cannot hold another repeat"),
    ("[{repeat: 100, segments: [" + ", ".join(["{segment: a, for: 1 s}"] * 6) + "]}]", 10, "600 segments"),
    ("[{segment: a, for: remainder}, {repeat: fill, segments: [{segment: b, for: 1 s}]}]", 50, "only one can"),
    ("[{repeat: 2, segments: [{segment: a, for: remainder}]}]", 52, "cannot hold `remainder`"),
    ("[{repeat: fill, segments: [{segment: a, for: open}]}]", 20 - 9, "nothing says how many rounds fit"),
]


@pytest.mark.parametrize(("session", "column", "words"), SESSIONS, ids=[row[0][:50] for row in SESSIONS])
def test_a_wrong_session_is_named_at_its_place(session: str, column: int, words: str) -> None:
    problems = problems_of(f"{HEAD}session: {session}\n")
    assert any(words in found.message and found.line == 7 for found in problems), problems
    assert any(words in found.message and found.column in {column, column + 9} for found in problems), problems


@pytest.mark.parametrize("word", ["format", "name", "version", "title", "language", "license", "session"])
def test_a_word_that_is_needed_and_not_there_is_named_at_the_top(word: str) -> None:
    text = "\n".join(line for line in SMALLEST.splitlines() if not line.startswith(word))
    assert (1, 1, f"`{word}` is missing: add it") in [(p.line, p.column, p.message) for p in problems_of(text)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("format: 2", "a format that this cued does not read"),
        ("name: My pack", "a pack's name"),
        ("version: 1.0", "but a text is needed"),
        ("version: 01.0.0", "semantic version"),
        ("language: English", "language code"),
    ],
)
def test_a_wrong_head_is_refused(line: str, words: str) -> None:
    word = line.partition(":")[0]
    text = "\n".join(line if old.startswith(word + ":") else old for old in SMALLEST.splitlines())
    assert any(words in problem.message for problem in problems_of(text))


NEVER = [
    ("{when: {at: 40 min}, next_segment: true}", "the session is over after 34 min"),
    ("{when: {at: 30 s}, in: short, next_segment: true}", "`at` takes 30 s"),
    ("{when: {every: 45 s, jitter: 15 s}, in: short, say: a}", "`every` takes 30 s"),
    ("{when: {random: [30 s, 60 s]}, in: short, say: a}", "`random` takes 30 s"),
    ("{when: {off_band: low, for: 30 s}, in: short, say: a}", "`for` takes 30 s"),
    ("{when: {in_band: 30 s}, in: short, say: a}", "`in_band` takes 30 s"),
    ("{when: {pace_drop: 5%, for: 20 s}, in: short, say: a}", "`pace_drop` takes 1 min 20 s"),
    ("{when: {before_end: 31 s}, in: short, say: a}", "shorten `before_end`"),
    ("{when: {drift: cadence, below: 3%, for: 20 s}, in: long, say: a}", "no segment has"),
    ("{when: {rise: vertical_oscillation, by: 3%, for: 20 s}, in: long, say: a}", "no segment has"),
    ("{when: {off_band: low, for: 20 s}, in: hills, say: a}", "not judged in hills"),
    ("{when: {segment: start}, in: quiet, say: a}", "`coach: silent` keeps it silent in quiet"),
    ("{when: {every: 20 s}, in: correct, say: a}", "`coach: corrections` keeps it silent"),
    ("{when: {off_band: low, for: 5 s}, in: starts, say: a}", "`coach: start_only` keeps it silent"),
    ("{when: {run: start}, in: long, say: a}", "the run begins in short"),
    ("{when: {every: 1 min}, not_in: [short, long, hills, quiet, correct, starts], say: a}", "no segment left"),
]
PLACES = (
    "session: [{segment: short, for: 30 s}, {segment: long, for: 30 min}, {segment: hills, for: 1 min}, "
    "{segment: quiet, for: 1 min, coach: silent}, {segment: correct, for: 1 min, coach: corrections}, "
    "{segment: starts, for: 30 s, coach: start_only}]\ncues: {a: {say: hi}, s: {say: stop, priority: safety}}\n"
)
HEARD = "{when: {asked: cue}, say: a}, {when: {asked: cue}, say: s}"
"""Rules that say each cue: one that nobody says would be a warning."""


@pytest.mark.parametrize(("rule", "words"), NEVER, ids=[row[0][:50] for row in NEVER])
def test_a_rule_that_can_never_fire_is_refused_with_the_reason(rule: str, words: str) -> None:
    found = problems_of(f"{HEAD}{PLACES}rules: [{rule}, {HEARD}]\n")
    assert [(problem.line, problem.column) for problem in found] == [(9, 9)]
    assert "this can never happen" in found[0].message
    assert words in found[0].message


@pytest.mark.parametrize(
    "rule",
    [
        "{when: {segment: start}, in: quiet, say: s}",
        "{when: {asked: cue}, in: quiet, say: a}",
        "{when: {segment: end}, in: starts, say: a}",
        "{when: {at: 29 s}, in: short, next_segment: true}",
        "{when: {before_end: 30 s}, in: short, say: a}",
        "{when: {in_band: 30 s}, say: a}",
        "{when: {every: 40 s}, in: [short, long], say: a}",
        "{when: {run: end}, say: a}",
        "{when: {run: start}, in: short, say: a}",
        "{when: {at: 40 min}, say: s}",
        "{when: {every: 40 min}, say: a, priority: safety}",
    ],
)
def test_a_rule_that_can_fire_is_taken(rule: str) -> None:
    assert warnings_of(f"{HEAD}{PLACES}rules: [{rule}, {HEARD}]\n") == ()


def test_an_interval_that_a_fade_makes_shorter_than_the_segment_is_taken() -> None:
    rule = "cues: {a: {say: hi}}\nrules: [{when: {every: 40 min}, in: run, say: a}]\n"
    assert "this can never happen" in problems_of(f"{SMALLEST}fade: {{every: [1, 2]}}\n{rule}")[0].message
    assert warnings_of(f"{SMALLEST}fade: {{every: [1, 0.5]}}\n{rule}") == ()


def test_nobody_knows_how_long_a_session_lasts_in_which_a_press_is_waited_for() -> None:
    session = "session: [{segment: a, for: 5 min}, {segment: b, for: 5 min, STARTS}]\ncues: {c: {say: hi}}\n"
    rule = "rules: [{when: {at: 12 min}, say: c}]\n"
    assert warnings_of(HEAD + session.replace("STARTS", "starts: press") + rule) == ()
    assert "the session is over" in problems_of(HEAD + session.replace(", STARTS", "") + rule)[0].message


def test_drift_needs_its_reference_before_it() -> None:
    rule = "rules: [{when: {drift: cadence, below: 3%, for: 20 s}, in: a, say: c}]\ncues: {c: {say: hi}}\n"
    once = "session: [{segment: a, for: 9 min}, {segment: b, for: 9 min, record: reference}]\n"
    again = "session: [{repeat: 2, segments: [{segment: a, for: 9 min}, {segment: b, for: 9 min, record: reference}]}]\n"
    assert "before the reference" in problems_of(HEAD + once + rule)[0].message
    assert warnings_of(HEAD + again + rule) == ()


def test_a_cue_of_more_than_eight_words_is_a_warning_and_loads() -> None:
    said = "rules: [{when: {asked: cue}, say: a}]\n"
    found = warnings_of(f"{SMALLEST}cues: {{a: {{say: one two three four five six seven eight nine}}}}\n{said}")
    assert [(problem.line, problem.column, problem.warning) for problem in found] == [(8, 17, True)]
    assert warnings_of(f"{SMALLEST}cues: {{a: {{say: one two three four five six seven eight}}}}\n{said}") == ()


def test_a_cue_that_no_rule_says_is_a_warning() -> None:
    cues = "cues: {a: {say: hi}, b: {say: ho, theme: x}, c: {say: hu, theme: y}, d: {say: he}}\n"
    rules = "rules: [{when: {asked: cue}, say: {theme: x}}]\n"
    session = "session: [{segment: run, for: 30 min, say: {end: a}}]\n"
    found = warnings_of(HEAD + session + cues + rules)
    assert [(problem.line, problem.column, problem.warning) for problem in found] == [(8, 46, True), (8, 70, True)]
    assert "such as `- {when: {every: 5 min}, say: c}`, or remove the cue" in found[0].message


def test_a_rule_for_a_cue_that_is_not_there_brings_no_word_about_the_cue_it_meant() -> None:
    found = problems_of(f"{SMALLEST}cues: {{light: {{say: hi}}}}\nrules: [{{when: {{asked: cue}}, say: lihgt}}]\n")
    assert [(problem.line, problem.column) for problem in found] == [(9, 35)]


def test_metres_where_minutes_were_probably_meant_are_a_warning() -> None:
    session = (
        "session: [{segment: a, for: LENGTH}, {repeat: 2, segments: [{segment: b, for: 9 min}, {segment: c, for: 49.5 m}]}]\n"
    )
    found = warnings_of(HEAD + session.replace("LENGTH", "5 m"))
    assert [(problem.line, problem.column, problem.warning) for problem in found] == [(7, 29, True), (7, 102, True)]
    assert "`m` is metres; minutes are `min`, such as `for: 5 min`" in found[0].message
    assert [problem.column for problem in warnings_of(HEAD + session.replace("LENGTH", "50 m"))] == [103]


def test_a_nudge_too_short_to_reach_the_band_is_a_warning() -> None:
    session = "session: [{{segment: a, for: {length}, metronome: {{mode: nudge}}, target: {{change: +5%}}}}]\n"
    short = warnings_of(HEAD + session.format(length="110 s"))
    assert [(problem.line, problem.warning) for problem in short] == [(7, True)]
    assert "needs 1 min 56 s" in short[0].message
    assert warnings_of(HEAD + session.format(length="2 min")) == ()


def test_a_moment_that_is_always_quiet_is_a_warning() -> None:
    rule = "limits: {quiet_start: 10 min}\ncues: {a: {say: hi}}\nrules: [{when: {at: 5 min}, say: a}]\n"
    assert "quiet_start" in warnings_of(SMALLEST + rule)[0].message


def test_nothing_is_half_loaded_where_one_word_is_wrong() -> None:
    with pytest.raises(PackError):
        parse_pack(f"{SMALLEST}phase: 9\n".encode(), "pack.yaml")


def test_in_and_not_in_together_leave_the_difference() -> None:
    text = f"{HEAD}{PLACES}rules: [{{when: {{segment: start}}, in: [short, long], not_in: long, say: a}}]\n"
    rule = parse_pack(text.encode(), "pack.yaml").pack.rules[0]
    assert (rule.only_in, rule.not_in) == (("short",), ())


def test_all_problems_come_at_once_whatever_their_depth() -> None:
    text = (Path(__file__).parent / "hostile" / "many-mistakes.yaml").read_text(encoding="utf-8")
    found = [(problem.line, problem.column, problem.warning) for problem in problems_of(text)]
    places = [(3, 7), (8, 19), (10, 25), (10, 42), (11, 39), (12, 16), (12, 32), (12, 49), (14, 12), (14, 30), (15, 31)]
    assert found == [(line, column, (line, column) == (12, 49)) for line, column in places]


def test_a_word_that_is_wrong_as_yaml_brings_no_second_complaint() -> None:
    assert len(problems_of(f"{SMALLEST}cues: {{a: {{say: no}}}}\n")) == 1

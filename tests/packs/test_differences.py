"""`cued pack diff`: what two packs have otherwise, in the words of a coach."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cued.cli.main import main
from cued.core.cues import CuePack
from cued.packs.catalog import open_pack
from cued.packs.differences import Sides, differences, sides_of
from cued.packs.full import as_data, to_yaml
from cued.packs.load import parse_pack
from tests.packs.samples import HEAD, WHOLE
from tests.support.strategies import packs

COACHED = (
    HEAD
    + """target: {basis: speed_model, change: "+5%"}
band: {low: 3%, high: 4%}
limits: {min_gap: 45 s}
sources: [{cite: "Willy 2016", says: "it held"}]
session:
  - {segment: warmup, for: 10 min, coach: silent, record: baseline}
  - repeat: 3
    segments:
      - {segment: feeder, for: 60 s, metronome: {mode: lead}, say: {end: release}}
      - {segment: steady, for: 6 min, coach: corrections}
cues:
  light: {say: "Light feet.", theme: feeder, say_in: {de: "Leichte Füße."}}
  release: {say: "Cues off.", kind: verbal}
  praise: {say: "Good.", praise: true}
rules:
  - {when: {segment: start}, in: feeder, say: {theme: feeder}}
  - {when: {in_band: 2 min}, in: steady, say: praise, cooldown: 10 min}
drills:
  short: {say: "Shorten the foot.", for: 5 s, reps: 8}
weeks: {min: 4, max: 8}
"""
)

OWN = "your own cadence at the speed you run"
STEP = "a beat on every step"
FOLLOW, LEAD = "at your own tempo", "that leads you to the target"
LOUD = "(wood, 80% loud, 8 dB softer under words)"


THREE_FOUR = "3% under to 4% over the target"


def both(subject: str, before: str, after: str, verb: str = "is") -> str:
    return f"in the first {subject} {verb} {before}; in the second it {verb} {after}"


def pack(text: str) -> CuePack:
    return parse_pack(text.encode(), "pack.yaml").pack


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"Light feet."', '"Feet of air."', [both("the cue `light`", "“Light feet.”", "“Feet of air.”")]),
        ("Leichte Füße.", "Leise.", [both("the cue `light` in the language de", "“Leichte Füße.”", "Leise.")]),
        ("for: 60 s", "for: 90 s", [both("feeder", "1 min", "1 min 30 s", "lasts")]),
        (
            "band: {low: 3%, high: 4%}",
            "band: {low: 2%, high: 3%}",
            [f"{both('the band', THREE_FOUR, '2% under to 3% over the target', 'goes from')} (2% narrower)"],
        ),
        (
            "band: {low: 3%, high: 4%}",
            "band: {low: 4%, high: 3%}",
            [f"{both('the band', THREE_FOUR, '4% under to 3% over the target', 'goes from')} (as wide)"],
        ),
        ("band: {", "band: {window: 8 s, ", [both("cadence", "5 s", "8 s", "is the median of")]),
        ('"+5%"', '"+3%"', [both("the target", f"5% over {OWN}", f"3% over {OWN}")]),
        ("min_gap: 45 s", "min_gap: 1 min", [both("`limits.min_gap`", "45 s", "1 min")]),
        ("repeat: 3", "repeat: fill", [both("`repeat`", "3", "fill")]),
        ("coach: corrections", "coach: normal", [both("`coach` of steady", "corrections", "normal")]),
        ("mode: lead", "mode: follow", [
            both("feeder", f"{STEP} {LEAD} {LOUD}", f"{STEP} {FOLLOW} {LOUD}", "has")
        ]),
        (", say: {end: release}", "", [both("`say` of feeder", "end release", "not set")]),
        ("cooldown: 10 min", "cooldown: 5 min", [
            "only the first has the rule: after 2 min on target, in steady: the cue “praise”; not again within 10 min",
            "only the second has the rule: after 2 min on target, in steady: the cue “praise”; not again within 5 min",
        ]),
        ('  release: {say: "Cues off.", kind: verbal}\n', "  release: {sound: bell.wav}\n", [
            both("the cue `release`", "“Cues off.”", "the sound bell.wav")
        ]),
        ("in: feeder, say: {theme: feeder}}", "in: feeder, say: {theme: feeder, choose: random}, at_most: 2}", [
            "only the first has the rule: at the start, in feeder: a cue of “feeder”, by turns",
            "only the second has the rule: at the start, in feeder: a cue of “feeder”, by chance; at most twice in a run",
        ]),
        ("praise: true", "praise: false", [both("`praise` of the cue `praise`", "yes", "no")]),
        ("  - repeat: 3", "  - {segment: strides, for: 20 s}\n  - repeat: 3", [
            "only the second has the segment: 20 s strides"
        ]),
        ("      - {segment: steady,", "      - {segment: easy, for: 1 min}\n      - {segment: steady,", [
            "only the second has the segment in each round: 1 min easy"
        ]),
        ("reps: 8", "reps: 10", [both("`reps` of the drill `short`", "8", "10")]),
        ("max: 8}", "max: 6}", [both("`weeks.max`", "8", "6")]),
        ("it held", "it held for a month", [
            "only the first has the source: Willy 2016 (it held)",
            "only the second has the source: Willy 2016 (it held for a month)",
        ]),
        ("version: 1.0.0", "version: 2.0.0", ["in beat 1.0.0 the version is 1.0.0; in beat 2.0.0 it is 2.0.0"]),
    ],
)  # fmt: skip
def test_a_change_is_told_once_and_in_words(old: str, new: str, says: list[str]) -> None:
    assert old in COACHED
    changed = COACHED.replace(old, new)
    if "bell.wav" in new:  # a file alone has no sounds
        was = pack(COACHED)
        sounding = tuple(replace(cue, say=None, sound="bell.wav") if cue.id == "release" else cue for cue in was.cues)
        assert [one.says for one in differences(was, replace(was, cues=sounding))] == says
        return
    assert [one.says for one in differences(pack(COACHED), pack(changed))] == says


def test_another_order_is_a_difference() -> None:
    before = pack(COACHED)
    (said,) = differences(before, replace(before, rules=(*before.rules[:1], *reversed(before.rules[1:]))))
    assert "another order" in said.says


@settings(max_examples=60)
@given(one=packs(), other=packs())
def test_two_packs_differ_in_words_just_where_they_differ(one: CuePack, other: CuePack) -> None:
    assert differences(one, one) == []
    assert (differences(one, other) == []) == (to_yaml(as_data(one)) == to_yaml(as_data(other)))


@settings(max_examples=100)
@given(data=st.data())
def test_no_changed_value_is_passed_over(data: st.DataObject) -> None:
    one, other = data.draw(packs()), data.draw(packs())
    word = data.draw(st.sampled_from(["target", "band", "fade", "limits", "metronome", "advance", "phase", "summary"]))
    mixed = replace(one, **{word: getattr(other, word)})
    assert bool(differences(one, mixed)) == (as_data(one) != as_data(mixed))


def test_the_differences_of_two_packs_as_large_as_may_be_are_told_soon() -> None:
    def huge(word: str) -> CuePack:
        segments = "".join(f"  - {{segment: {'ab'[number * number % 7 % 2]}{word}, for: 9 s}}\n" for number in range(400))
        texts = "".join(f"  {'c' * 40}{number}: {{say: {word}, theme: t}}\n" for number in range(1500))
        rules = "".join(f"  - {{when: {{every: {number + 9} s}}, say: {{theme: t}}, at_most: 2}}\n" for number in range(1200))
        text = HEAD + "session:\n" + segments + "cues:\n" + texts + "rules:\n" + rules
        return pack(text)

    one, other = huge("x"), huge("y")
    begun = time.process_time()
    told = differences(one, other)
    assert time.process_time() - begun < 2.0
    assert len(told) >= 1500
    assert sum(len(change.says) for change in told) < 10 * 2**20


def test_a_difference_is_one_line_of_plain_letters() -> None:
    told = [one.says for one in differences(pack(WHOLE), open_pack("integration").pack)]
    assert told
    assert all(line.isprintable() for line in told)


def test_diff_prints_lines_or_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(COACHED)
    (tmp_path / "b.yaml").write_text(COACHED.replace("for: 60 s", "for: 90 s"))
    words = ["pack", "diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]
    assert main(words) == 0
    assert capsys.readouterr().out == "in the first feeder lasts 1 min; in the second it lasts 1 min 30 s\n"
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"where": "session", "says": "in the first feeder lasts 1 min; in the second it lasts 1 min 30 s"}
    ]
    assert main(["pack", "diff", words[2], words[2]]) == 0
    assert capsys.readouterr().out == "there is no difference\n"


def test_a_pack_is_called_by_its_name_by_its_version_or_by_its_place() -> None:
    one = pack(COACHED)
    assert sides_of(one, replace(one, name="hills")) == Sides(one.name, "hills")
    assert sides_of(one, replace(one, version="1.1.0")) == Sides(f"{one.name} 1.0.0", f"{one.name} 1.1.0")
    assert sides_of(one, one) == Sides("the first", "the second")


def test_every_line_between_two_shipped_packs_says_what_is_in_which() -> None:
    one, other = open_pack("fatigue").pack, open_pack("integration").pack
    told = [change.says for change in differences(one, other)][1:]
    assert len(told) > 50
    for line in told:
        both_have = line.startswith("in fatigue ") and "; in integration it " in line
        assert both_have or line.startswith(("only fatigue has the ", "only integration has the ")), line
        assert "nothing" not in line
        assert not line.endswith(".")

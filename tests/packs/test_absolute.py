"""No pack asks one cadence of everybody unnoticed."""

from __future__ import annotations

import pytest

from cued.cli.main import main
from cued.packs.load import parse_pack
from tests.packs.shipped import SHIPPED

PACK = """
format: 1
name: mine
version: 1.0.0
title: "Mine"
language: en
license: CC0-1.0
TARGET
session: [{segment: run, for: 30 min, metronome: {mode: MODE}, say: {start: go}}]
cues: {go: {say: "SAY"}}
"""


def warned(target: str = "", mode: str = "lead", say: str = "Go.") -> list[str]:
    text = PACK.replace("TARGET", target).replace("MODE", mode).replace("SAY", say)
    return [problem.path for problem in parse_pack(text.encode(), "mine.yaml").warnings if problem.path != "title"]


@pytest.mark.parametrize("spm", ["180", "179.5", "181"])
def test_one_hundred_and_eighty_as_a_target_is_warned_of(spm: str) -> None:
    assert warned(f"target: {{basis: fixed, spm: {spm}}}") == ["target.spm"]


def test_a_target_that_is_the_runners_own_is_not() -> None:
    assert warned('target: {basis: speed_model, change: "+5%"}') == []
    assert warned("target: {basis: fixed, spm: 172}") == []


def test_a_beat_of_180_is_warned_of_where_it_stands() -> None:
    assert warned(mode="fixed, beat: 180 spm") == ["session[0].metronome.beat"]
    assert warned(mode="fixed, beat: 172 spm") == []


@pytest.mark.parametrize("say", ["Think 180.", "One eighty, now.", "One hundred and eighty."])
def test_a_cue_that_says_180_is_warned_of(say: str) -> None:
    assert warned(say=say) == ["cues.go.say"]


@pytest.mark.parametrize("say", ["Denk an 180.", "Hundertachtzig, jetzt.", "Einhundertundachtzig."])
def test_another_language_is_no_way_around_it(say: str) -> None:
    assert warned(say=f'Go.", say_in: {{de: "{say}"}}, theme: "go') == ["cues.go.say_in.de"]


def test_a_rules_beat_and_a_drills_words_are_looked_at_too() -> None:
    beat = "rules: [{when: {every: 5 min}, metronome: {mode: fixed, beat: 180 spm}}]"
    assert warned(beat) == ["rules[0].metronome.beat"]
    assert warned('drills: {hop: {say: "Hop at 180.", for: 10 s}}') == ["drills.hop.say"]


def test_no_shipped_pack_asks_one_cadence_of_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "check", "--strict", *[str(file) for file in SHIPPED]]) == 0
    assert "180" not in capsys.readouterr().out

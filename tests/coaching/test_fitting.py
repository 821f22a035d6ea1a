"""Today's pack, fitted: less where the plan says less, and nothing that hurts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cued.coaching.fitting import exercised, fitted
from cued.coaching.today import Dose, Ease, RunKind, Today
from cued.core.cues import Basis, CuePack, Mode, SetMetronome, Target, Tissue
from cued.core.engine import texts_of
from cued.packs.catalog import open_pack
from cued.packs.load import parse_pack
from tests.support.tools import REPO

CUES = """
  soft: {say: "Land soft.", theme: ground, loads: calf}
  tall: {say: "Run tall.", theme: ground}
  ankle: {say: "Firm ankle.", theme: ankle, loads: achilles}
  hips: {say: "Level hips.", theme: hips, loads: hip}
  beat: {say: "Back to the beat.", theme: hips}
"""
PACK = f"""
format: 1
name: mine
version: 1.0.0
title: "Mine"
phase: 2
language: en
license: CC0-1.0
target: {{basis: speed_model, change: "+4%"}}
limits: {{per_run: 20}}
session:
  - {{segment: drills, for: 3 min, drills: [hop, curl]}}
  - {{segment: steady, for: 20 min, metronome: {{mode: lead}}, say: {{start: soft}}}}
  - repeat: 4
    segments:
      - {{segment: strides, for: 20 s}}
      - {{segment: walk, for: 60 s}}
cues: {CUES}
rules:
  - {{when: {{every: 2 min}}, in: steady, say: {{theme: ground}}}}
  - {{when: {{every: 3 min}}, in: steady, say: ankle}}
  - {{when: {{every: 5 s}}, in: strides, say: tall}}
  - {{when: {{every: 4 min}}, say: {{theme: hips}}}}
  - {{when: {{off_band: low, for: 20 s}}, say: tall, metronome: {{mode: burst, for: 60 s}}}}
drills:
  hop: {{say: "Hop.", for: 10 s, loads: calf}}
  curl: {{say: "Curl.", for: 10 s}}
"""


FIXED = "mode: fixed, beat: 186 spm"


def mine() -> CuePack:
    return parse_pack(PACK.encode(), "mine.yaml").pack


def answer(**more: object) -> Today:
    plain = Today(0, RunKind.CUE, "mine", 40, 2, "why", change=0.04, dose=Dose(60, 120))
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names fields that there are


def test_a_day_like_any_other_leaves_the_pack_as_it_is() -> None:
    assert fitted(mine(), answer()) == mine()


def test_no_more_is_asked_than_the_plan_allows() -> None:
    pack = fitted(mine(), answer(change=0.02))
    assert pack.target.change == 0.02
    assert {segment.target.change for segment in pack.segments()} == {0.02}


def test_a_lighter_week_has_half_the_cues() -> None:
    assert fitted(mine(), answer(ease=Ease(half=True))).limits.per_run == 10


def test_a_sore_calf_has_no_beat_no_drills_no_strides_and_no_cue_that_loads_it() -> None:
    pack = fitted(mine(), answer(change=0.0, ease=Ease(beat=False, drills=False, barred=(Tissue.CALF,))))
    assert [segment.name for segment in pack.segments()] == ["steady", "walk"]
    assert {segment.metronome.mode for segment in pack.segments()} == {Mode.NONE}
    assert [cue.id for cue in pack.cues] == ["tall", "hips"], "what loads an Achilles tendon loads the calf"
    assert not any(isinstance(action, SetMetronome) for rule in pack.rules for action in rule.then)
    assert not any("Land soft" in text.text for text in texts_of(pack, ""))
    assert pack.target.change == 0.0


def test_a_theme_goes_on_with_what_is_left_of_it_and_a_rule_without_cues_is_gone() -> None:
    pack = fitted(mine(), answer(ease=Ease(barred=(Tissue.CALF, Tissue.ACHILLES))))
    assert [rule.id for rule in pack.rules] == ["rules[0]", "rules[2]", "rules[3]", "rules[4]"]


def test_a_drill_that_loads_what_is_barred_is_left_out_and_the_others_stay() -> None:
    pack = fitted(mine(), answer(ease=Ease(barred=(Tissue.CALF,))))
    assert pack.segments()[0].drills == ("curl",)


@pytest.mark.parametrize(("change", "beat"), [(0.0, True), (0.02, True), (0.0, False)])
def test_a_number_for_everybody_becomes_what_the_plan_allows(change: float, beat: bool) -> None:
    """Whoever keeps the own cadence, by word or in phase 1, keeps it with any pack."""
    text = PACK.replace('{basis: speed_model, change: "+4%"}', "{basis: fixed, spm: 186}")
    text = text.replace("mode: lead", FIXED).replace("mode: burst, for: 60 s", FIXED)
    pack = fitted(parse_pack(text.encode(), "mine.yaml").pack, answer(change=change, ease=Ease(beat=beat)))
    assert {segment.target for segment in pack.segments()} == {Target(Basis.SPEED_MODEL, change)} == {pack.target}
    beats = [segment.metronome for segment in pack.segments()]
    beats += [action.metronome for rule in pack.rules for action in rule.then if isinstance(action, SetMetronome)]
    assert {one.beat_mspm for one in beats} == {None}
    assert any(one.mode is Mode.FIXED for one in beats) is beat


@pytest.mark.parametrize(("written", "phase"), [("", 2), ("phase: 5", 2), ("phase: 1", 1)])
def test_what_a_phase_locks_is_locked_with_a_pack_of_ones_own(written: str, phase: int) -> None:
    own = parse_pack(PACK.replace("phase: 2", written).encode(), "mine.yaml").pack
    assert fitted(own, answer()).phase == phase
    plain = fitted(own, answer(kind=RunKind.PLAIN))
    assert plain.phase == own.phase


def test_every_shipped_pack_can_be_fitted_to_a_sore_runner() -> None:
    for file in sorted(Path(REPO / "cue_packs").glob("*.yaml")):
        pack = parse_pack(file.read_bytes(), file.name).pack
        gentle = fitted(pack, answer(change=0.0, ease=Ease(beat=False, drills=False, barred=tuple(Tissue), half=True)))
        assert gentle.session, file.name
        assert all(cue.loads is None for cue in gentle.cues)


@pytest.mark.parametrize("place", [Tissue.CALF, Tissue.ACHILLES, Tissue.SHIN, Tissue.FOOT])
def test_what_is_sore_below_the_knee_is_spared_by_all_that_loads_it_and_by_pushing_off(place: Tissue) -> None:
    for file in sorted(Path(REPO / "cue_packs").glob("*.yaml")):
        gentle = fitted(parse_pack(file.read_bytes(), file.name).pack, answer(ease=Ease(beat=False, barred=(place,))))
        loads = {cue.loads for cue in gentle.cues} | {
            drill.loads for drill in gentle.drills if any(drill.id in segment.drills for segment in gentle.segments())
        }
        assert not loads & {place, Tissue.CALF, Tissue.ACHILLES}, file.name


def test_a_sore_hip_leaves_the_calf_to_work() -> None:
    assert {cue.id for cue in fitted(mine(), answer(ease=Ease(barred=(Tissue.HIP,)))).cues} == {"soft", "tall", "ankle", "beat"}


def test_without_a_beat_nothing_is_said_of_one() -> None:
    for file in sorted(Path(REPO / "cue_packs").glob("*.yaml")):
        gentle = fitted(parse_pack(file.read_bytes(), file.name).pack, answer(ease=Ease(beat=False)))
        texts = [text for cue in gentle.cues for text in (cue.say or "", *dict(cue.say_in).values())]
        assert [text for text in texts if "beat" in text.lower() or "takt" in text.lower().split()] == [], file.name


def test_a_sore_calf_leaves_the_arch_to_work() -> None:
    pack = fitted(open_pack("set-a").pack, answer(ease=Ease(barred=(Tissue.CALF,))))
    assert {"short_foot", "balance"} <= {name for segment in pack.segments() for name in segment.drills}


@pytest.mark.parametrize("place", [Tissue.KNEE, Tissue.HIP])
def test_a_pain_that_made_a_run_stop_leaves_nothing_to_hop_wherever_it_is(place: Tissue) -> None:
    answer = Today(0, RunKind.PLAIN, "plain", 30, 3, "sore", ease=Ease(False, False, (place,)), dose=Dose(0, 0))
    left = {
        name
        for found in ("set-a", "set-b")
        for part in exercised(open_pack(found).pack, answer).segments()
        for name in part.drills
    }
    assert left.isdisjoint({"pogo", "hop_stick", "snap_down", "skip", "ankling", "grass_walk", "grass_jog"})
    assert {"balance", "balance_turn"} <= left


ASKS_OF_THE_CALF = re.compile(
    r"\b(spring\w*|rebound|bounce|hop|skip|pop|push|quick\w*|quiet\w*|light\w*|fast|tap|float|coals|stones|kiss|cat|\w+hill)\b",
    re.IGNORECASE,
)
"""Words that ask more of calf and Achilles tendon than plain running: off the ground, onto it softly, quicker, up or down."""


@pytest.mark.parametrize("place", [Tissue.CALF, Tissue.ACHILLES, Tissue.SHIN, Tissue.FOOT])
@pytest.mark.parametrize("name", ["metronome", "awareness", "drills", "variability", "fatigue", "integration", "maintenance"])
def test_with_a_sore_lower_leg_no_shipped_pack_asks_it_to_spring_to_land_softly_or_to_be_quick(
    name: str, place: Tissue
) -> None:
    whole = open_pack(name).pack
    pack = fitted(whole, answer(pack=name, change=0.0, ease=Ease(beat=False, drills=False, barred=(place,))))
    left = {cue.say for cue in pack.cues if not cue.praise and ASKS_OF_THE_CALF.search(cue.say or "")}
    assert left <= {"Quick scan: sound, rhythm, posture."}
    assert len(pack.cues) >= 3, "something is left to say"
    said = {text.text for text in texts_of(pack, "")}
    assert not {cue.say for cue in whole.cues if cue.loads is not None} & said

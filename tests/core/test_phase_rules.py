"""What the phases ask of the core: easy running in the first two, and help that ends after a number of bursts."""

from __future__ import annotations

import pytest

from cued.core.cues import (
    Asked,
    At,
    Cue,
    Effort,
    EffortSaid,
    EndCues,
    Every,
    OffBand,
    Priority,
    SegmentEnd,
    SegmentStart,
    SetMetronome,
    Side,
)
from cued.core.effects import CuesEnded
from cued.core.events import AskCue, EffortIs, HeartRate
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import KNOWN, Run, beat, for_s, pack, rule, samples, segment

EVERY_20 = Every(for_s(20))
EASY_MPS = 2.8
"""KNOWN's."""


# --- the lock ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("phase", "hears"), [(1, False), (2, False), (3, True), (None, True)])
def test_in_the_first_two_phases_a_fast_runner_hears_no_cue(phase: int | None, hears: bool) -> None:
    run = Run(pack(segment("a", 100), rules=[rule(EVERY_20, "tip")], phase=phase), runner=KNOWN)
    run.send(*samples(0, 45, speed=EASY_MPS), *samples(45, 70, speed=EASY_MPS * 1.4)).to(70)
    assert run.said_s == ([20.0, 40.0, 60.0] if hears else [20.0, 40.0])
    assert run.reasons == ([] if hears else ["not easy"])


def test_a_fast_runner_who_slows_down_again_is_coached_again() -> None:
    run = Run(pack(segment("a", 200), rules=[rule(EVERY_20, "tip")], phase=1), runner=KNOWN)
    fast, easy = EASY_MPS * 1.4, EASY_MPS
    run.send(*samples(0, 45, speed=easy), *samples(45, 70, speed=fast), *samples(70, 110, speed=easy)).to(110)
    assert run.said_s == [20.0, 40.0, 80.0, 100.0]


def test_a_pack_may_itself_ask_for_a_quick_stretch() -> None:
    strides = segment("strides", 100, effort=Effort.HARD)
    run = Run(pack(strides, rules=[rule(EVERY_20, "tip")], phase=2), runner=KNOWN)
    assert run.send(*samples(0, 50, speed=EASY_MPS * 1.5)).to(50).said_s == [20.0, 40.0]


def test_a_high_heart_rate_locks_until_it_is_lower_or_unknown() -> None:
    who = Runner(max_hr_bpm=200)
    run = Run(pack(segment("a", 200), rules=[rule(EVERY_20, "tip")], phase=1), runner=who)
    run.send(HeartRate(seconds(35), 175), HeartRate(seconds(55), 165)).to(95)
    assert run.said_s == [20.0, 60.0, 80.0]
    assert run.refused == [(40.0, "tip", "not easy")]


def test_what_the_runner_says_of_the_effort_locks_too() -> None:
    run = Run(pack(segment("a", 200), rules=[rule(EVERY_20, "tip")], phase=1))
    run.send(EffortIs(seconds(30), "hard"), EffortIs(seconds(50), "easy")).to(70)
    assert run.said_s == [20.0, 60.0]


def test_safety_and_what_was_asked_for_are_heard_at_any_effort() -> None:
    rules = [rule(EVERY_20, "stop"), rule(Asked(), "tip")]
    run = Run(pack(segment("a", 200), rules=rules, cues=[Cue("stop", say="Ease off.", priority=Priority.SAFETY)], phase=1))
    run.send(EffortIs(seconds(5), "hard"), AskCue(seconds(10))).to(30)
    assert [cue for _, cue in run.said] == ["tip", "stop"]


def test_a_segments_last_words_are_judged_by_it_and_not_by_the_next() -> None:
    strides, easy = segment("strides", 20, effort=Effort.HARD), segment("easy", 60, effort=Effort.EASY)
    run = Run(pack(strides, easy, rules=[rule(SegmentEnd(), "over", only_in=("strides",))], phase=2), runner=KNOWN)
    assert run.send(*samples(0, 25, speed=EASY_MPS * 1.5)).to(25).said == [(20.0, "over")]


def test_a_rule_may_answer_what_the_runner_says_of_the_effort() -> None:
    run = Run(pack(segment("a", 200), rules=[rule(EffortSaid(Effort.HARD), "ease", at_most=1)]))
    run.send(EffortIs(seconds(30), "easy"), EffortIs(seconds(40), "hard"), EffortIs(seconds(90), "hard")).to(150)
    assert run.said == [(40.0, "ease")]
    assert run.reasons == ["at_most"]


# --- at a red light ------------------------------------------------------------------------------------------------


def test_reminders_rest_with_a_runner_who_stands_and_what_has_its_moment_does_not() -> None:
    rules = [rule(EVERY_20, "tip"), rule(At(for_s(50)), "go"), rule(SegmentStart(), "now", only_in=("b",))]
    run = Run(pack(segment("a", 55), segment("b", 100), rules=rules))
    run.send(*samples(0, 35), *samples(35, 70, spm=0.0, speed=0.0), *samples(70, 110)).to(110)
    assert run.said == [(20.0, "tip"), (50.0, "go"), (55.0, "now"), (80.0, "tip"), (100.0, "tip")]
    assert run.refused == [(40.0, "tip", "resting"), (60.0, "tip", "resting")]


# --- bursts --------------------------------------------------------------------------------------------------------


def test_after_so_many_bursts_another_rule_has_its_say() -> None:
    burst = SetMetronome(beat("burst", for_s=20))
    when, words = OffBand(Side.LOW, seconds(20)), {"cooldown_ns": seconds(40)}
    rules = [
        rule(when, "ease", EndCues(), bursts_at_least=2, at_most=1, **words),
        rule(when, "tip", burst, at_most=2, **words),
    ]
    ease = Cue("ease", say="Ease off.", priority=Priority.SAFETY)
    run = Run(pack(segment("a", 600), rules=rules, cues=[ease]), runner=KNOWN).send(*samples(0, 400, spm=150.0)).to(400)
    assert [cue for _, cue in run.said] == ["tip", "tip", "ease"]
    assert run.reasons[:2] == ["if bursts_at_least"] * 2
    assert [effect.reason for effect in run.of(CuesEnded)] == ["rules[0]"]

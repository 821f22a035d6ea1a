"""Points seven, eight and ten under "Exactly" of the pack format: priority and limits, withholding, the fade."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from cued.core.arbiter import priority_of
from cued.core.cues import (
    Asked,
    At,
    BackInBand,
    Cue,
    Drift,
    Every,
    Expect,
    Fade,
    HeartRateAbove,
    InBand,
    Limits,
    Metric,
    OffBand,
    PaceDrop,
    Priority,
    RandomWithin,
    ReintroductionDue,
    Rise,
    Rule,
    RunEnd,
    RunStart,
    SayTheme,
    SegmentEnd,
    SegmentStart,
    SensorIs,
    SensorWord,
    Side,
    SurfaceChange,
)
from cued.core.effects import CutSpeech, Say
from cued.core.events import Announce
from cued.core.rules import BeforeEnd, EffortSaid, Trigger
from cued.core.words import Effort
from cued.units import NS_PER_MS, seconds
from tests.support.run import FREE, Run, at, beat, for_m, for_s, pack, rule, segment

# --- 7: priority ---------------------------------------------------------------------------------------------------

BY_TRIGGER: list[tuple[Trigger, Priority]] = [
    (RunStart(), Priority.SEGMENT),
    (RunEnd(), Priority.SEGMENT),
    (SegmentStart(), Priority.SEGMENT),
    (SegmentEnd(), Priority.SEGMENT),
    (Asked(), Priority.SEGMENT),
    (Drift(0.03, 1), Priority.DRIFT),
    (Rise(Metric.GROUND_CONTACT_TIME, 0.05, 1), Priority.DRIFT),
    (PaceDrop(0.05, 1), Priority.DRIFT),
    (HeartRateAbove(0.85, 1), Priority.DRIFT),
    (OffBand(Side.LOW), Priority.BAND),
    (InBand(1), Priority.BAND),
    (BackInBand(1), Priority.BAND),
    (BeforeEnd(for_s(1)), Priority.PERIODIC),
    (At(for_s(1)), Priority.PERIODIC),
    (Every(for_m(1)), Priority.PERIODIC),
    (RandomWithin(1, 2), Priority.PERIODIC),
    (SurfaceChange(), Priority.PERIODIC),
    (EffortSaid(Effort.HARD), Priority.PERIODIC),
    (SensorIs(SensorWord.LOST), Priority.PERIODIC),
    (ReintroductionDue(), Priority.PERIODIC),
]


def test_every_trigger_of_the_format_has_its_priority_here() -> None:
    assert {type(trigger) for trigger, _ in BY_TRIGGER} == set(get_args(Trigger))


@pytest.mark.parametrize(("trigger", "priority"), BY_TRIGGER, ids=lambda value: type(value).__name__)
def test_exactly_7_priority_is_the_rules_else_the_cues_else_by_trigger(trigger: Trigger, priority: Priority) -> None:
    plain, praise, own = Cue("a", "A."), Cue("b", "B.", praise=True), Cue("c", "C.", priority=Priority.SAFETY, praise=True)
    assert priority_of(rule(trigger, "a"), plain) is priority
    assert priority_of(rule(trigger, "b"), praise) is Priority.PRAISE
    assert priority_of(rule(trigger, "c"), own) is Priority.SAFETY
    assert priority_of(rule(trigger, "c", priority=Priority.BAND), own) is Priority.BAND


def test_exactly_7_the_order_is_safety_segment_drift_band_periodic_praise() -> None:
    rules = [rule(At(for_s(60)), priority.name.lower(), priority=priority) for priority in sorted(Priority)]
    run = Run(pack(rules=rules, limits=replace(FREE, expire_ns=seconds(60)))).to(120)
    assert [cue for _, cue in run.said] == ["safety", "segment", "drift", "band", "periodic", "praise"]


def test_exactly_7_ties_go_in_file_order() -> None:
    run = Run(pack(rules=[rule(At(for_s(60)), name) for name in ("c", "a", "b")])).to(120)
    assert [cue for _, cue in run.said] == ["c", "a", "b"]


def spoken_ns(cue: str) -> float:
    """Seconds that the voice takes over a cue that says its own id."""
    return 0.3 + 0.065 * (len(cue) + 1)


def test_exactly_7_segment_and_safety_are_exempt_from_every_limit() -> None:
    limits = Limits(quiet_start_ns=seconds(600), min_gap_ns=seconds(300), per_minute=1, per_run=1)
    rules = [
        rule(At(for_s(t)), "stop" if t % 20 else "go", priority=priority)
        for t, priority in (
            (10, Priority.SAFETY),
            (20, Priority.SEGMENT),
            (30, Priority.SAFETY),
            (40, Priority.SEGMENT),
            (50, Priority.BAND),
        )
    ]
    run = Run(pack(rules=rules, limits=limits)).to(100)
    assert run.said == [(10.0, "stop"), (20.0, "go"), (30.0, "stop"), (40.0, "go")]
    assert run.refused == [(50.0, "stop", "quiet_start")]


@pytest.mark.parametrize("priority", [Priority.SAFETY, Priority.SEGMENT])
def test_exactly_7_spoken_they_start_the_gap_for_the_others(priority: Priority) -> None:
    limits = replace(FREE, min_gap_ns=seconds(30), expire_ns=seconds(5))
    rules = [rule(At(for_s(60)), "go", priority=priority), rule(At(for_s(80)), "early"), rule(At(for_s(88)), "late")]
    run = Run(pack(rules=rules, limits=limits)).to(120)
    over_s = 60 + spoken_ns("go")
    assert run.given_up == [(85.0, "early", "min_gap")]
    assert run.said == [(60.0, "go"), (pytest.approx(over_s + 30), "late")]


def test_exactly_7_exempt_cues_take_nothing_of_per_minute_and_per_run() -> None:
    limits = replace(FREE, per_minute=1, per_run=1)
    rules = [rule(At(for_s(60)), "go", priority=Priority.SEGMENT), rule(At(for_s(70)), "tip")]
    assert Run(pack(rules=rules, limits=limits)).to(120).said == [(60.0, "go"), (70.0, "tip")]


# --- 7: the limits -------------------------------------------------------------------------------------------------

QUIET_START = replace(FREE, quiet_start_ns=seconds(100))
QUIET_END = replace(FREE, quiet_end_ns=seconds(100))


@pytest.mark.parametrize(
    ("limits", "times", "said", "refused"),
    [
        (QUIET_START, (99, 100), [100.0], [(99.0, "quiet_start")]),
        (QUIET_END, (499, 500), [499.0], [(500.0, "quiet_end")]),
        (
            replace(FREE, per_minute=2),
            (60, 70, 80, 119, 121),
            [60.0, 70.0, 121.0],
            [(80.0, "per_minute"), (119.0, "per_minute")],
        ),
        (replace(FREE, per_run=2), (60, 70, 80, 400), [60.0, 70.0], [(80.0, "per_run"), (400.0, "per_run")]),
        (replace(FREE, same_cue_gap_ns=seconds(60)), (60, 119, 120), [60.0, 120.0], [(119.0, "same_cue_gap")]),
    ],
    ids=["quiet_start", "quiet_end", "per_minute", "per_run", "same_cue_gap"],
)
def test_exactly_7_a_limit_suppresses_at_once_what_is_beyond_it_and_nothing_else(
    limits: Limits, times: tuple[int, ...], said: list[float], refused: list[tuple[float, str]]
) -> None:
    what = pack(rules=[rule(At(for_s(t)), "tip") for t in times], limits=limits)
    run = Run(what, length_ns=seconds(600)).to(599)
    assert run.said_s == said
    assert [(when, reason) for when, _, reason in run.refused] == refused


def test_exactly_7_min_gap_runs_from_the_end_of_speech_to_the_next_onset() -> None:
    long = Cue("long", "This cue has quite a few words in it.")
    limits = replace(FREE, min_gap_ns=seconds(30), expire_ns=seconds(60))
    run = Run(pack(cues=[long], rules=[rule(At(for_s(60)), "long"), rule(At(for_s(61)), "tip")], limits=limits)).to(120)
    first, second = run.of(Say)
    assert second.at_ns == first.at_ns + first.dur_ns + seconds(30)


@pytest.mark.parametrize(("expire_s", "outcome"), [(5, "expired"), (6, "said")])
def test_exactly_7_a_cue_waits_for_min_gap_at_most_expire(expire_s: float, outcome: str) -> None:
    limits = replace(FREE, min_gap_ns=seconds(30), expire_ns=seconds(expire_s))
    second_s = 60 + spoken_ns("one") + 30 - 5.5
    run = Run(pack(rules=[rule(At(for_s(60)), "one"), rule(At(for_s(second_s)), "two")], limits=limits)).to(120)
    assert ("two" in [cue for _, cue in run.said]) is (outcome == "said")
    assert [reason for _, _, reason in run.given_up] == ([] if outcome == "said" else ["min_gap"])


def test_exactly_7_a_cue_waits_for_running_speech_and_expires_in_it() -> None:
    speech = Cue("speech", "word " * 30)
    rules = [rule(At(for_s(60)), "speech"), rule(At(for_s(61)), "two"), rule(At(for_s(69)), "three")]
    run = Run(pack(cues=[speech], rules=rules)).to(120)
    (first, third) = run.of(Say)
    assert run.given_up == [(66.0, "two", "waited for speech")]
    assert (third.cue, third.at_ns) == ("three", first.at_ns + first.dur_ns)


def test_exactly_7_safety_cuts_a_running_cue_short_over_fifty_milliseconds() -> None:
    speech = Cue("speech", "word " * 30)
    rules = [rule(At(for_s(60)), "speech"), rule(At(for_s(62)), "stop", priority=Priority.SAFETY)]
    run = Run(pack(cues=[speech], rules=rules)).to(120)
    (cut,) = run.of(CutSpeech)
    assert (at(cut), cut.text_id, cut.fade_ns) == (62.0, run.of(Say)[0].text_id, 50 * NS_PER_MS)
    assert run.said == [(60.0, "speech"), (62.05, "stop")]


def test_exactly_7_safety_does_not_cut_safety() -> None:
    speech = Cue("speech", "word " * 30, priority=Priority.SAFETY)
    rules = [rule(At(for_s(60)), "speech"), rule(At(for_s(69)), "stop", priority=Priority.SAFETY)]
    run = Run(pack(cues=[speech], rules=rules)).to(120)
    assert run.of(CutSpeech) == []
    assert run.said == [(60.0, "speech"), (70.05, "stop")]


def test_exactly_7_cueds_own_announcements_are_safety() -> None:
    run = Run(pack(limits=Limits(quiet_start_ns=seconds(600)))).send(Announce(seconds(20), "Sensor lost.")).to(30)
    ((say),) = run.of(Say)
    assert (at(say), say.text, say.priority, say.rule) == (20.0, "Sensor lost.", Priority.SAFETY, "cued")


# --- 8: withholding ------------------------------------------------------------------------------------------------

UP = Cue("up", "Quicker.", expect=Expect.UP)


def withholding(rules: list[Rule], *, seed: int = 0, limits: Limits = FREE, cues: tuple[Cue, ...] = (UP,)) -> Run:
    return Run(pack(segment("a", 36_000), cues=cues, rules=rules, limits=replace(limits, withhold=0.5)), seed=seed)


def test_exactly_8_a_share_of_the_cues_with_expect_is_withheld_by_the_seeds_chance() -> None:
    run = withholding([rule(Every(for_s(60)), "up")]).to(36_000)
    assert len(run.said) + len(run.withheld) == 599
    assert 240 < len(run.withheld) < 360
    assert withholding([rule(Every(for_s(60)), "up")]).to(36_000).withheld == run.withheld
    assert withholding([rule(Every(for_s(60)), "up")], seed=1).to(36_000).withheld != run.withheld


@pytest.mark.parametrize(
    ("words", "withheld"),
    [
        ({}, True),
        ({"priority": Priority.BAND}, True),
        ({"priority": Priority.DRIFT}, True),
        ({"priority": Priority.SEGMENT}, False),
        ({"priority": Priority.SAFETY}, False),
        ({"priority": Priority.PRAISE}, False),
    ],
)
def test_exactly_8_only_drift_band_and_periodic_cues_are_withheld(words: dict[str, Priority], withheld: bool) -> None:
    run = withholding([rule(Every(for_s(60)), "up", **words)]).to(3_600)
    assert bool(run.withheld) is withheld


def test_exactly_8_a_cue_without_expect_is_never_withheld() -> None:
    assert withholding([rule(Every(for_s(60)), "plain")]).to(3_600).withheld == []


def test_exactly_8_a_withheld_cue_counts_as_spoken_for_limits_and_at_most() -> None:
    rules = [rule(Every(for_s(60)), "up", at_most=10), rule(Every(for_s(60)), "up", not_in=("b",))]
    run = withholding(rules, limits=replace(FREE, per_run=14, same_cue_gap_ns=seconds(30))).to(3_600)
    spoken = sorted(run.said + run.withheld)
    assert run.withheld
    assert len(spoken) == 14
    assert {reason for _, _, reason in run.refused} == {"same_cue_gap", "at_most", "per_run"}


def test_exactly_8_a_withheld_cue_counts_for_cooldown_and_rotation() -> None:
    cues = tuple(Cue(name, f"{name}.", expect=Expect.UP, theme="t") for name in ("a", "b", "c"))
    run = withholding([rule(Every(for_s(60)), SayTheme("t"), cooldown_ns=seconds(100))], cues=cues).to(3_600)
    spoken = sorted(run.said + run.withheld)
    assert run.withheld
    assert [cue for _, cue in spoken][:6] == ["a", "b", "c", "a", "b", "c"]
    assert [when for when, _ in spoken][:3] == [60.0, 180.0, 300.0]


def test_exactly_8_a_withheld_cue_occupies_its_length() -> None:
    cues = (Cue("up", "word " * 10, expect=Expect.UP),)
    run = withholding([rule(Every(for_s(60)), "up"), rule(Every(for_s(60)), "next")], cues=cues).to(600)
    first_s = run.withheld[0][0]
    follower_s = next(when for when, cue in run.said if cue == "next" and when > first_s)
    assert follower_s == pytest.approx(first_s + 0.3 + 50 * 0.065)


# --- 10: fade ------------------------------------------------------------------------------------------------------

HALF = Fade(metronome=(1.0, 0.5, 0.25, 0.0), every=(1.0, 1.5, 2.0))
BEAT = beat("fixed", beat_spm=120.0)


def sounding(run: Run, to_s: float) -> set[int]:
    """Every whole second in which a click is heard."""
    return {click.at_ns // 1_000_000_000 for click in run.to(to_s).clicks if click.at_ns < seconds(to_s)}


@pytest.mark.parametrize(("session", "share"), [(1, 1.0), (2, 0.5), (3, 0.25), (4, 0.0), (9, 0.0)])
def test_exactly_10_the_beat_sounds_in_the_first_share_of_the_segment_by_session_and_the_last_value_holds(
    session: int, share: float
) -> None:
    what = pack(segment("a", 100), segment("b", 200), metronome=BEAT, fade=HALF)
    run = Run(what, sensor=False, session_number=session)
    assert sounding(run, 300) == {*range(int(100 * share)), *range(100, 100 + int(200 * share))}


def test_exactly_10_or_of_each_play_phase() -> None:
    what = pack(segment("a", 200), metronome=beat("fixed", beat_spm=120.0, play_s=40, pause_s=20), fade=HALF)
    assert sounding(Run(what, sensor=False, session_number=2), 200) == {
        *range(20),
        *range(60, 80),
        *range(120, 140),
        *range(180, 200),
    }


def test_exactly_10_or_of_each_burst() -> None:
    what = pack(segment("a", 200), metronome=beat("burst", for_s=40, again_s=100), fade=HALF)
    run = Run(what, session_number=2).runs(0, 200)
    assert {click.at_ns // seconds(1) for click in run.clicks} <= {*range(20), *range(100, 120)}
    assert run.clicks_in(19, 20)
    assert run.clicks_in(119, 120)


def test_exactly_10_without_a_known_time_it_sounds_in_the_first_share_of_every_two_minutes() -> None:
    what = pack(segment("a", for_m(3_000)), metronome=BEAT, fade=HALF)
    assert sounding(Run(what, sensor=False, session_number=3), 300) == {*range(30), *range(120, 150), *range(240, 270)}


@pytest.mark.parametrize(("session", "fires"), [(1, [60.0, 120.0, 180.0]), (2, [90.0, 180.0]), (3, [120.0]), (7, [120.0])])
def test_exactly_10_fade_every_scales_the_interval(session: int, fires: list[float]) -> None:
    what = pack(rules=[rule(Every(for_s(60)), "tip")], fade=HALF)
    assert Run(what, session_number=session).to(200).said_s == fires


def test_exactly_10_and_not_the_jitter() -> None:
    what = pack(segment("a", 36_000), rules=[rule(Every(for_s(60), jitter_ns=seconds(10)), "tip")], fade=HALF)
    run = Run(what, session_number=3).to(20_000)
    off = [at_s - 120.0 * (n + 1) for n, at_s in enumerate(run.said_s)]
    assert 8.0 < max(abs(value) for value in off) <= 10.0


def test_exactly_10_fade_scales_intervals_of_distance_too() -> None:
    what = pack(rules=[rule(Every(for_m(100)), "far")], fade=HALF)
    run = Run(what, session_number=2).runs(0, 130, speed=2.5)
    assert run.said_s == [pytest.approx(60.0, abs=0.01), pytest.approx(120.0, abs=0.01)]


def test_exactly_10_a_random_interval_is_not_faded() -> None:
    what = pack(rules=[rule(RandomWithin(seconds(50), seconds(50)), "tip")], fade=HALF)
    assert Run(what, session_number=3).to(110).said_s == [50.0, 100.0]

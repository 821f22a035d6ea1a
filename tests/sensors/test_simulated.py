"""The simulated runners: who they are, and what they do when something sounds. Every number has its seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core import events
from cued.core.cues import Priority
from cued.core.effects import CadenceSeen, Effect, PlayClick, RecallClicks, Say
from cued.core.events import CadenceSample, Event, LinkState, SensorLink
from cued.errors import SensorError
from cued.formats.event_codec import encode
from cued.sensors.simulated import SimulatedRunner, preset_names
from cued.units import NS_PER_MIN, NS_PER_S

SEEDS = range(4)


def cadences(told: Sequence[Event]) -> list[float]:
    return [event.spm for event in told if isinstance(event, CadenceSample) and event.spm is not None]


def whole_run(preset: str, seed: int = 0, minutes: int = 45) -> tuple[Event, ...]:
    return SimulatedRunner(preset, seed).sample(minutes * NS_PER_MIN)


def with_beat(runner: SimulatedRunner, spm: float, minutes: int, volume: float = 0.8) -> list[float]:
    """Cadence by the second while a beat of `spm` sounds."""
    heard: list[Event] = []
    for second in range(minutes * 60):
        runner.hear(PlayClick(second * NS_PER_S, second, round(spm * 1000), False, "wood", volume, 0.0))
        heard.extend(runner.sample(second * NS_PER_S))
    return cadences(heard)


def say(at_s: int, priority: Priority = Priority.BAND) -> Say:
    return Say(at_s * NS_PER_S, "say:x", "rhythm", "Rhythm check.", "rules[0]", priority, NS_PER_S, 8.0, 0)


def target(spm: float) -> CadenceSeen:
    return CadenceSeen(0, 164.0, 164.0, spm, "low", "running")


def after(preset: str, *effects: Effect, seed: int = 0) -> float:
    """Mean cadence of the half minute after 5 min, at which `effects` are heard."""
    runner = SimulatedRunner(preset, seed)
    runner.sample(300 * NS_PER_S)
    for effect in effects:
        runner.hear(effect)
    return fmean(cadences(runner.sample(330 * NS_PER_S)))


@pytest.mark.parametrize("preset", preset_names())
@given(seed=st.integers())
def test_a_pod_speaks_once_a_second_from_zero_in_whole_steps(preset: str, seed: int) -> None:
    told = SimulatedRunner(preset, seed).sample(120 * NS_PER_S)
    samples = [event for event in told if isinstance(event, CadenceSample)]
    assert told[0] == SensorLink(0, LinkState.FOUND)
    assert [sample.at_ns for sample in samples] == [second * NS_PER_S for second in range(121)]
    assert all(sample.spm == round(sample.spm or 0) and 0 <= sample.spm < 230 for sample in samples)
    assert all(earlier.at_ns <= later.at_ns for earlier, later in pairwise(told))
    totals = [sample.total_distance_m or 0.0 for sample in samples]
    assert all(earlier <= later for earlier, later in pairwise(totals))


def test_asking_often_or_seldom_makes_no_difference() -> None:
    often, seldom = SimulatedRunner("stop-and-go", 3), SimulatedRunner("stop-and-go", 3)
    bit_by_bit: list[Event] = []
    for _ in range(600):
        bit_by_bit.extend(often.sample(often.next_at_ns()))
    assert tuple(bit_by_bit) == seldom.sample(599 * NS_PER_S)
    assert seldom.sample(599 * NS_PER_S) == ()
    assert seldom.next_at_ns() == 600 * NS_PER_S


def test_a_seed_is_one_run_and_another_seed_another() -> None:
    assert whole_run("easy", 1) == whole_run("easy", 1)
    assert whole_run("easy", 1) != whole_run("easy", 2)


def test_a_seed_is_the_same_run_on_every_machine() -> None:
    lines = "\n".join(map(encode, whole_run("stop-and-go", 7)))
    assert hashlib.sha256(lines.encode()).hexdigest() == "871c25f3abdc47e57f3ff66ab6935036602ed68cc19b086834af1e8b20e7ac83"


@pytest.mark.parametrize("seed", SEEDS)
def test_easy_runs_at_164_from_the_first_second_and_never_walks(seed: int) -> None:
    run = cadences(whole_run("easy", seed))
    assert abs(run[0] - 164) <= 4
    assert abs(fmean(run[:600]) - 164) < 1
    assert min(run) > 155
    assert fmean(run[-600:]) > 0.985 * fmean(run[:600])


@pytest.mark.parametrize("preset", ["easy", "tired", "stubborn"])
def test_steady_running_spreads_as_real_pods_show_it(preset: str) -> None:
    shares = [pstdev(run) / fmean(run) for seed in SEEDS for run in [cadences(whole_run(preset, seed, 12))]]
    assert 0.007 < fmean(shares) < 0.015


@pytest.mark.parametrize("seed", SEEDS)
def test_tired_loses_cadence_pace_and_spring_late(seed: int) -> None:
    told = whole_run("tired", seed)
    run = cadences(told)
    speeds = [event.speed_mps or 0.0 for event in told if isinstance(event, CadenceSample)]
    contacts = [event.ms for event in told if isinstance(event, events.GroundContactTime)]
    assert abs(fmean(run[:600]) - 168) < 1.5
    assert 0.91 < fmean(run[-300:]) / fmean(run[:600]) < 0.95
    assert fmean(speeds[-300:]) < 0.96 * fmean(speeds[:600])
    assert fmean(contacts[-300:]) > 1.1 * fmean(contacts[:600])


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_are_faster_and_quicker_than_the_rests_between_them(seed: int) -> None:
    told = [event for event in whole_run("intervals", seed) if isinstance(event, CadenceSample)]
    hard, rest = told[600 + 60 : 600 + 180], told[780 + 30 : 780 + 120]
    assert fmean(cadences(hard)) > fmean(cadences(rest)) + 5
    assert fmean(sample.speed_mps or 0.0 for sample in hard) > 1.4 * fmean(sample.speed_mps or 0.0 for sample in rest)
    hearts = [event.bpm for event in whole_run("intervals", seed) if isinstance(event, events.HeartRate)]
    assert hearts[779] > hearts[890] + 15


@pytest.mark.parametrize("seed", SEEDS)
def test_stop_and_go_stands_walks_and_runs_again(seed: int) -> None:
    told = [event for event in whole_run("stop-and-go", seed) if isinstance(event, CadenceSample)]
    run = cadences(told)
    assert sum(spm == 0 for spm in run) > 90
    assert sum(100 <= spm <= 120 for spm in run) > 90
    assert sum(spm > 150 for spm in run) > 1800
    standing = [sample for sample in told if sample.spm == 0]
    assert all(sample.running is False and sample.speed_mps == 0 for sample in standing)


def test_a_beat_ahead_draws_a_listening_runner_and_lets_go_again() -> None:
    runner = SimulatedRunner("easy", 0)
    led = with_beat(runner, 168, minutes=5)
    alone = cadences(runner.sample(8 * NS_PER_MIN))
    assert 166.5 < fmean(led[60:]) < 168.5
    assert fmean(alone[60:]) < fmean(led[60:]) - 3
    assert abs(fmean(alone[60:]) - 164) < 2


def test_a_beat_too_far_away_is_music_in_the_background() -> None:
    assert abs(fmean(with_beat(SimulatedRunner("easy", 0), 190, minutes=5)) - 164) < 1


def test_a_drill_s_slow_beat_is_no_step_to_run_by() -> None:
    assert set(with_beat(SimulatedRunner("easy", 0, perfect=True), 60, minutes=1)) == {164.0}


def test_a_beat_that_cannot_be_heard_or_was_recalled_draws_nobody() -> None:
    assert abs(fmean(with_beat(SimulatedRunner("easy", 0), 172, minutes=5, volume=0.0)) - 164) < 1
    runner = SimulatedRunner("easy", 0)
    before = runner.sample(60 * NS_PER_S)
    runner.hear(PlayClick(61 * NS_PER_S, 0, 172_000, False, "wood", 0.8, 0.0))
    runner.hear(RecallClicks(60 * NS_PER_S, 50 * NS_PER_S))
    same = SimulatedRunner("easy", 0)
    assert same.sample(60 * NS_PER_S) == before
    assert runner.sample(90 * NS_PER_S) == same.sample(90 * NS_PER_S)


def test_a_cue_takes_a_listening_runner_towards_the_target_on_either_side() -> None:
    calm = after("easy")
    assert after("easy", target(172.0), say(300)) > calm + 2
    assert after("easy", target(158.0), say(300)) < calm - 1.5
    assert after("easy", say(300)) > calm + 1


def test_a_cue_wears_off() -> None:
    runner, calm = SimulatedRunner("easy", 0), SimulatedRunner("easy", 0)
    runner.sample(300 * NS_PER_S)
    runner.hear(say(300))
    late = slice(100, None)
    assert cadences(runner.sample(500 * NS_PER_S))[late] == pytest.approx(
        cadences(calm.sample(500 * NS_PER_S))[301:][late], abs=1
    )


def test_praise_safety_and_the_names_of_segments_ask_for_nothing() -> None:
    for priority in (Priority.PRAISE, Priority.SAFETY, Priority.SEGMENT):
        assert after("easy", target(172.0), say(300, priority)) == after("easy")


def test_stubborn_hears_neither_beat_nor_cue() -> None:
    beaten = with_beat(SimulatedRunner("stubborn", 5), 164, minutes=4)
    assert beaten == cadences(SimulatedRunner("stubborn", 5).sample(239 * NS_PER_S))
    assert after("stubborn", target(170.0), say(300)) == after("stubborn")


def test_a_perfect_runner_steps_on_the_beat_and_does_what_a_cue_says() -> None:
    beaten = with_beat(SimulatedRunner("easy", 0, perfect=True), 176, minutes=1)
    assert set(beaten[:10] + beaten[15:]) == {176.0}
    runner = SimulatedRunner("easy", 0, perfect=True)
    assert set(cadences(runner.sample(60 * NS_PER_S))) == {164.0}
    runner.hear(target(169.0))
    runner.hear(say(60))
    assert set(cadences(runner.sample(110 * NS_PER_S))[15:]) == {169.0}


def test_the_pod_lags_about_ten_seconds_behind_the_legs() -> None:
    runner = SimulatedRunner("easy", 0, perfect=True)
    runner.sample(59 * NS_PER_S)
    followed: list[Event] = []
    for second in range(60, 80):
        runner.hear(PlayClick(second * NS_PER_S, second, 174_000, False, "wood", 0.8, 0.0))
        followed.extend(runner.sample(second * NS_PER_S))
    assert cadences(followed)[:11] == [165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 174]


def test_an_unknown_preset_is_refused_with_the_likeliest_and_all_names() -> None:
    with pytest.raises(
        SensorError, match=r"'eazy' \(did you mean easy\?\): there are easy, tired, intervals, stubborn, stop-and-go"
    ):
        SimulatedRunner("eazy", 0)
    with pytest.raises(SensorError, match="'xyz': there are easy"):
        SimulatedRunner("xyz", 0)

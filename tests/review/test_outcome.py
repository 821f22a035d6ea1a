"""What a run tells the plan, on runs whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.coaching.happening import Outcome
from cued.coaching.today import RunKind, Today
from cued.core.effects import CadenceSeen, CuesEnded, Effect, Paused, Say, SegmentBegan, TempoChanged
from cued.core.events import SurfaceIs
from cued.core.start import Runner, Start
from cued.core.words import Priority
from cued.packs.catalog import open_pack
from cued.review.outcome import OutcomeCounter
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.legs import Legs, run_today

KNOWN = Runner(baseline_spm=164.0, baseline_speed_mps=2.8, slope_spm_per_mps=6.0, last_week_change=0.05)


def ran(pack: str, minutes: int, legs: Legs, change: float = 0.05, session: int = 1) -> Outcome:
    kind = RunKind.PLAIN if pack == "plain" else RunKind.CUE
    answer = Today(0, kind, pack, minutes, 5, "a test", session_number=session, change=change, runner=KNOWN)
    return run_today(open_pack(pack).pack, answer, legs, seed=3)


def test_a_compliant_runner_is_in_the_band_and_the_feeder_stays_in_the_legs() -> None:
    outcome = ran("integration", 45, Legs(kept=0.05))
    assert outcome.cued
    assert outcome.change == pytest.approx(0.05)
    assert outcome.in_band is not None
    assert outcome.in_band > 0.95
    assert outcome.feeder is not None
    assert outcome.steady is not None
    assert outcome.feeder.spm == pytest.approx(1.05 * 164.0, rel=0.01)
    assert outcome.steady.spm == pytest.approx(1.05 * 164.0, rel=0.01)


def test_a_runner_who_hears_the_beat_and_keeps_nothing_falls_back_after_the_feeder() -> None:
    outcome = ran("integration", 45, Legs(cue=0.0))
    assert outcome.feeder is not None
    assert outcome.steady is not None
    assert outcome.feeder.spm > 168.0
    assert outcome.steady.spm == pytest.approx(164.0, abs=1.5)
    assert outcome.steady_in_band is not None
    assert outcome.steady_in_band < 0.2


def test_what_stays_without_help_is_measured_in_the_probe() -> None:
    kept = ran("drills", 45, Legs(kept=0.02), change=0.03)
    lost = ran("drills", 45, Legs(), change=0.03)
    assert kept.probe is not None
    assert lost.probe is not None
    assert kept.probe.spm == pytest.approx(1.02 * 164.0, rel=0.01)
    assert lost.probe.spm == pytest.approx(164.0, rel=0.01)


def test_a_plain_run_gives_minutes_of_the_runners_own_and_no_probe() -> None:
    outcome = ran("plain", 30, Legs(), change=0.0)
    assert not outcome.cued
    assert outcome.probe is None
    assert len(outcome.easy) == 20  # the first ten are for settling
    assert {round(one.spm) for one in outcome.easy} <= set(range(161, 168))


def test_cadence_lost_late_is_told_at_the_same_speed() -> None:
    tired = ran("plain", 60, Legs(tires_after_min=32.0, tires_per_min=0.002), change=0.0)
    fresh = ran("plain", 60, Legs(), change=0.0)
    short = ran("plain", 35, Legs(tires_after_min=20.0, tires_per_min=0.01), change=0.0)
    assert tired.drift == pytest.approx(0.04, abs=0.01)
    assert fresh.drift == pytest.approx(0.0, abs=0.005)
    assert short.drift is None


# --- by hand -------------------------------------------------------------------------------------------------------


def counted(*told: Effect | SurfaceIs, run_min: int = 30, pack: str = "integration") -> Outcome:
    counter = OutcomeCounter(Start(open_pack(pack).pack, runner=KNOWN))
    for one in told:
        if isinstance(one, SurfaceIs):
            counter.tell(one)
        else:
            counter.hear((one,))
    counter.finish(run_min * NS_PER_MIN)
    return counter.outcome(run_min * NS_PER_MIN)


def seen(from_s: int, to_s: int, spm: float = 164.0, band: str = "in", **more: object) -> list[Effect]:
    first = CadenceSeen(0, spm, spm, 164.0, band, "running", speed_mps=2.8)
    return [replace(first, at_ns=at * NS_PER_S, **more) for at in range(from_s, to_s)]  # type: ignore[arg-type]  # its own fields


def test_minutes_with_a_beat_or_within_a_minute_of_a_cue_are_not_the_runners_own() -> None:
    own = counted(*seen(0, 1_800), pack="plain")
    beat = counted(*seen(0, 900), TempoChanged(900 * NS_PER_S, 170_000, "lead", ""), *seen(900, 1_800))
    cue = Say(900 * NS_PER_S, "say:x", "x", "X.", "rules[0]", Priority.BAND, 2 * NS_PER_S, 8.0, 0)
    spoken = counted(*seen(0, 900), cue, *seen(900, 1_800))
    assert (len(own.easy), len(beat.easy), len(spoken.easy)) == (20, 5, 19)


def test_what_cued_says_of_its_own_accord_is_no_help() -> None:
    own = Say(900 * NS_PER_S, "say:x", "cued", "X.", "cued", Priority.SAFETY, 2 * NS_PER_S, 8.0, 0)
    assert len(counted(*seen(0, 900), own, *seen(900, 1_800)).easy) == 20


def test_only_judged_time_counts_and_a_sample_speaks_for_half_a_minute_at_most() -> None:
    outcome = counted(*seen(0, 60), *seen(60, 120, band="low"), *seen(120, 180, band="asleep"), run_min=10)
    assert outcome.in_band == pytest.approx(0.5)
    gone = counted(*seen(0, 60), *seen(600, 660, band="low"), run_min=11)
    assert gone.in_band == pytest.approx(89 / 149)


def test_a_pause_is_no_running() -> None:
    told = [*seen(0, 600), Paused(600 * NS_PER_S, True), Paused(1_200 * NS_PER_S, False), *seen(1_200, 1_800)]
    assert len(counted(*told, run_min=20, pack="plain").easy) == 10


def test_the_band_is_told_for_each_ground_that_was_named() -> None:
    told = [
        SurfaceIs(0, "grass"),
        *seen(0, 100),
        SurfaceIs(100 * NS_PER_S, "gravel"),
        *seen(100, 150),
        *seen(150, 200, band="low"),
    ]
    shares = dict(counted(*told, run_min=4).surfaces)
    assert shares == {"grass": 1.0, "gravel": pytest.approx(50 / 129)}


def test_pain_told_in_the_run_is_told_to_the_plan() -> None:
    assert counted(*seen(0, 60), CuesEnded(30 * NS_PER_S, "pain")).pain
    assert not counted(*seen(0, 60), CuesEnded(30 * NS_PER_S, "rules[2]")).pain


def test_walking_spikes_and_silence_are_nobodys_cadence() -> None:
    told = [SegmentBegan(0, "probe", 0, 1, 1, None), *seen(0, 100), *seen(100, 200, spm=230.0, artefact="spike")]
    outcome = counted(*told, *seen(200, 300, spm=110.0, state="walking"), run_min=5)
    assert outcome.probe is not None
    assert outcome.probe.spm == 164.0


def test_a_run_without_a_sensor_tells_its_length_alone() -> None:
    assert counted(run_min=20) == Outcome("integration", True, 20.0, change=0.05)

"""Triggers that hold: the band, drift, rise, pace and heart rate. Each fires when it should, and only then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cued.core.cues import (
    BackInBand,
    Band,
    Basis,
    Drift,
    HeartRateAbove,
    InBand,
    Metric,
    OffBand,
    PaceDrop,
    Record,
    Rise,
    Rule,
    Side,
    Target,
)
from cued.core.effects import Measured
from cued.core.events import Altitude, Event, GroundContactTime, HeartRate, VerticalOscillation
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import FIXED_172, KNOWN, Run, at, pack, rule, samples, segment

LOW, IN, HIGH = 160.0, 172.0, 184.0
"""Against 172 with the default band: 166.84 to 178.88."""
NARROW = Band(window_ns=seconds(1))
"""The band's default edges, judged sample by sample: times in these tests are then easy to reckon."""


def band_run(*rules: Rule, **how: Any) -> Run:
    return Run(pack(target=FIXED_172, band=NARROW, rules=rules), **how)


@pytest.mark.parametrize(
    ("side", "spm", "fires"),
    [
        (Side.LOW, LOW, True),
        (Side.LOW, HIGH, False),
        (Side.LOW, IN, False),
        (Side.HIGH, HIGH, True),
        (Side.HIGH, LOW, False),
        (Side.EITHER, LOW, True),
        (Side.EITHER, HIGH, True),
        (Side.EITHER, IN, False),
    ],
)
def test_off_band_fires_on_its_side_once_it_has_held(side: Side, spm: float, fires: bool) -> None:
    run = band_run(rule(OffBand(side, seconds(20)), "band"))
    run.runs(0, 60, lambda t: spm if t >= 10 else IN)
    assert run.said_s == ([30.0] if fires else [])


def test_off_band_does_not_fire_when_cadence_is_back_before_for_is_over() -> None:
    run = band_run(rule(OffBand(Side.LOW, seconds(20)), "band"))
    assert run.runs(0, 60, lambda t: LOW if 10 <= t < 29 else IN).said == []


def test_in_band_fires_once_a_stay() -> None:
    run = band_run(rule(InBand(seconds(30)), "good"))
    run.runs(0, 200, lambda t: LOW if 100 <= t < 120 else IN)
    assert run.said_s == [30.0, 150.0]


def test_in_band_does_not_fire_off_it() -> None:
    assert band_run(rule(InBand(seconds(30)), "good")).runs(0, 100, LOW).said == []


@pytest.mark.parametrize(("off_s", "fires"), [(10, [40.0]), (9, [])])
def test_back_in_band_fires_only_after_an_off_state_of_ten_seconds(off_s: int, fires: list[float]) -> None:
    run = band_run(rule(BackInBand(seconds(10)), "back"))
    run.runs(0, 100, lambda t: LOW if 30 - off_s <= t < 30 else IN)
    assert run.said_s == fires


# --- drift ---------------------------------------------------------------------------------------------------------


def drift_run(spm: Callable[[float], float], speed: Callable[[float], float] = lambda _: 2.8) -> Run:
    """Two minutes of reference at 170 spm and 2.8 m/s, then what the test says."""
    what = pack(
        segment("reference", 120, record=Record.REFERENCE),
        segment("steady", 600),
        rules=[rule(Drift(0.03, seconds(60)), "tired")],
    )
    run = Run(what, runner=KNOWN)
    return run.runs(0, 420, lambda t: 170.0 if t < 200 else spm(t), lambda t: 2.8 if t < 120 else speed(t))


def test_drift_fires_when_cadence_is_under_the_reference_for_long_enough() -> None:
    run = drift_run(lambda _: 160.0)
    assert [(at(one), one.what, one.value) for one in run.of(Measured)] == [(120.0, "reference", 170.0)]
    (said_s,) = run.said_s
    assert 260.0 <= said_s <= 264.0  # the median of 5 s takes up to 3 samples to show the drop


def test_drift_does_not_fire_at_less_than_its_share() -> None:
    assert drift_run(lambda _: 166.0).said == []


def test_drift_does_not_fire_when_speed_explains_the_cadence() -> None:
    slower = 1.8 / 2.8
    assert drift_run(lambda _: 164.0, lambda t: 2.8 if t < 160 else 2.8 * max(slower, 1 - (t - 160) / 600)).said == []


def test_drift_needs_a_reference_of_this_run() -> None:
    what = pack(rules=[rule(Drift(0.03, seconds(60)), "tired")])
    assert Run(what, runner=KNOWN).runs(0, 300, 150.0).said == []


# --- rise ----------------------------------------------------------------------------------------------------------

METRICS = [(Metric.GROUND_CONTACT_TIME, GroundContactTime, 240.0), (Metric.VERTICAL_OSCILLATION, VerticalOscillation, 80.0)]


@pytest.mark.parametrize(("metric", "kind", "usual"), METRICS, ids=[row[0].value for row in METRICS])
@pytest.mark.parametrize(("risen", "fires"), [(1.06, [320.0]), (1.04, [])])
def test_rise_fires_when_the_metric_has_risen_over_its_reference(
    metric: Metric, kind: Callable[[int, float], Event], usual: float, risen: float, fires: list[float]
) -> None:
    what = pack(
        segment("reference", 120, record=Record.REFERENCE),
        segment("steady", 600),
        rules=[rule(Rise(metric, 0.05, seconds(120)), "heavy")],
    )
    values = [kind(seconds(t + 0.5), usual * (risen if t >= 190 else 1.0)) for t in range(360)]
    run = Run(what, runner=KNOWN).send(*samples(0, 360), *values).to(360)
    assert [round(said_s, -1) for said_s in run.said_s] == fires


def test_rise_does_not_fire_where_no_sensor_gives_the_metric_or_another_one_rises() -> None:
    what = pack(
        segment("reference", 120, record=Record.REFERENCE),
        segment("steady", 600),
        rules=[rule(Rise(Metric.GROUND_CONTACT_TIME, 0.05, seconds(60)), "heavy")],
    )
    other = [VerticalOscillation(seconds(t + 0.5), 80.0 if t < 190 else 120.0) for t in range(360)]
    assert Run(what, runner=KNOWN).send(*samples(0, 360), *other).to(360).said == []


def test_rise_sleeps_once_its_sensor_has_been_silent_for_ten_seconds() -> None:
    what = pack(
        segment("reference", 120, record=Record.REFERENCE),
        segment("steady", 600),
        rules=[rule(Rise(Metric.GROUND_CONTACT_TIME, 0.05, seconds(60)), "heavy")],
    )
    values = [GroundContactTime(seconds(t + 0.5), 240.0 if t < 190 else 260.0) for t in range(210)]
    assert Run(what, runner=KNOWN).send(*samples(0, 360), *values).to(360).said == []


# --- pace and heart ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slower", "fires"), [(0.93, True), (0.96, False)])
def test_pace_drop_fires_under_the_median_of_the_segments_first_minute(slower: float, fires: bool) -> None:
    run = Run(pack(rules=[rule(PaceDrop(0.05, seconds(20)), "pace")]))
    run.runs(0, 200, speed=lambda t: 3.0 if t < 100 else 3.0 * slower)
    assert bool(run.said_s) is fires
    assert all(120.0 <= said_s <= 131.0 for said_s in run.said_s)  # the mean of 10 s takes up to 10 s to show it


def test_pace_drop_is_against_the_present_segment_not_the_one_before() -> None:
    run = Run(pack(segment("fast", 120), segment("slow", 600), rules=[rule(PaceDrop(0.05, seconds(20)), "pace")]))
    run.runs(0, 300, speed=lambda t: 3.5 if t < 120 else 2.6)
    assert run.said == []


def test_pace_drop_does_not_fire_in_the_first_minute_it_is_judged_by() -> None:
    run = Run(pack(rules=[rule(PaceDrop(0.05, seconds(20)), "pace")]))
    run.runs(0, 60, speed=lambda t: 3.0 if t < 20 else 2.4)
    assert run.said == []


HEART = Runner(baseline_spm=170.0, max_hr_bpm=200)


@pytest.mark.parametrize(("bpm", "fires"), [(171, [50.0]), (170, [])])
def test_heart_rate_fires_above_its_share_of_the_runners_maximum(bpm: int, fires: list[float]) -> None:
    run = Run(pack(rules=[rule(HeartRateAbove(0.85, seconds(30)), "ease")]), runner=HEART)
    run.send(*(HeartRate(seconds(t), bpm if t >= 20 else 150) for t in range(100))).to(100)
    assert run.said_s == fires


def test_heart_rate_without_a_known_maximum_fires_nothing() -> None:
    run = Run(pack(rules=[rule(HeartRateAbove(0.85, seconds(30)), "ease")]))
    assert run.send(*(HeartRate(seconds(t), 230) for t in range(100))).to(100).said == []


def test_a_strap_that_falls_silent_fires_nothing_more() -> None:
    run = Run(pack(rules=[rule(HeartRateAbove(0.85, seconds(30)), "ease")]), runner=HEART)
    run.send(*(HeartRate(seconds(t), 190) for t in range(5)), *samples(0, 100)).to(100)
    assert run.said == []


def test_a_heart_rate_that_dips_begins_its_for_anew() -> None:
    run = Run(pack(rules=[rule(HeartRateAbove(0.85, seconds(30)), "ease")]), runner=HEART)
    run.send(*(HeartRate(seconds(t), 160 if t == 25 else 190) for t in range(100))).to(100)
    assert run.said_s == [56.0]


def test_a_held_trigger_fires_once_while_it_holds_and_again_with_a_cooldown() -> None:
    trigger = HeartRateAbove(0.85, seconds(30))
    beats = [HeartRate(seconds(t), 190) for t in range(200)]
    once = Run(pack(rules=[rule(trigger, "ease")]), runner=HEART).send(*beats).to(200)
    again = Run(pack(rules=[rule(trigger, "ease", cooldown_ns=seconds(60))]), runner=HEART).send(*beats).to(200)
    assert once.said_s == [30.0]
    assert again.said_s == [30.0, 90.0, 150.0]


def test_what_held_before_the_rules_segment_began_does_not_count() -> None:
    what = pack(segment("a", 60), segment("b", 600), rules=[rule(HeartRateAbove(0.85, seconds(30)), "ease", only_in=("b",))])
    run = Run(what, runner=HEART).send(*(HeartRate(seconds(t), 190) for t in range(200))).to(200)
    assert run.said_s == [90.0]


def test_drift_and_the_band_sleep_on_a_slope_that_altitude_shows() -> None:
    what = pack(
        segment("a", 600),
        target=Target(Basis.FIXED, spm=172.0),
        band=NARROW,
        rules=[rule(OffBand(Side.LOW, seconds(20)), "up")],
    )
    climb = [Altitude(seconds(t + 0.2), 0.05 * 2.8 * t) for t in range(300)]
    flat = [Altitude(seconds(t + 0.2), 100.0) for t in range(300)]
    slow = samples(0, 300, lambda t: LOW if t >= 60 else IN)
    assert Run(what).send(*slow, *climb).to(300).said == []
    assert Run(what).send(*slow, *flat).to(300).said_s == [80.0]

"""The fifth point under "Exactly" of the pack format: cadence, the band, and when band rules sleep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cued.core.cues import BackInBand, Band, Basis, InBand, OffBand, Rule, Segment, Side, Target
from cued.core.effects import BandWas, CadenceSeen
from cued.core.events import Altitude, Pause, Resume
from cued.units import seconds
from tests.support.run import FIXED_172, KNOWN, Run, at, beat, pack, rule, samples, segment

LOW, IN, HIGH = 160.0, 172.0, 184.0
NARROW = Band(window_ns=seconds(1))
"""The default edges (166.84 and 178.88 about 172), judged sample by sample: times are then easy to reckon."""
OFF_20 = rule(OffBand(Side.LOW, seconds(20)), "low")


def low_from(start_s: float) -> Callable[[float], float]:
    return lambda t: LOW if t >= start_s else IN


def band_run(*rules: Rule, first: Segment | None = None, **how: Any) -> Run:
    what = pack(*((first,) if first else ()), target=FIXED_172, band=NARROW, rules=rules or (OFF_20,))
    return Run(what, **how)


def states(run: Run) -> list[tuple[float, str]]:
    return [(at(one), one.state) for one in run.of(BandWas)]


# --- cadence and the band's edges ----------------------------------------------------------------------------------


@pytest.mark.parametrize("window_s", [3, 5, 15])
def test_exactly_5_cadence_is_the_median_of_the_window(window_s: int) -> None:
    run = Run(pack(target=FIXED_172, band=Band(window_ns=seconds(window_s)))).runs(0, 60, lambda t: 160.0 + t / 4)
    last = run.of(CadenceSeen)[-1]
    newest = 160.0 + 59 / 4
    assert last.smooth_spm == pytest.approx(newest - (window_s - 1) / 2 / 4)


@pytest.mark.parametrize(
    ("target", "edges", "walk", "expected"),
    [
        # low begins under 200 × 0.97 = 194 and is left at 200 × 0.98 = 196
        (200.0, {}, (200, 194, 193.9, 195.9, 196, 194), ["in", "in", "low", "low", "in", "in"]),
        # high begins over 200 × 1.04 = 208 and is left at 200 × 1.03 = 206
        (200.0, {}, (200, 208, 208.1, 206.1, 206, 208), ["in", "in", "high", "high", "in", "in"]),
        # straight through from one side to the other
        (200.0, {}, (200, 190, 212, 190), ["in", "low", "high", "low"]),
        (200.0, {"low": 0.05, "hysteresis": 0.0}, (200, 190.1, 189.9, 190), ["in", "in", "low", "in"]),
    ],
)
def test_exactly_5_the_band_is_entered_and_left_at_its_stated_edges(
    target: float, edges: dict[str, Any], walk: tuple[float, ...], expected: list[str]
) -> None:
    what = pack(target=Target(Basis.FIXED, spm=target), band=replace(NARROW, **edges))
    run = Run(what).runs(0, len(walk), lambda t: walk[int(t)])
    assert [seen.band for seen in run.of(CadenceSeen)] == expected


# --- firing --------------------------------------------------------------------------------------------------------


def test_exactly_5_off_band_fires_once_and_again_after_having_left() -> None:
    run = band_run().runs(0, 300, lambda t: IN if t < 10 or 200 <= t < 210 else LOW)
    assert run.said_s == [30.0, 230.0]


@pytest.mark.parametrize(
    ("cooldown_s", "fires"), [(60, [30.0, 90.0, 150.0]), (5, [30.0, 50.0, 70.0, 90.0, 110.0, 130.0, 150.0])]
)
def test_exactly_5_given_a_cooldown_off_band_fires_again_when_held_for_anew(cooldown_s: float, fires: list[float]) -> None:
    again = rule(OffBand(Side.LOW, seconds(20)), "low", cooldown_ns=seconds(cooldown_s))
    assert band_run(again).runs(0, 165, low_from(10)).said_s == fires


def test_exactly_5_in_band_fires_once_per_stay_and_back_in_band_only_after_ten_seconds_off() -> None:
    rules = [rule(InBand(seconds(20)), "in"), rule(BackInBand(seconds(5)), "back")]
    run = band_run(*rules).runs(0, 120, lambda t: LOW if 40 <= t < 45 or 80 <= t < 95 else IN)
    assert run.said == [(20.0, "in"), (65.0, "in"), (100.0, "back"), (115.0, "in")]


# --- sleep ---------------------------------------------------------------------------------------------------------


def test_exactly_5_it_sleeps_while_the_target_is_unknown() -> None:
    run = Run(pack(band=NARROW, rules=[OFF_20, rule(InBand(seconds(1)), "in")])).runs(0, 50, 150.0)
    assert run.said == []
    assert {seen.band for seen in run.of(CadenceSeen)} == {"unknown"}


@pytest.mark.parametrize(("spm", "speed"), [(110.0, 1.5), (0.0, 0.0)], ids=["walking", "standing"])
def test_exactly_5_it_sleeps_while_walking_or_standing(spm: float, speed: float) -> None:
    run = band_run(rule(OffBand(Side.LOW, seconds(5)), "low"))
    run.runs(0, 100, lambda t: IN if t < 30 else spm, lambda t: 2.8 if t < 30 else speed)
    assert run.said == []
    assert run.view.band == "asleep"


def test_exactly_5_it_sleeps_while_speed_is_unsteady() -> None:
    run = band_run().runs(0, 80, low_from(40), lambda t: 2.8 if t < 40 else 3.0)
    asleep = [at(seen) for seen in run.of(CadenceSeen) if seen.band == "asleep"]
    assert asleep, "the mean of 10 s ran over 5 % ahead of the 30 s before"
    assert 45 <= min(asleep) <= 50
    steady = band_run().runs(0, 80, low_from(40), lambda t: 2.8 if t < 40 else 2.9)
    assert [seen for seen in steady.of(CadenceSeen) if seen.band == "asleep"] == []


@pytest.mark.parametrize(("share", "said"), [(0.92, [280.0]), (0.89, [])])
def test_exactly_5_it_sleeps_ten_per_cent_under_the_segments_median(share: float, said: list[float]) -> None:
    run = band_run().runs(0, 300, low_from(260), lambda t: 3.0 if t < 200 else 3.0 * share)  # steady again from 240 s on
    assert run.said_s == said


def test_exactly_5_it_sleeps_in_hills_and_where_altitude_shows_three_per_cent() -> None:
    assert band_run(first=segment("hills", 300)).runs(0, 100, LOW).said == []
    assert band_run(first=segment("tempo", 300)).runs(0, 100, LOW).said_s == [20.0]
    for share, sleeps in ((0.032, True), (-0.032, True), (0.028, False)):
        heights = [Altitude(seconds(t + 0.1), 50 + share * 2.8 * t) for t in range(100)]
        run = band_run().send(*samples(0, 100, low_from(40)), *heights).to(100)
        assert (run.said == []) is sleeps, share


def test_exactly_5_it_sleeps_within_ten_seconds_of_a_tempos_start() -> None:
    what = pack(
        segment("quiet", 60),
        segment("beat", 300, metronome=beat("fixed", beat_spm=172.0)),
        target=FIXED_172,
        band=NARROW,
        rules=[rule(OffBand(Side.LOW, seconds(5)), "low", only_in=("beat",))],
    )
    run = Run(what).runs(0, 100, LOW)
    asleep = [at(seen) for seen in run.of(CadenceSeen) if seen.band == "asleep"]
    assert asleep == [float(t) for t in range(60, 70)]
    assert run.said_s == [75.0]


def test_exactly_5_it_sleeps_while_a_nudge_whose_beat_is_outside_the_band_still_moves() -> None:
    far = pack(segment("steady", 1_200, metronome=beat("nudge")), target=Target(change=0.06), band=NARROW, rules=[OFF_20])
    run = Run(far, runner=KNOWN).runs(0, 150, 170.0)
    assert run.said == [], "the beat itself is still under 180.2 × 0.97"
    near = replace(far, session=(replace(far.segments()[0], metronome=beat("none")),))
    assert Run(near, runner=KNOWN).runs(0, 150, 170.0).said_s == [20.0]


def test_exactly_5_a_nudge_that_has_come_into_the_band_is_judged_again() -> None:
    what = pack(segment("steady", 1_200, metronome=beat("nudge")), target=Target(change=0.04), band=NARROW, rules=[OFF_20])
    run = Run(what, runner=KNOWN).runs(0, 120, 170.0)
    awake_s = next(at(seen) for seen in run.of(CadenceSeen) if at(seen) > 5 and seen.band == "low")
    sounding_s = awake_s + 0.5  # a tempo is in force when its beat is promised, 400 ms before it sounds
    edge = 176.8 * 0.97
    assert run.tempo_at(sounding_s) >= edge > run.tempo_at(sounding_s - 1.5)
    assert [said_s > awake_s for said_s in run.said_s] == [True]


def test_exactly_5_asleep_nothing_fires_and_every_for_stands_still() -> None:
    run = band_run().send(*samples(0, 10, IN, None), *samples(10, 20, LOW, None), *samples(20, 50, 100.0, None))
    run.send(*samples(50, 100, LOW, None)).to(100)
    (said_s,) = run.said_s
    assert 59.0 <= said_s <= 61.0, "ten seconds before the walk and ten after it"


def test_exactly_5_asleep_the_bands_state_stands_still() -> None:
    run = band_run().send(*samples(0, 60, LOW), Pause(seconds(5)), Resume(seconds(30))).to(60)
    assert states(run) == [(0.0, "low")]
    assert run.said_s == [45.0], "5 s before the pause and 15 s after it"


@pytest.mark.parametrize(("asleep_s", "said_s"), [(59, 79.0), (60, 90.0), (70, 100.0)])
def test_exactly_5_after_sixty_seconds_asleep_state_and_for_begin_anew(asleep_s: float, said_s: float) -> None:
    run = band_run().send(*samples(0, 10, LOW), Pause(seconds(10)), Resume(seconds(10 + asleep_s)))
    run.send(*samples(10 + asleep_s, 150, LOW)).to(150)
    assert run.said_s == [said_s]


def test_exactly_5_what_held_in_the_segment_before_does_not_count_for_a_rule_with_in() -> None:
    what = pack(
        segment("a", 60),
        segment("b", 300),
        target=FIXED_172,
        band=NARROW,
        rules=[rule(OffBand(Side.LOW, seconds(20)), "low", only_in=("b",)), rule(OffBand(Side.LOW, seconds(50)), "all")],
    )
    assert Run(what).runs(0, 120, LOW).said == [(50.0, "all"), (80.0, "low")]


def test_exactly_5_a_slope_is_never_guessed_from_the_pod() -> None:
    run = band_run().runs(0, 60, low_from(10), lambda t: 2.8 - min(t, 30) * 0.003)
    assert run.said_s == [30.0], "slower and shorter steps alone are no hill"

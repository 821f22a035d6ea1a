"""Triggers that fire at a moment: starts, ends, points, intervals, keys and reports.

Each fires when it should, and only then."""

from __future__ import annotations

import pytest

from cued.core.cues import (
    Asked,
    At,
    BeforeEnd,
    Coach,
    Every,
    Length,
    NextSegment,
    RandomWithin,
    ReintroductionDue,
    Repeat,
    RunEnd,
    RunStart,
    SegmentEnd,
    SegmentStart,
    SensorIs,
    SensorWord,
    SurfaceChange,
)
from cued.core.events import (
    AskCue,
    BatteryLow,
    Event,
    LinkState,
    Next,
    Reintroduction,
    SensorLink,
    Stop,
    SurfaceIs,
)
from cued.core.rules import Trigger
from cued.units import seconds
from tests.support.run import Run, for_m, for_s, pack, rule, samples, segment

# --- starts and ends -----------------------------------------------------------------------------------------------


def test_run_start_fires_once_at_zero() -> None:
    run = Run(pack(segment("a", 60), segment("b", 60), rules=[rule(RunStart(), "hello")]))
    assert run.to(120).said == [(0.0, "hello")]


def test_run_end_fires_when_the_length_is_reached_and_not_when_only_the_segments_are_over() -> None:
    run = Run(pack(segment("a", 60), rules=[rule(RunEnd(), "done")]), length_ns=seconds(90))
    assert run.to(89).said == []
    assert run.drain().said == [(90.0, "done")]


def test_run_end_fires_when_the_runner_stops() -> None:
    run = Run(pack(segment("a", 60), rules=[rule(RunEnd(), "done")]))
    run.send(Stop(seconds(20)), Stop(seconds(21))).drain()
    assert run.said == [(20.0, "done")]


def test_segment_start_and_end_fire_at_every_boundary_of_the_segments_they_name() -> None:
    rules = [rule(SegmentStart(), "go", only_in=("a",)), rule(SegmentEnd(), "over", only_in=("a",))]
    run = Run(pack(Repeat(2, (segment("a", 60), segment("b", 60))), rules=rules))
    assert run.to(300).said == [(0.0, "go"), (60.0, "over"), (120.0, "go"), (180.0, "over")]


def test_a_run_cut_short_inside_a_segment_fires_no_segment_end() -> None:
    run = Run(pack(segment("a", 60), rules=[rule(SegmentEnd(), "over")]))
    run.send(Stop(seconds(20))).drain()
    assert run.said == []


def test_a_segments_own_cues_belong_to_that_segment_alone() -> None:
    rules = [rule(SegmentStart(), "go", segment_index=1), rule(SegmentEnd(), "over", segment_index=0)]
    run = Run(pack(segment("same", 60), segment("same", 60), rules=rules))
    assert run.to(180).said == [(60.0, "over"), (60.0 + 0.3 + 5 * 0.065, "go")]


@pytest.mark.parametrize(("length", "fires"), [(for_s(60), [50.0]), (for_s(5), [])])
def test_before_end_fires_so_long_before_the_segments_end(length: Length, fires: list[float]) -> None:
    run = Run(pack(segment("a", length), rules=[rule(BeforeEnd(for_s(10)), "soon")]))
    assert run.to(120).said_s == fires


def test_before_end_fires_in_each_round_of_a_repeat() -> None:
    run = Run(pack(Repeat(2, (segment("a", 30), segment("b", 30))), rules=[rule(BeforeEnd(for_s(10)), "soon", only_in=("a",))]))
    assert run.to(200).said_s == [20.0, 80.0]


def test_before_end_of_a_distance_counts_metres_back_from_its_end() -> None:
    run = Run(pack(segment("a", for_m(300)), rules=[rule(BeforeEnd(for_m(100)), "soon")]))
    run.runs(0, 120, speed=2.5)
    assert run.said_s == [pytest.approx(80.0, abs=0.01)]


def test_before_end_by_time_also_knows_a_segments_end_by_distance() -> None:
    run = Run(pack(segment("a", for_m(300)), rules=[rule(BeforeEnd(for_s(10)), "soon")]))
    run.runs(0, 140, speed=2.5)
    assert run.said_s == [pytest.approx(110.0, abs=0.01)]


# --- points and intervals ------------------------------------------------------------------------------------------


def test_at_a_time_fires_once() -> None:
    run = Run(pack(segment("a", 60), segment("b", 600), rules=[rule(At(for_s(90)), "now")]))
    assert run.to(600).said == [(90.0, "now")]


def test_at_with_in_counts_from_each_start_of_the_segment() -> None:
    rules = [rule(At(for_s(10)), "now", only_in=("b",))]
    run = Run(pack(Repeat(2, (segment("a", 60), segment("b", 60))), rules=rules))
    assert run.to(240).said_s == [70.0, 190.0]


def test_at_a_distance_fires_once_there() -> None:
    run = Run(pack(rules=[rule(At(for_m(250)), "now")]))
    assert run.runs(0, 300, speed=2.5).said_s == [pytest.approx(100.0, abs=0.01)]


def test_every_fires_first_after_one_interval_and_then_again_and_again() -> None:
    run = Run(pack(rules=[rule(Every(for_s(90)), "again")]))
    assert run.to(280).said_s == [90.0, 180.0, 270.0]


def test_every_distance_fires_at_each() -> None:
    run = Run(pack(rules=[rule(Every(for_m(100)), "again")]))
    assert run.runs(0, 130, speed=2.5).said_s == [pytest.approx(at_s, abs=0.01) for at_s in (40.0, 80.0, 120.0)]


def test_jitter_is_uniform_about_the_due_point_and_does_not_accumulate() -> None:
    run = Run(pack(segment("a", 7200), rules=[rule(Every(for_s(60), jitter_ns=seconds(15)), "again")]), seed=3).to(7199)
    off = [at_s - 60.0 * (n + 1) for n, at_s in enumerate(run.said_s)]
    assert len(off) >= 118
    assert all(abs(value) <= 15.0 for value in off)
    assert min(off) < -10.0
    assert max(off) > 10.0
    assert abs(sum(off) / len(off)) < 4.0


def test_random_fires_again_and_again_within_its_range() -> None:
    run = Run(pack(segment("a", 7200), rules=[rule(RandomWithin(seconds(90), seconds(180)), "again")]), seed=5).to(7199)
    gaps = [after - before for before, after in zip([0.0, *run.said_s], run.said_s, strict=False)]
    assert len(gaps) > 40
    assert all(90.0 <= gap <= 180.0 for gap in gaps)
    assert max(gaps) - min(gaps) > 60.0


def test_chance_is_the_seeds_the_same_seed_the_same_times_another_seed_others() -> None:
    what = pack(rules=[rule(RandomWithin(seconds(30), seconds(120)), "again")])
    one, same, other = (Run(what, seed=seed).to(500).said_s for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("trigger", "fires"),
    [
        (At(for_m(50)), [80.0, 200.0]),
        (Every(for_m(50)), [80.0, 100.0, 200.0, 220.0]),
        (RandomWithin(seconds(25), seconds(25)), [85.0, 110.0, 205.0, 230.0]),
    ],
    ids=["at", "every", "random"],
)
def test_with_in_distance_and_chance_begin_anew_at_each_start_of_the_segment(trigger: Trigger, fires: list[float]) -> None:
    what = pack(Repeat(2, (segment("a", 60), segment("b", 60))), rules=[rule(trigger, "word", only_in=("b",))])
    run = Run(what).runs(0, 239, speed=2.5)
    assert run.said_s == [pytest.approx(when, abs=0.01) for when in fires]


# --- keys and reports ----------------------------------------------------------------------------------------------

REPORTS: list[tuple[Trigger, Event, Event]] = [
    (SurfaceChange(), SurfaceIs(seconds(20), "grass"), SensorLink(seconds(20), LinkState.RENEWING)),
    (SensorIs(SensorWord.LOST), SensorLink(seconds(20), LinkState.LOST), SensorLink(seconds(20), LinkState.RENEWING)),
    (SensorIs(SensorWord.BACK), SensorLink(seconds(20), LinkState.BACK), SensorLink(seconds(20), LinkState.UP)),
    (SensorIs(SensorWord.BATTERY_LOW), BatteryLow(seconds(20), 9), SensorLink(seconds(20), LinkState.UP)),
    (Asked(), AskCue(seconds(20)), Next(seconds(20))),
    (ReintroductionDue(), Reintroduction(seconds(20)), AskCue(seconds(20))),
]


@pytest.mark.parametrize(("trigger", "event", "other"), REPORTS, ids=lambda value: type(value).__name__)
def test_a_report_fires_its_own_trigger_and_no_other(trigger: Trigger, event: Event, other: Event) -> None:
    what = pack(segment("a", 600), segment("b", 600), rules=[rule(trigger, "word")])
    assert Run(what).send(event).to(60).said_s == [20.0]
    assert Run(what).send(other).to(60).said_s == []


@pytest.mark.parametrize(("trigger", "event"), [row[:2] for row in REPORTS], ids=lambda value: type(value).__name__)
def test_a_report_outside_the_rules_segments_fires_nothing(trigger: Trigger, event: Event) -> None:
    what = pack(segment("a", 600), segment("b", 600), rules=[rule(trigger, "word", only_in=("b",))])
    run = Run(what).send(event).to(60)
    assert run.said == []
    assert run.refused == []


def test_the_same_surface_twice_is_no_change() -> None:
    run = Run(pack(rules=[rule(SurfaceChange(), "ground")]))
    run.send(SurfaceIs(seconds(10), "grass"), SurfaceIs(seconds(20), "grass"), SurfaceIs(seconds(30), "gravel")).to(40)
    assert run.said_s == [10.0, 30.0]


def test_a_segments_surface_is_a_change_too() -> None:
    what = pack(segment("a", 60), segment("b", 60, surface="grass"), rules=[rule(SurfaceChange(), "ground")])
    assert Run(what).to(100).said_s == [60.0]


def test_a_loss_fires_once_and_again_only_after_the_sensor_was_back() -> None:
    what = pack(rules=[rule(SensorIs(SensorWord.LOST), "gone"), rule(SensorIs(SensorWord.BACK), "here")])
    run = Run(what).send(
        SensorLink(seconds(1), LinkState.FOUND),
        SensorLink(seconds(20), LinkState.LOST),
        SensorLink(seconds(25), LinkState.LOST),
        *samples(40, 60),
        SensorLink(seconds(80), LinkState.LOST),
    )
    assert run.to(90).said == [(20.0, "gone"), (40.0, "here"), (80.0, "gone")]


def test_what_the_runner_asked_for_is_said_in_a_silent_segment() -> None:
    run = Run(pack(segment("a", 60, coach=Coach.SILENT), rules=[rule(Asked(), "tip")]))
    assert run.send(AskCue(seconds(20))).to(30).said == [(20.0, "tip")]


def test_one_rule_may_speak_and_move_on() -> None:
    run = Run(pack(segment("a", 600), segment("b", 600), rules=[rule(At(for_s(30)), "on", NextSegment(), only_in=("a",))]))
    run.to(60)
    assert run.said == [(30.0, "on")]
    assert run.segments == [(0.0, "a"), (30.0, "b")]

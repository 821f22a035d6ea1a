"""The runner's own cadence: a baseline from three easy runs, and a slope that trusts data as far as they go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.coaching.model import Model, learned, runner_of, shift
from cued.core.cues import Basis, Target
from cued.core.target import SLOPE_SPM_PER_MPS, Figure, known_at_start, target_spm


def run(base_spm: float, slope: float, speeds: list[float]) -> tuple[Figure, ...]:
    """Minutes of a run on a straight line through (2.8 m/s, base)."""
    return tuple(Figure(base_spm + slope * (speed - 2.8), speed) for speed in speeds)


WIDE = [2.4, 2.5, 2.6, 2.7, 2.8, 2.8, 2.9, 3.0, 3.1, 3.2] * 2
NARROW = [2.78, 2.79, 2.8, 2.8, 2.81, 2.82] * 2


def known(*runs: tuple[Figure, ...]) -> Model:
    model = Model()
    for minutes in runs:
        model = learned(model, minutes)
    return model


def test_there_is_no_baseline_before_three_runs_and_then_it_is_their_median() -> None:
    runs = [run(spm, 5.6, NARROW) for spm in (160.0, 166.0, 162.0)]
    assert known(*runs[:2]).baseline is None
    baseline = known(*runs).baseline
    assert baseline is not None
    assert baseline.spm == pytest.approx(162.0)
    assert baseline.speed_mps == pytest.approx(2.8)


def test_what_training_changes_does_not_move_the_baseline() -> None:
    model = known(*[run(160.0, 5.6, NARROW)] * 3, *[run(170.0, 5.6, NARROW)] * 6)
    assert model.baseline == Figure(160.0, 2.8)


def test_a_run_of_few_minutes_says_nothing() -> None:
    assert learned(Model(), run(160.0, 5.6, WIDE)[:4]) == Model()


def test_a_steady_runners_slope_is_the_prior() -> None:
    slope = known(*[run(160.0, 12.0, NARROW)] * 3).slope
    assert slope is None or slope == pytest.approx(SLOPE_SPM_PER_MPS, abs=0.2)


def test_with_an_hour_at_many_speeds_the_slope_is_the_runners_own() -> None:
    assert known(*[run(160.0, 9.0, WIDE)] * 3).slope == pytest.approx(9.0, abs=0.01)


def test_with_one_run_it_lies_between() -> None:
    slope = known(run(160.0, 9.0, WIDE)).slope
    assert slope is not None
    assert SLOPE_SPM_PER_MPS < slope < 9.0


def test_a_few_wild_minutes_do_not_move_it() -> None:
    wild = (*run(160.0, 7.0, WIDE), Figure(120.0, 3.4), Figure(230.0, 2.2), Figure(80.0, 3.5))
    assert known(wild, wild, wild).slope == pytest.approx(7.0, abs=0.3)


def test_two_runners_with_one_pack_get_targets_of_their_own_that_follow_the_speed() -> None:
    target = Target(Basis.SPEED_MODEL, 0.05)
    slow, quick = (runner_of(known(*[run(spm, slope, WIDE)] * 3), 0.05) for spm, slope in ((156.0, 4.0), (174.0, 9.0)))
    targets = [
        [target_spm(target, known_at_start(runner), runner, speed, None) for speed in (2.6, 2.8, 3.2)]
        for runner in (slow, quick)
    ]
    assert targets[0] == pytest.approx([1.05 * (156.0 + 4.0 * over) for over in (-0.2, 0.0, 0.4)], abs=0.1)
    assert targets[1] == pytest.approx([1.05 * (174.0 + 9.0 * over) for over in (-0.2, 0.0, 0.4)], abs=0.1)


def test_own_cadence_is_the_target_where_nothing_is_asked_for() -> None:
    runner = runner_of(known(*[run(160.0, 6.0, WIDE)] * 3), 0.0)
    for speed in (2.5, 2.8, 3.3):
        own = target_spm(Target(Basis.SPEED_MODEL, 0.0), known_at_start(runner), runner, speed, None)
        assert own == pytest.approx(160.0 + 6.0 * (speed - 2.8), abs=0.1)


def test_a_shift_is_told_at_the_same_speed() -> None:
    model = known(*[run(160.0, 6.0, WIDE)] * 3)
    assert shift(model, Figure(1.04 * (160.0 + 6.0 * 0.4), 3.2)) == pytest.approx(0.04, abs=0.001)
    assert shift(Model(), Figure(160.0, 2.8)) is None


FIGURES = st.builds(Figure, st.floats(0.0, 400.0), st.one_of(st.none(), st.floats(0.0, 12.0)))


@given(st.lists(st.lists(FIGURES, max_size=8), max_size=8))
def test_whatever_pods_say_the_slope_stays_a_runners(runs: list[list[Figure]]) -> None:
    model = known(*(tuple(minutes) for minutes in runs))
    assert model.slope is None or 0.0 <= model.slope <= 15.0
    assert len(model.first) <= 3

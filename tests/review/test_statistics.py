"""Statistics for a handful of runs, against values from tables and worked out by hand, and on series whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.review.statistics import cusum, kendall_p, shrunk, spread_of_repeats, t90, theil_sen

NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=12)


def test_the_slope_is_the_median_of_all_pairs_slopes() -> None:
    found = theil_sen([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 9.0, 3.0])
    assert found is not None
    assert found.slope == 1.0  # of -6, 1, 1, 1, 4.5, 8; the odd one out moves nothing


def test_the_interval_takes_the_ranks_of_sens_table() -> None:
    # n = 10: the standard deviation of Kendall's S is 11.18, so of 45 slopes, in order, the 13th and the 33rd (from 1).
    x = [float(number) for number in range(10)]
    y = [0.3, 1.4, 1.7, 3.5, 3.6, 5.2, 6.9, 6.8, 8.8, 8.9]
    slopes = sorted((y[b] - y[a]) / (b - a) for a in range(10) for b in range(a + 1, 10))
    found = theil_sen(x, y)
    assert found is not None
    assert (found.low, found.high) == (slopes[12], slopes[32])


def test_without_any_spread_in_x_there_is_no_slope() -> None:
    assert theil_sen([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]) is None


@pytest.mark.parametrize(
    ("n", "p"), [(4, 2 / 24), (5, 2 / 120), (6, 2 / 720)], ids=["four values", "five values", "six values"]
)
def test_the_smallest_p_is_that_of_the_one_order_of_all(n: int, p: float) -> None:
    assert kendall_p(list(range(n)), list(range(n))) == pytest.approx(p)
    assert kendall_p(list(range(n)), list(range(n, 0, -1))) == pytest.approx(p)


def test_kendalls_p_is_that_of_the_table() -> None:
    # n = 8, S = 16: upper tail 0.031 (Kendall 1970, appendix table 1).
    y = [1.0, 3.0, 2.0, 7.0, 6.0, 4.0, 5.0, 8.0]  # six pairs of 28 the wrong way round
    assert sum((b > a) - (b < a) for i, a in enumerate(y) for b in y[i + 1 :]) == 16
    assert kendall_p(list(range(8)), y) == pytest.approx(2 * 0.031, abs=0.001)


def test_with_ties_p_is_the_normal_approximation() -> None:
    # By hand: S = 9, variance (5·4·15 − 2·1·9)/18 = 15.667, z = 2.274.
    assert kendall_p([1, 2, 3, 4, 5], [1, 1, 2, 3, 4]) == pytest.approx(0.0230, abs=0.0002)
    assert kendall_p([1, 2, 3], [4, 4, 4]) == 1.0


@given(NUMBERS)
def test_p_is_a_probability_and_the_slope_lies_in_its_interval(values: list[float]) -> None:
    x = [float(number) for number in range(len(values))]
    assert 0.0 <= kendall_p(x, values) <= 1.0
    found = theil_sen(x, values)
    assert found is not None
    assert found.low <= found.slope <= found.high


def test_a_known_slope_lies_in_nine_of_ten_intervals() -> None:
    rng = np.random.default_rng(11)
    x = [float(number) for number in range(10)]
    inside = 0
    for _ in range(400):
        y = [0.3 * at + float(noise) for at, noise in zip(x, rng.normal(0.0, 1.2, 10), strict=True)]
        found = theil_sen(x, y)
        assert found is not None
        inside += found.low <= 0.3 <= found.high
    assert 0.86 <= inside / 400 <= 0.96


def test_students_t_meets_its_table() -> None:
    assert t90(5) == 2.015
    assert t90(20) == pytest.approx(1.725, abs=0.001)
    assert t90(60) == pytest.approx(1.671, abs=0.001)


# --- the alarm -----------------------------------------------------------------------------------------------------


def test_the_cusum_adds_up_as_by_hand() -> None:
    first = [10.0, 11.0, 9.0, 10.0, 11.0, 9.0, 10.0, 11.0, 9.0, 10.0]  # median 10, MAD 1: 1.4826
    found = cusum([*first, 7.0, 7.0], least_spread=0.1)
    assert found is not None
    assert found.baseline == 10.0
    assert found.spread == pytest.approx(1.4826)
    assert found.total == pytest.approx(2 * (3.0 / 1.4826 - 0.75))
    assert not found.on
    again = cusum([*first, 7.0, 7.0, 7.0, 7.0], least_spread=0.1)
    assert again is not None
    assert again.on


def test_a_baseline_wants_ten_values_or_six_and_a_higher_limit() -> None:
    assert cusum([1.0] * 6, 1.0) is None
    short, whole = cusum([1.0] * 8, 1.0), cusum([1.0] * 11, 1.0)
    assert short is not None
    assert whole is not None
    assert (short.limit, short.values) == (5.0, 2)
    assert (whole.limit, whole.values) == (4.0, 1)


def test_an_alarm_is_over_after_a_few_runs_as_before() -> None:
    steady = [0.0, 1.0, -1.0, 0.5, -0.5] * 2
    for good, on in ((0, True), (1, True), (3, False)):
        found = cusum([*steady, *[-4.0] * 6, *[0.3] * good], least_spread=1.0)
        assert found is not None
        assert found.on is on


def alarms(fall: float, seed: int) -> float:
    """The share of 600 runners that are alarmed within twelve sessions after a baseline of ten."""
    rng = np.random.default_rng(seed)
    alarmed = 0
    for _ in range(600):
        values = [*map(float, rng.normal(0.0, 1.0, 10)), *map(float, rng.normal(-fall, 1.0, 12))]
        found = [cusum(values[:n], least_spread=1.0) for n in range(11, 23)]
        alarmed += any(one is not None and one.on for one in found)
    return alarmed / 600


def test_a_steady_runner_is_seldom_alarmed_and_a_fall_is_mostly_found() -> None:
    assert alarms(0.0, 3) <= 0.08
    assert alarms(1.5, 4) >= 0.80


# --- the rest ------------------------------------------------------------------------------------------------------


def test_estimates_are_drawn_together_the_more_the_less_is_known() -> None:
    near, far = shrunk([0.0, 4.0, 2.0], [0.5, 2.0, 0.5])[0], shrunk([0.0, 4.0, 2.0], [0.5, 2.0, 0.5])[1]
    assert 0.0 < near < 1.0
    assert far < 3.5
    assert shrunk([0.1, -0.1], [1.0, 1.0]) == pytest.approx([0.0, 0.0])  # no more apart than chance puts them
    assert shrunk([3.0], [1.0]) == [3.0]


def test_a_tests_own_spread_comes_from_its_repeats() -> None:
    assert spread_of_repeats([(10.0, 12.0), (20.0, 18.0)]) == pytest.approx(2.0**0.5)
    assert spread_of_repeats([]) is None

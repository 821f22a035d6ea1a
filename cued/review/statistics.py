"""Statistics for a handful of runs: slopes with their intervals, ranks, alarms, the least difference that means something.

Made for 6 to 60 values. Plain arithmetic, so that the plan, which hears of an alarm, decides the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from cued.core.numbers import mean, median

Z90: Final = 1.6448536269514722
"""Two-sided 90 % of the normal distribution."""
SD_OF_MAD: Final = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""
MDC_FACTOR: Final = 2.77
"""1.96 √2: two tests that differ by more than so many of their own standard deviations differ by more than chance (95 %)."""
T90: Final = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753)
"""Two-sided 90 % of Student's t for 1 to 15 degrees of freedom; beyond, `t90` reckons."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A Theil-Sen slope with its interval, per unit of x."""

    slope: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """A one-sided CUSUM after its last value."""

    on: bool
    total: float
    """In baseline standard deviations."""
    limit: float
    """From here on it is an alarm."""
    baseline: float
    """The median of the first values."""
    spread: float
    """Their robust standard deviation, floored."""
    values: int
    """How many came after the baseline."""


def t90(degrees: int) -> float:
    """Student's t, two-sided 90 %; needs one degree."""
    if degrees <= len(T90):
        return T90[degrees - 1]
    z = Z90  # Cornish and Fisher: right to 0.001 from 16 on
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)


def theil_sen(x: Sequence[float], y: Sequence[float]) -> Slope | None:
    """The median of all pairs' slopes, with Sen's 90 % interval (1968), ties counted; None where all x are the same."""
    slopes = sorted(
        (y[later] - y[sooner]) / (x[later] - x[sooner])
        for later in range(len(x))
        for sooner in range(later)
        if x[later] != x[sooner]
    )
    if not slopes:
        return None
    n, pairs = len(x), len(slopes)
    variance = _tied(n) - sum(map(_tied, _repeats(x))) - sum(map(_tied, _repeats(y)))
    half = Z90 * max(variance, 0.0) ** 0.5
    high = min(round((pairs + half) / 2), pairs - 1)
    low = max(round((pairs - half) / 2) - 1, 0)
    return Slope(median(slopes), slopes[low], slopes[high])


def kendall_p(x: Sequence[float], y: Sequence[float]) -> float:
    """Two-sided p of Kendall's tau: exact without ties, else by the normal approximation with ties (Kendall 1970)."""
    n = len(x)
    signs = [
        (x[later] > x[sooner]) - (x[later] < x[sooner])
        if y[later] > y[sooner]
        else (x[later] < x[sooner]) - (x[later] > x[sooner])
        for later in range(n)
        for sooner in range(later)
        if y[later] != y[sooner]
    ]
    score = sum(signs)
    if len(set(x)) == n and len(set(y)) == n:
        return _exact_p(n, score)
    variance = _tied(n) - sum(map(_tied, _repeats(x))) - sum(map(_tied, _repeats(y)))
    if variance <= 0.0:
        return 1.0
    pairs = n * (n - 1)
    for_x, for_y = ([size for size in _repeats(values) if size > 1] for values in (x, y))
    variance += sum(k * (k - 1) for k in for_x) * sum(k * (k - 1) for k in for_y) / (2 * pairs)
    if n > 2:
        thirds = sum(k * (k - 1) * (k - 2) for k in for_x) * sum(k * (k - 1) * (k - 2) for k in for_y)
        variance += thirds / (9 * pairs * (n - 2))
    return math.erfc(abs(score) / math.sqrt(2.0 * variance))


def cusum(values: Sequence[float], least_spread: float) -> Alarm | None:
    """Have the values fallen for good? `least_spread`: what one value wanders by at the least. None before there is a baseline.

    The baseline is the first ten, or the first six while there are no more than ten; k 0.75, h 4 (5 with six). By simulation of
    steady runners an alarm comes by chance in about 5 % of twelve sessions, and with a fall of 1.5 standard deviations in 87 %.
    """
    n = BASELINE if len(values) > BASELINE else SHORT_BASELINE
    if len(values) <= n:
        return None
    limit = LIMIT if n == BASELINE else SHORT_LIMIT
    first = values[:n]
    middle = median(first)
    pooled = (sum((later - sooner) ** 2 for sooner, later in pairwise(values)) / (2 * (len(values) - 1))) ** 0.5
    spread = max(SD_OF_MAD * median([abs(value - middle) for value in first]), FLOOR * max(pooled, least_spread))
    total = 0.0
    for value in values[n:]:
        total = min(limit + 2 * SLACK, max(0.0, total + (middle - value) / spread - SLACK))
    return Alarm(total >= limit, total, limit, middle, spread, len(values) - n)


BASELINE, SHORT_BASELINE = 10, 6
LIMIT, SHORT_LIMIT = 4.0, 5.0
SLACK: Final = 0.75
"""With a baseline of six and k 0.5, h 4 a third of steady runners would be alarmed within 24 sessions (own simulation)."""
FLOOR: Final = 0.7
"""Of the spread between neighbours: ten values may by chance lie closer together than they wander."""


def shrunk(values: Sequence[float], errors: Sequence[float]) -> list[float]:
    """Estimates drawn towards their mean, the more the less they are known (empirical Bayes; DerSimonian and Laird's τ²)."""
    if len(values) < 2:
        return list(values)
    weights = [1.0 / max(error, LEAST_ERROR) ** 2 for error in errors]
    total = sum(weights)
    centre = sum(weight * value for weight, value in zip(weights, values, strict=True)) / total
    apart = sum(weight * (value - centre) ** 2 for weight, value in zip(weights, values, strict=True))
    scale = total - sum(weight * weight for weight in weights) / total
    between = max(0.0, (apart - (len(values) - 1)) / scale)
    weights = [1.0 / (between + max(error, LEAST_ERROR) ** 2) for error in errors]
    centre = sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)
    trust = [between / (between + max(error, LEAST_ERROR) ** 2) for error in errors]
    return [centre + share * (value - centre) for value, share in zip(values, trust, strict=True)]


LEAST_ERROR: Final = 1e-9
"""A standard error of 0 would outweigh everything."""


def spread_of_repeats(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The standard deviation of one test, from pairs of the same test done twice; None without a pair."""
    if not pairs:
        return None
    return math.sqrt(mean([(second - first) ** 2 / 2 for first, second in pairs]))


def _repeats(values: Sequence[float]) -> list[int]:
    return [len(list(group)) for _, group in groupby(sorted(values))]


def _tied(k: int) -> float:
    return k * (k - 1) * (2 * k + 5) / 18


def _exact_p(n: int, score: int) -> float:
    """Two-sided: of all orders of n things, the share whose tau is at least as far from 0."""
    ways = [1]
    for k in range(2, n + 1):  # inversions of k things: those of k - 1, and 0 to k - 1 more
        longer = [0] * (len(ways) + k - 1)
        for inversions, count in enumerate(ways):
            for more in range(k):
                longer[inversions + more] += count
        ways = longer
    most = len(ways) - 1
    outside = sum(count for inversions, count in enumerate(ways) if abs(most - 2 * inversions) >= abs(score))
    return outside / sum(ways)

"""Does something grow? A straight line through samples, and what it says of an hour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

S_PER_H: Final = 3600.0
WARM_UP_S: Final = 600.0
"""Voices are rendered, packs read and allocators filled by then."""
WARM_UP_SHARE: Final = 1 / 3
"""Of a soak that is too short for ten minutes of it."""
ENOUGH_S: Final = 20 * 60.0
"""Over a shorter time a page here or there looks like megabytes an hour: reported, not judged."""


@dataclass(frozen=True, slots=True)
class Trend:
    """The line through some samples."""

    per_hour: float
    error: float
    """Standard error of `per_hour`, as if samples were independent."""
    first: float
    """Where the line begins."""
    last: float
    over_s: float
    """From the first sample to the last."""

    @property
    def judged(self) -> bool:
        """Long enough to say something?"""
        return self.over_s >= ENOUGH_S


def warm_up_s(length_s: float) -> float:
    """How long the beginning is left out."""
    return min(WARM_UP_S, WARM_UP_SHARE * length_s)


def trend(samples: Sequence[tuple[float, float]]) -> Trend | None:
    """Least squares through (seconds, value); None for fewer than three samples, or all at one moment."""
    if len(samples) < 3:
        return None
    times = [at_s for at_s, _ in samples]
    values = [value for _, value in samples]
    mean_t, mean_v = fmean(times), fmean(values)
    spread = math.fsum((at_s - mean_t) ** 2 for at_s in times)
    if spread == 0.0:
        return None
    slope = math.fsum((at_s - mean_t) * (value - mean_v) for at_s, value in samples) / spread
    rest = math.fsum((value - mean_v - slope * (at_s - mean_t)) ** 2 for at_s, value in samples)
    error = math.sqrt(rest / (len(samples) - 2) / spread)
    ends = [mean_v + slope * (at_s - mean_t) for at_s in (min(times), max(times))]
    return Trend(slope * S_PER_H, error * S_PER_H, ends[0], ends[1], max(times) - min(times))


def gained(samples: Sequence[tuple[float, float]]) -> float:
    """How much more there is in the last quarter than in the first; for what comes and goes in whole numbers.

    What is never given back raises both the usual number and the smallest: the smaller rise of both is told.
    """
    if not samples:
        return 0.0
    quarter = max(1, len(samples) // 4)
    first, last = ([value for _, value in part] for part in (samples[:quarter], samples[-quarter:]))
    return min(median(last) - median(first), min(last) - min(first))

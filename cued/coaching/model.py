"""The runner's own cadence at any speed: medians of easy runs, and a slope that leans on the prior while data are few.

Floats see only + − × ÷ and comparison, as in the core, so that the same runs give the same model to the byte everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cued.core.numbers import mean, median
from cued.core.start import Runner
from cued.core.target import SLOPE_SPM_PER_MPS, Figure, at_speed

BASELINE_RUNS: Final = 3
"""So many easy runs make a baseline (docs/packs.md)."""
ENOUGH_MINUTES: Final = 5
"""So many minutes of a run, without help and after its tenth, say something of the runner (design)."""
FULL_MINUTES: Final = 60.0
"""From so many minutes on the slope is the runner's own (design)."""
FULL_VARIANCE: Final = 0.04
"""Of speed in (m/s)²: a spread of 0.2 m/s. With less there is hardly a slope to be seen (design)."""
SLOPE_RUNS: Final = 6
"""The slope is that of the last runs, for a runner changes (design)."""
MOST_MINUTES: Final = 30
"""Of one run: pairs grow with the square, and half an hour has shown what there is."""
APART_MPS: Final = 0.05
"""Two minutes nearer in speed say nothing of a slope: pods are no better (prior)."""
SLOPE_LEAST, SLOPE_MOST = 0.0, 15.0
"""No runner's slope lies beyond (prior; Burns et al. 2019 found 5.6 on average)."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of the runner's own cadence."""

    first: tuple[Figure, ...] = ()
    """Medians of the first easy runs, up to `BASELINE_RUNS`: what changes are reckoned from. Retraining must not move it."""
    recent: tuple[tuple[Figure, ...], ...] = ()
    """Minutes of the last runs."""
    slope: float | None = None
    """Steps per minute for each m/s, made of them."""

    @property
    def baseline(self) -> Figure | None:
        """The runner's own easy cadence and its speed; None before three runs."""
        if len(self.first) < BASELINE_RUNS:
            return None
        speeds = [run.speed_mps for run in self.first if run.speed_mps is not None]
        return Figure(median([run.spm for run in self.first]), median(speeds) if speeds else None)


def learned(model: Model, minutes: Sequence[Figure]) -> Model:
    """The model after another run's minutes of easy running without help."""
    if len(minutes) < ENOUGH_MINUTES:
        return model
    first = model.first
    if len(first) < BASELINE_RUNS:
        first = (*first, middle(minutes))
    recent = (*model.recent, tuple(minutes[:MOST_MINUTES]))[-SLOPE_RUNS:]
    return Model(first, recent, slope(recent))


def slope(runs: Sequence[Sequence[Figure]]) -> float | None:
    """Steps per minute for each m/s: a median of pairs (Theil and Sen), shrunk towards the prior; None without data."""
    slopes: list[float] = []
    count, squares = 0, 0.0
    for run in runs:
        centre = middle(run).speed_mps
        if centre is None:
            continue
        minutes = [(one.speed_mps, one.spm) for one in run if one.speed_mps is not None]
        for number, (speed, spm) in enumerate(minutes):
            count, squares = count + 1, squares + (speed - centre) * (speed - centre)
            for other_speed, other_spm in minutes[:number]:
                apart = speed - other_speed
                if apart >= APART_MPS or apart <= -APART_MPS:
                    slopes.append((spm - other_spm) / apart)
    if not slopes:
        return None
    own = min(SLOPE_MOST, max(SLOPE_LEAST, median(slopes)))
    trust = min(1.0, count / FULL_MINUTES) * min(1.0, squares / count / FULL_VARIANCE)
    return SLOPE_SPM_PER_MPS + trust * (own - SLOPE_SPM_PER_MPS)


def shift(model: Model, figure: Figure) -> float | None:
    """How far a cadence lies over the runner's own at its speed, as a fraction; None before there is a baseline."""
    baseline = model.baseline
    return None if baseline is None else figure.spm / at_speed(baseline, figure.speed_mps, model.slope) - 1.0


def runner_of(model: Model, last_week_change: float | None) -> Runner:
    """What a session is told of the runner."""
    baseline = model.baseline
    if baseline is None:
        return Runner(last_week_change=last_week_change)
    return Runner(
        baseline_spm=baseline.spm,
        baseline_speed_mps=baseline.speed_mps,
        slope_spm_per_mps=model.slope,
        last_week_change=last_week_change,
    )


def average(values: Sequence[float]) -> float | None:
    """Their mean; None of none."""
    return mean(values) if values else None


def middle(minutes: Sequence[Figure]) -> Figure:
    """Medians of at least one minute."""
    speeds = [one.speed_mps for one in minutes if one.speed_mps is not None]
    return Figure(median([one.spm for one in minutes]), median(speeds) if speeds else None)

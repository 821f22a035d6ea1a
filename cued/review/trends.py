"""How figures go from run to run: slopes with their intervals, a plateau, a decline. One value a run, where it is known.

Fed with the plan's runs. No verdict below six runs (Kendall's p cannot get small enough to mean something below), and of a
plateau none unless the interval itself is narrow: a wide one says "unclear", not "nothing happens".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.coaching.gates import lost_after_feeders
from cued.coaching.happening import Outcome, Vital
from cued.coaching.model import average, middle, shift
from cued.coaching.state import PlanState, Run
from cued.core.numbers import median
from cued.review.statistics import Alarm, Slope, cusum, kendall_p, theil_sen

LEAST_RUNS: Final = 6
"""Of a verdict on a trend (design)."""
SURE: Final = 0.05
"""Kendall's p of a direction; with eight figures looked at, one in three steady runners is told of one that is chance."""
MONTH_DAYS: Final = 28
"""What slopes are told over (design)."""
LEAST_FLAT_RUNS, LEAST_FLAT_DAYS = 8, 21
"""Of a plateau (design)."""
SMALLEST: Final = 0.01
"""Of cadence, efficiency, contact time: about 1.7 steps; less does not count as a change (design)."""
MATCHED: Final = 0.05
"""Minutes within so much of the reference speed are compared (design)."""
LEAST_MINUTES: Final = 5
"""Of them in a run (design)."""
WATCHED: Final = 34
"""Values that an alarm looks at: ten of a baseline and the last 24."""


class Direction(Enum):
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    UNCLEAR = "unclear"
    LITTLE = "not enough data"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is followed from run to run."""

    name: str
    title: str
    unit: str
    """`%`: the values are shares. Else the values' own unit."""
    smallest: float
    """The least change that counts: of the median where `relative`, else in the values' own unit."""
    relative: bool = False
    """A change is told as a share of the median."""


@dataclass(frozen=True, slots=True)
class Point:
    session: int
    day: int | None
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the runs that have it."""

    figure: Figure
    points: tuple[Point, ...]
    direction: Direction
    month: Slope | None = None
    """Change in four weeks with its 90 % interval, as `figure.smallest` is told; None below six runs with a date."""
    p: float | None = None
    """Kendall's, two-sided."""
    alarm: Alarm | None = None
    """Only of figures whose decline pauses the plan, and after enough runs."""


CADENCE: Final = Figure("cadence", "cadence without help, over your own at that speed", "%", SMALLEST)
IN_BAND: Final = Figure("in_band", "time in the band", "%", 0.05)
DRIFT: Final = Figure("late_drift", "cadence lost late in long runs", "%", SMALLEST)
LOSS: Final = Figure("loss", "cadence lost from the feeders to the steady running after them", "%", SMALLEST)
EFFICIENCY: Final = Figure("efficiency", "metres a heartbeat, at your easy speed", "m", SMALLEST, relative=True)
EFFORT: Final = Figure("effort", "effort", "of 10", 1.0)
CONTACT: Final = Figure("contact_time", "ground contact time, at your easy speed", "ms", SMALLEST, relative=True)
OSCILLATION: Final = Figure("oscillation", "vertical oscillation, at your easy speed", "mm", SMALLEST, relative=True)
LEAST_SPREADS: Final = {CADENCE.name: 0.007, DRIFT.name: 0.0042, EFFICIENCY.name: 0.013}
"""What a run's value wanders by at the least, as a share: 1.2 steps of 170, late drift (own simulation), heart rate (Lamberts
2004)."""


def trends_of(state: PlanState) -> tuple[Trend, ...]:
    """Of all runs that the plan remembers."""
    runs = tuple(run for run in state.runs if not run.eased)
    speed = _reference_mps(state)
    return tuple(
        _trend(figure, _points(runs, value), _alarm(figure, _watched(state, figure, value)))
        for figure, value in _values(state, speed)
    )


def decline_of(state: PlanState) -> str:
    """What has fallen for good, with its numbers; empty: nothing."""
    speed = _reference_mps(state)
    told: list[str] = []
    for figure, value in _values(state, speed):
        points = _watched(state, figure, value)
        alarm = _alarm(figure, points)
        if alarm is not None and alarm.on:
            told.append(alarm_text(figure, points, alarm))
    return "; ".join(told)


def flat_of(state: PlanState) -> str:
    """That cadence without help has not moved in this stay, with its numbers; empty: it has, or that is not clear."""
    runs = tuple(run for run in _since_drop(state.runs) if run.entry == state.entry)
    points = [point for point in _points(runs, lambda run: _cadence(state, run)) if point.day is not None]
    if not is_flat(points):
        return ""
    days = (points[-1].day or 0) - (points[0].day or 0)
    return (
        f"no growth in {len(points)} runs of {days // 7} weeks: cadence without help has changed by less than 1 % in four weeks"
    )


def is_flat(points: Sequence[Point]) -> bool:
    """Does the whole interval of four weeks' change lie within what does not count?"""
    dated = [point for point in points if point.day is not None]
    if len(dated) < LEAST_FLAT_RUNS or (dated[-1].day or 0) - (dated[0].day or 0) < LEAST_FLAT_DAYS:
        return False
    month = _month(CADENCE, dated)
    return month is not None and month.low >= -SMALLEST and month.high <= SMALLEST


def alarm_text(figure: Figure, points: Sequence[Point], alarm: Alarm) -> str:
    """`cadence without help has fallen: +1.0 % in the last three of +4.1 %`."""
    last = median([point.value for point in points[-3:]])
    before = -alarm.baseline if figure is DRIFT else alarm.baseline
    now = f"{_told(figure, last)} in the last three runs, {_told(figure, before)} before"
    what = {CADENCE.name: "cadence without help has fallen", DRIFT.name: "more cadence is lost late"}
    return f"{what.get(figure.name, 'efficiency has fallen')}: {now}"


def _told(figure: Figure, value: float) -> str:
    return f"{100 * value:+.1f} %" if figure.unit == "%" else f"{value:.2f} {figure.unit}"


# --- values --------------------------------------------------------------------------------------------------------


def _values(state: PlanState, speed_mps: float | None) -> tuple[tuple[Figure, Callable[[Run], float | None]], ...]:
    return (
        (CADENCE, lambda run: _cadence(state, run)),
        (IN_BAND, lambda run: run.outcome.in_band if run.outcome.cued else None),
        (DRIFT, lambda run: run.outcome.drift),
        (LOSS, lambda run: lost_after_feeders(state, run.outcome)),
        (EFFICIENCY, lambda run: _at(run.outcome, speed_mps, _efficiency)),
        (EFFORT, lambda run: run.effort),
        (CONTACT, lambda run: _at(run.outcome, speed_mps, lambda one: one.contact_ms)),
        (OSCILLATION, lambda run: _at(run.outcome, speed_mps, lambda one: one.oscillation_mm)),
    )


def _cadence(state: PlanState, run: Run) -> float | None:
    outcome = run.outcome
    figure = outcome.probe if outcome.cued or not outcome.easy else middle(outcome.easy)
    return None if figure is None else shift(state.model, figure)


def _at(outcome: Outcome, speed_mps: float | None, value: Callable[[Vital], float | None]) -> float | None:
    """The mean of minutes near that speed."""
    if speed_mps is None:
        return None
    near = [value(one) for one in outcome.vitals if abs(one.speed_mps - speed_mps) <= MATCHED * speed_mps]
    known = [one for one in near if one is not None]
    return average(known) if len(known) >= LEAST_MINUTES else None


def _efficiency(one: Vital) -> float | None:
    return None if not one.bpm else one.speed_mps * 60.0 / one.bpm


def _reference_mps(state: PlanState) -> float | None:
    """The runner's own easy speed; before there is a baseline, the middle of what was run."""
    baseline = state.model.baseline
    if baseline is not None:
        return baseline.speed_mps
    speeds = [one.speed_mps for run in state.runs for one in run.outcome.vitals]
    return median(speeds) if speeds else None


def _points(runs: Sequence[Run], value: Callable[[Run], float | None]) -> tuple[Point, ...]:
    return tuple(Point(run.number, run.day, found) for run in runs if not run.eased and (found := value(run)) is not None)


def _watched(state: PlanState, figure: Figure, value: Callable[[Run], float | None]) -> tuple[Point, ...]:
    """The values that an alarm is about."""
    return _points(_since_drop(state.runs) if figure is CADENCE else state.runs, value)[-WATCHED:]


def _since_drop(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs since less was asked for than before: a cadence that follows the target down is no decline."""
    start, asked = 0, 0.0
    for number, run in enumerate(runs):
        if run.outcome.cued and not run.eased:
            if run.outcome.change < asked - SMALLEST / 2:
                start = number
            asked = run.outcome.change
    return tuple(runs[start:])


# --- verdicts ------------------------------------------------------------------------------------------------------


def _trend(figure: Figure, points: tuple[Point, ...], alarm: Alarm | None) -> Trend:
    dated = [point for point in points if point.day is not None]
    month = _month(figure, dated) if len(dated) >= LEAST_RUNS else None
    if month is None:
        return Trend(figure, points, Direction.LITTLE, alarm=alarm)
    days = [float(point.day or 0) for point in dated]
    p = kendall_p(days, [point.value for point in dated])
    direction = Direction.UNCLEAR
    if p < SURE and (month.low > 0.0 or month.high < 0.0):
        direction = Direction.RISING if month.slope > 0.0 else Direction.FALLING
    elif -figure.smallest <= month.low and month.high <= figure.smallest:
        direction = Direction.STEADY
    return Trend(figure, points, direction, month, p, alarm)


def _month(figure: Figure, dated: Sequence[Point]) -> Slope | None:
    slope = theil_sen([float(point.day or 0) for point in dated], [point.value for point in dated])
    if slope is None:
        return None
    middle_value = median([point.value for point in dated])
    scale = MONTH_DAYS / (middle_value if figure.relative and middle_value else 1.0)
    return Slope(slope.slope * scale, slope.low * scale, slope.high * scale)


def _alarm(figure: Figure, points: Sequence[Point]) -> Alarm | None:
    if not points or figure.name not in LEAST_SPREADS:
        return None
    sign = -1.0 if figure is DRIFT else 1.0
    values = [sign * point.value for point in points]
    least = LEAST_SPREADS[figure.name] * (abs(median(values)) if figure.relative else 1.0)
    return cusum(values, least)

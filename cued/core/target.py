"""The runner's own baseline, the target made of it, and the band around the target with its sleep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cued.core.cues import Band, Basis, Target
from cued.core.numbers import median
from cued.core.start import Runner
from cued.units import NS_PER_S

SLOPE_SPM_PER_MPS: Final = 5.6
"""Cadence rises so much per m/s of speed (Burns et al. 2019), until the runner's own slope is known."""
CAP: Final = 0.10
"""Nothing asks for more than 10 % over the runner's own: beyond, effort and oddness rise (Heiderscheit 2011; Anderson 2022)."""
WEEKLY_CAP: Final = 0.02
BASELINE_NS: Final = 60 * NS_PER_S
"""So much running makes a provisional baseline."""
BEGIN_ANEW_NS: Final = 60 * NS_PER_S
"""After so long asleep the band's state and every `for` begin anew."""
BACK_AFTER_NS: Final = 10 * NS_PER_S
"""`back_in_band` wants an off state of at least this."""


@dataclass(frozen=True, slots=True)
class Running:
    """One second of steady running, kept for medians."""

    run_ns: int
    spm: float
    speed_mps: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A cadence and the speed it went with."""

    spm: float
    speed_mps: float | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the runner by now."""

    baseline: Figure | None = None
    reference: Figure | None = None
    """Of this run's `record: reference` segment."""
    loose: tuple[Running, ...] = ()
    """Running outside any recording segment, gathered while there is no baseline."""
    taken: tuple[Running, ...] = ()
    """Running inside the present recording segment."""


def known_at_start(runner: Runner) -> Known:
    """What history says."""
    if runner.baseline_spm is None:
        return Known()
    return Known(baseline=Figure(runner.baseline_spm, runner.baseline_speed_mps))


def figure_of(rows: tuple[Running, ...]) -> Figure:
    """Medians of `rows` (at least one)."""
    speeds = [row.speed_mps for row in rows if row.speed_mps is not None]
    return Figure(median([row.spm for row in rows]), median(speeds) if speeds else None)


def second_half(rows: tuple[Running, ...], start_run_ns: int, end_run_ns: int) -> tuple[Running, ...]:
    """The rows of a segment's second half, or none where they hold under 60 s of running."""
    half_ns = start_run_ns + (end_run_ns - start_run_ns) // 2
    kept = tuple(row for row in rows if row.run_ns >= half_ns)
    return kept if end_run_ns - half_ns >= BASELINE_NS and len(kept) >= BASELINE_NS // NS_PER_S - 1 else ()


def at_speed(figure: Figure, speed_mps: float | None, slope: float | None) -> float:
    """The figure's cadence carried to another speed by the runner's slope, or the prior's."""
    if speed_mps is None or figure.speed_mps is None:
        return figure.spm
    return figure.spm + (SLOPE_SPM_PER_MPS if slope is None else slope) * (speed_mps - figure.speed_mps)


def ceiling_spm(known: Known, runner: Runner, speed_mps: float | None, smooth: float | None) -> float | None:
    """The most that target or beat may be: 10 % over the highest of what is known, with history less; None while nothing is."""
    highest = smooth
    if known.baseline is not None:
        for value in (known.baseline.spm, at_speed(known.baseline, speed_mps, runner.slope_spm_per_mps)):
            if highest is None or value > highest:
                highest = value
    return None if highest is None else highest * (1.0 + _cap(runner))


def _cap(runner: Runner) -> float:
    """The share by which target and beat may exceed the runner's own, this week."""
    last = runner.last_week_change
    return CAP if last is None else min(CAP, max(0.0, last) + WEEKLY_CAP)


def target_spm(target: Target, known: Known, runner: Runner, speed_mps: float | None, smooth: float | None) -> float | None:
    """The target now; None while it is unknown."""
    if target.basis is Basis.FIXED:
        wanted = target.spm
    elif known.baseline is None:
        return None
    else:
        change = target.change
        if runner.last_week_change is not None and change > runner.last_week_change + WEEKLY_CAP:
            change = runner.last_week_change + WEEKLY_CAP
        speed = speed_mps if target.basis is Basis.SPEED_MODEL else None
        wanted = at_speed(known.baseline, speed, runner.slope_spm_per_mps) * (1.0 + change)
    ceiling = ceiling_spm(known, runner, speed_mps, smooth)
    if wanted is not None and ceiling is not None and wanted > ceiling:
        return ceiling
    return wanted


# --- the band ------------------------------------------------------------------------------------------------------


class BandIs(Enum):
    UNKNOWN = "unknown"
    LOW = "low"
    IN = "in"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class BandState:
    """Where cadence is against the band, and how long it has been there while awake."""

    where: BandIs = BandIs.UNKNOWN
    stay: int = 0
    """Counts the stays, so that a rule knows whether it has spoken in this one."""
    held_ns: int = 0
    """Awake time in this stay, up to `mark_ns`."""
    mark_ns: int | None = None
    """From when time counts; None while asleep."""
    asleep_ns: int | None = 0
    """Since when the band sleeps; None while awake."""
    off_ns: int = 0
    """How long the off state before this stay lasted; 0 where it was none."""


def held_ns(state: BandState, now_ns: int) -> int:
    """Awake time in the present stay."""
    return state.held_ns + (now_ns - state.mark_ns if state.mark_ns is not None else 0)


def slept(state: BandState, now_ns: int) -> BandState:
    """The band falls (or stays) asleep: its state and time stand still."""
    if state.asleep_ns is not None:
        return state
    return replace(state, held_ns=held_ns(state, now_ns), mark_ns=None, asleep_ns=now_ns)


def judged(state: BandState, now_ns: int, smooth: float, target: float, band: Band) -> BandState:
    """The band, awake, looks at a smoothed cadence."""
    if state.asleep_ns is not None:
        if now_ns - state.asleep_ns >= BEGIN_ANEW_NS:
            state = BandState(stay=state.stay + 1)
        state = replace(state, asleep_ns=None, mark_ns=now_ns)
    where = _where(state.where, smooth, target, band)
    if where is state.where:
        return state
    held = held_ns(state, now_ns)
    was_off = state.where in (BandIs.LOW, BandIs.HIGH)
    return BandState(where, state.stay + 1, 0, now_ns, None, held if was_off else 0)


def _where(before: BandIs, smooth: float, target: float, band: Band) -> BandIs:
    if smooth < target * (1.0 - band.low):
        return BandIs.LOW
    if smooth > target * (1.0 + band.high):
        return BandIs.HIGH
    if before is BandIs.LOW and smooth < target * (1.0 - band.low + band.hysteresis):
        return BandIs.LOW
    if before is BandIs.HIGH and smooth > target * (1.0 + band.high - band.hysteresis):
        return BandIs.HIGH
    return BandIs.IN

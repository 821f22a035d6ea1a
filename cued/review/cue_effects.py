"""Which cues work: each held against the silences that chance put in such cues' place, never against the moments before it.

Cadence that is low enough to call for a cue rises by itself. So a cue's effect is the cadence after it less the cadence after
its withheld twins: the same pack, the same trigger. Both are adjusted for the cadence before, the change of speed, the minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cued.review.responses import Response
from cued.review.statistics import Z90, shrunk, t90

LEAST_HEARD, LEAST_WITHHELD = 12, 24
"""With fewer there are only counts (own simulation: at 12 and 24 an effect of 1 % is found in 73 %)."""
RANKED_HEARD, RANKED_WITHHELD = 24, 40
"""From so many on cues are ranked (own simulation: 93 %)."""
SESSIONS: Final = 6
"""Runs are drawn anew from so many on; with fewer, chance is dealt anew within each run (design)."""
SMALLEST: Final = 0.005
"""Of cadence: less is nothing to a runner, about 0.8 steps a minute (design)."""
DRAWS: Final = 600
"""Of the bootstrap: its standard error is then known to 3 %."""
RIDGE: Final = 1e-6
"""So that a draw without a cue in it can be solved; it moves nothing else."""

Matrix = NDArray[np.float64]


class Verdict(Enum):
    HELPS = "likely helps"
    NONE = "no visible effect"
    LITTLE = "not enough data"
    UNMEASURED = "no measurable outcome"


@dataclass(frozen=True, slots=True)
class CueEffect:
    """One cue at one kind of trigger."""

    pack: str
    trigger: str
    cue: str
    text: str
    heard: int
    withheld: int
    """Twins: all silences of that pack and trigger."""
    sessions: int
    verdict: Verdict
    effect: float | None = None
    """Of cadence, in the direction that is expected of the cue: 0.01 is 1 %. None before there is enough."""
    low: float | None = None
    high: float | None = None
    """The 90 % interval of `effect`."""
    shrunk: float | None = None
    """Drawn towards the mean of such cues: what is best believed."""
    best: float | None = None
    """How often it came first when runs were drawn anew; None while it is not ranked."""


@dataclass(frozen=True, slots=True)
class _Fit:
    effects: NDArray[np.float64]
    """Of each cue, in steps per minute."""
    draws: Matrix
    """Draw × cue; nan where the cue was not drawn."""
    errors: NDArray[np.float64]
    halves: NDArray[np.float64]
    """Half widths of the 90 % intervals."""


def cue_effects(responses: Sequence[Response], seed: int = 1) -> tuple[CueEffect, ...]:
    """Every cue, the one with the largest effect first; those not yet known after them, the most heard first."""
    pools: dict[tuple[str, str, bool], list[Response]] = {}
    for one in responses:
        pools.setdefault((one.pack, one.trigger, one.up), []).append(one)
    found = [effect for _, pool in sorted(pools.items()) for effect in _of_pool(pool, seed)]
    return tuple(
        sorted(found, key=lambda one: (one.shrunk is None, -(one.shrunk or 0.0), -one.heard, one.pack, one.cue, one.trigger))
    )


def _of_pool(pool: Sequence[Response], seed: int) -> list[CueEffect]:
    withheld = sum(not one.heard for one in pool)
    heard = {name: [one for one in pool if one.heard and one.cue == name] for name in sorted({one.cue for one in pool})}
    known = [name for name, said in heard.items() if len(said) >= LEAST_HEARD] if withheld >= LEAST_WITHHELD else []
    fit = _fitted([one for one in pool if not one.heard or one.cue in known], known, seed) if known else None
    usual = float(np.mean([one.before_spm for one in pool]))
    believed = [] if fit is None else shrunk(list(map(float, fit.effects)), list(map(float, fit.errors)))
    ranked = [number for number, name in enumerate(known) if len(heard[name]) >= RANKED_HEARD and withheld >= RANKED_WITHHELD]
    best = {} if fit is None or len(ranked) < 2 else _best(fit.draws[:, ranked], ranked)
    found: list[CueEffect] = []
    for name, said in heard.items():
        of = [one for one in pool if one.cue == name]
        sessions = len({one.session for one in pool})
        told = CueEffect(of[0].pack, of[0].trigger, name, of[-1].text, len(said), withheld, sessions, Verdict.LITTLE)
        if fit is not None and name in known:
            number = known.index(name)
            effect, half, low = float(fit.effects[number]), float(fit.halves[number]), believed[number]
            told = CueEffect(
                told.pack,
                told.trigger,
                name,
                told.text,
                told.heard,
                withheld,
                sessions,
                _verdict((effect - half) / usual, (effect + half) / usual, low / usual),
                effect / usual,
                (effect - half) / usual,
                (effect + half) / usual,
                low / usual,
                best.get(number),
            )
        found.append(told)
    return found


def _verdict(low: float, high: float, believed: float) -> Verdict:
    if low > 0.0 and believed >= SMALLEST:
        return Verdict.HELPS
    return Verdict.NONE if low >= -SMALLEST and high <= SMALLEST else Verdict.LITTLE


def _best(draws: Matrix, ranked: Sequence[int]) -> dict[int, float]:
    first = np.argmax(np.nan_to_num(draws, nan=-np.inf), axis=1)
    return {number: float(np.mean(first == place)) for place, number in enumerate(ranked)}


def _fitted(pool: Sequence[Response], cues: Sequence[str], seed: int) -> _Fit:
    """Least squares: a level of silence, each cue's distance from it, and what else moves cadence."""
    rng = np.random.default_rng(seed)
    design, answer = _design(pool, cues)
    names = sorted({one.session for one in pool})
    groups = [np.array([number for number, one in enumerate(pool) if one.session == name]) for name in names]
    effects = _solved(design.T @ design, design.T @ answer)[1 : 1 + len(cues)]
    if len(names) >= SESSIONS:
        draws = _runs_anew(design, answer, groups, len(cues), rng)
        count = len(names)
        # A few runs look more alike than runs are: the larger of two spreads, and Student's t (Cameron and Miller 2015).
        errors = np.maximum(
            np.nanstd(draws, axis=0) * (count / (count - 1)) ** 0.5, _one_out(design, answer, groups, len(cues))
        )
        return _Fit(effects, draws, errors, errors * np.array([t90(free) for free in _degrees(design, groups, len(cues))]))
    draws = _dealt_anew(design, answer, groups, len(cues), rng)
    errors = np.std(draws, axis=0)
    return _Fit(effects, effects + draws, errors, errors * Z90)


def _design(pool: Sequence[Response], cues: Sequence[str]) -> tuple[Matrix, NDArray[np.float64]]:
    sign = 1.0 if pool[0].up else -1.0
    more = np.array([(one.level_spm, one.faster_mps, one.minute) for one in pool])
    spread = np.std(more, axis=0)
    more = (more - np.mean(more, axis=0)) / np.where(spread > 0.0, spread, 1.0)
    said = np.array([[float(one.heard and one.cue == cue) for cue in cues] for one in pool])
    answer = np.array([sign * one.spm for one in pool])
    return np.column_stack((np.ones(len(pool)), said, more)), answer


def _solved(squares: Matrix, products: Matrix) -> Matrix:
    ridge = RIDGE * np.eye(squares.shape[-1])
    return np.asarray(np.linalg.solve(squares + ridge, products[..., np.newaxis])[..., 0])


def _runs_anew(
    design: Matrix, answer: NDArray[np.float64], groups: Sequence[NDArray[np.intp]], cues: int, rng: np.random.Generator
) -> Matrix:
    """Bootstrap over whole runs: points of one run are no strangers to each other."""
    squares = np.array([design[rows].T @ design[rows] for rows in groups])
    products = np.array([design[rows].T @ answer[rows] for rows in groups])
    drawn = rng.multinomial(len(groups), np.full(len(groups), 1.0 / len(groups)), size=DRAWS).astype(np.float64)
    sums = np.tensordot(drawn, squares, axes=1)
    found = _solved(sums, np.tensordot(drawn, products, axes=1))[:, 1 : 1 + cues]
    there = np.diagonal(sums, axis1=1, axis2=2)[:, 1 : 1 + cues] > 0.0
    silence = sums[:, 0, 0] - np.sum(np.diagonal(sums, axis1=1, axis2=2)[:, 1 : 1 + cues], axis=1) > 0.0
    return np.where(there & silence[:, np.newaxis], found, np.nan)


def _one_out(design: Matrix, answer: NDArray[np.float64], groups: Sequence[NDArray[np.intp]], cues: int) -> Matrix:
    """Jackknife over whole runs: standard errors that err on the safe side where runs are few."""
    squares = np.array([design[rows].T @ design[rows] for rows in groups])
    products = np.array([design[rows].T @ answer[rows] for rows in groups])
    without = _solved(np.sum(squares, axis=0) - squares, np.sum(products, axis=0) - products)[:, 1 : 1 + cues]
    count = len(groups)
    return np.asarray(np.std(without, axis=0) * (count - 1) ** 0.5)


def _degrees(design: Matrix, groups: Sequence[NDArray[np.intp]], cues: int) -> list[int]:
    """Of freedom: runs that hold much of what was said, or withheld, count for more than the others (Carter 2017)."""
    said = design[:, 1 : 1 + cues]
    both = np.column_stack((said, 1.0 - np.sum(said, axis=1)))
    counts = np.array([np.sum(both[rows], axis=0) for rows in groups])
    runs = np.sum(counts, axis=0) ** 2 / np.sum(counts**2, axis=0)
    return [max(1, int(min(of, runs[-1])) - 1) for of in runs[:-1]]


def _dealt_anew(
    design: Matrix, answer: NDArray[np.float64], groups: Sequence[NDArray[np.intp]], cues: int, rng: np.random.Generator
) -> Matrix:
    """Permutation within each run of what was said and what withheld: how far apart chance alone puts them."""
    shuffled = design.copy()
    found = np.empty((DRAWS, cues))
    for draw in range(DRAWS):
        for rows in groups:
            shuffled[rows, 1 : 1 + cues] = design[rng.permutation(rows), 1 : 1 + cues]
        found[draw] = _solved(shuffled.T @ shuffled, shuffled.T @ answer)[1 : 1 + cues]
    return found

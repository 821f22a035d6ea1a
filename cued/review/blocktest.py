"""Block tests held against each other: what each stage showed, and whether a difference is more than a test done twice shows.

The least difference that means something is 2.77 standard deviations of a test repeated. One's own comes from tests repeated
within a week; until then what is known of others stands in for it, or nothing does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from cued.coaching.model import Model, shift
from cued.core.effects import CadenceSeen, Effect, RunEnded, SegmentBegan
from cued.core.events import Event, HeartRate
from cued.core.numbers import mean
from cued.core.target import Figure
from cued.review.statistics import MDC_FACTOR, spread_of_repeats
from cued.units import NS_PER_S

STAGES: Final = {"light": 10, "brisk": 13, "hard": 17, "probe": None}
"""Segments of the pack and the effort they ask for, on Borg's scale of 6 to 20 (SRT-RPE); the last is easy and silent."""
SETTLE_NS: Final = 60 * NS_PER_S
"""Heart rate and legs take about a minute to answer a new pace (prior)."""
LEAST_NS: Final = 60 * NS_PER_S
"""Of running in a stage, or it was not done."""
REPEAT_DAYS: Final = (1, 7)
"""A test so long after another is its repeat: nothing was trained between them (design: 3 to 7 days)."""
OWN_PAIRS: Final = 2
"""From so many repeats on a runner's own spread is taken (design)."""
LITERATURE: Final = {"heart_rate": (0.036, 0.036), "speed": (0.07, 0.155)}
"""Least differences, as shares: 2.77 × 1.3 % (Lamberts 2004) and 2.77 × 2.5 to 5.6 % (SRT-RPE, 40 and 11 runners)."""


class Change(Enum):
    LESS = "less than chance may do"
    MAYBE = "may be chance"
    MORE = "more than chance"
    UNKNOWN = "nobody knows yet what chance does"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's figures; None: not measured."""

    name: str
    borg: int | None
    speed: float | None
    """Metres per second."""
    cadence: float | None
    residual: float | None
    """Cadence over the runner's own at that speed, as a share."""
    step_length: float | None
    """Metres."""
    heart_rate: float | None
    efficiency: float | None
    """Metres a heartbeat."""
    variation: float | None
    """Standard deviation of cadence as a share of it."""


@dataclass(frozen=True, slots=True)
class BlockTest:
    """One block test."""

    session: int
    day: int | None
    stages: tuple[Stage, ...]
    asked: tuple[tuple[str, float], ...] = ()
    """(question, answer): balance in seconds, calf raises."""

    def values(self) -> dict[str, float]:
        """Everything measured, by `stage.figure` or question."""
        found = {
            f"{stage.name}.{name}": value
            for stage in self.stages
            for name in FIGURES
            if (value := getattr(stage, name)) is not None
        }
        return {**found, **dict(self.asked)}


FIGURES: Final = ("speed", "cadence", "residual", "step_length", "heart_rate", "efficiency", "variation")


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the last test against the one before."""

    name: str
    before: float
    now: float
    least: tuple[float, float] | None
    """The least difference that means something, from and to, in the figure's unit; None: not known."""
    own: bool
    """It is made of the runner's own repeats."""
    change: Change


READ: Final = (CadenceSeen, HeartRate, RunEnded, SegmentBegan)
"""All of a run that is looked at."""


@dataclass(slots=True)
class _Taken:
    spm: list[float] = field(default_factory=list)
    mps: list[float] = field(default_factory=list)
    bpm: list[float] = field(default_factory=list)
    ns: int = 0


def stages_of(steps: Iterable[Event | Effect], model: Model) -> tuple[Stage, ...]:
    """Go through a test's events and effects, in order."""
    taken: dict[str, _Taken] = {}
    segment, began_ns, last_ns = "", 0, 0
    for one in steps:
        if isinstance(one, SegmentBegan):
            segment, began_ns, last_ns = one.segment, one.at_ns, one.at_ns
        elif isinstance(one, RunEnded):
            segment = ""
        elif isinstance(one, CadenceSeen | HeartRate) and segment in STAGES and one.at_ns - began_ns >= SETTLE_NS:
            of = taken.setdefault(segment, _Taken())
            if isinstance(one, HeartRate):
                of.bpm.append(float(one.bpm))
                continue
            if one.state == "running" and one.spm and not one.artefact:
                of.spm.append(one.spm)
                of.ns += min(one.at_ns - last_ns, 3 * NS_PER_S)
                if one.speed_mps is not None:
                    of.mps.append(one.speed_mps)
            last_ns = one.at_ns
    return tuple(_stage(name, taken[name], model) for name in STAGES if name in taken and taken[name].ns >= LEAST_NS)


def _stage(name: str, of: _Taken, model: Model) -> Stage:
    cadence = mean(of.spm)
    speed = mean(of.mps) if of.mps else None
    beats = mean(of.bpm) if of.bpm else None
    spread = mean([(value - cadence) ** 2 for value in of.spm]) ** 0.5
    return Stage(
        name,
        STAGES[name],
        speed,
        cadence,
        shift(model, Figure(cadence, speed)),
        None if speed is None else 60.0 * speed / cadence,
        beats,
        None if speed is None or not beats else 60.0 * speed / beats,
        spread / cadence,
    )


def compared(tests: Sequence[BlockTest]) -> tuple[Compared, ...]:
    """The last test against the one before, repeats of it left out; all of both that was measured."""
    if len(tests) < 2:
        return ()
    last = tests[-1]
    others = [test for test in tests[:-1] if not _repeats(test, last)]
    before = (others[-1] if others else tests[-2]).values()
    now = last.values()
    spreads = own_spreads(tests)
    return tuple(_compared(name, before[name], now[name], spreads) for name in now if name in before)


def own_spreads(tests: Sequence[BlockTest]) -> Mapping[str, float]:
    """A single test's standard deviation by figure, where it was repeated often enough."""
    pairs = [(first.values(), second.values()) for first, second in itertools.pairwise(tests) if _repeats(first, second)]
    found: dict[str, float] = {}
    for name in sorted({name for first, second in pairs for name in first.keys() & second.keys()}):
        both = [(first[name], second[name]) for first, second in pairs if name in first and name in second]
        spread = spread_of_repeats(both)
        if spread is not None and len(both) >= OWN_PAIRS:
            found[name] = spread
    return found


def _repeats(first: BlockTest, second: BlockTest) -> bool:
    return first.day is not None and second.day is not None and REPEAT_DAYS[0] <= second.day - first.day <= REPEAT_DAYS[1]


def _compared(name: str, before: float, now: float, spreads: Mapping[str, float]) -> Compared:
    own = name in spreads
    shares = LITERATURE.get(name.rpartition(".")[2])
    least: tuple[float, float] | None = None
    if own:
        least = (MDC_FACTOR * spreads[name], MDC_FACTOR * spreads[name])
    elif shares is not None:
        least = (shares[0] * before, shares[1] * before)
    if least is None:
        return Compared(name, before, now, None, own, Change.UNKNOWN)
    far = abs(now - before)
    change = Change.LESS if far < least[0] else Change.MAYBE if far <= least[1] else Change.MORE
    return Compared(name, before, now, least, own, change)

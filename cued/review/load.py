"""What runs asked of the runner, by type of load, and how each type felt: minutes, cues and hops of a week, as recorded.

Fed with a session's effects and the events that tell of ground, in order. No sensor of cued's measures a force: load is time
and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.coaching.dosing import HOPS_FROM_MSPM
from cued.coaching.phases import WEEK_DAYS, teaches
from cued.core.arbiter import CUED, DRILL
from cued.core.cues import CuePack
from cued.core.effects import Effect, Paused, RunEnded, Say, SegmentBegan, TempoChanged, Unheard
from cued.core.events import Event, SurfaceIs, SwapPack
from cued.core.numbers import mean
from cued.core.start import Start
from cued.units import MSPM_PER_SPM, NS_PER_MIN

READ: Final = (Paused, RunEnded, Say, SegmentBegan, SwapPack, SurfaceIs, TempoChanged, Unheard)
"""What has to be fed."""
NOT_TOLD: Final = "not told"
"""The ground that nobody named."""
EASY_TO, HARD_FROM = 4.0, 7.0
"""Effort of 0 to 10 that is still easy, and that is hard already (general knowledge; no source read)."""


class RunType(Enum):
    """What a run was, whole."""

    CUES = "runs with cues"
    PLAIN = "plain runs"
    DRILLS = "drills alone"


@dataclass(frozen=True, slots=True)
class Felt:
    """What the runner said of a run, 0 to 10; None: nothing."""

    effort: float | None = None
    smooth: float | None = None
    control: float | None = None


@dataclass(frozen=True, slots=True)
class RunLoad:
    """One run."""

    day: int | None
    """None: its date is not known."""
    kind: RunType
    run_ns: int
    beat_ns: int
    """With the beat sounding; clicks of drills are none."""
    drills_ns: int
    cues: int
    """Heard."""
    hops: int
    """Clicks of drills that are hopped: asked for, whether they were hopped nobody counts."""
    grounds: tuple[tuple[str, int], ...]
    """(ground, nanoseconds), drills left out; by name."""
    felt: Felt


@dataclass(frozen=True, slots=True)
class Total:
    """Several runs together."""

    runs: int
    by_kind: tuple[tuple[RunType, int], ...]
    """Nanoseconds of each."""
    beat_ns: int
    drills_ns: int
    cues: int
    hops: int
    grounds: tuple[tuple[str, int], ...]
    effort_load: float | None
    """Effort times minutes, summed (Foster 2001), of the runs whose effort is known."""
    effort_runs: int
    """How many these are."""

    @property
    def run_ns(self) -> int:
        """Of all."""
        return sum(ns for _, ns in self.by_kind)


@dataclass(frozen=True, slots=True)
class TypeFelt:
    """How runs of one type felt: (mean, of how many runs) or None where nobody said."""

    name: str
    runs: int
    smooth: tuple[float, int] | None
    control: tuple[float, int] | None
    effort: tuple[float, int] | None


class LoadCounter:
    """Goes through a run once."""

    def __init__(self, how: Start, grounds: Sequence[tuple[int, str]] = ()) -> None:
        """`grounds`: (session time, ground) as told before and after the run, in order of time."""
        self._taught = False
        self._drilled = True
        self._named: dict[str, str] = {}
        self._led: set[str] = set()
        self._take(how.pack)
        self._told = list(grounds)
        self._ground = ""
        self._segment = ""
        self._mark_ns = 0
        self._paused = False
        self._mspm = 0
        self._hops = 0.0
        self._beat_ns = 0
        self._drills_ns = 0
        self._cues = 0
        self._grounds: dict[str, int] = {}

    def feed(self, one: Event | Effect) -> None:
        """What went in or came out."""
        self._settle(one.at_ns)
        match one:
            case SegmentBegan(segment=segment):
                self._segment = segment
            case TempoChanged(mspm=mspm):
                self._mspm = mspm
            case Paused(paused=paused):
                self._paused = paused
            case RunEnded():  # what is said after it is no running
                self._mspm, self._paused = 0, True
            case SurfaceIs(surface=surface):
                self._ground = surface
            case SwapPack(pack=pack):
                self._take(pack)
            case Say(cue=cue) if cue not in {CUED, DRILL}:
                self._cues += 1
            case Unheard(cue=cue) if cue not in {CUED, DRILL}:
                self._cues -= 1
            case _:
                pass

    def load(self, day: int | None, run_ns: int, end_ns: int, felt: Felt) -> RunLoad:
        """The run, which ended at `end_ns` and was `run_ns` of running long."""
        self._settle(end_ns)
        kind = RunType.DRILLS if self._drilled else RunType.CUES if self._taught else RunType.PLAIN
        grounds = tuple(sorted(self._grounds.items()))
        return RunLoad(day, kind, run_ns, self._beat_ns, self._drills_ns, self._cues, int(self._hops + 0.5), grounds, felt)

    def _take(self, pack: CuePack) -> None:
        segments = pack.segments()
        self._taught = self._taught or teaches(pack)
        self._drilled = self._drilled and all(segment.drills for segment in segments)
        self._named = {segment.name: segment.surface for segment in segments if segment.surface is not None}
        self._led = {segment.name for segment in segments if segment.drills}

    def _settle(self, now_ns: int) -> None:
        while self._told and self._told[0][0] <= now_ns:
            at_ns, ground = self._told.pop(0)
            self._count(at_ns)
            self._ground = ground
        self._count(now_ns)

    def _count(self, now_ns: int) -> None:
        went_ns = now_ns - self._mark_ns
        if went_ns <= 0:
            return
        self._mark_ns = now_ns
        if self._paused:
            return
        if self._segment in self._led:
            self._drills_ns += went_ns
            if self._mspm >= HOPS_FROM_MSPM:
                self._hops += went_ns * self._mspm / (NS_PER_MIN * MSPM_PER_SPM)
            return
        self._beat_ns += went_ns if self._mspm else 0
        ground = self._named.get(self._segment) or self._ground or NOT_TOLD
        self._grounds[ground] = self._grounds.get(ground, 0) + went_ns


def total(loads: Iterable[RunLoad]) -> Total:
    """All of them together."""
    runs = list(loads)
    grounds: dict[str, int] = {}
    for run in runs:
        for name, ns in run.grounds:
            grounds[name] = grounds.get(name, 0) + ns
    efforts = [(run.felt.effort, run.run_ns / NS_PER_MIN) for run in runs if run.felt.effort is not None]
    return Total(
        runs=len(runs),
        by_kind=tuple((kind, sum(run.run_ns for run in runs if run.kind is kind)) for kind in RunType),
        beat_ns=sum(run.beat_ns for run in runs),
        drills_ns=sum(run.drills_ns for run in runs),
        cues=sum(run.cues for run in runs),
        hops=sum(run.hops for run in runs),
        grounds=tuple(sorted(grounds.items(), key=lambda one: (one[0] == NOT_TOLD, -one[1], one[0]))),
        effort_load=sum(effort * minutes for effort, minutes in efforts) if efforts else None,
        effort_runs=len(efforts),
    )


def weeks_of(loads: Sequence[RunLoad], today: int, weeks: int) -> list[tuple[int, Total]]:
    """(its Monday, what was run in it) of so many weeks, the last one today's; runs without a date are in none."""
    this = monday(today)
    starts = [this - WEEK_DAYS * back for back in reversed(range(weeks))]
    return [(start, total(run for run in loads if run.day is not None and monday(run.day) == start)) for start in starts]


def monday(day: int) -> int:
    """The first day of that day's week; days count from 1970-01-01, a Thursday."""
    return day - (day + 3) % WEEK_DAYS


def felt_by_type(loads: Sequence[RunLoad]) -> list[TypeFelt]:
    """How runs of each type felt that there were: by what they were, by effort, by the ground that most of them was on."""
    types: list[tuple[str, Callable[[RunLoad], bool]]] = [(kind.value, _is(kind)) for kind in RunType]
    types += [
        (f"easy (effort up to {EASY_TO:g})", lambda run: run.felt.effort is not None and run.felt.effort <= EASY_TO),
        ("moderate", lambda run: run.felt.effort is not None and EASY_TO < run.felt.effort < HARD_FROM),
        (f"hard (effort from {HARD_FROM:g} on)", lambda run: run.felt.effort is not None and run.felt.effort >= HARD_FROM),
    ]
    grounds = sorted({ground for run in loads if (ground := _mostly(run))})
    types += [(f"on {ground}", _on(ground)) for ground in grounds]
    return list(_felt(types, loads))


def _felt(types: Sequence[tuple[str, Callable[[RunLoad], bool]]], loads: Sequence[RunLoad]) -> Iterator[TypeFelt]:
    for name, belongs in types:
        runs = [run.felt for run in loads if belongs(run)]
        if runs:
            told = ([one.smooth for one in runs], [one.control for one in runs], [one.effort for one in runs])
            yield TypeFelt(name, len(runs), *(_mean(values) for values in told))


def _mean(values: Sequence[float | None]) -> tuple[float, int] | None:
    known = [value for value in values if value is not None]
    return (mean(known), len(known)) if known else None


def _is(kind: RunType) -> Callable[[RunLoad], bool]:
    return lambda run: run.kind is kind


def _on(ground: str) -> Callable[[RunLoad], bool]:
    return lambda run: _mostly(run) == ground


def _mostly(run: RunLoad) -> str:
    """The ground of more than half of the run; empty: none, or not told."""
    ground, ns = max(run.grounds, key=lambda one: one[1], default=("", 0))
    return ground if ground != NOT_TOLD and 2 * ns > sum(part for _, part in run.grounds) else ""

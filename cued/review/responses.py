"""What cadence did after each cue that was said, and after each that was withheld in its place.

A response is the mean cadence 10 to 30 s after the cue less that of the 20 s before it, at the same speed. A pod's figure lags
some ten seconds. What spoils the comparison leaves the point out, heard or withheld alike, and is counted by its reason.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cued.core.cues import Cue, CuePack, Expect, Priority
from cued.core.effects import CadenceSeen, CutSpeech, Effect, Paused, Say, SegmentBegan, TempoChanged, Unheard, Withheld
from cued.core.events import Event, SurfaceIs, SwapPack
from cued.core.numbers import mean, median
from cued.core.start import Start
from cued.core.target import SLOPE_SPM_PER_MPS
from cued.units import NS_PER_MIN, NS_PER_S

BEFORE_NS: Final = 20 * NS_PER_S
FROM_NS, TO_NS = 10 * NS_PER_S, 30 * NS_PER_S
"""After the onset (design: pods lag about ten seconds)."""
GAP_NS: Final = 3 * NS_PER_S
"""A longer silence of the sensor leaves too little of a window."""
LEAST_SAMPLES: Final = 8
"""Of either window: a pod sends one a second, some every other."""
SPEED_CHANGE: Final = 0.05
"""Beyond, cadence changes for another reason (design)."""
GROUND_NS: Final = 60 * NS_PER_S
APART_NS: Final = 45 * NS_PER_S
"""A cue nearer before it may still be in the legs (design)."""
CHANCE: Final = (Priority.DRIFT, Priority.BAND, Priority.PERIODIC)
"""The triggers whose cues are withheld by chance (core.arbiter)."""


TELLING: Final = (Priority.SAFETY, Priority.SEGMENT)
"""What is said there tells what comes; it is no cue, unless the pack says what it shall do to cadence."""


@dataclass(frozen=True, slots=True)
class Response:
    """One point at which chance decided between a cue and silence."""

    session: int
    pack: str
    trigger: str
    """`drift`, `band` or `periodic`."""
    up: bool
    """Whether cadence is expected to rise."""
    cue: str
    text: str
    heard: bool
    spm: float
    """Change of cadence at the same speed."""
    before_spm: float
    level_spm: float
    """Cadence before it, over the run's own median at that speed."""
    faster_mps: float
    minute: float
    """Of the run."""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A cue whose effect on cadence nobody may judge: nothing is expected of it, or chance never withholds it."""

    session: int
    pack: str
    cue: str
    text: str
    at_ns: int
    dur_ns: int
    measurable: bool
    """Cadence would tell, were it ever withheld."""


@dataclass(frozen=True, slots=True)
class Left:
    """A point that was left out."""

    pack: str
    trigger: str
    cue: str
    heard: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One run's answers to its cues."""

    responses: tuple[Response, ...]
    left: tuple[Left, ...]
    unmeasured: tuple[Unmeasured, ...]
    said: tuple[tuple[int, str, str], ...]
    """(session time at which it ended, pack, cue) of everything heard, in order: what a `helped` is about."""


READ: Final = (
    CadenceSeen,
    CutSpeech,
    Paused,
    Say,
    SegmentBegan,
    SurfaceIs,
    SwapPack,
    TempoChanged,
    Unheard,
    Withheld,
)
"""All that is looked at."""


@dataclass(slots=True)
class _Run:
    samples: list[CadenceSeen] = field(default_factory=list)
    points: list[tuple[Say | Withheld, CuePack]] = field(default_factory=list)
    said: list[int] = field(default_factory=list)
    beats: list[int] = field(default_factory=list)
    """When the beat began or ended."""
    grounds: list[int] = field(default_factory=list)
    rests: list[int] = field(default_factory=list)
    unheard: set[int] = field(default_factory=set)
    cut: list[int] = field(default_factory=list)


def responses_of(how: Start, steps: Iterable[Event | Effect], session: int) -> Heard:
    """Go through a run's events and effects, in order."""
    return _judged(_read(how, steps), how, session)


def _read(how: Start, steps: Iterable[Event | Effect]) -> _Run:
    run, pack, beat, ground = _Run(), how.pack, False, ""
    grounds = {segment.name: segment.surface or "" for segment in pack.segments()}
    for one in steps:
        match one:
            case CadenceSeen():
                run.samples.append(one)
            case Say() | Withheld():
                run.points.append((one, pack))
                if isinstance(one, Say):
                    run.said.append(one.at_ns)
            case CutSpeech():
                run.cut.append(one.at_ns)
            case Unheard():
                run.unheard.add(one.said_ns)
            case TempoChanged() if (one.mspm > 0) != beat:
                beat = one.mspm > 0
                run.beats.append(one.at_ns)
            case SurfaceIs():
                ground = one.surface
                run.grounds.append(one.at_ns)
            case SegmentBegan() if grounds.get(one.segment) and grounds[one.segment] != ground:
                ground = grounds[one.segment]
                run.grounds.append(one.at_ns)
            case Paused():
                run.rests.append(one.at_ns)
            case SwapPack():
                pack = one.pack
                grounds = {segment.name: segment.surface or "" for segment in pack.segments()}
            case _:
                pass
    return run


def _judged(run: _Run, how: Start, session: int) -> Heard:
    times = [sample.at_ns for sample in run.samples]
    slope = how.runner.slope_spm_per_mps
    slope = SLOPE_SPM_PER_MPS if slope is None else slope
    running = [one for one in run.samples if one.state == "running" and one.spm and not one.artefact]
    own_spm = median([one.spm or 0.0 for one in running]) if running else 0.0
    speeds = [one.speed_mps for one in running if one.speed_mps is not None]
    own_mps = median(speeds) if speeds else None
    responses: list[Response] = []
    left: list[Left] = []
    unmeasured: list[Unmeasured] = []
    said: list[tuple[int, str, str]] = []
    for point, pack in run.points:
        cue, heard = _cue(pack, point.cue), isinstance(point, Say)
        if cue is None or not point.text:
            continue
        if heard:
            said.append((point.at_ns + point.dur_ns, pack.name, cue.id))
        if cue.expect is None or point.priority not in CHANCE or pack.limits.withhold <= 0.0:
            expected = cue.expect is not None
            if heard and point.at_ns not in run.unheard and (expected or point.priority not in TELLING):
                unmeasured.append(
                    Unmeasured(session, pack.name, cue.id, cue.say or point.text, point.at_ns, point.dur_ns, expected)
                )
            continue
        trigger = point.priority.name.lower()
        window = run.samples[bisect_left(times, point.at_ns - BEFORE_NS) : bisect_right(times, point.at_ns + TO_NS)]
        reason = _spoilt(run, point, window)
        before, after = (
            _mean(window, point.at_ns - BEFORE_NS, point.at_ns),
            _mean(window, point.at_ns + FROM_NS, point.at_ns + TO_NS),
        )
        if not reason and (before is None or after is None):
            reason = "sensor gap"
        if not reason and before is not None and after is not None and _other_speed(before, after):
            reason = "speed changed"
        if reason or before is None or after is None:
            left.append(Left(pack.name, trigger, cue.id, heard, reason))
            continue
        faster = 0.0 if before[1] is None or after[1] is None else after[1] - before[1]
        level = before[0] - own_spm
        if before[1] is not None and own_mps is not None:
            level -= slope * (before[1] - own_mps)
        responses.append(
            Response(
                session,
                pack.name,
                trigger,
                cue.expect is Expect.UP,
                cue.id,
                cue.say or point.text,
                heard,
                after[0] - before[0] - slope * faster,
                before[0],
                level,
                faster,
                point.at_ns / NS_PER_MIN,
            )
        )
    return Heard(tuple(responses), tuple(left), tuple(unmeasured), tuple(said))


def _cue(pack: CuePack, name: str) -> Cue | None:
    return next((cue for cue in pack.cues if cue.id == name), None)


def _spoilt(run: _Run, point: Say | Withheld, window: list[CadenceSeen]) -> str:
    """Why the point says nothing; empty: it does."""
    at_ns = point.at_ns
    from_ns, to_ns = at_ns - BEFORE_NS, at_ns + TO_NS
    if isinstance(point, Say) and at_ns in run.unheard:
        return "reached nobody"
    if isinstance(point, Say) and any(at_ns <= cut_ns < at_ns + point.dur_ns for cut_ns in run.cut):
        return "cut short"
    if _any(run.rests, from_ns, to_ns):
        return "paused"
    times = [from_ns, *(sample.at_ns for sample in window), to_ns]
    if any(later - sooner > GAP_NS for sooner, later in itertools.pairwise(times)):
        return "sensor gap"
    if any(sample.state != "running" for sample in window):
        return "not running"
    if any(sample.band == "asleep" for sample in window):
        return "hill or unsteady"
    if _any(run.grounds, at_ns - GROUND_NS, to_ns):
        return "new ground"
    if _any(run.beats, from_ns, to_ns):
        return "beat began or ended"
    others = bisect_right(run.said, to_ns) - bisect_left(run.said, at_ns - APART_NS)
    return "another cue" if others > isinstance(point, Say) else ""


def _any(times: list[int], from_ns: int, to_ns: int) -> bool:
    return bisect_right(times, to_ns) > bisect_left(times, from_ns)


def _mean(window: list[CadenceSeen], from_ns: int, to_ns: int) -> tuple[float, float | None] | None:
    """Cadence and speed in (from, to]; None of too few samples."""
    inside = [one for one in window if from_ns < one.at_ns <= to_ns and one.spm and not one.artefact]
    if len(inside) < LEAST_SAMPLES:
        return None
    speeds = [one.speed_mps for one in inside if one.speed_mps is not None]
    return mean([one.spm or 0.0 for one in inside]), mean(speeds) if speeds else None


def _other_speed(before: tuple[float, float | None], after: tuple[float, float | None]) -> bool:
    return before[1] is not None and after[1] is not None and abs(after[1] - before[1]) > SPEED_CHANGE * before[1]

"""The figures of one run, from its lines: how long, how fast the feet, what was said, what was not, what went missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, TypeAlias

from cued.core.arbiter import CUED, DRILL
from cued.units import NS_PER_S

Row: TypeAlias = Mapping[str, Any]
"""A line of the events file (docs/events.md) as a value."""

HOLD_NS: Final = 30 * NS_PER_S
"""A sample speaks for the time up to the next one, at most for so long: what follows is a gap (as for activity files)."""
BEAT_GAP_NS: Final = 2_500_000_000
"""Clicks farther apart are two stretches of beat: the slowest that cued plays is every fourth step at 100 spm, 2.4 s."""
LATE_NS: Final = 30 * NS_PER_S
"""How a segment ended is told by so much of it: three times as long as a pod averages."""
JUDGED: Final = ("low", "in", "high")
"""The states of the band that are a judgement."""


@dataclass(slots=True)
class Figures:
    """What is counted of a run and of each of its segments."""

    cadence_spm_ns: float = 0.0
    """Cadence while running × nanoseconds: `mean_spm` without its division."""
    running_ns: int = 0
    """Nanoseconds with a believed cadence while running."""
    band_ns: dict[str, int] = field(default_factory=lambda: dict.fromkeys(JUDGED, 0))
    clicks: int = 0
    beat_ns: int = 0
    """Nanoseconds in which the beat sounded."""
    slowest_spm: float | None = None
    """Of the clicks."""
    fastest_spm: float | None = None
    heard: int = 0
    heard_s: float = 0.0
    unheard: int = 0
    """Said where nobody listened: not among `heard`."""
    drilled: int = 0
    """Words of drills: instructions, numbers."""
    withheld: int = 0
    unspoken: dict[str, int] = field(default_factory=dict)
    """How many cues were suppressed, expired or failed, by reason."""

    @property
    def mean_spm(self) -> float | None:
        """Mean cadence while running; None where there was none."""
        return self.cadence_spm_ns / self.running_ns if self.running_ns else None

    @property
    def judged_ns(self) -> int:
        """Nanoseconds in which cadence was held against the band."""
        return sum(self.band_ns.values())

    @property
    def in_band(self) -> float | None:
        """Fraction of the judged time in the band; None where nothing was judged."""
        return self.band_ns["in"] / self.judged_ns if self.judged_ns else None

    @property
    def not_spoken(self) -> int:
        """Cues suppressed, expired or failed."""
        return sum(self.unspoken.values())


@dataclass(slots=True)
class SegmentFigures(Figures):
    """One segment as it was run."""

    name: str = ""
    """Empty: the silent recording after the last segment."""
    rep: int = 1
    reps: int | None = 1
    low: float = 0.0
    """Fraction under the target where its band ends."""
    high: float = 0.0
    start_ns: int = 0
    end_ns: int = 0
    late: list[tuple[int, float]] = field(default_factory=list)
    """(nanoseconds, cadence as a fraction of the target) of its running, as long as a target was known."""

    @property
    def of_target(self) -> float | None:
        """Mean cadence as a fraction of the target, which goes with speed; None where none was known."""
        return _mean(self.late)

    @property
    def ended_of_target(self) -> float | None:
        """The same of its last half minute."""
        taken: list[tuple[int, float]] = []
        left_ns = LATE_NS
        for held_ns, share in reversed(self.late):
            taken.append((min(held_ns, left_ns), share))
            left_ns -= held_ns
            if left_ns <= 0:
                break
        return _mean(taken)


def _mean(spans: list[tuple[int, float]]) -> float | None:
    total_ns = sum(held_ns for held_ns, _ in spans)
    return sum(held_ns * share for held_ns, share in spans) / total_ns if total_ns else None


@dataclass(frozen=True, slots=True)
class Release:
    """A session's feeders beside the steady running after each: does it stay when nothing sounds?"""

    rounds: int
    feeder: float
    """Cadence at the end of a feeder, as a fraction of the target; mean of all."""
    steady: float
    """The same of the whole of the steady running."""
    in_band: float | None
    """Of the steady running, as far as it was judged."""

    @property
    def loss(self) -> float:
        """What is lost from the one to the other, as a fraction of the feeder's."""
        return 1.0 - self.steady / self.feeder


def release(segments: list[SegmentFigures]) -> Release | None:
    """Every feeder with the steady segment right after it; None where there is no such pair."""
    pairs = [
        (one.ended_of_target, other.of_target, other)
        for one, other in pairwise(segments)
        if one.name == "feeder" and other.name == "steady"
    ]
    known = [(feeder, steady, other) for feeder, steady, other in pairs if feeder is not None and steady is not None]
    if not known:
        return None
    judged_ns = sum(other.judged_ns for _, _, other in known)
    in_ns = sum(other.band_ns["in"] for _, _, other in known)
    return Release(
        len(known),
        sum(feeder for feeder, _, _ in known) / len(known),
        sum(steady for _, steady, _ in known) / len(known),
        in_ns / judged_ns if judged_ns else None,
    )


@dataclass(slots=True)
class Summary(Figures):
    """One run."""

    start: Mapping[str, Any] = field(default_factory=dict)
    """The `start` line."""
    end_ns: int = 0
    """The run's end, pauses included."""
    distance_m: float | None = None
    estimated: bool = False
    """Some of the distance is reckoned, not measured."""
    pauses: list[tuple[int, int]] = field(default_factory=list)
    """(from, to) in nanoseconds."""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """When the sensor was lost: (from, to) in nanoseconds."""
    counted: dict[str, int] = field(default_factory=dict)
    """Late events, late and missed clicks."""
    segments: list[SegmentFigures] = field(default_factory=list)
    ended: str = ""
    """Why the run ended; empty for a record that breaks off."""

    @property
    def paused_ns(self) -> int:
        """Nanoseconds in pauses."""
        return sum(end_ns - start_ns for start_ns, end_ns in self.pauses)

    @property
    def drills_alone(self) -> bool:
        """Every segment was one of drills, so that nobody ran."""
        named = [segment for segment in self.segments if segment.name]
        return bool(named) and all(segment.drilled for segment in named)

    @property
    def run_ns(self) -> int:
        """Running time: without pauses."""
        return self.end_ns - self.paused_ns


def summarize(rows: Iterable[Row]) -> Summary:
    """The figures of the run whose lines are `rows`, in order of time, the `start` line among them."""
    counter = Counter()
    for row in rows:
        counter.take(row)
    return counter.finish()


class Counter:
    """Goes through the lines once: `take` each, then `finish`."""

    def __init__(self) -> None:
        self.summary = Summary()
        self._sample: Row | None = None
        """The cadence sample that still speaks, counted up to `_since_ns`."""
        self._since_ns = 0
        self._click_ns: int | None = None
        self._paused_ns: int | None = None
        self._lost_ns: int | None = None

    def take(self, row: Row) -> None:
        """The next line."""
        at_ns: int = row["t_ns"]
        summary = self.summary
        if not summary.ended:
            summary.end_ns = at_ns
        match row["kind"]:
            case "start":
                summary.start = row
            case "cadence":
                self._settle(at_ns)
                self._sample, self._since_ns = row, at_ns
                if row["distance_m"] is not None:
                    summary.distance_m = row["distance_m"]
                    summary.estimated = summary.estimated or row.get("estimated", False)
            case "click":
                self._click(at_ns, row["spm"])
            case "say" if row["cue"] not in {CUED, DRILL}:
                for figures in self._both():
                    figures.heard += 1
                    figures.heard_s += row["dur_s"]
            case "say" if row["cue"] == DRILL:
                for figures in self._both():
                    figures.drilled += 1
            case "unheard" if row["cue"] != CUED:
                there = [one for one in summary.segments if one.start_ns <= row["said_ns"]]
                for figures in (summary, *there[-1:]):
                    figures.heard -= 1
                    figures.heard_s = max(0.0, figures.heard_s - row["dur_s"])
                    figures.unheard += 1
            case "withheld":
                for figures in self._both():
                    figures.withheld += 1
            case "suppressed" | "expired" | "failed" if row["cue"] != CUED:
                for figures in self._both():
                    figures.unspoken[row["reason"]] = figures.unspoken.get(row["reason"], 0) + 1
            case "segment":
                self._settle(at_ns)
                self._end_segment(at_ns)
                summary.segments.append(
                    SegmentFigures(
                        name=row["segment"],
                        rep=row["rep"],
                        reps=row["reps"],
                        low=row["low"],
                        high=row["high"],
                        start_ns=at_ns,
                        end_ns=at_ns,
                    )
                )
            case "sensor":
                self._sensor(at_ns, row["state"])
            case "pause":
                self._pause(row.get("since_ns", at_ns), paused=row["paused"])
            case "counted":
                summary.counted[row["what"]] = summary.counted.get(row["what"], 0) + row["count"]
            case "end":
                summary.ended = row["reason"] or "ended"

    def finish(self) -> Summary:
        """The figures; called once."""
        end_ns = self.summary.end_ns
        self._settle(end_ns)
        self._end_segment(end_ns)
        self._pause(end_ns, paused=False)
        self._sensor(end_ns, "back")
        return self.summary

    def _both(self) -> tuple[Figures, ...]:
        """The run's own figures and those of its present segment."""
        return (self.summary, *self.summary.segments[-1:])

    def _settle(self, now_ns: int) -> None:
        """Count the time for which the last sample has spoken; it goes on speaking from `now_ns`."""
        sample = self._sample
        if sample is None:
            return
        held_ns = min(now_ns, sample["t_ns"] + HOLD_NS) - self._since_ns
        if held_ns <= 0:
            return
        self._since_ns += held_ns
        for figures in self._both():
            if sample["state"] == "running" and sample["spm"] and not sample.get("artefact"):
                figures.cadence_spm_ns += sample["spm"] * held_ns
                figures.running_ns += held_ns
            if sample["band"] in JUDGED:
                figures.band_ns[sample["band"]] += held_ns
        if self.summary.segments and sample["state"] == "running" and sample["smooth_spm"] and sample["target_spm"]:
            self.summary.segments[-1].late.append((held_ns, sample["smooth_spm"] / sample["target_spm"]))

    def _click(self, at_ns: int, spm: float) -> None:
        since_ns = self._click_ns
        self._click_ns = at_ns
        # The first click of a stretch sounds for itself; its length is what the next one shows.
        sounded_ns = at_ns - since_ns if since_ns is not None and at_ns - since_ns <= BEAT_GAP_NS else 0
        for figures in self._both():
            figures.clicks += 1
            figures.beat_ns += sounded_ns
            figures.slowest_spm = spm if figures.slowest_spm is None else min(spm, figures.slowest_spm)
            figures.fastest_spm = spm if figures.fastest_spm is None else max(spm, figures.fastest_spm)

    def _end_segment(self, at_ns: int) -> None:
        if self.summary.segments:
            self.summary.segments[-1].end_ns = at_ns

    def _sensor(self, at_ns: int, state: str) -> None:
        if state == "lost" and self._lost_ns is None:
            self._settle(at_ns)
            self._sample = None
            self._lost_ns = at_ns
        elif state in {"back", "found"} and self._lost_ns is not None:
            self.summary.gaps.append((self._lost_ns, at_ns))
            self._lost_ns = None

    def _pause(self, at_ns: int, *, paused: bool) -> None:
        if paused and self._paused_ns is None:
            self._settle(at_ns)
            self._sample = None
            self._paused_ns = at_ns
        elif not paused and self._paused_ns is not None:
            if at_ns > self._paused_ns:  # else that was the end of the run
                self.summary.pauses.append((self._paused_ns, at_ns))
            self._paused_ns = None


# --- in words ------------------------------------------------------------------------------------------------------

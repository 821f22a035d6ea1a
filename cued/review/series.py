"""What the timeline draws, worked out from a run's lines: paths in seconds across and steps per minute upwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cued.review.summary import BEAT_GAP_NS, HOLD_NS, Row, Summary
from cued.units import to_s

MOST_POINTS: Final = 20_000
"""Longer runs are drawn with every n-th sample, so that a phone can still scroll the page."""
MARGIN_SPM: Final = 4.0
"""Room above and below everything drawn."""
LEAST_SPAN_SPM: Final = 24.0
"""A steady runner's noise of one or two steps should look steady."""
NOTHING_SPM: Final = (150.0, 190.0)
"""The scale of a picture without a single figure: where runners' cadence lies."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The picture's frame."""

    total_s: float
    low_spm: float
    high_spm: float

    @property
    def height_spm(self) -> float:
        """Steps per minute from bottom to top."""
        return self.high_spm - self.low_spm

    def y(self, spm: float) -> str:
        """Downwards from the top, as SVG wants it."""
        return _short(self.high_spm - spm)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Clicks in one go at one tempo."""

    from_ns: int
    to_ns: int
    clicks: int
    spm: float


def scale(rows: Sequence[Row], summary: Summary) -> Scale:
    """A frame that holds cadence while running, the band and the beat; strays may fall out of it."""
    last_ns = max([summary.end_ns, *(row["t_ns"] + round(row.get("dur_s", 0) * 1e9) for row in rows)])
    figures: list[float] = []
    cadence: list[float] = []
    for row in rows:
        if row["kind"] == "cadence":
            if row["state"] == "running" and row["smooth_spm"]:
                cadence.append(row["smooth_spm"])
        elif row["kind"] == "tempo" and row["spm"]:
            figures.append(row["spm"])
    for _, low, high in band_edges(rows):
        figures += [low, high]
    if cadence:
        cadence.sort()
        # The first and the last hundredth are starts, stops and strays.
        figures += [cadence[len(cadence) // 100], cadence[-1 - len(cadence) // 100]]
    low, high = (min(figures) - MARGIN_SPM, max(figures) + MARGIN_SPM) if figures else NOTHING_SPM
    short = (LEAST_SPAN_SPM - (high - low)) / 2
    if short > 0:
        low, high = low - short, high + short
    return Scale(max(to_s(last_ns), 1.0), float(int(low)), float(int(high) + 1))


def cadence_line(rows: Sequence[Row], frame: Scale) -> str:
    """The smoothed cadence; broken where it is unknown, while the runner walks or stands, and over gaps."""
    path: list[str] = []
    before_ns: int | None = None
    for row in _samples(rows):
        at_ns, spm = row["t_ns"], row["smooth_spm"]
        if not spm or row["state"] in {"walking", "standing"}:
            before_ns = None
            continue
        joined = before_ns is not None and at_ns - before_ns <= HOLD_NS
        path.append(f"{'L' if joined else 'M'}{_s(at_ns)} {frame.y(spm)}")
        before_ns = at_ns
    return "".join(path)


def cadence_dots(rows: Sequence[Row], frame: Scale) -> str:
    """Each sample with steps in it as it came in: strokes of no length, which round ends turn into dots whatever the zoom."""
    return "".join(f"M{_s(row['t_ns'])} {frame.y(row['spm'])}h0" for row in _samples(rows) if row["spm"])


def target_line(rows: Sequence[Row], frame: Scale) -> str:
    """The target, a step wherever it changes."""
    return _steps([(at_ns, spm) for at_ns, spm in _targets(rows)], round(frame.total_s * 1e9), frame)


def band_area(rows: Sequence[Row], frame: Scale) -> str:
    """The band around the target, closed shapes."""
    path: list[str] = []
    edges = [*band_edges(rows), (round(frame.total_s * 1e9), 0.0, 0.0)]
    for (from_ns, low, high), (to_ns, _, _) in pairwise(edges):
        if low < high:
            path.append(f"M{_s(from_ns)} {frame.y(high)}H{_s(to_ns)}V{frame.y(low)}H{_s(from_ns)}Z")
    return "".join(path)


def band_edges(rows: Sequence[Row]) -> Iterator[tuple[int, float, float]]:
    """(from when, lower edge, upper edge) wherever they change; nothing is known while both are 0."""
    target: float | None = None
    low = high = 0.0
    before = (0.0, 0.0)
    for row in rows:
        if row["kind"] == "segment":
            low, high = row["low"], row["high"]
        elif row["kind"] == "cadence":
            target = row["target_spm"]
        else:
            continue
        edges = (target * (1 - low), target * (1 + high)) if target else (0.0, 0.0)
        if edges != before:
            yield row["t_ns"], *edges
            before = edges


def tempo_line(rows: Sequence[Row], frame: Scale) -> str:
    """The beat's tempo, whether or not it is to be heard just now; broken where the beat rests."""
    tempi = [(row["t_ns"], row["spm"] or None) for row in rows if row["kind"] == "tempo"]
    return _steps(tempi, round(frame.total_s * 1e9), frame)


def stretches(rows: Sequence[Row]) -> list[Stretch]:
    """The clicks: every one is in exactly one stretch, and those of a stretch lie evenly in it."""
    found: list[Stretch] = []
    from_ns = to_ns = clicks = step_ns = 0
    spm = 0.0
    for row in rows:
        if row["kind"] != "click":
            continue
        at_ns = row["t_ns"]
        even = clicks < 2 or abs(at_ns - to_ns - step_ns) <= EVEN_NS
        if clicks and row["spm"] == spm and at_ns - to_ns <= BEAT_GAP_NS and even:
            step_ns = at_ns - to_ns
            to_ns, clicks = at_ns, clicks + 1
            continue
        if clicks:
            found.append(Stretch(from_ns, to_ns, clicks, spm))
        from_ns, to_ns, clicks, spm = at_ns, at_ns, 1, row["spm"]
    if clicks:
        found.append(Stretch(from_ns, to_ns, clicks, spm))
    return found


EVEN_NS: Final = 10
"""Onsets are rounded to whole nanoseconds: even spacing differs by one or two."""


def heard_line(beats: Sequence[Stretch], frame: Scale) -> str:
    """The beat's tempo where it is heard."""
    path: list[str] = []
    before_ns: int | None = None
    for beat in beats:
        joined = before_ns is not None and beat.from_ns - before_ns <= BEAT_GAP_NS
        start = f"H{_s(beat.from_ns)}V{frame.y(beat.spm)}" if joined else f"M{_s(beat.from_ns)} {frame.y(beat.spm)}"
        path.append(f"{start}H{_s(beat.to_ns)}")
        before_ns = beat.to_ns
    return "".join(path)


def sounding(beats: Sequence[Stretch]) -> list[tuple[int, int]]:
    """(from, to) of unbroken beat, whatever its tempo."""
    spans: list[tuple[int, int]] = []
    for beat in beats:
        if spans and beat.from_ns - spans[-1][1] <= BEAT_GAP_NS:
            spans[-1] = (spans[-1][0], beat.to_ns)
        else:
            spans.append((beat.from_ns, beat.to_ns))
    return spans


def on_foot(rows: Sequence[Row], end_ns: int) -> list[tuple[int, int, str]]:
    """(from, to, `walking` or `standing`): when the runner did not run."""
    spans: list[tuple[int, int, str]] = []
    state, since_ns = "", 0
    for at_ns, now in [*((row["t_ns"], row["state"]) for row in rows if row["kind"] == "cadence"), (end_ns, "")]:
        if now != state:
            if state in {"walking", "standing"}:
                spans.append((since_ns, at_ns, state))
            state, since_ns = now, at_ns
    return spans


def _targets(rows: Sequence[Row]) -> Iterator[tuple[int, float | None]]:
    return ((row["t_ns"], row["target_spm"] or None) for row in rows if row["kind"] == "cadence")


def _steps(points: Sequence[tuple[int, float | None]], end_ns: int, frame: Scale) -> str:
    path: list[str] = []
    before: float | None = None
    for at_ns, spm in points:
        if spm == before:
            continue
        if before is not None:
            path.append(f"H{_s(at_ns)}")
        if spm is not None:
            path.append(f"V{frame.y(spm)}" if before is not None else f"M{_s(at_ns)} {frame.y(spm)}")
        before = spm
    if before is not None:
        path.append(f"H{_s(end_ns)}")
    return "".join(path)


def _samples(rows: Sequence[Row]) -> Sequence[Row]:
    samples = [row for row in rows if row["kind"] == "cadence"]
    return samples[:: 1 + len(samples) // MOST_POINTS]


def _s(ns: int) -> str:
    """Seconds to hundredths: under a pixel at any zoom."""
    return _short(to_s(ns), 2)


def _short(value: float, digits: int = 1) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") or "0"

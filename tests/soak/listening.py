"""Which of the clicks and cues that were due are on the recording, and what is there that nobody promised."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cued.audio.commands import Hint
from cued.audio.tones import render_click
from cued.units import NS_PER_S
from tests.soak.due import DueClick, DueCue
from tests.soak.recorder import FULL_SCALE, Pcm16, Stretch

if TYPE_CHECKING:
    import numpy.typing as npt

    Frames = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
else:
    Frames = Floats = Any

LOUD: Final = 66
"""Of 32,767: -54 dBFS, under any click's first milliseconds, over the faint noise that keeps headphones awake (-84)."""
APART_S: Final = 0.030
"""Silence that separates two sounds: a click's own zero crossings are a quarter of a millisecond apart."""
CLICK_S: Final = 0.025
"""The longest click is 20 ms; what sounds longer is a voice."""
ALONE_S: Final = 0.150
"""A short sound with so much silence on both sides, promised clicks left out, is no consonant."""
LATENCY_S: Final = (-0.060, 0.250)
"""Where the first clicks are looked for around their moment: the server's periods, and how exactly a start is known."""
ASTRAY_S: Final = 0.100
"""From one click to the next the offset wanders by less, unless the device's time jumped: half the shortest beat is 130 ms."""
FEW: Final = 5
"""The offset is the median of so many: one click out of place changes nothing, and a card whose time slows is followed (the
sound process makes up for 5 ms a second)."""
CLOSE_S: Final = 0.004
"""Under a voice a click is looked for so close to where its neighbours say that it must be."""
HEARD_SHARE: Final = 0.12
"""Under a voice: so much of the click's own gain must be found. Ducked by 12 dB, at half volume and limited, 0.12 is there."""
CELL_S: Final = 0.020
VOICED: Final = 100
"""Of 32,767, effective: a cell of a spoken cue is louder (-50 dBFS); between words it is not."""
CUE_SHARE: Final = 0.35
"""So much of a cue's length is sound, without the silence at its end: words have gaps."""
CUE_TAIL_S: Final = 0.300
"""A rendered sentence may end with so much silence."""
CUE_LATE_S: Final = 0.600
"""A cue's first sound after its onset: it begins when the ring has come round, later than 0.5 s the mixer itself calls late;
and a first consonant may be soft."""
_CHUNK: Final = 480_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What one stretch of recording says."""

    clicks: int = 0
    """Found of those that were due."""
    missing: tuple[DueClick, ...] = ()
    extra_ns: tuple[int, ...] = ()
    """When clicks were heard that nobody had promised."""
    cues: int = 0
    cues_missing: tuple[DueCue, ...] = ()
    off_ms: tuple[float, ...] = ()
    """Of each click that stands alone: from where its neighbours say that it must be."""
    offsets_ms: tuple[float, ...] = ()
    """From each click's moment to where it was heard, latency of the card included."""


@dataclass(slots=True)
class _Sounds:
    starts: Frames
    stops: Frames

    def is_click(self, index: int, rate_hz: int) -> bool:
        return bool(self.stops[index] - self.starts[index] <= CLICK_S * rate_hz)

    def is_alone(self, index: int, rate_hz: int, known: set[int]) -> bool:
        """No other sound is near but those that are `known` to be clicks."""
        gap = ALONE_S * rate_hz
        before = index == 0 or index - 1 in known or self.starts[index] - self.stops[index - 1] >= gap
        last = index + 1 == len(self.starts)
        return before and (last or index + 1 in known or self.starts[index + 1] - self.stops[index] >= gap)


@dataclass(slots=True)
class _Offset:
    """How many frames later than its moment a click is heard, followed from click to click."""

    value: float
    last: deque[float] = field(default_factory=lambda: deque(maxlen=FEW))

    def note(self, off: float) -> None:
        self.last.append(off)
        self.value = median(self.last)


def hear(stretch: Stretch, clicks: Sequence[DueClick], cues: Sequence[DueCue], from_ns: int, to_ns: int) -> Heard:
    """Look for what was due in [from, to) on the monotonic clock; `clicks` and `cues` are in order, others are passed over."""
    rate = stretch.rate_hz
    sounds = sounds_in(stretch.pcm, rate)
    due = [click for click in clicks if from_ns <= click.at_ns < to_ns]
    at = _frames(stretch, [click.at_ns for click in due])
    offset = _Offset(_first_offset(sounds, at[: 6 * FEW], rate))
    found: dict[int, int] = {}
    """Sounds by the clicks that they are."""
    taken: set[int] = set()
    off_ms: list[float] = []
    for number, frame in enumerate(at):
        expected = frame + offset.value
        index = _nearest(sounds.starts, expected)
        near = index >= 0 and abs(float(sounds.starts[index]) - expected) <= ASTRAY_S * rate
        if near and index not in taken and sounds.is_click(index, rate):
            found[number] = index
            taken.add(index)
            off_ms.append((float(sounds.starts[index]) - expected) / rate * 1000)
            offset.note(float(sounds.starts[index]) - frame)
    followed = _followed(at, found, sounds, offset.value)
    rest = [number for number in range(len(due)) if number not in found]
    veiled = {n for n in rest if _under_voice(stretch.pcm, sounds, due[n], at[n] + followed[n], rate)}
    missing = [due[number] for number in rest if number not in veiled and not due[number].optional]
    heard = sum(not due[number].optional for number in (*found, *veiled))
    offsets_ms = [float(followed[number]) / rate * 1000 for number in found]
    cues_due = [cue for cue in cues if from_ns <= cue.at_ns and cue.at_ns + cue.dur_ns < to_ns]
    starts = _frames(stretch, [cue.at_ns for cue in cues_due]) + offset.value
    silent = tuple(
        cue for cue, start in zip(cues_due, starts, strict=True) if not _is_spoken(stretch.pcm, float(start), cue.dur_ns, rate)
    )
    spoken = _frames(stretch, [ns for cue in cues for ns in (cue.at_ns, cue.at_ns + cue.dur_ns)]) + offset.value
    extra = tuple(_extra(stretch, sounds, taken, spoken, from_ns, to_ns))
    return Heard(heard, tuple(missing), extra, len(cues_due) - len(silent), silent, tuple(off_ms), tuple(offsets_ms))


def sounds_in(pcm: Pcm16, rate_hz: int) -> _Sounds:
    """Stretches of sound between silences."""
    loud: list[Frames] = []
    for first in range(0, pcm.size, _CHUNK):
        piece = np.asarray(pcm[first : first + _CHUNK], np.int32)
        loud.append(np.flatnonzero(np.abs(piece) > LOUD) + first)
    frames = np.concatenate(loud) if loud else np.zeros(0, np.int64)
    if not frames.size:
        return _Sounds(frames, frames)
    breaks = np.flatnonzero(np.diff(frames) > APART_S * rate_hz)
    starts = np.concatenate((frames[:1], frames[breaks + 1]))
    stops = np.concatenate((frames[breaks], frames[-1:])) + 1
    return _Sounds(starts, stops)


def _frames(stretch: Stretch, at_ns: Sequence[int]) -> Floats:
    """Where those moments lie on the recording."""
    times, frames = stretch.anchors[:, 0], stretch.anchors[:, 1]
    since = np.array([one - int(times[0]) for one in at_ns], np.float64)
    return np.asarray(np.interp(since, (times - times[0]).astype(np.float64), frames.astype(np.float64)))


def _followed(at: Floats, found: dict[int, int], sounds: _Sounds, otherwise: float) -> Floats:
    """How many frames later than its moment each click should be heard: between its neighbours that stand alone."""
    if not found:
        return np.full(at.size, otherwise)
    numbers = sorted(found)
    offsets = [float(sounds.starts[found[number]]) - at[number] for number in numbers]
    return np.asarray(np.interp(at, at[numbers], offsets))


def _ns(stretch: Stretch, frame: float) -> int:
    times, frames = stretch.anchors[:, 0], stretch.anchors[:, 1]
    return int(times[0] + np.interp(frame, frames.astype(np.float64), (times - times[0]).astype(np.float64)))


def _first_offset(sounds: _Sounds, at: Floats, rate: int) -> float:
    early, late = (bound * rate for bound in LATENCY_S)
    clicks = np.array([s for i, s in enumerate(sounds.starts) if sounds.is_click(i, rate)], np.float64)
    offs = [clicks[(clicks >= frame + early) & (clicks <= frame + late)] - frame for frame in at]
    firsts = [float(off[0]) for off in offs if off.size]
    return median(firsts) if firsts else 0.0


def _nearest(starts: Frames, frame: float) -> int:
    if not starts.size:
        return -1
    index = int(np.searchsorted(starts, frame))
    around = [one for one in (index - 1, index) if 0 <= one < starts.size]
    return min(around, key=lambda one: abs(float(starts[one]) - frame))


@lru_cache(maxsize=256)
def _template(sound: str, accent: bool, hint: str, rate_hz: int) -> Floats:
    """The click's own sound without low frequencies, as the recording's are taken away: a voice has most of its power there."""
    return _highs(np.asarray(render_click(sound, accent, Hint(hint), rate_hz), np.float64))


def _highs(pcm: Floats) -> Floats:
    return np.diff(pcm, 2)


def _under_voice(pcm: Pcm16, sounds: _Sounds, click: DueClick, expected: float, rate: int) -> bool:
    """Is the click there, in the middle of another sound?"""
    near = round(CLOSE_S * rate)
    template = _template(click.sound, click.accent, click.hint, rate)
    first = round(expected) - near
    last = first + 2 * near + template.size + 2
    if first < 0 or last > pcm.size or not _overlaps(sounds, first, last):
        return False
    piece = _highs(np.asarray(pcm[first:last], np.float64) / FULL_SCALE)
    gains = np.correlate(piece, template, "valid") / float(template @ template)
    return bool(gains.max() >= HEARD_SHARE * click.gain)


def _overlaps(sounds: _Sounds, first: float, last: float) -> bool:
    index = bisect_left(sounds.stops, first)
    return index < len(sounds.starts) and bool(sounds.starts[index] < last)


def _is_spoken(pcm: Pcm16, start: float, dur_ns: int, rate: int) -> bool:
    """By its envelope: it begins in time, and sounds for a fair share of its length."""
    cell = round(CELL_S * rate)
    cells = max(1, int(dur_ns * rate / NS_PER_S) // cell)
    piece = np.asarray(pcm[max(0, round(start)) : max(0, round(start)) + cells * cell], np.float64)
    if piece.size < cells * cell:
        return False
    levels = np.sqrt((piece.reshape(cells, cell) ** 2).mean(axis=1))
    # A click fills one cell, or two; a word more than that.
    voiced = np.convolve(levels > VOICED, np.ones(3), "same") >= 3
    if not voiced.any() or int(np.argmax(voiced)) * CELL_S > CUE_LATE_S + 2 * CELL_S:
        return False
    return bool(voiced.sum() >= CUE_SHARE * max(1.0, cells - CUE_TAIL_S / CELL_S))


def _extra(stretch: Stretch, sounds: _Sounds, taken: set[int], spoken: Floats, from_ns: int, to_ns: int) -> Iterator[int]:
    """Sounds as short as a click, alone, outside of cues, and promised by nobody."""
    for index, start in enumerate(sounds.starts):
        short = sounds.is_click(index, stretch.rate_hz) and sounds.is_alone(index, stretch.rate_hz, taken)
        if index in taken or not short:
            continue
        if int(np.searchsorted(spoken, float(start))) % 2:
            continue
        at_ns = _ns(stretch, float(start))
        if from_ns <= at_ns < to_ns:
            yield at_ns

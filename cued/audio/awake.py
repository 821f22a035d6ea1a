"""Headphones kept from falling asleep: a noise floor while something is to be expected, a tone before what follows a silence.

Bluetooth headphones switch their amplifiers off when nothing is to be heard, and swallow the first sounds of what comes next.
"""

from __future__ import annotations

from bisect import insort
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from cued.units import NS_PER_MS, NS_PER_S, frame_of

if TYPE_CHECKING:
    from cued.audio.commands import Pcm

NOISE_DBFS: Final = -84.0
"""Two steps of 16 bits: not heard, and no digital silence that a headphone would take for the end."""
ASLEEP_NS: Final = 3 * NS_PER_S
"""After so much silence headphones may sleep; those that were reported do so after five seconds and more."""
WAKE_NS: Final = 400 * NS_PER_MS
"""Reported amplifiers open within 0.2 to 0.5 s; a word that came later than this would be out of place."""
SHORTEST_WAKE_NS: Final = 50 * NS_PER_MS
"""Before a click, which never waits: a shorter tone would only be a click more."""
WAKE_DBFS: Final = -44.0
"""Of its effective level: 26 dB under speech, and 40 over the noise, so that no gate takes it for silence."""
WAKE_HZ: Final = 300.0
WAKE_TO_HZ: Final = 500.0
"""Low and rising: nobody takes it for a click."""
FALL_NS: Final = 20 * NS_PER_MS


class Awake:
    """When the noise and the tones sound, in frames; all of it is nothing while it is off."""

    def __init__(self, rate_hz: int, *, on: bool) -> None:
        self.on = on
        self._rate_hz = rate_hz
        self._asleep = frame_of(ASLEEP_NS, rate_hz)
        self._wake = frame_of(WAKE_NS, rate_hz)
        self._shortest = frame_of(SHORTEST_WAKE_NS, rate_hz)
        self._floor = False
        self._changes: list[tuple[int, bool]] = []
        """Of the floor, yet to come."""
        self._tones: list[tuple[int, int]] = []
        self._awake_until = 0

    def switch(self, *, on: bool, head: int) -> None:
        """The device falls asleep in silence, or does not; `head`: the first frame that can be changed."""
        if on and not self.on:
            self._awake_until = 0
            if self._floor:
                self._tones.append((head, head + self._wake))
        self.on = on

    def sounding(self, frame: int, *, on: bool) -> None:
        """From that frame on something is to be expected, or nothing."""
        if on and self.on and not self._is_awake(frame):
            self._tones.append((frame, frame + self._wake))
        insort(self._changes, (frame, on))

    def before_click(self, frame: int, length: int, head: int) -> None:
        """A click will sound at `frame`; `head`: the first that can be changed."""
        if self.on and not self._is_awake(frame) and frame - head >= self._shortest:
            self._tones.append((max(frame - self._wake, head), frame))
        self._heard(frame + length)

    def before_words(self, frame: int, length: int, head: int) -> int:
        """Words shall begin at `frame`; returns where they do: later if headphones must be woken first."""
        if self.on and not self._is_awake(frame):
            frame = max(frame, head + self._wake)
            self._tones.append((frame - self._wake, frame))
        self._heard(frame + length)
        return frame

    def _heard(self, until: int) -> None:
        self._awake_until = max(self._awake_until, until + self._asleep)

    def _is_awake(self, frame: int) -> bool:
        floor, since = self._floor, 0
        for at, on in self._changes:
            if at > frame:
                break
            floor, since = on, at
        return frame < self._awake_until or (floor and since < frame)

    def add(self, first: int, out: Pcm, spans: list[tuple[int, int]]) -> None:
        """Add what sounds in the frames from `first` on."""
        stop = first + out.size
        self._add_floor(first, stop, out, spans)
        kept: list[tuple[int, int]] = []
        for begin, end in self._tones:
            low, high = max(begin, first), min(end, stop)
            if self.on and low < high:
                out[low - first : high - first] += _tone(end - begin, self._rate_hz)[low - begin : high - begin]
                spans.append((low, high))
            if end > stop:
                kept.append((begin, end))
            elif self.on:
                self._heard(end)
        self._tones = kept

    def _add_floor(self, first: int, stop: int, out: Pcm, spans: list[tuple[int, int]]) -> None:
        at = first
        while at < stop:
            while self._changes and self._changes[0][0] <= at:
                self._floor = self._changes.pop(0)[1]
            until = min(stop, self._changes[0][0]) if self._changes else stop
            if self._floor and self.on:
                out[at - first : until - first] += _noise(self._rate_hz)[np.arange(at, until) % self._rate_hz]
                spans.append((at, until))
                self._heard(until)
            at = until


@lru_cache(maxsize=2)
def _noise(rate_hz: int) -> Pcm:
    """A second of faint noise, the same every time."""
    noise = np.random.default_rng(1).standard_normal(rate_hz) * 10 ** (NOISE_DBFS / 20)
    return np.asarray(noise, np.float32)


@lru_cache(maxsize=8)
def _tone(length: int, rate_hz: int) -> Pcm:
    """Rises from nothing and is gone at its end."""
    t = np.arange(length) / rate_hz
    seconds = length / rate_hz
    fall = frame_of(FALL_NS, rate_hz)
    shape = np.minimum(np.arange(length) / max(length - fall, 1), np.arange(length, 0, -1) / fall).clip(0.0, 1.0)
    pcm = np.sin(np.pi / 2 * shape) ** 2 * np.sin(2 * np.pi * (WAKE_HZ * t + (WAKE_TO_HZ - WAKE_HZ) / (2 * seconds) * t * t))
    pcm *= 10 ** (WAKE_DBFS / 20) / max(float(np.sqrt(np.mean(pcm**2))), 1e-9)
    return np.asarray(pcm, np.float32)

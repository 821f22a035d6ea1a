"""The beat as arithmetic: the onset of beat n is anchor + n × period, the period exact, rounded once per onset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.units import MSPM_PER_SPM, NS_PER_MIN, NS_PER_MS

LOOKAHEAD_NS: Final = 400 * NS_PER_MS
"""Clicks are promised so long ahead: the ring's 250 ms, one device period and a stall of 100 ms fit in."""
RING_NS: Final = 250 * NS_PER_MS
"""What is within this of now lies in the sound device's ring and can no longer be taken back."""

_NS_MSPM: Final = NS_PER_MIN * MSPM_PER_SPM
"""Period in ns of 1 mspm; period × mspm for every tempo."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A beat of one tempo."""

    anchor_ns: int
    """Onset of beat `anchor_beat`."""
    anchor_beat: int
    mspm: int
    """Thousandths of steps per minute, over 0."""

    def onset_ns(self, beat: int) -> int:
        """Onset of a beat not before the anchor, rounded to the nearest ns."""
        return self.anchor_ns + ((beat - self.anchor_beat) * _NS_MSPM + self.mspm // 2) // self.mspm

    def first_from(self, at_ns: int) -> int:
        """The first beat, from the anchor on, whose onset is not before `at_ns`."""
        if at_ns <= self.anchor_ns:
            return self.anchor_beat
        beat = self.anchor_beat + (at_ns - self.anchor_ns) * self.mspm // _NS_MSPM
        while self.onset_ns(beat) < at_ns:
            beat += 1
        return beat

    def at_tempo(self, beat: int, mspm: int) -> Grid:
        """The same grid with another tempo from `beat` on: that beat keeps its onset."""
        return Grid(self.onset_ns(beat), beat, mspm)

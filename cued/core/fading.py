"""Faded feedback: how much of the beat and how often the words, by the number of cue sessions already run with the pack."""

from __future__ import annotations

from typing import Final

from cued.core.cues import Fade, ForDistance, ForTime, Interval
from cued.units import NS_PER_S

SHORTEST_NS: Final = NS_PER_S
SHORTEST_M: Final = 1.0
"""No interval becomes shorter than a pack may write one, however small the factor."""


def beat_share(fade: Fade, session_number: int) -> float:
    """The first share of a segment in which the beat sounds, 0 to 1; `session_number` counts from 1."""
    return _value(fade.metronome, session_number)


def scaled(interval: Interval, fade: Fade, session_number: int) -> Interval:
    """An `every` interval in this session. Its jitter is not scaled."""
    factor = _value(fade.every, session_number)
    if factor == 1.0:
        return interval
    if isinstance(interval, ForTime):
        return ForTime(max(SHORTEST_NS, int(interval.ns * factor + 0.5)))
    return ForDistance(max(SHORTEST_M, interval.m * factor))


def _value(values: tuple[float, ...], session_number: int) -> float:
    if not values:
        return 1.0
    return values[min(max(session_number, 1), len(values)) - 1]

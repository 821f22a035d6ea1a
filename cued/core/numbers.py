"""Plain statistics and seeded chance, the same to the byte on every machine: + − × ÷ and comparison only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MASK: Final = (1 << 64) - 1
_GAMMA: Final = 0x9E3779B97F4A7C15
"""Constants of splitmix64 (Steele, Lea, Flood 2014)."""


def draw(state: int) -> tuple[int, int]:
    """One step of splitmix64: (new state, 64 random bits)."""
    state = (state + _GAMMA) & _MASK
    mixed = state
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return state, mixed ^ (mixed >> 31)


def draw_between(state: int, low: int, high: int) -> tuple[int, int]:
    """(new state, an integer of [low, high]); uniform to within 2^-64 of the range."""
    state, bits = draw(state)
    return state, low + (bits * (high - low + 1) >> 64)


def draw_chance(state: int, share: float) -> tuple[int, bool]:
    """(new state, True in `share` of the draws)."""
    state, bits = draw(state)
    return state, bits < share * 18446744073709551616.0


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean, added up left to right (`sum` rounds differently from Python 3.12 on). Needs one value."""
    total = 0.0
    for value in values:
        total = total + value
    return total / len(values)


def median(values: Sequence[float]) -> float:
    """Middle value, or the mean of the two middle ones. Needs one value."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2

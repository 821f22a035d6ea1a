"""Units and their conversions: integer nanoseconds for time, milli-steps per minute for tempo, frames for sound."""

from __future__ import annotations

from typing import Final, NewType

Ns = NewType("Ns", int)
"""Nanoseconds on the session's one monotonic line (or a length of time)."""
Mspm = NewType("Mspm", int)
"""Thousandths of a step per minute: exact, so that a beat never drifts."""

NS_PER_MS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000
NS_PER_MIN: Final = 60 * NS_PER_S
NS_PER_H: Final = 60 * NS_PER_MIN
MSPM_PER_SPM: Final = 1_000


def seconds(value: float) -> Ns:
    """Nanoseconds of `value` seconds, rounded to the nearest."""
    return Ns(round(value * NS_PER_S))


def to_s(value_ns: int) -> float:
    """Seconds of `value_ns` nanoseconds."""
    return value_ns / NS_PER_S


def mspm(spm: float) -> Mspm:
    """Steps per minute as thousandths, rounded to the nearest."""
    return Mspm(round(spm * MSPM_PER_SPM))


def to_spm(value_mspm: int) -> float:
    """Thousandths of steps per minute as steps per minute."""
    return value_mspm / MSPM_PER_SPM


def frame_of(at_ns: int, rate_hz: int) -> int:
    """The frame of a stream that began at 0 ns: frame n is t = n / rate, rounded to the nearest."""
    return (at_ns * rate_hz + NS_PER_S // 2) // NS_PER_S

"""Speed, distance and slope: the sensor's total, else speed integrated, else an honest estimate that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cued.core.events import Altitude, CadenceSample
from cued.core.numbers import mean
from cued.units import NS_PER_S

DEFAULT_MPS: Final = 1000.0 / 360.0
"""6 min/km: what the format says where no speed was ever known."""
ESTIMATED_AFTER_NS: Final = 10 * NS_PER_S
TOP_MPS: Final = 12.5
"""Faster is a fault: the record for 100 m peaks at 12.4 m/s."""
MEAN_NS: Final = 10 * NS_PER_S
BEFORE_NS: Final = 30 * NS_PER_S
UNSTEADY: Final = 0.05
NEVER_S: Final = 1e9
"""What is further off than this (a pod may report next to no speed at all) is not waited for."""
SLOPE_OVER_NS: Final = 30 * NS_PER_S
SLOPE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Motion:
    """Where the runner is, and how fast."""

    distance_m: float = 0.0
    """At `at_ns`, since the run's start, pauses left out."""
    at_ns: int = 0
    """Up to here distance is settled."""
    speed_mps: float = DEFAULT_MPS
    """By which distance is carried on: the last valid one."""
    known_ns: int | None = None
    """When speed or distance was last measured."""
    total: tuple[int, float, float] | None = None
    """(ns, the sensor's own total m, `distance_m`) of the last reading that had one."""
    speeds: tuple[tuple[int, float], ...] = ()
    """(ns, m/s), the last 40 s."""
    heights: tuple[tuple[int, float, float], ...] = ()
    """(ns, altitude m, distance m), the last 30 s or a little more."""
    moving: bool = True
    """False while standing or paused: distance stands still."""


def carried_m(motion: Motion, now_ns: int) -> float:
    """Distance at `now_ns`, carried on from the last reading."""
    if not motion.moving or now_ns <= motion.at_ns:
        return motion.distance_m
    return motion.distance_m + motion.speed_mps * (now_ns - motion.at_ns) / NS_PER_S


def is_estimated(motion: Motion, now_ns: int) -> bool:
    """Neither speed nor distance was measured for 10 s."""
    since_ns = motion.known_ns if motion.known_ns is not None else 0
    return now_ns - since_ns >= ESTIMATED_AFTER_NS


def due_ns(motion: Motion, now_ns: int, at_m: float) -> int | None:
    """When the runner gets to `at_m`, at the present speed; None while standing."""
    left_m = at_m - carried_m(motion, now_ns)
    if left_m <= 0:
        return now_ns
    if not motion.moving or motion.speed_mps <= 0:
        return None
    left_s = left_m / motion.speed_mps
    return now_ns + int(left_s * NS_PER_S) + 1 if left_s < NEVER_S else None


def settled(motion: Motion, now_ns: int, *, moving: bool) -> Motion:
    """The same runner, who from now on moves or stands."""
    if moving == motion.moving:
        return motion
    here_m = carried_m(motion, now_ns)
    return replace(motion, distance_m=here_m, at_ns=max(now_ns, motion.at_ns), moving=moving)


def rested(motion: Motion) -> Motion:
    """The same runner, whose sensor's total says nothing of the run: it counts in a pause, too."""
    return replace(motion, total=None)


def observed(motion: Motion, sample: CadenceSample) -> Motion:
    """Take in one sample's speed and distance."""
    now_ns = sample.at_ns
    speed = sample.speed_mps
    if speed is not None and not 0 <= speed <= TOP_MPS:
        speed = None
    total = sample.total_distance_m
    if speed is None and total is None:
        return motion
    here_m = carried_m(motion, now_ns)
    if speed is not None and motion.moving and motion.speeds:
        here_m = motion.distance_m + (motion.speed_mps + speed) / 2 * max(0, now_ns - motion.at_ns) / NS_PER_S
    if total is not None and motion.total is not None and motion.moving:
        last_ns, last_total_m, last_m = motion.total
        gone_m, passed_s = total - last_total_m, (now_ns - last_ns) / NS_PER_S
        if 0 <= gone_m <= TOP_MPS * passed_s + 30:  # else the pod began to count anew: its total says nothing here
            here_m = last_m + gone_m
            if speed is None and passed_s >= 0.5:
                motion = replace(motion, speed_mps=min(gone_m / passed_s, TOP_MPS))
    speeds = motion.speeds
    if speed is not None:
        old_ns = now_ns - MEAN_NS - BEFORE_NS
        old = 0
        while old < len(speeds) and speeds[old][0] <= old_ns:
            old += 1
        speeds = (*speeds[old:], (now_ns, speed))
    return replace(
        motion,
        distance_m=here_m,
        at_ns=max(now_ns, motion.at_ns),
        speed_mps=motion.speed_mps if speed is None else speed,
        known_ns=now_ns,
        total=motion.total if total is None else (now_ns, total, here_m),
        speeds=speeds,
    )


def climbed(motion: Motion, event: Altitude) -> Motion:
    """Take in one altitude."""
    old_ns = event.at_ns - SLOPE_OVER_NS - 5 * NS_PER_S
    kept = tuple(height for height in motion.heights if height[0] >= old_ns)
    return replace(motion, heights=(*kept, (event.at_ns, event.m, carried_m(motion, event.at_ns))))


def on_hill(motion: Motion) -> bool:
    """Altitude shows 3 % or more over 30 s."""
    if len(motion.heights) < 2:
        return False
    last = motion.heights[-1]
    for height in motion.heights:
        if last[0] - height[0] >= SLOPE_OVER_NS:
            gone_m = last[2] - height[2]
            rise_m = last[1] - height[1]
            return gone_m > 20 and abs(rise_m) >= SLOPE * gone_m
    return False


def mean_speed(motion: Motion, now_ns: int) -> float | None:
    """Mean speed of the last 10 s; None where none was measured."""
    values = _between(motion, now_ns - MEAN_NS, now_ns)
    return mean(values) if values else None


def _between(motion: Motion, after_ns: int, until_ns: int) -> list[float]:
    """Speeds of (after, until], newest first."""
    values: list[float] = []
    for at_ns, speed in reversed(motion.speeds):
        if at_ns <= after_ns:
            break
        if at_ns <= until_ns:
            values.append(speed)
    return values


def is_unsteady(motion: Motion, now_ns: int) -> bool:
    """The 10-s mean differs by over 5 % from that of the 30 s before."""
    split_ns = now_ns - MEAN_NS
    recent = _between(motion, split_ns, now_ns)
    before = _between(motion, split_ns - BEFORE_NS, split_ns)
    if len(recent) < 3 or len(before) < 3:
        return False
    usual = mean(before)
    return abs(mean(recent) - usual) > UNSTEADY * usual

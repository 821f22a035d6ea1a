"""One running total of distance out of the totals of whichever sensors gave it.

Each sensor counts from a beginning of its own, so a change of sensor would be a leap of kilometres. Therefore the new
sensor's total is shifted to go on where the old one's had got to, and what was run in between is reckoned from speed, as the
core itself does where it has no total. A sensor that begins to count anew by itself is passed on as it is: the core knows that.
"""

from __future__ import annotations

from dataclasses import dataclass

from cued.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class Odometer:
    """How far, how fast, and by whose word."""

    sensor: int | None = None
    """Whose word; None: nobody's yet."""
    at_ns: int = 0
    """When that was."""
    speed_mps: float | None = None
    reached_m: float = 0.0
    """The total so far, reckoned where it was not measured."""
    total_m: float | None = None
    """The total as measured, shifted; None: the last sample had none."""
    shift_m: float | None = None
    """Between the present sensor's own total and this one; None: it has given none yet."""


def advanced(before: Odometer, sensor: int, at_ns: int, speed_mps: float | None, own_total_m: float | None) -> Odometer:
    """One sample of the sensor that gives speed and distance; stamps do not fall."""
    first = before.sensor is None
    shift_m = before.shift_m if sensor == before.sensor else None
    speeds = [speed for speed in (before.speed_mps, speed_mps) if speed is not None]
    between_m = 0.0 if first or not speeds else sum(speeds) / len(speeds) * (at_ns - before.at_ns) / NS_PER_S
    reached_m = before.reached_m + between_m
    if own_total_m is None:
        return Odometer(sensor, at_ns, speed_mps, reached_m, None, shift_m)
    if shift_m is None:
        shift_m = 0.0 if first else reached_m - own_total_m
    total_m = own_total_m + shift_m
    return Odometer(sensor, at_ns, speed_mps, total_m, total_m, shift_m)

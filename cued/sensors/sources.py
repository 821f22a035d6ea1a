"""Which of several sensors a quantity is taken from: one at a time, in the runner's own order, never an average of two.

The first sensor in the order that is connected and has given the quantity lately is its source. A source is left at once when
its link is down or it has said nothing for `FRESH_NS`; a better one that (re)appears has to give the quantity for `STEADY_NS`
before it is gone over to, so that a flapping link does not make two sensors take turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cued.units import NS_PER_MS, NS_PER_S

FRESH_NS: Final = 3_200 * NS_PER_MS
"""Two samples of a 1 Hz sensor may be missing (and a third be late): only then another is asked. Its own next sample, a
second away, still comes before the core takes silence for standing (4.5 s)."""
STEADY_NS: Final = 10 * NS_PER_S
"""As long as pods average over: before, their numbers are still those of the moment they woke up in."""


class Quantity(Enum):
    """What is taken from one sensor at a time."""

    CADENCE = "cadence"
    SPEED = "speed and distance"
    HEART_RATE = "heart rate"
    CONTACT_TIME = "ground contact time"


@dataclass(frozen=True, slots=True)
class Given:
    """A stretch in which one sensor gave the quantity without a break of `FRESH_NS`."""

    since_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where one quantity comes from."""

    given: tuple[Given | None, ...]
    """By sensor, in the runner's order."""
    sensor: int | None = None
    """The chosen one's number in that order; None: nobody has given the quantity yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one sensor is placed just now."""

    up: bool
    """Its link is not down."""
    usable: bool = True
    """False: it speaks, but nobody knows yet what its number means. Chosen only where no other is to be had."""


def fresh(source: Source, sensor: int | None, at_ns: int, standings: Sequence[Standing]) -> bool:
    """Is `sensor` connected, and has it given the quantity lately?"""
    given = None if sensor is None else source.given[sensor]
    return sensor is not None and given is not None and standings[sensor].up and at_ns - given.last_ns <= FRESH_NS


def heard(source: Source, sensor: int, at_ns: int, standings: Sequence[Standing]) -> Source:
    """`sensor` has just given the quantity."""
    before = source.given[sensor]
    lasting = before is not None and at_ns - before.last_ns <= FRESH_NS
    given = Given(before.since_ns if before is not None and lasting else at_ns, at_ns)
    source = replace(source, given=(*source.given[:sensor], given, *source.given[sensor + 1 :]))
    present = source.sensor
    if present is None or not fresh(source, present, at_ns, standings):
        return replace(source, sensor=_best(source, at_ns, standings))
    if sensor == present or _rank(sensor, standings) > _rank(present, standings):
        return source
    helps_at_once = standings[sensor].usable and not standings[present].usable
    return replace(source, sensor=sensor) if helps_at_once or at_ns - given.since_ns >= STEADY_NS else source


def dropped(source: Source, sensor: int, at_ns: int, standings: Sequence[Standing]) -> Source:
    """The link of `sensor` went down: the next best takes its place if there is one, else it keeps it."""
    given = (*source.given[:sensor], None, *source.given[sensor + 1 :])
    source = replace(source, given=given)
    if source.sensor != sensor:
        return source
    best = _best(source, at_ns, standings)
    return source if best is None else replace(source, sensor=best)


def _best(source: Source, at_ns: int, standings: Sequence[Standing]) -> int | None:
    """The first of the fresh ones, those that are usable before the others."""
    candidates = [sensor for sensor in range(len(standings)) if fresh(source, sensor, at_ns, standings)]
    return min(candidates, key=lambda sensor: _rank(sensor, standings), default=None)


def _rank(sensor: int, standings: Sequence[Standing]) -> tuple[bool, int]:
    return not standings[sensor].usable, sensor

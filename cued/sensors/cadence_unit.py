"""Does a sensor count steps or strides? The profile says "1/min" and devices disagree, so each sensor has a factor: 1 or 2.

Who decides, in this order:

1. **The runner's own word** for the sensor.
2. **A quirk** that somebody has reported of a device of that name (`QUIRKS`).
3. **Judgement**: 20 s of running in which one reading of the number is possible and the other is not.

Until one of them has spoken, cadence is unknown; once spoken it stands for the rest of the run, whatever comes after.

Judgement rests on how people run. At over 2 m/s (where walking turns into running) they take 138 to 212 steps of 0.5 to
2.6 m a minute. A number that fits this as it stands counts steps, one that fits it doubled counts strides: the two ranges
do not meet, and what lies in neither (a Stryd that sends watts / 10, say) is evidence against both. The running flag cannot
stand in for speed, since devices leave it unset at 12 km/h (Technogym Run). It only speaks against: a sensor that uses its
flag and says "walking" is not judged.

**A device without speed** (it gives none, or 0 m/s together with steps) is judged by the number alone, and only as steps:
138 to 212 *strides* would be over 276 steps a minute, which nobody keeps up for 20 s, so such a number counts steps. The
lower range stays open for ever: 80 a minute is a runner's strides as well as a stroller's steps. There the runner's word is
needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cued.core.numbers import median
from cued.units import NS_PER_MIN, NS_PER_S

RUNNING_MPS: Final = 2.0
"""Over this people run: the walk-run transition lies near 2 m/s (as `core.cadence.RUN_FROM_MPS`)."""
STEPS_SPM: Final = (138.0, 212.0)
"""What people run at: 140 to 210, and a stride more or less for a pod's whole numbers."""
STEP_M: Final = (0.5, 2.6)
"""A shuffler's step, and a miler's at 6 m/s and 140 steps a minute."""
JUDGED_NS: Final = 20 * NS_PER_S
"""So much running, its pauses not counted: longer than the ten seconds over which pods average, twice."""
LONGEST_NS: Final = 2 * NS_PER_S
"""More than this between two samples proves nothing: pods send one a second, and may lose one."""


class CadenceUnit(Enum):
    """The runner's word for a sensor."""

    AUTO = "auto"
    """Find out."""
    STEPS = "steps"
    """Landings of both feet."""
    STRIDES = "strides"
    """Landings of one foot."""

    @property
    def factor(self) -> int | None:
        """What makes steps of it; None: not known yet."""
        return {CadenceUnit.STEPS: 1, CadenceUnit.STRIDES: 2}.get(self)


class Origin(Enum):
    """Who has said which unit it is."""

    RUNNER = "runner"
    QUIRK = "quirk"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Quirk:
    """What has been reported of one kind of device."""

    name: re.Pattern[str]
    """Matches the whole advertised name, in any case."""
    unit: CadenceUnit
    source: str


def _quirk(name: str, unit: CadenceUnit, source: str) -> Quirk:
    return Quirk(re.compile(name, re.IGNORECASE), unit, source)


QUIRKS: Final = (
    _quirk(r"zwift run ?pod.*", CadenceUnit.STRIDES, "qdomyos-zwift#1099: half the steps unless doubled"),
    _quirk(r"garmin.* foot ?pod.*", CadenceUnit.STRIDES, "ttwatch#14: Garmin's foot pod counts one foot only"),
    _quirk(r"(wahoo )?tickr ?x\b.*", CadenceUnit.STEPS, "OpenTracks#1170: steps, against the standard; the app halves them"),
    _quirk(r"(technogym\b|myrun ).*", CadenceUnit.STEPS, "qdomyos-zwift#626: a MyRun's 160 to 190 are right as they stand"),
    _quirk(r"(npe )?runn( .*)?", CadenceUnit.STEPS, "TrackMyIndoorWorkout's sample of an NPE Runn: 187 at 1.57 m/s"),
)
"""No more than the source bears out: other devices of the same maker are judged as any other."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """What is known of one sensor's unit in this run."""

    factor: int | None = None
    """1: it counts steps; 2: strides; None: nobody knows yet, so its cadence is unknown."""
    origin: Origin | None = None
    """Who said so."""
    leaning: int = 0
    """The factor that the evidence so far speaks for; 0: there is none."""
    evidence_ns: int = 0
    """Running that speaks for it."""
    last_ns: int | None = None
    """When the last sample came that spoke for it; None: what came last spoke for nothing."""


def begin(name: str, word: CadenceUnit = CadenceUnit.AUTO) -> UnitState:
    """What is known before the first sample, from the sensor's advertised `name` and the runner's `word`."""
    if word.factor is not None:
        return UnitState(word.factor, Origin.RUNNER)
    for quirk in QUIRKS:
        if quirk.name.fullmatch(name.strip()):
            return UnitState(quirk.unit.factor, Origin.QUIRK)
    return UnitState()


def observe(state: UnitState, at_ns: int, speed_mps: float | None, cadence_raw: int, running: bool | None) -> UnitState:
    """Take in one sample of the sensor, stamps rising; `running` is None where its flag is worth nothing."""
    if state.factor is not None:
        return state
    if running is False or _stands(speed_mps, cadence_raw):
        return replace(state, last_ns=None)  # no running: neither for nor against
    speaks_for = _plausible_factor(speed_mps, cadence_raw)
    if not speaks_for or speaks_for != state.leaning:
        return UnitState(leaning=speaks_for, last_ns=at_ns if speaks_for else None)
    since_ns = LONGEST_NS + 1 if state.last_ns is None else at_ns - state.last_ns
    evidence_ns = state.evidence_ns + (since_ns if 0 < since_ns <= LONGEST_NS else 0)
    if evidence_ns >= JUDGED_NS:
        return UnitState(speaks_for, Origin.JUDGED)
    return replace(state, evidence_ns=evidence_ns, last_ns=at_ns)


def _stands(speed_mps: float | None, cadence_raw: int) -> bool:
    """Does the sample say that the runner does not run?"""
    return cadence_raw == 0 or (speed_mps is not None and 0 < speed_mps <= RUNNING_MPS)


def _plausible_factor(speed_mps: float | None, cadence_raw: int) -> int:
    """The one factor that makes a runner of the sample; 0: none does."""
    if not speed_mps:
        return 1 if _is_cadence(cadence_raw) else 0
    for factor in (1, 2):
        spm = cadence_raw * factor
        if _is_cadence(spm) and STEP_M[0] <= speed_mps * 60.0 / spm <= STEP_M[1]:
            return factor
    return 0


def _is_cadence(spm: float) -> bool:
    return STEPS_SPM[0] <= spm <= STEPS_SPM[1]


# --- the runner counts ---------------------------------------------------------------------------------------------

COUNTED_STEPS: Final = 20
"""Enough to tell one from two in spite of a step miscounted, and soon done: seven seconds of running."""
WALK_OR_RUN_SPM: Final = (60.0, 240.0)
"""A count outside this was not of steps on the move."""
LEAST_READINGS: Final = 3
SPREAD: Final = 0.2
"""Readings that differ by more than this of their median were not of one steady gait."""
SAME: Final = (0.75, 1.35)
"""Steps counted over the sensor's number: one for steps. A pod lags by seconds and a person miscounts by a step or two."""
TWICE: Final = (1.5, 2.7)
"""The same for strides."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a count of steps says of the sensor's unit."""

    unit: CadenceUnit | None
    """STEPS or STRIDES; None: it cannot be told."""
    reason: str
    """In a sentence, for the runner."""


def judge_count(readings: tuple[tuple[int, int], ...], start_ns: int, end_ns: int, counted: int = COUNTED_STEPS) -> Count:
    """Held against `counted` steps between the two stamps, what did the sensor count? `readings` are (stamp in ns, number).

    Only readings within the count are taken, and of them the later half, since a pod answers to a gait seconds late.
    """
    taken_ns = end_ns - start_ns
    if taken_ns <= 0 or counted <= 0:
        return Count(None, "nothing was counted")
    spm = counted * NS_PER_MIN / taken_ns
    if not WALK_OR_RUN_SPM[0] <= spm <= WALK_OR_RUN_SPM[1]:
        return Count(None, f"{counted} steps in {taken_ns / NS_PER_S:.1f} s are {spm:.0f} a minute: no walk and no run")
    values = [float(raw) for at_ns, raw in readings if start_ns <= at_ns <= end_ns]
    if len(values) < LEAST_READINGS:
        return Count(None, f"the sensor sent {len(values)} readings meanwhile, and {LEAST_READINGS} are needed")
    late = values[len(values) // 2 :]
    usual = median(late)
    if usual <= 0:
        return Count(None, "the sensor said that you stood")
    if max(late) - min(late) > SPREAD * usual:
        return Count(None, f"the sensor's number went from {min(late):.0f} to {max(late):.0f}: it was no steady gait")
    ratio = spm / usual
    told = f"you took {spm:.0f} steps a minute and the sensor said {usual:.0f}"
    if SAME[0] <= ratio <= SAME[1]:
        return Count(CadenceUnit.STEPS, f"{told}: it counts steps")
    if TWICE[0] <= ratio <= TWICE[1]:
        return Count(CadenceUnit.STRIDES, f"{told}: it counts strides")
    return Count(None, f"{told}, which is neither one to one nor one to two")

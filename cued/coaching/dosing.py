"""The drills that load most, by the plan's dose: hops grow with the weeks, and so does time barefoot on grass."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.coaching.today import Dose
from cued.core.cues import CuePack, Drill
from cued.units import MSPM_PER_SPM, NS_PER_MIN, NS_PER_S

HOPS_FROM_MSPM: Final = 100 * MSPM_PER_SPM
"""A drill that is clicked so fast is hopped: pogo hops go at 120 to 160 a minute, calf raises at 60."""
BAREFOOT: Final = "grass"
"""What is done barefoot needs it."""
ROUND_NS: Final = 5 * NS_PER_S


def dosed(pack: CuePack, dose: Dose) -> CuePack:
    """The pack with as many hops and as long barefoot as the dose has room for; what it has no room for is left out.

    Both sides of a drill stay alike. All that is neither is as it was.
    """
    done = [name for segment in pack.segments() for name in segment.drills]
    hops, barefoot_ns = 0.0, 0
    for drill in pack.drills:
        hops += _contacts(drill) * done.count(drill.id)
        barefoot_ns += _barefoot_ns(drill) * done.count(drill.id)
    drills: list[Drill] = []
    for drill in pack.drills:
        if _contacts(drill):
            reps = int(drill.reps * dose.hops / max(1.0, hops))
            if reps:
                drills.append(replace(drill, reps=reps))
        elif _barefoot_ns(drill):
            share_ns = (drill.for_ns or 0) * dose.barefoot_s * NS_PER_S // max(1, barefoot_ns)
            if share_ns >= ROUND_NS:
                drills.append(replace(drill, for_ns=share_ns // ROUND_NS * ROUND_NS))
        else:
            drills.append(drill)
    return replace(pack, drills=tuple(drills))


def _sides(drill: Drill) -> int:
    return 2 if drill.both_sides else 1


def _contacts(drill: Drill) -> float:
    """Ground contacts of a drill that is hopped."""
    if drill.beat_mspm is None or drill.beat_mspm < HOPS_FROM_MSPM or drill.for_ns is None:
        return 0.0
    return drill.for_ns * drill.beat_mspm / (NS_PER_MIN * MSPM_PER_SPM) * drill.reps * _sides(drill)


def _barefoot_ns(drill: Drill) -> int:
    return (drill.for_ns or 0) * drill.reps * _sides(drill) if drill.needs == BAREFOOT else 0

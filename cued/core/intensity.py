"""The lock of phases 1 and 2: what is learned there is learned at ease, so a hard stretch is left alone.

A segment that a pack itself calls moderate or hard (strides) is what it says, and not locked.
"""

from __future__ import annotations

from typing import Final

from cued.core.cues import Effort
from cued.core.segments import Progress
from cued.core.session import Turn
from cued.units import NS_PER_S

LOCKED_PHASES: Final = (1, 2)
"""Cues go with easy runs before they go with quick ones (the plan's first two phases)."""
FAST: Final = 0.20
"""So much over the runner's own easy speed is no easy running (a choice): 6:00 min/km become 5:00."""
HEART_SHARE: Final = 0.85
"""Of the highest heart rate: over it nobody runs at ease (general knowledge; no source read)."""
STALE_NS: Final = 10 * NS_PER_S
"""A heart rate speaks for so long."""


def locked(turn: Turn, judge: Progress) -> bool:
    """Is the runner, in one of the first phases, working too hard to learn? `judge`: the segment that the rule belongs to."""
    segment = judge.segment
    if turn.how.pack.phase not in LOCKED_PHASES or segment is None or segment.effort in (Effort.MODERATE, Effort.HARD):
        return False
    if turn.effort in (Effort.MODERATE, Effort.HARD):
        return True
    easy = turn.known.baseline.speed_mps if turn.known.baseline is not None else None
    if easy is not None and turn.speed_mps is not None and turn.speed_mps > easy * (1.0 + FAST):
        return True
    most, beats = turn.how.runner.max_hr_bpm, turn.heart_bpm
    if most is None or beats is None or turn.now_ns - turn.heart_ns > STALE_NS:
        return False
    return beats > most * HEART_SHARE

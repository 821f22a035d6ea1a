"""Real time on a machine that others use too: a try during which it stood still says nothing about cued."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from cued.audio.commands import Heartbeat

TRIES: Final = 3
"""One machine-wide stall in a try is seen now and then; three tries in a row with one are cued's fault."""

Found = TypeVar("Found")


def undisturbed(play: Callable[[], Found], faults_of: Callable[[Found], int]) -> Found:
    """What `play` gave in the first try in which cued itself counted no fault; the last try where each had one.

    A fault that is not counted never earns another try: the caller's own checks see it.
    """
    found = play()
    for _ in range(TRIES - 1):
        if not faults_of(found):
            break
        found = play()
    return found


def faults(last: Heartbeat) -> int:
    """What an output counted against itself."""
    return last.underruns + last.late_clicks + last.restarts

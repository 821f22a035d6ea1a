"""What date it is, as far as anybody knows: monotonic time orders a run, and this only names its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.units import NS_PER_S

RELEASED_UTC_NS: Final = 1_767_225_600 * NS_PER_S
"""2026-01-01: nobody has run with this program before; a clock that says so (a Pi without battery begins in 1970, or where
its disk was last written) has not been set."""
JUMP_NS: Final = 2 * NS_PER_S
"""Clocks that are steered slew by 0.5 ms/s (adjtime); so far in one second is a clock that was set."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Both clocks, read together."""

    utc_ns: int
    """Wall clock, since 1970."""
    boot_ns: int
    """Since the machine was started, suspends included: goes forward only."""
    synced: bool
    """Somebody who knows the time keeps the wall clock right."""

    @property
    def verified(self) -> bool:
        """May the wall clock be believed?"""
        return self.synced and self.utc_ns >= RELEASED_UTC_NS


@dataclass(frozen=True, slots=True)
class Correction:
    """A better belief of when the run began."""

    began_utc_ns: int
    verified: bool
    why: str
    """`jump`: the clock was set; `synchronised`: it is known to be right now."""


class WallWatch:
    """Watches the wall clock beside the one that only goes forward."""

    def __init__(self, began_utc_ns: int, began_boot_ns: int, *, verified: bool) -> None:
        self._began_utc_ns = began_utc_ns
        self._began_boot_ns = began_boot_ns
        self._verified = verified

    def look(self, now: Moment) -> Correction | None:
        """What has become known; None: nothing new."""
        began_utc_ns = now.utc_ns - (now.boot_ns - self._began_boot_ns)
        jumped = abs(began_utc_ns - self._began_utc_ns) > JUMP_NS
        if not jumped and (self._verified or not now.verified):
            return None
        if self._verified and not now.verified:  # what was known to be right is not given up for what is not
            return None
        self._began_utc_ns = began_utc_ns
        self._verified = now.verified
        return Correction(began_utc_ns, now.verified, "jump" if jumped else "synchronised")

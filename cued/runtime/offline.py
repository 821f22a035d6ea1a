"""The loop that looks at no clock: a whole run as fast as the machine goes, the same to the byte every time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cued.runtime.conductor import Conductor
from cued.units import NS_PER_S

PROGRESS_NS: Final = 15 * NS_PER_S
"""Session time between two calls of `progress`: 240 an hour, some hundred bar updates at most."""

Progress = Callable[[int], None]
"""Told the session's time now and then."""


def run_offline(conductor: Conductor, progress: Progress | None = None) -> int:
    """Conduct the whole run; returns where its sound ends, in ns. Every `Render` must be answered at once."""
    if progress is None:
        conductor.advance(None)
        return conductor.finish()
    until_ns = PROGRESS_NS
    while not conductor.done:
        conductor.advance(None if conductor.idle else until_ns)
        until_ns += PROGRESS_NS
        progress(conductor.at_ns)
    return conductor.finish()

"""What the LED on a board means, as plain values. Pure.

Told apart without counting, by somebody who sees it for a moment: dark, slow, steady, a flash now and then, fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Light(Enum):
    OFF = "off"
    """cued does not run. The machine itself may."""
    WAITING = "waiting"
    """For the pod or the headphones."""
    READY = "ready"
    """Run, and it begins; also for as long as a run rests or may be continued."""
    RUNNING = "running"
    FAULT = "fault"
    """Something is wrong that cued cannot mend by itself; `cued status` and `cued doctor` say what."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How it is shown, over and over."""

    on_ms: int
    """0: dark."""
    off_ms: int
    """0: steady."""


PATTERNS: Final = {
    Light.OFF: Pattern(0, 0),
    Light.WAITING: Pattern(1000, 1000),
    Light.READY: Pattern(1000, 0),
    # A pulse, hardly more than a spark: at night a steady light at the chest blinds, and the battery is for the radio.
    Light.RUNNING: Pattern(50, 1950),
    Light.FAULT: Pattern(100, 100),
}

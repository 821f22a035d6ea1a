"""The packs that come with cued, by name: what every one of them is tested for."""

from __future__ import annotations

from typing import Final

PHASES: Final = ("awareness", "drills", "variability", "fatigue", "integration", "maintenance")
"""In the order of the plan."""
SETS: Final = ("set-a", "set-b", "strength")
"""Of drills."""
SHIPPED: Final = (*PHASES, "metronome", "plain", "block-test", *SETS)

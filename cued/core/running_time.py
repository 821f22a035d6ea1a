"""Running time as a watch has it, from what a session told: the journal, reports and the plan have it from here."""

from __future__ import annotations

from dataclasses import dataclass

from cued.core.effects import Effect, Paused, RunEnded


@dataclass(slots=True)
class RunTime:
    """Pauses are not counted, nor the standing before each by which it was known."""

    base_ns: int = 0
    mark_ns: int = 0
    resting: bool = False

    def at(self, at_ns: int) -> int:
        """Running time at session time `at_ns`, which lies after all that was heard."""
        return self.base_ns if self.resting else max(0, self.base_ns + at_ns - self.mark_ns)

    def hear(self, effect: Effect) -> None:
        """A pause, its end, or the run's."""
        if isinstance(effect, Paused):
            if effect.paused and not self.resting:
                self.base_ns = self.at(effect.from_ns)
            elif not effect.paused and self.resting:
                self.mark_ns = effect.from_ns
            self.resting = effect.paused
        elif isinstance(effect, RunEnded) and not self.resting:
            self.base_ns = self.at(effect.at_ns)
            self.resting = True

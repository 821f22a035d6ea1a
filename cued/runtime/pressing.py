"""A runner of a rehearsal has a thumb: what waits for a press gets one, so that all of a pack is met at a desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cued.core.effects import Effect, Say, SegmentBegan, SegmentSkipped
from cued.core.events import Event, Next
from cued.runtime.conductor import Feed
from cued.units import NS_PER_S

PRESS_AFTER_NS: Final = 10 * NS_PER_S
"""From the end of the words that ask for it: time to find a wall or some grass, and no longer than a reader waits."""
_ASKED: Final = "press"
"""The rule by which `core.leading` asks for the key."""


class Presser:
    """`feed`, and a `Next` some seconds after each segment that asks for one; again where nothing came of it."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._due_ns: int | None = None
        self.pressed_ns: list[int] = []
        """When it was pressed, in order."""

    def next_ns(self) -> int | None:
        """The stamp of the next event; None: no more."""
        inner_ns = self._feed.next_ns()
        return inner_ns if inner_ns is None or self._due_ns is None else min(inner_ns, self._due_ns)

    def take(self) -> Event:
        """That event; what comes from the runner goes first."""
        inner_ns, due_ns = self._feed.next_ns(), self._due_ns
        if due_ns is None or inner_ns is None or inner_ns <= due_ns:
            return self._feed.take()
        self.pressed_ns.append(due_ns)
        self._due_ns = due_ns + PRESS_AFTER_NS
        return Next(due_ns)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get: told to press, they will; a segment's beginning is what they waited for."""
        for effect in effects:
            if isinstance(effect, Say) and effect.rule == _ASKED:
                self._due_ns = max(effect.at_ns + effect.dur_ns + PRESS_AFTER_NS, at_ns)
            elif isinstance(effect, SegmentBegan | SegmentSkipped):
                self._due_ns = None
        self._feed.hear(effects, at_ns)

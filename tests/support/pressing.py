"""A feed with what was pressed, or taken, on the way."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from cued.cli import options
from cued.core.cues import CuePack
from cued.core.effects import Effect
from cued.core.engine import texts_of
from cued.core.events import Event, SwapPack
from cued.runtime.conductor import Feed
from cued.runtime.voice import NominalVoice


class Pressed:
    """`feed`, and `events` at their moments, after whatever else comes at the same."""

    def __init__(self, feed: Feed, events: Iterable[Event]) -> None:
        self._feed = feed
        self._left = sorted(events, key=lambda event: event.at_ns)

    def next_ns(self) -> int | None:
        """The stamp of the next event; None: no more."""
        inner_ns = self._feed.next_ns()
        if not self._left or inner_ns is None:
            return inner_ns
        return min(inner_ns, self._left[0].at_ns)

    def take(self) -> Event:
        """That event."""
        inner_ns = self._feed.next_ns()
        if self._left and inner_ns is not None and self._left[0].at_ns < inner_ns:
            return self._left.pop(0)
        return self._feed.take()

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get."""
        self._feed.hear(effects, at_ns)


def shipped(name: str) -> CuePack:
    """A pack as `--pack NAME` gives it."""
    return options.load(name, io.StringIO()).value


def taken(at_ns: int, name: str, number: int = 1) -> SwapPack:
    """A shipped pack is taken then, with all its texts ready in the voice `nominal`."""
    pack = shipped(name)
    return SwapPack(at_ns, pack, number, NominalVoice(None).prepare(texts_of(pack)), f"# {name}, as it was read\n")

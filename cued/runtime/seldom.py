"""News of something that may come and go: told at once, but never over and over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cued.units import NS_PER_MIN

AT_ONCE: Final = 4
"""Gone, back, and both once more: that happens to whoever moves about a house. More often it is a fault that lasts."""
AGAIN_NS: Final = 3 * NS_PER_MIN
"""From then on: one sentence in so long, with the count of what it stands for."""


class Seldom:
    """A state and what it is told by, and events beside it; what is held back is told later, by how things stand then."""

    def __init__(self, notice: Callable[[str], None], now_ns: Callable[[], int], state: str = "") -> None:
        """`state`: the one that needs no telling."""
        self._notice = notice
        self._now_ns = now_ns
        self._told = self._now = state
        self._sentence = ""
        self._left = float(AT_ONCE)
        self._looked_ns = now_ns()
        self._untold = 0

    @property
    def told(self) -> str:
        """The state that was last told."""
        return self._told

    def state(self, state: str, sentence: str) -> None:
        """How it stands; `sentence` says so. To be called every now and then, news or not."""
        if state != self._now:
            self._now = state
            self._untold += 1
        if self._untold and state != self._told and self._may():
            self._tell(sentence)
            self._told = state

    def happened(self, sentence: str) -> None:
        """Something that is over."""
        self._untold += 1
        if self._may():
            self._tell(sentence)

    def _may(self) -> bool:
        now_ns = self._now_ns()
        self._left = min(AT_ONCE, self._left + (now_ns - self._looked_ns) / AGAIN_NS)
        self._looked_ns = now_ns
        return self._left >= 1.0

    def _tell(self, sentence: str) -> None:
        more = self._untold - 1
        self._notice(f"{sentence} (and {more} change{'' if more == 1 else 's'} before)" if more else sentence)
        self._left -= 1.0
        self._untold = 0

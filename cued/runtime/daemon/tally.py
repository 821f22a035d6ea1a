"""The figures of the session that is on, counted as it goes: what is spoken at its end, without keeping its lines."""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Sequence
from typing import Final

from cued.core.effects import Counted, Effect, Expired, Failed, PlayClick, RecallClicks, Say
from cued.core.happening import SessionOver
from cued.core.start import Start
from cued.formats.events_file import RING_NS, EventsFile
from cued.review.summary import Counter, Summary

OWN: Final = "cued"
"""The `cue` of cued's own words, which are no cues."""
MOST_PROMISED: Final = 16
"""Far more clicks than lie in the lookahead of 0.4 s."""


class Tally:
    """A listener."""

    def __init__(self, how: Start, source: str) -> None:
        self._file = EventsFile(how, voice="real", source=source)
        self._counter = Counter()
        self._counter.take(json.loads(self._file.header()))
        self.last_cue: Say | None = None
        """The last that was heard, cued's own words apart."""
        self.clicks = 0
        self._promised: deque[int] = deque(maxlen=MOST_PROMISED)
        """When the last of them sound: until then they may be taken back."""
        self.counted: dict[str, int] = {}
        """What went late or wrong, by what it was."""
        self.dropped = 0
        """Cues that could not begin in time, or not at all."""

    def forgive(self) -> None:
        """What was past when the session began is no fault of anybody's."""
        self.dropped = 0
        self.counted.clear()

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """Count what has become final."""
        for effect in effects:
            if isinstance(effect, Say) and effect.cue != OWN:
                self.last_cue = effect
            elif isinstance(effect, PlayClick):
                self.clicks += 1
                self._promised.append(effect.at_ns)
            elif isinstance(effect, RecallClicks):
                from_ns = max(effect.from_ns, effect.at_ns + RING_NS + 1)
                while self._promised and self._promised[-1] >= from_ns:
                    self._promised.pop()
                    self.clicks -= 1
            elif isinstance(effect, Counted):
                self.counted[effect.what] = self.counted.get(effect.what, 0) + effect.count
            elif isinstance(effect, Expired | Failed):
                self.dropped += 1
        self._take(self._file.add(effects, at_ns))

    def finish(self, end_ns: int) -> None:
        """The last lines."""
        self._take(self._file.finish(end_ns))

    def _take(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._counter.take(json.loads(line))

    @property
    def summary(self) -> Summary:
        """The figures so far."""
        return copy.deepcopy(self._counter).finish()

    def over(self, at_ns: int, run_ns: int) -> SessionOver:
        """What life is told of a session that came to `run_ns` of running."""
        figures = self.summary
        return SessionOver(
            at_ns,
            run_ns,
            None if figures.mean_spm is None else round(figures.mean_spm),
            None if figures.in_band is None else round(figures.in_band * 100),
            figures.heard,
        )

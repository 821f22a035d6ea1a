"""The keys of a set of drills: any press goes on where one is waited for, and else ends the set; so does its own end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from cued.control.keys import Key, Playback, Shown
from cued.core.effects import Effect, RunEnded, Say, SegmentBegan
from cued.core.events import Announce, Event, Next, Stop
from cued.core.phrases import segment_words
from cued.core.view import View
from cued.runtime.clock import Clock
from cued.runtime.keys import KeysWanted, Presses


class DrillKeys:
    """Stands in for `RunKeys`. The loop's thread decides; presses only queue."""

    pending = False
    """A press wakes the loop."""

    def __init__(self, wanted: KeysWanted, title: str, opening: str = "", language: str = "en") -> None:
        """Raises UsageError for pins that are none. Nothing is listened to before `begun`. `opening` is said first."""
        self._opening = opening
        self._title = title
        self._language = language
        self._presses = Presses(wanted)
        self._view: Callable[[], View] | None = None
        self._segment = ""
        self._text = ""
        self._over = False

    def begun(self, clock: Clock, put: Callable[[Event], None], view: Callable[[], View]) -> Self:
        """The clock goes, and presses count from now on. `view` is asked in the loop's thread."""
        self._view = view
        self._presses.begin(clock, put)
        return self

    def press(self) -> None:
        """Something was pressed just now. From any thread."""
        self._presses.press(Key.PLAY_PAUSE)

    def collect(self, now_ns: int) -> list[Event]:
        """The presses as events; and the end of the set as the end of the session."""
        if self._view is None:
            return []
        events: list[Event] = [Announce(max(0, now_ns), self._opening)] if self._opening else []
        self._opening = ""
        waits = self._view().waiting
        for _, at_ns in self._presses.take():
            events.append(Next(at_ns) if waits else Stop(at_ns))
            waits = False
        if self._over:
            events.append(Stop(now_ns))
        playing = Playback.STOPPED if self._over else Playback.PLAYING
        self._presses.show(Shown(playing, self._text or self._segment or self._title, self._segment, self._title))
        return events

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - each effect has its own time
        """Remember what is said, and where the set is."""
        for effect in effects:
            match effect:
                case Say():
                    self._text = effect.text
                case SegmentBegan():
                    self._segment, self._text = segment_words(effect.segment, self._language), ""
                    self._over = self._over or not effect.segment
                case RunEnded():
                    self._over = True

    def finish(self, end_ns: int) -> None:  # noqa: ARG002 - as every listener's
        """The set is over."""
        self._over = True

    def close(self) -> None:
        """Listen no more."""
        self._presses.close()

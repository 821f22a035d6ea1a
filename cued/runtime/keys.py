"""The keys of a live run: what a press does, and what headsets and desktops show meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from cued.control.keys import Key, Playback, Shown
from cued.core.effects import CutSpeech, Effect, PackSwapped, RunEnded, Say, SegmentBegan
from cued.core.events import Back, Event, Mute, Next, Stop, Wake
from cued.core.view import View
from cued.runtime.clock import Clock

if TYPE_CHECKING:
    from cued.control.gpio import PinKeys
    from cued.control.headset import HeadsetKeys

MUTING: Final = {Key.PLAY: False, Key.PAUSE: True, Key.STOP: True}
"""Stop mutes and no more: headsets send it, too, when they are taken off the ears, and that ends no run."""


@dataclass(frozen=True, slots=True)
class KeysWanted:
    """Which keys a run listens to."""

    headset: bool = True
    """Those of headsets and desktops."""
    pins: tuple[int, ...] = ()
    """Of buttons on a board; see `cued.control.gpio.pins_of`."""


NO_KEYS: Final = KeysWanted(headset=False)


class Presses:
    """What is pressed on headsets and pins during a run, queued for the loop, which a press wakes."""

    def __init__(self, wanted: KeysWanted) -> None:
        """Raises UsageError for pins that are none. Nothing is listened to before `begin`."""
        self._queue: SimpleQueue[tuple[Key, int]] = SimpleQueue()
        self._clock: Clock | None = None
        self._put: Callable[[Event], None] | None = None
        self._headset: HeadsetKeys | None = None
        self._pins: PinKeys | None = None
        if wanted.headset:
            from cued.control.headset import HeadsetKeys  # here, for there is time before a run, and none within

            self._headset = HeadsetKeys(self.press)
        if wanted.pins:
            from cued.control.gpio import PinKeys

            self._pins = PinKeys(wanted.pins, self.press)

    def begin(self, clock: Clock, put: Callable[[Event], None]) -> None:
        """The run's clock goes, and presses count from now on."""
        if self._headset is not None:
            self._headset.start()
        self._clock, self._put = clock, put

    def press(self, key: Key) -> None:
        """A key was pressed just now. From any thread."""
        if self._clock is not None and self._put is not None:
            at_ns = max(0, self._clock.now_ns())
            self._queue.put((key, at_ns))
            self._put(Wake(at_ns))

    def take(self) -> list[tuple[Key, int]]:
        """The presses since the last call, with their times."""
        presses: list[tuple[Key, int]] = []
        while True:
            try:
                presses.append(self._queue.get_nowait())
            except Empty:
                return presses

    def show(self, shown: Shown) -> None:
        """On the headset, if there is one."""
        if self._headset is not None:
            self._headset.show(shown)

    def close(self) -> None:
        """Listen no more."""
        self._clock = None
        for keys in (self._headset, self._pins):
            if keys is not None:
                keys.close()


class RunKeys:
    """A source of what was pressed, and a listener for what is shown. The loop's thread decides; presses only queue."""

    pending = False
    """A press wakes the loop."""

    def __init__(self, wanted: KeysWanted, pack: str) -> None:
        """Raises UsageError for pins that are none. Nothing is listened to before `begun`."""
        self._presses = Presses(wanted)
        self._view: Callable[[], View] | None = None
        self._pack = pack
        self._segment = ""
        self._said = ("", 0)
        """The text that is said, and when it ends."""
        self._ended = False

    def begun(self, clock: Clock, put: Callable[[Event], None], view: Callable[[], View]) -> Self:
        """The run's clock goes, and presses count from now on. `view` is asked in the loop's thread."""
        self._view = view
        self._presses.begin(clock, put)
        return self

    def press(self, key: Key) -> None:
        """A key was pressed just now. From any thread."""
        self._presses.press(key)

    def collect(self, now_ns: int) -> list[Event]:
        """The presses as events; and what is shown is made true."""
        if self._view is None:
            return []
        muted = self._view().muted
        events: list[Event] = []
        for key, at_ns in self._presses.take():
            if key is Key.PLAY_PAUSE or key in MUTING:
                muted = MUTING.get(key, not muted)
                events.append(Mute(at_ns, muted))
            elif key is Key.NEXT:
                events.append(Next(at_ns))
            elif key is Key.HELD:
                events.append(Stop(at_ns))
            elif key is Key.PREVIOUS:
                events.append(Back(at_ns))
        self._show(now_ns, muted=muted)
        return events

    def _show(self, now_ns: int, *, muted: bool) -> None:
        text, until_ns = self._said
        playback = Playback.STOPPED if self._ended else Playback.PAUSED if muted else Playback.PLAYING
        title = text if text and now_ns < until_ns else self._segment or self._pack
        self._presses.show(Shown(playback, title, self._segment, self._pack))

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - each effect has its own time
        """Remember what is said, and where the run is."""
        for effect in effects:
            match effect:
                case Say():
                    self._said = (effect.text, effect.at_ns + effect.dur_ns)
                case CutSpeech():
                    self._said = ("", 0)
                case SegmentBegan():
                    self._segment = effect.segment
                case PackSwapped():
                    self._pack = effect.title
                case RunEnded():
                    self._ended = True

    def finish(self, end_ns: int) -> None:
        """The run is over."""
        self._ended = True
        self._show(end_ns, muted=False)

    def close(self) -> None:
        """Listen no more."""
        self._presses.close()

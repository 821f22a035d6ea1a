"""The keys of a live run: what a press does, and what headsets and desktops show meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from cued.control.keys import Key, Playback, Shown
from cued.core.effects import CutSpeech, Effect, PackSwapped, RunEnded, Say, SegmentBegan
from cued.core.events import Event, Mute, Next, Stop, Wake
from cued.core.view import View
from cued.runtime.clock import Clock

if TYPE_CHECKING:
    from cued.control.gpio import PinKeys
    from cued.control.headset import HeadsetKeys

NOTHING_YET: Final = "the previous key does nothing yet"
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


class RunKeys:
    """A source of what was pressed, and a listener for what is shown. The loop's thread decides; presses only queue."""

    pending = False
    """A press wakes the loop."""

    def __init__(self, wanted: KeysWanted, pack: str, notice: Callable[[str], None]) -> None:
        """Raises UsageError for pins that are none. Nothing is listened to before `begun`."""
        self._notice = notice
        self._presses: SimpleQueue[tuple[Key, int]] = SimpleQueue()
        self._clock: Clock | None = None
        self._put: Callable[[Event], None] | None = None
        self._view: Callable[[], View] | None = None
        self._headset = self._a_headset() if wanted.headset else None
        self._pins: PinKeys | None = None
        self._pack = pack
        self._segment = ""
        self._said = ("", 0)
        """The text that is said, and when it ends."""
        self._ended = False
        self._told = False
        """That a key does nothing yet."""
        if wanted.pins:
            from cued.control.gpio import PinKeys

            self._pins = PinKeys(wanted.pins, self.press)

    def _a_headset(self) -> HeadsetKeys:
        from cued.control.headset import HeadsetKeys  # here, for there is time before a run, and none within

        return HeadsetKeys(self.press)

    def begun(self, clock: Clock, put: Callable[[Event], None], view: Callable[[], View]) -> Self:
        """The run's clock goes, and presses count from now on. `view` is asked in the loop's thread."""
        self._view = view
        if self._headset is not None:
            self._headset.start()
        self._clock, self._put = clock, put
        return self

    def press(self, key: Key) -> None:
        """A key was pressed just now. From any thread."""
        if self._clock is not None and self._put is not None:
            at_ns = max(0, self._clock.now_ns())
            self._presses.put((key, at_ns))
            self._put(Wake(at_ns))

    def collect(self, now_ns: int) -> list[Event]:
        """The presses as events; and what is shown is made true."""
        if self._view is None:
            return []
        muted = self._view().muted
        events: list[Event] = []
        while True:
            try:
                key, at_ns = self._presses.get_nowait()
            except Empty:
                break
            if key is Key.PLAY_PAUSE or key in MUTING:
                muted = MUTING.get(key, not muted)
                events.append(Mute(at_ns, muted))
            elif key is Key.NEXT:
                events.append(Next(at_ns))
            elif key is Key.HELD:
                events.append(Stop(at_ns))
            elif not self._told:
                self._told = True
                self._notice(NOTHING_YET)
        self._show(now_ns, muted=muted)
        return events

    def _show(self, now_ns: int, *, muted: bool) -> None:
        if self._headset is None:
            return
        text, until_ns = self._said
        playback = Playback.STOPPED if self._ended else Playback.PAUSED if muted else Playback.PLAYING
        title = text if text and now_ns < until_ns else self._segment or self._pack
        self._headset.show(Shown(playback, title, self._segment, self._pack))

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
        self._clock = None
        for keys in (self._headset, self._pins):
            if keys is not None:
                keys.close()

"""The keys of headsets, desktops and boards, put on the daemon's inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cued.config.settings import Keys as KeysWanted
from cued.control.keys import Key, Shown
from cued.runtime.daemon.ports import Inbox, Pressed, Time

if TYPE_CHECKING:
    from cued.control.gpio import PinKeys
    from cued.control.headset import HeadsetKeys


class RealKeyboard:
    """`ports.Keyboard`, for real."""

    def __init__(self, wanted: KeysWanted, time: Time, inbox: Inbox) -> None:
        """Raises UsageError for buttons that cannot be listened to."""
        self._time = time
        self._inbox = inbox
        self._headset: HeadsetKeys | None = None
        self._pins: PinKeys | None = None
        pins = {
            pin: key
            for pin, key in (
                (wanted.play_pin, Key.PLAY_PAUSE),
                (wanted.next_pin, Key.NEXT),
                (wanted.previous_pin, Key.PREVIOUS),
            )
            if pin is not None
        }
        if pins:
            from cued.control.gpio import PinKeys

            self._pins = PinKeys(tuple(pins), self._press, order=tuple(pins.values()))
        if wanted.headset:
            from cued.control.headset import HeadsetKeys

            self._headset = HeadsetKeys(self._press)
            self._headset.start()

    def _press(self, key: Key) -> None:
        self._inbox.put(Pressed(self._time.now_ns(), key))

    def show(self, shown: Shown) -> None:
        """As `ports.Keyboard`, and the rest."""
        if self._headset is not None:
            self._headset.show(shown)

    def close(self) -> None:
        for keys in (self._headset, self._pins):
            if keys is not None:
                keys.close()

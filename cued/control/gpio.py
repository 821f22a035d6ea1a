"""Buttons on a board's pins, through gpiozero (the extra `cued[gpio]`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cued.control.keys import Key, Pressed
from cued.errors import UsageError

ORDER: Final = (Key.PLAY_PAUSE, Key.NEXT, Key.PREVIOUS)
"""Which pin is which key."""
HELD_S: Final = 5.0
"""No hand in a pocket holds a button for so long by chance."""
BOUNCE_S: Final = 0.03
"""Cheap push buttons bounce for 5 to 20 ms."""
HIGHEST_PIN: Final = 27
"""Of the 40-pin header, by the chip's own numbers (GPIO2 to GPIO27; 0 and 1 belong to add-on boards)."""
MISSING: Final = "buttons need gpiozero: `.venv/bin/pip install gpiozero lgpio`"


def pins_of(word: str) -> tuple[int, ...]:
    """`17,27,22`: the pins of play/pause, next and previous, the last ones left out where there are fewer buttons.

    Raises UsageError.
    """
    parts = [part.strip() for part in word.split(",")]
    pins = [int(part) if part.isascii() and part.isdigit() and len(part) < 3 else -1 for part in parts]
    if not 1 <= len(pins) <= len(ORDER) or len(set(pins)) < len(pins) or not all(2 <= pin <= HIGHEST_PIN for pin in pins):
        raise UsageError(f"--gpio {word}: give one to three different pins from 2 to {HIGHEST_PIN}, as in 17,27,22")
    return tuple(pins)


class PinKeys:
    """Buttons between a pin and ground."""

    def __init__(
        self,
        pins: tuple[int, ...],
        pressed: Pressed,
        held_s: float = HELD_S,
        bounce_s: float = BOUNCE_S,
        order: tuple[Key, ...] = ORDER,
    ) -> None:
        """`order` says which pin is which key.

        `pressed` is called on gpiozero's thread: at release, and for the play key once it was held.

        Raises UsageError without gpiozero, or where it finds no pins.
        """
        try:
            import gpiozero
        except ImportError as error:
            raise UsageError(MISSING) from error
        self._buttons: list[Any] = []
        self._held = False
        try:
            for pin, key in zip(pins, order, strict=False):
                button = gpiozero.Button(pin, bounce_time=bounce_s or None, hold_time=held_s)
                self._buttons.append(button)
                button.when_released = self._released(pressed, key)
                if key is Key.PLAY_PAUSE:
                    button.when_held = self._being_held(pressed)
        except Exception as error:  # gpiozero raises what its pin libraries raise
            self.close()
            raise UsageError(f"no buttons on pins {', '.join(map(str, pins))}: {error}") from error

    def _released(self, pressed: Pressed, key: Key) -> Callable[[], None]:
        def released() -> None:
            held, self._held = self._held and key is Key.PLAY_PAUSE, False
            if not held:
                pressed(key)

        return released

    def _being_held(self, pressed: Pressed) -> Callable[[], None]:
        def being_held() -> None:
            self._held = True
            pressed(Key.HELD)

        return being_held

    def close(self) -> None:
        """Give the pins back."""
        for button in self._buttons:
            button.close()
        self._buttons.clear()

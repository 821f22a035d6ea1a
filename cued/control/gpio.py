"""Buttons and an LED on a board's pins, through gpiozero (the extra `cued[gpio]`)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from cued.control.keys import Grip, Key, Pressed, Touch, touched
from cued.control.lights import PATTERNS, Light
from cued.errors import UsageError

ORDER: Final = (Key.PLAY_PAUSE, Key.NEXT, Key.PREVIOUS)
"""Which pin is which key."""
HELD_S: Final = 5.0
"""No hand in a pocket holds a button for so long by chance."""
BOUNCE_S: Final = 0.03
"""Cheap push buttons bounce for 5 to 20 ms."""
HIGHEST_PIN: Final = 27
"""Of the 40-pin header, by the chip's own numbers (GPIO2 to GPIO27; 0 and 1 belong to add-on boards)."""
MS_PER_S: Final = 1000
MISSING: Final = "buttons and LED need gpiozero: `.venv/bin/pip install gpiozero lgpio`"


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

        `pressed` is called on gpiozero's threads: at release, and for the play key once it was held.

        Raises UsageError without gpiozero, or where it finds no pins.
        """
        gpiozero = _gpiozero()
        self._pressed = pressed
        self._buttons: list[Any] = []
        self._grips = dict.fromkeys(order, Grip.FREE)
        self._lock = threading.Lock()
        try:
            for pin, key in zip(pins, order, strict=False):
                button = gpiozero.Button(pin, bounce_time=bounce_s or None, hold_time=held_s)
                self._buttons.append(button)
                button.when_pressed = self._touching(key, Touch.DOWN)
                button.when_released = self._touching(key, Touch.UP)
                if key is Key.PLAY_PAUSE:
                    button.when_held = self._touching(key, Touch.LONG)
        except Exception as error:  # gpiozero raises what its pin libraries raise
            self.close()
            raise UsageError(f"no buttons on pins {', '.join(map(str, pins))}: {error}") from error

    def _touching(self, key: Key, touch: Touch) -> Callable[[], None]:
        def touch_it() -> None:
            # A release and the end of the five seconds may fall together, on two threads: one of them is first.
            with self._lock:
                self._grips[key], pressed = touched(self._grips[key], touch, key)
            if pressed is not None:
                self._pressed(pressed)

        return touch_it

    def close(self) -> None:
        """Give the pins back."""
        for button in self._buttons:
            button.close()
        self._buttons.clear()


class PinLed:
    """An LED between a pin and ground, with its resistor."""

    def __init__(self, pin: int) -> None:
        """Raises UsageError without gpiozero, or where it finds no such pin."""
        gpiozero = _gpiozero()
        try:
            self._led = gpiozero.LED(pin)
        except Exception as error:  # as with the buttons
            raise UsageError(f"no LED on pin {pin}: {error}") from error
        self._shown = Light.OFF

    def show(self, light: Light) -> None:
        """From now on, until another is shown; the same again changes nothing, so that no blink is cut short."""
        if light is self._shown:
            return
        self._shown = light
        pattern = PATTERNS[light]
        if not pattern.on_ms:
            self._led.off()
        elif not pattern.off_ms:
            self._led.on()
        else:
            self._led.blink(pattern.on_ms / MS_PER_S, pattern.off_ms / MS_PER_S)

    def close(self) -> None:
        """Dark, and the pin given back."""
        self._led.close()


def _gpiozero() -> Any:  # noqa: ANN401 - a module without types
    try:
        import gpiozero
    except ImportError as error:
        raise UsageError(MISSING) from error
    return gpiozero

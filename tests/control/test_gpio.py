"""Buttons and an LED on pins, on gpiozero's own pretended board."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from cued.control.gpio import PinKeys, PinLed, pins_of
from cued.control.keys import Key
from cued.control.lights import Light
from cued.errors import UsageError
from tests.support.waiting import wait_for

gpiozero = pytest.importorskip("gpiozero", reason="gpiozero is not installed: `make test` installs it")


@pytest.fixture
def board() -> Iterator[Any]:
    """A board whose pins a test drives."""
    from gpiozero.pins.mock import MockFactory

    before = gpiozero.Device.pin_factory
    gpiozero.Device.pin_factory = factory = MockFactory()
    yield factory
    factory.reset()
    factory.close()
    gpiozero.Device.pin_factory = before


def test_each_button_is_its_key(board: Any) -> None:
    pressed: list[Key] = []
    keys = PinKeys((17, 27, 22), pressed.append, bounce_s=0)
    for number in (17, 27, 22):
        board.pin(number).drive_low()
        board.pin(number).drive_high()
    assert pressed == [Key.PLAY_PAUSE, Key.NEXT, Key.PREVIOUS]
    keys.close()


def test_a_long_hold_of_the_play_key_is_a_key_of_its_own(board: Any) -> None:
    pressed: list[Key] = []
    keys = PinKeys((17,), pressed.append, held_s=0.05, bounce_s=0)
    began_s = time.monotonic()
    board.pin(17).drive_low()
    wait_for(lambda: pressed == [Key.HELD])
    assert time.monotonic() - began_s >= 0.05
    board.pin(17).drive_high()
    board.pin(17).drive_low()
    board.pin(17).drive_high()
    assert pressed == [Key.HELD, Key.PLAY_PAUSE]
    keys.close()


def test_closed_keys_say_nothing_and_free_their_pins(board: Any) -> None:
    pressed: list[Key] = []
    PinKeys((17,), pressed.append, bounce_s=0).close()
    again = PinKeys((17,), pressed.append, bounce_s=0)
    again.close()
    board.pin(17).drive_high()
    assert pressed == []


def test_a_pin_that_is_taken_is_one_sentence(board: Any) -> None:
    keys = PinKeys((17,), lambda _key: None)
    with pytest.raises(UsageError, match="no buttons on pins 22, 17: "):
        PinKeys((22, 17), lambda _key: None)
    PinKeys((22,), lambda _key: None).close()
    keys.close()


def test_a_pin_can_be_any_key(board: Any) -> None:
    pressed: list[Key] = []
    keys = PinKeys((17, 27), pressed.append, bounce_s=0, order=(Key.NEXT, Key.PLAY_PAUSE))
    for number in (17, 27):
        board.pin(number).drive_low()
        board.pin(number).drive_high()
    assert pressed == [Key.NEXT, Key.PLAY_PAUSE]
    keys.close()


def test_a_button_that_is_stuck_from_the_start_is_no_key(board: Any) -> None:
    board.pin(17).drive_low()
    pressed: list[Key] = []
    keys = PinKeys((17,), pressed.append, held_s=0.01, bounce_s=0)
    board.pin(17).drive_high()
    board.pin(17).drive_low()
    board.pin(17).drive_high()
    assert pressed == [Key.PLAY_PAUSE]
    keys.close()


def test_the_led_is_dark_steady_or_dark_again(board: Any) -> None:
    led = PinLed(24)
    pin = board.pin(24)
    seen = [pin.state]
    for light in (Light.READY, Light.READY, Light.OFF):
        led.show(light)
        seen.append(pin.state)
    assert seen == [False, True, True, False]
    led.close()


def test_the_led_blinks_until_something_else_is_shown(board: Any) -> None:
    led = PinLed(24)
    pin = board.pin(24)
    began_s = time.monotonic()
    led.show(Light.FAULT)
    wait_for(lambda: [state.state for state in pin.states] == [False, True, False, True])
    assert time.monotonic() - began_s >= 0.2
    led.show(Light.OFF)
    assert pin.state is False
    led.close()


def test_a_blink_is_not_begun_anew_by_being_shown_again(board: Any) -> None:
    led = PinLed(24)
    led.show(Light.WAITING)
    wait_for(lambda: board.pin(24).state)
    before = len(board.pin(24).states)
    led.show(Light.WAITING)
    assert len(board.pin(24).states) == before
    led.close()


def test_an_led_on_a_pin_that_is_taken_is_one_sentence(board: Any) -> None:
    led = PinLed(24)
    with pytest.raises(UsageError, match="no LED on pin 24: "):
        PinLed(24)
    led.close()
    PinLed(24).close()


@pytest.mark.parametrize("word", ["", "17,17", "1", "28", "17,27,22,5", "a", "17;27", "-17", "²"])
def test_pins_that_are_none_are_refused(word: str) -> None:
    with pytest.raises(UsageError, match="give one to three different pins"):
        pins_of(word)


def test_fewer_pins_are_fewer_keys() -> None:
    assert (pins_of("17, 27"), pins_of("2")) == ((17, 27), (2,))

"""The board in the vest: its LED, and switching off."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from cued.config.settings import Keys
from cued.control.lights import Light
from cued.core.happening import Phase
from cued.core.sentences import Sentence, known_texts, sentence
from cued.runtime.board import NoLed, StaysOn, SystemPowerOff, led_of, light_of, power_off_of


def program(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for systemctl, alone on the PATH."""
    file = folder / "systemctl"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    ("phase", "light"),
    [
        (Phase.IDLE, Light.WAITING),
        (Phase.READY, Light.READY),
        (Phase.RUNNING, Light.RUNNING),
        (Phase.PAUSED, Light.READY),
        (Phase.ENDED, Light.READY),
    ],
)
def test_each_phase_has_its_light_and_a_fault_goes_before_it(phase: Phase, light: Light) -> None:
    assert light_of(phase) is light
    assert light_of(phase, fault=True) is Light.FAULT


def test_every_phase_can_be_shown() -> None:
    assert {light_of(phase) for phase in Phase} == {Light.WAITING, Light.READY, Light.RUNNING}


def test_without_a_pin_there_is_no_led_and_nothing_is_said() -> None:
    said: list[str] = []
    led = led_of(Keys(), said.append)
    led.show(Light.FAULT)
    led.close()
    assert isinstance(led, NoLed)
    assert said == []


def test_an_led_that_cannot_be_had_is_said_once_and_cued_goes_on() -> None:
    gpiozero: Any = pytest.importorskip("gpiozero", reason="gpiozero is not installed: `make test` installs it")
    from gpiozero.pins.mock import MockFactory

    before, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, MockFactory()
    try:
        said: list[str] = []
        first = led_of(Keys(led_pin=24), said.append)
        first.show(Light.READY)
        second = led_of(Keys(led_pin=24), said.append)
        second.show(Light.READY)
        assert gpiozero.Device.pin_factory.pin(24).state is True
        first.close()
    finally:
        gpiozero.Device.pin_factory = before
    assert len(said) == 1
    assert said[0].startswith("no LED on pin 24: ")


def test_the_configuration_decides_whether_the_machine_goes_off() -> None:
    assert isinstance(power_off_of(Keys()), StaysOn)
    assert isinstance(power_off_of(Keys(hold_powers_off=True)), SystemPowerOff)


def test_a_machine_that_stays_on_asks_nobody() -> None:
    assert StaysOn().ask() == ""


def test_all_is_on_the_card_before_the_runner_is_told_so() -> None:
    done: list[str] = []
    assert StaysOn(lambda: done.append("synced")).settle()
    assert done == ["synced"]


def test_a_card_that_hangs_is_waited_for_no_longer_than_it_may_be() -> None:
    hanging = threading.Event()

    def hang() -> None:
        hanging.wait(60)

    assert not SystemPowerOff(hang, settle_s=0.02).settle()
    hanging.set()


def test_the_system_is_asked_without_waiting_for_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, f'echo "$*" >{tmp_path}/called', monkeypatch)
    assert SystemPowerOff().ask() == ""
    assert (tmp_path / "called").read_text(encoding="utf-8") == "--no-ask-password --no-wall poweroff\n"


def test_a_system_that_refuses_is_a_sentence_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = "echo one >&2; echo 'Call to PowerOff failed: Interactive authentication required.' >&2; exit 1"
    program(tmp_path, refused, monkeypatch)
    told = SystemPowerOff().ask()
    assert "Interactive authentication required" in told
    assert "./install.sh" in told


def test_a_system_that_says_nothing_is_told_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "exit 4", monkeypatch)
    assert "systemctl ends with 4" in SystemPowerOff().ask()


def test_without_systemd_the_option_to_change_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "keys.hold_powers_off" in SystemPowerOff().ask()


LAST_WORDS = [("en", "Saved. Safe to unplug."), ("de", "Gespeichert. Du kannst ausstecken.")]


@pytest.mark.parametrize(("language", "words"), LAST_WORDS)
def test_the_last_word_is_rendered_beforehand(language: str, words: str) -> None:
    assert sentence(Sentence.SAVED, language=language) == words
    assert words in known_texts(language)

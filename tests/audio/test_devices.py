"""Which device is played on, and what is said when it is not there."""

from __future__ import annotations

from cued.audio.devices import ALSA, JACK, Device, best, named


def device(name: str, host_api: str = ALSA, *, default: bool = False) -> Device:
    return Device(name, host_api, 2, 48_000.0, 0, default)


CARD = device("HDA Intel PCH: ALC257 Analog (hw:0,0)", default=True)
USB = device("USB Audio: - (hw:1,0)")
DEFAULT = device("default")
PULSE = device("pulse")
PIPEWIRE = device("pipewire")
JACK_SYSTEM = device("system", JACK)
JACK_BRIDGE = device("jack", default=True)


def test_a_sound_server_is_preferred_to_the_bare_card_that_is_the_default() -> None:
    assert best([CARD, USB, DEFAULT, PULSE, PIPEWIRE]) == PIPEWIRE
    assert best([CARD, USB, DEFAULT, PULSE]) == PULSE
    assert best([CARD, DEFAULT]) == DEFAULT


def test_without_a_server_portaudios_choice_holds_and_then_the_first() -> None:
    assert best([USB, CARD]) == CARD
    assert best([USB]) == USB


def test_jack_itself_is_preferred_to_alsas_bridge_to_it() -> None:
    assert best([JACK_BRIDGE, JACK_SYSTEM]) == JACK_SYSTEM
    assert best([CARD, JACK_SYSTEM]) == CARD


def test_without_any_device_there_is_none() -> None:
    assert best([]) is None


def test_a_name_is_found_without_regard_to_case_and_by_a_part_that_is_unmistakable() -> None:
    there = [CARD, USB, PULSE]
    assert named(there, "PULSE") == PULSE
    assert named(there, "usb audio") == USB
    assert named(there, "hw:") is None
    assert named(there, "ghost") is None


def test_a_name_counts_for_its_host_api_only_where_one_is_given() -> None:
    twins = [device("system"), JACK_SYSTEM]
    assert named(twins, "system", JACK) == JACK_SYSTEM
    assert named(twins, "system") == twins[0]
    assert named([JACK_SYSTEM], "system", ALSA) is None

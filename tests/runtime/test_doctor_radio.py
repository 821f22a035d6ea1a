from __future__ import annotations

import json
from typing import Any

import pytest

from cued.dbus import faults, mends
from cued.runtime.doctor import radio
from cued.runtime.doctor.check import Answer, Check, State
from tests.support.fake_machine import ABSENT, SILENT, FakeMachine, said
from tests.support.tools import REPO

HCI = {"/sys/class/bluetooth/hci0": ""}


def only(checks: tuple[Check, ...]) -> Check:
    (check,) = checks
    return check


def named(checks: tuple[Check, ...], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def bluez(objects: dict[str, dict[str, dict[str, Any]]]) -> Answer:
    """As busctl prints GetManagedObjects."""
    wrapped = {
        path: {
            interface: {key: {"type": "v", "data": value} for key, value in values.items()}
            for interface, values in interfaces.items()
        }
        for path, interfaces in objects.items()
    }
    return said(json.dumps({"type": "a{oa{sa{sv}}}", "data": [wrapped]}))


def adapter(number: int = 0, *, powered: bool = True) -> dict[str, dict[str, dict[str, Any]]]:
    return {f"/org/bluez/hci{number}": {"org.bluez.Adapter1": {"Powered": powered}}}


def device(name: str, uuid: str, number: int = 0, **more: object) -> dict[str, dict[str, dict[str, Any]]]:
    hci = f"/org/bluez/hci{number}"
    return {f"{hci}/dev_{name}": {"org.bluez.Device1": {"Alias": name, "Adapter": hci, "UUIDs": [uuid], **more}}}


EARS = "0000110B-0000-1000-8000-00805F9B34FB"
POD = "00001814-0000-1000-8000-00805f9b34fb"


def test_a_system_bus_that_listens_is_well() -> None:
    check = only(radio.bus(FakeMachine(sockets=frozenset({radio.BUS_SOCKET}))))
    assert check.state is State.OK


def test_no_system_bus_is_a_warning_with_the_package() -> None:
    check = only(radio.bus(FakeMachine()))
    assert check.state is State.WARN
    assert "dbus" in check.mend


def test_the_bus_of_the_environment_is_the_one_looked_at() -> None:
    machine = FakeMachine(env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/x/bus,guid=1;tcp:y"}, sockets=frozenset({"/x/bus"}))
    assert only(radio.bus(machine)).state is State.OK


def test_a_bus_that_is_no_plain_socket_is_unknown() -> None:
    machine = FakeMachine(env={"DBUS_SYSTEM_BUS_ADDRESS": "tcp:host=localhost"})
    assert only(radio.bus(machine)).state is State.UNKNOWN


def test_without_an_adapter_nothing_else_of_bluetooth_is_asked() -> None:
    checks = radio.bluetooth(FakeMachine(programs={"busctl": SILENT}))
    assert [(check.name, check.state) for check in checks] == [
        ("Bluetooth adapter", State.WARN),
        ("Bluetooth audio", State.UNKNOWN),
        ("shared adapter", State.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("answer", "state", "word"),
    [
        (ABSENT, State.UNKNOWN, "busctl"),
        (SILENT, State.FAIL, "does not answer"),
        (said(err="The name org.bluez was not provided", code=1), State.FAIL, "does not run"),
        (said("not json"), State.FAIL, "BlueZ does not"),
        (said('{"data": [[1, 2]]}'), State.FAIL, "BlueZ does not"),
        (bluez(adapter(powered=False)), State.FAIL, "switched off"),
        (bluez(adapter()), State.OK, "hci0"),
    ],
)
def test_the_adapter_is_what_bluez_says_of_it(answer: Answer, state: State, word: str) -> None:
    check = named(radio.bluetooth(FakeMachine(files=HCI, programs={"busctl": answer})), "Bluetooth adapter")
    assert check.state is state
    assert word in check.what


@pytest.mark.parametrize(
    ("second_number", "link", "state"),
    [
        (0, {"Connected": True}, State.WARN),
        (0, {"Paired": True}, State.WARN),
        (1, {"Connected": True}, State.OK),
        (0, {}, State.OK),
    ],
)
def test_headphones_and_pod_on_one_adapter_are_a_warning(second_number: int, link: dict[str, bool], state: State) -> None:
    objects = adapter(0) | adapter(1) | device("buds", EARS, Connected=True) | device("pod", POD, second_number, **link)
    check = named(radio.bluetooth(FakeMachine(files=HCI, programs={"busctl": bluez(objects)})), "shared adapter")
    assert check.state is state
    assert (("buds and pod" in check.what), bool(check.mend)) == (state is State.WARN, state is State.WARN)


@pytest.mark.parametrize(
    ("files", "state", "word"),
    [
        ({}, State.WARN, "no PipeWire or PulseAudio"),
        ({"/usr/bin/pipewire": ""}, State.WARN, "libspa-0.2-bluetooth is missing"),
        ({"/usr/bin/pulseaudio": ""}, State.WARN, "pulseaudio-module-bluetooth is missing"),
        (
            {"/usr/bin/pipewire": "", "/usr/lib/aarch64-linux-gnu/spa-0.2/bluez5/libspa-bluez5.so": ""},
            State.OK,
            "libspa-0.2-bluetooth is installed",
        ),
        (
            {"/usr/bin/pulseaudio": "", "/usr/lib/pulse-16.1+dfsg1/modules/module-bluez5-device.so": ""},
            State.OK,
            "pulseaudio-module-bluetooth is installed",
        ),
    ],
)
def test_the_sound_servers_bluetooth_part_is_looked_for(files: dict[str, str], state: State, word: str) -> None:
    check = named(radio.bluetooth(FakeMachine(files=HCI | files)), "Bluetooth audio")
    assert check.state is state
    assert word in check.what


def seat(files: dict[str, str], env: dict[str, str] | None = None) -> list[Check]:
    checks = radio.bluetooth(FakeMachine(files=HCI | {"/usr/bin/wireplumber": ""} | files, env=env or {}))
    return [check for check in checks if check.name == "seat monitoring"]


def test_a_headless_machine_with_seat_monitoring_is_warned_with_the_file_to_write() -> None:
    (check,) = seat({})
    assert check.state is State.WARN
    assert "monitor.bluez.seat-monitoring = disabled" in check.mend


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("~/.config/wireplumber/wireplumber.conf.d/a.conf", "  monitor.bluez.seat-monitoring = disabled"),
        ("/etc/wireplumber/bluetooth.lua.d/51.lua", 'bluez_monitor.properties = {\n  ["with-logind"] = false,\n}'),
    ],
)
def test_seat_monitoring_that_is_off_is_well_and_says_by_which_file(path: str, text: str) -> None:
    (check,) = seat({path: text})
    assert (check.state, check.what) == (State.OK, f"off, by {path}")


@pytest.mark.parametrize("text", ["# monitor.bluez.seat-monitoring = disabled", '--["with-logind"] = false'])
def test_a_setting_in_a_comment_does_not_count(text: str) -> None:
    (check,) = seat({"/etc/wireplumber/a.conf": text})
    assert check.state is State.WARN


def test_seat_monitoring_is_no_matter_at_a_screen() -> None:
    assert seat({}, {"WAYLAND_DISPLAY": "wayland-0"}) == []


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({}, State.OK),
        ({"type": "wlan", "soft": "1"}, State.OK),
        ({"type": "bluetooth", "soft": "0", "hard": "0"}, State.OK),
        ({"type": "bluetooth", "soft": "1", "hard": "0"}, State.FAIL),
        ({"type": "bluetooth", "soft": "0", "hard": "1"}, State.FAIL),
    ],
)
def test_a_blocked_radio_fails(files: dict[str, str], state: State) -> None:
    machine = FakeMachine(files={f"/sys/class/rfkill/rfkill0/{name}": text for name, text in files.items()})
    check = only(radio.rfkill(machine))
    assert check.state is state
    assert bool(check.mend) is (state is State.FAIL)


def test_the_doctor_and_a_run_give_the_same_advice() -> None:
    bus, bluetoothd, power = faults.NO_BUS, faults.NO_BLUETOOTHD, faults.POWERED_OFF
    assert [bus.partition("`")[2], bluetoothd.partition("`")[2], power.partition("`")[2]] == [
        f"{mend}`" for mend in (mends.BUS, mends.BLUETOOTHD, mends.POWER)
    ]
    (check,) = radio.bus(FakeMachine())
    assert check.mend == mends.BUS
    page = (REPO / "docs" / "sensors.md").read_text(encoding="utf-8")
    assert all(mend in page for mend in (mends.BUS, mends.BLUETOOTHD, mends.POWER))

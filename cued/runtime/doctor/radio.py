"""Can a pod and Bluetooth headphones be reached? D-Bus, BlueZ, the adapter, rfkill, the sound server's Bluetooth part."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from cued.dbus import mends
from cued.runtime.doctor.check import Check, Machine, Outcome, State
from cued.runtime.doctor.questions import headless

BUS_SOCKET: Final = "/run/dbus/system_bus_socket"
"""Where D-Bus's specification puts the system bus."""
SINK_UUID: Final = "0000110b-0000-1000-8000-00805f9b34fb"
"""Audio Sink (A2DP): headphones and speakers."""
POD_UUIDS: Final = frozenset(
    f"0000{short}-0000-1000-8000-00805f9b34fb"
    for short in ("1814", "180d")  # Running Speed and Cadence; Heart Rate
)
BLUEZ_OBJECTS: Final = (
    "busctl", "--system", "--json=short", "--timeout=2", "--auto-start=no",
    "call", "org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
)  # fmt: skip
"""Everything that BlueZ knows, in one question that wakes nothing up."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A Bluetooth adapter as BlueZ knows it."""

    path: str
    """`/org/bluez/hci0`."""
    powered: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A device that BlueZ knows."""

    name: str
    adapter: str
    """The adapter's path."""
    sounds: bool
    """Headphones or a speaker."""
    senses: bool
    """A pod or a heart-rate belt."""
    wanted: bool
    """Connected or paired."""


@dataclass(frozen=True, slots=True)
class Bluez:
    """What bluetoothd told."""

    adapters: tuple[Adapter, ...]
    devices: tuple[Device, ...]


def bus(machine: Machine) -> tuple[Check, ...]:
    """Does the system bus, over which BlueZ is reached, answer?"""
    address = machine.env.get("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={BUS_SOCKET}")
    path = address.partition("unix:path=")[2].partition(",")[0].partition(";")[0]
    if not path:
        return (Check("D-Bus", State.UNKNOWN, f"the system bus is at {address}, which is not looked at"),)
    if machine.connects(path):
        return (Check("D-Bus", State.OK, f"the system bus answers at {path}"),)
    return (Check("D-Bus", State.WARN, "no system bus: no Bluetooth", mends.BUS),)


def bluetooth(machine: Machine) -> tuple[Check, ...]:
    """The adapter, BlueZ, who shares one adapter, and the sound server's Bluetooth part."""
    if not machine.find("/sys/class/bluetooth/hci*"):
        mend = "plug in a USB Bluetooth adapter; on a Raspberry Pi take `dtoverlay=disable-bt` out of config.txt"
        untold = (
            Check(name, State.UNKNOWN, "cannot be told without an adapter") for name in ("Bluetooth audio", "shared adapter")
        )
        return (Check("Bluetooth adapter", State.WARN, "none: no pod, no Bluetooth headphones", mend), *untold)
    return (*_adapter(machine), *_sound_module(machine), *_seat_monitoring(machine))


def _adapter(machine: Machine) -> tuple[Check, ...]:
    name = "Bluetooth adapter"
    answer = machine.ask(*BLUEZ_OBJECTS)
    if answer.outcome is Outcome.ABSENT:
        return (
            Check(name, State.UNKNOWN, "there, but `busctl`, which asks BlueZ about it, is not", "sudo apt install systemd"),
        )
    if answer.outcome is Outcome.SILENT:
        return (Check(name, State.FAIL, "bluetoothd does not answer", "sudo systemctl restart bluetooth"),)
    if not answer.well:
        return (Check(name, State.FAIL, "there, but bluetoothd does not run", mends.BLUETOOTHD),)
    known = parse_bluez(answer.out)
    powered = [adapter for adapter in known.adapters if adapter.powered]
    if not known.adapters:
        return (Check(name, State.FAIL, "the kernel has one, BlueZ does not", "sudo systemctl restart bluetooth"),)
    if not powered:
        return (Check(name, State.FAIL, "switched off", mends.POWER),)
    names = ", ".join(adapter.path.rpartition("/")[2] for adapter in powered)
    return (Check(name, State.OK, names), _sharing(known))


def _sharing(known: Bluez) -> Check:
    """Headphones stream all the time; a pod on the same adapter loses notifications to them."""
    name = "shared adapter"
    for ears in known.devices:
        for pod in known.devices:
            if ears.wanted and ears.sounds and pod.wanted and pod.senses and ears.adapter == pod.adapter:
                what = f"{ears.name} and {pod.name} are on one adapter: the pod may drop out"
                return Check(name, State.WARN, what, "a second USB Bluetooth adapter for one of them, or wired headphones")
    return Check(name, State.OK, "no headphones and pod on one adapter")


def parse_bluez(text: str) -> Bluez:
    """busctl's JSON as adapters and devices; what is not understood is left out."""
    try:
        objects: Any = json.loads(text)["data"][0]
        items = list(objects.items())
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Bluez((), ())
    adapters, devices = [], []
    for path, interfaces in items:
        adapter, device = (_properties(interfaces, f"org.bluez.{kind}1") for kind in ("Adapter", "Device"))
        if adapter is not None:
            adapters.append(Adapter(path, powered=bool(adapter.get("Powered"))))
        if device is not None:
            uuids = {str(uuid).lower() for uuid in device.get("UUIDs") or ()}
            devices.append(
                Device(
                    name=str(device.get("Alias") or device.get("Address") or path),
                    adapter=str(device.get("Adapter", "")),
                    sounds=SINK_UUID in uuids,
                    senses=bool(uuids & POD_UUIDS),
                    wanted=bool(device.get("Connected") or device.get("Paired")),
                )
            )
    return Bluez(tuple(adapters), tuple(devices))


def _properties(interfaces: Any, interface: str) -> dict[str, Any] | None:  # noqa: ANN401 - JSON from another program
    """The interface's properties, out of busctl's `{"type": …, "data": …}`; None if the object has it not."""
    found = interfaces.get(interface) if isinstance(interfaces, dict) else None
    if not isinstance(found, dict):
        return None
    return {name: value.get("data") for name, value in found.items() if isinstance(value, dict)}


def _sound_module(machine: Machine) -> tuple[Check, ...]:
    """Bluetooth headphones need a part of the sound server that is a package of its own."""
    name = "Bluetooth audio"
    modules = (
        ("pipewire", "/usr/lib/*/spa-0.2/bluez5/libspa-bluez5.so", "libspa-0.2-bluetooth"),
        ("pulseaudio", "/usr/lib/pulse-*/modules/module-bluez5-device.so", "pulseaudio-module-bluetooth"),
    )
    servers = [module for module in modules if machine.find(f"/usr/bin/{module[0]}")]
    if not servers:
        what = "no PipeWire or PulseAudio: no Bluetooth headphones"
        return (Check(name, State.WARN, what, "sudo apt install pipewire-pulse wireplumber libspa-0.2-bluetooth"),)
    for _server, pattern, package in servers:
        if machine.find(pattern):
            return (Check(name, State.OK, f"{package} is installed"),)
    package = servers[0][2]
    return (Check(name, State.WARN, f"{package} is missing: no Bluetooth headphones", f"sudo apt install {package}"),)


def _seat_monitoring(machine: Machine) -> tuple[Check, ...]:
    """WirePlumber hands Bluetooth to whoever sits at the screen; without a screen nobody gets it unless told otherwise."""
    if not headless(machine) or not machine.find("/usr/bin/wireplumber"):
        return ()
    name = "seat monitoring"
    folders = ("~/.config/wireplumber", "/etc/wireplumber", "/usr/share/wireplumber")
    files = [path for folder in folders for path in machine.find(f"{folder}/**/*.conf") + machine.find(f"{folder}/**/*.lua")]
    for path in files:
        if _seat_monitoring_off(machine.read(path) or ""):
            return (Check(name, State.OK, f"off, by {path}"),)
    what = "on: without a screen WirePlumber leaves Bluetooth headphones alone"
    mend = (
        "put `wireplumber.profiles = { main = { monitor.bluez.seat-monitoring = disabled } }` into "
        '~/.config/wireplumber/wireplumber.conf.d/headless.conf (WirePlumber 0.4: `["with-logind"] = false` in a copy of '
        "bluetooth.lua.d/50-bluez-config.lua), then restart pipewire, pipewire-pulse and wireplumber together"
    )
    return (Check(name, State.WARN, what, mend),)


def _seat_monitoring_off(text: str) -> bool:
    for line in text.splitlines():
        setting = line.partition("#")[0].partition("--")[0].replace(" ", "")
        if "monitor.bluez.seat-monitoring=disabled" in setting or '["with-logind"]=false' in setting:
            return True
    return False


def rfkill(machine: Machine) -> tuple[Check, ...]:
    """Is Bluetooth blocked by a switch, in software or by hand?"""
    switches = [path for path in machine.find("/sys/class/rfkill/rfkill*") if machine.read(f"{path}/type") == "bluetooth"]
    if not switches:
        return (Check("rfkill", State.OK, "no switch for Bluetooth"),)
    if any(machine.read(f"{path}/hard") == "1" for path in switches):
        return (Check("rfkill", State.FAIL, "Bluetooth is off by a switch or key", "turn it on at the machine's own switch"),)
    if any(machine.read(f"{path}/soft") == "1" for path in switches):
        return (Check("rfkill", State.FAIL, "Bluetooth is blocked by software", "rfkill unblock bluetooth"),)
    return (Check("rfkill", State.OK, "Bluetooth is not blocked"),)

"""What BlueZ tells of adapters, headphones and their streams, kept as values. Pure: messages in, a picture out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cued.dbus.addresses import clean_name, full_uuid
from cued.dbus.names import ADAPTER, DEVICE, TRANSPORT

AUDIO_SINK: Final = full_uuid("110B")
"""A2DP Audio Sink (Assigned Numbers, service classes): what plays music."""
MAJOR_CLASS: Final = 0x1F00
AUDIO_CLASS: Final = 0x0400
"""Major device class Audio/Video (Assigned Numbers 2.8): told before services are known."""
NO_SOUND_CLASSES: Final = frozenset({0x10, 0x2C, 0x30, 0x34, 0x38, 0x48})
"""Minor classes of Audio/Video, shifted as they stand: microphone, video recorder, cameras, monitor, game: nothing to wear."""

Objects = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Paths, interfaces, properties; plain values, no variants."""


@dataclass(frozen=True, slots=True)
class Adapter:
    path: str
    """`/org/bluez/hci0`."""
    powered: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Headphones, or a speaker, as BlueZ knows them."""

    path: str
    adapter: str
    """The adapter's path."""
    address: str
    name: str
    """Empty: they have told none."""
    rssi_dbm: int | None
    """None: not heard in this search."""
    paired: bool
    connected: bool


class Picture:
    """All of BlueZ that headphones need, as of the last message."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}

    def looked(self, objects: Objects) -> None:
        """Everything there is."""
        self._objects = {}
        for path, interfaces in objects.items():
            self.added(path, interfaces)

    def added(self, path: str, interfaces: Mapping[str, Mapping[str, Any]]) -> None:
        """An object, an interface, or new values of one."""
        known = self._objects.setdefault(path, {})
        for name, properties in interfaces.items():
            known.setdefault(name, {}).update(properties)

    def changed(self, path: str, interface: str, properties: Mapping[str, Any], gone: list[str]) -> None:
        """Some properties of an object that is there."""
        if interface in self._objects.get(path, {}):
            self._objects[path][interface].update(properties)
            for name in gone:
                self._objects[path][interface].pop(name, None)

    def removed(self, path: str, interfaces: list[str]) -> None:
        """An object has lost these interfaces."""
        known = self._objects.get(path, {})
        for name in interfaces:
            known.pop(name, None)
        if not known:
            self._objects.pop(path, None)

    def adapters(self) -> tuple[Adapter, ...]:
        """By name."""
        return tuple(
            Adapter(path, bool(interfaces[ADAPTER].get("Powered")))
            for path, interfaces in sorted(self._objects.items())
            if ADAPTER in interfaces
        )

    def device(self, address: str) -> Seen | None:
        """The device of that address, whatever it is."""
        return next((one for one in self._devices() if one.address == address), None)

    def sounding(self) -> tuple[Seen, ...]:
        """All that plays sound, the nearest first."""
        found = [one for one in self._devices() if plays_sound(self._objects[one.path][DEVICE])]
        return tuple(sorted(found, key=lambda one: -(one.rssi_dbm if one.rssi_dbm is not None else -200)))

    def streams(self, path: str) -> bool:
        """Has a sound server taken the device at `path`?"""
        return any(TRANSPORT in interfaces and name.startswith(f"{path}/") for name, interfaces in self._objects.items())

    def _devices(self) -> list[Seen]:
        return [
            _seen(path, interfaces[DEVICE])
            for path, interfaces in self._objects.items()
            if "Address" in interfaces.get(DEVICE, {})
        ]


def _seen(path: str, device: Mapping[str, Any]) -> Seen:
    alias, address = str(device.get("Alias", "")), str(device["Address"])
    return Seen(
        path=path,
        adapter=str(device.get("Adapter", path.rpartition("/")[0])),
        address=address,
        name="" if alias == address.replace(":", "-") else clean_name(alias) or "",
        rssi_dbm=device.get("RSSI"),
        paired=bool(device.get("Paired")),
        connected=bool(device.get("Connected")),
    )


def plays_sound(device: Mapping[str, Any]) -> bool:
    """By its services, or by its class where they are not known yet: a first search tells no services of most headphones."""
    if AUDIO_SINK in {str(uuid).lower() for uuid in device.get("UUIDs", ())}:
        return True
    number = int(device.get("Class", 0))
    return number & MAJOR_CLASS == AUDIO_CLASS and number & 0xFC not in NO_SOUND_CLASSES

"""The objects that bluetoothd exports, and the signals that tell of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dbus_fast import Message, Variant

OBJECT_MANAGER: Final = "org.freedesktop.DBus.ObjectManager"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"

ROOT: Final = "/org/bluez"
ADAPTER_PATH: Final = "/org/bluez/hci0"
"""There is one adapter."""

ADAPTER: Final = "org.bluez.Adapter1"
DEVICE: Final = "org.bluez.Device1"
GATT_SERVICE: Final = "org.bluez.GattService1"
GATT_CHARACTERISTIC: Final = "org.bluez.GattCharacteristic1"
GATT_DESCRIPTOR: Final = "org.bluez.GattDescriptor1"
BATTERY1: Final = "org.bluez.Battery1"
TRANSPORT: Final = "org.bluez.MediaTransport1"
HEADPHONES: Final = f"{ADAPTER_PATH}/dev_C0_FF_EE_00_00_99/fd0"
"""The stream to the one pair of headphones."""

Properties = dict[str, Variant]


class Tree:
    """Objects by path, each with its interfaces and their properties. Every change is told on the bus."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self.objects: dict[str, dict[str, Properties]] = {}
        self.clear()

    def clear(self) -> None:
        """As at the start of bluetoothd: nobody is told."""
        self.objects = {ROOT: {INTROSPECTABLE: {}, "org.bluez.AgentManager1": {}, "org.bluez.ProfileManager1": {}}}

    def has(self, path: str, interface: str) -> bool:
        return interface in self.objects.get(path, {})

    def get(self, path: str, interface: str, name: str) -> Variant:
        return self.objects[path][interface][name]

    def add(self, path: str, interface: str, properties: Properties) -> None:
        """A new object of one interface, or one interface more for an object that is there (a battery's)."""
        new = path not in self.objects
        self.objects.setdefault(path, {INTROSPECTABLE: {}, PROPERTIES: {}})[interface] = properties
        told = {INTROSPECTABLE: {}, interface: properties, PROPERTIES: {}} if new else {interface: properties}
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, told])

    def remove(self, path: str, interface: str = "") -> None:
        """Take away an interface, or the whole object."""
        if path not in self.objects:
            return
        if interface:
            if self.objects[path].pop(interface, None) is None:
                return
            gone = [interface]
        else:
            gone = list(self.objects.pop(path))
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, gone])

    def change(self, path: str, interface: str, **values: Variant) -> None:
        """Set properties and tell it in one signal, the same value again included (a notification may repeat)."""
        self.objects[path][interface].update(values)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, values, []])

    def invalidate(self, path: str, interface: str, name: str) -> None:
        """Take a property away, as BlueZ does with RSSI when a scan ends."""
        if self.objects[path][interface].pop(name, None) is not None:
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, {}, [name]])

    def below(self, path: str) -> list[str]:
        """The paths under `path`, the deepest first: the order in which they are removed."""
        return sorted((one for one in self.objects if one.startswith(f"{path}/")), reverse=True)

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        self._send(Message.new_signal(path, interface, member, signature, body))

"""A peripheral's services on the bus, and who is registered for their notifications."""

from __future__ import annotations

import socket
from typing import Final

from dbus_fast import Variant

from tests.support.bluez.faults import bluez_error
from tests.support.bluez.peripherals import Characteristic, Service, full
from tests.support.bluez.tree import GATT_CHARACTERISTIC, GATT_DESCRIPTOR, GATT_SERVICE, Tree

FIRST_HANDLE: Final = 0x000E
"""Where a real one's began, after the two generic services."""
MTU: Final = 517
"""What a real bluetoothd offers."""
CLIENT_CONFIGURATION: Final = full("2902")


class Gatt:
    """Paths end in /serviceXXXX/charXXXX, which bleak reads by their length."""

    def __init__(self, device: str, services: tuple[Service, ...], tree: Tree) -> None:
        self.values = {full(one.uuid): one.value for service in services for one in service.characteristics}
        """What each characteristic gives, by UUID."""
        self.written: list[tuple[str, bytes]] = []
        """(UUID, value) of each WriteValue."""
        self.registrations: dict[str, list[str]] = {}
        """Unique names of D-Bus clients, by the characteristic's path, one for each StartNotify."""
        self._acquired: dict[str, socket.socket] = {}
        """Our ends of the sockets that AcquireNotify gave out, by the characteristic's path."""
        self._device = device
        self._services = services
        self._tree = tree
        self._paths: dict[str, Characteristic] = {}
        self._by_uuid: dict[str, str] = {}

    def show(self) -> None:
        """Add the objects, as after the first connection."""
        handle = FIRST_HANDLE
        for service in self._services:
            service_path = f"{self._device}/service{handle:04x}"
            about = {
                "UUID": Variant("s", full(service.uuid)),
                "Device": Variant("o", self._device),
                "Primary": Variant("b", True),
                "Includes": Variant("ao", []),
            }
            self._tree.add(service_path, GATT_SERVICE, about)
            handle += 1
            for one in service.characteristics:
                self._show_characteristic(f"{service_path}/char{handle:04x}", service_path, one)
                # Its declaration and its value take a handle each.
                handle += 2
                if one.notifies:
                    path = f"{self._by_uuid[full(one.uuid)]}/desc{handle:04x}"
                    characteristic = Variant("o", self._by_uuid[full(one.uuid)])
                    descriptor = {
                        "UUID": Variant("s", CLIENT_CONFIGURATION),
                        "Characteristic": characteristic,
                        "Value": Variant("ay", b""),
                    }
                    self._tree.add(path, GATT_DESCRIPTOR, descriptor)
                    handle += 1

    def _show_characteristic(self, path: str, service_path: str, one: Characteristic) -> None:
        about = {
            "UUID": Variant("s", full(one.uuid)),
            "Service": Variant("o", service_path),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", list(one.flags)),
            "MTU": Variant("q", MTU),
        }
        if one.notifies:
            about |= {"Notifying": Variant("b", False), "NotifyAcquired": Variant("b", False)}
        self._paths[path] = one
        self._by_uuid[full(one.uuid)] = path
        self._tree.add(path, GATT_CHARACTERISTIC, about)

    def forget(self) -> None:
        """bluetoothd is gone, or the device is: no objects, no registrations."""
        self.hang_up()
        self.registrations.clear()
        self._paths.clear()
        self._by_uuid.clear()

    def subscriptions(self, uuid: str) -> int:
        path = self._by_uuid.get(uuid, "")
        return len(self.registrations.get(path, ())) + (path in self._acquired)

    def notify(self, uuid: str, value: bytes) -> int:
        """One PropertiesChanged for each registration: whoever did not end the old one hears everything twice."""
        path = self._by_uuid.get(uuid, "")
        registered = len(self.registrations.get(path, ()))
        for _ in range(registered):
            self._tree.change(path, GATT_CHARACTERISTIC, Value=Variant("ay", value))
        if path in self._acquired and self._pass_on(path, value):
            registered += 1
        return registered

    def _pass_on(self, path: str, value: bytes) -> bool:
        try:
            self._acquired[path].send(value)
        except OSError:  # the client has closed its end, which is how it ends this kind of subscription
            self._release(path)
            return False
        return True

    # --- GattCharacteristic1 ---

    def read(self, path: str) -> bytes:
        """ReadValue: the value is told as a change too, so whoever is subscribed hears it as a notification."""
        one = self._paths[path]
        if "read" not in one.flags:
            raise bluez_error("NotPermitted", "Read not permitted")
        value = self.values[full(one.uuid)]
        self._tree.change(path, GATT_CHARACTERISTIC, Value=Variant("ay", value))
        return value

    def write(self, path: str, value: bytes) -> None:
        one = self._paths[path]
        if not any(flag.startswith("write") for flag in one.flags):
            raise bluez_error("NotPermitted", "Write not permitted")
        self.written.append((full(one.uuid), value))

    def start_notify(self, path: str, client: str) -> None:
        """A second StartNotify of one client is answered with success and changes nothing, as bluetoothd does."""
        if not self._paths[path].notifies:
            raise bluez_error("NotSupported", "Operation is not supported")
        registered = self.registrations.setdefault(path, [])
        if client not in registered:
            registered.append(client)
            if len(registered) == 1:
                self._tree.change(path, GATT_CHARACTERISTIC, Notifying=Variant("b", True))

    def stop_notify(self, path: str, client: str) -> None:
        if client not in self.registrations.get(path, ()):
            raise bluez_error("Failed", "No notify session started")
        self._unregister(path, client)

    def acquire_notify(self, path: str) -> int:
        """The client's end of a socket for this link alone, for the caller to send and to close."""
        if path in self._acquired:
            raise bluez_error("NotPermitted", "Notify acquired")
        if not self._paths[path].notifies:
            raise bluez_error("NotSupported", "Operation is not supported")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._acquired[path] = ours
        self._tree.change(path, GATT_CHARACTERISTIC, NotifyAcquired=Variant("b", True))
        return theirs.detach()

    def hang_up(self) -> None:
        """The link is gone, and with it what was acquired on it; registrations stay."""
        for path in list(self._acquired):
            self._release(path)

    def _release(self, path: str) -> None:
        self._acquired.pop(path).close()
        if path in self._tree.objects:
            self._tree.change(path, GATT_CHARACTERISTIC, NotifyAcquired=Variant("b", False))

    def client_gone(self, client: str) -> None:
        """A D-Bus client has left the bus: its registrations go, and nothing else."""
        for path, registered in self.registrations.items():
            if client in registered:
                self._unregister(path, client)

    def _unregister(self, path: str, client: str) -> None:
        registered = self.registrations[path]
        registered.remove(client)
        if not registered and path in self._tree.objects:
            self._tree.change(path, GATT_CHARACTERISTIC, Notifying=Variant("b", False))

    def holds(self, path: str) -> bool:
        """Whether `path` is a characteristic of this peripheral."""
        return path in self._paths

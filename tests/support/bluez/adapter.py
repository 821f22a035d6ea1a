"""The adapter hci0: its power, its plug, and who is scanning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from dbus_fast import DBusError, Variant

from tests.support.bluez.device import Device
from tests.support.bluez.faults import bluez_error, pause
from tests.support.bluez.media import MEDIA
from tests.support.bluez.tree import ADAPTER, ADAPTER_PATH, Tree

ADDRESS: Final = "C0:FF:EE:00:00:00"
FIRST_ADVERTISEMENT_S: Final = 0.005
"""From StartDiscovery to the first thing seen. Real: up to the peripheral's interval, 0.1 to 1 s."""
ADVERTISING_S: Final = 0.05
"""Between two readings of one peripheral."""


class Adapter:
    """`plugged` and `powered` are the hardware's; scanning is bluetoothd's, by D-Bus client."""

    def __init__(self, tree: Tree, devices: Mapping[str, Device]) -> None:
        self.plugged = True
        self.powered = True
        self._tree = tree
        self._devices = devices
        self._filters: dict[str, dict[str, Variant]] = {}
        self._scanning: set[str] = set()
        self._air: asyncio.Task[None] | None = None

    @property
    def discovering(self) -> bool:
        return bool(self._scanning)

    # --- hardware ---

    def show(self) -> None:
        """Tell that it is there, and the devices that are written down."""
        about = {
            "Address": Variant("s", ADDRESS),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", "virtual"),
            "Alias": Variant("s", "virtual"),
            "Powered": Variant("b", self.powered),
            "Discoverable": Variant("b", False),
            "Discovering": Variant("b", False),
            "Pairable": Variant("b", False),
            "UUIDs": Variant("as", []),
            "Roles": Variant("as", ["central", "peripheral"]),
        }
        self._tree.add(ADAPTER_PATH, ADAPTER, about)
        self._tree.add(ADAPTER_PATH, MEDIA, {})
        for device in self._devices.values():
            device.remember()

    def plug(self) -> None:
        """A new adapter is off until somebody powers it."""
        if not self.plugged:
            self.plugged = True
            self.powered = False
            self.show()

    def unplug(self, *, silent: bool) -> None:
        """Device by device and then itself; `silent` leaves out that the links went, as a pulled dongle may."""
        if not self.plugged:
            return
        self.plugged = self.powered = False
        self._stop_scanning()
        for device in self._devices.values():
            if not silent:
                device.drop()
            device.hide()
        self._tree.remove(ADAPTER_PATH)

    def power(self, *, on: bool) -> None:
        """Off: scans end without a word to their clients, and links drop."""
        if not self.plugged or on == self.powered:
            return
        self.powered = on
        if not on:
            was_scanning = self.discovering
            self._stop_scanning()
            for device in self._devices.values():
                device.drop()
            if was_scanning:
                self._tree.change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))
        self._tree.change(ADAPTER_PATH, ADAPTER, Powered=Variant("b", on))

    def die(self) -> None:
        """bluetoothd has ended: what was in its memory is gone; the kernel closes the links."""
        self._stop_scanning()
        self._filters.clear()
        for device in self._devices.values():
            device.lose_all()

    # --- clients ---

    def client_gone(self, client: str) -> None:
        self._filters.pop(client, None)
        if client in self._scanning:
            self._leave(client)

    async def answer(self, method: str, body: list[Any], client: str) -> tuple[str, list[Any]]:
        """Adapter1's methods."""
        if method == "RemoveDevice":
            device = self._devices.get(body[0])
            if device is None or body[0] not in self._tree.objects:
                raise bluez_error("DoesNotExist", "Does Not Exist")
            device.forget()
            return ("", [])
        await pause(0.001)
        if not self.powered:
            raise bluez_error("NotReady", "Resource Not Ready")
        match method:
            case "SetDiscoveryFilter":
                self._filters[client] = body[0]
            case "StartDiscovery":
                if client in self._scanning:
                    raise bluez_error("InProgress", "Operation already in progress")
                self._join(client)
            case "StopDiscovery":
                if client not in self._scanning:
                    raise bluez_error("Failed", "No discovery started")
                asyncio.get_running_loop().call_soon(self._leave, client)
            case _:
                raise DBusError("org.freedesktop.DBus.Error.UnknownMethod", f"{ADAPTER}.{method}")
        return ("", [])

    # --- scanning ---

    def _join(self, client: str) -> None:
        self._scanning.add(client)
        if self._air is None:
            self._air = asyncio.get_running_loop().create_task(self._listen())

    def _leave(self, client: str) -> None:
        self._scanning.discard(client)
        if self._scanning or self._air is None:
            return
        self._stop_scanning()
        for device in self._devices.values():
            device.unseen()
        self._tree.change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))

    def _stop_scanning(self) -> None:
        self._scanning.clear()
        if self._air is not None:
            self._air.cancel()
            self._air = None

    async def _listen(self) -> None:
        self._tree.change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", True))
        await pause(FIRST_ADVERTISEMENT_S)
        while True:
            wanted = self._wanted()
            for device in list(self._devices.values()):
                device.advertise(wanted)
            await pause(ADVERTISING_S)

    def _wanted(self) -> frozenset[str] | None:
        """The services that any of the scanners looks for; None: one looks for everything."""
        filters = [self._filters.get(client, {}).get("UUIDs") for client in self._scanning]
        if any(one is None or not one.value for one in filters):
            return None
        return frozenset(uuid.lower() for one in filters if one is not None for uuid in one.value)

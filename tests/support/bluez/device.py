"""One peripheral and what bluetoothd knows of it: Device1, its GATT objects and its battery. Lives on the service's loop."""

from __future__ import annotations

import asyncio
from typing import Final

from dbus_fast import Variant

from tests.support.bluez.faults import Faults, bluez_error, forever, pause
from tests.support.bluez.gatt import Gatt
from tests.support.bluez.peripherals import BATTERY_LEVEL, Peripheral, full
from tests.support.bluez.tree import ADAPTER_PATH, BATTERY1, DEVICE, Tree

CONNECT_S: Final = 0.004
"""Until the link is up. Real: 0.25 s on a virtual controller; here so short that a suite can afford it."""
RESOLVE_S: Final = 0.004
"""From the link to ServicesResolved. Real: 1.2 s at first, 0.2 s when the services are known."""
DISCONNECT_S: Final = 0.004
"""Real: 2.6 s, in which notifications still arrive; `delay("Disconnect", 2.6)` makes it so."""
CONNECT_TIMEOUT_S: Final = 20.0
"""The kernel's patience with a peripheral that is not there (HCI_LE_CONN_TIMEOUT)."""
GENERIC: Final = tuple(full(uuid) for uuid in ("1800", "1801"))
"""Services that every peripheral has, and that BlueZ lists once it has looked."""


class Device:
    """`on_air` is the peripheral's own doing; the rest is what bluetoothd knows, and a killed bluetoothd forgets."""

    def __init__(self, peripheral: Peripheral, tree: Tree, faults: Faults) -> None:
        self.peripheral = peripheral
        self.path = f"{ADAPTER_PATH}/dev_{peripheral.address.replace(':', '_')}"
        self.rssi = peripheral.rssi
        self.on_air = True
        """Advertises whenever nobody is connected."""
        self.deaf = False
        """Linked and subscribed, and yet nothing is delivered."""
        self.connected = False
        self.resolved = False
        self.kept = False
        """Was connected once: bluetoothd writes it down and knows it after a restart."""
        self.trusted = False
        self._tree = tree
        self._faults = faults
        self._gatt_known = False
        self._attempt: asyncio.Future[None] | None = None
        self._hopeless = False
        self._resolving: asyncio.Task[None] | None = None
        self._readings = 0
        self.gatt = Gatt(self.path, peripheral.services, tree)

    # --- on the air ---

    def advertise(self, wanted: frozenset[str] | None) -> None:
        """One advertisement, if there is one and a scanner looks for it (`wanted`: service UUIDs, None: everything)."""
        if not self.on_air or self.connected:
            return
        if wanted is not None and wanted.isdisjoint(self.peripheral.advertised_uuids):
            return
        self._readings += 1
        # Real readings wander; without a change a scanner could not tell the second reading from the first.
        rssi = Variant("n", self.rssi + self._readings % 2)
        if not self._tree.has(self.path, DEVICE):
            self._tree.add(self.path, DEVICE, {**self._properties(), "RSSI": rssi})
        else:
            self._tree.change(self.path, DEVICE, RSSI=rssi)

    def unseen(self) -> None:
        """The scan has ended: a reading is no longer of now."""
        if self._tree.has(self.path, DEVICE):
            self._tree.invalidate(self.path, DEVICE, "RSSI")

    def appear(self) -> None:
        self.on_air = True
        if self._attempt is not None and not self._hopeless:
            self._reach(self._attempt)

    def vanish(self) -> None:
        self.on_air = False

    # --- Device1 ---

    async def connect(self, *, hopeless: bool = False) -> None:
        """Connect: at once when it advertises, as soon as it does otherwise; `hopeless` never."""
        if self.connected:
            return
        if self._attempt is not None:
            raise bluez_error("InProgress", "Operation already in progress")
        self._attempt = attempt = asyncio.get_running_loop().create_future()
        self._hopeless = hopeless
        try:
            if self.on_air and not hopeless:
                self._reach(attempt)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await attempt
        except TimeoutError:
            raise bluez_error("Failed", "le-connection-abort-by-local") from None
        finally:
            self._attempt = None
        if not self._tree.has(self.path, DEVICE):
            raise bluez_error("Failed", "br-connection-canceled")
        self._link()

    def _reach(self, attempt: asyncio.Future[None]) -> None:
        def reached() -> None:
            if not attempt.done():
                attempt.set_result(None)

        asyncio.get_running_loop().call_later(CONNECT_S, reached)

    def _link(self) -> None:
        self.connected = self.kept = True
        self._tree.change(self.path, DEVICE, Connected=Variant("b", True))
        self._resolving = asyncio.get_running_loop().create_task(self._resolve())

    async def _resolve(self) -> None:
        fault = self._faults.meet("ServicesResolved")
        if fault is not None:
            await (forever() if fault.hang else pause(fault.delay_s))
        await pause(RESOLVE_S)
        changed: dict[str, Variant] = {}
        if self._gatt_known:
            self._show_battery()
        else:
            self.gatt.show()
            self._gatt_known = True
            changed["UUIDs"] = Variant("as", sorted({*GENERIC, *(full(one.uuid) for one in self.peripheral.services)}))
        self.resolved = True
        self._tree.change(self.path, DEVICE, **changed, ServicesResolved=Variant("b", True))
        self._show_battery()

    def bounce(self) -> None:
        """The link comes and goes within one attempt, as with `le-connection-abort-by-local`."""
        self._tree.change(self.path, DEVICE, Connected=Variant("b", True))
        self._tree.change(self.path, DEVICE, Connected=Variant("b", False))

    async def disconnect(self) -> None:
        """Disconnect: gives up an attempt, or ends the link for every client."""
        self._abandon("br-connection-canceled")
        if not self.connected:
            return
        self._tree.remove(self.path, BATTERY1)
        await pause(DISCONNECT_S)
        if self.connected:
            self._unresolve()
            self._tree.change(self.path, DEVICE, ServicesResolved=Variant("b", False))
            # The answer goes out first, as the real one's does.
            asyncio.get_running_loop().call_soon(self._unlink)

    def _abandon(self, reason: str) -> None:
        if self._attempt is not None and not self._attempt.done():
            self._attempt.set_exception(bluez_error("Failed", reason))

    def _unresolve(self) -> None:
        self.resolved = False
        self.gatt.hang_up()
        if self._resolving is not None:
            self._resolving.cancel()
            self._resolving = None

    def _unlink(self) -> None:
        if self.connected:
            self.connected = False
            if self._tree.has(self.path, DEVICE):
                self._tree.change(self.path, DEVICE, Connected=Variant("b", False))

    def drop(self) -> None:
        """The link is lost: one signal, and then the battery goes. GATT objects and registrations stay."""
        self._abandon("le-connection-abort-by-local")
        if not self.connected:
            return
        changed = {"ServicesResolved": Variant("b", False)} if self.resolved else {}
        self._unresolve()
        self.connected = False
        self._tree.change(self.path, DEVICE, **changed, Connected=Variant("b", False))
        self._tree.remove(self.path, BATTERY1)

    # --- what bluetoothd knows ---

    def remember(self) -> None:
        """Show a device that was written down: at the start of bluetoothd, or with a new adapter."""
        if self.kept:
            self._tree.add(self.path, DEVICE, self._properties())

    def forget(self) -> None:
        """RemoveDevice, or a device that was only seen and is not seen any more."""
        self.drop()
        self.hide()
        self.kept = False

    def hide(self) -> None:
        """Take its objects off the bus without a word about its link."""
        self._abandon("br-connection-canceled")
        self.lose_all()
        for path in (*self._tree.below(self.path), self.path):
            self._tree.remove(path)

    def lose_all(self) -> None:
        """What is left in memory when bluetoothd or the adapter is gone: nothing."""
        self._unresolve()
        self.connected = False
        self._gatt_known = False
        self.gatt.forget()

    def set_value(self, uuid: str, value: bytes) -> None:
        self.gatt.values[full(uuid)] = value
        if full(uuid) == full(BATTERY_LEVEL) and self._tree.has(self.path, BATTERY1):
            self._tree.change(self.path, BATTERY1, Percentage=Variant("y", value[0]))

    def notify(self, uuid: str, value: bytes) -> int:
        """Send a value to everybody who is registered; returns to how many."""
        if not self.resolved or self.deaf:
            return 0
        self.set_value(uuid, value)
        return self.gatt.notify(full(uuid), value)

    def _show_battery(self) -> None:
        level = self.gatt.values.get(full(BATTERY_LEVEL))
        if level and not self._tree.has(self.path, BATTERY1):
            self._tree.add(self.path, BATTERY1, {"Percentage": Variant("y", level[0])})

    def _properties(self) -> dict[str, Variant]:
        about = self.peripheral
        properties = {
            "Address": Variant("s", about.address),
            "AddressType": Variant("s", about.address_type),
            "Alias": Variant("s", about.name or about.address.replace(":", "-")),
            "Paired": Variant("b", False),
            "Bonded": Variant("b", False),
            "Trusted": Variant("b", self.trusted),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", self.connected),
            "UUIDs": Variant("as", about.advertised_uuids),
            "Adapter": Variant("o", ADAPTER_PATH),
            "ServicesResolved": Variant("b", self.resolved),
        }
        if about.name is not None:
            properties["Name"] = Variant("s", about.name)
        if about.manufacturer_data:
            data = {number: Variant("ay", value) for number, value in about.manufacturer_data.items()}
            properties["ManufacturerData"] = Variant("a{qv}", data)
        if about.service_data:
            properties["ServiceData"] = Variant("a{sv}", {full(k): Variant("ay", v) for k, v in about.service_data.items()})
        return properties

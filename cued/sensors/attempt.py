"""One connection to one device, from its making to its end: a bleak client that is used once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Final

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice

from cued.dbus.deadlines import Deadlines
from cued.errors import SensorError
from cued.formats.sensor_log import Notification
from cued.sensors.air import BATTERY_LEVEL, MEASURED
from cued.sensors.link import Timing
from cued.sensors.reasons import NOTHING_TO_READ, RETRIED
from cued.units import NS_PER_S

STORM: Final = 64
"""Notifications a second from one characteristic that are still taken for measurements; pods send 1 to 4. A flood of
thousands would keep the whole radio from its work."""


def bluez_device(address: str, adapter: str, name: str | None = None) -> BLEDevice:
    """A device by its place in BlueZ, which needs no scan if BlueZ knows it (`org.bluez.Device(5)`: the path)."""
    path = f"/org/bluez/{adapter}/dev_{address.replace(':', '_')}"
    properties = {"Adapter": f"/org/bluez/{adapter}", "Alias": name or address}
    return BLEDevice(address, name, {"path": path, "props": properties})


class Attempt:
    """Connect, subscribe, and in any case close. `heard` and `dropped` are called on the loop."""

    def __init__(
        self,
        device: BLEDevice,
        timing: Timing,
        deadlines: Deadlines,
        heard: Callable[[Notification], None],
        dropped: Callable[[], None] = lambda: None,
    ) -> None:
        self._address = device.address
        self._timing = timing
        self._deadlines = deadlines
        self._heard = heard
        self._window_ns = 0
        self._in_window = 0
        self.connected = False
        """The link was made, whatever became of it."""
        self.lost = 0
        """Notifications of a storm that were not delivered."""
        self._client = BleakClient(device, lambda _: dropped(), timeout=timing.connect_ns / NS_PER_S)

    async def connect(self, limit_ns: int) -> None:
        """Make the link and learn what the device offers; raises `RETRIED`."""
        await self._deadlines.within(limit_ns, self._client.connect())
        self.connected = True

    @property
    def offers(self) -> tuple[str, ...]:
        """UUIDs of the characteristics that cued reads, battery included."""
        wanted = {*MEASURED, BATTERY_LEVEL}
        offered = {one.uuid for one in self._client.services.characteristics.values()}
        return tuple(uuid for uuid in (*MEASURED, BATTERY_LEVEL) if uuid in offered & wanted)

    async def subscribe(self, limit_ns: int) -> None:
        """Have every measurement sent; raises SensorError where the device has none, and `RETRIED`."""
        measured = [one for one in self._first_of(MEASURED) if {"notify", "indicate"} & set(one.properties)]
        if not measured:
            raise SensorError(NOTHING_TO_READ)
        until_ns = time.monotonic_ns() + limit_ns
        for one in measured:
            await self._deadlines.within(until_ns - time.monotonic_ns(), self._client.start_notify(one, self._notified))

    async def subscribe_battery(self) -> None:
        """Have changes of the battery's level sent too, where the device tells them; raises `RETRIED`."""
        for one in self._first_of((BATTERY_LEVEL,)):
            if "notify" in one.properties:
                await self._deadlines.within(self._timing.call_ns, self._client.start_notify(one, self._notified))

    async def read(self, uuid: str) -> bytes | None:
        """The value of a characteristic; None where there is none to be read. Raises `RETRIED`.

        Not for one that is subscribed: BlueZ would deliver the answer as a notification too.
        """
        for one in self._first_of((uuid,)):
            if "read" in one.properties:
                return bytes(await self._deadlines.within(self._timing.call_ns, self._client.read_gatt_char(one)))
        return None

    async def close(self, limit_ns: int) -> None:
        """End the link and leave the bus, whatever became of the attempt; raises `RETRIED`, and has let go all the same."""
        if self._client.is_connected:
            await self._deadlines.within(limit_ns, self._client.disconnect())
            return
        # Only the bus is left, and a bus whose making was cut short never tells bleak that it is gone.
        with contextlib.suppress(*RETRIED):
            await self._deadlines.within(min(limit_ns, self._timing.settle_ns), self._client.disconnect())

    def _first_of(self, uuids: tuple[str, ...]) -> list[BleakGATTCharacteristic]:
        """The first characteristic of each UUID that the device offers."""
        found: dict[str, BleakGATTCharacteristic] = {}
        for one in self._client.services.characteristics.values():
            if one.uuid in uuids:
                found.setdefault(one.uuid, one)
        return [found[uuid] for uuid in uuids if uuid in found]

    def _notified(self, characteristic: BleakGATTCharacteristic, data: bytearray) -> None:
        at_ns = time.monotonic_ns()
        if at_ns - self._window_ns >= self._timing.watch_ns:
            self._window_ns, self._in_window = at_ns, 0
        self._in_window += 1
        if self._in_window > STORM:
            self.lost += 1
        else:
            self._heard(Notification(at_ns, self._address, characteristic.uuid, bytes(data)))

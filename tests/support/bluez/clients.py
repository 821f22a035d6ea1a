"""What a test of the virtual BlueZ says to the real bleak, in few words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from dbus_fast import BusType, Message, Variant
from dbus_fast.aio import MessageBus

from tests.support.bluez.peripherals import RSC_MEASUREMENT, Peripheral, full, running_pod
from tests.support.bluez.tree import ADAPTER, ADAPTER_PATH, PROPERTIES
from tests.support.waiting import DEADLINE_S

ADDRESS: Final = "C0:FF:EE:00:00:01"
POD: Final = Peripheral(address=ADDRESS, name="Pod", services=running_pod(), rssi=-60)
MEASURED: Final = full(RSC_MEASUREMENT)
VALUE: Final = b"\x04\x00\x03\x55"
"""Running at 3 m/s, 85 per minute."""

Heard = list[bytes]


async def found(address: str = ADDRESS) -> BLEDevice:
    device = await BleakScanner.find_device_by_address(address, timeout=DEADLINE_S)
    assert device is not None
    return device


async def connected(device: BLEDevice, lost: Callable[[], None] | None = None, timeout_s: float = DEADLINE_S) -> BleakClient:
    client = BleakClient(device, disconnected_callback=lambda _: lost() if lost else None, timeout=timeout_s)
    await client.connect()
    return client


async def subscribed(heard: Heard, lost: Callable[[], None] | None = None) -> BleakClient:
    client = await connected(await found(), lost)
    await client.start_notify(MEASURED, partial(note, heard))
    return client


def as_many(heard: Heard, number: int) -> bool:
    return len(heard) == number


def note(heard: Heard, _: object, data: bytearray) -> None:
    heard.append(bytes(data))


async def connect_and_die(path: str) -> None:
    """Leave a device connected, as a process does that crashes."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    await bus.call(Message(destination="org.bluez", path=path, interface="org.bluez.Device1", member="Connect"))
    bus.disconnect()
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast gives it no type


async def set_powered(address: str) -> Message:
    """What cued may do after a replug, over a bus connection of its own."""
    bus = await MessageBus(bus_address=address).connect()
    try:
        body = [ADAPTER, "Powered", Variant("b", True)]
        call = Message("org.bluez", ADAPTER_PATH, PROPERTIES, "Set", signature="ssv", body=body)
        return await bus.call(call)
    finally:
        bus.disconnect()

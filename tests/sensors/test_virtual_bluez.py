"""The virtual BlueZ, through the real bleak: it behaves as a real bluetoothd was seen to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice

from tests.support.bluez import Peripheral, VirtualBluez, run_with_bleak, running_pod
from tests.support.bluez.peripherals import RSC_MEASUREMENT, full

pytestmark = pytest.mark.filterwarnings("error")

ADDRESS = "C0:FF:EE:00:00:01"
MEASURED = full(RSC_MEASUREMENT)
POD = Peripheral(address=ADDRESS, name="Pod", services=running_pod(), rssi=-60)


async def found(address: str = ADDRESS) -> BLEDevice:
    device = await BleakScanner.find_device_by_address(address, timeout=5.0)
    assert device is not None
    return device


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until the condition is seen; the deadline is the whole test's."""
    while not holds():
        await asyncio.wait_for(asyncio.shield(_soon()), 1.0)


async def _soon() -> None:
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.001, done.set_result, None)
    await done


def test_a_pod_is_found_connected_heard_and_lost(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    heard: list[bytes] = []

    async def go() -> None:
        lost = asyncio.Event()
        client = BleakClient(await found(), disconnected_callback=lambda _: lost.set())
        await client.connect()
        await client.start_notify(MEASURED, lambda _, data: heard.append(bytes(data)))
        assert (pod.connected, pod.subscriptions(RSC_MEASUREMENT)) == (True, 1)
        pod.notify(RSC_MEASUREMENT, b"\x04\x00\x03\x55")
        await until(lambda: bool(heard))
        pod.drop()
        await lost.wait()
        assert not client.is_connected
        await client.disconnect()

    run_with_bleak(go())
    assert heard == [b"\x04\x00\x03\x55"]

"""The virtual BlueZ, through the real bleak: what goes wrong goes wrong as it did with a real bluetoothd."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)
from dbus_fast import MessageType

from tests.support.bluez import Peripheral, VirtualBluez, heart_strap, run_with_bleak, until
from tests.support.bluez.clients import ADDRESS, MEASURED, POD, VALUE, Heard, connected, found, note, set_powered, subscribed
from tests.support.bluez.faults import pause
from tests.support.bluez.peripherals import RSC_MEASUREMENT, full
from tests.support.bluez.tree import ADAPTER_PATH
from tests.support.waiting import wait_for

NO_BLUETOOTH = BleakBluetoothNotAvailableReason.NO_BLUETOOTH


class TestConnecting:
    def test_to_a_silent_pod_takes_the_whole_timeout(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)

        async def go() -> None:
            device = await found()
            pod.vanish()
            with pytest.raises(TimeoutError):
                await connected(device, timeout_s=0.2)
            # The attempt has ended with the client's patience, and the next one meets a pod that comes back.
            before = bluez.calls.count(("Connect", pod.path))
            waiting = asyncio.create_task(connected(device))
            await until(lambda: bluez.calls.count(("Connect", pod.path)) > before)
            pod.appear()
            await (await waiting).disconnect()

        run_with_bleak(go())

    def test_that_hangs_ends_with_its_timeout_and_the_next_time_works(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        bluez.hang("Connect")

        async def go() -> None:
            device = await found()
            with pytest.raises(TimeoutError):
                await connected(device, timeout_s=0.2)
            assert not pod.connected
            await (await connected(device)).disconnect()

        run_with_bleak(go())
        assert [method for method, _ in bluez.calls if method.endswith("onnect")] == ["Connect", "Disconnect"] * 2

    def test_that_finds_no_services_ends_with_its_timeout(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        bluez.hang("ServicesResolved")

        async def go() -> None:
            with pytest.raises(TimeoutError):
                await connected(await found(), timeout_s=0.2)

        run_with_bleak(go())
        wait_for(lambda: not pod.connected)

    def test_fails_as_often_as_told(self, bluez: VirtualBluez) -> None:
        bluez.add(POD)
        bluez.fail("Connect", "org.bluez.Error.Failed", "br-connection-unknown", times=2)

        async def go() -> None:
            device = await found()
            for _ in range(2):
                with pytest.raises(BleakDBusError, match="br-connection-unknown"):
                    await connected(device)
            await (await connected(device)).disconnect()

        run_with_bleak(go())

    def test_that_is_aborted_with_a_bounce_is_tried_again_by_bleak_itself(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        bluez.fail("Connect", "org.bluez.Error.Failed", "le-connection-abort-by-local", times=2, bounce=True)

        async def go() -> None:
            await (await connected(await found())).disconnect()

        run_with_bleak(go())
        assert bluez.calls.count(("Connect", pod.path)) == 3

    def test_to_a_device_that_bluetoothd_has_forgotten_finds_none(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)

        async def go() -> None:
            device = await found()
            pod.forget()
            client = BleakClient(device)
            with pytest.raises(BleakError, match="not found"):
                await client.connect()

        run_with_bleak(go())

    def test_with_two_clients_to_one_pod_every_value_comes_once_for_each_registration(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        first: Heard = []
        second: Heard = []

        async def go() -> None:
            one = await subscribed(first)
            other = BleakClient(BLEDevice(ADDRESS, "Pod", {"path": pod.path}))
            await other.connect()
            await other.start_notify(MEASURED, partial(note, second))
            assert pod.notify(RSC_MEASUREMENT, VALUE) == 2
            await until(lambda: (len(first), len(second)) == (2, 2))
            await other.stop_notify(MEASURED)
            assert pod.notify(RSC_MEASUREMENT, VALUE) == 1
            await until(lambda: len(first) == 3)
            await one.disconnect()
            assert not other.is_connected
            await other.disconnect()

        run_with_bleak(go())

    def test_to_a_pod_and_a_strap_hears_each_on_its_own(self, bluez: VirtualBluez) -> None:
        pod, strap = bluez.add(POD), bluez.add(Peripheral("C0:FF:EE:00:00:02", "Strap", heart_strap()))
        steps: Heard = []
        beats: Heard = []

        async def go() -> None:
            one = await subscribed(steps)
            other = await connected(await found(strap.address))
            await other.start_notify(full("2A37"), partial(note, beats))
            pod.notify(RSC_MEASUREMENT, VALUE)
            strap.notify("2A37", b"\x00\x8c")
            await until(lambda: bool(steps and beats))
            pod.drop()
            await until(lambda: not one.is_connected)
            assert other.is_connected
            await one.disconnect()
            await other.disconnect()

        run_with_bleak(go())
        assert (steps, beats) == ([VALUE], [b"\x00\x8c"])


class TestTheMachine:
    def test_with_bluetoothd_restarted_tells_no_client_and_takes_a_new_one(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        lost: list[str] = []

        async def go() -> None:
            heard: Heard = []
            client = await subscribed(heard, lambda: lost.append("lost"))
            bluez.restart()
            assert not pod.connected
            assert pod.notify(RSC_MEASUREMENT, VALUE) == 0
            again: Heard = []
            fresh = await subscribed(again)
            # Two seconds of a real one's silence are not waited for here: a whole scan and connection have passed.
            assert (lost, heard, client.is_connected) == ([], [], True)
            pod.notify(RSC_MEASUREMENT, VALUE)
            await until(lambda: bool(again))
            await fresh.disconnect()
            await client.disconnect()

        run_with_bleak(go())

    def test_without_bluetoothd_refuses_every_call(self, bluez: VirtualBluez) -> None:
        bluez.kill()

        async def go() -> None:
            with pytest.raises(BleakDBusError, match="ServiceUnknown"):
                await BleakScanner.discover(timeout=0.05)

        run_with_bleak(go())
        bluez.revive()

    @pytest.mark.parametrize("silent", [False, True])
    def test_unplugged_loses_the_link_and_plugged_again_waits_for_power(self, bluez: VirtualBluez, silent: bool) -> None:
        pod = bluez.add(POD)
        lost: list[str] = []

        async def go() -> None:
            client = await subscribed([], lambda: lost.append("lost"))
            bluez.unplug(silent=silent)
            assert not pod.connected
            assert await refusal() is NO_BLUETOOTH
            # A dongle that is pulled may leave bleak's client with nothing but silence.
            assert (lost, client.is_connected) == (([], True) if silent else (["lost"], False))
            bluez.plug()
            assert await refusal(other_than=NO_BLUETOOTH) is BleakBluetoothNotAvailableReason.POWERED_OFF
            assert (await set_powered(bluez.env["DBUS_SYSTEM_BUS_ADDRESS"])).message_type is MessageType.METHOD_RETURN
            assert bluez.powered
            heard: Heard = []
            fresh = await subscribed(heard)
            pod.notify(RSC_MEASUREMENT, VALUE)
            await until(lambda: bool(heard))
            await fresh.disconnect()
            if client.is_connected:
                with pytest.raises(BleakDBusError):
                    await client.disconnect()
            await client.disconnect()

        run_with_bleak(go())
        assert ("Set Powered", ADAPTER_PATH) in bluez.calls

    def test_switched_off_drops_the_link(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)

        async def go() -> None:
            lost = asyncio.Event()
            client = await subscribed([], lost.set)
            bluez.power(False)
            await lost.wait()
            await client.disconnect()
            assert not pod.connected

        run_with_bleak(go())

    def test_whose_bus_dies_tells_the_client_and_works_on_in_the_same_process(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        complaints: list[dict[str, Any]] = []

        async def go() -> Heard:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            lost = asyncio.Event()
            client = await subscribed([], lost.set)
            bluez.restart_bus()
            await lost.wait()
            await client.disconnect()
            heard: Heard = []
            fresh = await subscribed(heard)
            pod.notify(RSC_MEASUREMENT, VALUE)
            await until(lambda: bool(heard))
            await fresh.disconnect()
            return heard

        assert run_with_bleak(go()) == [VALUE]
        assert {type(one.get("exception")) for one in complaints} <= {EOFError, ConnectionResetError, BrokenPipeError}


async def refusal(*, other_than: BleakBluetoothNotAvailableReason | None = None) -> BleakBluetoothNotAvailableReason:
    """Why a scan is refused: bleak hears of the adapter a moment after we do."""
    why: list[BleakBluetoothNotAvailableReason] = []

    while not why or why[-1] is other_than:
        with contextlib.suppress(BleakDBusError):
            try:
                await BleakScanner.discover(timeout=0.01)
            except BleakBluetoothNotAvailableError as error:
                why.append(error.reason)
        await pause(0.001)
    return why[-1]


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.soak
def test_two_hundred_lost_links_leave_nothing_behind(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    heard: Heard = []
    fds: list[int] = []

    async def go() -> None:
        for _ in range(200):
            lost = asyncio.Event()
            client = await subscribed(heard, lost.set)
            for _ in range(5):
                pod.notify(RSC_MEASUREMENT, VALUE)
            pod.drop()
            await lost.wait()
            await client.disconnect()
            fds.append(open_descriptors())

    run_with_bleak(go(), deadline_s=300.0)
    assert len(heard) == 1000
    assert fds[-1] == fds[10]

"""The virtual BlueZ, through the real bleak: scans, links and values are as a real bluetoothd's were seen to be."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters
from bleak.backends.bluezdbus.adapter import BleakAdapterBlueZDBus
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
)

from tests.support.bluez import (
    Peripheral,
    Running,
    Script,
    VirtualBluez,
    heart_strap,
    lamp,
    rsc_measurement,
    run_with_bleak,
    stryd_pod,
    treadmill,
    until,
)
from tests.support.bluez.clients import ADDRESS, MEASURED, POD, VALUE, Heard, as_many, connected, found, note, subscribed
from tests.support.bluez.peripherals import RSC, RSC_FEATURE, RSC_MEASUREMENT, STRYD_SERVICE, full
from tests.support.bluez.tree import ADAPTER_PATH
from tests.support.waiting import wait_for


class TestScanning:
    def test_finds_name_strength_and_services_and_never_the_same_strength_twice_running(self, bluez: VirtualBluez) -> None:
        maker, service = {0x1234: b"\x01"}, {"180A": b"\x02"}
        bluez.add(Peripheral(ADDRESS, "Pod", stryd_pod(), -60, (RSC, STRYD_SERVICE), maker, service))
        bluez.add(Peripheral("C0:FF:EE:00:00:02", None, heart_strap(), -71))
        seen: dict[str, list[AdvertisementData]] = {}

        async def go() -> list[str]:
            def note(device: BLEDevice, advertisement: AdvertisementData) -> None:
                seen.setdefault(device.address, []).append(advertisement)

            async with BleakScanner(note) as scanner:
                await until(lambda: len(seen) == 2 and all(len(readings) >= 3 for readings in seen.values()))
                assert bluez.discovering
                return sorted(device.name or "" for device in scanner.discovered_devices)

        assert run_with_bleak(go()) == ["", "Pod"]
        pod, strap = seen[ADDRESS], seen["C0:FF:EE:00:00:02"]
        assert {one.rssi for one in pod} == {-60, -59}
        assert pod[0].service_uuids == [full(RSC), STRYD_SERVICE]
        assert (pod[0].manufacturer_data, pod[0].service_data) == ({0x1234: b"\x01"}, {full("180A"): b"\x02"})
        assert (strap[0].local_name, strap[0].service_uuids) == (None, [full("180D")])
        assert not bluez.discovering
        assert ("StartDiscovery", ADAPTER_PATH) in bluez.calls

    def test_asked_for_one_service_reports_nothing_else(self, bluez: VirtualBluez) -> None:
        bluez.add(Peripheral("C0:FF:EE:00:00:02", "Strap", heart_strap()))
        bluez.add(POD)
        seen: list[str] = []

        async def go() -> None:
            # bluetoothd's own filter: bleak's would hide what it lets through.
            filters: BlueZDiscoveryFilters = {"UUIDs": [full(RSC)]}
            async with BleakScanner(lambda device, _: seen.append(device.address), bluez={"filters": filters}):
                await until(lambda: len(seen) >= 3)

        run_with_bleak(go())
        assert set(seen) == {ADDRESS}

    def test_does_not_see_what_has_vanished_or_is_connected(self, bluez: VirtualBluez) -> None:
        pod, strap = bluez.add(POD), bluez.add(Peripheral("C0:FF:EE:00:00:02", "Strap", heart_strap()))
        strap.vanish()

        async def go() -> None:
            client = await connected(await found())
            assert await BleakScanner.discover(timeout=0.1) == []
            await client.disconnect()
            strap.appear()
            assert ((await found()).name, (await found(strap.address)).name) == ("Pod", "Strap")

        run_with_bleak(go())
        assert not pod.connected

    def test_twice_at_once_in_one_process_is_refused(self, bluez: VirtualBluez) -> None:
        async def go() -> None:
            async with BleakScanner():
                await BleakScanner().start()

        with pytest.raises(BleakDBusError, match="InProgress"):
            run_with_bleak(go())
        wait_for(lambda: not bluez.discovering)

    def test_through_a_power_cycle_ends_without_a_word(self, bluez: VirtualBluez) -> None:
        bluez.add(POD)
        seen: Heard = []

        async def go() -> None:
            scanner = BleakScanner(lambda device, _: seen.append(device.address.encode()))
            await scanner.start()
            await until(lambda: bool(seen))
            bluez.power(False)
            bluez.power(True)
            assert not bluez.discovering
            with pytest.raises(BleakDBusError, match="No discovery started"):
                await scanner.stop()
            assert (await found()).name == "Pod"

        run_with_bleak(go())

    def test_while_the_adapter_is_off_is_refused_by_bleak_or_by_bluetoothd(self, bluez: VirtualBluez) -> None:
        bluez.power(False)

        async def go() -> None:
            with pytest.raises(BleakBluetoothNotAvailableError) as refused:
                await BleakScanner.discover(timeout=0.1)
            assert refused.value.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
            # The race: bleak's knowledge is older than the switch.
            with pytest.raises(BleakDBusError, match="NotReady"):
                await BleakScanner.discover(timeout=0.1, bluez={"adapter": "hci0"})

        run_with_bleak(go())

    def test_of_a_client_that_leaves_the_bus_ends(self, bluez: VirtualBluez) -> None:
        async def go() -> None:
            await BleakScanner().start()
            assert bluez.discovering

        run_with_bleak(go())
        wait_for(lambda: not bluez.discovering)


class TestALink:
    def test_delivers_values_and_tells_that_it_is_lost(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        heard: Heard = []

        async def go() -> None:
            lost = asyncio.Event()
            client = await subscribed(heard, lost.set)
            assert (pod.connected, pod.subscriptions(RSC_MEASUREMENT)) == (True, 1)
            assert pod.notify(RSC_MEASUREMENT, VALUE) == 1
            await until(lambda: bool(heard))
            pod.drop()
            await lost.wait()
            assert not client.is_connected
            assert pod.subscriptions(RSC_MEASUREMENT) == 1
            await client.disconnect()
            await until(lambda: pod.subscriptions(RSC_MEASUREMENT) == 0)

        run_with_bleak(go())
        assert heard == [VALUE]

    @pytest.mark.parametrize("ends_properly", [True, False])
    def test_made_again_without_disconnecting_the_old_client_multiplies_every_value(
        self, bluez: VirtualBluez, ends_properly: bool
    ) -> None:
        pod = bluez.add(POD)
        counts: list[int] = []

        async def go() -> None:
            clients: list[BleakClient] = []
            for _ in range(3):
                heard: Heard = []
                lost = asyncio.Event()
                clients.append(await subscribed(heard, lost.set))
                told = pod.notify(RSC_MEASUREMENT, VALUE)
                await until(partial(as_many, heard, told))
                counts.append(len(heard))
                pod.drop()
                await lost.wait()
                if ends_properly:
                    await clients[-1].disconnect()
            for client in clients:
                await client.disconnect()

        run_with_bleak(go())
        assert counts == ([1, 1, 1] if ends_properly else [1, 2, 3])

    def test_with_an_acquired_socket_is_immune(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        counts: list[int] = []

        async def go() -> None:
            clients: list[BleakClient] = []
            for _ in range(3):
                heard: Heard = []
                lost = asyncio.Event()
                client = await connected(await found(), lost.set)
                clients.append(client)
                await client.start_notify(MEASURED, partial(note, heard), bluez={"use_start_notify": False})
                assert pod.subscriptions(RSC_MEASUREMENT) == 1
                pod.notify(RSC_MEASUREMENT, VALUE)
                await until(partial(as_many, heard, 1))
                counts.append(len(heard))
                pod.drop()
                await lost.wait()
            for client in clients:
                await client.disconnect()

        run_with_bleak(go())
        assert counts == [1, 1, 1]

    def test_gives_what_is_read_and_a_subscriber_hears_the_reading_too(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        heard: Heard = []

        async def go() -> tuple[bytes, bytes]:
            client = await connected(await found())
            feature = await client.read_gatt_char(full(RSC_FEATURE))
            await client.start_notify(full("2A19"), partial(note, heard))
            pod.set_value("2A19", b"\x5a")
            level = await client.read_gatt_char(full("2A19"))
            await until(lambda: bool(heard))
            await client.disconnect()
            return bytes(feature), bytes(level)

        assert run_with_bleak(go()) == (b"\x07\x00", b"\x5a")
        assert heard == [b"\x5a"]

    def test_takes_what_is_written(self, bluez: VirtualBluez) -> None:
        thing = bluez.add(Peripheral(ADDRESS, "Lamp", lamp()))

        async def go() -> None:
            client = await connected(await found())
            await client.write_gatt_char(full("FFE9"), b"\x01\x02", response=True)
            await client.disconnect()

        run_with_bleak(go())
        assert thing.written == [(full("FFE9"), b"\x01\x02")]

    def test_to_a_thing_without_the_service_has_nothing_to_subscribe_to(self, bluez: VirtualBluez) -> None:
        bluez.add(Peripheral(ADDRESS, "Lamp", lamp()))
        bluez.add(Peripheral("C0:FF:EE:00:00:02", "Mill", treadmill()))

        async def go() -> None:
            client = await connected(await found())
            with pytest.raises(BleakCharacteristicNotFoundError):
                await client.start_notify(MEASURED, lambda *_: None)
            await client.disconnect()
            mill = await connected(await found("C0:FF:EE:00:00:02"))
            assert mill.services.get_characteristic(full("2ACD")) is not None
            await mill.disconnect()

        run_with_bleak(go())

    def test_that_is_deaf_looks_alive(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        heard: Heard = []

        async def go() -> None:
            client = await subscribed(heard)
            pod.deaf = True
            assert pod.notify(RSC_MEASUREMENT, b"\x00") == 0
            assert client.is_connected
            pod.deaf = False
            pod.notify(RSC_MEASUREMENT, VALUE)
            await until(lambda: bool(heard))
            await client.disconnect()

        run_with_bleak(go())
        assert heard == [VALUE]

    def test_still_delivers_while_it_is_ended_slowly(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        heard: Heard = []

        async def go() -> None:
            client = await subscribed(heard)
            bluez.delay("Disconnect", 0.1)
            ending = asyncio.create_task(client.disconnect())
            await until(lambda: ("Disconnect", pod.path) in bluez.calls)
            pod.notify(RSC_MEASUREMENT, VALUE)
            await ending

        run_with_bleak(go())
        assert (heard, pod.connected) == ([VALUE], False)

    def test_of_a_killed_client_stays_and_another_finds_it(self, bluez: VirtualBluez, tmp_path: Path) -> None:
        pod = bluez.add(POD)
        script = tmp_path / "crash.py"
        script.write_text(CRASHES)
        done = subprocess.run([sys.executable, script, ADDRESS, MEASURED], env={**os.environ, **bluez.env}, check=False)
        assert done.returncode == 7
        wait_for(lambda: pod.subscriptions(RSC_MEASUREMENT) == 0)
        assert pod.connected

        async def go() -> Heard:
            heard: Heard = []
            assert await BleakScanner.discover(timeout=0.05) == []
            (device,) = await (await BleakAdapterBlueZDBus.get()).get_connected_devices(frozenset({full(RSC)}))
            client = await connected(device)
            await client.start_notify(MEASURED, partial(note, heard))
            pod.notify(RSC_MEASUREMENT, VALUE)
            await until(lambda: bool(heard))
            await client.disconnect()
            return heard

        assert run_with_bleak(go()) == [VALUE]
        assert not pod.connected


CRASHES = """
import asyncio, os, sys
from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters

async def main():
    device = await BleakScanner.find_device_by_address(sys.argv[1], timeout=60.0)
    client = BleakClient(device)
    await client.connect()
    await client.start_notify(sys.argv[2], lambda *_: None)
    os._exit(7)

asyncio.run(main())
"""
"""A client that dies while it is connected."""


class TestAScript:
    def test_packs_a_measurement_as_a_real_pod_sent_it(self) -> None:
        sent = rsc_measurement(82, 645 / 256, stride_m=1.1, total_m=102.0)
        assert sent == bytes.fromhex("078502526e00fc030000")
        assert rsc_measurement(0, 0.0, running=False) == b"\x00\x00\x00\x00"

    def test_runs_its_course_and_what_it_is_told_then(self, bluez: VirtualBluez) -> None:
        pod = bluez.add(POD)
        heard: Heard = []

        async def go() -> None:
            client = await subscribed(heard)
            course = [Running(170, messages=2), Running(180)]
            with Script(pod, course, hz=200.0, factor=2) as script:
                await until(lambda: len(heard) >= 4)
                script.say(Running(0, 0.0))
                await until(lambda: heard[-1][3] == 0)
            await client.disconnect()

        run_with_bleak(go())
        assert [value[3] for value in heard[:3]] == [85, 85, 90]
        assert [value[0] & 4 for value in (heard[0], heard[-1])] == [4, 0]

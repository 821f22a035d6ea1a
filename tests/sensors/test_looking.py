"""Looking around once over the virtual BlueZ: scans that tell as they go, one visit to one device, and what to mend."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cued.errors import SensorError
from cued.sensors.air import BATTERY_LEVEL, HEART_RATE, NO_SIGNAL, RSC_MEASUREMENT, STRYD, Sighting
from cued.sensors.link import Timing
from cued.sensors.looking import glance, look_at, scan
from cued.units import NS_PER_S
from tests.support.bluez import Peripheral, Running, Script, VirtualBluez, lamp, stryd_pod
from tests.support.bluez.clients import connect_and_die
from tests.support.kept_links import NEIGHBOUR, POD, STRAP
from tests.support.waiting import DEADLINE_S, wait_for

QUICK = replace(Timing().divided_by(20), call_ns=round(DEADLINE_S * NS_PER_S))
"""Quick where something is waited for in vain; bluetoothd, which is there, may take its time to answer."""
FAILED = "org.bluez.Error.Failed"


def test_a_scan_tells_everything_on_the_air_again_and_again(bluez: VirtualBluez) -> None:
    for one in (POD, NEIGHBOUR, STRAP, Peripheral("C0:FF:EE:00:00:09", None, lamp(), rssi=-90)):
        bluez.add(one)
    seen: list[Sighting] = []
    scan(NS_PER_S // 2, seen.append, timing=QUICK)
    latest = {one.address: one for one in seen}
    assert len(seen) >= 3 * len(latest) == 12
    assert {one.address for one in latest.values() if one.is_sensor} == {POD.address, NEIGHBOUR.address, STRAP.address}
    assert latest[POD.address].name == "Pod"
    assert latest["C0:FF:EE:00:00:09"].name is None
    assert latest["C0:FF:EE:00:00:09"].rssi_dbm < latest[POD.address].rssi_dbm
    wait_for(lambda: not bluez.discovering)


def test_a_sensor_that_somebody_left_connected_is_seen_though_it_does_not_advertise(bluez: VirtualBluez) -> None:
    pod, other = bluez.add(POD), bluez.add(Peripheral("C0:FF:EE:00:00:09", "Lamp", lamp()))
    scan(NS_PER_S // 5, lambda _: None, timing=QUICK)  # BlueZ connects only what it has seen
    for one in (pod, other):
        asyncio.run(connect_and_die(one.path))
    assert pod.connected
    assert other.connected
    seen: list[Sighting] = []
    scan(NS_PER_S // 5, seen.append, timing=QUICK)
    assert [(one.address, one.name, one.rssi_dbm, one.gives_cadence) for one in seen] == [(POD.address, "Pod", NO_SIGNAL, True)]
    assert pod.connected, "nobody has ended its link"


def test_a_scan_ends_early_when_the_listener_says_so(bluez: VirtualBluez) -> None:
    bluez.add(POD)

    def enough(sighting: Sighting) -> None:
        raise SensorError(f"found {sighting.name}")

    with pytest.raises(SensorError, match="found Pod"):
        scan(60 * NS_PER_S, enough, timing=QUICK)
    wait_for(lambda: not bluez.discovering)


def test_a_glance_is_short_while_sound_goes_out_and_asks_for_a_rest(bluez: VirtualBluez) -> None:
    bluez.add(POD)
    seen: list[Sighting] = []
    assert glance(NS_PER_S // 5, seen.append, timing=QUICK) == 0
    assert {one.address for one in seen} == {POD.address}
    bluez.sound("active")
    began_ns = time.monotonic_ns()
    assert glance(60 * NS_PER_S, seen.append, timing=QUICK) == QUICK.sound_scan_every_ns
    assert time.monotonic_ns() - began_ns < 30 * NS_PER_S


def test_a_look_at_a_pod_tells_what_it_is_and_lets_it_go(bluez: VirtualBluez) -> None:
    pod = bluez.add(Peripheral(POD.address, "Stryd", stryd_pod()))
    with Script(pod, Running(176), hz=50):
        look = look_at(POD.address.lower(), timing=QUICK)
    assert (look.address, look.name, look.battery) == (POD.address, "Stryd", 90)
    assert (look.feature, look.location) == (b"\x07\x00", b"\x02")
    assert look.offers == (RSC_MEASUREMENT, STRYD, BATTERY_LEVEL)
    assert [one.data[3] for one in look.notifications[:3]] == [176] * 3
    wait_for(lambda: not pod.connected)


def test_a_look_at_a_strap_that_is_silent_ends_without_notifications(bluez: VirtualBluez) -> None:
    bluez.add(STRAP)
    look = look_at(STRAP.address, listen_ns=NS_PER_S // 10, timing=QUICK)
    assert (look.offers, look.notifications) == ((HEART_RATE, BATTERY_LEVEL), ())
    assert (look.feature, look.location) == (None, None)


def test_a_connection_that_is_aborted_is_tried_again(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    bluez.fail("Connect", FAILED, "Software caused connection abort", times=2)
    with Script(pod, Running(176), hz=50):
        assert look_at(POD.address, timing=QUICK).notifications


def test_what_is_not_there_is_told_with_what_to_do(bluez: VirtualBluez) -> None:
    with pytest.raises(SensorError, match=r"C0:FF:EE:00:00:01: it was not seen yet: wake it up"):
        look_at(POD.address, timing=QUICK)


def test_a_device_that_never_lets_anybody_connect_is_told(bluez: VirtualBluez) -> None:
    bluez.add(POD)
    bluez.hang("Connect", times=None)
    with pytest.raises(SensorError, match="it did not answer in time"):
        look_at(POD.address, timing=QUICK)


def test_a_device_that_offers_nothing_is_told(bluez: VirtualBluez) -> None:
    bluez.add(Peripheral(POD.address, "Lamp", lamp()))
    with pytest.raises(SensorError, match="offers nothing that cued reads"):
        look_at(POD.address, timing=QUICK)


def test_without_bluetoothd_it_is_told_how_to_start_it(bluez: VirtualBluez) -> None:
    bluez.kill()
    with pytest.raises(SensorError, match="sudo systemctl start bluetooth"):
        scan(NS_PER_S, print, timing=QUICK)


def test_without_a_bus_it_is_told_how_to_start_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    with pytest.raises(SensorError, match="no D-Bus system bus"):
        scan(NS_PER_S, print, timing=QUICK)


def test_without_an_adapter_it_is_told(bluez: VirtualBluez) -> None:
    bluez.unplug()
    with pytest.raises(SensorError, match="no Bluetooth adapter"):
        scan(NS_PER_S, print, timing=QUICK)


def test_an_adapter_that_is_off_is_switched_on(bluez: VirtualBluez) -> None:
    bluez.add(POD)
    bluez.power(on=False)
    seen: list[Sighting] = []
    scan(NS_PER_S // 4, seen.append, timing=QUICK)
    assert seen
    assert bluez.powered


def test_an_adapter_that_will_not_go_on_is_told(bluez: VirtualBluez) -> None:
    bluez.power(on=False)
    bluez.fail("Set Powered", FAILED, "Blocked through rfkill", times=None)
    with pytest.raises(SensorError, match="rfkill unblock bluetooth"):
        scan(NS_PER_S, print, timing=QUICK)


def test_a_user_without_permission_is_told_which_group_to_join(bluez: VirtualBluez) -> None:
    bluez.fail("GetManagedObjects", "org.freedesktop.DBus.Error.AccessDenied", "Rejected send message", times=None)
    with pytest.raises(SensorError, match="usermod -aG bluetooth"):
        scan(NS_PER_S, print, timing=QUICK)


def test_a_bluetoothd_that_is_stuck_is_told(bluez: VirtualBluez) -> None:
    bluez.hang("GetManagedObjects", times=None)
    with pytest.raises(SensorError, match=r"did not answer|does not run"):
        scan(NS_PER_S, print, timing=Timing().divided_by(20))


def test_no_address_is_told() -> None:
    with pytest.raises(SensorError, match="'pod' is no Bluetooth address"):
        look_at("pod")


def test_importing_cued_imports_no_bleak() -> None:
    program = "import sys, cued.cli.main, cued.sensors.reconnect, cued.sensors.air; print('bleak' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"

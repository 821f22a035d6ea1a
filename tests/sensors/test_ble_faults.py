"""The real bleak over a real D-Bus, and all that goes wrong there: numbered, named, and some at random. Fifty times as fast."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from cued.errors import SensorError
from cued.formats.sensor_log import Link, Notification
from cued.sensors.air import MEASURED
from cued.sensors.attempt import STORM
from cued.sensors.ble import Radio
from cued.sensors.link import Timing
from cued.units import NS_PER_H, NS_PER_S
from tests.support.bluez import Peripheral, Running, VirtualBluez, lamp
from tests.support.bluez.clients import connect_and_die
from tests.support.bluez.peripherals import RSC_MEASUREMENT
from tests.support.kept_links import BOUND_S, FAST, NEIGHBOUR, POD, STRAP, Kept
from tests.support.link_faults import FAILED, FAULTS, PAIRS, Break, off_and_on
from tests.support.tries import undisturbed
from tests.support.waiting import wait_for


def test_01_a_new_pod_is_found_connected_heard_and_its_battery_told(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        wait_for(lambda: kept.battery() == [90])
        assert kept.links() == [Link.UP]
        assert kept.notes() == []
        assert {one.uuid for one in kept.got(Notification)} <= set(MEASURED)


def test_02_a_stamp_is_taken_before_anything_else(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        before_ns = time.monotonic_ns()
        kept.expect_heard()
        stamps = [one.at_ns for one in kept.got(Notification)]
        assert stamps == sorted(stamps)
        assert before_ns < stamps[-1] < time.monotonic_ns()


def test_03_a_pod_that_bluez_knows_is_connected_without_a_scan(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as first:
        first.expect_heard()
    scans = len(first.calls("StartDiscovery"))
    with Kept(bluez, pod) as second:
        second.expect_heard()
        pod.drop()
        second.expect_heard()
    assert len(second.calls("StartDiscovery")) == scans


def test_04_a_link_lost_ten_times_comes_back_and_notifications_do_not_multiply(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        for _ in range(10):
            pod.drop()
            kept.expect_link(Link.DOWN)
            kept.expect_heard()
        assert pod.subscriptions(RSC_MEASUREMENT) == 1
        assert kept.links()[:4] == [Link.UP, Link.DOWN, Link.UP, Link.DOWN]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_05_it_comes_back_after(bluez: VirtualBluez, fault: Break) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        fault(bluez, pod)
        kept.expect_heard()
        wait_for(lambda: pod.subscriptions(RSC_MEASUREMENT) == 1, what="one subscription")
        assert kept.links()[-1] is Link.UP


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].__name__}-{pair[1].__name__}")
def test_06_it_comes_back_after_two_faults(bluez: VirtualBluez, pair: tuple[Break, Break]) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        for fault in pair:
            fault(bluez, pod)
        kept.expect_heard(BOUND_S)


def test_07_an_adapter_that_stays_off_is_told_and_waited_for(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        bluez.power(on=False)
        kept.expect_link(Link.DOWN)
        kept.expect_note("rfkill unblock bluetooth")
        assert kept.calls("Set Powered") == []  # somebody switched it off: that is theirs to undo
        bluez.power(on=True)
        kept.expect_heard()


def test_08_an_adapter_that_was_plugged_in_is_switched_on_once(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        bluez.unplug()
        kept.expect_note("no Bluetooth adapter")
        bluez.plug()
        kept.expect_heard()
        assert len(kept.calls("Set Powered")) == 1


def test_09_an_adapter_that_will_not_go_on_is_told_and_not_pestered(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        bluez.fail("Set Powered", FAILED, "Blocked through rfkill", times=None)
        bluez.unplug()
        bluez.plug()
        kept.expect_note("rfkill unblock bluetooth")
        bluez.heal()
        bluez.power(on=True)
        kept.expect_heard()
        assert len(kept.calls("Set Powered")) == 1


def test_10_an_adapter_that_goes_off_and_on_in_a_scan_is_scanned_with_again(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    pod.vanish()
    with Kept(bluez, pod) as kept:
        wait_for(lambda: bluez.discovering)
        off_and_on(bluez, pod)
        pod.appear()
        kept.expect_heard()


def test_11_bluetoothd_stays_away_for_a_while(bluez: VirtualBluez) -> None:
    with Kept(bluez, bluez.add(POD)) as kept:
        kept.expect_heard()
        bluez.kill()
        kept.expect_link(Link.DOWN)
        kept.expect_note("sudo systemctl start bluetooth")
        bluez.revive()
        kept.expect_heard()
        assert sum("sudo systemctl start bluetooth" in note for note in kept.notes()) == 2  # said, and that it is over


def test_12_a_subscription_that_dies_silently_is_renewed(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        pod.deaf = True
        kept.expect_link(Link.RENEWING)
        pod.deaf = False
        kept.expect_heard()
        assert Link.DOWN not in kept.links()


def test_13_a_pod_that_says_nothing_while_its_runner_stands_keeps_its_link(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        kept.runner.say(Running(0, 0.0))
        kept.expect_heard()
        pod.deaf = True
        silent_ns = time.monotonic_ns()
        wait_for(lambda: time.monotonic_ns() - silent_ns > 4 * FAST.silence_ns)
        assert kept.links() == [Link.UP]


def test_14_doubled_notifications_are_delivered_and_a_storm_is_cut(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod, timing=replace(FAST, watch_ns=NS_PER_S, silence_ns=5 * NS_PER_S)) as kept:
        kept.expect_heard()
        before = len(kept.got(Notification))
        for _ in range(2 * STORM):
            pod.notify(RSC_MEASUREMENT, b"\x04\x00\x03\x55")
        kept.expect_heard()
        assert before + 10 <= len(kept.got(Notification)) < before + 2 * STORM
        assert kept.links() == [Link.UP]


def test_15_a_neighbours_pod_is_never_connected(bluez: VirtualBluez) -> None:
    neighbour = bluez.add(NEIGHBOUR)
    pod = bluez.add(POD)
    pod.vanish()
    with Kept(bluez, pod) as kept:
        wait_for(lambda: len(kept.calls("StartDiscovery")) >= 3)
        pod.appear()
        kept.expect_heard()
        assert not neighbour.connected
        assert set(kept.calls("Connect")) == {pod.path}


def test_16_there_is_no_scan_while_sound_goes_over_the_adapter_to_a_pod_that_bluez_knows(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    sound = False
    with Kept(bluez, pod, sound=lambda: sound) as kept:
        kept.expect_heard()
        sound = True
        scans = len(kept.calls("StartDiscovery"))
        for _ in range(3):
            pod.drop()
            kept.expect_heard()
        pod.vanish()
        pod.drop()
        tried = len(kept.calls("Connect"))
        wait_for(lambda: len(kept.calls("Connect")) >= tried + 3)
        pod.appear()
        kept.expect_heard()
        assert len(kept.calls("StartDiscovery")) == scans


def test_17_three_unknown_sensors_share_one_scan_in_thirty_seconds_while_sound_goes_over_the_adapter(
    bluez: VirtualBluez,
) -> None:
    pods = [bluez.add(one) for one in (POD, NEIGHBOUR, STRAP)]
    for pod in pods:
        pod.vanish()
    with Kept(bluez, *pods, sound=lambda: True) as kept:
        began_ns = time.monotonic_ns()
        wait_for(lambda: len(kept.calls("StartDiscovery")) >= 3)
        assert time.monotonic_ns() - began_ns >= 2 * FAST.sound_scan_every_ns
        for pod in pods:
            pod.appear()
        kept.expect_heard()


def test_18_a_scan_ends_when_sound_begins_to_go_over_the_adapter(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    pod.vanish()
    sound = False
    with Kept(bluez, pod, sound=lambda: sound, timing=replace(FAST, scan_ns=NS_PER_H)):  # it does not end by itself
        wait_for(lambda: bluez.discovering)
        sound = True
        wait_for(lambda: not bluez.discovering, what="the scan ends for the sound")


def test_18b_it_sees_by_itself_that_sound_goes_over_the_adapter(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    bluez.sound("active")
    with Kept(bluez, pod) as kept:
        wait_for(kept.radio.sounds, what="the stream is seen")
        bluez.sound("idle")
        wait_for(lambda: not kept.radio.sounds(), what="the stream rests")
        bluez.sound("active")
        wait_for(kept.radio.sounds, what="the stream flows again")
        bluez.sound("")
        wait_for(lambda: not kept.radio.sounds(), what="the headphones are gone")
        kept.expect_heard()


def test_19_pod_strap_and_spare_are_kept_at_once_and_one_loss_is_no_loss_of_others(bluez: VirtualBluez) -> None:
    pods = [bluez.add(one) for one in (POD, NEIGHBOUR, STRAP)]
    with Kept(bluez, *pods) as kept:
        kept.expect_heard()
        pods[0].vanish()
        pods[0].drop()
        kept.expect_link(Link.DOWN)
        kept.expect_heard(address=NEIGHBOUR.address)
        kept.expect_heard(address=STRAP.address)
        assert kept.links(NEIGHBOUR.address) == kept.links(STRAP.address) == [Link.UP]
        pods[0].appear()
        kept.expect_heard()
        bluez.restart()
        kept.expect_heard(BOUND_S)


def test_20_a_radio_may_begin_before_bluetoothd(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    bluez.kill()
    with Kept(bluez, pod) as kept:
        kept.expect_note("sudo systemctl start bluetooth")
        bluez.revive()
        kept.expect_heard()


def test_21_a_radio_may_begin_before_the_bus(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    bluez.kill()
    bluez._bus.stop()
    with Kept(bluez, pod) as kept:
        kept.expect_note("no D-Bus system bus")
        bluez._bus.start()
        bluez.revive()
        kept.expect_heard()


def test_22_a_radio_may_begin_with_the_adapter_off(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    bluez.power(on=False)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        assert len(kept.calls("Set Powered")) == 1


def test_23_a_device_that_cued_cannot_read_is_told_once(bluez: VirtualBluez) -> None:
    thing = bluez.add(Peripheral(POD.address, "Lamp", lamp()))
    with Kept(bluez, thing) as kept:
        kept.expect_note("offers nothing that cued reads")
        wait_for(lambda: len(kept.calls("Connect")) >= 3)
        assert len(kept.notes()) == 1


def test_24_a_pod_that_a_dead_process_left_connected_is_taken_over(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
    asyncio.run(connect_and_die(pod.path))
    assert pod.connected
    with Kept(bluez, pod) as kept:
        kept.expect_heard()


@pytest.mark.alone
@pytest.mark.parametrize("stuck", ["Connect", "StartNotify", "StartDiscovery", "GetManagedObjects", "Disconnect"])
def test_25_a_radio_stops_within_two_seconds_whatever_hangs(bluez: VirtualBluez, stuck: str) -> None:
    pod = bluez.add(POD)

    def stopped() -> tuple[float, bool]:
        """How long it took, in seconds, and whether all of it had ended by then."""
        bluez.hang(stuck, times=None)
        before = len(bluez.calls)
        with Kept(bluez, pod, timing=Timing()) as kept:
            if stuck == "Disconnect":
                kept.expect_heard()
            else:
                wait_for(lambda: stuck in [method for method, _ in bluez.calls[before:]])
            began_s = time.monotonic()
            kept.radio.stop()
            took_s, is_over = time.monotonic() - began_s, not kept.radio._thread.is_alive()
        bluez.heal()
        kept.radio._thread.join()
        return took_s, is_over

    took_s, is_over = undisturbed(stopped, lambda found: int(found[0] >= 2.0))
    assert took_s < 2.0
    assert is_over


def test_26_a_sensor_that_is_let_go_is_disconnected_and_may_be_kept_again(bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    with Kept(bluez, pod) as kept:
        kept.expect_heard()
        kept.radio.let_go(pod.address)
        wait_for(lambda: not pod.connected)
        kept.radio.keep(pod.address.lower())
        kept.expect_heard()


def test_27_what_is_no_address_is_an_error() -> None:
    with pytest.raises(SensorError, match="is no Bluetooth address such as"):
        Radio(lambda item: None).keep("my pod")


def test_28_stopping_twice_and_stopping_what_never_began_to_hear_is_well(bluez: VirtualBluez) -> None:
    radio = Radio(lambda item: None, timing=FAST)
    radio.start()
    radio.stop()
    radio.stop()
    assert not radio._thread.is_alive()

"""What goes wrong with a link, by name: each breaks a healthy world once, and the world is healthy again, or soon."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from tests.support.bluez import Pod, VirtualBluez

FAILED: Final = "org.bluez.Error.Failed"

Break = Callable[[VirtualBluez, Pod], None]


def off_and_on(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.power(on=False)
    bluez.power(on=True)


def replug(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.unplug()
    bluez.plug()


def pull_and_plug(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.unplug(silent=True)
    bluez.plug()


def aborts(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("Connect", FAILED, "le-connection-abort-by-local", times=2)
    pod.drop()


def aborts_after_a_moment(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("Connect", FAILED, "le-connection-abort-by-local", times=2, bounce=True)
    pod.drop()


def connect_hangs(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("Connect")
    pod.drop()


def connect_refused(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("Connect", "org.bluez.Error.NotReady", "Resource Not Ready", times=3)
    pod.drop()


def services_never_resolve(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("ServicesResolved")
    pod.drop()


def subscription_fails(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("StartNotify", FAILED, "Operation failed with ATT error: 0x0e", times=2)
    pod.drop()


def subscription_hangs(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("StartNotify")
    pod.drop()


def battery_hangs(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("ReadValue", times=None)
    pod.drop()


def scan_fails(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("StartDiscovery", "org.bluez.Error.InProgress", "Operation already in progress", times=2)
    pod.forget()


def scan_hangs(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("StartDiscovery")
    pod.forget()


def scan_does_not_stop(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.fail("StopDiscovery", FAILED, "No discovery started")
    pod.forget()


def scan_stop_hangs(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("StopDiscovery")
    pod.forget()


def forgotten(bluez: VirtualBluez, pod: Pod) -> None:
    pod.forget()


def restarted(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.restart()


def restarted_and_stuck(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("GetManagedObjects", times=2)
    bluez.restart()


def bus_restarted(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.restart_bus()


def dropped(bluez: VirtualBluez, pod: Pod) -> None:
    pod.drop()


def slow_goodbye(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.delay("Disconnect", 2.6 / 50, times=None)
    pod.deaf = True
    threading.Timer(0.15, lambda: setattr(pod, "deaf", False)).start()


def stuck_goodbye(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("Disconnect", times=2)
    connect_hangs(bluez, pod)


FAULTS: tuple[Break, ...] = (
    dropped, off_and_on, replug, pull_and_plug, restarted, restarted_and_stuck, bus_restarted, forgotten, aborts,
    aborts_after_a_moment, connect_hangs, connect_refused, services_never_resolve, subscription_fails, subscription_hangs,
    battery_hangs, scan_fails, scan_hangs, scan_does_not_stop, scan_stop_hangs, slow_goodbye, stuck_goodbye,
)  # fmt: skip

PAIRS: tuple[tuple[Break, Break], ...] = (
    (off_and_on, restarted), (replug, aborts), (pull_and_plug, bus_restarted), (restarted, forgotten),
    (restarted, connect_hangs), (bus_restarted, scan_fails), (connect_hangs, off_and_on), (subscription_hangs, restarted),
    (services_never_resolve, dropped), (stuck_goodbye, bus_restarted), (forgotten, off_and_on), (scan_stop_hangs, replug),
)  # fmt: skip

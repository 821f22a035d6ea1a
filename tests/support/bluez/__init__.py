"""A virtual BlueZ: a D-Bus of the test's own, and on it a service that behaves as bluetoothd does, for the real bleak.

`VirtualBluez` is the machine's Bluetooth, `Pod` one thing on the air; `peripherals` says what things there are.
"""

from tests.support.bluez.loops import run_with_bleak, until
from tests.support.bluez.peripherals import (
    Characteristic,
    Peripheral,
    Service,
    heart_strap,
    lamp,
    running_pod,
    stryd_pod,
    treadmill,
)
from tests.support.bluez.script import Running, Script, rsc_measurement
from tests.support.bluez.virtual import Headset, Pod, VirtualBluez

__all__ = [
    "Characteristic",
    "Headset",
    "Peripheral",
    "Pod",
    "Running",
    "Script",
    "Service",
    "VirtualBluez",
    "heart_strap",
    "lamp",
    "rsc_measurement",
    "run_with_bleak",
    "running_pod",
    "stryd_pod",
    "treadmill",
    "until",
]

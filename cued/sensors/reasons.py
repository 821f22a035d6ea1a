"""Errors of bleak, D-Bus and the kernel as sentences that say what to do."""

from __future__ import annotations

from typing import Final

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)

from cued.dbus import faults
from cued.dbus.faults import FORGOTTEN, NO_ADAPTER, NO_PERMISSION, POWERED_OFF

RETRIED: Final = (BleakError, *faults.RETRIED, AssertionError, LookupError)
"""All that a broken link, adapter, bluetoothd or bus has been seen to raise through bleak. The last two are bleak's own: it
asserts that its bus is there, and looks objects up that have just gone."""

NOTHING_TO_READ: Final = (
    "it offers nothing that cued reads (running speed and cadence, heart rate, treadmill): switch its broadcast on, or take"
    " another (`cued sensors scan` lists them)"
)
UNKNOWN: Final = "it was not seen yet: wake it up and bring it near"

_BY_AVAILABILITY: Final = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: NO_ADAPTER,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: NO_ADAPTER,
    BleakBluetoothNotAvailableReason.POWERED_OFF: POWERED_OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: NO_PERMISSION,
}


def reason_of(error: BaseException) -> str:
    """One sentence, the same for the same fault, so that it can be said once."""
    match error:
        case BleakBluetoothNotAvailableError():
            return _BY_AVAILABILITY.get(error.reason, f"Bluetooth is not available: {error.args[0]}")
        case BleakDBusError():
            return faults.BY_NAME.get(error.dbus_error, str(error))
        case BleakDeviceNotFoundError():
            return FORGOTTEN
        case BleakError():
            return str(error)
        case _:
            return faults.reason_of(error)

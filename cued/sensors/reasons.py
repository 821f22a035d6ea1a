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
from dbus_fast.errors import AuthError, DBusError, DBusFastError

RETRIED: Final = (BleakError, DBusFastError, TimeoutError, EOFError, OSError, AssertionError, LookupError)
"""All that a broken link, adapter, bluetoothd or bus has been seen to raise through bleak. The last two are bleak's own: it
asserts that its bus is there, and looks objects up that have just gone. OSError holds broken pipes and refused sockets."""

NO_BUS: Final = "no D-Bus system bus, over which Bluetooth is reached: start it by `sudo systemctl start dbus bluetooth`"
NO_BLUETOOTHD: Final = "bluetoothd does not run: start it by `sudo systemctl start bluetooth`"
NO_ADAPTER: Final = "there is no Bluetooth adapter: plug one in, or see `cued doctor`"
POWERED_OFF: Final = "the Bluetooth adapter is switched off: `rfkill unblock bluetooth`, then `bluetoothctl power on`"
NO_PERMISSION: Final = "this user may not use Bluetooth: `sudo usermod -aG bluetooth $USER`, then log in again"
NOTHING_TO_READ: Final = (
    "it offers nothing that cued reads (running speed and cadence, heart rate, treadmill): switch its broadcast on, or take"
    " another (`cued sensors scan` lists them)"
)
UNKNOWN: Final = "it was not seen yet: wake it up and bring it near"
NO_ANSWER: Final = "it did not answer in time: wake it up, bring it near, and end what else is connected to it"
FORGOTTEN: Final = "BlueZ has forgotten it"

_BY_DBUS: Final = {
    "org.freedesktop.DBus.Error.ServiceUnknown": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.NameHasNoOwner": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.Spawn.ChildExited": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.AccessDenied": NO_PERMISSION,
    "org.freedesktop.DBus.Error.UnknownObject": FORGOTTEN,
    "org.freedesktop.DBus.Error.NoReply": NO_ANSWER,
    "org.bluez.Error.NotReady": POWERED_OFF,
    "org.bluez.Error.Blocked": POWERED_OFF,
}
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
            return _BY_DBUS.get(error.dbus_error, str(error))
        case DBusError():
            return _BY_DBUS.get(error.type, f"[{error.type}] {error.text}")
        case AuthError() | PermissionError():
            return NO_PERMISSION
        case BleakDeviceNotFoundError():
            return FORGOTTEN
        case TimeoutError():
            return NO_ANSWER
        case EOFError() | ConnectionError() | FileNotFoundError():
            return NO_BUS
        case BleakError():
            return str(error)
        case _:
            return f"{type(error).__name__}: {error}"

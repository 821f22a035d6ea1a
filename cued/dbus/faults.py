"""Errors of D-Bus and BlueZ as sentences that say what to do."""

from __future__ import annotations

from typing import Final

from dbus_fast.errors import AuthError, DBusError, DBusFastError

from cued.dbus import mends

RETRIED: Final = (DBusFastError, TimeoutError, EOFError, OSError)
"""All that a broken adapter, bluetoothd or bus has been seen to raise. OSError holds broken pipes and refused sockets."""

NO_BUS: Final = f"no D-Bus system bus, so no Bluetooth: `{mends.BUS}`"
NO_BLUETOOTHD: Final = f"bluetoothd does not run: `{mends.BLUETOOTHD}`"
NO_ADAPTER: Final = "there is no Bluetooth adapter: plug one in, or see `cued doctor`"
POWERED_OFF: Final = f"the Bluetooth adapter is switched off: `{mends.POWER}`"
NO_PERMISSION: Final = "this user may not use Bluetooth: `sudo usermod -aG bluetooth $USER`, then log in again"
NO_ANSWER: Final = "it did not answer in time: wake it up, bring it near, and end what else is connected to it"
FORGOTTEN: Final = "BlueZ has forgotten it"

BY_NAME: Final = {
    "org.freedesktop.DBus.Error.ServiceUnknown": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.NameHasNoOwner": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.Spawn.ChildExited": NO_BLUETOOTHD,
    "org.freedesktop.DBus.Error.AccessDenied": NO_PERMISSION,
    "org.freedesktop.DBus.Error.UnknownObject": FORGOTTEN,
    "org.freedesktop.DBus.Error.NoReply": NO_ANSWER,
    "org.bluez.Error.NotReady": POWERED_OFF,
    "org.bluez.Error.Blocked": POWERED_OFF,
}


def reason_of(error: BaseException) -> str:
    """One sentence, the same for the same fault, so that it can be said once."""
    match error:
        case DBusError():
            return BY_NAME.get(error.type, f"[{error.type}] {error.text}")
        case AuthError() | PermissionError():
            return NO_PERMISSION
        case TimeoutError():
            return NO_ANSWER
        case EOFError() | ConnectionError() | FileNotFoundError():
            return NO_BUS
        case _:
            return f"{type(error).__name__}: {error}"

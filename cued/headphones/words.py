"""What can go wrong with headphones, each as one sentence that says what to do. Pure but for the errors' own types."""

from __future__ import annotations

from typing import Final

from dbus_fast.errors import DBusError

from cued.dbus.faults import BY_NAME, NO_ANSWER, reason_of

NONE_IN_SIGHT: Final = (
    "no headphones in pairing mode are in sight: hold their button until they blink or say so, end their link to a phone,"
    " and bring them near"
)
NOT_PAIRING: Final = (
    "they do not answer: put them into pairing mode (mostly by holding their button until they blink), bring them near, and"
    " end their link to a phone"
)
REFUSED: Final = (
    "they refused: put them into pairing mode once more, and where that does not help reset them (their manual says how)"
)
NOT_NEAR: Final = "they do not answer: switch them on, bring them near, and end their link to a phone"
NO_SERVER: Final = "no sound server takes them: `cued doctor` says what is missing for Bluetooth audio"
STALE_KEY: Final = "they have forgotten this machine: `cued headphones forget` them, then pair anew"
BUSY: Final = "BlueZ is busy with them just now: try again in a few seconds"

_PAIRING: Final = {
    "org.bluez.Error.ConnectionAttemptFailed": NOT_PAIRING,
    "org.bluez.Error.AuthenticationTimeout": NOT_PAIRING,
    "org.bluez.Error.AuthenticationFailed": REFUSED,
    "org.bluez.Error.AuthenticationRejected": REFUSED,
    "org.bluez.Error.AuthenticationCanceled": REFUSED,
    "org.bluez.Error.InProgress": BUSY,
    "org.freedesktop.DBus.Error.UnknownObject": NOT_PAIRING,
    "org.freedesktop.DBus.Error.NoReply": NOT_PAIRING,
}
"""Device1.Pair (doc/org.bluez.Device.rst)."""
_CONNECTING: Final = (
    ("profile-unavailable", NO_SERVER),
    ("protocol not available", NO_SERVER),
    ("page-timeout", NOT_NEAR),
    ("host is down", NOT_NEAR),
    ("connection-canceled", NOT_NEAR),
    ("abort-by-remote", NOT_NEAR),
    ("key-missing", STALE_KEY),
    ("busy", BUSY),
    ("in progress", BUSY),
)
"""What BlueZ writes into the text of org.bluez.Error.Failed (src/error.h; older ones give the kernel's words)."""


def pairing_reason(error: BaseException) -> str:
    """Why Pair failed."""
    if isinstance(error, TimeoutError):
        return NOT_PAIRING
    if isinstance(error, DBusError) and error.type in _PAIRING:
        return _PAIRING[error.type]
    return reason_of(error)


def connecting_reason(error: BaseException) -> str:
    """Why Connect failed."""
    if isinstance(error, DBusError):
        if error.type == "org.bluez.Error.NotAvailable":
            return NO_SERVER
        text = error.text.lower()
        found = next((sentence for part, sentence in _CONNECTING if part in text), None)
        if error.type not in BY_NAME and found is not None:
            return found
    reason = reason_of(error)
    return NOT_NEAR if reason == NO_ANSWER else reason

"""Names of the bus's own interfaces and of BlueZ's (doc/org.bluez.*.rst)."""

from __future__ import annotations

from typing import Final

DBUS: Final = "org.freedesktop.DBus"
DBUS_PATH: Final = "/org/freedesktop/DBus"
OBJECT_MANAGER: Final = "org.freedesktop.DBus.ObjectManager"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"

BLUEZ: Final = "org.bluez"
BLUEZ_PATH: Final = "/org/bluez"
ADAPTER: Final = "org.bluez.Adapter1"
DEVICE: Final = "org.bluez.Device1"
TRANSPORT: Final = "org.bluez.MediaTransport1"
"""A stream of sound to (or from) a device; it stands while headphones are connected and is `active` while it flows."""
MEDIA: Final = "org.bluez.Media1"
"""An adapter's, where sound servers and players register."""
AGENT_MANAGER: Final = "org.bluez.AgentManager1"
AGENT: Final = "org.bluez.Agent1"

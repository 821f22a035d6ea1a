"""What to type where Bluetooth is not to be had: the same for a run, a look around and `cued doctor`."""

from __future__ import annotations

from typing import Final

BUS: Final = "sudo apt install dbus bluez && sudo systemctl start dbus bluetooth"
"""Installing what is there already does nothing, and a bus that is not there cannot be started: so both, in this order."""
BLUETOOTHD: Final = "sudo apt install bluez && sudo systemctl start bluetooth"
POWER: Final = "rfkill unblock bluetooth && bluetoothctl power on"

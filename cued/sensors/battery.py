"""Battery level, which pods and straps tell when asked, and some of their own accord (Bluetooth Battery Service 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.sensors.payload import Payload

FULL: Final = 100
"""BAS 3.1: the level is a percentage from 0 to 100, the rest is reserved."""


@dataclass(frozen=True, slots=True)
class BatteryLevel:
    """Battery Level, 0x2A19."""

    percent: int
    """u8, 0 to 100 (BAS 3.1)."""


def decode_battery(data: bytes) -> BatteryLevel:
    """The value of a Battery Level; raises PayloadError, also for more than 100."""
    payload = Payload("battery level", data)
    percent = payload.unsigned(1, "level")
    if percent > FULL:
        raise payload.error("level", f"{percent} % is more than full")
    return BatteryLevel(percent)


def encode_battery(value: BatteryLevel) -> bytes:
    """The byte of a Battery Level."""
    return value.percent.to_bytes(1, "little")

"""Treadmill Data: how fast the belt goes (Bluetooth Fitness Machine Service 1.0, 4.9). It carries no cadence.

Fields stand in the order of their flag bits, so one of uncertain width spoils all behind it. The two paces (bits 5 and 6)
are such: a byte in the service's text, two in other sources and devices. What comes before them is decoded; they and all
behind them are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.sensors.payload import Payload

_NO_SPEED: Final = 0x0001
"""Bit 0 is "more data": *unset* means that instantaneous speed is there (FTMS 4.9.1.1)."""
_AVERAGE: Final = 0x0002
_DISTANCE: Final = 0x0004
_INCLINE: Final = 0x0008
_SPEED_UNITS: Final = 360
"""Of a metre per second: speed is in 0.01 km/h (FTMS 4.9.1.2)."""
_PERCENT_UNITS: Final = 10
"""Inclination is in 0.1 % (FTMS 4.9.1.5)."""
_DEGREE_UNITS: Final = 10
"""The ramp's angle is in 0.1 degrees (FTMS 4.9.1.6)."""


@dataclass(frozen=True, slots=True)
class TreadmillData:
    """Treadmill Data, 0x2ACD: what of it can be trusted and is of use. None: its flag bit says that it is absent."""

    speed_mps: float | None
    """Instantaneous speed: u16 in 0.01 km/h (FTMS 4.9.1.2)."""
    average_speed_mps: float | None
    """Flag bit 1: u16 in 0.01 km/h (FTMS 4.9.1.3)."""
    total_distance_m: int | None
    """Flag bit 2: u24 in m (FTMS 4.9.1.4)."""
    incline_percent: float | None
    """Flag bit 3: s16 in 0.1 % (FTMS 4.9.1.5)."""
    ramp_degrees: float | None
    """With the incline: s16 in 0.1 degrees (FTMS 4.9.1.6)."""


def decode_treadmill(data: bytes) -> TreadmillData:
    """The value of Treadmill Data; raises PayloadError."""
    payload = Payload("treadmill data", data)
    flags = payload.unsigned(2, "flags")
    speed_mps = None if flags & _NO_SPEED else payload.unsigned(2, "speed") / _SPEED_UNITS
    average_mps = payload.unsigned(2, "average speed") / _SPEED_UNITS if flags & _AVERAGE else None
    distance_m = payload.unsigned(3, "total distance") if flags & _DISTANCE else None
    incline = ramp = None
    if flags & _INCLINE:
        incline = payload.signed(2, "incline") / _PERCENT_UNITS
        ramp = payload.signed(2, "ramp angle") / _DEGREE_UNITS
    return TreadmillData(speed_mps, average_mps, distance_m, incline, ramp)


def encode_treadmill(value: TreadmillData) -> bytes:
    """The bytes of Treadmill Data; raises OverflowError for what its fields cannot hold. An incline brings its ramp's angle."""
    flags = _NO_SPEED if value.speed_mps is None else 0
    body = b"" if value.speed_mps is None else round(value.speed_mps * _SPEED_UNITS).to_bytes(2, "little")
    if value.average_speed_mps is not None:
        flags |= _AVERAGE
        body += round(value.average_speed_mps * _SPEED_UNITS).to_bytes(2, "little")
    if value.total_distance_m is not None:
        flags |= _DISTANCE
        body += value.total_distance_m.to_bytes(3, "little")
    if value.incline_percent is not None:
        flags |= _INCLINE
        body += round(value.incline_percent * _PERCENT_UNITS).to_bytes(2, "little", signed=True)
        body += round((value.ramp_degrees or 0.0) * _DEGREE_UNITS).to_bytes(2, "little", signed=True)
    return flags.to_bytes(2, "little") + body

"""Running Speed and Cadence: what foot pods send (Bluetooth RSC Service 1.0; GATT Specification Supplement).

The service counts "1/min" and does not say of what: see `cadence_unit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.sensors.payload import Payload

_STRIDE_LENGTH: Final = 0x01
_TOTAL_DISTANCE: Final = 0x02
_RUNNING: Final = 0x04
_SPEED_UNITS: Final = 256
"""Of a metre per second (RSCS 3.1.1.2)."""
_CM: Final = 100
"""Stride length is in centimetres (RSCS 3.1.1.4)."""
_DM: Final = 10
"""Total distance is in decimetres (RSCS 3.1.1.5)."""


@dataclass(frozen=True, slots=True)
class RscMeasurement:
    """RSC Measurement, 0x2A53: 4 to 10 bytes (RSCS 3.1)."""

    speed_mps: float
    """Instantaneous speed: u16 in 1/256 m/s (RSCS 3.1.1.2)."""
    cadence_raw: int
    """Instantaneous cadence: u8 in 1/min, steps or strides (RSCS 3.1.1.3)."""
    stride_length_m: float | None
    """u16 in cm; None: flag bit 0 is unset (RSCS 3.1.1.4)."""
    total_distance_m: float | None
    """u32 in dm; None: flag bit 1 is unset (RSCS 3.1.1.5)."""
    running: bool
    """Flag bit 2. Unset means walking, or that the device does not tell the two apart (RSCS 3.1.1.1)."""


def decode_measurement(data: bytes) -> RscMeasurement:
    """The value of an RSC Measurement; raises PayloadError."""
    payload = Payload("RSC measurement", data)
    flags = payload.unsigned(1, "flags")
    speed_mps = payload.unsigned(2, "speed") / _SPEED_UNITS
    cadence = payload.unsigned(1, "cadence")
    stride_length_m = payload.unsigned(2, "stride length") / _CM if flags & _STRIDE_LENGTH else None
    total_distance_m = payload.unsigned(4, "total distance") / _DM if flags & _TOTAL_DISTANCE else None
    return RscMeasurement(speed_mps, cadence, stride_length_m, total_distance_m, bool(flags & _RUNNING))


def encode_measurement(value: RscMeasurement) -> bytes:
    """The bytes of an RSC Measurement; raises OverflowError for what its fields cannot hold."""
    flags = _RUNNING if value.running else 0
    tail = b""
    if value.stride_length_m is not None:
        flags |= _STRIDE_LENGTH
        tail += round(value.stride_length_m * _CM).to_bytes(2, "little")
    if value.total_distance_m is not None:
        flags |= _TOTAL_DISTANCE
        tail += round(value.total_distance_m * _DM).to_bytes(4, "little")
    speed = round(value.speed_mps * _SPEED_UNITS).to_bytes(2, "little")
    return bytes([flags]) + speed + value.cadence_raw.to_bytes(1, "little") + tail


@dataclass(frozen=True, slots=True)
class RscFeature:
    """RSC Feature, 0x2A54: what the sensor can do, a bit each of a u16 (RSCS 3.2)."""

    stride_length: bool
    """Bit 0."""
    total_distance: bool
    """Bit 1."""
    walking_or_running: bool
    """Bit 2: without it the flag `running` of a measurement means nothing."""
    calibration: bool
    """Bit 3."""
    several_locations: bool
    """Bit 4."""


def decode_feature(data: bytes) -> RscFeature:
    """The value of an RSC Feature; raises PayloadError."""
    bits = Payload("RSC feature", data).unsigned(2, "features")
    return RscFeature(*(bool(bits >> bit & 1) for bit in range(5)))


def encode_feature(value: RscFeature) -> bytes:
    """The bytes of an RSC Feature."""
    ordered = (
        value.stride_length,
        value.total_distance,
        value.walking_or_running,
        value.calibration,
        value.several_locations,
    )
    return sum(1 << bit for bit, there in enumerate(ordered) if there).to_bytes(2, "little")


LOCATIONS: Final = {0: "other", 1: "top of shoe", 2: "in shoe", 3: "hip", 14: "chest"}
"""Places a runner wears a sensor at; the rest of the list is a bicycle's (GATT Specification Supplement, Sensor Location)."""


@dataclass(frozen=True, slots=True)
class SensorLocation:
    """Sensor Location, 0x2A5D."""

    code: int
    """u8 of the assigned numbers."""
    place: str | None
    """In words; None where it is no place on a runner."""


def decode_location(data: bytes) -> SensorLocation:
    """The value of a Sensor Location; raises PayloadError."""
    code = Payload("sensor location", data).unsigned(1, "location")
    return SensorLocation(code, LOCATIONS.get(code))


def encode_location(value: SensorLocation) -> bytes:
    """The byte of a Sensor Location."""
    return value.code.to_bytes(1, "little")

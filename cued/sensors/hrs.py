"""Heart rate: what chest straps and arm bands send (Bluetooth Heart Rate Service 1.0; GATT Specification Supplement)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.sensors.payload import Payload

_WIDE: Final = 0x01
_CONTACT: Final = 0x02
_CONTACT_KNOWN: Final = 0x04
_ENERGY: Final = 0x08
_RR: Final = 0x10
_RR_UNITS: Final = 1024
"""Of a second (HRS 3.1.1.4)."""
_NARROWEST: Final = 0xFF
"""What a heart rate of one byte can say."""


@dataclass(frozen=True, slots=True)
class HeartRateMeasurement:
    """Heart Rate Measurement, 0x2A37 (HRS 3.1)."""

    heart_rate_bpm: int
    """u8, or u16 where flag bit 0 is set (HRS 3.1.1.2)."""
    contact: bool | None
    """Does the strap feel skin? None: flag bit 2 says that it cannot tell (HRS 3.1.1.1)."""
    energy_kj: int | None
    """Energy expended since its reset: u16 in kJ; None: flag bit 3 is unset (HRS 3.1.1.3)."""
    rr_intervals_s: tuple[float, ...]
    """Time from beat to beat, oldest first: u16s in 1/1024 s to the end of the value (HRS 3.1.1.4)."""


def decode_heart_rate(data: bytes) -> HeartRateMeasurement:
    """The value of a Heart Rate Measurement; raises PayloadError, also for half an RR interval at its end."""
    payload = Payload("heart rate measurement", data)
    flags = payload.unsigned(1, "flags")
    bpm = payload.unsigned(2 if flags & _WIDE else 1, "heart rate")
    contact = bool(flags & _CONTACT) if flags & _CONTACT_KNOWN else None
    energy_kj = payload.unsigned(2, "energy") if flags & _ENERGY else None
    intervals: list[float] = []
    while flags & _RR and payload.left:  # a set bit without an interval promises no field that could be cut
        intervals.append(payload.unsigned(2, "RR interval") / _RR_UNITS)
    return HeartRateMeasurement(bpm, contact, energy_kj, tuple(intervals))


def encode_heart_rate(value: HeartRateMeasurement) -> bytes:
    """The bytes of a Heart Rate Measurement, as short as can be; raises OverflowError for what its fields cannot hold."""
    wide = value.heart_rate_bpm > _NARROWEST
    flags = _WIDE if wide else 0
    body = value.heart_rate_bpm.to_bytes(2 if wide else 1, "little")
    if value.contact is not None:
        flags |= _CONTACT_KNOWN | (_CONTACT if value.contact else 0)
    if value.energy_kj is not None:
        flags |= _ENERGY
        body += value.energy_kj.to_bytes(2, "little")
    if value.rr_intervals_s:
        flags |= _RR
        body += b"".join(round(interval * _RR_UNITS).to_bytes(2, "little") for interval in value.rr_intervals_s)
    return bytes([flags]) + body

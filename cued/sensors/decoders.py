"""Which decoder knows the bytes of which characteristic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from cued.errors import SensorError
from cued.sensors.battery import BatteryLevel, decode_battery
from cued.sensors.hrs import HeartRateMeasurement, decode_heart_rate
from cued.sensors.rsc import (
    RscFeature,
    RscMeasurement,
    SensorLocation,
    decode_feature,
    decode_location,
    decode_measurement,
)
from cued.sensors.stryd import CONTACT_TIME_UUID, ContactTime, decode_contact_time
from cued.sensors.treadmill import TreadmillData, decode_treadmill

Decoded: TypeAlias = (
    RscMeasurement | RscFeature | SensorLocation | HeartRateMeasurement | BatteryLevel | TreadmillData | ContactTime
)


@dataclass(frozen=True, slots=True)
class Decoder:
    """One characteristic that cued can read."""

    name: str
    """As the assigned numbers call it."""
    decode: Callable[[bytes], Decoded]
    """Total: a value, or PayloadError."""


DECODERS: Final[Mapping[str, Decoder]] = {
    "2A53": Decoder("RSC Measurement", decode_measurement),
    "2A54": Decoder("RSC Feature", decode_feature),
    "2A5D": Decoder("Sensor Location", decode_location),
    "2A37": Decoder("Heart Rate Measurement", decode_heart_rate),
    "2A19": Decoder("Battery Level", decode_battery),
    "2ACD": Decoder("Treadmill Data", decode_treadmill),
    CONTACT_TIME_UUID: Decoder("Stryd contact time", decode_contact_time),
}
"""By `canonical_uuid`."""

_SHORT: Final = re.compile(r"(?:0x)?([0-9a-f]{4})")
_BASED: Final = re.compile(r"0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb")
"""A 16-bit number written out on Bluetooth's base UUID (Core Specification Vol 3, Part B: UUIDs)."""
_LONG: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def canonical_uuid(text: str) -> str | None:
    """`0x2a53`, `2A53` and the long form as `2A53`; any other long one in small letters; None for what is no UUID."""
    word = text.strip().lower()
    short = _SHORT.fullmatch(word) or _BASED.fullmatch(word)
    if short is not None:
        return short[1].upper()
    return word if _LONG.fullmatch(word) else None


def decoder_of(uuid: str) -> Decoder:
    """The decoder for a characteristic; raises SensorError that names those there are."""
    known = canonical_uuid(uuid)
    if known is None:
        raise SensorError(f"{uuid[:50]!r} is no UUID: give 2A53 or 00002a53-0000-1000-8000-00805f9b34fb")
    if known not in DECODERS:
        names = ", ".join(f"{number} ({decoder.name})" for number, decoder in DECODERS.items())
        raise SensorError(f"there is no decoder for {known}: cued reads {names}")
    return DECODERS[known]

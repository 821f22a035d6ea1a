"""What the radio hands to the rest of cued: plain values, and what of a device's offer cued reads. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from cued.dbus.addresses import full_uuid, is_address, written_address
from cued.errors import SensorError
from cued.formats.sensor_log import BatteryRead, LinkIs, Notification

RSC_MEASUREMENT: Final = full_uuid("2A53")
HEART_RATE: Final = full_uuid("2A37")
TREADMILL_DATA: Final = full_uuid("2ACD")
STRYD: Final = "7e78aa19-72cd-d3b8-a81f-5b7e589bea0f"
"""Stryd's private characteristic with the time on the ground (found out by others; no promise of the maker's)."""
BATTERY_LEVEL: Final = full_uuid("2A19")
RSC_FEATURE: Final = full_uuid("2A54")
SENSOR_LOCATION: Final = full_uuid("2A5D")

MEASURED: Final = (RSC_MEASUREMENT, HEART_RATE, TREADMILL_DATA, STRYD)
"""What is subscribed, where a device offers it; a battery's level comes beside it."""
SERVICES: Final = tuple(full_uuid(number) for number in ("1814", "180D", "1826"))
"""What a scan takes for a sensor: Running Speed and Cadence, Heart Rate, Fitness Machine."""
GIVEN: Final = {RSC_MEASUREMENT: "cadence", HEART_RATE: "heart rate", TREADMILL_DATA: "treadmill speed", STRYD: "contact time"}
"""What each of `MEASURED` is to a runner: the words of `KnownSensor.gives`."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the log; each fault is said once until it is over."""

    at_ns: int
    address: str | None
    """None: it concerns the whole radio."""
    text: str


Item: TypeAlias = Notification | LinkIs | BatteryRead | Note


NO_SIGNAL: Final = 0
"""In the place of a signal strength, of a device that has a link already and so advertises nothing; real ones are below 0."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One device as a scan has seen it last."""

    address: str
    name: str | None
    services: tuple[str, ...]
    """UUIDs in the long form that its advertisement names."""
    rssi_dbm: int
    """Nearer is more: -40 is beside the adapter, -90 hardly there; `NO_SIGNAL`: nobody knows."""
    battery: int | None = None
    """Percent, where BlueZ knows it from an earlier link."""

    @property
    def gives_cadence(self) -> bool:
        """It advertises Running Speed and Cadence."""
        return SERVICES[0] in self.services

    @property
    def is_sensor(self) -> bool:
        """It advertises a service that cued reads."""
        return any(service in SERVICES for service in self.services)


@dataclass(frozen=True, slots=True)
class Look:
    """What one visit to a device has shown."""

    address: str
    name: str | None
    offers: tuple[str, ...]
    """UUIDs of its characteristics that cued reads, battery included."""
    battery: int | None
    """Percent."""
    feature: bytes | None
    """Value of RSC Feature (2A54)."""
    location: bytes | None
    """Value of Sensor Location (2A5D)."""
    notifications: tuple[Notification, ...]

    @property
    def gives(self) -> tuple[str, ...]:
        """What it measures, in words."""
        return tuple(GIVEN[uuid] for uuid in self.offers if uuid in GIVEN)


def parse_address(text: str) -> str:
    """A Bluetooth address in capitals; raises SensorError for anything else."""
    if not is_address(text):
        raise SensorError(
            f"{text[:40]!r} is no Bluetooth address such as C0:FF:EE:00:00:01: `cued sensors scan` lists those in reach"
        )
    return written_address(text)


def tells_moving(uuid: str, data: bytes) -> bool | None:
    """Does the runner move, so that silence would be a fault? None: this notification does not tell.

    A pod says so by its flag, its speed or its cadence (RSCS 3.1), a treadmill by its speed (FTMS 4.9.1: flag bit 0 unset means
    that it is there); a heart beats always.
    """
    if uuid == RSC_MEASUREMENT and len(data) >= 4:
        return bool(data[0] & 0x04) or any(data[1:4])
    if uuid == TREADMILL_DATA and len(data) >= 4 and not data[0] & 0x01:
        return any(data[2:4])
    return True if uuid == HEART_RATE else None

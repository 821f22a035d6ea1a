"""What is on the air: peripherals with their services, as a scan and a connection show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

RSC: Final = "1814"
RSC_MEASUREMENT: Final = "2A53"
RSC_FEATURE: Final = "2A54"
SENSOR_LOCATION: Final = "2A5D"
BATTERY: Final = "180F"
BATTERY_LEVEL: Final = "2A19"
STRYD_SERVICE: Final = "7e78aa18-72cd-d3b8-a81f-5b7e589bea0f"
STRYD_DATA: Final = "7e78aa19-72cd-d3b8-a81f-5b7e589bea0f"

_READ: Final = ("read",)
_NOTIFY: Final = ("notify",)


def full(uuid: str) -> str:
    """The 128-bit form in which BlueZ writes every UUID: `2A53` is `00002a53-0000-1000-8000-00805f9b34fb`."""
    return f"0000{uuid.lower()}-0000-1000-8000-00805f9b34fb" if len(uuid) == 4 else uuid.lower()


@dataclass(frozen=True, slots=True)
class Characteristic:
    uuid: str
    flags: tuple[str, ...]
    """As BlueZ names them: read, write, notify, indicate."""
    value: bytes = b""
    """What ReadValue gives until `Pod.set_value` says another."""

    @property
    def notifies(self) -> bool:
        return "notify" in self.flags or "indicate" in self.flags


@dataclass(frozen=True, slots=True)
class Service:
    uuid: str
    characteristics: tuple[Characteristic, ...] = ()


@dataclass(frozen=True, slots=True)
class Peripheral:
    address: str
    name: str | None = "Pod"
    """None: it sends none, and BlueZ makes an Alias of the address."""
    services: tuple[Service, ...] = ()
    rssi: int = -60
    """dBm, about which the readings of a scan wander by one."""
    advertised: tuple[str, ...] | None = None
    """The services that its advertisement names; None: the first one alone, as most do."""
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    address_type: str = "random"

    @property
    def advertised_uuids(self) -> list[str]:
        named = self.advertised if self.advertised is not None else tuple(one.uuid for one in self.services[:1])
        return [full(uuid) for uuid in named]


def _battery(percent: int = 90) -> Service:
    return Service(BATTERY, (Characteristic(BATTERY_LEVEL, ("read", "notify"), bytes([percent])),))


def _device_information(maker: str, model: str) -> Service:
    texts = (("2A29", maker), ("2A24", model), ("2A26", "1.0"))
    return Service("180A", tuple(Characteristic(uuid, _READ, text.encode()) for uuid, text in texts))


def running_pod() -> tuple[Service, ...]:
    """A foot pod: Running Speed and Cadence with stride length, distance and running status; its place is in the shoe."""
    rsc = Service(
        RSC,
        (
            Characteristic(RSC_MEASUREMENT, _NOTIFY),
            Characteristic(RSC_FEATURE, _READ, b"\x07\x00"),
            Characteristic(SENSOR_LOCATION, _READ, b"\x02"),
        ),
    )
    return (rsc, _battery(), _device_information("Virtual", "Pod"))


def stryd_pod() -> tuple[Service, ...]:
    """A running pod with Stryd's private service beside the standard ones."""
    private = Service(STRYD_SERVICE, (Characteristic(STRYD_DATA, _NOTIFY),))
    return (*running_pod(), Service("1818"), private)


def heart_strap() -> tuple[Service, ...]:
    """A chest strap: heart rate and its place on the body."""
    heart = Service("180D", (Characteristic("2A37", _NOTIFY), Characteristic("2A38", _READ, b"\x01")))
    return (heart, _battery(), _device_information("Virtual", "Strap"))


def treadmill() -> tuple[Service, ...]:
    """A treadmill of the Fitness Machine profile: speed, no cadence."""
    features = (0x00_00_00_00_00_00_00_01).to_bytes(8, "little")
    machine = Service("1826", (Characteristic("2ACD", _NOTIFY), Characteristic("2ACC", _READ, features)))
    return (machine, _device_information("Virtual", "Mill"))


def lamp() -> tuple[Service, ...]:
    """A thing that nobody runs with."""
    return (Service("FFE5", (Characteristic("FFE9", ("write", "write-without-response")),)),)

"""A small writer of FIT files, after the FIT protocol's layout: what tests feed to the reader."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Base types of the protocol: its number, how struct writes it, its "not measured".
BASE_TYPES: dict[str, tuple[int, str, float | bytes]] = {
    "enum": (0x00, "B", 0xFF),
    "uint8": (0x02, "B", 0xFF),
    "uint16": (0x84, "H", 0xFFFF),
    "uint32": (0x86, "I", 0xFFFFFFFF),
    "float32": (0x88, "f", float("nan")),
    "string": (0x07, "s", b""),
    "byte": (0x0D, "s", b"\xff"),
}

START_S = 1_000_000_000  # 2021-09-08 in FIT's count
RUNNING, CYCLING, SWIMMING, TREADMILL_GYM = 1, 2, 5, 4
START, STOP, STOP_ALL = 0, 1, 4


@dataclass(frozen=True)
class Item:
    """One field of one message; None is written as not measured."""

    number: int
    base: str
    value: float | bytes | None
    developer: bool = False

    @property
    def size(self) -> int:
        return len(self.value) if isinstance(self.value, bytes) else struct.calcsize(BASE_TYPES[self.base][1])

    def data(self) -> bytes:
        _, code, absent = BASE_TYPES[self.base]
        value = absent if self.value is None else self.value
        if isinstance(value, bytes):
            return value
        return struct.pack("<" + code, value if code == "f" else round(value))


@dataclass(frozen=True)
class Reading:
    """One record message in the device's own units; None leaves the field as not measured."""

    t: int
    cadence: float | None = 82
    fractional: float | None = 0.0
    speed_mps: float | None = 2.8
    distance_m: float | None = None
    heart_rate: float | None = 140
    stance_time_ms: float | None = 250
    oscillation_mm: float | None = 90
    altitude_m: float | None = 100
    app: tuple[tuple[int, float | None], ...] = ()
    """(developer field number, value)"""

    def items(self) -> list[Item]:
        def scaled(value: float | None, factor: float, offset: float = 0.0) -> float | None:
            return None if value is None else (value + offset) * factor

        plain = [
            Item(253, "uint32", START_S + self.t),
            Item(3, "uint8", self.heart_rate),
            Item(4, "uint8", self.cadence),
            Item(53, "uint8", scaled(self.fractional, 128)),
            Item(5, "uint32", scaled(self.distance_m, 100)),
            Item(6, "uint16", scaled(self.speed_mps, 1000)),
            Item(2, "uint16", scaled(self.altitude_m, 5, 500)),
            Item(41, "uint16", scaled(self.stance_time_ms, 10)),
            Item(39, "uint16", scaled(self.oscillation_mm, 10)),
        ]
        return plain + [Item(number, "float32", value, developer=True) for number, value in self.app]


class FitWriter:
    """Collects messages; `data` is the file."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._layout: tuple[object, ...] = ()

    def message(self, number: int, items: Sequence[Item]) -> FitWriter:
        plain = [item for item in items if not item.developer]
        apps = [item for item in items if item.developer]
        layout = (number, *((item.number, item.base, item.size, item.developer) for item in items))
        if layout != self._layout:
            self._layout = layout
            self._body += struct.pack("<BBBHB", 0x60 if apps else 0x40, 0, 0, number, len(plain))
            for item in plain:
                self._body += bytes((item.number, item.size, BASE_TYPES[item.base][0]))
            if apps:
                self._body.append(len(apps))
                for item in apps:
                    self._body += bytes((item.number, item.size, 0))
        self._body.append(0)
        for item in (*plain, *apps):
            self._body += item.data()
        return self

    def data(self, header_size: int = 14) -> bytes:
        header = struct.pack("<BBHI4s", header_size, 0x20, 2132, len(self._body), b".FIT")
        if header_size == 14:
            header += struct.pack("<H", crc(header))
        return sealed(header + bytes(self._body))


def crc(data: bytes) -> int:
    """The protocol's checksum, CRC-16/ARC, bit by bit."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


def sealed(data: bytes) -> bytes:
    """`data` with its checksum behind it."""
    return data + struct.pack("<H", crc(data))


def fit_run(
    readings: Iterable[Reading],
    *,
    sports: Sequence[tuple[int, int]] = ((RUNNING, 0),),
    timer: Iterable[tuple[int, int]] = (),
    laps: Iterable[tuple[int, int]] = (),
    app_fields: Iterable[tuple[int, str, str]] = (),
    header_size: int = 14,
) -> bytes:
    """An activity file: `sports` are (sport, sub-sport), `timer` (second, START or STOP), `app_fields` (number, name, unit)."""
    writer = FitWriter()
    writer.message(0, [Item(0, "enum", 4), Item(1, "uint16", 95), Item(4, "uint32", START_S)])
    described = list(app_fields)
    if described:
        writer.message(207, [Item(3, "uint8", 0), Item(1, "byte", bytes(range(16)))])
    for number, name, unit in described:
        writer.message(
            206,
            [
                Item(0, "uint8", 0),
                Item(1, "uint8", number),
                Item(2, "uint8", BASE_TYPES["float32"][0]),
                Item(3, "string", name.encode().ljust(24, b"\0")),
                Item(8, "string", unit.encode().ljust(16, b"\0")),
            ],
        )
    for second, kind in timer:
        writer.message(21, [Item(253, "uint32", START_S + second), Item(0, "enum", 0), Item(1, "enum", kind)])
    for reading in readings:
        writer.message(20, reading.items())
    for start, end in laps:
        writer.message(19, [Item(253, "uint32", START_S + end), Item(2, "uint32", START_S + start)])
    for sport, sub_sport in sports:
        writer.message(18, [Item(253, "uint32", START_S), Item(5, "enum", sport), Item(6, "enum", sub_sport)])
    return writer.data(header_size)


def steady(seconds: int, **changes: float | None) -> list[Reading]:
    """A reading a second from 0 to `seconds`, at 2.8 m/s."""
    values: dict[str, float | None] = {"cadence": 82, **changes}
    return [Reading(t, distance_m=2.8 * t, **values) for t in range(seconds + 1)]  # type: ignore[arg-type]  # all are numbers

"""Writes a run as a FIT activity file, after the FIT protocol and profile (Garmin's FIT SDK, 21.x).

An own writer and no library: eight kinds of messages with fixed fields are little code, and the library with a free licence
takes 4.5 s for an hour of records. Tests hold it against an independent reader.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from cued.formats.fit_crc import crc

EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
"""FIT counts seconds from here."""
_PROTOCOL: Final = 0x20
"""2.0: developer fields."""
_PROFILE: Final = 2132
_APPLICATION: Final = b"cued.run.journal"
"""16 bytes that name the maker of the developer fields."""
TEXT_BYTES: Final = 96
"""Of a cue: eight words or fewer fit, longer ones are cut."""
NAME_BYTES: Final = 32

_FILE_ID, _SESSION, _LAP, _RECORD, _EVENT, _ACTIVITY, _FIELD_DESCRIPTION, _DEVELOPER_DATA = 0, 18, 19, 20, 21, 34, 206, 207
"""Global message numbers."""
_BASES: Final = {
    "enum": (0x00, "B", 0xFF),
    "uint8": (0x02, "B", 0xFF),
    "uint16": (0x84, "H", 0xFFFF),
    "uint32": (0x86, "I", 0xFFFFFFFF),
    "float32": (0x88, "f", float("nan")),
}
"""Name to number, struct's letter and what stands for "not measured"."""
_STRING: Final = 0x07
_BYTE: Final = 0x0D
_TIMER, _LAP_EVENT, _SESSION_EVENT, _ACTIVITY_EVENT = 0, 9, 8, 26
_START, _STOP, _STOP_ALL = 0, 1, 4
_RUNNING: Final = 1
_DEVELOPMENT: Final = 255
"""The profile's manufacturer number for whoever has none."""

# The developer fields: number, base type, name, unit.
_TARGET, _BEAT, _CUE, _SEGMENT = 0, 1, 2, 3
_DESCRIBED: Final = (
    (_TARGET, _BASES["float32"][0], "target_cadence", "spm"),
    (_BEAT, _BASES["float32"][0], "beat", "spm"),
    (_CUE, _STRING, "cue", ""),
    (_SEGMENT, _STRING, "segment", ""),
)

Number: TypeAlias = float | None
_Plain: TypeAlias = tuple[int, str, Number]
"""Field number, base type, raw value."""


@dataclass(frozen=True, slots=True)
class FitRecord:
    """One moment; None: not measured."""

    at_s: float
    """Since the run's start."""
    cadence_spm: Number = None
    """Both feet."""
    speed_mps: Number = None
    distance_m: Number = None
    heart_rate_bpm: Number = None
    ground_contact_time_ms: Number = None
    vertical_oscillation_mm: Number = None
    altitude_m: Number = None
    target_spm: Number = None
    beat_spm: Number = None
    cue: str = ""
    """What was said."""


@dataclass(frozen=True, slots=True)
class FitRun:
    """A run to be written."""

    start_utc: datetime
    length_s: float
    """Pauses included."""
    records: Sequence[FitRecord]
    laps: Sequence[tuple[float, float, str]]
    """(from s, to s, segment), in order, without gaps."""
    pauses: Sequence[tuple[float, float]]
    """(from s, to s)."""


def write_fit(run: FitRun) -> bytes:
    """The bytes of the file."""
    out = _Writer(round((run.start_utc - EPOCH).total_seconds()))
    out.message(_FILE_ID, [(0, "enum", 4), (1, "uint16", _DEVELOPMENT), (2, "uint16", 0), out.date(4, 0.0)])
    out.described()
    out.timer(0.0, _START)
    changes = sorted([(start_s, _STOP_ALL) for start_s, _ in run.pauses] + [(end_s, _START) for _, end_s in run.pauses])
    for record in run.records:
        while changes and changes[0][0] <= record.at_s:
            out.timer(*changes.pop(0))
        out.record(record)
    for at_s, kind in changes:
        out.timer(at_s, kind)
    out.timer(run.length_s, _STOP_ALL)
    for number, (start_s, end_s, name) in enumerate(run.laps):
        head: list[_Plain] = [(254, "uint16", number), out.date(253, end_s), (0, "enum", _LAP_EVENT), (1, "enum", _STOP)]
        out.message(_LAP, [*head, *out.figures(run, start_s, end_s, (9, 13, 15, 17, 80)), (25, "enum", _RUNNING)], segment=name)
    head = [(254, "uint16", 0), out.date(253, run.length_s), (0, "enum", _SESSION_EVENT), (1, "enum", _STOP)]
    tail: list[_Plain] = [(5, "enum", _RUNNING), (6, "enum", 0), (25, "uint16", 0), (26, "uint16", len(run.laps))]
    out.message(_SESSION, [*head, *out.figures(run, 0.0, run.length_s, (9, 14, 16, 18, 92)), *tail])
    moving_ms = _scaled(_moving_s(run, 0.0, run.length_s), 1000)
    counts: list[_Plain] = [(0, "uint32", moving_ms), (1, "uint16", 1), (2, "enum", 0)]
    out.message(_ACTIVITY, [out.date(253, run.length_s), *counts, (3, "enum", _ACTIVITY_EVENT), (4, "enum", _STOP)])
    return out.file()


def _scaled(value: Number, factor: float, offset: float = 0.0) -> Number:
    return None if value is None else (value + offset) * factor


def _moving_s(run: FitRun, start_s: float, end_s: float) -> float:
    paused = sum(max(0.0, min(end, end_s) - max(start, start_s)) for start, end in run.pauses)
    return end_s - start_s - paused


def _mean(values: Sequence[Number]) -> Number:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


class _Writer:
    """Collects messages; one definition each time the layout changes."""

    def __init__(self, start_s: int) -> None:
        self._start_s = start_s
        self._body = bytearray()
        self._layouts: dict[int, tuple[object, ...]] = {}

    def date(self, number: int, at_s: float) -> _Plain:
        """A field that holds a moment of the run."""
        return number, "uint32", self._start_s + int(at_s)

    def described(self) -> None:
        """What the developer fields mean."""
        self.message(_DEVELOPER_DATA, [(3, "uint8", 0)], blob=(1, _BYTE, _APPLICATION))
        for number, base, name, unit in _DESCRIBED:
            plain: list[_Plain] = [(0, "uint8", 0), (1, "uint8", number), (2, "uint8", base)]
            self.message(_FIELD_DESCRIPTION, plain, strings=((3, name), (8, unit)))

    def timer(self, at_s: float, kind: int) -> None:
        """The watch's timer starts or stops."""
        self.message(_EVENT, [self.date(253, at_s), (0, "enum", _TIMER), (1, "enum", kind)])

    def record(self, record: FitRecord) -> None:
        """One moment. Cadence is of one leg, as the profile has it for running."""
        leg = None if record.cadence_spm is None else min(254.0, record.cadence_spm / 2)
        plain: list[_Plain] = [
            self.date(253, record.at_s),
            (3, "uint8", record.heart_rate_bpm),
            (4, "uint8", None if leg is None else int(leg)),
            (53, "uint8", None if leg is None else int((leg - int(leg)) * 128)),
            (5, "uint32", _scaled(record.distance_m, 100)),
            (6, "uint16", _scaled(record.speed_mps, 1000)),
            (2, "uint16", _scaled(record.altitude_m, 5, 500)),
            (41, "uint16", _scaled(record.ground_contact_time_ms, 10)),
            (39, "uint16", _scaled(record.vertical_oscillation_mm, 10)),
        ]
        self.message(_RECORD, plain, floats=((_TARGET, record.target_spm), (_BEAT, record.beat_spm)), cue=record.cue)

    def figures(self, run: FitRun, start_s: float, end_s: float, numbers: tuple[int, int, int, int, int]) -> list[_Plain]:
        """Start, times, distance and means of a stretch; `numbers`: the fields of distance, speed, heart rate and cadence."""
        within = [record for record in run.records if start_s <= record.at_s < end_s]
        far = [record.distance_m for record in within if record.distance_m is not None]
        moving_s = _moving_s(run, start_s, end_s)
        metres = far[-1] - far[0] if far else None
        leg = _scaled(_mean([record.cadence_spm for record in within if record.cadence_spm]), 0.5)
        distance, speed, heart, cadence, fraction = numbers
        return [
            self.date(2, start_s),
            (7, "uint32", (end_s - start_s) * 1000),
            (8, "uint32", moving_s * 1000),
            (distance, "uint32", _scaled(metres, 100)),
            (speed, "uint16", None if metres is None or not moving_s else metres / moving_s * 1000),
            (heart, "uint8", _mean([record.heart_rate_bpm for record in within])),
            (cadence, "uint8", None if leg is None else int(leg)),
            (fraction, "uint8", None if leg is None else int((leg - int(leg)) * 128)),
        ]

    def message(
        self,
        number: int,
        plain: Sequence[_Plain],
        *,
        strings: Sequence[tuple[int, str]] = (),
        blob: tuple[int, int, bytes] | None = None,
        floats: Sequence[tuple[int, Number]] = (),
        cue: str = "",
        segment: str | None = None,
    ) -> None:
        """One message: plain fields, strings and bytes of the profile, then developer fields."""
        fields = [(field, struct.calcsize(_BASES[base][1]), _BASES[base][0], _raw(base, value)) for field, base, value in plain]
        fields += [(field, NAME_BYTES, _STRING, _text(text, NAME_BYTES)) for field, text in strings]
        if blob is not None:
            fields.append((blob[0], len(blob[2]), blob[1], blob[2]))
        apps = [(field, 4, _raw("float32", value)) for field, value in floats]
        if cue:
            apps.append((_CUE, TEXT_BYTES, _text(cue, TEXT_BYTES)))
        if segment is not None:
            apps.append((_SEGMENT, NAME_BYTES, _text(segment, NAME_BYTES)))
        # Records with a cue have a layout of their own: 96 bytes a second for words said twice a minute would be a waste.
        local = 1 if cue else 0
        layout = (number, *(field[:3] for field in fields), *(app[:2] for app in apps))
        if self._layouts.get(local) != layout:
            self._layouts[local] = layout
            self._body += struct.pack("<BBBHB", (0x60 if apps else 0x40) | local, 0, 0, number, len(fields))
            self._body += b"".join(struct.pack("BBB", *field[:3]) for field in fields)
            if apps:
                self._body.append(len(apps))
                self._body += b"".join(struct.pack("BBB", *app[:2], 0) for app in apps)
        self._body.append(local)
        self._body += b"".join([*(field[3] for field in fields), *(app[2] for app in apps)])

    def file(self) -> bytes:
        """Header, messages and checksum."""
        head = struct.pack("<BBHI4s", 14, _PROTOCOL, _PROFILE, len(self._body), b".FIT")
        whole = head + struct.pack("<H", crc(head)) + bytes(self._body)
        return whole + struct.pack("<H", crc(whole))


def _raw(base: str, value: Number) -> bytes:
    """A value as the file holds it; what does not fit is "not measured"."""
    _, letter, absent = _BASES[base]
    if letter == "f":
        return struct.pack("<f", absent if value is None else value)
    number = absent if value is None else round(value)
    return struct.pack(f"<{letter}", number if 0 <= number <= absent else absent)


def _text(text: str, size: int) -> bytes:
    """UTF-8, cut between characters, with a zero behind it."""
    cut = text.encode()[: size - 1].decode(errors="ignore")
    return cut.encode().ljust(size, b"\0")

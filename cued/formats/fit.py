"""FIT activity files (Garmin's FIT protocol), decoded by fitdecode, as an `Activity`.

The frame of the file (header, length, checksum) is checked here first: a damaged file is refused before anything in it
is believed. What a field means and how it is scaled is the FIT profile's business, which fitdecode carries.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cued.errors import FormatError
from cued.formats.activity import Activity, Record, as_minutes, build_activity, check_count, clean_record
from cued.formats.fit_crc import crc
from cued.units import NS_PER_S

_HEADER: Final = struct.Struct("<BBHI4s")
"""Header size, protocol, profile, bytes of data, `.FIT` (FIT protocol, file header)."""
_HEADER_SIZES: Final = (12, 14)
"""Without and with a checksum of its own."""
_CRC_BYTES: Final = 2
_EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
"""FIT counts seconds from here."""
_FIRST_DATE_S: Final = 0x10000000
"""A smaller time stamp counts from the device's start and is no date (FIT profile, date_time)."""

# Global message numbers of the FIT profile.
_FILE_ID: Final = 0
_SPORT: Final = 12
_SESSION: Final = 18
_LAP: Final = 19
_RECORD: Final = 20
_EVENT: Final = 21

_ON_FOOT: Final = frozenset({"running", "walking", "hiking"})
_ON_A_TREADMILL: Final = frozenset({"treadmill", "indoor_running"})
"""Sub-sports under which some devices file a run as `fitness_equipment`."""
_NO_SPORT: Final = frozenset({"generic", "all"})
"""Words of the profile that say nothing."""

_NATIVE: Final = {
    "speed_mps": ("enhanced_speed", "speed"),
    "distance_m": ("distance",),
    "heart_rate_bpm": ("heart_rate",),
    "ground_contact_time_ms": ("stance_time",),
    "vertical_oscillation_mm": ("vertical_oscillation",),
    "altitude_m": ("enhanced_altitude", "altitude"),
}
"""A record's attribute to the profile's fields, the better one first."""
_BY_APP: Final = {
    "cadence": "cadence_spm",
    "ground time": "ground_contact_time_ms",
    "stance time": "ground_contact_time_ms",
    "vertical oscillation": "vertical_oscillation_mm",
}
"""A watch app's own ("developer") fields by their names in lower case, as Stryd's app writes them."""
_MILLIMETRES: Final = {"centimeters": 10.0, "cm": 10.0}
"""What an app's unit is in millimetres; all others are the attribute's own."""

_DEVICE_LENGTH: Final = 60
"""Enough for a maker and a model on one line of a screen."""
_RUN_MPS: Final = 2.0
"""Above this speed people run (walk turns to run at about 2 m/s)."""
_ONE_LEG_BELOW: Final = 120.0
"""Nobody runs at under 120 steps a minute, and nobody's one leg makes more: the gap between both readings."""
_NO_CADENCE: Final = 255.0
"""FIT's "not measured" in a field of one byte."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One record message, cadence as the file counts it."""

    at_s: int
    native: dict[str, float | None]
    by_app: dict[str, float | None]


@dataclass(slots=True)
class _Decoded:
    """What the file's messages said so far."""

    rows: list[_Row] = field(default_factory=list)
    timer: list[tuple[int, bool]] = field(default_factory=list)
    """(seconds, running) of each timer event."""
    laps_s: list[tuple[int, int]] = field(default_factory=list)
    sports: list[str] = field(default_factory=list)
    device: str | None = None


def read_fit(source: str, sha256: str, data: bytes) -> Activity:
    """The run in the bytes of a FIT file; raises FormatError, without naming the file, if there is none."""
    decoded = _Decoded()
    notes = list(_check_frame(data, decoded))
    failure = _decode(data, decoded)
    if failure is not None:
        raise FormatError(f"the FIT file cannot be decoded ({failure}){_usable(decoded)}; export it again")
    sport = _sport(decoded.sports)
    if not decoded.rows:
        raise FormatError("the FIT file holds no records: there is no run in it")
    if sport == "unknown":
        notes.append("it names no sport and is taken for a run")
    start_s = min(row.at_s for row in decoded.rows)
    end_s = max(row.at_s for row in decoded.rows)
    return build_activity(
        source,
        sha256,
        _records(decoded.rows, notes),
        sport=sport,
        pauses=_pauses(decoded.timer, end_s),
        laps=[(start * NS_PER_S, end * NS_PER_S) for start, end in decoded.laps_s],
        start_utc=_EPOCH + timedelta(seconds=start_s) if start_s >= _FIRST_DATE_S else None,
        device=decoded.device,
        notes=notes,
    )


# --- the file's frame ----------------------------------------------------------------------------------------------


def _check_frame(data: bytes, decoded: _Decoded) -> Iterator[str]:
    """Header, length and checksum; yields what is odd but harmless. `decoded` is filled for the error's sake only."""
    if len(data) < _HEADER.size or data[0] not in _HEADER_SIZES:
        raise FormatError("the FIT file's header is damaged; copy it from the watch again")
    header_size, _, _, body_size, _ = _HEADER.unpack_from(data)
    whole = header_size + body_size + _CRC_BYTES
    if body_size == 0:
        raise FormatError("the FIT file is empty or was never closed by the device; there is no run in it")
    if len(data) < whole:
        _decode(data, decoded)
        raise FormatError(
            f"the FIT file is cut short: {len(data)} of its {whole} bytes are there{_usable(decoded)};"
            " copy it from the watch again"
        )
    if crc(data[:whole]) != 0:
        raise FormatError("the FIT file is damaged: its checksum does not match; copy it from the watch again")
    if len(data) > whole:
        yield f"{len(data) - whole} bytes after the end of the FIT data were left out"


def _usable(decoded: _Decoded) -> str:
    if len(decoded.rows) < 2:
        return ""
    stamps = [row.at_s for row in decoded.rows]
    return f" (up to {as_minutes((max(stamps) - min(stamps)) * NS_PER_S)} of the run)"


# --- its messages --------------------------------------------------------------------------------------------------


def _decode(data: bytes, decoded: _Decoded) -> str | None:
    """Fill `decoded` from the first FIT file in `data`; the reason in a few words where it could not be done to the end."""
    import fitdecode

    try:
        with fitdecode.FitReader(
            data,
            processor=None,  # names and scales come without it; what it adds is dates, at thrice the time
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as reader:
            for frame in reader:
                if frame.frame_type == fitdecode.FIT_FRAME_CRC:
                    break
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    _take(frame, decoded)
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the library raises over hostile bytes means the same to a runner
        return type(error).__name__
    return None


def _take(frame: Any, decoded: _Decoded) -> None:  # noqa: ANN401 - fitdecode ships no types
    number = frame.def_mesg.global_mesg_num
    if number == _RECORD:
        _take_record(frame, decoded)
        return
    if number in _TAKERS:
        _TAKERS[number](_values(frame), decoded)


def _take_event(values: dict[str, Any], decoded: _Decoded) -> None:
    at_s = _seconds(values.get("timestamp"))
    kind = str(values.get("event_type"))
    if values.get("event") == "timer" and at_s is not None and (kind == "start" or kind.startswith("stop")):
        decoded.timer.append((at_s, kind == "start"))


def _take_lap(values: dict[str, Any], decoded: _Decoded) -> None:
    start_s, end_s = _seconds(values.get("start_time")), _seconds(values.get("timestamp"))
    if start_s is not None and end_s is not None:
        decoded.laps_s.append((start_s, end_s))


def _take_sport(values: dict[str, Any], decoded: _Decoded) -> None:
    sport = values.get("sport")
    if sport == "fitness_equipment" and values.get("sub_sport") in _ON_A_TREADMILL:
        sport = "running"
    if sport is not None and sport not in _NO_SPORT:
        decoded.sports.append(sport if isinstance(sport, str) else f"sport number {sport}")


def _take_device(values: dict[str, Any], decoded: _Decoded) -> None:
    words = (values.get("manufacturer"), values.get("garmin_product") or values.get("product_name"))
    # A product's name is free text and goes to a terminal.
    name = " ".join("".join(filter(str.isprintable, word)) for word in words if isinstance(word, str))
    decoded.device = name.strip()[:_DEVICE_LENGTH] or None


_TAKERS: Final = {
    _FILE_ID: _take_device,
    _SPORT: _take_sport,
    _SESSION: _take_sport,
    _LAP: _take_lap,
    _EVENT: _take_event,
}


def _take_record(frame: Any, decoded: _Decoded) -> None:  # noqa: ANN401 - fitdecode ships no types
    profile: dict[str, float] = {}
    by_app: dict[str, float | None] = {}
    at_s: int | None = None
    for item in frame.fields:
        number = _number(item.value)
        if number is None:
            continue
        if item.field_def is None or not item.field_def.is_dev:
            if item.name == "timestamp":
                at_s = _seconds(item.value)
            profile.setdefault(item.name, number)
        elif attribute := _BY_APP.get(str(item.name).strip().lower()):
            factor = _MILLIMETRES.get(str(item.field.units).strip().lower(), 1.0) if attribute.endswith("_mm") else 1.0
            by_app[attribute] = number * factor
    if at_s is None:
        return
    native = {attribute: _first(profile, names) for attribute, names in _NATIVE.items()}
    cadence = profile.get("cadence")
    native["cadence_spm"] = profile.get("cadence256") if cadence is None else cadence + profile.get("fractional_cadence", 0.0)
    decoded.rows.append(_Row(at_s, native, by_app))
    check_count(len(decoded.rows))


def _values(frame: Any) -> dict[str, Any]:  # noqa: ANN401 - fitdecode ships no types
    values: dict[str, Any] = {}
    for item in frame.fields:
        if item.value is not None and (item.field_def is None or not item.field_def.is_dev):
            values.setdefault(item.name, item.value)
    return values


def _first(profile: dict[str, float], names: tuple[str, ...]) -> float | None:
    return next((profile[name] for name in names if name in profile), None)


def _number(value: object) -> float | None:
    """A plain number, or the last of several in one field (the profile's arrays of newer samples)."""
    if isinstance(value, tuple) and value:
        value = value[-1]
    return float(value) if isinstance(value, int | float) else None


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


# --- what they mean ------------------------------------------------------------------------------------------------


def _sport(sports: list[str]) -> str:
    """The file's one sport on foot, or `unknown`; FormatError for any other."""
    named = list(dict.fromkeys(sports))
    others = [sport for sport in named if sport not in _ON_FOOT]
    if others and len(named) > 1:
        raise FormatError(f"the FIT file holds several sports ({', '.join(named)}); export the run alone")
    if others:
        raise FormatError(f"the FIT file is a recording of {others[0]}, not of a run; choose the file of a run")
    return named[0] if named else "unknown"


def _records(rows: list[_Row], notes: list[str]) -> list[Record]:
    """Cleaned records with cadence in steps; an app's value counts only where the device itself never gave one."""
    measured = {name for row in rows for name, value in row.native.items() if value}
    chosen = [row.native | {name: value for name, value in row.by_app.items() if name not in measured} for row in rows]
    factor = _steps_factor(chosen)
    if factor == 1.0:
        notes.append("its cadence is so high that it must count both feet: it was not doubled")
    records: list[Record] = []
    for row, values in zip(rows, chosen, strict=True):
        cadence = values.get("cadence_spm")
        if cadence is not None:
            values["cadence_spm"] = None if cadence >= _NO_CADENCE else cadence * factor
        records.append(clean_record(row.at_s * NS_PER_S, values))
    return records


def _steps_factor(rows: list[dict[str, float | None]]) -> float:
    """2 where the file counts one leg, as the profile says for running; 1 where its numbers can only be both feet's."""
    counts = [(cadence, row.get("speed_mps")) for row in rows if (cadence := row.get("cadence_spm")) and cadence < _NO_CADENCE]
    running = [cadence for cadence, speed in counts if speed is not None and speed >= _RUN_MPS]
    judged = sorted(running or [cadence for cadence, _ in counts])
    return 1.0 if judged and judged[len(judged) // 2] >= _ONE_LEG_BELOW else 2.0


def _pauses(timer: list[tuple[int, bool]], end_s: int) -> list[tuple[int, int]]:
    """From each stop of the timer to the next start (or the end), in ns."""
    pauses: list[tuple[int, int]] = []
    stopped_s: int | None = None
    # A stop and a start in one second are in the file's order: the sort is by time alone.
    for at_s, running in sorted(timer, key=lambda event: event[0]):
        if running and stopped_s is not None:
            pauses.append((stopped_s * NS_PER_S, at_s * NS_PER_S))
            stopped_s = None
        elif not running and stopped_s is None:
            stopped_s = at_s
    if stopped_s is not None:
        pauses.append((stopped_s * NS_PER_S, end_s * NS_PER_S))
    return [(start, end) for start, end in pauses if start < end]

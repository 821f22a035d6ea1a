"""What sensors are and say, in a runner's words: pure text for tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from cued.dbus.addresses import means_address
from cued.errors import SensorError
from cued.sensors.air import NO_SIGNAL, parse_address
from cued.sensors.cadence_unit import CadenceUnit, Origin, begin
from cued.sensors.decoders import DECODERS, canonical_uuid
from cued.sensors.hrs import HeartRateMeasurement
from cued.sensors.known import KnownSensor
from cued.sensors.payload import PayloadError
from cued.sensors.rsc import RscMeasurement, SensorLocation
from cued.sensors.stryd import ContactTime
from cued.sensors.treadmill import TreadmillData

if TYPE_CHECKING:
    from cued.formats.sensor_log import Notification

SERVICE_WORDS: Final = {
    "1814": "cadence and speed",
    "180D": "heart rate",
    "1826": "fitness machine",
    "1816": "cycling",
    "1818": "power",
}
"""Services by their assigned numbers, as far as they are met on runners; what cued reads comes first."""
UNSAID: Final = ("1800", "1801", "180A", "180F")
"""Names, maker and battery: almost everything has them, and BlueZ tells of them only after a connection."""
SIGNALS: Final = ((-60, "strong"), (-75, "good"), (-87, "weak"))
"""From so many dBm on. A pod on the own shoe comes in at -50 to -75; at -90 links break (bands of common scanner apps)."""
FAINTEST: Final = "faint"


def service_words(uuids: Sequence[str]) -> str:
    """`cadence and speed, power`; a service without a word by its number, a maker's own as `private`."""
    numbers = {canonical_uuid(uuid) or uuid for uuid in uuids}.difference(UNSAID)
    told = [word for number, word in SERVICE_WORDS.items() if number in numbers]
    rest = sorted(numbers.difference(SERVICE_WORDS))
    told += [number for number in rest if len(number) == 4]
    return ", ".join([*told, *(["private"] if len(told) < len(numbers) else [])])


def signal_words(rssi_dbm: int) -> str:
    """`good -70 dBm`; `connected` of what has a link already and so no signal to measure."""
    if rssi_dbm == NO_SIGNAL:
        return "connected"
    word = next((word for least, word in SIGNALS if rssi_dbm >= least), FAINTEST)
    return f"{word} {rssi_dbm} dBm"


def battery_words(percent: int | None) -> str:
    """`85 %`; empty where nobody knows."""
    return "" if percent is None else f"{percent} %"


def raw_cadence(notification: Notification) -> int | None:
    """What a pod counts per minute, steps or strides; None where this notification is of something else."""
    value = _decoded(notification)
    return value.cadence_raw if isinstance(value, RscMeasurement) else None


def value_words(notification: Notification) -> str:
    """What a notification says just now; empty where cued cannot read it."""
    match _decoded(notification):
        case RscMeasurement(cadence_raw=raw, speed_mps=speed_mps):
            return cadence_words(raw) if raw or not speed_mps else f"{speed_mps:.1f} m/s"
        case HeartRateMeasurement(heart_rate_bpm=bpm, contact=contact):
            return "no skin contact" if contact is False else f"{bpm} beats a minute"
        case TreadmillData(speed_mps=float(speed_mps)):
            return f"{speed_mps:.1f} m/s"
        case ContactTime(ground_contact_time_ms=ms):
            return f"{ms} ms on the ground"
        case _:
            return ""


def cadence_words(raw: int) -> str:
    """A pod's number: per minute, since nobody has said of what."""
    return f"{raw} per minute" if raw else "standing"


def place_words(location: bytes | None) -> str:
    """Where a sensor says it is worn; empty where it does not."""
    if location is None:
        return ""
    try:
        value = DECODERS["2A5D"].decode(location)
    except PayloadError:
        return ""
    return (value.place or "") if isinstance(value, SensorLocation) else ""


def _decoded(notification: Notification) -> object:
    decoder = DECODERS.get(canonical_uuid(notification.uuid) or "")
    if decoder is None:
        return None
    try:
        return decoder.decode(notification.data)
    except PayloadError:
        return None


# --- the runner's own ----------------------------------------------------------------------------------------------


def called(sensor: KnownSensor) -> str:
    """`Stryd (C4:11:22:33:44:55)`, or the address alone."""
    return f"{sensor.name} ({sensor.address})" if sensor.name else sensor.address


def unit_of(sensor: KnownSensor) -> tuple[CadenceUnit, str]:
    """What a sensor counts and who says so (`runner`, `judged`, `quirk`); AUTO and nobody while it is not known."""
    state = begin(sensor.name, sensor.cadence_unit)
    if state.factor is None or state.origin is None:
        return CadenceUnit.AUTO, ""
    unit = CadenceUnit.STEPS if state.factor == 1 else CadenceUnit.STRIDES
    return unit, state.origin.value if state.origin is Origin.QUIRK else sensor.said_by or Origin.RUNNER.value


_SAID_BY: Final = {
    Origin.RUNNER.value: "by your word",
    Origin.JUDGED.value: "found out on a run",
    Origin.QUIRK.value: "as is reported of such devices",
}


def unit_words(sensor: KnownSensor) -> str:
    """`counts strides, by your word`; empty for what gives no cadence."""
    if not sensor.may_give("cadence"):
        return ""
    unit, said_by = unit_of(sensor)
    if unit is CadenceUnit.AUTO:
        return "steps or strides? Run `cued sensors check` once"
    return f"counts {unit.value}, {_SAID_BY.get(said_by, said_by)}"


def own_lines(sensors: Sequence[KnownSensor]) -> list[str]:
    """The runner's sensors as a table without a head, the preferred first."""
    names = [sensor.name or "(no name)" for sensor in sensors]
    gives = [", ".join(sensor.gives) for sensor in sensors]
    widths = [max((len(text) for text in column), default=0) for column in (names, gives)]
    rows = zip(sensors, names, gives, strict=True)
    lines = (
        f"{name:<{widths[0]}}  {sensor.address}  {given:<{widths[1]}}  {unit_words(sensor)}" for sensor, name, given in rows
    )
    return [line.rstrip() for line in lines]


def own_rows(sensors: Sequence[KnownSensor]) -> list[dict[str, Any]]:
    """The same for scripts; `cadence_unit` is null while it is not known, or where there is no cadence."""
    rows: list[dict[str, Any]] = []
    for sensor in sensors:
        unit, said_by = unit_of(sensor) if sensor.may_give("cadence") else (CadenceUnit.AUTO, "")
        known = None if unit is CadenceUnit.AUTO else unit.value
        row = {"address": sensor.address, "name": sensor.name or None, "gives": list(sensor.gives)}
        rows.append(row | {"cadence_unit": known, "said_by": said_by or None})
    return rows


def one_of(word: str, sensors: Sequence[KnownSensor]) -> KnownSensor:
    """The one of the runner's sensors that `word` names; raises SensorError that says what to type."""
    wanted = parse_address(word) if means_address(word) else word
    found = [sensor for sensor in sensors if sensor.is_called(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SensorError(f"{len(found)} of your sensors are called {word}: give an address, {_either(found)}")
    if not sensors:
        raise SensorError("no sensor is yours yet: `cued sensors pair` makes one yours")
    names = {name.casefold(): name for sensor in sensors for name in (sensor.name, sensor.address) if name}
    near = get_close_matches(word.casefold(), names, n=1)
    if near:
        raise SensorError(f"none of your sensors is called {word!r}; did you mean {names[near[0]]}?")
    listed = ", ".join(called(sensor) for sensor in sensors)
    raise SensorError(f"none of your sensors is called {word!r}; yours: {listed}")


def _either(sensors: Sequence[KnownSensor]) -> str:
    return " or ".join(sensor.address for sensor in sensors)

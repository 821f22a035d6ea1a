"""What sensors sent, byte for byte: values, and the file of JSON lines that keeps them. docs/run-files.md describes it.

The first line names the sensors in the order in which they are preferred; each line after it is a notification, a change of
a link or a battery level. Reading is strict (a wrong line is a FormatError with its place), but for a last line that was cut
off in the middle: a recorder that lost its power leaves one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NoReturn, TypeAlias

from cued.errors import FormatError
from cued.formats.activity import MAX_LENGTH_NS

FORMAT: Final = 1
"""Raised when a reader of older files would misread newer ones."""
KIND: Final = "sensor_log"
"""Of the first line."""
MAX_PAYLOAD: Final = 512
"""Bytes of one attribute at the very most (Core Specification Vol 3, Part F, 3.2.9)."""


class Link(Enum):
    """Of one sensor."""

    UP = "up"
    DOWN = "down"
    RENEWING = "renewing"
    """cued itself is taking it down and up again."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Bytes that a sensor sent of its own accord."""

    at_ns: int
    address: str
    uuid: str
    """Of the characteristic: `2A53`, or in full."""
    data: bytes


@dataclass(frozen=True, slots=True)
class LinkIs:
    at_ns: int
    address: str
    state: Link


@dataclass(frozen=True, slots=True)
class BatteryRead:
    """A level that was asked for."""

    at_ns: int
    address: str
    percent: int
    """0 to 100."""


Item: TypeAlias = Notification | LinkIs | BatteryRead


@dataclass(frozen=True, slots=True)
class LoggedSensor:
    """One sensor that was in use."""

    address: str
    name: str = ""
    """As it advertised itself."""
    cadence_unit: str = "auto"
    """The runner's word: `steps`, `strides` or `auto`."""


UNITS: Final = ("auto", "steps", "strides")
"""The words for `LoggedSensor.cadence_unit`."""


@dataclass(frozen=True, slots=True)
class SensorLog:
    """A whole file."""

    sensors: tuple[LoggedSensor, ...]
    """The preferred first."""
    items: tuple[Item, ...]
    """As they came, which is not always the order of their stamps."""
    notes: tuple[str, ...] = ()
    """What had to be mended, each in one sentence."""

    @property
    def length_ns(self) -> int:
        """From the run's start to the last stamp."""
        return max((item.at_ns for item in self.items), default=0)


# --- writing -------------------------------------------------------------------------------------------------------


def header_line(sensors: Sequence[LoggedSensor]) -> str:
    """The first line, with its line break."""
    told = [{"address": one.address, "name": one.name, "cadence_unit": one.cadence_unit} for one in sensors]
    return json.dumps({"kind": KIND, "format": FORMAT, "sensors": told}, ensure_ascii=True) + "\n"


def line_of(item: Item) -> str:
    """One item, with its line break."""
    row: dict[str, Any] = {"kind": "", "t_ns": item.at_ns, "address": item.address}
    match item:
        case Notification(uuid=uuid, data=data):
            row |= {"kind": "notification", "uuid": uuid, "hex": data.hex()}
        case LinkIs(state=state):
            row |= {"kind": "link", "state": state.value}
        case BatteryRead(percent=percent):
            row |= {"kind": "battery", "percent": percent}
    return json.dumps(row, ensure_ascii=True) + "\n"


# --- reading -------------------------------------------------------------------------------------------------------

_UUID: Final = re.compile(r"(?:0x)?[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_MOST_TEXT: Final = 200
"""Letters of a name or an address."""


def is_sensor_log(data: bytes) -> bool:
    """Does a file begin as lines of JSON do? No activity file does."""
    return data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_sensor_log(name: str, data: bytes) -> SensorLog:
    """The log in a file's bytes; raises FormatError with file, line and what is wrong."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    cut = lines.pop()  # what comes after the last line break: nothing, in a whole file
    if not lines and cut:
        lines, cut = [cut], b""
    sensors: tuple[LoggedSensor, ...] = ()
    items: list[Item] = []
    notes: list[str] = []
    known: set[str] = set()
    for number, line in enumerate(lines, 1):
        row = _parsed(f"{name}:{number}", line)
        if number == 1:
            sensors = _sensors(row)
            known = {sensor.address for sensor in sensors}
            continue
        items.append(_item(row, known))
    if cut.strip():
        try:
            items.append(_item(_parsed(f"{name}:{len(lines) + 1}", cut), known))
        except FormatError:
            notes.append("its last line was cut off and left out")
    log = SensorLog(sensors, tuple(items), tuple(notes))
    if log.length_ns == 0:
        raise FormatError(f"{name}: it holds nothing that a sensor sent: there is no run in it")
    return log


class _Row:
    """One line as an object of JSON, its fields asked for one by one."""

    def __init__(self, place: str, row: dict[str, Any]) -> None:
        self._place = place
        self._row = row

    def refuse(self, what: str) -> NoReturn:
        raise FormatError(f"{self._place}: {what}")

    def get(self, field: str) -> object:
        return self._row.get(field)

    def text(self, field: str, *, default: str | None = None) -> str:
        value = self._row.get(field, default)
        if not isinstance(value, str) or len(value) > _MOST_TEXT:
            self.refuse(f"`{field}` should be a text, not {str(value)[:40]!r}")
        return value

    def whole(self, field: str, most: int) -> int:
        value = self._row.get(field)
        if type(value) is not int or not 0 <= value <= most:
            self.refuse(f"`{field}` should be a whole number from 0 to {most}, not {str(value)[:40]!r}")
        return value

    def parts(self, field: str) -> Iterator[_Row]:
        values = self._row.get(field)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.refuse(f"`{field}` should be a list of objects")
        for value in values:
            yield _Row(self._place, value)


def _parsed(place: str, line: bytes) -> _Row:
    try:
        row = json.loads(line.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{place}: not a whole line of JSON ({str(error)[:80]})") from error
    if not isinstance(row, dict):
        raise FormatError(f"{place}: a line holds one object, `{{…}}`")
    return _Row(place, row)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _sensors(row: _Row) -> tuple[LoggedSensor, ...]:
    """The first line."""
    kind = row.get("kind")
    if kind == "start":
        row.refuse("this is a file of cued's decisions (--events), not one of what sensors sent")
    if kind != KIND:
        row.refuse(f"the first line should be of kind `{KIND}`, not {str(kind)[:40]!r}")
    if row.get("format") != FORMAT:
        row.refuse(f"format {str(row.get('format'))[:40]!r}; this cued reads format {FORMAT}")
    sensors: list[LoggedSensor] = []
    for part in row.parts("sensors"):
        address, unit = _address(part), part.text("cadence_unit", default="auto")
        if any(address == sensor.address for sensor in sensors):
            row.refuse(f"two sensors have the address {address}")
        if unit not in UNITS:
            row.refuse(f"`cadence_unit` should be one of {', '.join(UNITS)}, not {unit[:40]!r}")
        sensors.append(LoggedSensor(address, part.text("name", default=""), unit))
    if not sensors:
        row.refuse("`sensors` names none")
    return tuple(sensors)


def _address(row: _Row) -> str:
    address = row.text("address").strip().upper()
    if not address:
        row.refuse("`address` is empty")
    return address


def _item(row: _Row, known: set[str]) -> Item:
    """A line after the first."""
    at_ns, address, kind = row.whole("t_ns", MAX_LENGTH_NS), _address(row), row.get("kind")
    if address not in known:
        row.refuse(f"there is no sensor {address[:40]} in the first line")
    if kind == "notification":
        uuid, text = row.text("uuid"), row.get("hex")
        if not _UUID.fullmatch(uuid):
            row.refuse(f"`uuid` should be as 2A53 or in full, not {uuid[:40]!r}")
        if not isinstance(text, str) or not _HEX.fullmatch(text) or len(text) > 2 * MAX_PAYLOAD:
            row.refuse(f"`hex` should be two digits for each of {MAX_PAYLOAD} bytes at most, not {str(text)[:40]!r}")
        return Notification(at_ns, address, uuid, bytes.fromhex(text))
    if kind == "link":
        state = row.text("state")
        if state not in {link.value for link in Link}:
            row.refuse(f"`state` should be one of {', '.join(link.value for link in Link)}, not {state[:40]!r}")
        return LinkIs(at_ns, address, Link(state))
    if kind != "battery":
        row.refuse(f"unknown kind {str(kind)[:40]!r}; this cued reads format {FORMAT}")
    return BatteryRead(at_ns, address, row.whole("percent", 100))

"""Making a sensor the runner's own: find the one that is meant, look at it, remember it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from cued.dbus.addresses import means_address
from cued.errors import SensorError
from cued.runtime.sensorwords import battery_words, called, place_words, signal_words, unit_words, value_words
from cued.sensors.air import parse_address
from cued.sensors.known import KnownSensor, KnownSensors

if TYPE_CHECKING:
    from cued.formats.sensor_log import Notification
    from cued.runtime.onair import Scan
    from cued.sensors.air import Look, Sighting

NO_POD: Final = (
    "no pod is in sight: take a few steps so that it wakes, close other apps that hold it, or give a name or an address"
    " (`cued sensors scan` lists them)"
)


@dataclass(slots=True)
class _Seen:
    """Sensors that a look around has shown."""

    sensors: dict[str, Sighting] = field(default_factory=dict)

    def note(self, sighting: Sighting) -> None:
        if sighting.is_sensor:
            self.sensors[sighting.address] = sighting

    def called(self, word: str) -> list[Sighting]:
        return [one for one in self.sensors.values() if (one.name or "").casefold() == word.casefold()]


def find(word: str, known: KnownSensors, scan: Scan, for_ns: int) -> KnownSensor:
    """The sensor that `word` means: a name, an address, one of the runner's own; empty: the only pod in sight.

    Looks around for `for_ns` where it has to. Raises SensorError that says what to type.
    """
    if means_address(word):
        address = parse_address(word)
        return next((one for one in known.all() if one.address == address), KnownSensor(address))
    own = [sensor for sensor in known.all() if word and sensor.is_called(word)]
    if len(own) == 1:
        return own[0]
    seen = _Seen()
    scan(for_ns, seen.note)
    found = seen.called(word) if word else [one for one in seen.sensors.values() if one.gives_cadence]
    if len(found) == 1:
        (one,) = found
        return next((mine for mine in known.all() if mine.address == one.address), KnownSensor(one.address, one.name or ""))
    if found:
        what = f"sensors called {word} are in sight" if word else "pods are in sight"
        raise SensorError(f"{len(found)} {what}; say which:\n{_which(found, known)}")
    raise SensorError(_nobody(word, seen) if word else NO_POD)


def _which(found: list[Sighting], known: KnownSensors) -> str:
    """What to type for each."""
    own = {sensor.address for sensor in known.all()}
    lines = []
    for one in sorted(found, key=lambda one: -one.rssi_dbm):
        yours = ", yours" if one.address in own else ""
        lines.append(f"  cued sensors pair {one.address}   {one.name or 'no name'}, {signal_words(one.rssi_dbm)}{yours}")
    return "\n".join(lines)


def _nobody(word: str, seen: _Seen) -> str:
    names = {one.name.casefold(): one.name for one in seen.sensors.values() if one.name}
    near = get_close_matches(word.casefold(), names, n=1)
    if near:
        return f"no sensor in sight is called {word!r}; did you mean {names[near[0]]!r}?"
    others = f" (in sight: {', '.join(sorted(names.values()))})" if names else ""
    return f"no sensor in sight is called {word!r}{others}: wake it up and bring it near; `cued sensors scan` lists them"


@dataclass(frozen=True, slots=True)
class Paired:
    """A sensor that is the runner's now, and what was seen of it."""

    sensor: KnownSensor
    look: Look
    ahead: KnownSensor | None
    """A sensor of the same kind that is preferred to it."""

    def lines(self) -> list[str]:
        """For the runner."""
        values = list(dict.fromkeys(filter(None, map(value_words, self._latest()))))
        facts = (
            ("gives", ", ".join(self.sensor.gives)),
            ("worn", place_words(self.look.location)),
            ("battery", battery_words(self.look.battery) or "unknown"),
            ("now", ", ".join(values) or "silent (many are, until you move)"),
            ("unit", unit_words(self.sensor)),
        )
        told = [called(self.sensor), *(f"  {name:<8} {text}" for name, text in facts if text)]
        if self.ahead is None:
            told.append("It is yours now: `cued run` finds it by its address and takes no other in its place.")
        else:
            told.append(f"It is your spare behind {called(self.ahead)}.")
            told.append(f"  cued sensors pair {self.sensor.address} --first   makes it the preferred one")
        return told

    def _latest(self) -> list[Notification]:
        """The last notification of each kind."""
        return list({one.uuid: one for one in self.look.notifications}.values())


def pair(sensor: KnownSensor, known: KnownSensors, look_at: Callable[[str], Look], *, first: bool) -> Paired:
    """Look at `sensor` and remember it, behind others of its kind unless `first`. Raises SensorError."""
    look = look_at(sensor.address)
    sensor = replace(sensor, name=look.name or sensor.name, gives=look.gives)
    known.put(sensor)
    if first:
        known.prefer(sensor)
    before = known.all()
    before = before[: next(place for place, one in enumerate(before) if one.address == sensor.address)]
    kind = next(iter(sensor.gives), "")
    return Paired(sensor, look, next((one for one in before if kind and kind in one.gives), None))

"""The runner's own sensors, remembered between runs: one small JSON file, the preferred sensor first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cued.errors import SensorError
from cued.formats.kept import Kept
from cued.sensors.cadence_unit import CadenceUnit


@dataclass(frozen=True, slots=True)
class KnownSensor:
    """A sensor that is the runner's."""

    address: str
    """In capitals."""
    name: str = ""
    """As it advertises itself."""
    gives: tuple[str, ...] = ()
    """What it was seen to offer: `cadence`, `heart rate`, `treadmill speed`, `contact time`."""
    cadence_unit: CadenceUnit = CadenceUnit.AUTO
    """The runner's word, or what was found out and confirmed by a run."""
    said_by: str = ""
    """Who says so: `runner`, `judged`; empty while nobody does."""

    def may_give(self, what: str) -> bool:
        """Does it offer `what`, as far as anybody knows?"""
        return not self.gives or what in self.gives

    def is_called(self, word: str) -> bool:
        """Is `word` this sensor's address or name, in any case?"""
        return word.strip().casefold() in {self.address.casefold(), self.name.casefold()} - {""}


class KnownSensors:
    """The file; every change is written whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: None is the user's own, in the data folder."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        if self._path is None:
            from platformdirs import user_data_path

            self._path = user_data_path("cued") / "sensors.json"
        return self._path

    def mark(self) -> tuple[int, int, int]:
        """Changes when the file does: it is always a new one."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _kept(self) -> Kept:
        return Kept(self.path, "sensors", SensorError)

    def all(self) -> tuple[KnownSensor, ...]:
        """Every sensor, the preferred first. Raises SensorError for a file that cannot be read."""
        return self._kept().read(_sensor)

    def find(self, word: str) -> KnownSensor | None:
        """The sensor of that name or address."""
        return next((sensor for sensor in self.all() if sensor.is_called(word)), None)

    def put(self, sensor: KnownSensor) -> None:
        """Keep `sensor`: in its place if it is known, else behind the others."""
        sensor = replace(sensor, address=sensor.address.upper())
        rest = self.all()
        if any(one.address == sensor.address for one in rest):
            self._write([sensor if one.address == sensor.address else one for one in rest])
        else:
            self._write([*rest, sensor])

    def prefer(self, sensor: KnownSensor) -> None:
        """Put `sensor` before all others."""
        self._write([sensor, *(one for one in self.all() if one.address != sensor.address)])

    def forget(self, sensor: KnownSensor) -> None:
        """Remember it no more."""
        self._write([one for one in self.all() if one.address != sensor.address])

    def _write(self, sensors: Sequence[KnownSensor]) -> None:
        self._kept().write([asdict(sensor) | {"cadence_unit": sensor.cadence_unit.value} for sensor in sensors])


def _sensor(row: dict[str, Any]) -> KnownSensor:
    gives = tuple(str(one) for one in row.get("gives", ()))
    unit = CadenceUnit(row.get("cadence_unit", "auto"))
    return KnownSensor(str(row["address"]).upper(), str(row.get("name", "")), gives, unit, str(row.get("said_by", "")))

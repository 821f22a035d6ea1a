"""The runner's own sensors, remembered between runs: one small JSON file, the preferred sensor first."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from cued.errors import SensorError
from cued.sensors.cadence_unit import CadenceUnit

FORMAT: Final = 1
"""Raised when an older cued would misread the file."""


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

    def all(self) -> tuple[KnownSensor, ...]:
        """Every sensor, the preferred first. Raises SensorError for a file that cannot be read."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error
        try:
            whole = json.loads(text)
            if whole["format"] > FORMAT:
                raise self._unreadable("it was written by a newer cued")
            return tuple(_sensor(row) for row in whole["sensors"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unreadable("it holds something else") from error

    def _unreadable(self, why: str) -> SensorError:
        return SensorError(f"{self.path}: your sensors cannot be read ({why}); move the file away and pair them anew")

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
        rows = [asdict(sensor) | {"cadence_unit": sensor.cadence_unit.value} for sensor in sensors]
        text = json.dumps({"format": FORMAT, "sensors": rows}, ensure_ascii=False, indent=1) + "\n"
        beside = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(prefix=".sensors.", dir=self.path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(self.path)
        except OSError as error:
            if beside:
                with suppress(OSError):
                    Path(beside).unlink(missing_ok=True)
            raise SensorError(f"{self.path}: your sensors cannot be kept ({error.strerror or error})") from error


def _sensor(row: dict[str, Any]) -> KnownSensor:
    gives = tuple(str(one) for one in row.get("gives", ()))
    unit = CadenceUnit(row.get("cadence_unit", "auto"))
    return KnownSensor(str(row["address"]).upper(), str(row.get("name", "")), gives, unit, str(row.get("said_by", "")))

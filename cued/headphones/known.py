"""The runner's own headphones, remembered between runs: one small JSON file, the latest paired first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cued.errors import HeadphonesError
from cued.formats.kept import Kept


@dataclass(frozen=True, slots=True)
class KnownHeadphones:
    """Headphones that are the runner's."""

    address: str
    """In capitals."""
    name: str = ""
    """As they call themselves."""

    @property
    def called(self) -> str:
        """`Shokz (C0:FF:EE:00:00:10)`, or the address alone."""
        return f"{self.name} ({self.address})" if self.name else self.address

    def is_called(self, word: str) -> bool:
        """Is `word` their address or name, in any case?"""
        return word.strip().casefold() in {self.address.casefold(), self.name.casefold()} - {""}


class OwnHeadphones:
    """The file; every change is written whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: None is the user's own, in the data folder."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        if self._path is None:
            from platformdirs import user_data_path

            self._path = user_data_path("cued") / "headphones.json"
        return self._path

    def _kept(self) -> Kept:
        return Kept(self.path, "headphones", HeadphonesError)

    def all(self) -> tuple[KnownHeadphones, ...]:
        """All of them, the preferred first. Raises HeadphonesError for a file that cannot be read."""
        return self._kept().read(_headphones)

    def put(self, headphones: KnownHeadphones) -> None:
        """Keep `headphones` before all others: who pairs some means to wear them."""
        self._write((headphones, *self._without(headphones)))

    def forget(self, headphones: KnownHeadphones) -> None:
        """Remember them no more."""
        self._write(self._without(headphones))

    def _without(self, headphones: KnownHeadphones) -> tuple[KnownHeadphones, ...]:
        return tuple(one for one in self.all() if one.address != headphones.address)

    def _write(self, headphones: tuple[KnownHeadphones, ...]) -> None:
        self._kept().write([asdict(one) for one in headphones])


def _headphones(row: dict[str, Any]) -> KnownHeadphones:
    return KnownHeadphones(str(row["address"]).upper(), str(row.get("name", "")))

"""What of a running session is on the disk already, kept small: a file that breaks under the run is written anew from it."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from cued.journal.rows import Row

TOGETHER: Final = 500
"""So many rows are packed at once: in fewer too little is alike, and an hour has 4,000 to 150,000."""
_LEVEL: Final = 1
"""Quickest; 6 saves 3 % (measured on notifications)."""


class Kept:
    """Rows in order: an hour of 40 notifications a second in 2 MiB, where the rows themselves take 34 (measured)."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._open: list[Row] = []

    def __len__(self) -> int:
        return len(self._packed) * TOGETHER + len(self._open)

    def __iter__(self) -> Iterator[Row]:
        for data in self._packed:
            yield from (Row(table, values) for table, values in pickle.loads(zlib.decompress(data)))  # noqa: S301 -- packed below
        yield from self._open

    def add(self, rows: Iterable[Row]) -> None:
        """Behind all others."""
        self._open += rows
        while len(self._open) >= TOGETHER:
            plain = [(row.table, row.values) for row in self._open[:TOGETHER]]
            self._packed.append(zlib.compress(pickle.dumps(plain, protocol=5), _LEVEL))
            del self._open[:TOGETHER]

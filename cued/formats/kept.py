"""What a runner owns, remembered between runs: a small JSON file with a list in it, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from cued.errors import CuedError

FORMAT: Final = 1
"""Raised when an older cued would misread a file."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Kept:
    """One such file, and how it is spoken of."""

    path: Path
    what: str
    """`sensors`: the list's name in the file, and in sentences."""
    error: type[CuedError]
    """Raised for a file that cannot be read or written."""

    def read(self, value_of: Callable[[dict[str, Any]], _T]) -> tuple[_T, ...]:
        """Every entry, in its order; none where there is no file. Raises `error`."""
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
            return tuple(value_of(row) for row in whole[self.what])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unreadable("it holds something else") from error

    def _unreadable(self, why: str) -> CuedError:
        return self.error(f"{self.path}: your {self.what} cannot be read ({why}); move the file away and pair them anew")

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put `rows` in the place of what was there. Raises `error`."""
        text = json.dumps({"format": FORMAT, self.what: list(rows)}, ensure_ascii=False, indent=1) + "\n"
        beside = ""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(prefix=f".{self.what}.", dir=self.path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(self.path)
        except OSError as error:
            if beside:
                with suppress(OSError):
                    Path(beside).unlink(missing_ok=True)
            raise self.error(f"{self.path}: your {self.what} cannot be kept ({error.strerror or error})") from error

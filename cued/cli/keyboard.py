"""Enter, pressed by a person or written by a script, and when."""

from __future__ import annotations

import io
import os
import select
import sys
import time
from typing import Final

from cued.errors import UsageError
from cued.units import NS_PER_S

NOBODY: Final = "nobody can press Enter here: standard input has ended"
_PIECE: Final = 4096
"""Bytes at once; a person writes one."""


class Enters:
    """Reads past Python's own buffer, so that an Enter can be waited for with a deadline."""

    def __init__(self) -> None:
        """Raises UsageError where there is no standard input."""
        try:
            self._input = sys.stdin.fileno()
        except (AttributeError, io.UnsupportedOperation, ValueError) as error:
            raise UsageError(NOBODY) from error
        self._pressed: list[int] = []

    def next(self, within_ns: int) -> int | None:
        """When Enter was pressed (monotonic ns), or None after so long; raises UsageError when the input is over."""
        if not self._pressed and select.select([self._input], [], [], within_ns / NS_PER_S)[0]:
            got = os.read(self._input, _PIECE)
            if not got:
                raise UsageError(NOBODY)
            self._pressed = [time.monotonic_ns()] * got.count(b"\n")
        return self._pressed.pop(0) if self._pressed else None

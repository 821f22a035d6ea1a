"""Does the machine itself stand still? A process that does nothing but sleep, and tells when it overslept.

As a program: a line `FROM TO` (monotonic nanoseconds) for each time that it was woken too late; it ends with its input.
"""

from __future__ import annotations

import select
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Final, Self

from tests.support.tools import REPO

SLEEP_S: Final = 0.02
OVERSLEPT_S: Final = 0.1
"""cued has 0.15 s between a click's promise and its mixing; a machine that takes two thirds of it is no judge."""


class Witness:
    """That program, as a block; `stood` fills."""

    def __init__(self) -> None:
        self.stood: list[tuple[int, int]] = []
        """(from, to) on the monotonic clock."""
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.soak.witness"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPO
        )
        self._thread = threading.Thread(target=self._read, name="witness", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._thread.join()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            began, ended = map(int, line.split())
            self.stood.append((began, ended))


def _watch() -> None:
    before_ns = time.monotonic_ns()
    while not select.select([sys.stdin], [], [], SLEEP_S)[0]:
        now_ns = time.monotonic_ns()
        if now_ns - before_ns > (SLEEP_S + OVERSLEPT_S) * 1e9:
            print(before_ns, now_ns, flush=True)
        before_ns = now_ns


if __name__ == "__main__":
    _watch()

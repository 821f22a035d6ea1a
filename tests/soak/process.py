"""A program and its children, from outside: what it takes of the machine."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

EVERY_S: Final = 5.0
"""Between two samples: 700 in an hour, each a few milliseconds' work."""
TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
MIB: Final = 1024.0


@dataclass(frozen=True, slots=True)
class One:
    """One process now."""

    pid: int
    parent: int
    own_mib: float
    """Memory of its own (RssAnon): libraries and a sound server's shared memory left out."""
    rss_mib: float
    descriptors: int
    threads: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """The whole tree at one moment of the monotonic clock."""

    at_s: float
    main: One
    own_mib: float
    """Of all together."""
    rss_mib: float
    processes: int
    cpu_s: float
    """All that all of them have used since the first sample, those that have ended as last seen."""


def look(pid: int) -> One | None:
    """None: it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines() if ":" in line
        )
        descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except (OSError, IndexError):
        return None
    if "RssAnon" not in status:  # a zombie has no memory
        return None

    def mib(name: str) -> float:
        return int(status[name].split()[0]) / MIB

    cpu_s = (int(stat[11]) + int(stat[12])) / TICKS_PER_S
    return One(pid, int(stat[1]), mib("RssAnon"), mib("VmRSS"), descriptors, int(status["Threads"]), cpu_s)


def children(pid: int) -> Iterator[int]:
    """All that descend from it."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = task.read_text(encoding="utf-8").split()
        except OSError:
            continue
        for child in map(int, own):
            yield child
            yield from children(child)


class Sampler:
    """Samples a process while the block lasts, from a thread."""

    def __init__(self, pid: int) -> None:
        self.samples: list[Sample] = []
        self._pid = pid
        self._used: dict[int, float] = {}
        self._before: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            main = look(self._pid)
            if main is None:
                return
            self._take(main)
            self._over.wait(EVERY_S)

    def _take(self, main: One) -> None:
        tree = [main, *(one for pid in children(self._pid) if (one := look(pid)) is not None)]
        for one in tree:
            self._before.setdefault(one.pid, one.cpu_s if not self.samples else 0.0)
            self._used[one.pid] = one.cpu_s - self._before[one.pid]
        sample = Sample(
            time.monotonic(),
            main,
            sum(one.own_mib for one in tree),
            sum(one.rss_mib for one in tree),
            len(tree),
            sum(self._used.values()),
        )
        self.samples.append(sample)

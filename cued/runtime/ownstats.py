"""What the daemon knows of its own health: how late its loop was, how long its queues were, what it costs."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cued.units import NS_PER_MS, NS_PER_S

BOUNDS_NS: Final = tuple(int(bound * NS_PER_MS) for bound in (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 150, 250, 500, 1000, 5000))
"""Upper ends of the histogram's cells: fine where a beat begins to care (150 ms is a stall), coarse beyond."""
COSTS_NS: Final = 5 * NS_PER_S
"""Between two looks into /proc, which cost a millisecond or two."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class LoopWatch:
    """How late the loop came to what was due, in a histogram: a day of it takes no more room than a second."""

    cells: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_NS) + 1))
    turns: int = 0
    max_ns: int = 0
    queue: int = 0
    """Messages of the last turn that had any."""
    queue_max: int = 0

    def turned(self, late_ns: int, messages: int) -> None:
        """One turn of the loop, which came so late and found so many messages."""
        self.turns += 1
        self.max_ns = max(self.max_ns, late_ns)
        cell = next((number for number, bound_ns in enumerate(BOUNDS_NS) if late_ns <= bound_ns), len(BOUNDS_NS))
        self.cells[cell] += 1
        self.queue = messages
        self.queue_max = max(self.queue_max, messages)

    def share_ns(self, share: float) -> int:
        """So late at most was that share of the turns, rounded up to a cell's end."""
        wanted, seen = share * self.turns, 0
        for number, count in enumerate(self.cells):
            seen += count
            if seen >= wanted:
                return min(self.max_ns, BOUNDS_NS[number]) if number < len(BOUNDS_NS) else self.max_ns
        return self.max_ns


@dataclass(frozen=True, slots=True)
class Costs:
    """What a process and its children take."""

    rss_kib: int
    """Resident, pages shared with others counted in full."""
    pss_kib: int | None
    """The same with shared pages counted by share; None where the kernel does not tell."""
    descriptors: int
    threads: int
    children: int


def costs(pid: int | None = None) -> Costs:
    """Of the process (None: this one) and all its children, as /proc tells; what is gone meanwhile is left out."""
    root = os.getpid() if pid is None else pid
    family = [root, *_children(root)]
    pss = [_pss_kib(one) for one in family]
    known = [value for value in pss if value is not None]
    return Costs(
        rss_kib=sum(_rss_kib(one) for one in family),
        pss_kib=sum(known) if known else None,
        descriptors=_descriptors(root),
        threads=_threads(root),
        children=len(family) - 1,
    )


class CostWatch:
    """The costs of this process, looked up every few seconds: a watcher asks twice a second."""

    def __init__(self) -> None:
        self._last: tuple[int, Costs] | None = None

    def look(self, now_ns: int) -> Costs:
        """As of now, or of a moment ago."""
        if self._last is None or now_ns - self._last[0] >= COSTS_NS:
            self._last = now_ns, costs()
        return self._last[1]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, ValueError):
                for word in (task / "children").read_text().split():
                    found += [int(word), *_children(int(word))]
    return found


def _rss_kib(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE // 1024
    except (OSError, ValueError, IndexError):
        return 0


def _pss_kib(pid: int) -> int | None:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return None


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def _threads(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return 0

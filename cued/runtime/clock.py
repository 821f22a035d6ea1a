"""The only place with a clock: session time from the monotonic clock, and the one wait of the live loop."""

from __future__ import annotations

import math
import threading
import time
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeAlias

from cued.core.events import Event
from cued.units import NS_PER_H, NS_PER_S

Inbox: TypeAlias = "SimpleQueue[Event]"
"""The one queue of everything that comes from outside the loop: threads, signals, reports. `put` is safe from all of them."""

LONGEST_WAIT_NS: Final = NS_PER_H
"""A wait without an end is cut into pieces that every platform's timeout can hold."""


class Clock(Protocol):
    """Session time: 0 ns is the start of the run."""

    def now_ns(self) -> int:
        """Session time now; negative before the start."""

    def wait(self, inbox: Inbox, until_ns: int) -> Event | None:
        """The next event of `inbox`, or None once `until_ns` has come."""


class MonotonicClock:
    """Session time runs with the system's monotonic clock, or `rate` times as fast."""

    def __init__(self, start_ns: int | None = None, rate: float = 1.0) -> None:
        """`start_ns`: the monotonic time of the run's start; None: now. Raises ValueError for a rate not over 0."""
        if not (rate > 0 and math.isfinite(rate)):
            raise ValueError(f"a rate must be over 0: {rate}")
        self.start_ns = time.monotonic_ns() if start_ns is None else start_ns
        self.rate = rate

    def now_ns(self) -> int:
        """Session time now; negative before the start."""
        passed_ns = time.monotonic_ns() - self.start_ns
        return passed_ns if self.rate == 1.0 else int(passed_ns * self.rate)

    def wait(self, inbox: Inbox, until_ns: int) -> Event | None:
        """The next event of `inbox`, or None once `until_ns` has come. Sleeps in the kernel meanwhile."""
        timeout_ns = min((until_ns - self.now_ns()) / self.rate, LONGEST_WAIT_NS)
        try:
            if timeout_ns <= 0:
                return inbox.get_nowait()
            return inbox.get(timeout=timeout_ns / NS_PER_S)
        except Empty:
            return None


class Time(Protocol):
    """The monotonic clock and a wait by it, for what happens before a run has a session time."""

    def now_ns(self) -> int:
        """The monotonic time."""

    def wait(self, changed: threading.Condition, at_most_ns: int) -> None:
        """Return when `changed` (held by the caller) is notified, or after so long."""


class SystemTime:
    """The system's own."""

    def now_ns(self) -> int:
        """The monotonic time."""
        return time.monotonic_ns()

    def wait(self, changed: threading.Condition, at_most_ns: int) -> None:
        """Sleeps in the kernel; Ctrl-C interrupts."""
        changed.wait(at_most_ns / NS_PER_S)


def monotonic_in_ns(ahead_ns: int) -> int:
    """The monotonic time `ahead_ns` from now: when a run that is being set up will start."""
    return time.monotonic_ns() + ahead_ns

"""The only place with a clock: session time from the monotonic clock, and the one wait of the live loop."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeAlias, TypeVar

from cued.core.events import Event
from cued.units import NS_PER_H, NS_PER_MS, NS_PER_S

_Item = TypeVar("_Item")
Inbox: TypeAlias = "SimpleQueue[Event]"
"""The one queue of everything that comes from outside the loop: threads, signals, reports. `put` is safe from all of them."""

LONGEST_WAIT_NS: Final = NS_PER_H
"""A wait without an end is cut into pieces that every platform's timeout can hold."""
SLEEP_NS: Final = 100 * NS_PER_MS
"""The two clocks that tell a suspend are read one after the other: what differs by less is the reading."""


class Clock(Protocol):
    """Session time: 0 ns is the start of the run."""

    def now_ns(self) -> int:
        """Session time now; negative before the start."""

    def wait(self, inbox: Inbox, until_ns: int) -> Event | None:
        """The next event of `inbox`, or None once `until_ns` has come."""


class Line(Protocol):
    """Where a session's time lies on the machine's clocks."""

    rate: float

    @property
    def start_ns(self) -> int:
        """Of the monotonic clock, at session time 0."""

    @property
    def began_boot_ns(self) -> int:
        """The machine's uptime, sleep included, at session time 0."""


class MonotonicClock:
    """Session time runs with the system's monotonic clock, or `rate` times as fast.

    That clock stands still while the machine is suspended, and a runner runs on: `catch_up` leaps over the time slept.
    """

    def __init__(
        self, start_ns: int | None = None, rate: float = 1.0, *, at_ns: int = 0, asleep: Callable[[], int] | None = None
    ) -> None:
        """`start_ns`: the monotonic time at which session time is `at_ns`; None: now. `asleep`: as `asleep_ns`.

        Raises ValueError for a rate not over 0.
        """
        if not (rate > 0 and math.isfinite(rate)):
            raise ValueError(f"a rate must be over 0: {rate}")
        self.start_ns = (time.monotonic_ns() if start_ns is None else start_ns) - int(at_ns / rate)
        """Of the monotonic clock, at session time 0."""
        self.rate = rate
        self._asleep = asleep or asleep_ns
        self._asleep_ns = self._asleep()

    @property
    def began_boot_ns(self) -> int:
        """The machine's uptime, sleep included, at session time 0."""
        return self.start_ns + self._asleep_ns

    def catch_up(self) -> int:
        """Leap over what the machine has slept since the last call; returns that, in ns of real time, mostly 0."""
        slept_ns = self._asleep() - self._asleep_ns
        if slept_ns < SLEEP_NS:
            return 0
        self._asleep_ns += slept_ns
        self.start_ns -= slept_ns
        return slept_ns

    def now_ns(self) -> int:
        """Session time now; negative before the start."""
        passed_ns = time.monotonic_ns() - self.start_ns
        return passed_ns if self.rate == 1.0 else int(passed_ns * self.rate)

    def wait(self, inbox: SimpleQueue[_Item], until_ns: int) -> _Item | None:
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


def boot_ns() -> int:
    """Since the machine was started, sleep included (CLOCK_BOOTTIME)."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def asleep_ns() -> int:
    """How long the machine has been suspended since it was started."""
    return boot_ns() - time.monotonic_ns()

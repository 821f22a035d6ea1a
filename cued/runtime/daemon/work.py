"""Who does what takes time: one thread, one job after the other, and the loop takes the result in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

from cued.runtime.daemon.ports import Carried, Inbox, Notice

CLOSE_S: Final = 0.3
"""A job under way at the end is not waited for any longer: nothing of a run depends on it."""
Job = Callable[[], Callable[[], None]]


class Worker:
    """A thread that begins with the first job."""

    def __init__(self, inbox: Inbox, notice: Notice) -> None:
        self._inbox = inbox
        self._notice = notice
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="cued-work", daemon=True)
        self._closed = False

    @property
    def waiting(self) -> int:
        """Jobs not begun."""
        return self._jobs.qsize()

    def do(self, job: Job) -> None:
        """As `ports.Work`."""
        if self._closed:
            return
        if not self._thread.is_alive():
            self._thread.start()
        self._jobs.put(job)

    def close(self) -> None:
        """Begin no more; a second time does nothing."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            if self._thread.is_alive():
                self._thread.join(CLOSE_S)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None and not self._closed:
            try:
                then = job()
            except Exception as error:  # noqa: BLE001 - a fault in one job is told, and ends neither the next nor the daemon
                told = f"a fault in cued itself: {type(error).__name__}: {error}"
                self._inbox.put(Carried(lambda told=told: self._notice(told)))  # type: ignore[misc]  # a default for a lambda
            else:
                self._inbox.put(Carried(then))

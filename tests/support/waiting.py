"""Waiting for what a test watches, never for a length of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

POLL_S = 0.005
"""Short beside anything a test waits for, long beside the cost of looking."""
DEADLINE_S = 60.0
"""Only a failing test waits so long: on a machine with too much to do, what takes a moment takes many."""


def wait_for(predicate: Callable[[], bool], deadline_s: float = DEADLINE_S, what: str = "") -> None:
    """Return as soon as `predicate()` holds; fail the test when it does not within `deadline_s`."""
    never = threading.Event()
    end_s = time.monotonic() + deadline_s
    while not predicate():
        if time.monotonic() > end_s:
            raise AssertionError(f"not within {deadline_s:g} s: {what or predicate}")
        never.wait(POLL_S)

"""Session time and the one wait."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from cued.core.events import Event, Next, Stop
from cued.runtime.clock import MonotonicClock, monotonic_in_ns
from cued.units import NS_PER_MS, NS_PER_S


def test_session_time_is_negative_before_the_start() -> None:
    clock = MonotonicClock(monotonic_in_ns(60 * NS_PER_S))
    assert -60 * NS_PER_S <= clock.now_ns() < -50 * NS_PER_S


def test_session_time_runs_as_fast_as_it_is_told() -> None:
    start_ns = monotonic_in_ns(-10 * NS_PER_S)
    plain, fast = MonotonicClock(start_ns), MonotonicClock(start_ns, rate=50.0)
    before = plain.now_ns()
    middle = fast.now_ns()
    after = plain.now_ns()
    assert before * 50 <= middle <= after * 50


def test_a_wait_ends_when_its_time_has_come() -> None:
    clock = MonotonicClock(rate=20.0)
    until_ns = clock.now_ns() + 200 * NS_PER_MS
    inbox: SimpleQueue[Event] = SimpleQueue()
    assert clock.wait(inbox, until_ns) is None
    assert clock.now_ns() >= until_ns


def test_a_wait_for_what_is_past_returns_at_once_with_what_is_there() -> None:
    clock = MonotonicClock()
    inbox: SimpleQueue[Event] = SimpleQueue()
    assert clock.wait(inbox, -1) is None
    inbox.put(Next(0))
    assert clock.wait(inbox, -1) == Next(0)


def test_an_event_from_another_thread_ends_a_wait() -> None:
    clock = MonotonicClock()
    inbox: SimpleQueue[Event] = SimpleQueue()
    thread = threading.Thread(target=inbox.put, args=(Stop(7),))
    thread.start()
    assert clock.wait(inbox, clock.now_ns() + 30 * NS_PER_S) == Stop(7)
    thread.join()


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_time_cannot_stand_or_run_backwards(rate: float) -> None:
    with pytest.raises(ValueError, match="over 0"):
        MonotonicClock(rate=rate)

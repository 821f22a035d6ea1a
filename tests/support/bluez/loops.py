"""A loop of its own for each test of bleak, and no descriptor left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak.backends.bluezdbus import manager as bleak_manager

from tests.support.bluez.faults import pause
from tests.support.waiting import DEADLINE_S, POLL_S

_T = TypeVar("_T")


def run_with_bleak(work: Coroutine[Any, Any, _T], deadline_s: float = DEADLINE_S) -> _T:
    """Run `work` in a fresh loop within `deadline_s`, and then close the bus that bleak keeps for each loop.

    bleak would close it only when the next loop asks for one.
    """

    async def within() -> _T:
        try:
            return await asyncio.wait_for(work, deadline_s)
        finally:
            await close_bleak()

    return asyncio.run(within())


async def until(holds: Callable[[], bool], deadline_s: float = DEADLINE_S, what: str = "") -> None:
    """As `waiting.wait_for`, while the loop runs on."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + deadline_s
    while not holds():
        if loop.time() > end_s:
            raise AssertionError(f"not within {deadline_s:g} s: {what or holds}")
        await pause(POLL_S)


async def close_bleak() -> None:
    """Close the bus that bleak keeps for the running loop."""
    manager = bleak_manager._global_instances.pop(asyncio.get_running_loop(), None)
    if manager is None or manager._bus is None:
        return
    if manager._bus_watcher_task is not None:
        manager._bus_watcher_task.cancel()
    # As bleak does for a loop that is closed.
    manager._bus._finalize(None)

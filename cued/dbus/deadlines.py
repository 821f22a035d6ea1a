"""No await without a deadline of its own: bleak's and the bus's may hang, and so may the cleaning up after them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from cued.units import NS_PER_S

_T = TypeVar("_T")


class Deadlines:
    """Runs work of others within a time. What will not even be cancelled is left behind, and asked to end again and again."""

    def __init__(self, grace_ns: int) -> None:
        """`grace_ns`: for each of the two cancellations before a piece of work is left behind."""
        self._grace_s = grace_ns / NS_PER_S / 2
        self.strays: set[asyncio.Task[Any]] = set()
        """Work that was left behind and has not ended yet."""

    async def within(self, limit_ns: int, work: Coroutine[Any, Any, _T]) -> _T:
        """The result of `work`, or its error; raises TimeoutError after `limit_ns` and at most the grace."""
        task = asyncio.get_running_loop().create_task(work)
        try:
            await asyncio.wait({task}, timeout=limit_ns / NS_PER_S)
        except asyncio.CancelledError:
            await self.end(task)
            raise
        if task.done() and not task.cancelled():
            return task.result()
        await self.end(task)
        raise TimeoutError

    async def end(self, task: asyncio.Task[Any]) -> None:
        """Cancel `task`, twice if need be (the first may only begin a cleaning up that hangs), and wait no longer."""
        for _ in range(2):
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=self._grace_s)
        if not task.done():
            self.strays.add(task)
        task.add_done_callback(self._ended)

    def chase(self) -> None:
        """Ask what was left behind to end once more."""
        for task in self.strays:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.strays.discard(task)
        if not task.cancelled():
            task.exception()  # seen: nobody waits for it any more

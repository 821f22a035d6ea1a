"""What a test makes go wrong in bluetoothd's methods, and the waits in which it goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dbus_fast import DBusError


@dataclass(slots=True)
class Fault:
    """One of three: an error, a delay, or no answer at all."""

    times: int | None
    """How many calls it meets; None: all that come."""
    error: str = ""
    """The D-Bus name of the error; empty: none."""
    message: str = ""
    bounce: bool = False
    """The link comes up and goes down again before the error is told, as real aborts do."""
    delay_s: float = 0.0
    hang: bool = False


class Faults:
    """Faults by method; the first planned is the first met."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}

    def plan(self, method: str, fault: Fault) -> None:
        self._planned.setdefault(method, []).append(fault)

    def clear(self) -> None:
        self._planned.clear()

    def meet(self, method: str) -> Fault | None:
        """The fault that this call meets, which counts as one time."""
        planned = self._planned.get(method)
        if not planned:
            return None
        fault = planned[0]
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                planned.pop(0)
        return fault


def bluez_error(name: str, message: str) -> DBusError:
    """`bluez_error("NotReady", "Resource Not Ready")`: an error of bluetoothd's own."""
    return DBusError(f"org.bluez.Error.{name}", message)


async def pause(seconds: float) -> None:
    """The time that a radio or a daemon takes."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    handle = loop.call_later(seconds, over.set_result, None)
    try:
        await over
    finally:
        handle.cancel()


async def forever() -> None:
    """No answer, until the service ends."""
    await asyncio.get_running_loop().create_future()

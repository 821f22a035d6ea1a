"""What bleak remembers for the whole process or a whole loop, and has no words for: reached into here and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib

from bleak.backends.bluezdbus import manager as bleak_manager
from bleak.backends.bluezdbus.version import BlueZFeatures

from cued.dbus.connection import end_of
from cued.dbus.deadlines import Deadlines
from cued.sensors.link import Timing
from cued.sensors.reasons import RETRIED


async def know_bleaks_version(deadlines: Deadlines, timing: Timing) -> None:
    """Have bleak ask for BlueZ's version now, once in the process.

    It would ask within the first connection; were that cancelled meanwhile, all later ones would wait for the answer for ever.
    """
    try:
        await deadlines.within(timing.call_ns, BlueZFeatures.check_bluez_version())
    except RETRIED:
        BlueZFeatures.checked_bluez_version = True


def forget_bleaks_picture() -> None:
    """Have bleak read all of BlueZ anew at its next question. Links that stand are told that they are down.

    bleak has no word for this; it does it by itself when its bus has gone.
    """
    manager = bleak_manager._global_instances.get(asyncio.get_running_loop())  # noqa: SLF001 - the only way to it
    bus = None if manager is None else manager._bus  # noqa: SLF001 - as above
    if bus is not None and bus.connected:
        bus.disconnect()


async def close_bleak(deadlines: Deadlines, limit_ns: int) -> None:
    """Leave the bus that bleak keeps for the running loop; it would do so only when another loop asks for one."""
    manager = bleak_manager._global_instances.pop(asyncio.get_running_loop(), None)  # noqa: SLF001 - as above
    bus = None if manager is None else manager._bus  # noqa: SLF001 - as above
    if bus is not None:
        bus.disconnect()
        with contextlib.suppress(*RETRIED):
            await deadlines.within(limit_ns, end_of(bus))

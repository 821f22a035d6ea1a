"""Tells at once that headphones, or BlueZ, have come or gone: a thread that listens to the bus and asks nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from dbus_fast import Message, MessageType

from cued.dbus.connection import Connection, begin_loop, end_loop
from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import RETRIED
from cued.dbus.names import ADAPTER, BLUEZ, DBUS, DBUS_PATH, DEVICE, OBJECT_MANAGER, PROPERTIES
from cued.units import NS_PER_S

RULES: Final = (
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}'",
    f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
)
LINK_RULE: Final = (
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{DEVICE}',path='%s'"
)
"""Of one device alone: a pod's properties change with every advertisement."""


@dataclass(frozen=True, slots=True)
class Rests:
    """How long everything may take, in nanoseconds."""

    call_ns: int = 3 * NS_PER_S
    """One question: milliseconds."""
    again_ns: int = 10 * NS_PER_S
    """After a bus, or BlueZ, was not there. Meanwhile whoever wants to know has to ask."""
    close_ns: int = NS_PER_S
    """Its thread is given so long to end."""
    grace_ns: int = NS_PER_S
    """As of `Deadlines`."""

    def divided_by(self, divisor: int) -> Rests:
        """All of it `divisor` times shorter, for tests in real time."""
        return replace(self, **{field.name: getattr(self, field.name) // divisor for field in fields(self)})


class Watch:
    """Nothing here makes the caller wait, but `close` for a moment."""

    def __init__(self, changed: Callable[[], None], rests: Rests | None = None) -> None:
        """`changed`, on a thread of this object's: look at the headphones."""
        self._changed = changed
        self._rests = rests or Rests()
        self._lock = threading.Lock()
        self._addresses: tuple[str, ...] = ()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._again: asyncio.Event | None = None
        self._closing = False
        self.listening = False
        """What happens to them is told."""

    def about(self, addresses: Sequence[str]) -> None:
        """These are the runner's now; from any thread."""
        with self._lock:
            before, self._addresses = self._addresses, tuple(addresses)
            if self._closing or before == self._addresses:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="cued-ears", daemon=True)
                self._thread.start()
            self._wake()

    def close(self) -> None:
        """Listen no more; a second time does nothing."""
        with self._lock:
            self._closing = True
            self._wake()
        if self._thread is not None:
            self._thread.join(self._rests.close_ns / NS_PER_S)

    def _wake(self) -> None:
        if self._loop is not None and self._again is not None:
            self._loop.call_soon_threadsafe(self._again.set)

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        loop = begin_loop()
        try:
            loop.run_until_complete(self._keep(loop))
        finally:
            with self._lock:
                self._loop = None
            end_loop(loop)

    async def _keep(self, loop: asyncio.AbstractEventLoop) -> None:
        again = asyncio.Event()
        with self._lock:
            self._loop, self._again = loop, again
        while not self._closing:
            again.clear()
            try:
                await self._serve(again)
                continue
            except RETRIED:
                pass
            finally:
                was, self.listening = self.listening, False
                if was and not self._closing:
                    self._changed()  # from here on nobody would tell
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(again.wait(), self._rests.again_ns / NS_PER_S)

    async def _serve(self, again: asyncio.Event) -> None:
        """Listen until there is something else to listen to; raises all of `RETRIED`."""
        bus = Connection(Deadlines(self._rests.grace_ns), self._rests.call_ns)

        def heard(message: Message) -> None:
            if message.message_type is MessageType.SIGNAL:
                self._hear(message, again)

        await bus.open(heard, RULES)
        try:
            (objects,) = await bus.call(BLUEZ, "/", OBJECT_MANAGER, "GetManagedObjects")
            for adapter in [path for path, interfaces in objects.items() if ADAPTER in interfaces]:
                for address in self._addresses:
                    rule = LINK_RULE % f"{adapter}/dev_{address.replace(':', '_')}"
                    await bus.call(DBUS, DBUS_PATH, DBUS, "AddMatch", "s", [rule])
            self.listening = True
            self._changed()  # something may have happened in between
            ended, woken = asyncio.ensure_future(bus.ended()), asyncio.ensure_future(again.wait())
            await asyncio.wait({ended, woken}, return_when=asyncio.FIRST_COMPLETED)
            lost = ended.done()
            ended.cancel()
            woken.cancel()
            if lost:
                raise EOFError
        finally:
            bus.close()

    def _hear(self, message: Message, again: asyncio.Event) -> None:
        match message.member:
            case "PropertiesChanged" if message.body[0] == DEVICE and "Connected" in message.body[1]:
                self._changed()
            case "InterfacesAdded" | "InterfacesRemoved" if ADAPTER in message.body[1]:
                again.set()
                self._changed()
            case "NameOwnerChanged" if message.body[0] == BLUEZ:
                again.set()
                self._changed()
            case _:
                pass

"""One connection to a bus, on which no question waits without a deadline; and a loop of its own for one errand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import RETRIED
from cued.dbus.names import DBUS, DBUS_PATH

LAST_MOMENT_S: Final = 0.2
"""For what was cancelled to close its sockets; it takes a millisecond or two."""

Handler = Callable[[Message], "Message | bool | None"]
"""Sees every message that comes in; a reply (or True: answered) ends its way, None passes it on."""
_T = TypeVar("_T")


class Connection:
    """To one bus. Lives on one loop; `close` it."""

    def __init__(self, deadlines: Deadlines, call_ns: int, address: str | None = None) -> None:
        """`call_ns`: for one question that needs no radio. `address`: of the bus; None: the system's own."""
        self._deadlines = deadlines
        self._call_ns = call_ns
        self._bus = MessageBus(bus_type=BusType.SYSTEM) if address is None else MessageBus(bus_address=address)

    async def open(self, handler: Handler, rules: Sequence[str] = ()) -> None:
        """Connect, and have `handler` see what matches `rules`; raises all of `RETRIED`."""
        try:
            await self._deadlines.within(self._call_ns, self._bus.connect())
            self._bus.add_message_handler(handler)
            for rule in rules:
                await self.call(DBUS, DBUS_PATH, DBUS, "AddMatch", "s", [rule])
        except BaseException:
            self.close()
            raise

    async def call(
        self,
        to: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: Sequence[Any] = (),
        *,
        within_ns: int = 0,
    ) -> list[Any]:
        """The answer's values. Raises DBusError for an error as the answer, and all else of `RETRIED`.

        `within_ns`: for what needs the radio, or a person; 0: the usual.
        """
        message = Message(destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body))
        reply = await self._deadlines.within(within_ns or self._call_ns, self._bus.call(message))
        if reply is None:  # a bus that is being left gives no answer
            raise EOFError
        if reply.message_type is MessageType.ERROR:
            raise DBusError(reply.error_name or "org.freedesktop.DBus.Error.Failed", str(reply.body[0]) if reply.body else "")
        return reply.body

    def send(self, message: Message) -> None:
        """Send what needs no answer; a bus that has just gone is told by `ended`."""
        with contextlib.suppress(*RETRIED):
            self._bus.send(message).add_done_callback(_retrieve)

    async def ended(self) -> None:
        """Returns when the connection is gone, however it ended."""
        await end_of(self._bus)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.disconnect()


def _retrieve(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()


async def end_of(bus: MessageBus) -> None:
    """Returns when the connection has ended, however it did."""
    with contextlib.suppress(*RETRIED):
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast gives it no type


def alone(work: Coroutine[Any, Any, _T]) -> _T:
    """Run `work` on a loop of its own, in the calling thread."""
    loop = begin_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        end_loop(loop)


def begin_loop() -> asyncio.AbstractEventLoop:
    """A loop of the caller's own for connections: see `_overhear`."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(_overhear)
    return loop


def end_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left on a loop, give it a moment, and close the loop."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=LAST_MOMENT_S))
    loop.close()


def _overhear(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """When D-Bus dies, dbus-fast leaves futures that nobody asks; what matters is raised where it is awaited."""
    del loop, context

"""The keys of headsets and desktops: cued as a player on the session bus, and as BlueZ's on the system bus.

BlueZ drops the buttons of a headset unless a player has registered with it, and a desktop's keys go to players on the session
bus. Both sides live in one thread of their own. A bus that is not there, or goes, is come back to, and nobody is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from dbus_fast import Message, MessageType, RequestNameReply
from dbus_fast.errors import DBusError

from cued.control import mpris
from cued.control.keys import Pressed, Shown
from cued.dbus.connection import Connection, begin_loop, end_loop
from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import RETRIED
from cued.dbus.names import BLUEZ, DBUS, DBUS_PATH, MEDIA, OBJECT_MANAGER
from cued.units import NS_PER_S

DO_NOT_QUEUE: Final = 4
"""Of RequestName (D-Bus Specification): another cued has the name, so take one of our own."""
OWNED: Final = (RequestNameReply.PRIMARY_OWNER.value, RequestNameReply.ALREADY_OWNER.value)
RULES: Final = (
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}'",
    f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
)
CLOSE_S: Final = 1.0
"""For both buses to be left; what hangs is left behind."""


@dataclass(frozen=True, slots=True)
class Rests:
    """How long everything may take, in nanoseconds."""

    call_ns: int = 3 * NS_PER_S
    """One question: milliseconds."""
    first_ns: int = NS_PER_S
    """After a bus was lost, before the next attempt; each further one in a row doubles the rest."""
    longest_ns: int = 30 * NS_PER_S
    """A machine without such a bus is asked no oftener."""
    grace_ns: int = NS_PER_S
    """As of `Deadlines`."""


def session_address() -> str | None:
    """Where the user's bus is (D-Bus Specification, sd-bus's way too); None: there is none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    if address:
        return address
    socket = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}") / "bus"
    try:
        return f"unix:path={socket}" if socket.exists() else None
    except PermissionError:  # a sandbox (`ProtectHome`) shuts /run/user
        return None


class HeadsetKeys:
    """Start it, `show` what goes on, close it. Nothing here makes the caller wait."""

    def __init__(self, pressed: Pressed, rests: Rests | None = None) -> None:
        """`pressed` is called on a thread of this object's."""
        self._pressed = pressed
        self._rests = rests or Rests()
        self._lock = threading.Lock()
        self._shown = Shown()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sides: tuple[_Side, ...] = ()
        self._ended: asyncio.Event | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="cued-keys", daemon=True)

    def start(self) -> None:
        """Begin to listen; returns at once."""
        self._thread.start()

    def show(self, shown: Shown) -> None:
        """What goes on now. From any thread."""
        with self._lock:
            before, self._shown = self._shown, shown
            if before != shown and self._loop is not None:
                self._loop.call_soon_threadsafe(self._tell, before, shown)

    def close(self) -> None:
        """Leave both buses; a second time does nothing."""
        with self._lock:
            self._closing = True
            if self._loop is not None and self._ended is not None:
                self._loop.call_soon_threadsafe(self._ended.set)
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

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
        deadlines = Deadlines(self._rests.grace_ns)
        with self._lock:
            if self._closing:
                return
            self._ended = ended = asyncio.Event()
            session = _Session(deadlines, self._rests, self._heard)
            self._sides = (session, _Bluez(deadlines, self._rests, self._heard, self._now))
            self._loop = loop
        tasks = [loop.create_task(_keep_up(side, self._rests)) for side in self._sides]
        await ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CLOSE_S / 2)

    def _now(self) -> Shown:
        with self._lock:
            return self._shown

    def _tell(self, before: Shown, now: Shown) -> None:
        for side in self._sides:
            if side.bus is not None:
                side.bus.send(mpris.changed(before, now))

    def _heard(self, message: Message) -> Message | None:
        found = mpris.answer(message, self._now())
        if found is None:
            return None
        reply, key = found
        if key is not None:
            self._pressed(key)
        return reply


class _Side(Protocol):
    """A bus that the player is on."""

    bus: Connection | None
    """While it is."""

    async def serve(self) -> None:
        """Be there until the bus ends; raises all of `RETRIED`."""


async def _keep_up(side: _Side, rests: Rests) -> None:
    """Serve for ever."""
    rest_ns = rests.first_ns
    while True:
        with contextlib.suppress(*RETRIED):
            try:
                await side.serve()
            finally:
                if side.bus is not None:
                    rest_ns = rests.first_ns
                    side.bus.close()
                    side.bus = None
        await asyncio.sleep(rest_ns / NS_PER_S)
        rest_ns = min(2 * rest_ns, rests.longest_ns)


Heard = Callable[[Message], "Message | None"]


class _Session:
    """The session bus, where desktops look for players."""

    def __init__(self, deadlines: Deadlines, rests: Rests, heard: Heard) -> None:
        self._deadlines = deadlines
        self._rests = rests
        self._heard = heard
        self.bus: Connection | None = None

    async def serve(self) -> None:
        """Take the name, and answer."""
        address = session_address()
        if address is None:
            return
        bus = Connection(self._deadlines, self._rests.call_ns, address)
        await bus.open(self._heard)
        self.bus = bus
        for name in (mpris.NAME, f"{mpris.NAME}.instance{os.getpid()}"):
            (reply,) = await bus.call(DBUS, DBUS_PATH, DBUS, "RequestName", "su", [name, DO_NOT_QUEUE])
            if reply in OWNED:
                break
        await bus.ended()


class _Bluez:
    """The system bus: a player registered with each adapter of BlueZ, whenever there is one."""

    def __init__(self, deadlines: Deadlines, rests: Rests, heard: Heard, shown: Callable[[], Shown]) -> None:
        self._deadlines = deadlines
        self._rests = rests
        self._heard = heard
        self._shown = shown
        self._look = asyncio.Event()
        self._registered: set[str] = set()
        """Paths of adapters."""
        self._losses = 0
        """An answer from before a loss says nothing of now."""
        self.bus: Connection | None = None

    async def serve(self) -> None:
        """Register wherever one can; again after every change."""
        bus = Connection(self._deadlines, self._rests.call_ns)
        await bus.open(self._hear, RULES)
        self.bus = bus
        self._registered.clear()
        ended = _soon(bus.ended())
        try:
            while not ended.done():
                self._look.clear()
                whole = await self._register(bus)
                looked = _soon(self._look.wait())
                rest_s = None if whole else self._rests.longest_ns / NS_PER_S
                await asyncio.wait({ended, looked}, timeout=rest_s, return_when=asyncio.FIRST_COMPLETED)
                looked.cancel()
        finally:
            ended.cancel()

    async def _register(self, bus: Connection) -> bool:
        """With every adapter that has no player of ours yet; False: one refused, or gave no answer."""
        # BlueZ is not to be started for this: without it there is no headset.
        (there,) = await bus.call(DBUS, DBUS_PATH, DBUS, "NameHasOwner", "s", [BLUEZ])
        if not there:
            return True
        whole = True
        try:
            (objects,) = await bus.call(BLUEZ, "/", OBJECT_MANAGER, "GetManagedObjects")
            for path, interfaces in objects.items():
                if MEDIA in interfaces and path not in self._registered:
                    losses = self._losses
                    await self._register_at(bus, path)
                    if losses == self._losses:
                        self._registered.add(path)
        except (DBusError, TimeoutError):
            whole = False
        return whole

    async def _register_at(self, bus: Connection, path: str) -> None:
        try:
            await bus.call(BLUEZ, path, MEDIA, "RegisterPlayer", "oa{sv}", [mpris.PATH, mpris.player(self._shown())])
        except DBusError as error:
            if error.type != "org.bluez.Error.AlreadyExists":
                raise

    def _hear(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.SIGNAL:
            return self._heard(message)
        match message.member:
            case "InterfacesAdded" if MEDIA in message.body[1]:
                self._look.set()
            case "InterfacesRemoved" if MEDIA in message.body[1]:
                self._registered.discard(message.body[0])
                self._losses += 1
            case "NameOwnerChanged" if message.body[0] == BLUEZ:
                self._registered.clear()
                self._losses += 1
                self._look.set()
        return None


def _soon(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work)

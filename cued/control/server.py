"""The control socket's server: an asyncio loop in a thread of its own, which no client can hold up and which holds up nobody.

A client that does not read its answers is dropped, one too many takes the place of the one that is missed least, and one that
asks without pause is slowed down.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from cued.control.address import BACKLOG, Listening, may_steer, peer_of
from cued.control.commands import Command, Status, Watch
from cued.control.protocol import (
    ENDING,
    LINE_BYTES,
    TOO_LONG,
    Answer,
    Fault,
    Id,
    Malformed,
    Refused,
    encode_answer,
    parse_request,
)

if TYPE_CHECKING:
    import socket

MOST_CLIENTS: Final = 100
"""Far more than the keys, screens and scripts of one runner."""
MOST_WATCHING: Final = 50
"""When it gets crowded, those who watch and those who ask are left this much room each."""
MOST_MUTE: Final = 50
"""So many who have not asked anything yet: more of them push each other out, and nobody who asks."""
AT_ONCE: Final = 10
"""Connections accepted before those that are there are heard again: who comes in a crowd is answered, then pushed out."""
UNREAD_BYTES: Final = 128 * 1024
"""Answers that a client has not read, beyond what the kernel keeps: over a minute of a watched run."""
WATCH_S: Final = 0.5
"""Between two answers of a watch."""
ANSWER_S: Final = 1.5
"""Whoever decides has so long to answer; a client waits for 2 s."""
LINGER_S: Final = 0.25
"""A connection that is hung up on stays open, unread, for so long: whoever sends nonsense and connects again at once would else
keep this thread, and so the interpreter, busy with nothing but greetings (others then waited for up to 0.2 s)."""
BURST: Final = 50
"""Requests that a client may make at once, and in a second from then on: a script's handful at full speed, never a flood that
competes with the beat for the interpreter."""


class Desk(Protocol):
    """Where commands go."""

    def ask(self, command: Command, reply: Callable[[Answer], None]) -> None:
        """Take `command` and return at once; `reply` is called once, now or later, from any thread.

        Called in the server's thread. `Watch` never comes here: it is `Status` asked again and again.
        """


class Server:
    """Listens at `path` from now on, until `close`."""

    def __init__(self, path: Path, desk: Desk) -> None:
        """Raises ControlError where somebody else listens, or nobody can."""
        self._desk = desk
        self._listening = Listening(path)
        self._clients: dict[_Client, None] = {}
        """Who has been quiet for longest comes first."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """End every connection and listen no more; a second time does nothing."""
        if self._thread.is_alive() and self._loop is not None and self._over is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()

    # --- the server's thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._listening.close()
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        listener = self._listening.socket
        server = await asyncio.start_unix_server(self._greet, sock=listener, limit=LINE_BYTES, backlog=AT_ONCE)
        listener.listen(BACKLOG)  # asyncio takes one number for how many wait in the kernel and how many it accepts at once
        self._ready.set()
        await self._over.wait()
        server.close()
        for client in list(self._clients):
            client.close()
        await asyncio.sleep(0)
        for client in list(self._clients):  # who has not read all by now
            client.drop()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(reader, writer, self._ask, self._heard)
        try:
            if not self._may_enter(writer.get_extra_info("socket")):
                client.send(None, Refused(Fault.NOT_ALLOWED, "this cued is steered by its own user and the socket's group"))
                return
            if len(self._clients) >= MOST_CLIENTS:
                self._make_room()
            self._clients[client] = None
            await client.talk()
        except OSError:  # it went away
            pass
        except asyncio.CancelledError:  # the server ends; Python 3.11 would print the cancelling of a connection as an error
            pass
        finally:
            self._clients.pop(client, None)
            client.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):  # how it ended: unasked, asyncio prints that some day
                await writer.wait_closed()

    def _make_room(self) -> None:
        """Drop the client that is missed least; of several the one that has been quiet for longest."""
        mute = sum(not client.has_asked for client in self._clients) > MOST_MUTE
        watching = sum(client.watches for client in self._clients) > MOST_WATCHING

        def missed(client: _Client) -> int:
            if client.is_spent:
                return 0
            if mute and not client.has_asked:
                return 1
            if watching and client.watches:
                return 2
            if client.is_owed:
                return 5
            return 4 if client.watches else 3

        least = min(self._clients, key=missed)
        del self._clients[least]
        least.drop()

    def _may_enter(self, connection: socket.socket) -> bool:
        try:
            return may_steer(peer_of(connection), os.geteuid(), self._listening.group)
        except OSError:  # it has gone already
            return False

    def _heard(self, client: _Client) -> None:
        """Not the quietest any more."""
        if client in self._clients:
            del self._clients[client]
            self._clients[client] = None

    async def _ask(self, command: Command) -> Answer:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()

        def settle(answer: Answer) -> None:
            if not future.done():
                future.set_result(answer)

        def reply(answer: Answer) -> None:
            with contextlib.suppress(RuntimeError):  # too late: the loop is closed
                loop.call_soon_threadsafe(settle, answer)

        try:
            self._desk.ask(command, reply)
            return await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError:
            return Refused(Fault.NO_ANSWER, "cued is busy and does not answer: ask again in a moment")
        except Exception as error:  # noqa: BLE001 - a fault behind the seam is told to who asked, and is nobody else's trouble
            return Refused(Fault.BROKEN, f"a fault in cued itself: {type(error).__name__}: {error}")


class _Client:
    """One connection: a request at a time, answered in order; a watch goes on beside."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ask: Callable[[Command], Awaitable[Answer]],
        heard: Callable[[_Client], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._ask = ask
        self._heard = heard
        self._watching: asyncio.Task[None] | None = None
        self.has_asked = False
        """Whoever connects and says nothing is nobody's loss."""
        self.is_owed = False
        """Whoever has asked, at no more than the rate that is allowed, and waits for the answer."""
        self.is_spent = False
        """It had its last answer and only lingers (`LINGER_S`)."""

    @property
    def watches(self) -> bool:
        """Does it get status by itself?"""
        return self._watching is not None

    async def talk(self) -> None:
        """Answer until the client goes, or says what is no request at all."""
        loop = asyncio.get_running_loop()
        free_s = 0.0
        while not self._writer.transport.is_closing():  # what it asked before it was dropped, or went, is answered to nobody
            line = await self._line()
            if line is None:
                return
            self._heard(self)
            self.has_asked = True
            free_s = max(free_s, loop.time() - 1.0) + 1.0 / BURST
            if free_s > loop.time():
                await asyncio.sleep(free_s - loop.time())
            self.is_owed = True
            is_heard_on = await self._answer(line)
            self.is_owed = False
            if not is_heard_on:
                await self._linger()
                return

    async def _line(self) -> bytes | None:
        try:
            return await self._reader.readuntil()
        except asyncio.IncompleteReadError:  # it has gone, in the middle of a line perhaps
            return None
        except asyncio.LimitOverrunError:
            self.send(None, TOO_LONG)
            await self._linger()
            return None

    async def _linger(self) -> None:
        self.is_spent = True
        await asyncio.sleep(LINGER_S)

    async def _answer(self, line: bytes) -> bool:
        """Answer one line; False: nothing that follows is worth reading."""
        asked = parse_request(line)
        if isinstance(asked, Malformed):
            self.send(asked.id, asked.refused)
            return asked.refused.fault not in ENDING
        if isinstance(asked.command, Watch):
            self._watch(asked.id)
        else:
            self.send(asked.id, await self._ask(asked.command))
        return True

    def _watch(self, to: Id) -> None:
        if self._watching is not None:
            self.send(to, Refused(Fault.NOT_NOW, "this connection watches already"))
            return
        self._watching = asyncio.create_task(self._tell(to))

    async def _tell(self, to: Id) -> None:
        while True:
            self.send(to, await self._ask(Status()))
            await asyncio.sleep(WATCH_S)

    def send(self, to: Id, answer: Answer) -> None:
        """Send an answer without waiting; a client that does not read its answers is dropped."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        transport.write(encode_answer(to, answer))
        if transport.get_write_buffer_size() > UNREAD_BYTES:
            self.drop()

    def close(self) -> None:
        """End the connection once it has what it is owed."""
        if self._watching is not None:
            self._watching.cancel()
        self._writer.transport.close()

    def drop(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

"""Desks of the tests' own, and a raw client that need not behave."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from cued.control.commands import Command, Status
from cued.control.protocol import Answer, Done
from cued.control.server import Desk, Server
from tests.support.waiting import DEADLINE_S


class Prompt:
    """A desk that answers at once, and remembers what it was asked."""

    def __init__(self, result: dict[str, Any] | None = None) -> None:
        self.asked: list[Command] = []
        self._result = result

    def ask(self, command: Command, reply: Callable[[Answer], None]) -> None:
        if not isinstance(command, Status):
            self.asked.append(command)
        reply(Done({"number": len(self.asked)} if self._result is None else self._result))


class Slow:
    """A desk that keeps who waits, until the test answers."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Command, Callable[[Answer], None]]] = []

    def ask(self, command: Command, reply: Callable[[Answer], None]) -> None:
        self.waiting.append((command, reply))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder with a short name: a socket's path may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="cued") as name:
        yield Path(name)


@contextmanager
def served(desk: Desk) -> Iterator[Path]:
    """Within: `desk` is served at that path."""
    with folder() as place:
        path = place / "control.sock"
        server = Server(path, desk)
        try:
            yield path
        finally:
            server.close()


class Raw:
    """A connection that sends any bytes."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self.socket.settimeout(DEADLINE_S)
        self._lines = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._lines.close()
        self.socket.close()

    def send(self, *lines: bytes) -> None:
        self.socket.sendall(b"".join(lines))

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        self.send(json.dumps({"v": 1, "do": do, **fields}).encode() + b"\n")
        return self.read()

    def read(self) -> dict[str, Any]:
        got: dict[str, Any] = json.loads(self._lines.readline())
        return got

    def rest(self) -> bytes:
        """All that still comes until the server has hung up; waits for it."""
        try:
            return self._lines.read()
        except ConnectionResetError:
            return b""

    @property
    def is_over(self) -> bool:
        """The server has hung up, and nothing came before; waits for it."""
        return self.rest() == b""

"""The client's end of the control socket: blocking, with a deadline for everything."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from cued.control.address import owner_of
from cued.control.commands import Command, Watch
from cued.control.protocol import LINE_BYTES, Done, Id, Request, encode_request, parse_answer
from cued.errors import ControlError

ANSWER_S: Final = 2.0
"""A command is answered within 0.1 s; who waits longer than this should be told why."""
_PIECE: Final = 16 * 1024


class Client:
    """A connection; a context manager."""

    def __init__(self, path: Path, within_s: float = ANSWER_S) -> None:
        """Connect; raises ControlError. `within_s`: the deadline of the connection and of every answer."""
        self._path = path
        self._within_s = within_s
        self._unread = b""
        self._asked = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # With Python's own timeout a connection that has to queue would fail at once.
        self._socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(within_s), int(within_s % 1 * 1e6))
        )
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise _unreachable(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, command: Command) -> Mapping[str, Any]:
        """Have `command` carried out; its result. Raises ControlError with the server's sentence where it was refused."""
        answer = self._answer(self._send(command))
        if answer is None:
            raise ControlError(f"{self._path}: the connection ended without an answer")
        return answer

    def watch(self) -> Iterator[Mapping[str, Any]]:
        """Status again and again, until whoever listens has ended; raises ControlError."""
        to = self._send(Watch())
        while (answer := self._answer(to)) is not None:
            yield answer

    def _send(self, command: Command) -> Id:
        self._asked += 1
        try:
            self._socket.settimeout(self._within_s)
            self._socket.sendall(encode_request(Request(self._asked, command)))
        except TimeoutError as error:
            raise self._late() from error
        except OSError:  # what it said before it hung up is still to be read
            pass
        return self._asked

    def _answer(self, to: Id) -> Mapping[str, Any] | None:
        """The result that answers request `to`; None: the connection has ended."""
        until_s = time.monotonic() + self._within_s
        while (line := self._line(until_s)) is not None:
            parsed = parse_answer(line)
            if parsed is None:
                raise ControlError(f"{self._path}: what listens there speaks another language than this cued")
            found, answer = parsed
            if found is not None and found != to:
                continue
            if isinstance(answer, Done):
                return answer.result
            raise ControlError(answer.sentence)
        return None

    def _line(self, until_s: float) -> bytes | None:
        while b"\n" not in self._unread:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                raise self._late()
            if len(self._unread) > LINE_BYTES:
                raise ControlError(f"{self._path}: what listens there speaks another language than this cued")
            self._socket.settimeout(left_s)
            try:
                got = self._socket.recv(_PIECE)
            except TimeoutError as error:
                raise self._late() from error
            except OSError:
                got = b""
            if not got:
                return None
            self._unread += got
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _late(self) -> ControlError:
        return ControlError(f"{self._path}: no answer within {self._within_s:g} s; cued is stuck, or the machine is very busy")


def _unreachable(path: Path, error: OSError) -> ControlError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            how = "`cued run` begins one, `cued daemon` waits for one; --socket names another"
            return ControlError(f"nobody listens at {path}: no run is going on ({how})")
        case ConnectionRefusedError():
            return ControlError(f"nobody listens at {path} any more: that run has ended (`cued run` begins another)")
        case PermissionError():
            return ControlError(f"{path}: you may not steer this cued; its owner{_owner(path)} can, and the socket's group")
        case BlockingIOError():
            return ControlError(f"{path}: cued takes no connection; it is stuck, or the machine is very busy")
    return ControlError(f"{path}: cued cannot be reached there ({error.strerror or error})")


def _owner(path: Path) -> str:
    try:
        return f" {owner_of(path)}"
    except OSError:  # the folder cannot be looked into either
        return ""

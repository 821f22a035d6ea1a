"""Child processes held to a deadline, each in a process group of its own, so that nothing of a hung engine stays behind."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_CHUNK: Final = 65_536
_LINE_LIMIT: Final = 65_536
"""Bytes: a worker's answers are under a kilobyte; more is not an answer."""
_ERROR_LIMIT: Final = 4_096
"""Bytes of an engine's complaint worth keeping."""


class ChildLateError(Exception):
    """Nothing came within the deadline."""


class ChildGoneError(Exception):
    """The process ended, could not be started, or wrote what it should not."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a process that ended by itself left behind."""

    code: int
    output: bytes
    complaint: str
    """Its standard error, one line."""


def run(arguments: Sequence[str | bytes], *, deadline_s: float, max_bytes: int) -> Finished:
    """Run a program to its end and collect what it writes.

    Raises ChildLateError after `deadline_s`, ChildGoneError if it cannot be started or writes more than `max_bytes`.
    The program and all that it started are gone when this returns or raises.
    """
    until = time.monotonic() + deadline_s
    process = _start(arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    output, complaint = bytearray(), bytearray()
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, output)
            selector.register(process.stderr, selectors.EVENT_READ, complaint)
            while selector.get_map():
                ready = selector.select(max(0.0, until - time.monotonic()))
                if not ready:
                    raise ChildLateError
                for key, _ in ready:
                    data = os.read(key.fd, _CHUNK)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.data is output and len(output) + len(data) > max_bytes:
                        raise ChildGoneError(f"wrote more than {max_bytes} bytes")
                    elif key.data is output or len(complaint) < _ERROR_LIMIT:
                        key.data.extend(data)
        if not _has_ended(process, until - time.monotonic()):
            raise ChildLateError
    finally:
        _end(process)
        _close_pipes(process)
    return Finished(process.returncode, bytes(output), " ".join(complaint.decode("utf-8", "replace").split()))


class LineChild:
    """A process that is sent lines and answers with lines."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Start it; ChildGoneError if that cannot be done."""
        self._process = _start(arguments, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._rest = b""

    @property
    def pid(self) -> int:
        """Also the number of its process group."""
        return self._process.pid

    def send(self, line: str) -> None:
        """Write one line; ChildGoneError if nobody reads any more."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as gone:
            raise ChildGoneError(self._how_it_ended()) from gone

    def receive(self, deadline_s: float) -> str:
        """The next line. Raises ChildLateError after `deadline_s`, ChildGoneError at the process's end."""
        assert self._process.stdout is not None
        until = time.monotonic() + deadline_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise ChildLateError
                data = os.read(self._process.stdout.fileno(), _CHUNK)
                self._rest += data
                if not data or len(self._rest) > _LINE_LIMIT:
                    raise ChildGoneError(self._how_it_ended() if not data else "its answer is no line")
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode("utf-8", "replace")

    def kill(self) -> None:
        """End it and all that it started; safe from any thread, and twice. Who waits in `receive` gets ChildGoneError."""
        _end(self._process)

    def close(self) -> None:
        """`kill`, and give the pipes back; only while nobody is in `send` or `receive`."""
        _end(self._process)
        _close_pipes(self._process)

    def _how_it_ended(self) -> str:
        if not _has_ended(self._process, 1.0):
            return "it closed its output"
        _end(self._process)
        code = self._process.returncode
        return f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"


def _start(arguments: Sequence[str | bytes], *, stdin: int, stderr: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,  # a group to kill, and no share in the terminal's Ctrl-C
            bufsize=0,
        )
    except (OSError, ValueError) as error:
        raise ChildGoneError(f"it cannot be started ({error})") from error


def _has_ended(process: subprocess.Popen[bytes], within_s: float) -> bool:
    """Wait for the process's end without reaping it, so that `_end` can still name its group."""
    if process.returncode is not None:
        return True
    descriptor = os.pidfd_open(process.pid)
    try:
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        return bool(waiting.poll(max(0.0, within_s) * 1000))
    finally:
        os.close(descriptor)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group before the leader is reaped: until then its number cannot belong to anybody else."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()

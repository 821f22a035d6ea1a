"""A program on a terminal of its own, and what a person sees there."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from tests.support.waiting import DEADLINE_S

SEQUENCE: Final = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")
"""What a terminal takes at once: an escape sequence, a movement, or letters."""


def screen(text: str) -> list[str]:
    """The lines that are left on a terminal after `text`: cursor up, erase line, erase to the end; no more."""
    lines, row, column = [""], 0, 0
    for found in SEQUENCE.finditer(text):
        piece, (argument, command) = found[0], found.groups()
        if command == "A":
            row = max(0, row - int(argument or 1))
        elif command == "J":
            lines = [*lines[:row], lines[row][:column]]
        elif command == "K":
            lines[row] = ""
        elif piece == "\r":
            column = 0
        elif piece == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif command is None:
            lines[row] = lines[row][:column].ljust(column) + piece + lines[row][column + len(piece) :]
            column += len(piece)
        elif command not in {"m", "h", "l"}:
            raise AssertionError(f"no terminal of these tests knows {piece!r}")
    return [line.rstrip() for line in lines]


class OnTerminal:
    """A child with a terminal, as a block; it is killed if it is still there at the end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        self._child = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=os.environ | {"TERM": "xterm"}
        )
        os.close(slave)
        self._bytes = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._child.kill()
        self._child.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """Everything that was written so far, escape sequences too."""
        return self._bytes.decode(errors="replace")

    def expect(self, predicate: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
        """Read until `predicate()` holds; fail when it does not within `deadline_s`."""
        end_s = time.monotonic() + deadline_s
        while not predicate():
            if time.monotonic() > end_s or (not self._read() and not predicate()):
                raise AssertionError(f"not seen; the terminal shows {screen(self.text)}")

    def press(self, letters: str) -> None:
        os.write(self._master, letters.encode())

    def echoes(self) -> bool:
        """Is it as a shell needs it: what is typed is shown, a line at a time?"""
        modes = termios.tcgetattr(self._master)[3]
        return bool(modes & termios.ECHO and modes & termios.ICANON)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Ctrl-C, or another signal."""
        self._child.send_signal(number)

    def end(self, deadline_s: float = DEADLINE_S) -> int:
        """Read to the end; the exit code."""
        end_s = time.monotonic() + deadline_s
        while self._read() and time.monotonic() < end_s:
            pass
        return self._child.wait(deadline_s)

    def _read(self) -> bool:
        """Is there still a program on the terminal?"""
        if select.select([self._master], [], [], 0.05)[0]:
            try:
                got = os.read(self._master, 65_536)
            except OSError:  # a terminal without programs
                return False
            self._bytes += got
        return True

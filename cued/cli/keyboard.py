"""Enter, pressed by a person or written by a script, and when; and any key at all."""

from __future__ import annotations

import io
import os
import select
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Final, Self

from cued.errors import UsageError
from cued.units import NS_PER_S

NOBODY: Final = "nobody can press Enter here: standard input has ended"
NO_KEYS: Final = "nobody can press a key here: standard input has ended"
WATCHED_S: Final = 0.2
"""How long a Ctrl-C may wait at worst."""
_PIECE: Final = 4096
"""Bytes at once; a person writes one."""


@contextmanager
def unechoed() -> Iterator[None]:
    """Within: what somebody types is not written into the line that a program draws, and is not left for the shell.

    Ctrl-C and Ctrl-Z work as ever. Without a terminal to type at nothing is changed.
    """
    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (AttributeError, ValueError, OSError, termios.error):
        yield
        return
    silent = [*before]
    silent[3] &= ~termios.ECHO  # the local modes
    try:
        _set_modes(terminal, silent)
        yield
    finally:
        _set_modes(terminal, before)


@contextmanager
def any_key(pressed: Callable[[], None]) -> Iterator[None]:
    """Within: `pressed` is called, on a thread of its own, for every key (or burst of keys) that somebody presses here.

    Nothing typed is shown or left for the shell; Ctrl-C works as ever. Without a terminal nothing is listened to.
    """
    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (AttributeError, ValueError, OSError, termios.error):
        yield
        return
    each = [*before]
    each[3] &= ~(termios.ECHO | termios.ICANON)  # the local modes: a key counts without Enter
    over, ends = os.pipe()
    listener = threading.Thread(target=_listen, args=(terminal, over, pressed), name="keyboard", daemon=True)
    try:
        _set_modes(terminal, each)
        listener.start()
        yield
    finally:
        os.write(ends, b".")
        listener.join()
        os.close(over)
        os.close(ends)
        _set_modes(terminal, before)


def _listen(terminal: int, over: int, pressed: Callable[[], None]) -> None:
    """Until something stands in `over`, or nobody can type any more."""
    while True:
        ready = select.select([terminal, over], [], [])[0]
        if over in ready:
            return
        with suppress(OSError):
            if os.read(terminal, _PIECE):
                pressed()
                continue
        return


def typed(question: str) -> str | None:
    """The line that somebody types after `question`, without its end; None: no more lines will come."""
    print(question, end="", flush=True)
    # A Ctrl-C between the question and a read that blocks would wait for the next Enter: so it is looked for meanwhile.
    with suppress(ValueError, OSError):
        while not select.select([sys.stdin], [], [], WATCHED_S)[0]:
            pass
    line = sys.stdin.readline()
    return line.removesuffix("\n") if line else None


def is_attended() -> bool:
    """Somebody reads what is printed and can answer; a program in the background would be stopped by the question."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty() and not _in_background(sys.stdin.fileno())
    except (AttributeError, ValueError, OSError):
        return False


def forget_typed() -> None:
    """Drop what was typed at a terminal and not read yet."""
    with suppress(AttributeError, ValueError, OSError, termios.error):
        if not _in_background(sys.stdin.fileno()):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _set_modes(terminal: int, modes: list[Any]) -> None:
    """At once; what was typed and not read is dropped. A program in the background would be stopped: it leaves them."""
    with suppress(OSError, termios.error):
        if not _in_background(terminal):
            termios.tcsetattr(terminal, termios.TCSAFLUSH, modes)


def _in_background(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:  # a terminal that does not control this program stops nobody
        return False


def _stdin(without: str) -> int:
    """The standard input; raises UsageError, saying `without`, where there is none."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, io.UnsupportedOperation, ValueError) as error:
        raise UsageError(without) from error


class Enters:
    """Reads past Python's own buffer, so that an Enter can be waited for with a deadline."""

    def __init__(self) -> None:
        """Raises UsageError where there is no standard input."""
        self._input = _stdin(NOBODY)
        self._pressed: list[int] = []

    def next(self, within_ns: int) -> int | None:
        """When Enter was pressed (monotonic ns), or None after so long; raises UsageError when the input is over."""
        if not self._pressed and select.select([self._input], [], [], within_ns / NS_PER_S)[0]:
            got = os.read(self._input, _PIECE)
            if not got:
                raise UsageError(NOBODY)
            self._pressed = [time.monotonic_ns()] * got.count(b"\n")
        return self._pressed.pop(0) if self._pressed else None


class Keys:
    """Single keys, without Enter, as a block; a pipe's letters count as keys."""

    def __enter__(self) -> Self:
        """Raises UsageError where there is no standard input."""
        self._input = _stdin(NO_KEYS)
        self._before: list[Any] | None = None
        self._typed: list[str] = []
        with suppress(termios.error):  # a pipe has no modes
            self._before = termios.tcgetattr(self._input)
            single = [*self._before]
            single[3] &= ~(termios.ECHO | termios.ICANON)  # the local modes; Ctrl-C works as ever
            _set_modes(self._input, single)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            _set_modes(self._input, self._before)

    def next(self, within_ns: int) -> str | None:
        """The next key, or None after so long; raises UsageError when the input is over."""
        if not self._typed and select.select([self._input], [], [], max(0, within_ns) / NS_PER_S)[0]:
            got = os.read(self._input, _PIECE)
            if not got:
                raise UsageError(NO_KEYS)
            self._typed = list(got.decode(errors="replace"))
        return self._typed.pop(0) if self._typed else None

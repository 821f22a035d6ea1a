"""A sound server watched through `pactl`, in a thread: who moves the stream, and when the server is there again.

A program of its own, because libpulse in this process would bring its threads and its aborts along, and because `pactl` is
there wherever a server is (4 ms a question). Without it, or without a server, nothing is watched and nothing moves.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from cued.audio.sinks import Server, server_of

ASK_S: Final = 2.0
"""A server that takes longer than that for an answer has other troubles, and the sound's heartbeat notices those."""
QUIET_S: Final = 0.12
"""A sink that goes takes its streams with it in several steps: they are looked at when no more come."""
LONGEST_S: Final = 0.6
"""A volume knob that is turned must not put the look off for good."""
CLOSE_S: Final = 0.5
RETRY_S: Final = (0.5, 1.0, 2.0, 4.0)
"""Between two questions to a server that is not there; then always the last."""
_MATTERS: Final = re.compile(rb"on (sink|sink-input|server) ?#")
_LIBRARIES: Final = ("libpulse.so", "libpipewire-")

Looked = Callable[[Server | None, float], tuple[str, ...]]
"""Gets the server (None: it is not there) and since when it is so, on the monotonic clock in s; returns orders for `pactl`."""


def plays_on_server(pid: int) -> bool:
    """Has that process loaded a sound server's library? Asking `pactl` on a machine without a server might start one."""
    with suppress(OSError):
        maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
        return any(library in maps for library in _LIBRARIES)
    return False


class SinkWatch:
    """The thread. `close` ends it."""

    def __init__(self, looked: Looked) -> None:
        """`looked` is called on the thread: at the begin, and whenever something may have changed."""
        self._looked = looked
        self._closing = False
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._watch, name="cued-sinks", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Look again: there is a new stream."""
        os.eventfd_write(self._wake_fd, 1)

    def close(self) -> None:
        """End it; a server that gives no answer is not waited for."""
        self._closing = True
        self.look()
        self._thread.join(CLOSE_S)
        if not self._thread.is_alive():
            os.close(self._wake_fd)

    def _watch(self) -> None:
        failures = 0
        with suppress(FileNotFoundError):  # no pactl, no watch
            while not self._closing:
                if _pactl("get-default-sink") is not None:
                    failures = 0
                    self._follow()
                if not self._closing:
                    self._looked(None, time.monotonic())
                    self._sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
                    failures += 1

    def _sleep(self, seconds: float) -> None:
        select.select((self._wake_fd,), (), (), seconds)
        self._drain()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake_fd)

    def _follow(self) -> None:
        """Until the server goes, or the end."""
        events = subprocess.Popen(
            ("pactl", "subscribe"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=_english(),
            start_new_session=True,
        )
        assert events.stdout is not None
        try:
            self._attend(events.stdout.fileno())
        finally:
            events.kill()
            events.wait()
            events.stdout.close()

    def _attend(self, events_fd: int) -> None:
        since_s: float | None = time.monotonic()
        due_s = time.monotonic() + QUIET_S  # until the subscription holds
        while not self._closing:
            timeout_s = None if since_s is None else max(0.0, due_s - time.monotonic())
            ready = select.select((events_fd, self._wake_fd), (), (), timeout_s)[0]
            now_s = time.monotonic()
            changed = self._wake_fd in ready
            if changed:
                self._drain()
            if events_fd in ready:
                told = os.read(events_fd, 1 << 16)
                if not told:
                    return
                changed = changed or _MATTERS.search(told) is not None
            if changed:
                since_s = now_s if since_s is None else since_s
                due_s = min(now_s + QUIET_S, since_s + LONGEST_S)
            if since_s is None or now_s < due_s:
                continue
            server = _server()
            if server is None:
                return
            if now_s < since_s + LONGEST_S and _MATTERS.search(_waiting(events_fd)) is not None:
                continue  # something changed between the questions: their answers may not fit together
            orders, since_s = self._looked(server, since_s), None
            if orders:
                _pactl(*orders)


def _waiting(events_fd: int) -> bytes:
    return os.read(events_fd, 1 << 16) if select.select((events_fd,), (), (), 0)[0] else b""


def _server() -> Server | None:
    default, inputs, sinks = _pactl("get-default-sink"), _pactl("list", "sink-inputs"), _pactl("list", "sinks")
    return None if default is None or inputs is None or sinks is None else server_of(sinks, inputs, default)


def _pactl(*words: str) -> str | None:
    """What it prints; None if it fails. FileNotFoundError where there is none."""
    try:
        done = subprocess.run(
            ("pactl", *words), capture_output=True, timeout=ASK_S, check=False, stdin=subprocess.DEVNULL, env=_english()
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""}

"""What the service manager is told (sd_notify(3)): a datagram to the socket that it has named, and nothing where it has not."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Final, Self

VARIABLE: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"
WATCHDOG_PID: Final = "WATCHDOG_PID"
STATUS_CHARS: Final = 200
"""Of a status: `systemctl status` shows one line."""


class Manager:
    """systemd, or whoever speaks like it; all of it returns at once, and no failure is anybody's trouble."""

    def __init__(self, address: str = "", watchdog_ns: int | None = None) -> None:
        """`address`: empty, nobody listens. `watchdog_ns`: it wants to hear that all is well at least so often."""
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_ns = watchdog_ns
        self._status = ""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) if address else None
        if self._socket is not None:
            self._socket.setblocking(False)

    @classmethod
    def from_environment(cls) -> Self:
        """As the environment says; children are not to speak in its name, so it forgets it."""
        address = os.environ.pop(VARIABLE, "")
        micros, pid = os.environ.pop(WATCHDOG, ""), os.environ.pop(WATCHDOG_PID, "")
        meant = not pid or pid == str(os.getpid())
        watchdog_ns = int(micros) * 1_000 if meant and micros.isascii() and micros.isdigit() and int(micros) > 0 else None
        return cls(address, watchdog_ns)

    def ready(self) -> None:
        """All is set up."""
        self._send("READY=1")

    def status(self, sentence: str) -> None:
        """For `systemctl status`."""
        sentence = " ".join(sentence.split())[:STATUS_CHARS]
        if sentence != self._status:
            self._status = sentence
            self._send(f"STATUS={sentence}")

    def feed(self) -> None:
        """All is well."""
        if self.watchdog_ns is not None:
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is busy, or has gone: the next one will do
                self._socket.sendto(text.encode(), self._address)

    def close(self) -> None:
        """Say no more."""
        if self._socket is not None:
            self._socket.close()

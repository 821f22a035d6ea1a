"""Clients of the control socket that mean harm, or are broken: each returns when it has done its worst.

As a program it is one of them: `python -m tests.soak.hostile NAME PATH SEED`.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.support.tools import REPO

CROWD: Final = 200
ENDLESS_BYTES: Final = 4 * 1024 * 1024
SLOW_S: Final = 8.0
PATIENCE_S: Final = 5.0

Client = Callable[[Path, random.Random, float], None]
"""The socket, chance, and for how many seconds those go on that could go on for ever."""


def _connected(path: Path, patience_s: float = PATIENCE_S) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # With Python's own timeout a connection that has to queue would fail at once.
    for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
        client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", int(patience_s), int(patience_s % 1 * 1e6)))
    try:
        client.connect(str(path))
    except OSError:
        client.close()
        raise
    return client


def garbage(path: Path, chance: random.Random, _: float) -> None:
    """Bytes that are no text, again and again."""
    for _ in range(50):
        with contextlib.suppress(OSError), _connected(path) as client:
            client.sendall(chance.randbytes(chance.randrange(1, 4096)) + b"\n")
            client.recv(4096)


def endless_line(path: Path, chance: random.Random, _: float) -> None:
    """A line without an end."""
    with contextlib.suppress(OSError), _connected(path) as client:
        piece = bytes([chance.randrange(0x20, 0x7F)]) * 65_536
        for _ in range(ENDLESS_BYTES // len(piece)):
            client.sendall(piece)


def slow_reader(path: Path, _: random.Random, for_s: float) -> None:
    """Asks for status as fast as it may, and never reads an answer."""
    with contextlib.suppress(OSError), _connected(path, for_s) as client:
        until_s = time.monotonic() + for_s
        while time.monotonic() < until_s:
            client.sendall(b'{"v":1,"do":"status"}\n' * 20)


def watchers(path: Path, _: random.Random, for_s: float) -> None:
    """Many that watch, and do not read what they see."""
    with ExitStack() as stack:
        for _number in range(60):
            with contextlib.suppress(OSError):
                client = stack.enter_context(_connected(path))
                client.sendall(b'{"v":1,"do":"watch"}\n')
        threading.Event().wait(for_s)


def crowd(path: Path, _: random.Random, for_s: float) -> None:
    """Two hundred at once, half of them in the middle of a line."""
    with ExitStack() as stack:
        for number in range(CROWD):
            with contextlib.suppress(OSError):
                client = stack.enter_context(_connected(path))
                client.sendall(b'{"v":1,"do":"status"}\n' if number % 2 else b'{"v":1,"do":')
        threading.Event().wait(for_s / 8)


def flood(path: Path, _: random.Random, for_s: float) -> None:
    """Requests without a pause, all of them wrong, each answer read."""
    with contextlib.suppress(OSError), _connected(path) as client:
        until_s = time.monotonic() + for_s / 2
        while time.monotonic() < until_s:
            client.sendall(b'{"v":1,"do":"fly"}\n{"v":2}\n[]\n{"v":1,"do":"volume","percent":1e9}\n')
            client.recv(1 << 16)


def quitters(path: Path, _chance: random.Random, _for_s: float) -> None:
    """Connect, ask, and hang up before the answer."""
    for _number in range(100):
        with contextlib.suppress(OSError), _connected(path) as client:
            client.sendall(b'{"v":1,"do":"status"}\n')


CLIENTS: Final[tuple[Client, ...]] = (garbage, endless_line, slow_reader, watchers, crowd, flood, quitters)
NAMES: Final = tuple(client.__name__ for client in CLIENTS)


def sent_to(path: Path, name: str, seed: int) -> subprocess.Popen[bytes]:
    """That client, in a process of its own: what it does to the daemon must not look like what it does to who measures."""
    return subprocess.Popen((sys.executable, "-m", "tests.soak.hostile", name, str(path), str(seed)), cwd=REPO)


if __name__ == "__main__":
    CLIENTS[NAMES.index(sys.argv[1])](Path(sys.argv[2]), random.Random(int(sys.argv[3])), SLOW_S)

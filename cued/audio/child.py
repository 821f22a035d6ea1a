"""The sound process as its parent sees it: started, fed without waiting, heard, ended."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from typing import Any, Final

from cued.audio.outbox import Outbox
from cued.audio.wire import Beat, Ready, Unpacker, python_command

OPEN_DEADLINE_S: Final = 8.0
"""A child opens a device in 0.4 s here; a small machine with a sleeping USB sound card takes seconds."""
SILENCE_DEADLINE_S: Final = 1.5
"""Three heartbeats: no busy machine delays them all, and a dead beat is not endured for longer."""
KILL_S: Final = 1.0
GIVES_BACK: Final = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "2"}
"""For glibc (mallopt(3)): clips come and go for days, and what is freed goes back to the system. Without it the heap keeps what
a pack once took, and grows by more with every other one."""
_READ_BYTES: Final = 1 << 16
_CHILD: Final = python_command("cued.audio.process")


class Child:
    """A sound process and the pipes to it."""

    def __init__(self) -> None:
        """Start it; OSError if that cannot be done."""
        self._process = subprocess.Popen(
            _CHILD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **GIVES_BACK},
            # ALSA and JACK complain there about devices that nobody asked for.
            stderr=None if os.environ.get("CUED_DEBUG") else subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # Ctrl-C in the terminal is for the session, which then ends its child
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.in_fd, self.out_fd = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self.in_fd, False)
        os.set_blocking(self.out_fd, False)
        self._unpacker = Unpacker()
        self._unsent = Outbox()
        self.ready: Ready | None = None
        self.beat = Beat(0, 0, 0, 0, 0)
        self.started_s = self.heard_s = time.monotonic()
        self._spared = False

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def unsent(self) -> bool:
        """Something waits for room in the pipe."""
        return bool(self._unsent)

    @property
    def deadline_s(self) -> float:
        """When its silence has lasted too long."""
        return self.heard_s + (SILENCE_DEADLINE_S if self.ready else OPEN_DEADLINE_S)

    def spare(self) -> bool:
        """Forgive a silence that may have been the machine's: once, until it is heard again. False: it was forgiven before."""
        if self._spared:
            return False
        self._spared = True
        self.heard_s = time.monotonic()
        return True

    def send(self, message: object) -> None:
        """Write as much as the pipe takes; `flush` later writes the rest."""
        self._unsent.put(message)
        self.flush()

    def flush(self) -> None:
        """Write what still waits, as much as the pipe takes. A child that is gone takes nothing."""
        with suppress(BlockingIOError, BrokenPipeError):
            while self._unsent:
                self._unsent.wrote(os.write(self.in_fd, self._unsent.first()))

    def receive(self) -> list[Any]:
        """What it has said. EOFError when it is gone."""
        try:
            data = os.read(self.out_fd, _READ_BYTES)
        except BlockingIOError:
            return []
        if not data:
            raise EOFError
        self.heard_s = time.monotonic()
        self._spared = False
        return list(self._unpacker.feed(data))

    def end(self) -> None:
        """Kill it: whatever it hangs in."""
        self._process.kill()
        # A driver may hold even a killed process for as long as its device is gone: it is left to the system then.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(KILL_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

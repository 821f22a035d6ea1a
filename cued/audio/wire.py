"""Messages between the session and its sound child: a length, then the pickled value. Own process on both ends."""

from __future__ import annotations

import os
import pickle
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from cued.audio.commands import MixFormat

_LENGTH: Final = struct.Struct("<I")
MAX_REPORT_BYTES: Final = 4096
"""Linux' PIPE_BUF: a message this small is written whole or not at all, even to a pipe that is nearly full."""


@dataclass(frozen=True, slots=True)
class Open:
    """The first message to a child: what to play on, and when the session began."""

    fmt: MixFormat
    device: str
    """A device's name, or empty for the best there is."""
    host_api: str
    """Which of the devices of that name; empty for any."""
    t0_monotonic_ns: int
    promises: bool
    """Report the frame promised for every click."""


@dataclass(frozen=True, slots=True)
class Begin:
    """The session begins at another moment than the last message said."""

    t0_monotonic_ns: int


@dataclass(frozen=True, slots=True)
class Release:
    """Clips that are not played any more."""

    clip_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The child's stream runs and is anchored; commands may come."""

    device: str
    host_api: str
    rate_hz: int
    latency_ns: int


@dataclass(frozen=True, slots=True)
class Beat:
    """The child's own counts, several times a second."""

    frames: int
    mixed_until_ns: int
    underruns: int
    resyncs: int
    late_clicks: int
    late_clips: int = 0
    error_ns: int = 0
    worst_error_ns: int = 0

    def after(self, past: Beat) -> Beat:
        """Totals over all children; frames, what is mixed and the error are the present one's."""
        return replace(
            self,
            underruns=past.underruns + self.underruns,
            resyncs=past.resyncs + self.resyncs,
            late_clicks=past.late_clicks + self.late_clicks,
            late_clips=past.late_clips + self.late_clips,
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """The child cannot go on, and says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Quit:
    """The session is over."""


def python_command(module: str) -> tuple[str, ...]:
    """A fresh interpreter that runs `main()` of one of this package's modules, wherever it is started."""
    # `-m` would put the present folder first on the path, with whatever lies there.
    package = os.fspath(Path(__file__).resolve().parents[2])
    return (sys.executable, "-P", "-c", f"import sys; sys.path.append({package!r}); from {module} import main; main()")


def packed(message: object) -> bytes:
    """A message as bytes."""
    body = pickle.dumps(message, protocol=5)
    return _LENGTH.pack(len(body)) + body


class Unpacker:
    """Bytes in, whole messages out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """Every message that `data` completes."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield pickle.loads(body)  # noqa: S301 -- see the import

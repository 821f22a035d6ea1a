"""Who is writing a journal: a lock beside the file that dies with its process, whatever ended it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cued.errors import JournalError

_FLOCK: Final = "hhqqi4x"
"""`struct flock` of 64-bit Linux: type, whence, start, length, pid (fcntl(2)). cued promises 64-bit alone."""
_F_OFD_GETLK: Final = 36
_F_OFD_SETLK: Final = 37
"""Open file description locks (fcntl(2)): one per opening, so that a second opening in the same process is refused, too, and
asking who holds it takes nothing away."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that writes."""

    pid: int
    """0: it has not said yet."""
    since: str
    """Local time, as a person reads it."""

    def __str__(self) -> str:
        return f"process {self.pid}, since {self.since}" if self.pid else "another process"


class HeldError(JournalError):
    """Another process writes the journal."""

    def __init__(self, journal: Path, by: Holder | None) -> None:
        self.by = by
        """None: it has let go meanwhile, or does not say."""
        super().__init__(f"{journal}: it is being written by {by or 'another process'}")


class Lock:
    """Held from construction to `release`."""

    def __init__(self, journal: Path, since: str) -> None:
        """Raises HeldError, naming the holder, if another holds it; OSError where no lock can be made."""
        path = _path(journal)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.fcntl(self._descriptor, _F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        except (BlockingIOError, PermissionError):
            os.close(self._descriptor)
            raise HeldError(journal, holder(journal)) from None
        except OSError:
            os.close(self._descriptor)
            raise
        with contextlib.suppress(OSError):  # on a full disk it is held all the same, only not told by whom
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, json.dumps({"pid": os.getpid(), "since": since}).encode(), 0)

    def release(self) -> None:
        """Another may write now. The lock's file stays: removing it would let two hold it."""
        os.close(self._descriptor)


def holder(journal: Path) -> Holder | None:
    """Who writes `journal` now; None: nobody."""
    try:
        descriptor = os.open(_path(journal), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:  # nobody has ever written it, or its folder is closed to us
        return None
    try:
        # A read lock is asked after: a descriptor opened for reading could take no other.
        asked = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        found = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, _F_OFD_GETLK, asked))
        if found[0] == fcntl.F_UNLCK:
            return None
        said = json.loads(os.pread(descriptor, 500, 0))
        return Holder(int(said["pid"]), str(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(0, "")
    finally:
        os.close(descriptor)


def _path(journal: Path) -> Path:
    return journal.with_name(journal.name + ".lock")

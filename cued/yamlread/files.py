"""The bytes of a text file that somebody named: never blocks, never reads without end."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cued.errors import Problem, YamlError
from cued.yamlread.quoting import clip, clip_path

MAX_BYTES: Final = 256 * 1024
"""A pack of 1,000 cues is a third of this; more is a mistake or an attack."""

_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class NoFile(Problem):
    """A problem that has no line, since there is no file."""

    def at(self, file: str) -> str:
        """`file: message`."""
        return f"{file}: {self.message}"


def read_bytes(path: Path, error: type[YamlError] = YamlError) -> bytes:
    """All of a regular file of at most `MAX_BYTES`. Raises `error` with one sentence for anything else."""
    name = clip_path(str(path))

    def refuse(message: str) -> YamlError:
        return error(name, (Problem(1, 1, message),))

    try:
        # Asked before opening: opening a device can already do something, and a pipe would wait for its other end.
        mode = path.stat().st_mode
        for is_kind, word in _KINDS:
            if is_kind(mode):
                raise error(name, (NoFile(1, 1, f"this is {word}, not a file: name a YAML file"),))
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no Path
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise refuse("this is not a regular file: name a YAML file")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise error(name, (NoFile(1, 1, "there is no such file: check the name"),)) from None
    except PermissionError:
        raise refuse("this file may not be read: check its permissions (chmod u+r)") from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise refuse(f"this file cannot be read: {clip(reason)}") from None
    if len(data) > MAX_BYTES:
        raise refuse(f"the file is over {MAX_BYTES // 1024} KiB: split it, or check that it is the right file")
    return data

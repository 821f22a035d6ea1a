"""A pack folder's sound files: which there are, and that none of them leads anywhere else or is too large."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final, Protocol, TypeAlias

from cued.errors import CuedError
from cued.yamlread import clip, did_you_mean, quoted

SUFFIXES: Final = (".wav", ".flac", ".ogg", ".mp3")
"""Sound files that a pack may hold, in the order in which one of them is taken as a cue's voice."""
MAX_BYTES: Final = 10 * 1024 * 1024
"""Of a sound file (the format's limit)."""
MAX_SECONDS: Final = 30.0
"""Of a sound file (the format's limit)."""
MAX_LISTED: Final = 10_000
"""Files of a folder that are looked at."""

Probe: TypeAlias = Callable[[Path, str], "float | None"]
"""`(folder, name)` → seconds, read from the file's head; None: not known. Raises CuedError for what is no sound."""


class SoundFiles(Protocol):
    """What a pack's sounds are checked against."""

    def voices(self, cue_ids: Iterable[str]) -> dict[str, str]:
        """The file that is each cue's own voice, by the cue's id."""

    def names(self) -> list[str]:
        """The sounds there are, but for hidden ones and those in folders of their own."""

    def problem(self, name: str) -> str | None:
        """What is wrong with the sound file `name`; None: nothing."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A pack's folder on disk."""

    path: Path
    probe: Probe | None = None

    def voices(self, cue_ids: Iterable[str]) -> dict[str, str]:
        """As the protocol says."""
        return _voices(cue_ids, self._listed())

    def names(self) -> list[str]:
        """As the protocol says."""
        return [name for name in self._listed() if not name.startswith(".")]

    def problem(self, name: str) -> str | None:
        """As the protocol says. Never follows a link and never blocks."""
        wrong = _bad_name(name)
        if wrong is not None:
            return wrong
        try:
            size = _size(self.path, PurePosixPath(name).parts)
        except FileNotFoundError:
            return f"there is no file {quoted(name)} in the pack's folder: add it.{did_you_mean(name, self._listed())}"
        except (OSError, ValueError) as error:
            return f"{quoted(name)} cannot be used ({_reason(error)}): put a plain file into the pack's folder"
        if size > MAX_BYTES:
            return f"{quoted(name)} is over {MAX_BYTES // 2**20} MiB: shorten it, or save it as FLAC or Ogg"
        if size == 0:
            return f"{quoted(name)} is empty: record it again"
        return self._length_problem(name)

    def _length_problem(self, name: str) -> str | None:
        if self.probe is None:
            return None
        try:
            seconds = self.probe(self.path, name)
        except CuedError as error:
            return " ".join(str(error).split())
        if seconds is not None and seconds > MAX_SECONDS:
            return f"{quoted(name)} lasts {seconds:.0f} s: at most {MAX_SECONDS:.0f} s can be played, so shorten it"
        return None

    def _listed(self) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                return sorted(
                    entry.name for entry in islice(entries, MAX_LISTED) if PurePosixPath(entry.name).suffix in SUFFIXES
                )
        except OSError:
            return []


def _voices(cue_ids: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    wanted = set(cue_ids)
    found: dict[str, str] = {}
    for suffix in reversed(SUFFIXES):  # the first suffix has the last word
        for name in names:
            if name.endswith(suffix) and name.removesuffix(suffix) in wanted:
                found[name.removesuffix(suffix)] = name
    return found


def _bad_name(name: str) -> str | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        return f"{quoted(name)} is outside the pack's folder: put the file into the folder and write its name"
    if path.suffix not in SUFFIXES:
        return f"{quoted(name)} is no sound file: it must end in {', '.join(SUFFIXES)}"
    return None


def _size(folder: Path, parts: tuple[str, ...]) -> int:
    """Size of a regular file reached from `folder` without a link on the way. Raises OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    at = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, flags | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        status = os.stat(parts[-1], dir_fd=at, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise OSError("it is a link")
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a plain file")
        return status.st_size
    finally:
        os.close(at)


def _reason(error: OSError | ValueError) -> str:
    return clip(error.strerror if isinstance(error, OSError) and error.strerror else str(error))

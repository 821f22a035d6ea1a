"""Files for people to keep: whole or not at all; and streams that grow where they are.

A finished file is written beside its target and renamed over it, and only where there is nothing yet or a regular file
(links are followed first). Devices, pipes and `-` are written in place, as is a file that is meant to grow.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path
from typing import IO, Protocol, TypeVar

from cued.errors import OutputError

T = TypeVar("T")

STDOUT = "-"
"""The name that means standard output."""


class TextOut(Protocol):
    """A text being written."""

    def write(self, text: str) -> None:
        """Append `text`; raises OutputError when it cannot."""

    def close(self) -> None:
        """The text is complete."""

    def abort(self) -> None:
        """It will never be complete: leave no half of it where whole ones belong."""


def check_target(path: str | os.PathLike[str]) -> None:
    """Raises OutputError if `path` cannot become a file: no folder there, a folder itself, not allowed."""
    if os.fspath(path) == STDOUT:
        return
    target = Path(path)
    if not target.name:
        raise OutputError(f"{path}: this is a folder's name; give a file's")
    if target.is_dir():
        raise OutputError(f"{path}: this is a folder; give a file's name in it")
    folder = _resolved(target).parent
    if not folder.exists():
        raise OutputError(f"{path}: there is no folder {folder}; make it first (mkdir -p {folder})")
    if not folder.is_dir():
        raise OutputError(f"{path}: {folder} is no folder")
    with contextlib.suppress(OSError):  # there is no such file yet
        if stat.S_ISREG(mode := target.stat().st_mode) and not mode & 0o222:
            raise OutputError(f"{path}: this file is write-protected; give another name")


def check_outputs(outputs: Sequence[str], inputs: Sequence[str | os.PathLike[str]]) -> None:
    """Raises OutputError unless each of `outputs` (empty: none) can become a file of its own that is none of the `inputs`."""
    read = {_identity(path) for path in inputs}
    written: dict[object, str] = {}
    for path in filter(None, outputs):
        check_target(path)
        one = _identity(path)
        if one in read:
            raise OutputError(f"{path}: this run is made from that file, which would be lost; give another name")
        if one == STDOUT and one in written:
            raise OutputError("only one of the outputs can be `-` (standard output)")
        if one in written:
            raise OutputError(f"{path}: two outputs cannot go into one file; give each a name of its own")
        written[one] = path


def _identity(path: str | os.PathLike[str]) -> object:
    """What tells one file from another, by whatever name it is called."""
    if os.fspath(path) == STDOUT:
        return STDOUT
    try:
        found = Path(path).stat()
    except OSError:
        return str(_resolved(Path(path)))
    return (found.st_dev, found.st_ino)


def open_finished(path: str | os.PathLike[str]) -> TextOut:
    """A text that appears under its name only when it is closed; devices, pipes and `-` get it as it comes.

    Raises OutputError with one sentence.
    """
    if os.fspath(path) == STDOUT:
        return _InPlace("-", sys.stdout, owned=False)
    check_target(path)
    if not _absent_or_regular(path):
        return _InPlace(os.fspath(path), _guard(path, lambda: Path(path).open("w", encoding="utf-8")), owned=True)
    return _Beside(path)


def open_growing(path: str | os.PathLike[str]) -> TextOut:
    """A text that grows in place, piece by piece, for whoever watches; what was there is gone.

    Raises OutputError with one sentence.
    """
    if os.fspath(path) == STDOUT:
        return _InPlace("-", sys.stdout, owned=False)
    check_target(path)
    return _Growing(os.fspath(path), _guard(path, lambda: Path(path).open("wb", buffering=0)))


def write_finished(path: str | os.PathLike[str], text: str) -> None:
    """`open_finished`, `write` and `close` in one."""
    out = open_finished(path)
    try:
        out.write(text)
        out.close()
    except BaseException:
        out.abort()
        raise


def make_folder(folder: Path) -> None:
    """A folder and those above it, where they are not there yet; raises OutputError with one sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: no folder can be made there ({error.strerror or error})") from error


def write_json(path: Path, value: object) -> None:
    """A small file of cued's own, with its folder; raises OutputError with one sentence."""
    make_folder(path.parent)
    write_finished(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """A whole file of bytes, or none; raises OutputError with one sentence."""
    check_target(path)
    if not _absent_or_regular(path):
        _guard(path, lambda: Path(path).write_bytes(data))
        return
    out = _Beside(path)
    try:
        out.put(data)
        out.close()
    except BaseException:
        out.abort()
        raise


class _InPlace:
    def __init__(self, name: str, file: IO[str], *, owned: bool) -> None:
        self._name = name
        self._file = file
        self._owned = owned

    def write(self, text: str) -> None:
        def put() -> None:
            self._file.write(text)
            self._file.flush()

        _guard(self._name, put)

    def close(self) -> None:
        if self._owned:
            _guard(self._name, self._file.close)

    def abort(self) -> None:
        if self._owned:
            with contextlib.suppress(OSError):
                self._file.close()


class _Growing:
    """A file that holds whole writes only: where one cannot be finished, its beginning is taken away again."""

    def __init__(self, name: str, file: FileIO) -> None:
        self._name = name
        self._file = file
        self._whole = 0
        """Bytes of the writes that were finished."""

    def write(self, text: str) -> None:
        _guard(self._name, lambda: self._put(memoryview(text.encode())))

    def _put(self, data: memoryview) -> None:
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError:
            with contextlib.suppress(OSError):  # a pipe cannot be cut, and a full disk can
                self._file.truncate(self._whole)
            raise
        self._whole = self._file.tell() if self._file.seekable() else 0

    def close(self) -> None:
        _guard(self._name, self._file.close)

    def abort(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


class _Beside:
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._name = os.fspath(path)
        self._target = _resolved(Path(path))
        descriptor, self._beside = _guard(path, self._make)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")

    def _make(self) -> tuple[int, str]:
        return tempfile.mkstemp(prefix=f".{self._target.name}.", suffix=".part", dir=self._target.parent)

    def write(self, text: str) -> None:
        _guard(self._name, lambda: self._file.write(text))

    def put(self, data: bytes) -> None:
        _guard(self._name, lambda: self._file.buffer.write(data))

    def close(self) -> None:
        try:
            _guard(self._name, self._settle)
        except OutputError:
            self.abort()
            raise

    def _settle(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        os.fchmod(self._file.fileno(), _mode_of(self._target))
        self._file.close()
        Path(self._beside).replace(self._target)

    def abort(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            Path(self._beside).unlink(missing_ok=True)


def _guard(path: str | os.PathLike[str], act: Callable[[], T]) -> T:
    """What `act` returns; its OSError as one sentence about `path`."""
    try:
        return act()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{os.fspath(path)}: cannot be written ({error.strerror or error})") from error


def _resolved(path: Path) -> Path:
    """`path` with its links followed, so that a rename replaces the file and not the link."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # a ring of links
        raise OutputError(f"{path}: cannot be written (its links lead nowhere)") from error


def _absent_or_regular(path: str | os.PathLike[str]) -> bool:
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise OutputError(f"{os.fspath(path)}: cannot be written ({error.strerror or error})") from error


def _mode_of(target: Path) -> int:
    """The permissions a file there has, or a new one would get."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

"""Opens an activity file safely, looks at its first bytes, and hands it to the reader that knows them."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from cued.errors import FormatError
from cued.formats.activity import Activity

MAX_BYTES: Final = 64 * 1024 * 1024
"""A day of running at one record a second takes 10 MiB; more is no activity file."""

_FIT_MARK: Final = slice(8, 12)
"""Where every FIT file says `.FIT` (FIT protocol, file header)."""


def read_activity(path: str | Path) -> Activity:
    """The run in a FIT or CSV file, told apart by content and not by name.

    Raises FormatError with one sentence that names the file. Never opens anything but a regular file, so a pipe
    cannot block it and a device is not touched.
    """
    return activity_of(path, read_regular_file(path))


def activity_of(path: str | Path, data: bytes) -> Activity:
    """As `read_activity`, from the file's bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        return _parse(str(path), sha256, data)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error


def _parse(source: str, sha256: str, data: bytes) -> Activity:
    if not data:
        raise FormatError("the file is empty; copy it from the watch again")
    if data[_FIT_MARK] == b".FIT":
        from cued.formats.fit import read_fit

        return read_fit(source, sha256, data)
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"\x1f\x8b"):
        raise FormatError("the file is compressed; unpack it first (gunzip)")
    if data.startswith(b"PK\x03\x04"):
        raise FormatError("the file is an archive or a spreadsheet; unpack it, or save the sheet as CSV")
    if start.startswith(b"<"):
        raise FormatError("this is XML (GPX, TCX); cued reads FIT and CSV: export the original file (FIT) instead")
    if b"\x00" in data[:512]:
        raise FormatError("this is neither a FIT file (it has no .FIT mark) nor text")
    from cued.formats.activity_csv import read_csv

    return read_csv(source, sha256, data)


def read_regular_file(path: str | Path) -> bytes:
    """All bytes of a regular file (links followed) of at most MAX_BYTES; FormatError for everything else."""
    try:
        # Asked before opening: opening alone can block on a pipe, rewind a tape or arm a watchdog.
        _check_regular(path, Path(path).stat())
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            # Asked again: the name may have changed its file in between.
            _check_regular(path, os.fstat(descriptor))
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise FormatError(f"{path}: there is no such file") from error
    except PermissionError as error:
        raise FormatError(f"{path}: you may not read this file (check its permissions)") from error
    except ValueError as error:
        raise FormatError(f"{path!r}: this cannot be a file's name") from error
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > MAX_BYTES:
        raise FormatError(f"{path}: {_too_large(len(data))}")
    return data


def _check_regular(path: str | Path, status: os.stat_result) -> None:
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    for is_kind, name in kinds:
        if is_kind(status.st_mode):
            raise FormatError(f"{path}: this is {name}, not a file; give a run's FIT or CSV file, or a raw sensor log")
    if status.st_size > MAX_BYTES:
        raise FormatError(f"{path}: {_too_large(status.st_size)}")


def _too_large(size: int) -> str:
    return f"the file has {size / 1024 / 1024:.0f} MiB or more ({MAX_BYTES // 1024 // 1024} at most): it cannot be one run"

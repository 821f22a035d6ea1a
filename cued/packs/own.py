"""The folder of a user's own packs: one comes whole or not at all, and goes the same way."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cued.errors import OutputError
from cued.packs.contained import YAML_SUFFIXES

SCRATCH: Final = ".new-"
"""What a copy that is no pack yet lies in: the pack itself is one folder further down, where no list of packs looks."""
_STALE_S: Final = 24 * 3600
"""A copy that is older was left by a crash."""
_AT_FDCWD: Final = -100
_EXCHANGE: Final = 2
"""Linux's RENAME_EXCHANGE (renameat2(2)): two names change places in one step."""
_NO_EXCHANGE: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder of one's own on the file system of `folder`, which is made if there is none; gone afterwards. OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{SCRATCH}*"):
            if old.lstat().st_mtime < time.time() - _STALE_S:
                _erase(old)
        made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
    try:
        yield made
    finally:
        _erase(made)


def write_new(path: Path, data: bytes) -> None:
    """A file that was not there before, on the disk when this returns. Raises OutputError."""
    try:
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise OutputError(f"{path}: there is such a file already; nothing was overwritten") from None
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error


def places(name: str, folder: Path) -> list[Path]:
    """Where a pack called `name` is in `folder`, as a file or a folder; usually none or one."""
    return [
        path for path in (folder / name, *(folder / f"{name}{suffix}" for suffix in YAML_SUFFIXES)) if os.path.lexists(path)
    ]


def put(content: Path, name: str, folder: Path) -> Path:
    """Make the checked copy `content` the pack `name` of `folder`, in place of the one there, and return where it is.

    Whoever looks meanwhile sees the old pack or the new one. Raises OutputError; then the old one is as it was.
    """
    target = folder / (f"{name}{YAML_SUFFIXES[0]}" if content.is_file() else name)
    try:
        if content.is_dir() and os.path.lexists(target):
            _exchange(content, target)
        else:
            content.replace(target)
        _settle(folder)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from error
    for old in places(name, folder):
        if old != target:
            remove(old)
    return target


def remove(path: Path) -> None:
    """Take the pack at `path` away: out of sight in one step, then for good. Of a link, the link alone. OutputError."""
    try:
        with scratch(path.parent) as room:
            path.rename(room / "gone")
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror or error})") from error


def _exchange(new: Path, old: Path) -> None:
    """`new` under the name of `old`, and the other way round. Raises OSError."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):  # another system, or another C library
        failed = errno.ENOSYS
    else:
        if rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), ctypes.c_uint(_EXCHANGE)) == 0:
            return
        failed = ctypes.get_errno()
        if failed not in _NO_EXCHANGE:
            raise OSError(failed, os.strerror(failed))
    in_two_steps(new, old)


def in_two_steps(new: Path, old: Path) -> None:
    """`new` under the name of `old`, where the system cannot exchange them: for a moment there is none. Raises OSError."""
    aside = new.with_name("old")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise


def _settle(folder: Path) -> None:
    """The names in `folder` on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _erase(path: Path) -> None:
    """`path` and all in it; of a link, the link alone. What cannot be removed stays."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()

"""Opening a journal's file, for one writer or any number of readers, and what to do with one that is damaged."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from cued.errors import JournalError
from cued.journal import schema
from cued.journal.rows import INSERT

BUSY_S: Final = 2.0
"""Any writer but a run's own is done within milliseconds; so long one waits for another."""
NEEDED_BYTES: Final = 64 * 1024
"""With less, SQLite cannot even open a journal: its shared index begins with 32 KiB, the write-ahead log with a page or two."""
BALLAST_BYTES: Final = 256 * 1024
"""Set aside beside the journal, and given up when the disk is full, so that a run's end can be written."""
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PASSING: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR)
_WORDS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written (a read-only disk or folder)",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened (look at the permissions of it and of its folder)",
    sqlite3.SQLITE_BUSY: "another program has locked it",
    sqlite3.SQLITE_LOCKED: "another program has locked it",
    sqlite3.SQLITE_IOERR: "the disk does not read or write as it should",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is damaged: it is no database",
}


_NOT_OURS: Final = "this file is no journal of cued's; --journal names another file"
NAME: Final = "journal.db"
"""What a journal is called unless somebody names another."""
_APPLICATION_AT: Final = 68
"""Where the header of a database says whose it is (SQLite's file format, 1.3)."""


def is_there(path: Path) -> bool:
    """Is there a file? Raises JournalError for what can hold no journal: a folder, a pipe (which would be waited for), or
    whatever cannot be reached.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise JournalError(f"{path}: it cannot be opened ({error.strerror or error})") from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "no file"
        raise JournalError(f"{path}: this is {what}; --journal names another file")
    return True


def is_gone(path: Path) -> bool:
    """Has somebody taken the file away? False where that cannot be known."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _was_ours(path: Path) -> bool:
    """Did cued ever write it? Asked of a file that is no database: a slip of the hand may have named any file."""
    if path.name == NAME or _ballast(path).exists():
        return True
    with path.open("rb") as file:
        return file.read(_APPLICATION_AT + 4)[_APPLICATION_AT:] == schema.APPLICATION_ID.to_bytes(4)


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where the module itself complains."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    return code & 0xFF


def in_words(error: sqlite3.Error, path: Path | None = None) -> str:
    """What the matter is, for a runner; `path`: the journal, which tells more of an error of the disk."""
    code = sqlite3.SQLITE_FULL if path is not None and is_full(error, path) else code_of(error)
    return _WORDS.get(code, str(error))


def is_full(error: sqlite3.Error, path: Path) -> bool:
    """Is it for want of room? The index that readers share fails in another way when it cannot grow."""
    code = code_of(error)
    return code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _has_no_room(path))


def _has_no_room(path: Path) -> bool:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < NEEDED_BYTES


def is_damage(error: sqlite3.Error) -> bool:
    """Is the file itself broken, and not only out of reach just now?"""
    return code_of(error) in _DAMAGED


def may_pass(error: sqlite3.Error) -> bool:
    """Is it worth trying again?"""
    return code_of(error) in _PASSING


def open_to_write(path: Path) -> sqlite3.Connection:
    """The journal, made or brought to today's version; the caller holds its `Lock`.

    Raises sqlite3.Error where that cannot be done (see `in_words`), JournalError for another's or a newer file.
    """
    with contextlib.suppress(OSError):  # SQLite says better than this what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # a runner's days are nobody else's business
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        # Asked before anything is changed: a newer cued's file stays as it is.
        schema.version_of(database, str(path))
        database.execute("PRAGMA journal_mode = WAL").fetchone()
        database.execute("PRAGMA synchronous = FULL")  # NORMAL loses up to half a minute at a power cut (measured)
        schema.migrate(database, str(path))
    except sqlite3.DatabaseError as error:
        database.close()
        if is_damage(error) and not _was_ours(path):
            raise JournalError(f"{path}: {_NOT_OURS}") from error
        raise
    except BaseException:
        database.close()
        raise
    return database


def open_to_read(path: Path) -> sqlite3.Connection:
    """The journal as of now, while it may be written by another; raises JournalError."""
    where = path.resolve().as_uri()
    try:
        try:
            return _opened(path, f"{where}?mode=ro")
        except sqlite3.OperationalError as error:
            # A folder closed to us has no room for the index that readers share; where nothing is pending, none is needed.
            if code_of(error) not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY} or _pending(path):
                raise
            return _opened(path, f"{where}?immutable=1")
    except sqlite3.Error as error:
        if is_damage(error) and not _was_ours(path):
            raise JournalError(f"{path}: {_NOT_OURS}") from error
        after = "; the next run sets it aside and begins a new one" if is_damage(error) else ""
        raise JournalError(f"{path}: {in_words(error)}{after}") from error


def _opened(path: Path, uri: str) -> sqlite3.Connection:
    database = sqlite3.connect(uri, timeout=BUSY_S, isolation_level=None, uri=True)
    try:
        version = schema.version_of(database, str(path))
        if version < schema.VERSION:  # 0 where the first writer came no further
            database = _as_today(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _as_today(old: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """A copy in memory in today's form: reading changes no file. The next run changes it for good."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    old.backup(copy)
    old.close()
    schema.migrate(copy, str(path))
    return copy


def _pending(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


def set_aside(path: Path, now: datetime) -> Path:
    """Give a damaged file, and what belongs to it, a dated name; returns that. Raises OSError."""
    stem = f"{path.stem}.damaged-{now:%Y-%m-%dT%H-%M-%S}"
    number, name = 1, f"{stem}{path.suffix}"
    while path.with_name(name).exists():
        number += 1
        name = f"{stem}-{number}{path.suffix}"
    aside = path.with_name(name)
    for tail in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + tail).rename(path.with_name(name + tail))
    return aside


def interrupt_open(database: sqlite3.Connection) -> None:
    """Mark the sessions that nobody writes any more as interrupted at their last row; within a transaction of a writer's."""
    utc_ns = time.time_ns()
    for session, at_ns, run_ns in database.execute(_OPEN).fetchall():
        database.execute(INSERT["marks"], (session, at_ns or 0, run_ns or 0, "interrupted", utc_ns, json.dumps({})))


_OPEN: Final = """
SELECT s.id,
    (SELECT to_ns FROM stretches WHERE session = s.id ORDER BY seq DESC LIMIT 1),
    (SELECT run_ns FROM stretches WHERE session = s.id ORDER BY seq DESC LIMIT 1)
FROM sessions s
WHERE coalesce((SELECT what FROM marks WHERE session = s.id ORDER BY id DESC LIMIT 1), 'continued') = 'continued'
"""


def lay_ballast(path: Path) -> None:
    """Reserve the space for a run's end, unless it is there or there is none."""
    ballast = _ballast(path)
    try:
        descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    try:
        os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
    except OSError:
        with contextlib.suppress(OSError):
            ballast.unlink()
    finally:
        os.close(descriptor)


def drop_ballast(path: Path) -> bool:
    """Give the space free; False: there was none."""
    try:
        _ballast(path).unlink()
    except OSError:
        return False
    return True


def _ballast(path: Path) -> Path:
    return path.with_name(path.name + ".ballast")

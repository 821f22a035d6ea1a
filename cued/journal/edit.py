"""What is done to a journal between runs: adding what the runner says, deleting, forgetting raw bytes, giving space back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cued.errors import JournalError
from cued.journal import schema, store
from cued.journal.lock import Lock
from cued.journal.retention import forget_raw
from cued.journal.rows import INSERT, INSERT_WORD, Row
from cued.journal.wall import Moment


@contextmanager
def writing(path: Path, *, alone: bool) -> Iterator[sqlite3.Connection]:
    """The journal within one transaction; `alone`: nobody records a run meanwhile. Raises JournalError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(path, f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}") if alone else None
    except OSError as error:
        raise JournalError(f"{path}: it cannot be written ({error.strerror or error})") from error
    try:
        with _transaction(path, alone=alone) as database:
            yield database
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {store.in_words(error)}") from error
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def _transaction(path: Path, *, alone: bool) -> Iterator[sqlite3.Connection]:
    database = store.open_to_write(path)
    try:
        database.execute("BEGIN IMMEDIATE")
        if alone:
            store.interrupt_open(database)
        yield database
        database.execute("COMMIT")
    finally:
        database.close()  # without a COMMIT it is all undone


def add(path: Path, session: int, rows: Sequence[Row]) -> None:
    """Append `rows` to a session, while it is being recorded, too; raises JournalError."""
    with writing(path, alone=False) as database:
        if database.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is None:
            raise JournalError(f"{path}: session {session} is not there any more")
        for row in rows:
            database.execute(INSERT[row.table], (session, *row.values))


def keep(path: Path, rows: Sequence[tuple[int, Row]]) -> None:
    """Append (session, row) in one go; of a session that has gone meanwhile, nothing. Raises JournalError."""
    with writing(path, alone=False) as database:
        for session, row in rows:
            if database.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is not None:
                database.execute(INSERT[row.table], (session, *row.values))


def say(path: Path, now: Moment, day: int | None, word: str) -> None:
    """Write down what the runner says about the plan; raises JournalError."""
    with writing(path, alone=False) as database:
        (newest,) = database.execute("SELECT coalesce(max(id), 0) FROM sessions").fetchone()
        database.execute(INSERT_WORD, (now.utc_ns, now.verified, day, newest, word))


def delete(path: Path, session: int) -> None:
    """A session and all that belongs to it, for good: its bytes are overwritten. Raises JournalError."""
    with writing(path, alone=True) as database:
        database.execute("PRAGMA secure_delete = ON").fetchone()
        for table in schema.OF_SESSION:
            database.execute(f"DELETE FROM {table} WHERE session = ?", (session,))
        database.execute("DELETE FROM sessions WHERE id = ?", (session,))


def vacuum(path: Path, now: Moment) -> tuple[int, int, int]:
    """Check the file, forget old raw bytes, give unused space back: (notifications gone, bytes before, bytes after).

    Raises JournalError; a file that is damaged is left as it is.
    """
    if not store.is_there(path):
        raise JournalError(f"{path}: there is no journal yet")
    before = _size(path)
    with writing(path, alone=True) as database:
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise JournalError(f"{path}: the file is damaged ({found}); `cued log export all` saves what can be read")
        gone = forget_raw(database, now)
        database.execute("COMMIT")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        database.execute("BEGIN")
    return gone, before, _size(path)


def _size(path: Path) -> int:
    """Bytes, with those that are not yet in its file."""
    beside = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)

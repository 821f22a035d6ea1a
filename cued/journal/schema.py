"""The tables of a journal, their version, and how an older file becomes a newer one. docs/journal.md tells what they mean."""

from __future__ import annotations

import sqlite3
from typing import Final

from cued.errors import JournalError

APPLICATION_ID: Final = 0x63756564
"""`cued` in ASCII: how `file` and SQLite tell a journal from any other database."""

_V1: Final = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    start TEXT NOT NULL,
    pack TEXT NOT NULL,
    pack_version TEXT NOT NULL,
    session_number INTEGER NOT NULL,
    pack_text TEXT NOT NULL,
    source TEXT NOT NULL,
    voice TEXT NOT NULL,
    simulated INTEGER NOT NULL,
    desk INTEGER NOT NULL,
    rate REAL NOT NULL,
    settings TEXT NOT NULL,
    versions TEXT NOT NULL,
    began_utc_ns INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    began_boot_ns INTEGER NOT NULL
);
CREATE TABLE stretches (
    session INTEGER NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    to_ns INTEGER NOT NULL,
    run_ns INTEGER NOT NULL,
    fresh INTEGER NOT NULL,
    lines BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;
CREATE TABLE marks (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER NOT NULL,
    run_ns INTEGER NOT NULL,
    what TEXT NOT NULL,
    utc_ns INTEGER,
    detail TEXT NOT NULL
);
CREATE INDEX marks_by_session ON marks (session);
CREATE TABLE clocks (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER NOT NULL,
    began_utc_ns INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX clocks_by_session ON clocks (session);
CREATE TABLE characteristics (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL,
    uuid TEXT NOT NULL,
    UNIQUE (address, uuid)
);
CREATE TABLE notifications (
    session INTEGER NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    characteristic INTEGER NOT NULL REFERENCES characteristics (id),
    data BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cue TEXT NOT NULL,
    rule TEXT NOT NULL,
    priority TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX decisions_by_session ON decisions (session);
CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER NOT NULL,
    segment TEXT NOT NULL,
    number INTEGER NOT NULL,
    rep INTEGER NOT NULL,
    reps INTEGER
);
CREATE INDEX segments_by_session ON segments (session);
CREATE TABLE counts (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL
);
CREATE INDEX counts_by_session ON counts (session);
CREATE TABLE conditions (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER,
    name TEXT NOT NULL,
    value,
    utc_ns INTEGER NOT NULL
);
CREATE INDEX conditions_by_session ON conditions (session);
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER,
    name TEXT NOT NULL,
    value,
    utc_ns INTEGER NOT NULL
);
CREATE INDEX ratings_by_session ON ratings (session);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    at_ns INTEGER,
    text TEXT NOT NULL,
    utc_ns INTEGER NOT NULL
);
CREATE INDEX notes_by_session ON notes (session);
"""

_V2: Final = """
CREATE TABLE watches (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    device TEXT NOT NULL,
    offset_ns INTEGER NOT NULL,
    likeness REAL NOT NULL,
    readings BLOB NOT NULL,
    utc_ns INTEGER NOT NULL
);
CREATE INDEX watches_by_session ON watches (session);
"""

_V3: Final = """
CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    utc_ns INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    day INTEGER,
    after INTEGER NOT NULL,
    word TEXT NOT NULL
);
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id),
    end_ns INTEGER NOT NULL,
    made INTEGER NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX outcomes_by_session ON outcomes (session);
"""

MIGRATIONS: Final[tuple[str, ...]] = (_V1, _V2, _V3)
"""The n-th makes a file of version n from one of version n - 1; an empty file is of version 0. Written once, never changed."""
VERSION: Final = len(MIGRATIONS)

OF_SESSION: Final = (
    "stretches",
    "marks",
    "clocks",
    "notifications",
    "decisions",
    "segments",
    "counts",
    "conditions",
    "ratings",
    "notes",
    "watches",
    "outcomes",
)
"""The tables whose rows belong to one session."""


def version_of(database: sqlite3.Connection, name: str) -> int:
    """The file's version, 0 for an empty one; raises JournalError for what is no journal or of a newer cued."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        return 0
    if application != APPLICATION_ID:
        raise JournalError(f"{name}: this database is no journal of cued's; --journal names another file")
    if version > VERSION:
        raise JournalError(
            f"{name}: this journal is of version {version}, made by a newer cued; this one knows up to {VERSION}: update cued"
        )
    return int(version)


def migrate(database: sqlite3.Connection, name: str) -> None:
    """Bring the file to today's version, all or nothing; raises JournalError as `version_of` does."""
    if version_of(database, name) == VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version_of(database, name), VERSION):
            for statement in MIGRATIONS[number].split(";"):
                if statement.strip():
                    database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")

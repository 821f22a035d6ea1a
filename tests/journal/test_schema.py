"""Files of other versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cued.journal import schema
from cued.journal.reader import reading
from cued.journal.store import open_to_write
from cued.runtime.past import past_of
from cued.runtime.replay import replay
from tests.journal.sessions import record

V1 = Path(__file__).with_name("v1.sql")
"""A journal as the first version wrote it: one short run with a note, a rating, a condition and a raw notification."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as database:
        database.executescript(V1.read_text(encoding="utf-8"))
    database.close()
    return path


def version(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (found,) = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return int(found)


def tables(database: sqlite3.Connection) -> list[tuple[str, str]]:
    return sorted(database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"))


def test_a_first_versions_file_is_read_without_being_changed(old: Path) -> None:
    before = old.read_bytes()
    with reading(old) as found:
        (session,) = found.sessions()
        assert [note.text for note in found.notes(session.id)] == ["a first note"]
        assert [(said.name, said.value) for said in found.ratings(session.id)] == [("effort", 4)]
        past = past_of(found, "last")
        done = replay(past.how, [list(lines) for lines in past.lines])
        assert (past.session.pack, done.events) == ("small", 274)  # what it decided then, today's core need not
    assert old.read_bytes() == before


def test_writing_brings_a_file_to_todays_version_and_keeps_all_of_it(old: Path, tmp_path: Path) -> None:
    record(old)
    assert version(old) == schema.VERSION
    with reading(old) as found:
        assert [session.pack for session in found.sessions()] == ["integration", "small"]
        assert found.notifications(1) == 1
    new = open_to_write(tmp_path / "new.db")
    with sqlite3.connect(old) as database:
        assert tables(database) == tables(new)
    database.close()
    new.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(old: Path) -> None:
    with sqlite3.connect(old) as database:
        database.execute(f"CREATE TABLE {NEW_TABLE} (other TEXT)")
    database.close()
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        open_to_write(old)
    assert version(old) == 1
    assert check_read(old) == 1


NEW_TABLE = "watches"
"""What the second version brought."""


def check_read(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (count,) = database.execute("SELECT count(*) FROM sessions").fetchone()
    database.close()
    return int(count)

"""Which files a journal is written to, and which are left alone."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from cued.errors import JournalError
from cued.journal.reader import Journal, State, reading
from cued.journal.recorder import Recorder
from tests.journal.living import check_whole
from tests.journal.sessions import Clocks, a_head, a_request, a_start, record


def begun(journal: Path) -> Recorder:
    """A session under way."""
    recorder = Recorder(journal, a_head(a_start(a_request())), Clocks())
    recorder.begin()
    return recorder


def test_a_damaged_journal_is_known_by_any_name_it_was_given(tmp_path: Path) -> None:
    for number, keep_ballast in enumerate((True, False)):
        journal = tmp_path / f"mine{number}.sqlite"
        record(journal)
        if not keep_ballast:
            (tmp_path / f"{journal.name}.ballast").unlink()
        content = journal.read_bytes()
        journal.write_bytes(b"\xa5" * 16 + content[16:])
        recorder = begun(journal)
        assert f"it was put aside as mine{number}.damaged-20" in "".join(recorder.notices())
        recorder.finish(0)
        assert check_whole(journal).state is State.ENDED


def test_a_file_that_cued_never_wrote_is_left_alone(tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("dear diary")
    for attempt in (begun, Journal):
        with pytest.raises(JournalError, match=r"no journal of cued's; --journal names another file"):
            attempt(diary)
    assert diary.read_text() == "dear diary"
    assert not list(tmp_path.glob("*damaged*"))


def test_what_can_be_no_file_is_told_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, what in ((tmp_path / "pipe", "no file"), (tmp_path, "a folder"), (tmp_path / ("x" * 400), "File name too long")):
        for attempt in (begun, Journal):
            with pytest.raises(JournalError, match=what):
                attempt(path)


def test_a_file_whose_first_writer_came_no_further_has_no_runs(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    journal.touch()
    with reading(journal) as found:
        assert found.sessions() == []
    assert journal.read_bytes() == b""


def test_another_programs_database_and_a_newer_journal_are_left_alone(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    with sqlite3.connect(journal) as database:
        database.execute("CREATE TABLE pigeons (name TEXT)")
    database.close()
    with pytest.raises(JournalError, match=r"no journal of cued's"):
        begun(journal)
    journal.unlink()
    record(journal)
    with sqlite3.connect(journal) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = journal.read_bytes()
    with pytest.raises(JournalError, match=r"version 99, made by a newer cued.*update cued"):
        begun(journal)
    with pytest.raises(JournalError, match=r"version 99"), reading(journal):
        pass
    assert journal.read_bytes() == before

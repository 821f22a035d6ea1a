"""What is on the disk is told by a receipt, and of a session that was left by itself: nobody waits for either."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from cued.errors import JournalError
from cued.journal.reader import State, reading
from cued.journal.recorder import Recorder
from cued.units import NS_PER_S
from tests.journal.sessions import Clocks, a_head, a_request, a_start
from tests.journal.test_recorder import begun, fill, note, sentences
from tests.support.images import require_mounts, small_disk
from tests.support.waiting import wait_for


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_a_receipt_tells_at_once_that_all_is_on_the_disk_without_anybody_waiting(journal: Path) -> None:
    how = a_start(a_request(), simulated=False)
    recorder = Recorder(journal, a_head(how), Clocks(), every_s=3_600.0)
    recorder.begin()
    note(recorder, "before")
    receipt = recorder.flush()
    wait_for(lambda: receipt.written, what="the receipt")
    assert (receipt.written, recorder.kept) == (True, None)
    recorder.leave(NS_PER_S)
    wait_for(lambda: recorder.kept is not None, what="the end")
    assert recorder.kept
    assert recorder.is_well()
    recorder.abandon()
    with reading(journal) as found:
        assert [note.text for note in found.notes(1)] == ["before"]
        assert found.session("1").state is State.ENDED


def test_while_another_program_has_the_journal_a_receipt_is_not_written_and_then_is(journal: Path) -> None:
    recorder = begun(journal)
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    note(recorder, "x")
    receipt = recorder.flush()
    wait_for(lambda: "another program has locked it" in sentences(recorder), what="the sentence about the lock")
    assert (receipt.written, recorder.kept, recorder.full) == (False, None, False)
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: receipt.written, what="the receipt")
    recorder.finish(NS_PER_S)
    assert recorder.kept


def test_on_a_disk_that_stays_full_no_receipt_is_ever_written_and_nothing_is_kept(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        fill(disk)
        recorder = begun(disk / "journal.db")
        receipt = recorder.flush()
        recorder.finish(NS_PER_S)
        assert (receipt.written, recorder.kept, recorder.full, recorder.session) == (False, False, True, None)


def test_a_run_of_which_only_the_end_found_room_is_not_wholly_kept(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        recorder = begun(disk / "journal.db")
        fill(disk)
        note(recorder, "x" * 500_000)
        receipt = recorder.flush()
        recorder.finish(NS_PER_S)
        assert (receipt.written, recorder.kept, recorder.session) == (False, False, 1)


def test_a_session_that_begins_while_the_last_ones_end_cannot_be_written_waits_for_nothing_and_is_kept(journal: Path) -> None:
    last = begun(journal)
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    note(last, "of the last one")
    last.leave(NS_PER_S)
    recorder = Recorder(journal, a_head(a_start(a_request(), simulated=False)), Clocks())
    recorder.begin(0.05, last.thread)
    note(recorder, "of the next one")
    assert (last.kept, recorder.kept, recorder.session) == (None, None, None)
    other.execute("ROLLBACK")
    other.close()
    recorder.finish(2 * NS_PER_S)
    assert (last.kept, recorder.kept) == (True, True)
    with reading(journal) as found:
        assert [[one.text for one in found.notes(number)] for number in (1, 2)] == [["of the last one"], ["of the next one"]]
        assert [one.state for one in found.sessions()] == [State.ENDED, State.ENDED]


def test_a_session_that_finds_no_place_for_its_lock_after_the_last_one_says_so(tmp_path: Path) -> None:
    journal = tmp_path / "folder" / "journal.db"
    journal.parent.write_text("no folder")
    recorder = Recorder(journal, a_head(a_start(a_request(), simulated=False)), Clocks())
    done = threading.Thread()
    done.start()
    with pytest.raises(JournalError, match="it cannot be written"):
        recorder.begin(None, done)
    assert (recorder.is_well(), recorder.kept) == (True, False)

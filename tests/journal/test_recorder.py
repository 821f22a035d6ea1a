"""How a session gets into the journal, and what happens where it cannot."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cued.core.events import CadenceSample, HeartRate, Stop, Wake
from cued.errors import JournalError
from cued.journal.items import Committed
from cued.journal.lock import holder
from cued.journal.reader import State, reading
from cued.journal.recorder import Recorder
from cued.journal.retention import KEEP_RAW_NS
from cued.journal.rows import Row
from cued.runtime.replay import replay, start_of
from cued.units import NS_PER_MIN, NS_PER_S
from tests.journal.living import check_whole
from tests.journal.sessions import BEGAN_UTC_NS, BOOT_NS, Clocks, a_head, a_request, a_start, drive, record
from tests.support.images import require_mounts, small_disk
from tests.support.waiting import wait_for

OFTEN_S = 0.05
"""Between two commits: a test has no second to wait."""


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def begun(journal: Path, clocks: Clocks | None = None, committed: list[Committed] | None = None) -> Recorder:
    """A session under way."""
    how = a_start(a_request(), simulated=False)
    acknowledged = committed if committed is not None else []
    recorder = Recorder(journal, a_head(how), clocks or Clocks(), committed=acknowledged.append, every_s=OFTEN_S)
    recorder.begin()
    return recorder


def sentences(recorder: Recorder) -> str:
    return "\n".join(recorder.notices())


def test_the_first_row_is_on_the_disk_before_the_run_begins(journal: Path) -> None:
    recorder = begun(journal)
    with reading(journal) as found:
        (session,) = found.sessions()
        assert session.state is State.RUNNING
        assert start_of(found.head(session.id).start) == a_start(a_request(), simulated=False)
    recorder.abandon()


def test_a_whole_run_is_kept_and_replays(journal: Path) -> None:
    number = record(journal)
    session = check_whole(journal)
    assert (session.id, session.state, session.simulated) == (number, State.ENDED, False)
    assert session.run_ns == 12 * NS_PER_MIN
    assert session.counts
    with reading(journal) as found:
        assert json.loads(found.marks(number)[-1].detail) == {}


def test_what_was_decided_can_be_looked_up_without_a_replay(journal: Path) -> None:
    number = record(journal, request=a_request("awareness", "easy", 40))
    with sqlite3.connect(journal) as database:
        kinds = dict(database.execute("SELECT kind, count(*) FROM decisions WHERE session = ? GROUP BY kind", (number,)))
        segments = [name for (name,) in database.execute("SELECT segment FROM segments ORDER BY id")]
    database.close()
    assert kinds["say"] >= 3
    assert len(segments) >= 3


def test_raw_notifications_are_kept_with_their_sensor(journal: Path) -> None:
    def notify(recorder: Recorder) -> None:
        for second in range(3):
            recorder.raw(second * NS_PER_S, "AA:BB:CC:DD:EE:FF", "2a53", bytes([1, second]))
        recorder.raw(3 * NS_PER_S, "AA:BB:CC:DD:EE:FF", "2a37", b"\x00\x90")

    number = record(journal, meanwhile=notify)
    with sqlite3.connect(journal) as database:
        rows = database.execute(
            "SELECT at_ns, address, uuid, data FROM notifications JOIN characteristics c ON c.id = characteristic ORDER BY seq"
        ).fetchall()
    database.close()
    assert rows[2] == (2 * NS_PER_S, "AA:BB:CC:DD:EE:FF", "2a53", b"\x01\x02")
    assert rows[3][2] == "2a37"
    with reading(journal) as found:
        assert found.notifications(number) == 4


def test_an_event_that_came_late_is_replayed_as_it_was_taken(journal: Path) -> None:
    recorder = begun(journal)
    how = a_start(a_request(), simulated=False)
    samples = [CadenceSample(second * NS_PER_S, 165.0, 2.8) for second in range(5)]
    drive(recorder, how, [*samples, Wake(9 * NS_PER_S), HeartRate(7 * NS_PER_S, 150), Stop(10 * NS_PER_S)])
    recorder.finish(10 * NS_PER_S)
    assert recorder.session is not None
    with reading(journal) as found:
        lines = list(found.lines(recorder.session))
        assert found.counts(recorder.session) == {"late_event": 1}
    assert replay(how, lines).identical


def test_a_run_is_committed_while_it_goes_on_even_when_nothing_happens(journal: Path) -> None:
    committed: list[Committed] = []
    clocks = Clocks()
    recorder = begun(journal, clocks, committed)
    clocks.boot_ns = BOOT_NS + 7 * NS_PER_S
    wait_for(lambda: committed[-1].at_ns == 7 * NS_PER_S, 60.0, "a commit of silence")
    recorder.abandon()
    with reading(journal) as found:
        (session,) = found.sessions()
    assert (session.state, session.end_ns, session.run_ns) == (State.INTERRUPTED, 7 * NS_PER_S, 7 * NS_PER_S)


def test_a_run_that_nobody_ended_is_marked_when_the_next_one_begins(journal: Path) -> None:
    first = record(journal, ended=False)
    second = record(journal)
    with reading(journal) as found:
        marks = {number: [mark.what for mark in found.marks(number)] for number in (first, second)}
        assert found.session(str(first)).end_ns == found.marks(first)[0].at_ns > 0
    assert marks == {first: ["interrupted"], second: ["ended"]}


def test_a_clock_that_is_set_during_the_run_corrects_its_date_and_nothing_else(journal: Path) -> None:
    clocks = Clocks(utc_ns=3 * NS_PER_S, synced=False)
    how = a_start(a_request(), simulated=False)
    committed: list[Committed] = []
    head = a_head(how, began_utc_ns=3 * NS_PER_S, verified=False)
    recorder = Recorder(journal, head, clocks, committed=committed.append, every_s=OFTEN_S)
    recorder.begin()
    with reading(journal) as found:
        assert not found.session("last").verified
    clocks.utc_ns, clocks.boot_ns, clocks.synced = BEGAN_UTC_NS + 5 * NS_PER_S, BOOT_NS + 5 * NS_PER_S, True
    wait_for(lambda: committed[-1].at_ns == 5 * NS_PER_S, 60.0, "a commit after the clock was set")
    recorder.finish(6 * NS_PER_S)
    with reading(journal) as found:
        session = found.session("last")
    assert (session.began_utc_ns, session.verified, session.end_ns) == (BEGAN_UTC_NS, True, 6 * NS_PER_S)


def test_what_cannot_be_written_is_told_and_costs_nothing_else(journal: Path) -> None:
    recorder = begun(journal)
    samples = [CadenceSample(at * NS_PER_S, float("nan") if at == 2 else 165.0, 2.8) for at in range(5)]
    for sample in samples:
        recorder.step(sample, 0, sample.at_ns, ())
    recorder.finish(5 * NS_PER_S)
    assert "cadence_sample cannot be written" in sentences(recorder)
    assert recorder.session is not None
    with reading(journal) as found:
        kept = [line for lines in found.lines(recorder.session) for line in lines if "cadence_sample" in line]
        assert (len(kept), found.session("last").state) == (4, State.ENDED)


def test_a_fault_in_the_writer_ends_the_recording_and_lets_the_journal_go(journal: Path) -> None:
    recorder = begun(journal)
    recorder.add(Row("poems", ()))
    wait_for(lambda: holder(journal) is None, 60.0, "the lock to be released")
    assert "a fault in cued itself: KeyError" in sentences(recorder)
    recorder.finish(NS_PER_S)
    with reading(journal) as found:
        assert found.session("last").state is State.INTERRUPTED


def test_raw_bytes_of_a_year_ago_go_when_a_run_ends(journal: Path) -> None:
    record(journal, meanwhile=lambda recorder: recorder.raw(0, "AA:BB:CC:DD:EE:FF", "2a53", b"old"))
    later = Clocks(utc_ns=BEGAN_UTC_NS + KEEP_RAW_NS + NS_PER_S)
    recorder = begun(journal, later)
    recorder.raw(0, "AA:BB:CC:DD:EE:FF", "2a53", b"new")
    recorder.finish(0)
    with reading(journal) as found:
        assert [found.notifications(number) for number in (1, 2)] == [0, 1]
        assert len(found.sessions()) == 2


# --- where it cannot be written -----------------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_holds_the_journal(journal: Path) -> None:
    first = begun(journal)
    with pytest.raises(JournalError, match=f"it is being written by process {os.getpid()}, since 20"):
        begun(journal)
    first.abandon()
    begun(journal).abandon()


def test_the_lock_dies_with_its_process(journal: Path) -> None:
    code = (
        "import sys, pathlib; from cued.journal.lock import Lock; Lock(pathlib.Path(sys.argv[1]), 'then'); print(1, flush=True)"
    )
    held = subprocess.Popen([sys.executable, "-c", f"{code}; input()", str(journal)], stdin=-1, stdout=-1)
    assert held.stdout is not None
    assert held.stdout.read(1) == b"1"
    who = holder(journal)
    assert who is not None
    assert (who.pid, who.since) == (held.pid, "then")
    held.kill()
    held.communicate()
    assert holder(journal) is None


def test_a_locked_file_is_waited_for_and_said_once(journal: Path) -> None:
    record(journal)
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    committed: list[Committed] = []
    recorder = begun(journal, committed=committed)
    drive(recorder, a_start(a_request(), simulated=False), [CadenceSample(NS_PER_S, 165.0, 2.8)])
    assert sentences(recorder).count("another program has locked it") == 1
    assert not committed
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: bool(committed), 60.0, "a commit after the lock was gone")
    recorder.finish(2 * NS_PER_S)
    assert "nothing of the run is missing" in sentences(recorder)
    assert check_whole(journal).state is State.ENDED


def test_a_disk_that_does_not_answer_holds_up_no_start(journal: Path) -> None:
    record(journal)
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    recorder = Recorder(journal, a_head(a_start(a_request(), simulated=False)), Clocks(), every_s=OFTEN_S)
    recorder.begin(patience_s=0.0)
    assert recorder.session is None
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: recorder.session == 2, 60.0, "the first row, once the disk answers")
    recorder.finish(NS_PER_S)
    assert check_whole(journal).state is State.ENDED


def test_what_speaks_against_a_recording_is_told_when_it_is_known_too_late_to_be_waited_for(journal: Path) -> None:
    other = sqlite3.connect(journal, isolation_level=None)
    other.execute("CREATE TABLE pigeons (name TEXT)")
    other.execute("BEGIN EXCLUSIVE")
    recorder = Recorder(journal, a_head(a_start(a_request(), simulated=False)), Clocks(), every_s=OFTEN_S)
    recorder.begin(patience_s=0.0)
    other.execute("ROLLBACK")
    other.close()
    wait_for(lambda: holder(journal) is None, 60.0, "the recorder to give up")
    assert "no journal of cued's; --journal names another file; this run is not recorded" in sentences(recorder)
    recorder.step(Stop(NS_PER_S), 0, NS_PER_S, ())
    assert recorder._queue.empty(), "nobody would ever take it"
    recorder.finish(NS_PER_S)


def test_a_full_disk_costs_nothing_once_there_is_room_again(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        journal = disk / "journal.db"
        record(journal)
        committed: list[Committed] = []
        recorder = begun(journal, committed=committed)
        fill(disk)
        at = len(committed)
        note(recorder, "x" * 100_000)
        wait_for(lambda: "the disk is full" in sentences(recorder), 60.0, "the sentence about the full disk")
        (disk / "fill").unlink()
        wait_for(lambda: len(committed) > at, 60.0, "a commit once there is room")
        recorder.finish(3 * NS_PER_S)
        assert "nothing of the run is missing" in sentences(recorder)
        with reading(journal) as found:
            assert [len(note.text) for note in found.notes(2)] == [100_000]
        assert check_whole(journal).state is State.ENDED


def test_on_a_full_disk_the_ballast_lets_the_end_be_written(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        journal = disk / "journal.db"
        recorder = begun(journal)
        fill(disk)
        note(recorder, "x" * 500_000)
        wait_for(lambda: "the disk is full" in sentences(recorder), 60.0, "the sentence about the full disk")
        recorder.finish(3 * NS_PER_S)
        assert "the end of the run is in it, its last part is not" in sentences(recorder)
        session = check_whole(journal)
        assert (session.state, session.end_ns) == (State.ENDED, 3 * NS_PER_S)


def test_a_run_that_found_no_room_at_all_is_told_so_at_its_end(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        fill(disk)
        recorder = begun(disk / "journal.db")
        assert "the disk is full" in sentences(recorder)
        recorder.finish(NS_PER_S)
        assert "this run is not in it" in sentences(recorder)


def test_a_run_that_began_on_a_full_disk_is_written_once_there_is_room(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 1200) as disk:
        record(disk / "journal.db")
        fill(disk)
        committed: list[Committed] = []
        recorder = begun(disk / "journal.db", committed=committed)
        wait_for(lambda: "the disk is full" in sentences(recorder) or bool(committed), 60.0, "a word about the disk")
        (disk / "fill").unlink()
        wait_for(lambda: bool(committed), 60.0, "the first row")
        recorder.finish(NS_PER_S)
        assert check_whole(disk / "journal.db").id == 2


def fill(disk: Path) -> None:
    """Leave no room on it."""
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def note(recorder: Recorder, text: str) -> None:
    recorder.add(Row("notes", (None, text, BEGAN_UTC_NS)))


def test_a_read_only_disk_is_one_sentence(tmp_path: Path) -> None:
    require_mounts()
    with small_disk(tmp_path / "disk", 4000) as disk:
        record(disk / "journal.db")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(JournalError, match="it cannot be written"):
            begun(disk / "journal.db")
        with reading(disk / "journal.db") as found:
            assert len(found.sessions()) == 1


def test_a_damaged_file_is_put_aside_whole_and_the_run_goes_into_a_new_one(journal: Path) -> None:
    journal.write_bytes(b"this was a journal once" * 1000)
    recorder = begun(journal)
    assert "it was put aside as journal.damaged-20" in sentences(recorder)
    recorder.finish(0)
    assert check_whole(journal).state is State.ENDED
    (aside,) = journal.parent.glob("journal.damaged-*.db")
    assert aside.read_bytes() == b"this was a journal once" * 1000


def test_a_file_that_breaks_during_the_run_is_put_aside_and_the_whole_run_is_in_the_new_one(journal: Path) -> None:
    committed: list[Committed] = []
    clocks = Clocks()
    recorder = begun(journal, clocks, committed)
    how = a_start(a_request(), simulated=False)
    drive(recorder, how, [CadenceSample(second * NS_PER_S, 165.0, 2.8) for second in range(5)])
    wait_for(lambda: committed[-1].at_ns == 4 * NS_PER_S, 60.0, "the first part")
    recorder._drop()  # the file's pages in SQLite's memory would hide what happens on the disk
    for path in journal.parent.glob("journal.db-*"):
        path.unlink()
    content = bytearray(journal.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    journal.write_bytes(content)
    recorder.step(Stop(6 * NS_PER_S), 4 * NS_PER_S, 6 * NS_PER_S, ())
    wait_for(lambda: committed[-1].at_ns == 6 * NS_PER_S, 60.0, "the rest")
    recorder.finish(6 * NS_PER_S)
    assert "put aside" in sentences(recorder)
    with reading(journal) as found:
        session = found.session("last")
        samples = [line for lines in found.lines(session.id) for line in lines if "cadence_sample" in line]
    assert (session.state, len(samples)) == (State.ENDED, 5)


def test_a_file_that_is_taken_away_during_the_run_is_made_again_with_the_whole_run(journal: Path) -> None:
    committed: list[Committed] = []
    recorder = begun(journal, committed=committed)
    note(recorder, "before")
    wait_for(lambda: committed[-1].rows > 2, 60.0, "the first part")
    for path in journal.parent.glob("journal.db*"):
        if path.suffix != ".lock":
            path.unlink()
    wait_for(lambda: "the file is gone" in sentences(recorder), 60.0, "a word about it")
    note(recorder, "after")
    recorder.finish(NS_PER_S)
    session = check_whole(journal)
    with reading(journal) as found:
        assert [one.text for one in found.notes(session.id)] == ["before", "after"]
    assert session.state is State.ENDED

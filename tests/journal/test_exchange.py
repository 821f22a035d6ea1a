"""Out as lines of JSON and in again; deleting, forgetting, tidying up."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from cued.errors import FormatError, JournalError
from cued.journal.edit import add, delete, vacuum, writing
from cued.journal.exchange import exported, is_export, take_in
from cued.journal.lock import Lock
from cued.journal.reader import reading
from cued.journal.recorder import Recorder
from cued.journal.retention import KEEP_RAW_NS
from cued.journal.rows import Row
from cued.journal.wall import Moment
from cued.units import NS_PER_S
from tests.journal.living import check_whole
from tests.journal.sessions import BEGAN_UTC_NS, record


def with_everything(recorder: Recorder) -> None:
    """A row in every table."""
    recorder.raw(NS_PER_S, "AA:BB:CC:DD:EE:FF", "2a53", b"\x01\x02\xff")
    recorder.add(Row("notes", (None, "Wind, Regen – und „müde“", BEGAN_UTC_NS)))
    recorder.add(Row("conditions", (None, "sleep", 7.5, BEGAN_UTC_NS)))
    recorder.add(Row("ratings", (60 * NS_PER_S, "helped", "yes", BEGAN_UTC_NS)))
    recorder.add(Row("ratings", (None, "effort", None, BEGAN_UTC_NS)))
    recorder.add(Row("clocks", (5 * NS_PER_S, BEGAN_UTC_NS + 1, 1, "jump")))
    recorder.add(Row("counts", (9 * NS_PER_S, "underrun", 3)))
    recorder.add(Row("watches", ("a.fit", "ab" * 32, "Watch", -3 * NS_PER_S, 0.93, b"\x00\x01", BEGAN_UTC_NS)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "journal.db"
    record(path, meanwhile=with_everything)
    record(path, ended=False)
    with writing(path, alone=True):  # whoever writes marks what broke off
        pass
    return path


@pytest.fixture
def journal(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def out(journal: Path) -> list[str]:
    with reading(journal) as found:
        numbers = sorted(session.id for session in found.sessions())
    return list(exported(journal, numbers, "0.1.0"))


def test_what_goes_out_comes_in_without_loss(journal: Path, tmp_path: Path) -> None:
    lines = out(journal)
    other = tmp_path / "other.db"
    assert is_export(lines[0])
    assert take_in(other, lines).added == [(1, 1), (2, 2)]
    assert out(other) == lines
    assert tables(other) == tables(journal)
    assert check_whole(other).uid == check_whole(journal).uid


def tables(journal: Path) -> dict[str, list[tuple[object, ...]]]:
    """What can be looked up without a replay."""
    with sqlite3.connect(journal) as database:
        found = {
            name: database.execute(f"SELECT session, at_ns, * FROM {name} ORDER BY session, at_ns, id").fetchall()
            for name in ("decisions", "segments", "counts")
        }
        plain = {name: [tuple(row[:2]) + tuple(row[4:]) for row in rows] for name, rows in found.items()}
    database.close()
    return {name: sorted(rows, key=repr) for name, rows in plain.items()}


def test_a_session_that_is_there_already_stays_and_a_number_in_use_is_changed(journal: Path, tmp_path: Path) -> None:
    lines = out(journal)
    done = take_in(journal, lines)
    assert (done.added, done.known) == ([], [1, 2])
    assert out(journal) == lines
    other = tmp_path / "other.db"
    record(other)
    assert take_in(other, lines).added == [(1, 2), (2, 3)]


@pytest.mark.parametrize("share", [0.0001, 0.2, 0.5, 0.9, 0.99999])
def test_an_export_that_broke_off_is_refused_whole(share: float, journal: Path, tmp_path: Path) -> None:
    text = "".join(out(journal))
    cut = text[: int(len(text) * share)].splitlines(keepends=True)
    with pytest.raises(FormatError, match="export it again"):
        take_in(tmp_path / "other.db", cut)
    with reading(tmp_path / "other.db") as found:
        assert found.sessions() == []


def test_an_export_that_ends_between_sessions_is_as_good_as_a_whole_one(journal: Path, tmp_path: Path) -> None:
    lines = out(journal)
    end = next(number for number, line in enumerate(lines) if line.startswith('{"kind":"end"'))
    assert len(take_in(tmp_path / "other.db", lines[: end + 1]).added) == 1


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('"format":1', '"format":2', "format 1"),
        ('"kind":"note"', '"kind":"poem"', "no kind 'poem'"),
        ('"name":"sleep"', '"nome":"sleep"', "members"),
        ('"verified":1,"why"', '"verified":[1],"why"', "verified cannot be"),
        ('"kind":"cadence_sample"', '"kind":"cadence_simple"', "unknown kind"),
        ('"data":"0102ff"', '"data":"0102f"', "not as an export has it"),
        ('"rate":1.0', '"rate":"1.0"', "wrong kind"),
        ('"title":', '"tittle":', "lacks|no field|members"),
        ('"rate":1.0', '"rate":0.0', "rate that cannot be"),
        ('"pack":"integration"', '"pack":"../other"', "not about one pack"),
        ('"session_number":1', '"session_number":7', "not about one pack"),
        ('"source":"ble:pod"', '"source":"\\u001b[2J"', "name that cannot be"),
        ('"settings":"{}"', '"settings":"{"', "not as an export has it"),
        ('"settings":"{}"', '"settings":"3"', "no JSON object"),
        ('"text":"Wind', '"text":"\\u001b[2J', "control characters"),
        ('"text":"Wind', '"text":"\\ud800', "not as an export has it"),
        ('"detail":"{}"', '"detail":"x"', "not as an export has it"),
        ('"at_ns":5000000000', '"at_ns":5000000000000000000000', "not as an export has it"),
        ('{"kind":"note"', "[" * 100_000 + '{"kind":"note"', "not as an export has it"),
        ('{"kind":"note"', '3\n{"kind":"note"', "no object"),
    ],
)
def test_an_export_that_was_tampered_with_is_refused_with_its_line(
    old: str, new: str, word: str, journal: Path, tmp_path: Path
) -> None:
    text = "".join(out(journal))
    assert old in text
    with pytest.raises(FormatError, match=rf"line \d+.*({word})"):
        take_in(tmp_path / "other.db", text.replace(old, new, 1).splitlines(keepends=True))
    with reading(tmp_path / "other.db") as found:
        assert found.sessions() == []


@pytest.mark.parametrize("number", [0, -3, 2**63 - 1])
def test_no_number_of_an_export_keeps_later_runs_out_of_the_journal(number: int, journal: Path, tmp_path: Path) -> None:
    text = "".join(out(journal)).replace('{"kind":"session","id":1,', f'{{"kind":"session","id":{number},')
    other = tmp_path / "other.db"
    assert take_in(other, text.splitlines(keepends=True)).added == [(number, 1), (2, 2)]
    assert record(other) == 3


def test_of_a_damaged_session_everything_else_goes_out(journal: Path, tmp_path: Path) -> None:
    whole = out(journal)
    with sqlite3.connect(journal) as database:
        database.execute("UPDATE stretches SET lines = x'ffffff' WHERE session = 1 AND seq = 0")
    database.close()
    with pytest.raises(JournalError, match="damaged"):
        out(journal)
    missing: dict[int, int | None] = {}
    lines = list(exported(journal, [1, 2], "0.1.0", missing.__setitem__))
    with reading(journal) as found:
        assert missing == {1: found.missing(1)}
        assert found.missing(1) >= 1
        assert found.missing(2) == 0
    at = [text.index('{"kind":"session","id":2,') for text in ("".join(whole), "".join(lines))]
    assert "".join(whole)[at[0] :] == "".join(lines)[at[1] :]
    assert take_in(tmp_path / "other.db", lines).added == [(1, 1), (2, 2)]
    with reading(tmp_path / "other.db") as found:
        assert [note.text for note in found.notes(1)] == ["Wind, Regen – und „müde“"]


def test_every_line_of_an_export_is_json(journal: Path) -> None:
    kinds = {json.loads(line)["kind"] for line in out(journal)}
    assert {"session", "event", "effect", "stretch", "note", "watch", "notification", "mark", "end"} <= kinds


# --- changing ------------------------------------------------------------------------------------------------------------


def test_deleting_takes_all_of_a_session_and_nothing_of_another(journal: Path) -> None:
    before = out(journal)
    second = before[next(number for number, line in enumerate(before) if line.startswith('{"kind":"session","id":2')) :]
    assert b"Regen" in journal.read_bytes()
    delete(journal, 1)
    assert out(journal)[1:] == second
    assert b"Regen" not in journal.read_bytes()
    with sqlite3.connect(journal) as database:
        assert database.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    database.close()
    record(journal)
    with reading(journal) as found:
        assert [session.id for session in found.sessions()] == [3, 2]


def test_what_is_added_later_is_appended(journal: Path) -> None:
    add(journal, 1, [Row("notes", (None, "later", BEGAN_UTC_NS))])
    with reading(journal) as found:
        assert [note.text for note in found.notes(1)][-1] == "later"
    with pytest.raises(JournalError, match="not there any more"):
        add(journal, 99, [])


def test_raw_notifications_go_after_a_year_and_nothing_else_does(journal: Path) -> None:
    year = Moment(BEGAN_UTC_NS + KEEP_RAW_NS + NS_PER_S, 0, synced=True)
    before = [line for line in out(journal) if '"kind":"notification"' not in line]
    assert vacuum(journal, Moment(year.utc_ns, 0, synced=False))[0] == 0
    assert vacuum(journal, Moment(BEGAN_UTC_NS + KEEP_RAW_NS - NS_PER_S, 0, synced=True))[0] == 0
    assert vacuum(journal, year)[0] == 1
    after = [line for line in out(journal) if not line.startswith('{"kind":"end"')]
    assert after == [line for line in before if not line.startswith('{"kind":"end"')]


def test_whatever_needs_the_journal_alone_says_who_holds_it(journal: Path) -> None:
    lock = Lock(journal, "then")
    for act in (lambda: delete(journal, 1), lambda: vacuum(journal, Moment(0, 0, synced=False)), lambda: take_in(journal, [])):
        with pytest.raises(JournalError, match=r"being written by process \d+, since then"):
            act()
    add(journal, 1, [Row("notes", (None, "meanwhile", BEGAN_UTC_NS))])
    lock.release()


def test_a_change_that_fails_half_way_is_undone(journal: Path) -> None:
    before = out(journal)

    def change() -> None:
        with writing(journal, alone=True) as database:
            database.execute("DELETE FROM notes")
            database.execute("DELETE FROM poems")

    with pytest.raises(JournalError, match="no such table"):
        change()
    assert out(journal)[-5:] == before[-5:]


def test_tidying_up_a_damaged_journal_says_so_and_leaves_it(journal: Path) -> None:
    with sqlite3.connect(journal) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    database.close()
    content = bytearray(journal.read_bytes())
    content[8192:12288] = b"\xa5" * 4096
    journal.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        vacuum(journal, Moment(0, 0, synced=False))
    assert journal.read_bytes()[8192:12288] == b"\xa5" * 4096

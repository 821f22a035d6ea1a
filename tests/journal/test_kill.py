"""`kill -9` in the middle of a run: nothing that was acknowledged is lost, and the run goes on."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from cued.journal.reader import State, reading
from tests.journal.living import Child, check_whole, rows_in, write_run

RATE = 20.0
LOST_S = 2.0
"""So much of a run may be lost."""


def check_killed_again_and_again(folder: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)
    journal, run = folder / "journal.db", write_run(folder / "run.csv", int(times * 100 + 600))
    rows_before = 0
    for _ in range(times):
        child = Child(journal, run, RATE).wait_begun()
        killed_s = child.kill_in(chance.uniform(0.0, 1.8))
        session = check_whole(journal)
        last = child.acknowledged[-1]
        assert (session.id, session.state) == (1, State.INTERRUPTED)
        assert session.end_ns >= last.at_ns
        assert rows_in(journal) >= rows_before + last.rows
        assert killed_s - last.heard_s < LOST_S
        rows_before = rows_in(journal)
    child = Child(journal, run, RATE).wait_begun()
    assert child.end() == 0
    assert "going on with the run that broke off" in child.said
    session = check_whole(journal)
    assert (session.id, session.state) == (1, State.ENDED)
    check_it_was_one_run(journal, times)


def check_it_was_one_run(journal: Path, times: int) -> None:
    """Each segment once, in order; the gaps are pauses, and running time is what was run."""
    with sqlite3.connect(journal) as database:
        segments = database.execute("SELECT number, segment FROM segments ORDER BY id").fetchall()
        broken = database.execute("SELECT count(*) FROM marks WHERE what = 'interrupted'").fetchone()[0]
    database.close()
    assert [number for number, _ in segments] == list(range(len(segments)))
    assert broken == times
    with reading(journal) as open_journal:
        session = open_journal.session("last")
        marks = open_journal.marks(session.id)
    assert [mark.what for mark in marks] == ["interrupted", "continued"] * times + ["ended"]
    runs = [mark.run_ns for mark in marks]
    assert runs == sorted(runs)
    assert all(going.run_ns == broke.run_ns for broke, going in zip(marks[:-1:2], marks[1:-1:2], strict=True)), (
        "a gap is no running time"
    )


@pytest.mark.alone
@pytest.mark.slow
def test_killed_four_times_a_run_goes_on_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    check_killed_again_and_again(tmp_path, 4, seed=20)


@pytest.mark.soak
def test_killed_fifty_times_a_run_goes_on_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    check_killed_again_and_again(tmp_path, 50, seed=21)

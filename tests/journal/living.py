"""Real runs in processes of their own, and what must be true of a journal whatever became of them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cued.journal.reader import Session, reading
from cued.runtime.replay import replay, start_of
from tests.support.tools import REPO
from tests.support.waiting import wait_for

CHILD = [sys.executable, "-m", "tests.support.journal_child"]


def write_run(path: Path, seconds: int) -> Path:
    """A recorded run with a cadence that wanders."""
    rows = [f"{at},{160 + at // 40 % 9},2.8" for at in range(seconds)]
    path.write_text("\n".join(["t_s,cadence_spm,speed_mps", *rows, ""]), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the writer had said was on the disk."""

    at_ns: int
    rows: int
    heard_s: float
    """When the test heard of it."""


class Child:
    """A live run being watched."""

    def __init__(self, journal: Path, run: Path, rate: float) -> None:
        words = [*CHILD, str(journal), str(run), str(rate)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPO)
        self.acknowledged: list[Acknowledged] = []
        self.said = ""
        self._threads = [threading.Thread(target=self._hear), threading.Thread(target=self._listen)]
        for thread in self._threads:
            thread.start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            word, at_ns, rows = line.split()
            assert word == "committed"
            self.acknowledged.append(Acknowledged(int(at_ns), int(rows), time.monotonic()))

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said = self.process.stderr.read()

    def wait_begun(self) -> Self:
        wait_for(lambda: bool(self.acknowledged) or self.process.poll() is not None, 60.0, "the first row")
        assert self.acknowledged, self.said
        return self

    def kill_in(self, after_s: float) -> float:
        """`kill -9` after so long; the monotonic time of it, in s."""
        killed: list[float] = []

        def kill() -> None:
            killed.append(time.monotonic())
            self.process.kill()

        timer = threading.Timer(after_s, kill)
        timer.start()
        self.join()
        timer.join()
        return killed[0]

    def end(self) -> int:
        """Ctrl-C, in effect, once the run is under way; the exit code."""
        wait_for(lambda: len(self.acknowledged) > 1 or self.process.poll() is not None, 60.0, "a second commit")
        self.process.terminate()
        return self.join()

    def join(self) -> int:
        code = self.process.wait(60)
        for thread in self._threads:
            thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


TABLES = ("stretches", "marks", "clocks", "notifications", "decisions", "segments", "counts", "conditions", "ratings", "notes")


def rows_in(journal: Path) -> int:
    """All rows of all sessions."""
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as database:
        found = sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)
    database.close()
    return int(found)


def check_whole(journal: Path) -> Session:
    """The file is sound, and its newest session replays; returns that."""
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    with reading(journal) as open_journal:
        session = open_journal.session("last")
        how = start_of(open_journal.head(session.id).start)
        done = replay(how, list(open_journal.lines(session.id)))
    assert done.identical, done
    return session

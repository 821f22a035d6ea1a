"""What `cued log list` and `cued log show` tell of runs, and what a run says of its place in the journal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.journal.sessions import record
from tests.support.logged import Capture, journal, made, said, shown

__all__ = ["journal", "made"]


def test_a_kept_run_shows_as_a_page_of_its_own(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    told = said(["log", "show", "last", "--timeline", "run.html"], capsys)
    assert told.endswith("written: run.html\n")
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert page.startswith("<!")
    assert "integration" in page
    assert "run.html" not in said(["log", "show", "last", "--timeline", str(journal)], capsys, 2)
    assert said(["log", "show", "last", "--timeline", "-"], capsys).startswith("<!")


def test_the_hint_after_a_run_names_the_journal_that_the_run_is_in(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["run", "--sensor", "none", "--beat", "164", "--rate", "1000", "--length", "1min", "--pack", "metronome"]
    assert "--effort 4` tells" in said(words, capsys)
    assert f"--effort 4 --journal '{tmp_path}/an other.db'` tells" in said([*words, "--journal", "an other.db"], capsys)


def test_a_run_leaves_its_page(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["run", "--sensor", "sim", "--rate", "400", "--length", "2min", "--journal", "none", "--timeline", "own.html"]
    assert "written: own.html" in said(words, capsys)
    assert (tmp_path / "own.html").read_text(encoding="utf-8").startswith("<!")


def test_a_number_off_its_scale_is_told_the_scale_once(journal: Path, capsys: Capture) -> None:
    assert said(["log", "rate", "last", "--effort", "14"], capsys, 2).endswith(
        "effort 14: how hard it was, 0 rest to 10 maximal\n"
    )
    assert said(["log", "rate", "last", "--sleep", "25"], capsys, 2).endswith("sleep 25: hours slept, 0 to 24\n")


def test_what_is_underfoot_is_a_word_of_ones_own_and_the_help_says_so(journal: Path, capsys: Capture) -> None:
    assert "in a word of your own" in " ".join(said(["log", "rate", "--help"], capsys).split())
    assert "written to session 1" in said(["log", "rate", "last", "--surface", "sand"], capsys)


def test_the_list_has_a_header_and_says_what_is_no_real_run(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    header, run = said(["log", "list"], capsys).splitlines()
    assert header.split() == ["began", "running", "pack,", "session", "with", "it"]
    assert run.endswith("integration 1  (a recording, 400 times as fast)")
    assert run.index("24:59") + len("24:59") == header.index("running") + len("running")
    assert said(["log", "list", "--real"], capsys) == "no real run is kept yet\n"
    record(tmp_path / "real.db")
    assert "integration 1\n" in said(["log", "list", "--real", "--limit", "1", "--journal", str(tmp_path / "real.db")], capsys)


def test_the_long_list_tells_distance_and_cadence(journal: Path, capsys: Capture) -> None:
    (run,) = shown(["log", "list", "--long"], capsys)
    assert run["distance_m"] == pytest.approx(4200, abs=20)
    assert run["cadence_spm"] == pytest.approx(167, abs=2)
    _, line = said(["log", "list", "--long"], capsys).splitlines()
    assert f"{run['distance_m'] / 1000:.2f} km" in line
    assert f"{run['cadence_spm']:.0f} spm" in line
    assert 0.9 < run["steady_of_target"] < run["feeder_of_target"] + 0.1
    assert f"integration 1, feeders {run['feeder_of_target']:.1%}, then {run['steady_of_target']:.1%}" in line


def test_list_and_show_round_alike(journal: Path, capsys: Capture) -> None:
    with sqlite3.connect(journal) as database:
        (run_ns,) = database.execute("SELECT run_ns FROM marks WHERE what = 'ended'").fetchone()
    database.close()
    minutes, second = divmod(run_ns // 10**9, 60)
    assert f"{minutes}:{second:02}" in said(["log", "list"], capsys)
    assert f"{minutes}:{second:02} of running" in said(["log", "show", "last"], capsys)

"""What `cued log rate` means for the plan, what `cued log show` tells of it, and a run beside the daemon's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cued.cli.main import main
from tests.journal.sessions import record
from tests.support.logged import Capture, journal, made, said, shown

__all__ = ["journal", "made"]


@pytest.mark.parametrize(
    ("words", "over"), [(["--pain", "6"], True), (["--pain-kind", "limp"], True), (["--pain", "2"], False)]
)
def test_pain_that_ends_cueing_is_told_with_what_it_means(
    words: list[str], over: bool, tmp_path: Path, capsys: Capture
) -> None:
    kept = tmp_path / "own.db"
    record(kept)
    told = said(["log", "rate", "last", "--journal", str(kept), *words], capsys)
    assert told.startswith("written to session 1\n")
    assert ("cueing is over for today: runs are plain" in told or "the next run is without cues" in told) == over
    again = said(["log", "rate", "last", "--journal", str(kept), "--effort", "3"], capsys)
    assert again == "written to session 1\n"


def test_pain_told_of_a_run_that_nobody_ran_means_nothing_for_the_plan(tmp_path: Path, capsys: Capture) -> None:
    kept = tmp_path / "own.db"
    record(kept, simulated=True)
    told = said(["log", "rate", "last", "--journal", str(kept), "--pain", "6"], capsys)
    assert told == "written to session 1\nsimulated: the plan does not count it\n"


def test_what_was_said_on_the_way_is_told_in_order_of_time(journal: Path, capsys: Capture) -> None:
    for at, name, value in (("7min", "pain", "1"), ("5min", "helped", "yes"), ("6min", "surface", "grass")):
        assert main(["log", "rate", "last", "--at", at, f"--{name}", value]) == 0
    lines = [line for line in said(["log", "show", "last"], capsys).splitlines() if line.startswith("at ")]
    assert lines == ["at 5:00: helped: yes", "at 6:00: surface: grass", "at 7:00: pain: 1"]
    assert [one["at_s"] for one in shown(["log", "show", "last"], capsys)["said"]] == [300.0, 360.0, 420.0]


def test_a_run_beside_the_daemons_is_told_how_to_begin_it(journal: Path, capsys: Capture) -> None:
    hold = "import sys; from pathlib import Path; from cued.journal.lock import Lock\n"
    hold += "lock = Lock(Path(sys.argv[2]), 'then'); print('held', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", hold, "daemon", str(journal)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "held\n"
        assert main(["run", "--output", "null", "--rate", "400", "--for", "20s", "--beat", "170"]) == 0
        told = capsys.readouterr()
        daemon.communicate()
    kept = f"the cued daemon (process {daemon.pid}) is keeping the journal: begin this run with `cued start`, or end the daemon"
    assert f"{kept}; this run is not recorded" in told.out + told.err

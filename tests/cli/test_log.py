"""`cued log` and `cued replay` as a runner types them."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.journal.lock import Lock
from cued.journal.reader import reading
from cued.journal.rows import INSERT
from cued.runtime.golden import decided_today
from tests.journal.sessions import BEGAN_UTC_NS, record
from tests.support.fit_encoder import Reading, fit_run
from tests.support.logged import Capture, journal, made, said, shown, wandering

__all__ = ["journal", "made"]


def test_the_list_tells_programs_what_there_is(journal: Path, capsys: Capture) -> None:
    (run,) = shown(["log", "list"], capsys)
    assert (run["id"], run["pack"], run["state"], run["simulated"]) == ("1", "integration", "ended", False)
    assert run["started"].startswith("20")
    assert run["cue_session"] is False  # nobody runs 400 times as fast
    assert run["running_s"] == 1499.0
    assert "integration 1" in said(["log", "list"], capsys)


def test_an_empty_journal_has_no_runs_and_no_last_one(tmp_path: Path, capsys: Capture) -> None:
    words = ["--journal", str(tmp_path / "none.db")]
    assert said(["log", "list", *words], capsys) == "no run is kept yet\n"
    assert shown(["log", "list", *words], capsys) == []
    assert "no session in this journal yet" in said(["replay", "last", *words], capsys, 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", [["replay"], ["log", "show"], ["log", "note"], ["log", "delete"], ["log", "export"]])
def test_an_unknown_session_is_one_sentence(verb: list[str], journal: Path, capsys: Capture) -> None:
    more = {"note": ["x"], "delete": ["--yes"], "export": ["-o", "x.csv"]}.get(verb[-1], [])
    for word in ("99", "0", "-", "lsat", "1.5", "9" * 40):
        told = said([*verb, word, *more], capsys, 2)
        assert f"there is no session {word[:40]}" in told
        assert "Traceback" not in told


def test_a_run_replays_identically_and_a_changed_one_is_told_effect_by_effect(journal: Path, capsys: Capture) -> None:
    assert "identical" in said(["replay", "last"], capsys)
    assert shown(["replay", "1"], capsys)["identical"] is True
    with sqlite3.connect(journal) as database:
        (start,) = database.execute("SELECT start FROM sessions").fetchone()
        changed = start.replace("Light feet, one minute.", "Heavy feet, one minute.")
        database.execute("UPDATE sessions SET start = ?", (changed,))
    database.close()
    told = said(["replay", "last"], capsys, 1)
    assert "are not as they were" in told
    assert '"Light feet, one minute." → "Heavy feet, one minute."' in told or "no more: " in told
    data = json.loads(said(["replay", "last", "--json"], capsys, 1))
    assert data["identical"] is False
    assert data["first"][0]["before"] != data["first"][0]["now"]


def test_help_of_rate_tells_which_words_are_answers(capsys: Capture) -> None:
    told = " ".join(said(["log", "rate", "--help"], capsys).split())
    assert "did the last cue help: yes, no" in told
    assert "where it hurt most: calf, achilles, shin, foot, knee, hip" in told


def test_show_tells_the_story_and_everything_known(journal: Path, capsys: Capture) -> None:
    assert main(["log", "rate", "last", "--effort", "4", "--pain", "0"]) == 0
    assert main(["log", "rate", "1", "--at", "5min", "--helped", "yes"]) == 0
    assert main(["log", "note", "last", "windy, but fine"]) == 0
    story = said(["log", "show", "last"], capsys)
    for word in ("feeder", "“Light feet, one minute.”", "shoes: the blue ones", "effort: 4", "pain: 0", "at 5:00: helped: yes"):
        assert word in story
    assert "note: windy, but fine" in story
    told = shown(["log", "show", "last"], capsys)
    unknown = dict.fromkeys(("landing", "smooth", "control", "place", "pain_kind", "morning"))
    assert told["ratings"] == {"effort": 4.0, "pain": 0.0, **unknown}
    assert told["conditions"]["sleep"] == 7.5
    assert told["conditions"]["readiness"] is None
    assert told["said"] == [{"at_s": 300.0, "what": "helped", "value": "yes"}]
    assert told["summary"]["end_s"] == 1499.0
    assert told["seed"] == 3


def test_how_smooth_and_controlled_it_felt_is_kept_with_pack_effort_and_ground(journal: Path, capsys: Capture) -> None:
    assert main(["log", "rate", "last", "--smooth", "7", "--control", "8", "--landing", "4", "--surface", "gravel"]) == 0
    assert main(["log", "rate", "last", "--effort", "3"]) == 0
    capsys.readouterr()
    told = shown(["log", "show", "last"], capsys)
    assert told["pack"] == "integration"
    assert [told["ratings"][name] for name in ("smooth", "control", "landing", "effort")] == [7.0, 8.0, 4.0, 3.0]
    assert told["conditions"]["surface"] == "gravel"
    assert "0 not at all to 10" in said(["log", "rate", "last", "--control", "11"], capsys, 2)


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["rate", "last"], "say what to write down"),
        (["rate", "last", "--effort", "11"], "0 rest to 10"),
        (["rate", "last", "--effort", "nan"], "0 rest to 10"),
        (["rate", "last", "--helped", "perhaps"], "one of yes, no"),
        (["rate", "last", "--shoes", ""], "plain words"),
        (["rate", "last", "--at", "3h", "--helped", "no"], "only 24:59 long"),
        (["note", "last", " "], "plain words"),
        (["export", "last", "-o", "run.gpx"], ".jsonl, .fit, .csv, .parquet"),
        (["export", "all", "-o", "run.fit"], "JSON lines alone"),
        (["export", "last", "-o", "no/folder/run.fit"], "no folder"),
        (["export", "last", "-o", "journal.db"], "let its name end"),
        (["export", "last", "-o", "journal.db", "--format", "csv"], "would be lost"),
        (["import", "no.jsonl"], "no such file"),
        (["golden", "last", "no-folder"], "no such folder"),
        (["delete", "last"], "--yes"),
        (["list", "--journal", "none"], "--journal names one"),
    ],
)
def test_a_slip_is_one_sentence(words: list[str], word: str, journal: Path, capsys: Capture) -> None:
    before = journal.read_bytes()
    told = said(["log", *words], capsys, 2)
    assert word in told
    assert "Traceback" not in told
    assert journal.read_bytes() == before


def test_a_run_goes_out_as_fit_and_csv_and_both_can_be_rehearsed(journal: Path, capsys: Capture) -> None:
    for form in ("fit", "csv"):
        assert main(["log", "export", "last", "-o", f"out.{form}"]) == 0
        told = shown(["rehearse", "metronome", "--run", f"out.{form}"], capsys)
        assert told["cadence_spm"] == pytest.approx(166.8, abs=1.0)
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1499  # the last sample came with the end
    assert rows[100]["hr_bpm"] == "141"
    assert {row["segment"] for row in rows} >= {"warmup", "feeder"}
    assert any("Light feet" in row["cue"] for row in rows)


def test_parquet_is_written_where_pyarrow_is_there_and_refused_kindly_where_not(journal: Path, capsys: Capture) -> None:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        assert "-m pip install pyarrow`" in said(["log", "export", "last", "-o", "out.parquet"], capsys, 2)
        return
    assert main(["log", "export", "last", "-o", "out.parquet"]) == 0
    assert pq.read_table("out.parquet").num_rows == 1499


def test_runs_go_out_as_lines_and_come_in_again(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    record(journal)
    assert main(["log", "export", "all", "-o", "out.jsonl"]) == 0
    other = str(tmp_path / "other.db")
    assert "session 2 is here" in said(["log", "import", "out.jsonl", "--journal", other], capsys)
    assert main(["log", "export", "all", "-o", "again.jsonl", "--journal", other]) == 0
    assert Path("again.jsonl").read_bytes() == Path("out.jsonl").read_bytes()
    assert "session 2 is here already" in said(["log", "import", "out.jsonl", "--journal", other], capsys)
    assert "identical" in said(["replay", "1", "--journal", other], capsys)
    Path("half.jsonl").write_bytes(Path("out.jsonl").read_bytes()[:90_000])
    told = said(["log", "import", "half.jsonl"], capsys, 2)
    assert "half.jsonl: line" in told
    assert "export it again" in told
    assert main(["log", "export", "1", "-o", "-", "--format", "jsonl"]) == 0


def watch_of(from_s: int, seconds: int = 700) -> bytes:
    """What a watch would have recorded of the run, so long, from `from_s` of it on."""
    readings = []
    for second in range(seconds):
        leg = wandering(second + from_s) / 2
        readings.append(Reading(second, cadence=int(leg), fractional=leg % 1, stance_time_ms=240.5, oscillation_mm=81.0))
    return fit_run(readings)


def test_a_watchs_recording_joins_its_run_with_the_offset_shown(journal: Path, capsys: Capture) -> None:
    Path("watch.fit").write_bytes(watch_of(25))
    told = said(["log", "import", "watch.fit"], capsys)
    assert "it began 25 s later" in told
    assert "701 seconds" in told or "700 seconds joined" in told
    assert main(["log", "export", "last", "-o", "out.csv"]) == 0
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[24]["stance_time_ms"] == ""
    assert (rows[25]["stance_time_ms"], rows[25]["vertical_oscillation_mm"]) == ("240.5", "81")
    assert "begun 25 s later" in said(["log", "show", "last"], capsys)
    assert "has it already" in said(["log", "import", "watch.fit"], capsys, 2)


def test_a_recording_that_does_not_fit_or_adds_nothing_is_refused(journal: Path, capsys: Capture) -> None:
    Path("other.fit").write_bytes(fit_run([Reading(at, cadence=80 + at % 7) for at in range(700)]))
    assert "does not fit session 1" in said(["log", "import", "other.fit"], capsys, 2)
    Path("short.fit").write_bytes(watch_of(25, seconds=100))
    assert "short.fit: it is too short to be compared: 1:40 of cadence, and 5 min are needed" in said(
        ["log", "import", "short.fit"], capsys, 2
    )
    Path("plain.csv").write_text("t_s,cadence_spm\n0,160\n1,162\n", encoding="utf-8")
    assert "nothing to add" in said(["log", "import", "plain.csv"], capsys, 2)
    Path("prose.txt").write_text("dear diary\n", encoding="utf-8")
    assert "prose.txt" in said(["log", "import", "prose.txt"], capsys, 2)
    os.mkfifo("pipe")
    assert "pipe" in said(["log", "import", "pipe"], capsys, 2)


def test_what_another_pack_would_have_said_on_that_run(journal: Path, capsys: Capture) -> None:
    told = shown(["rehearse", "metronome", "--run", "last"], capsys)
    assert (told["source"], told["pack"], told["end_s"]) == ("session:1", "metronome", 1499.0)
    assert told["clicks"] > 500
    same = shown(["rehearse", "integration", "--run", "1", "--seed", "3"], capsys)
    assert same["heard"] == shown(["log", "show", "1"], capsys)["summary"]["heard"]
    assert "no session 77" in said(["rehearse", "metronome", "--run", "77"], capsys, 2)


def test_any_run_becomes_a_golden_test(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    assert main(["log", "golden", "last", str(folder), "--why", "a wandering cadence"]) == 0
    (kept,) = folder.iterdir()
    text = kept.read_text(encoding="utf-8")
    assert text.startswith("# Why: a wandering cadence\n# integration, session 1\n")
    assert decided_today(text) == text
    changed = text.replace("Light feet, one minute.", "Heavy feet, one minute.", 1)
    assert decided_today(changed) != changed


def test_deleting_is_for_good(journal: Path, capsys: Capture) -> None:
    assert main(["log", "delete", "last", "--yes"]) == 0
    assert shown(["log", "list"], capsys) == []


def test_tidying_up_says_what_it_did(journal: Path, capsys: Capture) -> None:
    assert "the journal is whole" in said(["log", "vacuum"], capsys)
    assert "there is no journal yet" in said(["log", "vacuum", "--journal", "none.db"], capsys, 2)


def test_a_damaged_recording_is_told_and_the_rest_of_it_shown(journal: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(journal) as database:
        database.execute(
            "UPDATE stretches SET lines = x'ffffff' WHERE seq = (SELECT max(seq) FROM stretches WHERE lines != '')"
        )
    database.close()
    for words, code in (
        (["log", "show", "last"], 0),
        (["log", "vacuum"], 1),
        (["log", "export", "last", "-o", "run.csv"], 1),
        (["log", "export", "all", "-o", "runs.jsonl"], 1),
        (["rehearse", "metronome", "--run", "last"], 0),
        (["replay", "last"], 2),
        (["log", "golden", "last", "."], 2),
    ):
        assert main(words) == code, words
        told = capfd.readouterr()
        assert re.search("cannot be read|is damaged", told.err), words
        assert "Traceback" not in told.err
    assert main(["log", "import", "runs.jsonl", "--journal", "other.db"]) == 0


def test_damaged_readings_of_a_watch_are_one_sentence(journal: Path, capsys: Capture) -> None:
    with sqlite3.connect(journal) as database:
        database.execute(INSERT["watches"], (1, "watch.fit", "", "", 0, 0.9, b"\x00\x01", BEGAN_UTC_NS))
    database.close()
    assert "what was joined from watch.fit is damaged" in said(["log", "export", "last", "-o", "run.csv"], capsys, 2)


def test_an_export_without_a_session_is_said_to_hold_none(journal: Path, capsys: Capture) -> None:
    said(["log", "export", "all", "-o", "none.jsonl", "--journal", "no.db"], capsys)
    assert "none.jsonl holds no session" in said(["log", "import", "none.jsonl"], capsys)


def test_a_run_whose_files_have_names_that_are_no_text_is_kept(journal: Path, tmp_path: Path, capsys: Capture) -> None:
    odd = tmp_path / os.fsdecode(b"run\xff.csv")
    odd.write_text("\n".join(["t_s,cadence_spm", *(f"{at},165" for at in range(60))]), encoding="utf-8")
    assert main(["run", "--sensor", f"file:{odd}", "--output", "null", "--rate", "400"]) == 0
    assert shown(["log", "list"], capsys)[0]["source"] == "file:run\ufffd.csv"


def test_while_a_run_is_written_it_can_be_read_and_rated_but_not_deleted(journal: Path, capsys: Capture) -> None:
    with sqlite3.connect(journal) as database:
        database.execute("DELETE FROM marks")
    database.close()
    lock = Lock(journal, "2026-09-20 17:30:00")
    assert shown(["log", "list"], capsys)[0]["state"] == "running"
    assert main(["log", "show", "last"]) == 0
    assert main(["log", "rate", "last", "--helped", "no"]) == 0
    assert shown(["log", "show", "last"], capsys)["said"][0]["value"] == "no"
    for words in (["delete", "last", "--yes"], ["vacuum"]):
        told = said(["log", *words], capsys, 2)
        assert f"process {os.getpid()}, since 2026-09-20 17:30:00" in told
    lock.release()
    assert shown(["log", "list"], capsys)[0]["state"] == "interrupted"


def test_the_next_session_with_a_pack_is_one_more_than_the_cue_sessions_there_were(
    journal: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = ["run", "--pack", "integration", "--output", "null", "--rate", "400", "--for", "20s"]
    record(journal)
    record(journal, simulated=True)
    record(journal, rate=20.0)
    with reading(journal) as found:
        assert [session.counts for session in found.sessions()] == [False, False, True, False]
        assert found.cue_sessions("integration") == 1
    capsys.readouterr()
    assert main(words) == 0
    assert "this is session 2 with integration" in capsys.readouterr().err
    assert shown(["log", "list"], capsys)[0]["session_number"] == 2
    assert main([*words, "--session", "5", "--journal", "none"]) == 0
    assert len(shown(["log", "list"], capsys)) == 5
    assert BEGAN_UTC_NS


@pytest.mark.parametrize("trouble", ["held", "folder", "newer"])
def test_a_run_that_cannot_be_kept_goes_on_and_says_so_once(trouble: str, journal: Path, capsys: Capture) -> None:
    lock, path = None, journal
    if trouble == "held":
        lock = Lock(journal, "then")
    elif trouble == "folder":
        path = journal / "sub" / "journal.db"
    else:
        with sqlite3.connect(journal) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
    words = ["run", "--output", "null", "--rate", "400", "--for", "20s", "--beat", "170", "--journal", str(path)]
    assert main(words) == 0
    told = capsys.readouterr()
    assert (told.out + told.err).count("this run is not recorded") == 1
    assert "of running" in told.out
    if lock is not None:
        lock.release()


def test_trying_and_simulating_is_kept_marked_for_ever(journal: Path, capsys: Capture) -> None:
    words = ["run", "--sensor", "sim", "--output", "null", "--rate", "400", "--for", "30s"]
    assert main(words) == 0
    newest = shown(["log", "list"], capsys)[0]
    assert (newest["simulated"], newest["cue_session"], newest["source"]) == (True, False, "sim:easy")
    assert "(simulated, 400 times as fast)" in said(["log", "list"], capsys)


def test_rehearsals_are_not_kept(journal: Path, capsys: Capture) -> None:
    assert main(["rehearse", "metronome", "--length", "2min"]) == 0
    assert len(shown(["log", "list"], capsys)) == 1


def test_two_real_runs_at_once_the_second_says_who_holds_the_journal(journal: Path) -> None:
    words = [sys.executable, "-m", "cued", "run", "--output", "null", "--beat", "170"]
    first = subprocess.Popen([*words, "--for", "60s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert "warmup" in first.stdout.readline() or first.poll() is None
    second = subprocess.run([*words, "--for", "1s"], capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 0
    assert f"being written by process {first.pid}, since" in second.stdout + second.stderr
    first.terminate()
    first.communicate(timeout=60)
    assert first.returncode == 0

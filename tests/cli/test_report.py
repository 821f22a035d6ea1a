"""`cued report`, on journals of runners whose answer to cues is known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cued.cli.main import main
from cued.coaching.happening import Outcome
from cued.core.start import Runner
from cued.core.target import Figure
from cued.formats.event_codec import encode
from cued.journal import edit
from cued.journal.rows import Row
from cued.runtime.moments import moment
from cued.runtime.planning import MADE
from cued.units import NS_PER_MIN, NS_PER_S
from tests.journal.sessions import BEGAN_UTC_NS, a_request, record

DAY_NS = 86_400 * NS_PER_S
PACK = """
format: 1
name: nags
version: 1.0.0
title: "Nags"
language: en
license: CC-BY-4.0
authors: [cued]
summary: One cue every 80 seconds.
phase: 5
target: {basis: baseline, change: "+4%"}
limits: {quiet_start: 2 min, quiet_end: 30 s, min_gap: 45 s, same_cue_gap: 60 s, per_minute: 1, per_run: 200, withhold: 25%}
session:
  - {segment: steady, for: 60 min}
rules:
  - {when: {every: 80 s}, say: quick}
cues:
  quick: {say: "Quick feet, light.", expect: {cadence: up}}
"""
Capture = pytest.CaptureFixture[str]


def nagged(folder: Path, sim: str, spm: float, runs: int) -> Path:
    """A journal of runs with a cue every 80 seconds, one in four of them withheld."""
    (folder / "nags.yaml").write_text(PACK, encoding="utf-8")
    path = folder / f"{sim}.db"
    for number in range(runs):
        request = replace(a_request(str(folder / "nags.yaml"), sim, 60, seed=number), runner=Runner(spm, 2.8, 5.6))
        record(path, request=request, began_utc_ns=BEGAN_UTC_NS + number * DAY_NS)
    return path


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = nagged(tmp_path_factory.mktemp("listening"), "easy", 164.0, 3)
    edit.add(path, 1, [Row("ratings", (10 * NS_PER_MIN, "helped", "yes", BEGAN_UTC_NS))])
    return path


@pytest.fixture(scope="module")
def stubborn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nagged(tmp_path_factory.mktemp("stubborn"), "stubborn", 160.0, 3)


@pytest.fixture(scope="module")
def two_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two block tests four weeks apart, and calf raises told of both."""
    path = tmp_path_factory.mktemp("two_tests") / "journal.db"
    for number, days in enumerate((0, 28)):
        request = a_request("block-test", "easy", 26, seed=number)
        session = record(path, request=request, began_utc_ns=BEGAN_UTC_NS + days * DAY_NS)
        edit.add(path, session, [Row("ratings", (None, "calf_left", 20 + number, BEGAN_UTC_NS))])
    return path


def said(words: list[str], capsys: Capture, path: Path) -> str:
    capsys.readouterr()
    assert main(["report", *words, "--journal", str(path)]) == 0
    return capsys.readouterr().out


def shown(word: str, capsys: Capture, path: Path) -> Any:
    return json.loads(said([word, "--json"], capsys, path))


def test_a_cue_that_the_runner_follows_is_told_to_help(listening: Path, capsys: Capture) -> None:
    (one,) = shown("cues", capsys, listening)["cues"]
    assert (one["pack"], one["cue"], one["trigger"], one["verdict"]) == ("nags", "quick", "periodic", "likely helps")
    assert 0.5 < one["low_percent"] < one["effect_percent"] < one["high_percent"] < 4.0
    assert one["helped"] == {"yes": 1, "no": 0}
    told = said(["cues"], capsys, listening)
    assert told.startswith("likely helps:\n  “Quick feet, light.” (nags, periodic): +")
    assert "you said it helped 1 of 1 times" in told


def test_a_cue_that_the_runner_does_not_hear_is_told_to_do_nothing(stubborn: Path, capsys: Capture) -> None:
    (one,) = shown("cues", capsys, stubborn)["cues"]
    assert one["verdict"] == "no visible effect"
    assert one["low_percent"] < 0.0 < one["high_percent"]


def test_before_there_is_enough_there_are_counts_only(tmp_path: Path, capsys: Capture) -> None:
    path = nagged(tmp_path, "easy", 164.0, 1)
    (one,) = shown("cues", capsys, path)["cues"]
    assert one["verdict"] == "not enough data"
    assert one["heard"] > 12
    assert one["withheld"] < 24
    assert one["effect_percent"] is None
    told = said(["cues"], capsys, path)
    assert "%" not in told
    assert "before there are only counts" in told


def test_simulated_runs_count_for_nothing(tmp_path: Path, capsys: Capture) -> None:
    record(tmp_path / "journal.db", request=a_request("integration", "tired", 20), simulated=True)
    assert said(["cues"], capsys, tmp_path / "journal.db") == (
        "no cue was heard in a real run yet; simulated runs and tries at the desk do not count\n"
    )


def test_without_a_journal_every_report_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert "no cue" in said(["cues"], capsys, tmp_path / "none.db")
    told = said(["trend"], capsys, tmp_path / "none.db")
    assert "late loss needs a run of 40 minutes" in told
    assert "a trend is told from 6 runs on" in told
    assert "no block test" in said(["test"], capsys, tmp_path / "none.db")
    assert not list(tmp_path.iterdir())


def test_the_trend_has_every_figure_that_was_measured(listening: Path, capsys: Capture) -> None:
    told = shown("trend", capsys, listening)
    figures = {one["figure"]: one for one in told["trends"]}
    assert len(figures["in_band"]["runs"]) == 3
    assert all(0.0 < run["value"] < 0.02 for run in figures["late_drift"]["runs"])
    assert len(figures["contact_time"]["runs"]) == 3
    assert figures["in_band"]["direction"] == "not enough data"
    assert (told["plateau"], told["decline"], told["proposal"]) == (None, None, None)
    assert "3 of 6 runs" in said(["trend"], capsys, listening)


def test_log_show_tells_how_the_rhythm_held_late_in_a_long_run(listening: Path, capsys: Capture) -> None:
    assert main(["log", "show", "1", "--journal", str(listening)]) == 0
    assert "% less cadence than in minutes 12 to 32, at the same speed." in capsys.readouterr().out
    assert main(["log", "show", "1", "--json", "--journal", str(listening)]) == 0
    assert 0.0 < json.loads(capsys.readouterr().out)["late_drift"] < 0.02


def stuck(path: Path) -> None:
    """Nine runs in four weeks, up to today, in the band for about half of the time, and nothing grows."""
    now_ns = moment().utc_ns
    rows = []
    for number in range(9):
        began_ns = now_ns - (25 - 3 * number) * DAY_NS
        session = record(path, request=a_request("plain", "easy", 11), began_utc_ns=began_ns)
        probe = Figure(164.0 + 0.3 * (number % 3), 2.8)
        outcome = Outcome("awareness", True, 38.0, in_band=0.55, probe=probe, easy=(Figure(164.0, 2.8),) * 6)
        rows.append((session, Row("outcomes", (11 * NS_PER_MIN, MADE, encode(outcome)))))
    edit.keep(path, rows)


def test_where_nothing_grows_one_change_is_proposed(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "journal.db"
    stuck(path)
    assert main(["plan", "why", "--journal", str(path)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"no growth in \d runs of 3 weeks.*You might change one thing, or wait: leave out the cue", told)
    assert "proposed, where nothing grows: leave out the cue that does least" in told
    assert main(["plan", "show", "--journal", str(path)]) == 0
    assert "proposed, where nothing grows" in capsys.readouterr().out
    assert shown("trend", capsys, path)["proposal"].startswith("leave out the cue")
    assert "proposed: leave out the cue" in said(["trend"], capsys, path)


def test_block_tests_are_compared_and_the_honest_word_is_said(two_tests: Path, capsys: Capture) -> None:
    told = shown("test", capsys, two_tests)
    assert [one["date"] for one in told["tests"]] == ["2026-09-21", "2026-10-19"]
    assert {"light.speed", "brisk.heart_rate", "hard.cadence", "probe.efficiency", "calf_left"} <= set(
        told["tests"][1]["figures"]
    )
    changes = {one["figure"]: one for one in told["compared"]}
    assert changes["light.speed"]["verdict"] == "less than chance may do"
    assert (changes["calf_left"]["now"], changes["calf_left"]["least_difference"]) == (21.0, None)
    assert "a single comparison rarely concludes anything" in said(["test"], capsys, two_tests)


def test_what_a_block_test_asks_is_answered_by_rating(two_tests: Path, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(two_tests.read_bytes())
    words = ["log", "rate", "last", "--balance-left", "14", "--calf-right", "23", "--journal", str(path)]
    assert main(words) == 0
    figures = shown("test", capsys, path)["tests"][-1]["figures"]
    assert (figures["balance_left"], figures["calf_right"]) == (14.0, 23.0)


def test_the_load_of_weeks_is_told_by_type_with_how_it_felt(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "journal.db"
    now_ns = moment().utc_ns
    cued = record(path, request=a_request("awareness", "easy", 20), began_utc_ns=now_ns - 2 * NS_PER_MIN)
    record(path, request=a_request("plain", "easy", 11), began_utc_ns=now_ns - 60 * DAY_NS)
    record(path, request=a_request("plain", "easy", 12), began_utc_ns=now_ns, verified=False)
    for name, value in (("effort", 3.0), ("smooth", 7.0), ("control", 8.0)):
        edit.add(path, cued, [Row("ratings", (None, name, value, now_ns))])
    edit.add(path, cued, [Row("conditions", (None, "surface", "grass", now_ns))])
    found = shown("load", capsys, path)
    assert [week["runs"] for week in found["weeks"]] == [0, 0, 0, 1]
    week = found["weeks"][-1]
    assert week["by_type_min"] == {"cues": 20.0, "plain": 0.0, "drills": 0.0}
    assert week["cues"] > 2
    assert 0.0 < week["beat_min"] < 20.0
    assert week["ground_min"] == {"grass": 20.0}
    assert (week["effort_times_minutes"], week["effort_told_of"]) == (60.0, 1)
    assert found["without_date"]["by_type_min"]["plain"] == 12.0
    felt = {one["type"]: one for one in found["felt"]}
    assert felt["runs with cues"]["smooth"] == {"mean": 7.0, "runs": 1}
    assert felt["on grass"]["control"] == {"mean": 8.0, "runs": 1}
    assert felt["plain runs"]["smooth"] is None
    told = said(["load"], capsys, path)
    assert "no date" in told
    assert "Not recorded, so not here: force or impact" in told
    assert "smooth 7.0 (1 of 1), in control 8.0 (1 of 1), effort 3.0 (1 of 1)" in told
    words = ["report", "load", "--weeks", "10", "--json", "--journal", str(path)]
    assert main(words) == 0
    assert sum(one["runs"] for one in json.loads(capsys.readouterr().out)["weeks"]) == 2

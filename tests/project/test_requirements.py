"""docs/requirements.md holds what the article asks for, one row each, and every row names tests that exist and run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.packs.catalog import open_pack
from tests.support.requirements import COUNT, TABLE, WHOLE_MARKS, exists, rows
from tests.support.tools import REPO

TEXT = (REPO / TABLE).read_text(encoding="utf-8")
ROWS = rows(TEXT)


def test_every_requirement_has_just_one_row_and_they_stand_in_order() -> None:
    assert [row.number for row in ROWS] == list(range(1, COUNT + 1))
    assert all(row.what and row.where and row.tests for row in ROWS)


def test_every_named_test_exists() -> None:
    named = [test for row in ROWS for test in row.tests]
    assert [test for test in named if not exists(REPO, test)] == []
    marked = [re.findall(r"`(tests/[^`]+)`", line) for line in TEXT.splitlines() if line.startswith("| R")]
    assert sum(map(len, marked)) == len(named), "a name that is written otherwise is not read"


def test_the_places_exist() -> None:
    """Modules, packs and verbs in the middle column; whether they do what is said is what the tests are for."""
    for row in ROWS:
        for file in re.findall(r"`((?:cued|cue_packs|docs)/[\w/.-]+)`", row.where):
            assert (REPO / file).is_file(), f"R{row.number}: {file}"
        for name in re.findall(r"pack `([\w-]+)`", row.where):
            assert open_pack(name).pack.name == name


COMMANDS = sorted({found for row in ROWS for found in re.findall(r"`cued ([a-z]+(?: [a-z]+)?)`", row.where)})


@pytest.mark.parametrize("words", COMMANDS)
def test_the_commands_exist(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words.split(), "--help"]) == 0
    assert words in capsys.readouterr().out


def test_what_make_runs_as_a_whole_is_judged() -> None:
    whole = [line for line in (REPO / "Makefile").read_text().splitlines() if "/pytest" in line and "grep" not in line]
    marks = [found for line in whole for found in re.findall(r'-m "([^"]*)"', line)]
    assert len(marks) == len(whole) == 2
    assert set(marks) <= WHOLE_MARKS


def test_what_no_program_can_do_is_said() -> None:
    cannot = TEXT.partition("## What it cannot do")[2].partition("\n## ")[0]
    for words in ("foot strike", "inside one stride", "phase of your steps", "limp", "pain"):
        assert words in cannot


# --- the witness ---------------------------------------------------------------------------------------------------

CONFTEST = f"""
import sys
sys.path.insert(0, {str(REPO)!r})
from tests.support import requirements

def pytest_configure(config):
    requirements.watch(config)
"""
TESTS = """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_good(n):
    assert n

def test_skipped():
    pytest.skip("no tool")

@pytest.mark.skipif(True, reason="never")
@pytest.mark.parametrize("n", [1, 2])
def test_never(n):
    assert n

class TestMore:
    def test_inner(self):
        assert True
"""


def ran(folder: Path, *names: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A small project's tests, with these named in its table."""
    (folder / "docs").mkdir()
    (folder / "tests").mkdir()
    cells = ", ".join(f"`tests/test_small.py::{name}`" for name in names)
    (folder / TABLE).write_text(f"| R1 | this | there | {cells} |\n")
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "tests" / "test_small.py").write_text(TESTS)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_whole_run_in_which_every_named_test_passed_or_was_skipped_is_good(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = ran(tmp_path, "test_good", "TestMore::test_inner", "test_skipped", "test_never", options=options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was skipped here" in done.stdout
    assert "did not" not in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_whole_run_without_a_named_test_is_bad(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = ran(tmp_path, "test_good", "test_gone", options=options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "tests/test_small.py::test_gone did not run" in done.stdout


@pytest.mark.parametrize("options", [("-k", "good"), ("tests/test_small.py",)])
def test_a_part_is_not_judged(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = ran(tmp_path, "test_gone", options=options)
    assert done.returncode == 0, done.stdout + done.stderr

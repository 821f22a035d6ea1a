"""A journal with one run in it, and what the verbs of `cued log` say of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cued.cli.main import main

Capture = pytest.CaptureFixture[str]


def wandering(second: int) -> float:
    """Cadence at that second of the run."""
    return 164.0 + 4.0 * ((second * second // 97) % 13) / 13 + (second // 60) % 3


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with one run, as `cued run` leaves it."""
    folder = tmp_path_factory.mktemp("made")
    rows = [f"{at},{wandering(at):.2f},2.8,{140 + at // 60}" for at in range(1500)]
    (folder / "run.csv").write_text("\n".join(["t_s,cadence_spm,speed_mps,hr_bpm", *rows, ""]), encoding="utf-8")
    words = ["run", "--sensor", f"file:{folder / 'run.csv'}", "--output", "null", "--rate", "400", "--pack", "integration"]
    words += ["--seed", "3", "--shoes", "the blue ones", "--sleep", "7.5", "--journal", str(folder / "journal.db")]
    assert main(words) == 0
    return folder


@pytest.fixture
def journal(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which every verb takes for the runner's own."""
    copy = tmp_path / "journal.db"
    copy.write_bytes((made / "journal.db").read_bytes())
    monkeypatch.setenv("CUED_JOURNAL", str(copy))
    monkeypatch.chdir(tmp_path)
    return copy


def said(words: list[str], capsys: Capture, code: int = 0) -> str:
    capsys.readouterr()
    assert main(words) == code
    told = capsys.readouterr()
    return told.out if code in {0, 1} else told.err


def shown(words: list[str], capsys: Capture) -> Any:
    return json.loads(said([*words, "--json"], capsys))

"""The safety notice before the first `cued run` and the first drills: no cue before somebody has accepted it at a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from cued.runtime.safety import Safety
from tests.support.terminal import OnTerminal

CUED: Final = (sys.executable, "-m", "cued")
NO_SOUND: Final = {"JACK_DEFAULT_SERVER": "none", "JACK_NO_START_SERVER": "1", "PULSE_SERVER": "/none"}
ASKED: Final = "n: not now."
PLAIN: Final = "this run is recorded without beat and cues"


@pytest.fixture(autouse=True)
def safety(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Safety:
    """A runner who has accepted nothing, at a machine that stays silent."""
    if Path("/proc/asound/cards").exists() and "[" in Path("/proc/asound/cards").read_text(encoding="utf-8"):
        pytest.skip("this machine has a sound card")
    for kind in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    for name, value in NO_SOUND.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return Safety()


def run(tmp_path: Path, output: str = "device", *words: str) -> list[str]:
    events = str(tmp_path / "run.jsonl")
    more = ("--for", "1s", "--events", events, "--socket", "none", "--keys", "none", *(words or ("--beat", "170")))
    return [*CUED, "run", "--output", output, *more]


def packs(tmp_path: Path) -> set[str]:
    lines = (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return {row["pack"] for row in rows if row["kind"] == "start"}


def alone(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def test_enter_at_the_terminal_accepts_it_once_and_the_run_has_its_pack(tmp_path: Path, safety: Safety) -> None:
    with OnTerminal(run(tmp_path)) as terminal:
        terminal.expect(lambda: ASKED in terminal.text)
        assert "not medical advice" in terminal.text
        terminal.press("\n")
        assert terminal.end() == 0
    assert packs(tmp_path) == {"metronome"}
    accepted = safety.accepted()
    assert accepted is not None
    assert accepted.how == "screen"
    with OnTerminal(run(tmp_path)) as terminal:
        assert terminal.end() == 0
        assert ASKED not in terminal.text


def test_who_does_not_accept_it_runs_without_beat_and_cues_and_is_told_so(tmp_path: Path, safety: Safety) -> None:
    with OnTerminal(run(tmp_path)) as terminal:
        terminal.expect(lambda: ASKED in terminal.text)
        terminal.press("n\n")
        assert terminal.end() == 0
        assert PLAIN in terminal.text
    assert packs(tmp_path) == {"plain"}
    assert safety.accepted() is None


def test_who_leaves_at_the_question_begins_nothing(tmp_path: Path, safety: Safety) -> None:
    with OnTerminal(run(tmp_path)) as terminal:
        terminal.expect(lambda: ASKED in terminal.text)
        terminal.press("q\n")
        assert terminal.end() == 1
    assert not (tmp_path / "run.jsonl").exists()
    assert safety.accepted() is None


def test_without_a_terminal_nobody_is_asked_and_nobody_is_cued(tmp_path: Path, safety: Safety) -> None:
    done = alone(run(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(PLAIN) == 1
    assert packs(tmp_path) == {"plain"}
    safety.accept("key")
    done = alone(run(tmp_path))
    assert PLAIN not in done.stderr
    assert packs(tmp_path) == {"metronome"}


@pytest.mark.parametrize("words", [("null", "--beat", "170"), ("device", "--sensor", "sim")], ids=["unheard", "simulated"])
def test_where_nobody_runs_or_nothing_is_heard_it_is_not_asked_for(words: tuple[str, ...], tmp_path: Path) -> None:
    done = alone(run(tmp_path, *words))
    assert done.returncode == 0, done.stderr
    assert "safety" not in done.stderr
    assert packs(tmp_path) == {"metronome"}


def test_a_mistake_is_told_before_the_question(tmp_path: Path) -> None:
    with OnTerminal(run(tmp_path, "device", "--pack", "nonesuch")) as terminal:
        assert terminal.end() == 2
        assert ASKED not in terminal.text


def test_drills_want_it_too(safety: Safety) -> None:
    play = [*CUED, "drills", "play", "strength", "--output", "device", "--journal", "none", "--socket", "none"]
    done = alone(play)
    assert done.returncode == 2
    assert "`cued safety --accept` at a terminal, once" in done.stderr
    with OnTerminal(play) as terminal:
        terminal.expect(lambda: ASKED in terminal.text)
        terminal.press("n\n")
        assert terminal.end() == 1
    assert safety.accepted() is None

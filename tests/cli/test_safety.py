"""`cued safety`: read anywhere, accepted by a person alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from cued.cli.main import main
from cued.runtime.safety import Safety, written
from tests.support.terminal import OnTerminal

CUED: Final = (sys.executable, "-m", "cued", "safety")


@pytest.fixture(autouse=True)
def safety(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Safety:
    """A runner who has accepted nothing, and whose terminal speaks English."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return Safety()


def test_it_is_shown_with_whether_it_is_accepted(safety: Safety, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["safety"]) == 0
    out = capsys.readouterr().out
    assert " ".join(written()) in " ".join(out.split())
    assert out.endswith("\nnot accepted yet: `cued safety --accept`\n")
    date = safety.accept("key").date
    assert main(["safety"]) == 0
    assert capsys.readouterr().out.endswith(f"\naccepted on {date}\n")


def test_it_speaks_the_language_that_is_asked_for_or_configured_or_the_terminals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    assert main(["safety"]) == 0
    assert "kein ärztlicher Rat" in capsys.readouterr().out
    assert main(["config", "set", "runner.language", "en"]) == 0
    assert main(["safety"]) == 0
    assert "not medical advice" in capsys.readouterr().out
    assert main(["safety", "--language", "de"]) == 0
    assert "kein ärztlicher Rat" in capsys.readouterr().out


def test_scripts_read_it_as_json(safety: Safety, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["safety", "--json", "--language", "de"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], tuple(told["text"])) == (None, written("de"))
    date = safety.accept("screen").date
    assert main(["safety", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accepted"] == date
    assert main(["safety", "--json", "--accept"]) == 2


def test_only_a_person_accepts_it(safety: Safety) -> None:
    done = subprocess.run([*CUED, "--accept"], input="\n", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "only a person can accept it" in done.stderr
    assert safety.accepted() is None


@pytest.mark.parametrize(
    ("keys", "code"),
    [("\n", 0), ("y\n", 0), ("Yes\n", 0), ("ja\n", 0), ("n\n", 1), ("nein\n", 1), ("s\n", 1), ("\x04", 1)],
)
def test_enter_or_a_yes_accepts_it_and_a_no_does_not(keys: str, code: int, safety: Safety) -> None:
    with OnTerminal([*CUED, "--accept"]) as terminal:
        terminal.expect(lambda: "not now." in terminal.text)
        terminal.press(keys)
        assert terminal.end() == code
    assert (safety.accepted() is not None) == (code == 0)


def test_what_is_neither_yes_nor_no_is_asked_again(safety: Safety) -> None:
    with OnTerminal([*CUED, "--accept"]) as terminal:
        terminal.expect(lambda: "not now." in terminal.text)
        terminal.press("?\n")
        terminal.expect(lambda: terminal.text.count("not now.") == 2)
        assert "Enter or y, or n, please" in terminal.text
        assert safety.accepted() is None
        terminal.press("\n")
        assert terminal.end() == 0
    assert safety.accepted() is not None

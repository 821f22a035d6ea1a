"""`cued voice`: the voices there are, and how one sounds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cued.cli.main import main
from tests.support.pulse import Parec, pulse_server
from tests.support.tools import require_tool


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner without a configuration, at a machine with a voice."""
    require_tool("espeak-ng")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_the_voices_of_a_language_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "list"]) == 0
    assert "English (Great Britain)" in capsys.readouterr().out
    assert main(["voice", "list", "--language", "de", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0] == {"name": "de", "called": "German"}
    assert main(["config", "set", "runner.language", "de"]) == 0
    capsys.readouterr()
    assert main(["voice", "list"]) == 0
    assert capsys.readouterr().out == "de  German\n"


def test_a_language_without_a_voice_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "list", "--language", "xx"]) == 1
    assert capsys.readouterr().out == "no voice here speaks xx: cues in it sound as a tone\n"
    assert main(["voice", "list", "--language", "xx", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == []
    assert main(["voice", "list", "--language", "../x"]) == 2


@pytest.mark.slow
def test_a_sentence_is_heard_in_the_ear_and_the_voice_that_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "set", "sound.ear", "left"]) == 0
    (tmp_path / "pulse").mkdir()
    with pulse_server(tmp_path / "pulse", "jack"):
        with Parec(tmp_path / "pulse", "jack") as recorder:
            assert main(["voice", "say", "Quick feet.", "--speaker", "en-us"]) == 0
        left, right = np.abs(recorder.stereo).T
        assert left.max() > 0.1
        assert right.max() < 0.01
        assert main(["voice", "say", "--speaker", "nobody"]) == 2
        assert "There is no voice 'nobody'" in capsys.readouterr().err

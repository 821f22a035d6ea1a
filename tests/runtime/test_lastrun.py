"""The cadence that a run without a sensor begins from."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.cli.screen import PlainScreen
from cued.packs.catalog import open_pack
from cued.runtime.feeding import Recorded, feeding_of
from cued.runtime.lastrun import ENOUGH_NS, last_cadence_spm, remember_cadence
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.request import Pack, Request, ToNothing


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def recording(folder: Path, minutes: int) -> str:
    lines = [f"{second},172,2.9" for second in range(minutes * 60)]
    (folder / "run.csv").write_text("t_s,cadence_spm,speed_mps\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return f"file:{folder / 'run.csv'}"


def test_nothing_is_known_before_the_first_run(state: Path) -> None:
    assert last_cadence_spm() is None


def test_a_long_run_is_remembered_and_a_short_one_is_not(state: Path) -> None:
    remember_cadence(171.26, ENOUGH_NS)
    assert last_cadence_spm() == 171.3
    remember_cadence(150.0, ENOUGH_NS - 1)
    assert last_cadence_spm() == 171.3


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cadence_spm": "fast"}', '{"cadence_spm": 20}', '{"cadence_spm": 1e400}', "\x00"]
)
def test_a_file_that_makes_no_sense_is_as_none(text: str, state: Path) -> None:
    remember_cadence(171.0, ENOUGH_NS)
    file = next((state / "state").rglob("last-run.json"))
    file.write_text(text, encoding="utf-8")
    assert last_cadence_spm() is None


def test_a_folder_that_takes_no_file_costs_nothing(state: Path) -> None:
    (state / "state").write_text("in the way", encoding="utf-8")
    remember_cadence(171.0, ENOUGH_NS)
    assert last_cadence_spm() is None


def test_a_real_run_gives_the_next_one_without_a_sensor_its_beat(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = feeding_of(Recorded(recording(state, 12).removeprefix("file:")), None, 0)
    loaded = open_pack("metronome")
    request = Request(Pack(loaded.pack, loaded.folder), replace(recorded, on_air=True, path=""))
    live(request, LiveWanted(ToNothing(), rate=600.0), PlainScreen(io.StringIO()))
    assert last_cadence_spm() == 172.0
    assert main(["run", "--output", "null", "--rate", "60", "--for", "10s"]) == 0
    assert "your last run's 172 steps a minute" in capsys.readouterr().err


def test_a_recording_may_be_anybody_s_and_is_not_remembered(state: Path) -> None:
    assert main(["run", "--output", "null", "--rate", "600", "--sensor", recording(state, 12)]) == 0
    assert last_cadence_spm() is None


def test_a_simulated_run_is_never_remembered(state: Path) -> None:
    assert main(["run", "--output", "null", "--rate", "600", "--sensor", "sim:easy", "--length", "12min"]) == 0
    assert last_cadence_spm() is None

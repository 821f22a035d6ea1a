"""`cued try`: what is heard within its 90 seconds, and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import soundfile

from cued.cli.configured import fill
from cued.cli.main import VERBS, load, main, parser_of
from cued.cli.make_run import missing, next_step, pod_missing
from cued.cli.try_ import asked
from cued.runtime.doctor.check import Check, State
from cued.runtime.rehearsal import Wanted, Watch, rehearse
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S
from tests.support.bluez import Peripheral, VirtualBluez, running_pod
from tests.support.bluez.fixtures import bluez
from tests.support.waiting import wait_for

__all__ = ["bluez"]


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnownSensors:
    """A runner without sensors."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return KnownSensors()


def tried(*words: str) -> list[dict[str, Any]]:
    """The decisions of `cued try WORDS`, without its sound."""
    verb = next(verb for verb in VERBS if verb.name == "try")
    args = parser_of(verb, load(verb)).parse_args(words)
    fill(args)
    request = asked(args)
    return list(rehearse(request, Wanted(), Watch(notice=print)).log.rows())


def first_s(rows: list[dict[str, Any]], kind: str) -> float:
    return float(next(row["t_ns"] for row in rows if row["kind"] == kind)) / 1e9


@pytest.mark.parametrize("sim", ["easy", "tired", "stubborn"])
@pytest.mark.parametrize("pack", ["metronome", "integration"])
def test_a_click_comes_within_3_seconds_a_cue_within_20_and_the_end_after_90(pack: str, sim: str) -> None:
    rows = tried("--pack", pack, "--sim", sim)
    assert first_s(rows, "click") < 2.0  # and one second at most to set it up
    assert first_s(rows, "say") < 20.0
    assert first_s(rows, "end") == 90.0
    assert rows[0]["simulated"] is True


def test_it_lasts_as_long_as_it_is_told_to() -> None:
    assert first_s(tried("--for", "2min"), "end") == 120.0


def test_a_pack_that_begins_in_silence_is_tried_from_its_first_sounding_segment() -> None:
    assert next(row["segment"] for row in tried("--pack", "integration") if row["kind"] == "segment") == "feeder"


def test_a_pack_without_a_beat_is_tried_by_its_cues() -> None:
    rows = tried("--pack", "awareness")
    assert first_s(rows, "say") < 20.0
    assert not any(row["kind"] == "click" for row in rows)


def test_it_leaves_sound_and_page_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "--fast", "-o", str(tmp_path / "new")]) == 0
    told = capsys.readouterr().out
    sound, page = tmp_path / "new" / "try-metronome.wav", tmp_path / "new" / "try-metronome.html"
    assert f"written: {sound}" in told
    assert f"written: {page}" in told
    assert soundfile.info(sound).duration == pytest.approx(90.0, abs=1.0)
    assert "<html" in page.read_text(encoding="utf-8")


def test_a_try_that_is_cut_short_still_leaves_whole_files(tmp_path: Path) -> None:
    environment = os.environ | {"JACK_DEFAULT_SERVER": "none", "JACK_NO_START_SERVER": "1", "PULSE_SERVER": "/none"}
    command = [sys.executable, "-m", "cued", "try", "-o", str(tmp_path)]
    said = tmp_path / "said"
    with (
        said.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment) as child,
    ):
        wait_for(lambda: b"pod found" in said.read_bytes(), 60.0, "the run's first line")
        assert [path.name for path in tmp_path.glob("*.wav")] == []  # whole or not at all
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
    assert soundfile.info(tmp_path / "try-metronome.wav").duration < 60.0
    assert (tmp_path / "try-metronome.html").stat().st_size > 10_000
    assert not list(tmp_path.glob(".*"))


def no_pod() -> str:
    return "none is in sight"


def test_start_says_what_is_missing_and_what_to_do_about_it() -> None:
    checks = (
        Check("PortAudio", State.OK, "19.6"),
        Check("sound devices", State.FAIL, "none", "plug headphones in"),
        Check("disk", State.FAIL, "full", "make room"),
    )
    sound, pod, then = (
        "For sound: plug headphones in.",
        "No pod here: none is in sight.",
        "So a simulated runner runs for 90 seconds:",
    )
    assert list(missing(checks, no_pod)) == [sound, pod, then]
    assert list(missing(checks, str)) == [sound, then]
    assert list(missing(checks[:1], no_pod)) == [pod, then]


def test_after_make_run_one_line_says_what_comes_next() -> None:
    assert next_step(known=True) == (
        "next: `cued setup` gets headphones and pod ready, `cued run --length 30min` is a run, `cued --help` lists the rest"
    )
    assert "`. .venv/bin/activate` makes `cued` a command" in next_step(known=False)
    assert "\n" not in next_step(known=False)


def test_with_sound_and_a_pod_start_is_a_run() -> None:
    assert not list(missing((Check("PortAudio", State.OK, "19.6"), Check("sound devices", State.OK, "USB")), str))


def test_a_pod_in_sight_is_seen_a_neighbours_is_not_taken_for_ones_own(bluez: VirtualBluez, own_data: KnownSensors) -> None:
    assert "none is in sight" in pod_missing(NS_PER_S // 2)
    bluez.add(Peripheral("C0:FF:EE:00:00:01", "Pod", running_pod()))
    assert pod_missing(NS_PER_S // 2) == ""
    own_data.put(KnownSensor("C0:FF:EE:00:00:09", "Mine", ("cadence",)))
    assert "your pod is not in sight" in pod_missing(NS_PER_S // 2)
    bluez.add(Peripheral("C0:FF:EE:00:00:09", "Mine", running_pod()))
    assert pod_missing(NS_PER_S // 2) == ""


def test_without_a_radio_start_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_data: KnownSensors) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert "systemctl start" in pod_missing(NS_PER_S // 2)

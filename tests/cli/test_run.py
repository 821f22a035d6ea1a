"""`cued run` as a runner uses it: the line on the terminal, the files that grow, Ctrl-C, silence without a device."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import soundfile

from cued.cli.main import main
from cued.runtime.request import ToNothing
from cued.runtime.sounding import Search
from tests.support.waiting import wait_for

CUED: Final = (sys.executable, "-m", "cued")
NOWHERE: Final = {"JACK_DEFAULT_SERVER": "none", "JACK_NO_START_SERVER": "1", "PULSE_SERVER": "/none"}
"""No sound server answers: on a machine without sound card PortAudio then finds no device."""
ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def rows(path: Path) -> list[dict[str, Any]]:
    """The whole lines so far."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a person saw."""

    text: str
    code: int
    grown: list[int]
    """Lines of the events file, each time it was looked at."""
    kinds: list[str]


def watched(command: list[str], events: Path, until: re.Pattern[bytes], deadline_s: float = 60.0) -> Terminal:
    """Run `command` on a terminal of its own; press Ctrl-C once `until` is seen and the events file has grown thrice."""
    master, slave = pty.openpty()
    child = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(slave)
    seen, grown, pressed = b"", [0], False
    end_s = time.monotonic() + deadline_s
    while time.monotonic() < end_s:
        if select.select([master], [], [], 0.1)[0]:
            try:
                got = os.read(master, 65_536)
            except OSError:  # a terminal without programs
                break
            seen += got
        if (count := len(rows(events))) > grown[-1]:
            grown.append(count)
        if not pressed and until.search(seen) and len(grown) > 3:
            child.send_signal(signal.SIGINT)
            pressed = True
    os.close(master)
    if not pressed:
        child.kill()
    code = child.wait(60)
    return Terminal(ANSI.sub("", seen.decode()), code, grown, [row["kind"] for row in rows(events)])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A few seconds of a run on a terminal, ended by Ctrl-C."""
    events = tmp_path_factory.mktemp("run") / "run.jsonl"
    command = [*CUED, "run", "--sensor", "sim", "--output", "null", "--seed", "1", "--events", str(events)]
    return watched(command, events, re.compile(rb"(?<!\d)0:(0[3-9]|[1-5]\d)\x1b"))  # a busy machine leaves seconds out


def test_the_terminal_shows_segment_time_left_cadence_and_beat(seen: Terminal) -> None:
    assert re.search(r"\r0:\d\d  warmup −9:[0-5]\d  16\d spm  ♪ 16\d", seen.text), seen.text


def test_the_terminal_is_told_how_to_end_and_to_steer_it(seen: Terminal) -> None:
    assert "Ctrl-C ends it; in another terminal `cued status`, `cued pause`, `cued next` …" in seen.text


def test_nothing_of_the_status_line_is_shown_before_it_is_true(seen: Terminal) -> None:
    assert "session done" not in seen.text


def test_ctrl_c_ends_it_cleanly_with_a_summary(seen: Terminal) -> None:
    assert seen.code == 0
    assert "Traceback" not in seen.text
    assert "of running" in seen.text
    assert "clicks at 16" in seen.text
    assert seen.text.rstrip().splitlines()[-1].startswith("written: ")


def test_the_events_file_grows_line_by_line_and_ends_whole(seen: Terminal) -> None:
    assert len(seen.grown) > 3
    assert (seen.kinds[0], seen.kinds[-1]) == ("start", "end")


def test_what_is_typed_is_not_written_into_the_status_line(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    child = subprocess.Popen(
        [sys.executable, "-c", TYPED_AT], stdin=slave, stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    assert child.stdout is not None
    with child:
        assert child.stdout.readline() == "within\n"
        assert termios.tcgetattr(slave)[3] == before[3] & ~termios.ECHO
        os.write(master, b"n\n")
        assert child.wait(60) == 0
    assert termios.tcgetattr(slave) == before
    os.close(slave)
    os.close(master)


TYPED_AT: Final = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from cued.cli.keyboard import unechoed
with unechoed():
    print("within", flush=True)
    sys.stdin.readline()
"""
"""A program in the foreground of its own terminal, until a line is typed."""


def test_a_reader_that_goes_away_ends_the_run(tmp_path: Path) -> None:
    command = [*CUED, "run", "--output", "null", "--beat", "170", "--for", "5min", "--journal", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        assert b"warmup" in child.stdout.readline()
        child.stdout.close()
        assert child.wait(60) == 141


def test_a_terminal_that_is_closed_ends_the_run_with_whole_files(tmp_path: Path) -> None:
    events = tmp_path / "run.jsonl"
    master, slave = pty.openpty()
    command = [*CUED, "run", "--sensor", "sim", "--output", "null", "--events", str(events)]
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    wait_for(lambda: len(rows(events)) > 3, 60.0, "the run's first lines")
    os.close(master)
    child.send_signal(signal.SIGHUP)  # as the kernel does where the terminal is the session's own
    child.wait(60)
    assert rows(events)[-1]["kind"] == "end"


def test_without_a_device_it_runs_on_in_silence_and_says_so_once(tmp_path: Path) -> None:
    if Path("/proc/asound/cards").exists() and "[" in Path("/proc/asound/cards").read_text(encoding="utf-8"):
        pytest.skip("this machine has a sound card")
    events = tmp_path / "run.jsonl"
    command = [*CUED, "run", "--output", "device", "--for", "1s", "--beat", "170", "--events", str(events)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | NOWHERE)
    assert done.returncode == 0, done.stderr
    assert (done.stdout + done.stderr).count("there is no sound device") == 1
    assert "Traceback" not in done.stderr
    assert rows(events)[-1]["kind"] == "end"


def test_silence_that_leaves_a_sound_file_says_where_the_sound_goes() -> None:
    class Missing(Search):
        def __init__(self) -> None:
            super().__init__(ToNothing())
            self._thread = threading.Thread()
            self._thread.start()

    told: list[str] = []
    assert Missing().result(told.append, "try.wav") is None
    assert Missing().result(told.append) is None
    why = "there is no sound device: the run goes on in silence"
    assert told == [f"{why}{more} (`cued doctor` says what is missing)" for more in (", and its sound goes into try.wav", "")]


def test_the_start_without_anything_is_a_few_short_lines(tmp_path: Path) -> None:
    command = [*CUED, "run", "--output", "null", "--rate", "100", "--for", "1s", "--journal", "none"]
    env = os.environ | {"XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=env)
    about = done.stderr.splitlines()
    assert [line.split(",")[0].split(":")[0] for line in about] == [
        "no sensor",
        "without --length it goes on until you end it",
    ]
    assert "--beat sets yours" in about[0]
    assert max(map(len, about)) < 120


def test_a_pipe_gets_the_events_as_they_come_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []

    def read() -> None:
        with pipe.open(encoding="utf-8") as lines:
            got.extend(lines)

    reader = threading.Thread(target=read)
    reader.start()
    with subprocess.Popen(
        [*CUED, "run", "--output", "null", "--beat", "170", "--events", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        wait_for(lambda: len(got) > 4, 60.0, "lines in the pipe while the run goes on")
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
    reader.join(60)
    assert child.returncode == 0
    assert json.loads(got[0])["kind"] == "start"
    assert json.loads(got[-1])["kind"] == "end"
    assert pipe.is_fifo()


def test_a_run_by_time_alone_has_the_beat_it_was_given(tmp_path: Path) -> None:
    sound, events = tmp_path / "run.wav", tmp_path / "run.jsonl"
    words = ["run", "--sensor", "none", "--beat", "172", "--output", f"file:{sound}", "--rate", "20", "--for", "30s"]
    assert main([*words, "--seed", "1", "--events", str(events)]) == 0
    clicks = [row for row in rows(events) if row["kind"] == "click"]
    assert {row["spm"] for row in clicks} == {172.0}
    assert len(clicks) == 86
    assert soundfile.info(sound).duration == pytest.approx(30.0, abs=0.01)


def test_the_options_of_a_session_are_told_in_the_events_files_first_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--pack", "integration", "--sensor", "sim:stubborn", "--output", "null", "--rate", "100", "--for", "5s"]
    words += ["--length", "31min", "--seed", "7", "--session", "3", "--language", "xx", "--max-hr", "188", "--events", "-"]
    assert main(words) == 0
    told = capsys.readouterr()
    first = json.loads(told.out.splitlines()[0])
    assert (first["pack"], first["seed"], first["session"], first["length_s"]) == ("integration", 7, 3, 31 * 60.0)
    assert (first["source"], first["simulated"], first["voice"]) == ("sim:stubborn", True, "real")
    assert "integration has no texts in xx" in told.err
    assert all(json.loads(line) for line in told.out.splitlines())
    assert "of running" in told.err


def test_without_a_sensor_it_says_so_and_simulates_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = tmp_path / "run.jsonl"
    assert main(["run", "--output", "null", "--rate", "100", "--for", "5s", "--events", str(events)]) == 0
    assert "no sensor" in capsys.readouterr().err
    assert (rows(events)[0]["simulated"], rows(events)[0]["sensor"]) == (False, False)

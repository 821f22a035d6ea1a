"""Whatever a person may hand to cued by mistake: one sentence, exit code 2, nothing left half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cued.cli.main import main
from tests.support.fit_encoder import SWIMMING, fit_run, steady


def sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What `cued WORDS` says last, after holding it to what every refusal owes."""
    assert main(words) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in "".join(said)
    assert "a fault in cued itself" not in said[-1]
    assert said[-1].startswith("cued: ")
    return said[-1]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, in which nothing may be left."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


DAEMON = ["daemon", "--socket", "none", "--journal", "none", "--sensor", "none", "--output", "null"]


@pytest.mark.parametrize(
    "verb",
    [["run", "--output", "null", "--pack"], ["rehearse"], ["try", "--pack"], ["pack", "show"], [*DAEMON, "--pack"]],
)
def test_a_pack_that_is_not_there(verb: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = sentence([*verb, "metronom"], capsys)
    assert told.startswith("cued: metronom: there is no such pack. Did you mean `metronome`? There are awareness, ")
    assert told.endswith(", or name a file")
    assert not list(here.iterdir())


def test_a_broken_pack_is_told_with_every_place(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = here / "mine.yaml"
    pack.write_text("format: 1\nname: mine\nname: twice\nsession: [{segment: run, for: 90}]\n", encoding="utf-8")
    for words in (["rehearse"], [*DAEMON, "--pack"]):
        assert main([*words, str(pack)]) == 2
        said = capsys.readouterr().err
        assert "mine.yaml:3:1" in said
        assert "mine.yaml:4:" in said


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.fit", b"", "empty"),
        ("noise.fit", b"\x0e\x10" + bytes(6) + b".FIT" + b"\xff" * 40, "noise.fit"),
        ("text.csv", b"not, a run\n1,2\n", "t_s"),
        ("page.gpx", b"<?xml version='1.0'?><gpx/>", "XML"),
        ("swim.fit", fit_run(steady(60), sports=[(SWIMMING, 17)]), "swim"),
        ("cut.fit", fit_run(steady(60))[:100], "cut.fit"),
    ],
)
def test_a_file_that_is_no_run(name: str, content: bytes, word: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / name).write_bytes(content)
    assert word in sentence(["rehearse", "metronome", "--run", name, "-o", "out.wav", "--events", "out.jsonl"], capsys)
    assert word in sentence(["run", "--output", "null", "--sensor", f"file:{name}"], capsys)
    assert [path.name for path in here.iterdir()] == [name]


def test_a_run_that_is_a_folder_a_pipe_a_device_or_absent(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(here / "pipe")
    assert "directory" in sentence(["rehearse", "metronome", "--run", str(here)], capsys)
    assert "pipe" in sentence(["rehearse", "metronome", "--run", "pipe"], capsys)
    assert "device" in sentence(["rehearse", "metronome", "--run", os.devnull], capsys)
    assert "no such file" in sentence(["rehearse", "metronome", "--run", "gone.fit"], capsys)


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["run", "--sensor", "sim:eazy"], "did you mean easy"),
        (["run", "--sensor", "blue"], "ble:NAME"),
        (["run", "--output", "loudspeaker"], "device, device:NAME, null or file:PATH"),
        (["run", "--output", "device:No Such Card"], "no sound device 'No Such Card'"),
        (["run", "--output", "device", "--rate", "4"], "--rate"),
        (["run", "--output", "null", "--rate", "0"], "--rate"),
        (["run", "--output", "null", "--length", "90"], "--length"),
        (["run", "--output", "null", "--seed", "-1"], "--seed"),
        (["run", "--output", "null", "--session", "0"], "--session"),
        (["run", "--output", "null", "--max-hr", "20"], "--max-hr"),
        (["run", "--output", "null", "--speaker", "Nobody", "--for", "1s"], "Nobody"),
        (["rehearse", "metronome", "-o", "out.wav", "--speaker", "Nobody"], "Nobody"),
        (["run", "--outptu", "null"], "did you mean --output"),
        (["rehearse", "metronome", "--sim", "eazy"], "did you mean easy"),
        (["rehearse", "metronome", "-o", "out.mid"], ".wav"),
        (["rehearse", "metronome", "-o", "out"], ".wav"),
        (["rehearse", "metronome", "--run", ""], "a run's FIT or CSV file"),
        (["run", "--sensor", "ble", "--rate", "2", "--output", "null"], "--rate"),
        (["pack", "schema", "--json"], "`cued pack schema --help` lists them"),
        (["pack", "show", "metronome", "--fulll"], "did you mean --full?"),
        (["rehearse", "metronome", "-o", "no/such/folder/out.wav"], "no folder"),
        (["rehearse", "metronome", "--events", "."], "folder"),
        (["rehearse", "metronome", "--events", "-", "--timeline", "-"], "standard output"),
        (["rehearse"], "PACK"),
        (["render", "metronome", "--cadence", "20", "--length", "5min", "-o", "out"], "--cadence"),
        (["render", "metronome", "--cadence", "166", "-o", "out"], "--length"),
        (["hear"], "there is no verb hear"),
    ],
)
def test_a_slip_on_the_command_line(words: list[str], word: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert word in sentence(words, capsys)
    assert not list(here.iterdir())


BEAT = """format: 1
name: beat
version: 1.0.0
title: "Your own beat"
language: en
license: CC0-1.0
session: [{segment: run, for: 2 min, metronome: {mode: follow}}]
"""
RECORDING = "t_s,cadence_spm\n" + "".join(f"{second},164\n" for second in range(120))


@pytest.mark.parametrize(
    "words",
    [
        ["rehearse", "metronome", "--run", "run.csv", "--events", "run.csv"],
        ["rehearse", "metronome", "--run", "run.csv", "--events", "link.csv"],
        ["rehearse", "metronome", "--run", "run.csv", "--events", "sub/../run.csv"],
        ["rehearse", "./beat.yaml", "--events", "beat.yaml"],
        ["run", "--output", "null", "--rate", "100", "--sensor", "file:run.csv", "--events", "run.csv"],
        ["run", "--sensor", "file:run.csv", "--output", "file:run.csv"],
    ],
)
def test_no_output_may_replace_what_the_run_is_made_from(
    words: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sub").mkdir()
    (here / "run.csv").write_text(RECORDING, encoding="utf-8")
    (here / "link.csv").symlink_to("run.csv")
    (here / "beat.yaml").write_text(BEAT, encoding="utf-8")
    assert "would be lost" in sentence(words, capsys)
    assert (here / "run.csv").read_text(encoding="utf-8") == RECORDING
    assert (here / "beat.yaml").read_text(encoding="utf-8") == BEAT


@pytest.mark.parametrize(
    "words",
    [
        ["rehearse", "metronome", "--timeline", "a.html", "--events", "a.html"],
        ["rehearse", "metronome", "-o", "a.wav", "--events", "./a.wav"],
        ["run", "--output", "file:a.wav", "--events", "a.wav"],
    ],
)
def test_two_outputs_never_share_a_file(words: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "two outputs cannot go into one file" in sentence(words, capsys)
    assert not list(here.iterdir())


def test_a_write_protected_file_is_left_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "old.jsonl").write_text("mine", encoding="utf-8")
    (here / "old.jsonl").chmod(0o444)
    assert "write-protected" in sentence(["rehearse", "metronome", "--events", "old.jsonl"], capsys)
    assert (here / "old.jsonl").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["a.wav", "a.pdf", "run.fit"])
def test_a_page_is_called_a_page(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ".html" in sentence(["rehearse", "metronome", "--timeline", name], capsys)
    assert not list(here.iterdir())


@pytest.mark.parametrize("words", [["pack", "list"], ["rehearse", "metronome", "--length", "2min"], ["nonsense"]])
def test_a_closed_standard_output_is_no_fault(words: list[str], here: Path) -> None:
    shell = ["bash", "-c", 'exec "$@" >&-', "bash", sys.executable, "-m", "cued", *words]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, timeout=60, check=False, cwd=here)
    assert "Traceback" not in done.stderr
    assert "fault in cued" not in done.stderr
    assert done.returncode == (2 if words == ["nonsense"] else 0)


def test_a_terminal_without_umlauts_still_gets_its_words(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cued", "pack", "show", "metronome"],
        capture_output=True,
        timeout=60,
        check=False,
        cwd=here,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0
    assert b"A steady beat" in done.stdout


@pytest.mark.parametrize("option", ["-o", "--events", "--timeline"])
def test_a_folder_that_takes_no_files(option: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere: permissions stop nobody here")
    (here / "closed").mkdir(mode=0o500)
    suffix = {"-o": "wav", "--events": "jsonl", "--timeline": "html"}[option]
    assert "Permission denied" in sentence(["rehearse", "metronome", option, f"closed/out.{suffix}"], capsys)


@pytest.mark.parametrize("words", [["-o", "out.wav"], ["--events", "out.jsonl"], ["--timeline", "out.html"]])
def test_a_full_disk_leaves_nothing_and_says_so(words: list[str], here: Path) -> None:
    limited = "ulimit -f 8; trap '' XFSZ; exec \"$@\""  # files may have 8 KiB: writing more fails as on a full disk
    command = [sys.executable, "-m", "cued", "rehearse", "metronome", "--length", "12min", *words]
    done = subprocess.run(
        ["bash", "-c", limited, "bash", *command], capture_output=True, text=True, timeout=60, check=False, cwd=here
    )
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("cued: ")
    assert words[1] in last
    assert "Traceback" not in done.stderr
    assert not list(here.iterdir())


def test_a_cache_that_cannot_be_written_costs_only_time(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "cache").write_text("a file where the cache's folder should be", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "cache"))
    assert main(["rehearse", "metronome", "--length", "12min", "-o", "out.wav"]) == 0
    assert (here / "out.wav").stat().st_size > 1_000_000
    assert "cache" in capsys.readouterr().err


def test_without_any_voice_cues_are_tones_and_that_is_said_once(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(here / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(_without_pyttsx3(here)))
    bare = here / "bin"
    bare.mkdir()
    for name in ("bash", "env"):
        found = shutil.which(name)
        assert found is not None
        (bare / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(bare))
    assert main(["rehearse", "metronome", "--length", "12min", "-o", "out.wav"]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "tone" in line]
    assert len(told) == 1


def _without_pyttsx3(folder: Path) -> Path:
    broken = folder / "broken"
    broken.mkdir()
    (broken / "pyttsx3.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    return broken

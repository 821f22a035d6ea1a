"""`cued rehearse` as a person uses it: what it prints, what it leaves behind, and that it is the same every time."""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import soundfile

from cued.cli.main import main

SHORT = ("--sim", "easy", "--length", "8min")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("events") / "run.jsonl"
    assert main(["rehearse", "integration", "--sim", "tired", "--length", "50min", "--events", str(out)]) == 0
    return rows(out)


def test_the_first_line_says_how_the_run_began(decided: list[dict[str, Any]]) -> None:
    first = decided[0]
    assert (first["kind"], first["t_ns"]) == ("start", 0)
    assert (first["voice"], first["seed"], first["pack"]) == ("nominal", 0, "integration")
    assert first["simulated"] is True


def test_lines_are_in_order_of_time_in_whole_nanoseconds(decided: list[dict[str, Any]]) -> None:
    stamps = [row["t_ns"] for row in decided]
    assert all(type(stamp) is int for stamp in stamps)
    assert stamps == sorted(stamps)


def test_every_kind_has_its_fields(decided: list[dict[str, Any]]) -> None:
    needs = {
        "click": {"beat", "accent"},
        "cadence": {"spm"},
        "sensor": {"state"},
        "segment": {"segment", "rep", "reps"},
        "say": {"cue", "text", "rule", "priority", "dur_s", "reason"},
        "withheld": {"cue", "text", "rule", "priority", "dur_s", "reason"},
        "suppressed": {"cue", "text", "rule", "priority", "dur_s", "reason"},
    }
    kinds = Counter(row["kind"] for row in decided)
    assert set(needs) <= set(kinds)
    for row in decided:
        assert needs.get(row["kind"], set()) <= set(row), row


def test_there_is_one_cadence_line_a_sample(decided: list[dict[str, Any]]) -> None:
    stamps = [row["t_ns"] for row in decided if row["kind"] == "cadence"]
    assert stamps == [second * 10**9 for second in range(50 * 60)]


def test_segments_have_their_bare_names_and_rounds(decided: list[dict[str, Any]]) -> None:
    told = [(row["segment"], row["rep"], row["reps"]) for row in decided if row["kind"] == "segment"]
    assert told[:4] == [("warmup", 1, 1), ("feeder", 1, 4), ("steady", 1, 4), ("feeder", 2, 4)]


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        assert main(["rehearse", "metronome", *SHORT, "--events", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    for seed in ("0", "1"):
        assert main(["rehearse", "metronome", *SHORT, "--seed", seed, "--events", str(tmp_path / seed)]) == 0
    assert (tmp_path / "0").read_bytes() != (tmp_path / "1").read_bytes()


def test_a_later_session_has_less_of_the_beat(tmp_path: Path) -> None:
    clicks = []
    for session in ("1", "5"):
        out = tmp_path / session
        assert main(["rehearse", "integration", "--length", "40min", "--session", session, "--events", str(out)]) == 0
        clicks.append(sum(row["kind"] == "click" for row in rows(out)))
    assert 0 < clicks[1] < 0.5 * clicks[0]


def test_the_sound_has_a_click_where_the_events_say(tmp_path: Path) -> None:
    sound, events = tmp_path / "run.wav", tmp_path / "run.jsonl"
    words = ("rehearse", "metronome", "--length", "3min", "--voice", "nominal", "-o", str(sound), "--events", str(events))
    assert main(list(words)) == 0
    pcm, rate_hz = soundfile.read(sound)
    clicks = [row["t_ns"] for row in rows(events) if row["kind"] == "click"]
    assert len(clicks) > 400
    for t_ns in clicks[20:400:20]:  # the first rise from -30 dB
        frame = (t_ns * rate_hz + 500_000_000) // 1_000_000_000
        assert abs(pcm[frame - 200 : frame]).max() < 0.001
        assert abs(pcm[frame : frame + 400]).max() > 0.02


def test_flac_and_wav_hold_the_same_frames(tmp_path: Path) -> None:
    for name in ("a.wav", "a.flac"):
        assert main(["rehearse", "metronome", "--length", "3min", "--voice", "nominal", "-o", str(tmp_path / name)]) == 0
    wav, flac = (soundfile.read(tmp_path / name, dtype="int16")[0] for name in ("a.wav", "a.flac"))
    assert wav.shape == flac.shape
    assert abs(wav.astype(int) - flac.astype(int)).max() <= 1


def test_events_go_into_a_pipe_as_they_come(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert main(["rehearse", "metronome", *SHORT, "--events", str(pipe)]) == 0
    reader.join(20)
    assert pipe.is_fifo()
    assert json.loads(got[0].splitlines()[-1])["kind"] == "end"


def test_events_on_standard_output_are_alone_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "metronome", *SHORT, "--events", "-"]) == 0
    assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())


def test_the_summary_is_json_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "metronome", *SHORT, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source"] == "sim:easy"
    assert told["end_s"] == 480.0
    assert 160 < told["cadence_spm"] < 170
    assert [one["segment"] for one in told["segments"]] == ["warmup", "steady", "cooldown"][: len(told["segments"])]


def test_a_file_is_written_through_its_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.html", tmp_path / "link.html"
    link.symlink_to(target)
    assert main(["rehearse", "metronome", *SHORT, "--timeline", str(link)]) == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").lower().startswith("<!doctype html")


@pytest.mark.parametrize("suffix", ["fit", "csv"])
def test_a_real_run_rehearses(run_data: Path, suffix: str, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    file = next((run_data / "runs").glob(f"*_28min.{suffix}"))
    assert main(["rehearse", "integration", "--run", str(file), "--events", str(out)]) == 0
    kinds = Counter(row["kind"] for row in rows(out))
    assert kinds["say"] >= 3
    assert kinds["click"] > 200
    assert kinds["end"] == 1


def test_what_waits_for_a_press_gets_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set.jsonl"
    assert main(["rehearse", "set-a", "--events", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[1:] for line in told].count(["you", "press"]) == 2
    begun = {row["segment"]: row["t_ns"] for row in rows(out) if row["kind"] == "segment"}
    asked = [row for row in rows(out) if row["kind"] == "say" and row["rule"] == "press"]
    for name, row in zip(("grass", "springs"), asked, strict=True):
        assert begun[name] == row["t_ns"] + round(row["dur_s"] * 1e9) + 10_000_000_000


def test_on_request_nobody_presses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "set-a", "--no-press"]) == 0
    told = capsys.readouterr().out
    assert "you press" not in told
    assert "springs is left out (the segment was still waiting for your key)" in told


def test_a_recorded_run_presses_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "run.csv"
    log.write_text("t_s,cadence_spm\n" + "".join(f"{second},164\n" for second in range(1200)), encoding="utf-8")
    assert main(["rehearse", "set-b", "--run", str(log)]) == 0
    assert "you press" in capsys.readouterr().out


def test_a_pack_that_waits_for_tired_legs_says_so_to_a_runner_who_does_not_tire(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "fatigue", "--max-hr", "190"]) == 0
    assert "this runner did not tire. Try --sim tired." in capsys.readouterr().out
    assert main(["rehearse", "fatigue", "--max-hr", "190", "--sim", "tired"]) == 0
    assert "Try --sim" not in capsys.readouterr().out

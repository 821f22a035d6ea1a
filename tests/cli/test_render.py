"""`cued render`: the mix as one file a segment, for players that know no packs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from cued.cli.main import main

LENGTHS_S = (600.0, 90.0, 390.0, 120.0, 240.0)
"""`integration` in 24 minutes: warm-up, one round of feeder and steady, probe, cooldown."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("render") / "tracks"
    words = ["render", "integration", "--cadence", "166", "--length", "24min", "--format", "wav", "-o", str(where)]
    assert main(words) == 0
    return where


def test_each_segment_has_a_file_of_its_length_named_in_order(folder: Path) -> None:
    tracks = sorted(folder.glob("*.wav"))
    assert [track.name for track in tracks] == [
        "01-warmup.wav",
        "02-feeder.wav",
        "03-steady.wav",
        "04-probe.wav",
        "05-cooldown.wav",
    ]
    for track, length_s in zip(tracks, LENGTHS_S, strict=True):
        assert soundfile.info(track).duration == pytest.approx(length_s, abs=0.05)


def test_the_beat_is_in_the_feeder_and_in_no_quiet_segment(folder: Path) -> None:
    peaks = {track.name[3:-4]: float(abs(soundfile.read(track)[0]).max()) for track in folder.glob("*.wav")}
    assert peaks["feeder"] > 0.1
    assert peaks["steady"] > 0.1  # the cue that ends the feeder
    assert peaks["warmup"] < 0.001
    assert peaks["probe"] < 0.001
    assert peaks["cooldown"] < 0.001


def test_a_set_of_drills_is_a_file_for_each_part_which_waits_for_no_press(tmp_path: Path) -> None:
    words = ["render", "set-b", "--cadence", "166", "--length", "11min", "--format", "wav", "-o", str(tmp_path / "set")]
    assert main(words) == 0
    tracks = {path.name[3:-4]: soundfile.info(path).duration for path in (tmp_path / "set").glob("*.wav")}
    assert tracks == pytest.approx({"grass": 139.0, "skips": 207.0, "springs": 185.0, "balance": 111.0}, abs=0.05)


def test_a_playlist_names_them_and_nothing_else_is_left(folder: Path) -> None:
    names = [line for line in (folder / "integration.m3u").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert names == sorted(path.name for path in folder.glob("*.wav"))
    assert len(list(folder.iterdir())) == len(names) + 1


def test_a_short_mp3_plays_for_as_long_and_left_out_rules_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "metronome", "--cadence", "170", "--length", "1min", "-o", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [track["length_s"] for track in told["tracks"]] == [60.0]
    assert soundfile.info(tmp_path / told["tracks"][0]["file"]).duration == pytest.approx(60.0, abs=0.1)
    reasons = {left["reason"] for left in told["left_out"]}
    assert "needs cadence" in reasons
    assert all(left["rule"] for left in told["left_out"])


def test_a_rule_that_is_left_out_is_named_as_people_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["render", "metronome", "--cadence", "170", "--length", "1min", "--format", "wav", "-o", str(tmp_path / "t")]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "left out: fourth rule: after 30 s below the band, in steady; a cue of “check” (needs cadence)" in out
    assert "rules[" not in out


def test_something_in_the_way_stops_it_and_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "01-warmup.mp3").mkdir()
    assert main(["render", "metronome", "--cadence", "170", "--length", "1min", "-o", str(tmp_path)]) == 2
    assert "01-warmup.mp3: something that is no file is in the way" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["01-warmup.mp3"]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["render", "metronome", "--cadence", "170", "--length", "1min", "-o", str(tmp_path / "file" / "in")]) == 2
    assert capsys.readouterr().err.count("cued: ") == 1


def test_what_an_earlier_rendering_left_goes_and_what_is_not_ours_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["render", "metronome", "--cadence", "170", "--format", "wav", "-o", str(tmp_path), "--length"]
    assert main([*words, "16min"]) == 0
    assert (tmp_path / "02-steady.wav").exists()
    (tmp_path / "song.mp3").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    capsys.readouterr()
    assert main([*words, "1min"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01-warmup.wav", "metronome.m3u", "notes.txt", "song.mp3"]
    assert "holds other sounds, too, which a player may play with these: song.mp3" in capsys.readouterr().err


def test_a_playlist_that_is_not_ours_deletes_nothing(tmp_path: Path) -> None:
    folder, mine = tmp_path / "t", tmp_path / "01-mine.wav"
    folder.mkdir()
    kept = [mine, folder / "song.mp3", folder / ".01-hidden.wav"]
    for path in kept:
        path.write_bytes(b"")
    (folder / "metronome.m3u").write_text(f"../01-mine.wav\n{mine}\nsong.mp3\n.01-hidden.wav\n")
    assert main(["render", "metronome", "--cadence", "170", "--format", "wav", "-o", str(folder), "--length", "1min"]) == 0
    assert all(path.exists() for path in kept)

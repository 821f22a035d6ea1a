"""A coach's own sounds: as loud as speech, or a sentence that says why not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cued.audio.loudness import loudness_lufs
from cued.audio.soundfile_in import MAX_S, PEAK, load, measured, probe
from cued.audio.tones import SPEECH_LUFS
from cued.errors import AudioError

RATE_HZ = 48_000


def tone(seconds: float, rate_hz: int, level: float = 0.1) -> np.typing.NDArray[np.float32]:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.asarray(level * np.sin(2 * np.pi * 800 * t), np.float32)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_every_kind_and_rate_becomes_a_clip_as_long_and_as_loud_as_speech(tmp_path: Path, kind: str, rate_hz: int) -> None:
    both = np.stack((tone(1.5, rate_hz), tone(1.5, rate_hz)), axis=1)
    soundfile.write(tmp_path / f"a.{kind}", both, rate_hz)
    assert probe(tmp_path, f"a.{kind}") == pytest.approx(1.5, abs=0.06)
    clip = load(tmp_path, f"a.{kind}", RATE_HZ, "cue")
    assert (clip.clip_id, clip.rate_hz) == ("cue", RATE_HZ)
    assert clip.pcm.size == pytest.approx(1.5 * RATE_HZ, rel=0.04)
    assert loudness_lufs(clip.pcm, RATE_HZ) == pytest.approx(SPEECH_LUFS, abs=0.5)
    spectrum = np.abs(np.fft.rfft(clip.pcm[:RATE_HZ]))
    assert abs(int(spectrum.argmax()) - 800) <= 1


def test_both_ears_are_heard_in_one(tmp_path: Path) -> None:
    silent = np.zeros(RATE_HZ, np.float32)
    soundfile.write(tmp_path / "a.wav", np.stack((silent, tone(1.0, RATE_HZ)), axis=1), RATE_HZ)
    assert loudness_lufs(load(tmp_path, "a.wav", RATE_HZ, "a").pcm, RATE_HZ) == pytest.approx(SPEECH_LUFS, abs=0.5)


def test_a_sharp_sound_keeps_its_peaks_under_the_ceiling(tmp_path: Path) -> None:
    sharp = np.zeros(RATE_HZ, np.float32)
    sharp[::8_000] = 0.9
    soundfile.write(tmp_path / "a.wav", sharp, RATE_HZ, subtype="FLOAT")
    assert np.abs(load(tmp_path, "a.wav", RATE_HZ, "a").pcm).max() <= PEAK + 1e-6


def test_silence_stays_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(1_000), RATE_HZ)
    assert not load(tmp_path, "a.wav", RATE_HZ, "a").pcm.any()


def hostile(folder: Path, name: str) -> None:
    path = folder / name
    match name:
        case "text.wav":
            path.write_text("this is no sound")
        case "cut.flac":
            soundfile.write(path, tone(1.0, RATE_HZ), RATE_HZ)
            path.write_bytes(path.read_bytes()[:60])
        case "none.wav":
            soundfile.write(path, np.zeros(0), RATE_HZ)
        case "nan.wav":
            soundfile.write(path, np.full(100, np.nan, np.float32), RATE_HZ, subtype="FLOAT")
        case "slow.wav":
            soundfile.write(path, np.zeros(10), 100)
        case "wide.wav":
            soundfile.write(path, np.zeros((10, 12)), RATE_HZ)
        case "long.flac":
            soundfile.write(path, np.zeros(int((MAX_S + 1) * 8_000)), 8_000)
        case "folder.wav":
            path.mkdir()
        case "pipe.wav":
            os.mkfifo(path)
        case "liar.wav":
            soundfile.write(path, np.zeros(100), RATE_HZ)
            data = bytearray(path.read_bytes())
            data[22:24] = b"\xff\xff"
            path.write_bytes(data)
        case "absent.wav":
            pass


@pytest.mark.parametrize(
    "name",
    [
        *("text.wav", "cut.flac", "none.wav", "nan.wav", "slow.wav", "wide.wav", "long.flac", "folder.wav", "pipe.wav"),
        *("liar.wav", "absent.wav", "a\0b.wav"),
    ],
)
def test_what_is_no_sound_is_one_sentence_that_names_the_file(tmp_path: Path, name: str) -> None:
    hostile(tmp_path, name)
    with pytest.raises(AudioError) as caught:
        load(tmp_path, name, RATE_HZ, "a")
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_length_is_read_from_the_header_of_a_long_sound_too(tmp_path: Path) -> None:
    hostile(tmp_path, "long.flac")
    assert probe(tmp_path, "long.flac") == pytest.approx(MAX_S + 1)


def test_a_sound_is_measured_by_decoding_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(1.5, 44_100), 44_100)
    assert measured(tmp_path, "a.wav") == pytest.approx(1.5)
    soundfile.write(tmp_path / "long.wav", tone(MAX_S + 1, 8_000), 8_000)
    with pytest.raises(AudioError, match="at most 30 s"):
        measured(tmp_path, "long.wav")


def test_a_sound_that_is_small_and_decodes_to_much_is_refused_before_all_of_it_is_decoded(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros((20 * 96_000, 8), np.float32), 96_000)
    assert (tmp_path / "a.flac").stat().st_size < 100_000
    with pytest.raises(AudioError, match="more sound than can be played"):
        measured(tmp_path, "a.flac")

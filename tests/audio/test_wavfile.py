"""A mix in a file: every frame at its time, and either the whole file or none."""

from __future__ import annotations

import os
import resource
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cued.audio.commands import Click, Clip, MixFormat, PlayClip
from cued.audio.offline import OfflineOutput
from cued.audio.wavfile import open_sink
from cued.errors import OutputError
from cued.units import NS_PER_S

STEREO = MixFormat(channels=2)
MONO = MixFormat()
EXACT = ("wav", "flac")


def noise(frames: int, channels: int) -> np.typing.NDArray[np.float32]:
    return np.random.default_rng(1).uniform(-0.8, 0.8, (frames, channels)).astype(np.float32)


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Within: no file of this process can grow beyond `size`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("fmt", [MONO, STEREO, MixFormat(rate_hz=44_100)])
def test_what_is_written_is_read_back_to_two_steps_of_sixteen_bits(tmp_path: Path, kind: str, fmt: MixFormat) -> None:
    sound = noise(10_000, fmt.channels)
    with open_sink(tmp_path / f"a.{kind}", fmt) as sink:
        for part in np.split(sound, [1, 4_097, 9_999]):
            sink.write(part)
    read, rate_hz = soundfile.read(tmp_path / f"a.{kind}", dtype="int16", always_2d=True)
    assert rate_hz == fmt.rate_hz
    assert read.shape == sound.shape
    assert np.abs(read - sound * 32_767).max() < 2.0  # libsndfile scales by 32,768 and cuts off


@pytest.mark.parametrize("kind", EXACT)
def test_frame_n_is_at_n_divided_by_the_rate(tmp_path: Path, kind: str) -> None:
    onsets_ns = [0, 333_333_333, 666_666_667, 1_000_000_000, 2_718_281_828]
    output = OfflineOutput(MONO, open_sink(tmp_path / f"a.{kind}", MONO))
    for onset_ns in onsets_ns:
        output.apply(Click(onset_ns))
    output.close(4 * NS_PER_S)
    read, _ = soundfile.read(tmp_path / f"a.{kind}", dtype="int16")
    assert len(read) == 4 * 48_000
    loud = np.flatnonzero(read)
    begun = loud[np.concatenate((np.array([True]), np.diff(loud) > 4_000))]
    assert begun.tolist() == [round(onset_ns * 48_000 / NS_PER_S) for onset_ns in onsets_ns]


def test_the_header_counts_every_byte(tmp_path: Path) -> None:
    with open_sink(tmp_path / "a.wav", STEREO) as sink:
        sink.write(noise(1_234, 2))
    with wave.open(str(tmp_path / "a.wav")) as written:
        assert (written.getnframes(), written.getnchannels(), written.getsampwidth()) == (1_234, 2, 2)
    assert (tmp_path / "a.wav").stat().st_size == 44 + 1_234 * 4


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_an_aborted_file_leaves_nothing_and_an_old_one_as_it_was(tmp_path: Path, kind: str) -> None:
    old = tmp_path / f"old.{kind}"
    old.write_bytes(b"as it was")
    for path in (old, tmp_path / f"new.{kind}"):
        sink = open_sink(path, MONO)
        sink.write(noise(100_000, 1))
        sink.abort()
    assert old.read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


def test_nothing_is_there_under_its_name_before_it_is_whole(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "a.wav", MONO)
    sink.write(noise(100_000, 1))
    assert not (tmp_path / "a.wav").exists()
    sink.close()
    assert (tmp_path / "a.wav").exists()


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    def write() -> None:
        with open_sink(tmp_path / f"a.{kind}", MONO) as sink:
            for _ in range(40):
                sink.write(noise(48_000, 1))

    with files_limited_to(20_000), pytest.raises(OutputError, match=f"a.{kind}"):
        write()
    assert not list(tmp_path.iterdir())


def test_a_fifo_gets_a_wav_in_place(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.wav"
    os.mkfifo(fifo)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    with open_sink(fifo, MONO) as sink:
        sink.write(noise(1_000, 1))
    reader.join(10.0)
    assert len(got[0]) == 44 + 2_000
    assert got[0][:4] == b"RIFF"
    assert fifo.is_fifo()


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "there.wav"
    target.write_bytes(b"old")
    (tmp_path / "link.wav").symlink_to(target)
    with open_sink(tmp_path / "link.wav", MONO) as sink:
        sink.write(noise(10, 1))
    assert (tmp_path / "link.wav").is_symlink()
    assert target.stat().st_size == 64


@pytest.mark.parametrize("name", ["no-folder/a.wav", "folder", "a\0b.wav"])
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError) as caught:
        open_sink(f"{tmp_path}/{name}", MONO)
    assert "\n" not in str(caught.value)


def test_offline_words_are_where_they_were_put_and_the_beat_steps_back(tmp_path: Path) -> None:
    output = OfflineOutput(MONO, open_sink(tmp_path / "a.wav", MONO))
    output.load(Clip("silence", 48_000, np.zeros(48_000, np.float32)))
    for n in range(9):
        output.apply(Click(n * NS_PER_S // 2))
    output.advance(NS_PER_S)
    output.apply(PlayClip(3 * NS_PER_S // 2, "silence", duck_db=12.0))
    output.close(5 * NS_PER_S)
    read, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    peaks = [float(np.abs(read[n * 24_000 : n * 24_000 + 1_000]).max()) for n in range(9)]
    turned_down = [round(20 * np.log10(peak / peaks[0])) for peak in peaks]
    assert turned_down == [0, 0, 0, -12, -12, -12, 0, 0, 0]

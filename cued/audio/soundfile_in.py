"""A coach's own sound files, read for a pack: WAV, FLAC, Ogg and MP3 become mono clips as loud as speech."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cued.audio.commands import Clip
from cued.audio.tones import SPEECH_LUFS
from cued.errors import AudioError

if TYPE_CHECKING:
    from cued.audio.commands import Pcm

MAX_S: Final = 30.0
"""A cue is short; a song would hold a run's memory, and its beat would fight the metronome's."""
RATES_HZ: Final = (4_000, 384_000)
"""From a telephone's to a studio's: outside it a header is damaged."""
MAX_CHANNELS: Final = 8
PEAK: Final = 0.9
"""As high as speech gets: leaves the limiter little to do."""
MAX_GAIN_DB: Final = 20.0
"""A recording quieter than that is mostly noise, which more gain would bring out."""
MAX_SAMPLES: Final = int(MAX_S * 96_000 * 2)
"""Decoded for `measured`, all channels: 30 s of studio stereo, half a second's work on a Pi. A few kilobytes of silence can
hold forty times as much."""
_CHUNK: Final = 65_536


def probe(folder: Path, name: str) -> float:
    """Seconds of the sound `name` in `folder`, from its header. AudioError for what is no sound."""
    with _opened(folder, name) as sound:
        return float(sound.frames / sound.samplerate)


def measured(folder: Path, name: str) -> float:
    """Seconds of the sound `name` in `folder`, all of it decoded: what a head says may be a lie. AudioError for what is none,
    or is too long or too large.
    """
    with _opened(folder, name) as sound:
        most = min(int(MAX_S * sound.samplerate), MAX_SAMPLES // sound.channels)
        frames = 0
        while block := len(sound.read(_CHUNK, dtype="float32", always_2d=True)):
            frames += block
            if frames > most:
                raise AudioError(f"{name} holds more sound than can be played: at most {MAX_S:.0f} s, in stereo at 96 kHz")
        if not frames:
            raise AudioError(f"{name} holds no sound: record it again")
        return float(frames / sound.samplerate)


def load(folder: Path, name: str, rate_hz: int, clip_id: str) -> Clip:
    """The sound `name` in `folder` as a clip at `rate_hz`, both ears in one, as loud as speech. AudioError."""
    import numpy as np

    with _opened(folder, name) as sound:
        own_hz = int(sound.samplerate)
        longest = int(MAX_S * own_hz)
        if sound.frames > longest:
            raise AudioError(f"{name} lasts {sound.frames / own_hz:.0f} s: at most {MAX_S:.0f} s can be played, so shorten it")
        blocks: list[Pcm] = []
        room = longest
        while room > 0:
            block = sound.read(min(_CHUNK, room), dtype="float32", always_2d=True)
            if not len(block):
                break
            blocks.append(block.mean(axis=1, dtype=np.float32))
            room -= len(block)
    if not blocks:
        raise AudioError(f"{name} holds no sound: record it again")
    pcm = np.concatenate(blocks)
    if not np.isfinite(pcm).all():
        raise AudioError(f"{name} holds samples that are no numbers: save it again as 16-bit WAV or FLAC")
    if own_hz != rate_hz:
        import soxr

        pcm = soxr.resample(pcm, own_hz, rate_hz)
    return Clip(clip_id, rate_hz, _levelled(np.asarray(pcm, np.float32), rate_hz))


def _levelled(pcm: Pcm, rate_hz: int) -> Pcm:
    """As loud as speech, unless its peaks or its quietness forbid it."""
    import numpy as np

    from cued.audio.loudness import SILENCE_LUFS, loudness_lufs

    loudness = loudness_lufs(pcm, rate_hz)
    if loudness <= SILENCE_LUFS:
        return pcm
    gain = 10 ** (min(SPEECH_LUFS - loudness, MAX_GAIN_DB) / 20)
    gain = min(gain, PEAK / float(np.abs(pcm).max()))
    return np.asarray(pcm * np.float32(gain), np.float32)


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[Any]:
    """The file as libsndfile sees it; every failure inside becomes an AudioError that names it."""
    try:
        fd = os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO must not hold the run up
    except (OSError, ValueError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
        raise AudioError(f"{name} cannot be read: {reason}") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise AudioError(f"{name} is no plain file: put a sound file in its place")
        import soundfile

        try:
            with soundfile.SoundFile(fd, closefd=False) as sound:
                low, high = RATES_HZ
                if not low <= sound.samplerate <= high or not 1 <= sound.channels <= MAX_CHANNELS:
                    raise AudioError(
                        f"{name} says it has {sound.channels} channels at {sound.samplerate} Hz, which cannot be played:"
                        " save it again as 16-bit WAV or FLAC"
                    )
                yield sound
        except soundfile.SoundFileError as error:
            raise AudioError(f"{name} is no sound that can be read: save it as WAV, FLAC, Ogg or MP3") from error
    finally:
        os.close(fd)

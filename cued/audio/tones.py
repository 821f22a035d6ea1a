"""The sounds cued makes itself, drawn by arithmetic: clicks, the tone in place of a voice. Pure.

Wind is low-frequency and shoes are too, so clicks live between 2 and 4 kHz, last 10-20 ms and begin at once: their
first sample is already part of the attack, and their peak comes within the first 2.5 ms. All sound equally loud.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from cued.audio.commands import SOUNDS, Clip, Hint, Pcm
from cued.audio.loudness import OFFSET_LU, loudness_lufs, weighted_energy
from cued.units import frame_of

if TYPE_CHECKING:
    import numpy.typing as npt

CLICK_LUFS: Final = -26.0
"""At volume 80 % and 180 spm: 8 LU under speech, heard beside it and not instead of it; and an accent stays under
full scale without help from the limiter."""
REFERENCE_SPM: Final = 180
REFERENCE_VOLUME: Final = 0.8
ACCENT_DB: Final = 4.0
"""Between the 3 dB that are just noticed in wind and the 6 dB that startle."""
ACCENT_PITCH: Final = 1.335
"""A fourth up: plainly another note, still inside 2-4 kHz for every sound."""
HINT_PITCH: Final = {Hint.NONE: 1.0, Hint.BELOW: 0.8, Hint.IN: 1.0, Hint.ABOVE: 1.25}
"""Lower when the cadence is too low, higher when it is too high: no legend needed."""
SPEECH_LUFS: Final = -18.0
"""What every clip arrives at: leaves the limiter little to do."""
ATTACK_S: Final = 0.0004
"""20 samples: sharp to the ear, and no step that a cheap converter would ring on."""
NOISE_SEED: Final = 20_240_229
"""Any number: fixed, so that the same build gives the same sample."""
NOISE_PARTIALS: Final = 48
"""Sines that make the noise: over 20 ms no ear tells so many from chance."""


_Turns = Callable[["npt.NDArray[np.float64]"], "npt.NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class _Timbre:
    """A struck sound: decaying partials and a dash of noise."""

    length_s: float
    partials: tuple[tuple[float, float], ...]
    """Pairs of frequency in Hz and amplitude."""
    decay: float
    """Exponent of the envelope (1 - t / length): more is drier."""
    noise: float = 0.0
    """Amplitude of a burst of band-passed noise in the first 3 ms."""
    attack_s: float = ATTACK_S
    droop: float = 0.0
    """Fraction of pitch lost by the end, as a struck skin does."""


_TIMBRES: Final[dict[str, _Timbre]] = {
    "wood": _Timbre(0.020, ((2150, 1.0), (3190, 0.35)), 1.6, noise=0.12),
    "tick": _Timbre(0.014, ((3050, 1.0), (3500, 0.3)), 1.1, noise=0.25),
    "clave": _Timbre(0.020, ((2500, 1.0), (3760, 0.1)), 1.5),
    "beep": _Timbre(0.018, ((2050, 1.0),), 0.35, attack_s=0.001),
    "soft": _Timbre(0.020, ((2100, 1.0), (3000, 0.15)), 1.4, attack_s=0.002),
    "drum": _Timbre(0.020, ((2500, 1.0), (3650, 0.3)), 1.7, noise=0.18, droop=0.22),
}
if tuple(_TIMBRES) != SOUNDS:
    raise AssertionError("every sound a pack may name has a timbre, in the same order")


@lru_cache(maxsize=256)  # 6 sounds x accent x 4 hints x 2 rates, with room
def render_click(sound: str, accent: bool, hint: Hint, rate_hz: int) -> Pcm:
    """A click at volume 1, float32, shape (frames,); read-only, shared. Its onset is its sample 0."""
    timbre = _TIMBRES[sound]
    pitch = HINT_PITCH[hint] * (ACCENT_PITCH if accent else 1.0)
    pcm = _matched(_strike(timbre, pitch, rate_hz), rate_hz)
    if accent:
        pcm = pcm * np.float32(10 ** (ACCENT_DB / 20))
    pcm.setflags(write=False)
    return pcm


def _strike(timbre: _Timbre, pitch: float, rate_hz: int) -> Pcm:
    n_frames = round(timbre.length_s * rate_hz)
    t = np.arange(n_frames) / rate_hz
    # The phase is the integral of a pitch that falls in a straight line.
    turns = pitch * (t - timbre.droop * t * t / (2 * timbre.length_s))
    body = np.zeros(n_frames)
    for frequency_hz, amplitude in timbre.partials:
        # A quarter turn in: the first sample is no zero crossing, so the onset is on its sample.
        body += amplitude * np.cos(2 * np.pi * frequency_hz * turns)
    if timbre.noise:
        body += timbre.noise * _noise(t) * np.maximum(0.0, 1 - t / 0.003)
    envelope = np.minimum(1.0, (np.arange(n_frames) + 1) / (timbre.attack_s * rate_hz))
    envelope *= (1 - t / timbre.length_s) ** timbre.decay
    struck = body * envelope
    struck -= envelope * (struck.sum() / envelope.sum())  # no DC, and still nothing outside the envelope
    return np.asarray(struck, dtype=np.float32)


def _noise(t: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Noise between 1.8 and 6 kHz with an effective level of 1; the same sound at every rate."""
    rng = np.random.default_rng(NOISE_SEED)
    frequency_hz = rng.uniform(1800, 6000, NOISE_PARTIALS)
    phase = rng.uniform(0, 2 * np.pi, NOISE_PARTIALS)
    partials = np.sin(2 * np.pi * np.outer(t, frequency_hz) + phase)
    return np.asarray(partials.sum(axis=1) * math.sqrt(2 / NOISE_PARTIALS))


def _matched(pcm: Pcm, rate_hz: int) -> Pcm:
    """The click made as loud as every other at the reference tempo."""
    mean_square = 10 ** ((CLICK_LUFS - OFFSET_LU) / 10)
    energy = mean_square * 60 / REFERENCE_SPM / REFERENCE_VOLUME**2
    return np.asarray(pcm * math.sqrt(energy / weighted_energy(pcm, rate_hz)), dtype=np.float32)


def _tone(clip_id: str, rate_hz: int, dur_s: float, ramp_s: float, lufs: float, turns: _Turns) -> Clip:
    """A tone with its phase given in turns, faded at both ends, at the given loudness."""
    t = np.arange(round(dur_s * rate_hz)) / rate_hz
    ramp = np.clip(np.minimum(t, dur_s - t) / ramp_s, 0.0, 1.0)
    pcm = np.sin(np.pi / 2 * ramp) ** 2 * np.sin(2 * np.pi * turns(t))
    pcm *= 10 ** ((lufs - loudness_lufs(pcm, rate_hz)) / 20)
    return Clip(clip_id, rate_hz, np.asarray(pcm, dtype=np.float32))


def silence(dur_ns: int, rate_hz: int) -> Pcm:
    """Nothing to hear for `dur_ns`, float32, mono: what the voice `nominal` says."""
    return np.zeros(frame_of(dur_ns, rate_hz), np.float32)


def fallback_tone(rate_hz: int) -> Clip:
    """Two rising notes in place of words, where there is no voice: something was due, and nothing can say it."""
    # D5 to A5, a fifth, unlike any click; the phase runs on, so the step does not crackle.
    return _tone("fallback", rate_hz, 0.36, 0.03, SPEECH_LUFS, lambda t: 587.33 * t + 292.67 * np.maximum(0, t - 0.16))

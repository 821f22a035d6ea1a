"""An engine's sound made fit for the mix: silence off both ends, one loudness, the mix's rate, no click at either end."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cued.speech.voice import Pcm, RenderError

SHAPE_VERSION: Final = 1
"""Part of the cache's key: count up when anything here changes the sound."""

TARGET_LUFS: Final = -18.0
"""Phrases come at −16 to −23: this is as loud as they get with only their sharpest peaks limited."""
PEAK: Final = 0.9
"""Leaves room for a beat under the voice before the mix's own limiter has to work."""
_GAIN_LIMIT_DB: Final = 24.0
"""A voice that needs more is noise."""

_WINDOW_S: Final = 0.005
"""A pitch period of a low voice is 10 ms, so silence is told from speech within one."""
_FLOOR_DB: Final = -46.0
"""Below the loudest window by this much is silence: weaker than the breath of an s or an f."""
_KEEP_BEFORE_S: Final = 0.012
_KEEP_AFTER_S: Final = 0.030
"""An attack starts below the floor, and a last consonant dies away under it."""
_FADE_IN_S: Final = 0.003
_FADE_OUT_S: Final = 0.010
"""Inside what is kept: too short to be heard, long enough not to click."""
_LIMITER_S: Final = 0.004
"""How far the limiter looks ahead and back: shorter distorts, longer pumps."""

_BLOCK_S: Final = 0.4
_HOP_S: Final = 0.1
_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0
_LUFS_OFFSET_DB: Final = -0.691
"""ITU-R BS.1770-5: blocks of 400 ms, three quarters overlapped, the two gates, and the scale's zero."""


def shape(pcm: Pcm, rate_hz: int) -> NDArray[np.float32]:
    """Mono at `rate_hz`, about TARGET_LUFS, peak at most PEAK, on int16's steps (so that a cache loses nothing).

    Raises RenderError if there is nothing but silence.
    """
    samples = _trimmed(np.asarray(pcm.samples, dtype=np.float64), pcm.rate_hz)
    if pcm.rate_hz != rate_hz:
        import soxr

        samples = np.asarray(soxr.resample(samples, pcm.rate_hz, rate_hz, quality="HQ"), dtype=np.float64)
    samples = _levelled(samples, rate_hz)
    _fade(samples, rate_hz)
    return (np.round(samples * 32_768.0) / 32_768.0).astype(np.float32)


def loudness_lufs(samples: NDArray[np.float64], rate_hz: int) -> float:
    """Integrated loudness as ITU-R BS.1770-5 has it; a sound under 400 ms counts as one block. −inf for silence."""
    weighted = _k_weighted(samples, rate_hz)
    block = min(round(_BLOCK_S * rate_hz), len(weighted))
    if block == 0:
        return -np.inf
    hop = round(_HOP_S * rate_hz)
    energy = np.concatenate(([0.0], np.cumsum(weighted * weighted)))
    starts = np.arange(0, len(weighted) - block + 1, hop)
    powers = (energy[starts + block] - energy[starts]) / block
    powers = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if len(powers) == 0:
        return -np.inf
    powers = powers[powers > np.mean(powers) * 10 ** (_RELATIVE_GATE_LU / 10)]
    return float(_LUFS_OFFSET_DB + 10 * np.log10(np.mean(powers)))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _LUFS_OFFSET_DB) / 10))


def _k_weighted(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """The ear's weighting, on the spectrum and without phase: a block's energy does not ask for it."""
    # Room for the ends to ring in, not around; a power of two, as an FFT of a prime length takes ten times as long.
    length = 1 << (len(samples) + rate_hz // 10).bit_length()
    weighted = np.fft.irfft(np.fft.rfft(samples, length) * _k_weights(length, rate_hz), length)
    return np.asarray(weighted[: len(samples)], dtype=np.float64)


@lru_cache(maxsize=2)  # phrases are of two lengths, as powers of two go
def _k_weights(length: int, rate_hz: int) -> NDArray[np.float64]:
    """BS.1770's two filters in their analogue forms: a shelf of +4 dB above 1.7 kHz and a high pass at 38 Hz."""
    s = 2j * np.pi * np.fft.rfftfreq(length, 1 / rate_hz)
    high = 10 ** (3.99984385397 / 20)
    w0, q = 2 * np.pi * 1681.9744509555319, 0.7071752369554193
    shelf = (high * s**2 + high**0.4996667741545416 * w0 / q * s + w0**2) / (s**2 + w0 / q * s + w0**2)
    w0, q = 2 * np.pi * 38.13547087613982, 0.5003270373253953
    return np.asarray(np.abs(shelf * s**2 / (s**2 + w0 / q * s + w0**2)), dtype=np.float64)


def _trimmed(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    window = max(1, round(_WINDOW_S * rate_hz))
    padded = np.pad(samples, (0, -len(samples) % window))
    powers = np.mean(padded.reshape(-1, window) ** 2, axis=1)
    # int16's last step: the most that silence with dither can be
    loud = np.nonzero(powers > max(float(powers.max(initial=0.0)) * 10 ** (_FLOOR_DB / 10), 2 / 32_768.0**2))[0]
    if len(loud) == 0:
        raise RenderError("it made nothing but silence")
    first = loud[0] * window - round(_KEEP_BEFORE_S * rate_hz)
    last = (loud[-1] + 1) * window + round(_KEEP_AFTER_S * rate_hz)
    return samples[max(0, int(first)) : int(last)]


def _levelled(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """Gain to the target, then the limiter; a second round makes up for what the limiter took."""
    gain_db = 0.0
    levelled = samples
    for _ in range(2):
        missing_db = TARGET_LUFS - loudness_lufs(levelled, rate_hz)
        gain_db = min(gain_db + missing_db, _GAIN_LIMIT_DB) if np.isfinite(missing_db) else gain_db
        louder = samples * 10 ** (gain_db / 20)
        levelled = _limited(louder, rate_hz)
        if levelled is louder:  # nothing was taken
            break
    return levelled


def _limited(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """No sample over PEAK: the gain each needs, its minimum over a window, and the mean of those over the same window."""
    wanted = np.minimum(1.0, PEAK / np.maximum(np.abs(samples), PEAK))
    if wanted.min(initial=1.0) >= 1.0:
        return samples
    window = 2 * round(_LIMITER_S * rate_hz) + 1
    lowest = _running_minimum(np.pad(wanted, window - 1, mode="edge"), window)
    total = np.cumsum(np.concatenate(([0.0], lowest)))
    gain = (total[window:] - total[:-window]) / window
    return np.asarray(np.clip(samples * gain, -PEAK, PEAK))  # the clip is for the last bit of the mean's rounding


def _running_minimum(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Element i is the least of `values[i : i + window]`; by doubling, so in log2(window) passes."""
    lowest, span = values, 1
    while 2 * span <= window:
        lowest = np.minimum(lowest[:-span], lowest[span:])
        span *= 2
    rest = window - span
    return np.minimum(lowest[:-rest], lowest[rest:]) if rest else lowest


def _fade(samples: NDArray[np.float64], rate_hz: int) -> None:
    """In place, raised cosine; half the sound each at most."""
    for time_s, at_end in ((_FADE_IN_S, False), (_FADE_OUT_S, True)):
        length = min(round(time_s * rate_hz), len(samples) // 2)
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))
        if at_end:
            samples[len(samples) - length :] *= ramp[::-1]
        else:
            samples[:length] *= ramp

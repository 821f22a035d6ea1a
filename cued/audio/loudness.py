"""Loudness as ITU-R BS.1770-4 defines it, for matching sounds to each other. Pure.

Own code in numpy, because the library for it pulls in scipy (0.8 s at import): that one judges this one in the tests.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from cued.audio.commands import Pcm

SILENCE_LUFS: Final = -70.0
"""BS.1770's absolute gate: quieter blocks don't count, and nothing is reported below."""
RELATIVE_GATE_LU: Final = -10.0
"""BS.1770's relative gate, under the loudness of what passed the absolute one."""
BLOCK_S: Final = 0.4
HOP_S: Final = 0.1
OFFSET_LU: Final = -0.691
"""BS.1770: makes a 997 Hz sine of full scale in one channel read -3.01."""

# K-weighting's two filters, a shelf for the head's effect and a high-pass, as centre, gain, Q (BS.1770-4, annex 1).
SHELF_HZ: Final = 1681.974450955533
SHELF_DB: Final = 3.999843853973347
SHELF_Q: Final = 0.7071752369554196
HIGHPASS_HZ: Final = 38.13547087602444
HIGHPASS_Q: Final = 0.5003270373238773
SHELF_MID_POWER: Final = 0.4996667741545416
"""The shelf's gain at its centre as a power of its whole gain (annex 1's coefficients come from it)."""


def _k_response(n_bins: int, n_fft: int, rate_hz: int) -> npt.NDArray[np.complex128]:
    """K-weighting's transfer function at the bins of `rfft(x, n_fft)`."""
    z1 = np.exp(-2j * np.pi * np.arange(n_bins) / n_fft)
    z2 = z1 * z1
    k = math.tan(math.pi * SHELF_HZ / rate_hz)
    high = 10 ** (SHELF_DB / 20)
    mid = high**SHELF_MID_POWER
    shelf = ((high + mid * k / SHELF_Q + k * k) + 2 * (k * k - high) * z1 + (high - mid * k / SHELF_Q + k * k) * z2) / (
        (1 + k / SHELF_Q + k * k) + 2 * (k * k - 1) * z1 + (1 - k / SHELF_Q + k * k) * z2
    )
    k = math.tan(math.pi * HIGHPASS_HZ / rate_hz)
    a0 = 1 + k / HIGHPASS_Q + k * k
    highpass = (1 - 2 * z1 + z2) / (1 + 2 * (k * k - 1) / a0 * z1 + (1 - k / HIGHPASS_Q + k * k) / a0 * z2)
    return np.asarray(shelf * highpass)


def weighted_energy(pcm: Pcm, rate_hz: int) -> float:
    """The K-weighted energy of a short mono sound: sum of squares / rate, in seconds at full scale."""
    n_fft = 1 << max(int(pcm.size) * 2 - 1, 1).bit_length()
    spectrum = np.fft.rfft(pcm, n_fft)
    power = np.abs(spectrum * _k_response(spectrum.size, n_fft, rate_hz)) ** 2
    # Parseval for a real signal: every bin but the first and the last stands for two.
    return float((2 * power.sum() - power[0] - power[-1]) / n_fft / rate_hz)


def loudness_lufs(pcm: Pcm, rate_hz: int) -> float:
    """Integrated, gated loudness of a mono sound, in LUFS; at least `SILENCE_LUFS`.

    A sound shorter than one block of 400 ms counts as one block that it fills.
    """
    if pcm.size == 0:
        return SILENCE_LUFS
    block, hop = round(BLOCK_S * rate_hz), round(HOP_S * rate_hz)
    n_fft = 1 << max(int(pcm.size) + rate_hz // 4 - 1, 1).bit_length()
    spectrum = np.fft.rfft(pcm, n_fft)
    weighted = np.fft.irfft(spectrum * _k_response(spectrum.size, n_fft, rate_hz), n_fft)[: pcm.size]
    sums = np.concatenate(([0.0], np.cumsum(weighted * weighted)))
    if pcm.size < block:
        squares = np.array([sums[-1] / pcm.size])
    else:
        starts = np.arange(0, pcm.size - block + 1, hop)
        squares = (sums[starts + block] - sums[starts]) / block
    loud = squares[squares > _mean_square(SILENCE_LUFS)]
    if loud.size == 0:
        return SILENCE_LUFS
    loud = loud[loud > _mean_square(_lufs(float(loud.mean())) + RELATIVE_GATE_LU)]
    return max(_lufs(float(loud.mean())), SILENCE_LUFS)


def _lufs(mean_square: float) -> float:
    return OFFSET_LU + 10 * math.log10(mean_square)


def _mean_square(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET_LU) / 10))

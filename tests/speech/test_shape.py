"""A phrase in the mix: no silence around it, as loud as the next one, and no click at either end."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cued.speech.espeak import EspeakVoice
from cued.speech.shape import PEAK, TARGET_LUFS, loudness_lufs, shape
from cued.speech.voice import Pcm, RenderError, VoiceSettings

PHRASES = [
    ("Light feet, one minute.", "en"),
    ("Feel the rebound.", "en"),
    ("Roll like a wheel.", "en"),
    ("Cues off. Just run.", "en"),
    ("Rhythm check.", "en"),
    ("One seventy-two.", "en"),
    ("Leichte Füße, eine Minute.", "de"),
    ("Spür den Abdruck.", "de"),
]


def reference_lufs(samples: NDArray[np.float32], rate_hz: int) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its scipy import warns; that is not ours
        import pyloudnorm
    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(samples.astype(np.float64)))


def hum(time_s: float, rate_hz: int = 22_050, level: float = 0.2) -> NDArray[np.float32]:
    times = np.arange(round(time_s * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * 220 * times)).astype(np.float32)


@pytest.mark.usefixtures("espeak_ng")
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_real_phrases_are_equally_loud_trimmed_and_unclipped(rate_hz: int) -> None:
    voice = EspeakVoice(VoiceSettings())
    for text, language in PHRASES:
        raw = voice.render(text, language)
        samples = shape(raw, rate_hz)
        assert samples.dtype == np.float32
        assert abs(reference_lufs(samples, rate_hz) - TARGET_LUFS) < 1.5, text
        assert np.abs(samples).max() <= PEAK + 1 / 32_768
        taken_s = len(raw.samples) / raw.rate_hz - len(samples) / rate_hz
        assert 0.2 < taken_s < 0.6, text
        # Neither end clicks, and neither is silent for longer than a runner would notice.
        assert max(abs(samples[0]), abs(samples[-1])) < 0.001
        heard = np.nonzero(np.abs(samples) > 0.02)[0]
        assert heard[0] < 0.05 * rate_hz
        assert len(samples) - heard[-1] < 0.12 * rate_hz


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_the_own_measure_agrees_with_the_reference(rate_hz: int) -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, 3 * rate_hz)
    for sound in (hum(2, rate_hz).astype(np.float64), noise, np.concatenate((noise, np.zeros(5 * rate_hz)))):
        assert loudness_lufs(sound, rate_hz) == pytest.approx(reference_lufs(sound.astype(np.float32), rate_hz), abs=0.2)


def test_silence_has_no_loudness_and_cannot_be_shaped() -> None:
    assert loudness_lufs(np.zeros(48_000), 48_000) == -np.inf
    assert loudness_lufs(np.zeros(0), 48_000) == -np.inf
    for samples in (np.zeros(48_000, np.float32), np.zeros(0, np.float32), np.full(9_000, 1 / 32_768, np.float32)):
        with pytest.raises(RenderError, match="silence"):
            shape(Pcm(samples, 22_050), 48_000)


def test_silence_goes_and_what_is_between_stays() -> None:
    quiet = np.zeros(22_050, np.float32)
    samples = shape(Pcm(np.concatenate((quiet, hum(0.5), quiet[:8_000], hum(0.5), quiet)), 22_050), 48_000)
    assert len(samples) / 48_000 == pytest.approx(1.0 + 8_000 / 22_050 + 0.042, abs=0.012)


def test_a_pitch_stays_where_it_is_at_another_rate() -> None:
    samples = shape(Pcm(hum(1.0), 22_050), 48_000)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.argmax(spectrum) * 48_000 / len(samples) == pytest.approx(220, abs=1)


def test_a_single_loud_crack_does_not_make_the_words_quiet() -> None:
    sound = hum(1.5, level=0.05)
    sound[15_000:15_020] = 0.98
    samples = shape(Pcm(sound, 22_050), 48_000).astype(np.float64)
    assert np.abs(samples).max() <= PEAK + 1 / 32_768
    assert loudness_lufs(samples[: 48_000 // 2], 48_000) > TARGET_LUFS - 1.5


def test_a_faint_voice_is_not_raised_without_bound() -> None:
    samples = shape(Pcm(hum(1.0, level=0.001), 22_050), 48_000)
    assert np.abs(samples).max() < 0.02


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.02, 1.2),
    st.sampled_from([8_000, 16_000, 22_050, 48_000]),
    st.sampled_from([44_100, 48_000]),
    st.floats(0.002, 1.0),
)
def test_whatever_comes_in_the_peak_holds_and_the_cache_loses_nothing(
    seed: int, time_s: float, from_hz: int, to_hz: int, level: float
) -> None:
    noise = np.random.default_rng(seed).uniform(-level, level, max(1, round(time_s * from_hz))).astype(np.float32)
    samples = shape(Pcm(noise, from_hz), to_hz)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= PEAK + 1 / 32_768
    steps = samples.astype(np.float64) * 32_768
    assert np.array_equal(steps, np.round(steps))

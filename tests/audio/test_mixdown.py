"""What every output hears, whatever it is cut into."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cued.audio.commands import Bus, Click, Clip, Command, CutVoice, Ear, Hint, MixFormat, Mute, PlayClip, Recall, SetVolume
from cued.audio.limiter import CEILING
from cued.audio.mixdown import Mixer
from cued.audio.tones import render_click
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S, frame_of

RATE_HZ = 48_000
LENGTH_NS = NS_PER_S // 2
MONO = MixFormat()

times = st.integers(0, LENGTH_NS)
gains = st.sampled_from([-12.0, 0.0, 6.0, 24.0])
clicks = st.builds(
    Click,
    times,
    st.sampled_from(["wood", "tick", "drum"]),
    st.booleans(),
    st.sampled_from(Hint),
    gains,
    st.floats(0.0, 1.0),
)
clips = st.builds(
    PlayClip,
    times,
    st.sampled_from(["hum", "hiss"]),
    st.sampled_from(Bus),
    st.sampled_from([0.0, 8.0, 20.0]),
    st.sampled_from([0, 3, 200 * NS_PER_MS]),
    gains,
)
others = (
    st.builds(Recall, times)
    | st.builds(CutVoice, times, st.sampled_from([0, 50 * NS_PER_MS]))
    | st.builds(SetVolume, st.sampled_from(Bus), st.floats(0.0, 1.0))
    | st.builds(Mute, st.booleans())
)
scores = st.lists(st.tuples(times, clicks | clips | others), max_size=12)
HISS = np.random.default_rng(3).uniform(-0.9, 0.9, 9_000).astype(np.float32)


def tone(frames: int, hertz: float = 440.0, rate_hz: int = RATE_HZ, level: float = 0.8) -> Any:
    return np.asarray(level * np.sin(2 * np.pi * hertz * np.arange(frames) / rate_hz), np.float32)


def loaded(fmt: MixFormat = MONO) -> Mixer:
    mixer = Mixer(fmt)
    mixer.load(Clip("hum", RATE_HZ, tone(30_000)))
    mixer.load(Clip("hiss", RATE_HZ, HISS))
    return mixer


def mixed(score: list[tuple[int, Command]], cuts: list[int], fmt: MixFormat = MONO) -> Any:
    """The score's sound; every command is given at its frame, the blocks in between end at `cuts` as well."""
    mixer = loaded(fmt)
    blocks = []
    ordered = sorted(score, key=lambda entry: entry[0])
    given_at = [(frame_of(at_ns, fmt.rate_hz), command) for at_ns, command in ordered]
    end = frame_of(LENGTH_NS, fmt.rate_hz) + 4_000
    for edge in sorted({*(frame for frame, _ in given_at), *(cut for cut in cuts if cut < end), end}):
        if edge > mixer.position:
            blocks.append(mixer.render(edge - mixer.position))
        while given_at and given_at[0][0] <= mixer.position:
            mixer.apply(given_at.pop(0)[1])
    return np.concatenate(blocks)


@given(scores, st.lists(st.integers(1, 28_000), max_size=20))
@example([(0, Click(0, gain_db=24.0)), (0, PlayClip(0, "hiss", gain_db=24.0))], [1, 2, 63, 64, 65, 127, 128, 5_000])
def test_the_size_of_the_blocks_changes_no_bit(score: list[tuple[int, Command]], cuts: list[int]) -> None:
    assert mixed(score, []).tobytes() == mixed(score, cuts).tobytes()


@given(scores)
def test_nothing_goes_beyond_the_limiters_ceiling(score: list[tuple[int, Command]]) -> None:
    assert np.abs(mixed(score, [])).max(initial=0.0) <= CEILING


def test_a_loud_mix_is_turned_down_and_a_quiet_one_left_alone() -> None:
    quiet, loud = (mixed([(0, PlayClip(0, "hum", gain_db=gain))], []) for gain in (-6.0, 12.0))
    assert np.array_equal(quiet[:20_000, 0], tone(20_000) * np.float32(10 ** (-6 / 20)))
    assert 0.85 * CEILING < np.abs(loud[5_000:25_000]).max() <= CEILING
    steps = np.abs(np.diff(loud[:, 0]))
    steepest = 2 * np.pi * 440 / RATE_HZ * 0.8 * 10 ** (12 / 20)
    assert steps.max() <= steepest  # turned down by a gain, not cut off


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_click_begins_on_its_frame_at_both_rates(rate_hz: int) -> None:
    fmt = MixFormat(rate_hz=rate_hz)
    onset_ns = 333_333_333
    mixer = Mixer(fmt)
    frame = mixer.apply(Click(onset_ns, volume=1.0))
    sound = mixer.render(rate_hz)[:, 0]
    assert frame == round(onset_ns * rate_hz / NS_PER_S)
    assert np.flatnonzero(sound)[0] == frame
    struck = render_click("wood", accent=False, hint=Hint.NONE, rate_hz=rate_hz)
    assert np.array_equal(sound[frame : frame + struck.size], struck)


def test_a_clip_at_another_rate_keeps_its_pitch_and_length() -> None:
    mixer = Mixer(MixFormat(rate_hz=44_100))
    mixer.load(Clip("a", 48_000, tone(48_000, 1_000.0)))
    mixer.apply(PlayClip(0, "a"))
    sound = mixer.render(50_000)[:, 0]
    spectrum = np.abs(np.fft.rfft(sound[:44_100]))
    assert spectrum.argmax() == 1_000
    assert abs(int(np.flatnonzero(np.abs(sound) > 1e-3)[-1]) - 44_100) < 50


def heard(ear: Ear, channels: int) -> Any:
    mixer = Mixer(MixFormat(channels=channels, ear=ear))
    mixer.apply(Click(0))
    return mixer.render(2_000)


def test_each_ear_can_be_left_free() -> None:
    both, left, right, mono = heard(Ear.BOTH, 2), heard(Ear.LEFT, 2), heard(Ear.RIGHT, 2), heard(Ear.LEFT, 1)
    assert mono.shape == (2_000, 1)
    assert mono.any()
    assert np.array_equal(both[:, 0], mono[:, 0])
    assert np.array_equal(both[:, 1], mono[:, 0])
    assert np.array_equal(left[:, 0], mono[:, 0])
    assert not left[:, 1].any()
    assert np.array_equal(right[:, 1], mono[:, 0])
    assert not right[:, 0].any()


def beat_gain(commands: list[Command], fmt: MixFormat = MONO) -> Any:
    """The gain that commands leave to clicks: a click every 50 ms, with them and without; (onset ns, gain)."""
    grid = [Click(n * 50 * NS_PER_MS) for n in range(40)]
    silent = Mixer(fmt)
    silent.load(Clip("silence", RATE_HZ, np.zeros(RATE_HZ, np.float32)))
    plain = Mixer(MONO)
    for click in grid:
        silent.apply(click)
        plain.apply(click)
    for command in commands:
        silent.apply(command)
    with_them, without = silent.render(2 * RATE_HZ)[:, 0], plain.render(2 * RATE_HZ)[:, 0]
    audible = np.abs(without) > 1e-3
    frames = np.flatnonzero(audible)
    return frames, with_them[audible] / without[audible]


def test_ducking_is_as_deep_as_asked_never_to_nothing_and_has_no_steps() -> None:
    frames, gain = beat_gain([PlayClip(500 * NS_PER_MS, "silence", duck_db=8.0)])
    inside = (frames > 0.5 * RATE_HZ) & (frames < 1.5 * RATE_HZ)
    assert np.allclose(gain[inside], 10 ** (-8 / 20), rtol=1e-4)
    assert np.allclose(gain[frames < 0.41 * RATE_HZ], 1.0)
    assert np.allclose(gain[frames > 1.81 * RATE_HZ], 1.0)
    near = np.diff(frames) < 5
    # Down in 80 ms: no frame may differ from its neighbour by more than the ramp's slope.
    slope = (1 - 10 ** (-8 / 20)) / (0.080 * RATE_HZ)
    assert np.abs(np.diff(gain)[near] / np.diff(frames)[near]).max() < 1.5 * slope


def test_words_that_overlap_in_their_ducking_still_leave_the_beat() -> None:
    both = [PlayClip(n * 300 * NS_PER_MS, "silence", duck_db=10.0) for n in (1, 2)]
    _, gain = beat_gain([*both])
    assert gain.min() >= 10 ** (-20.1 / 20)


def test_a_volume_moves_in_a_ramp_and_stays() -> None:
    frames, gain = beat_gain([SetVolume(Bus.BEAT, 0.25)])
    assert np.allclose(gain[frames > 0.021 * RATE_HZ], 0.25)
    assert gain[0] > 0.95


def test_the_two_volumes_are_separate() -> None:
    mixer = loaded(MixFormat(beat_volume=0.0))
    mixer.apply(Click(0))
    mixer.apply(PlayClip(NS_PER_S, "hum", duck_db=0.0))
    sound = mixer.render(2 * RATE_HZ)[:, 0]
    assert not sound[:RATE_HZ].any()
    assert np.array_equal(sound[RATE_HZ : RATE_HZ + 30_000], tone(30_000))


def test_a_fade_in_of_a_fifth_of_a_second_rises_in_a_straight_line() -> None:
    mixer = Mixer(MONO)
    mixer.load(Clip("dc", RATE_HZ, np.full(RATE_HZ, 0.5, np.float32)))
    mixer.apply(PlayClip(0, "dc", fade_in_ns=200 * NS_PER_MS))
    sound = mixer.render(RATE_HZ)[:, 0]
    assert sound[0] == 0.0
    assert np.allclose(sound[:9_600], 0.5 * np.arange(9_600) / 9_600, atol=1e-6)
    assert np.all(sound[9_600:] == np.float32(0.5))


def test_the_first_clicks_rise_as_their_gains_say() -> None:
    rise = [Click(n * 333_333_333, gain_db=-18.0 + 2.0 * n) for n in range(10)]
    mixer = Mixer(MONO)
    for click in rise:
        mixer.apply(click)
    sound = mixer.render(4 * RATE_HZ)[:, 0]
    peaks = [float(np.abs(sound[f : f + 1_000]).max()) for f in (frame_of(click.onset_ns, RATE_HZ) for click in rise)]
    assert np.allclose(20 * np.log10(np.array(peaks[1:]) / np.array(peaks[:-1])), 2.0, atol=0.01)


def test_a_cut_fades_what_sounds_and_leaves_what_comes_later() -> None:
    mixer = Mixer(MONO)
    mixer.load(Clip("dc", RATE_HZ, np.full(RATE_HZ, 0.5, np.float32)))
    mixer.apply(PlayClip(0, "dc"))
    mixer.apply(PlayClip(NS_PER_S, "dc"))
    mixer.apply(CutVoice(500 * NS_PER_MS, 50 * NS_PER_MS))
    sound = mixer.render(2 * RATE_HZ)[:, 0]
    assert np.all(sound[:24_000] == np.float32(0.5))
    assert not sound[26_400:48_000].any()
    assert np.abs(np.diff(sound[23_000:27_000])).max() <= 0.5 / 2_400 + 1e-6
    assert np.all(sound[48_000:] == np.float32(0.5))


def test_recalled_clicks_are_not_heard_and_mixed_ones_are() -> None:
    mixer = Mixer(MONO)
    for n in range(4):
        mixer.apply(Click(n * 250 * NS_PER_MS))
    mixer.apply(Recall(500 * NS_PER_MS))
    sound = mixer.render(RATE_HZ)[:, 0]
    assert sound[12_000:13_000].any()
    assert not sound[24_000:].any()


def test_a_late_click_is_counted_and_never_made_up_for() -> None:
    mixer = Mixer(MONO)
    mixer.render(RATE_HZ)
    assert mixer.apply(Click(900 * NS_PER_MS)) is None
    assert mixer.late_clicks == 1
    assert mixer.late[0].onset_ns == 900 * NS_PER_MS
    assert mixer.late[0].late_ns >= 100 * NS_PER_MS
    assert not mixer.render(RATE_HZ).any()


def test_clicks_in_skipped_frames_are_counted_and_those_behind_keep_their_frames() -> None:
    mixer = Mixer(MONO)
    mixer.render(1_024)
    for n in range(1, 4):
        mixer.apply(Click(n * 500 * NS_PER_MS))
    mixer.skip(30_000)
    assert mixer.late_clicks == 1
    assert mixer.position == 31_024
    sound = mixer.render(20_000)[:, 0]
    assert np.flatnonzero(sound)[0] == 48_000 - 31_024


def test_a_mute_silences_everything_and_time_goes_on_underneath() -> None:
    mixer = loaded()
    mixer.apply(PlayClip(0, "hum"))
    mixer.apply(Mute(muted=True))
    sound = mixer.render(10_000)[:, 0]
    assert not sound[1_000:].any()
    mixer.apply(Mute(muted=False))
    back = mixer.render(10_000)[:, 0]
    assert np.array_equal(back[2_000:], tone(30_000)[12_000:20_000])


def test_a_clip_that_was_never_loaded_is_an_error_that_names_it() -> None:
    with pytest.raises(AudioError, match="'ghost'"):
        Mixer(MONO).apply(PlayClip(0, "ghost"))


def test_samples_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(AudioError, match="'bad'"):
        Mixer(MONO).load(Clip("bad", RATE_HZ, np.array([0.0, np.nan], np.float32)))


def test_spans_hold_every_sample_that_sounds() -> None:
    mixer = loaded()
    mixer.apply(Click(100 * NS_PER_MS))
    mixer.apply(PlayClip(700 * NS_PER_MS, "hum"))
    block = mixer.render_mono(2 * RATE_HZ)
    heard_at = np.zeros(2 * RATE_HZ, bool)
    for low, high in block.spans:
        heard_at[low:high] = True
    assert not block.pcm[~heard_at].any()
    assert heard_at.sum() < 35_000

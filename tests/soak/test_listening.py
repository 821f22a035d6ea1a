"""Would the soak's ear notice? Recordings from the real mixer, with a click cut out, one too many, a cue never said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cued.audio.commands import Bus, Click, Clip, Hint, MixFormat, PlayClip, SetVolume
from cued.audio.mixdown import Mixer
from cued.audio.tones import render_click
from cued.units import NS_PER_MIN, NS_PER_S, frame_of
from tests.soak.due import DueClick, DueCue
from tests.soak.listening import Heard, hear
from tests.soak.recorder import FULL_SCALE, Stretch

RATE_HZ = 48_000
BEGAN_NS = 5_000_000_000_000
"""The recording's zero on the monotonic clock: any moment of a machine's life."""
LENGTH_S = 30
SPM = 178
LATENCY_FRAMES = 2 * 1024
CUE = DueCue(BEGAN_NS + 10_200_000_000, 2_100_000_000, "Light feet, one minute.")
DUE = tuple(
    DueClick(BEGAN_NS + NS_PER_S + round(n * NS_PER_MIN / SPM), "tick" if n % 2 else "wood", n % 4 == 0, "", 0.8)
    for n in range((LENGTH_S - 2) * SPM // 60)
)


def voice(seconds: float) -> Any:
    """Like speech: a buzz in syllables, a hiss now and then, as loud as a rendered phrase."""
    chance = np.random.default_rng(3)
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 130 * n * t + n) / n for n in range(1, 25)) * np.abs(np.sin(2 * np.pi * 2.1 * t))
    hiss = np.diff(chance.standard_normal(t.size), prepend=0.0) * (np.sin(2 * np.pi * 0.9 * t) > 0.6)
    pcm = 0.25 * buzz + 0.06 * hiss
    pcm[-round(0.25 * RATE_HZ) :] = 0.0
    return np.asarray(pcm * 0.8 / np.abs(pcm).max(), np.float32)


def mixed(clicks: tuple[DueClick, ...] = DUE, cues: tuple[DueCue, ...] = (CUE,), volume: float = 1.0) -> Any:
    """What the card gets, as 16 bits."""
    mixer = Mixer(MixFormat())
    mixer.apply(SetVolume(Bus.BEAT, volume))
    mixer.load(Clip("words", RATE_HZ, voice(CUE.dur_ns / NS_PER_S)))
    for click in clicks:
        mixer.apply(Click(click.at_ns - BEGAN_NS, click.sound, click.accent, Hint(click.hint), volume=click.gain))
    for cue in cues:
        mixer.apply(PlayClip(cue.at_ns - BEGAN_NS, "words"))
    pcm = mixer.render_mono(LENGTH_S * RATE_HZ).pcm
    return np.round(pcm * FULL_SCALE).astype(np.int16)


def recorded(pcm: Any, slow_s: float = 0.0) -> Stretch:
    """As a recorder leaves it, a few periods late; in the middle the card's time stands still for `slow_s`."""
    frames = np.arange(0, pcm.size, 1024)
    late_ns = np.random.default_rng(4).integers(0, 2_000_000, frames.size)  # a callback's own delay
    times = BEGAN_NS + frames * NS_PER_S // RATE_HZ + late_ns
    times[frames.size // 2 :] += round(slow_s * NS_PER_S)
    return Stretch(np.concatenate((np.zeros(LATENCY_FRAMES, np.int16), pcm)), np.stack((times, frames), axis=1), RATE_HZ)


def heard(pcm: Any, clicks: tuple[DueClick, ...] = DUE, cues: tuple[DueCue, ...] = (CUE,)) -> Heard:
    return hear(recorded(pcm), clicks, cues, BEGAN_NS, BEGAN_NS + (LENGTH_S - 1) * NS_PER_S)


def under_the_voice() -> tuple[DueClick, ...]:
    return tuple(click for click in DUE if CUE.at_ns < click.at_ns < CUE.at_ns + CUE.dur_ns - NS_PER_S // 2)


def test_a_whole_recording_has_every_click_and_cue_and_nothing_else() -> None:
    found = heard(mixed())
    assert (found.clicks, found.missing, found.extra_ns) == (len(DUE), (), ())
    assert (found.cues, found.cues_missing) == (1, ())
    assert max(map(abs, found.off_ms)) < 3.0


def test_the_same_holds_at_half_volume() -> None:
    found = heard(mixed(volume=0.5))
    assert (found.clicks, found.missing, found.extra_ns) == (len(DUE), (), ())


def test_a_click_cut_out_is_missing_and_no_other() -> None:
    pcm = mixed()
    lost = DUE[40]
    at = frame_of(lost.at_ns - BEGAN_NS, RATE_HZ)
    pcm[at : at + RATE_HZ // 20] = 0
    found = heard(pcm)
    assert found.missing == (lost,)
    assert found.clicks == len(DUE) - 1


def test_each_click_under_a_voice_is_missed_when_it_is_not_there() -> None:
    within = under_the_voice()
    assert len(within) >= 4
    for lost in within:
        found = heard(mixed(tuple(click for click in DUE if click != lost)))
        assert found.missing == (lost,), (lost.at_ns - BEGAN_NS) / NS_PER_S


def test_a_click_too_many_is_noticed_where_it_sounds() -> None:
    pcm = mixed()
    between = (DUE[20].at_ns + DUE[21].at_ns) // 2 - BEGAN_NS
    click = render_click("wood", accent=False, hint=Hint.NONE, rate_hz=RATE_HZ)
    at = frame_of(between, RATE_HZ)
    pcm[at : at + click.size] += np.round(click * 0.8 * FULL_SCALE).astype(np.int16)
    found = heard(pcm)
    assert found.missing == ()
    assert len(found.extra_ns) == 1
    assert abs(found.extra_ns[0] - BEGAN_NS - between) < NS_PER_S // 10


def test_one_that_was_never_promised_and_one_that_was_not_played_are_two_faults() -> None:
    moved = replace(DUE[60], at_ns=DUE[60].at_ns + 160_000_000)
    found = heard(mixed((*DUE[:60], moved, *DUE[61:])))
    assert found.missing == (DUE[60],)
    assert len(found.extra_ns) == 1


def test_a_click_that_was_taken_back_at_the_last_moment_may_be_heard_or_not() -> None:
    due = (*DUE[:50], replace(DUE[50], optional=True), *DUE[51:])
    for played in (DUE, (*DUE[:50], *DUE[51:])):
        found = heard(mixed(played), due)
        assert (found.clicks, found.missing, found.extra_ns) == (len(DUE) - 1, (), ())


def test_a_cue_that_was_not_said_is_missing_even_with_clicks_in_its_place() -> None:
    found = heard(mixed(cues=()))
    assert (found.cues, found.cues_missing) == (0, (CUE,))


def test_a_card_whose_time_stands_still_for_a_moment_loses_nothing() -> None:
    found = hear(recorded(mixed(), slow_s=0.08), DUE, (CUE,), BEGAN_NS, BEGAN_NS + (LENGTH_S - 1) * NS_PER_S)
    assert (found.clicks, found.missing, found.extra_ns) == (len(DUE), (), ())


def test_silence_lacks_everything_that_was_due() -> None:
    found = heard(np.zeros(LENGTH_S * RATE_HZ, np.int16))
    assert found.missing == DUE
    assert found.cues_missing == (CUE,)


def test_a_click_that_was_due_just_before_is_nobodys_fault() -> None:
    for after_ns in (1, 20_000_000):
        found = hear(recorded(mixed()), DUE, (), DUE[10].at_ns + after_ns, BEGAN_NS + 9 * NS_PER_S)
        assert found.extra_ns == ()
        assert found.missing == ()

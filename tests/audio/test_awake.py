"""Headphones that fall asleep: noise where something is expected, a tone before what follows a silence, and no click moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cued.audio.awake import ASLEEP_NS, WAKE_NS
from cued.audio.commands import Click, Clip, Command, KeepAwake, MixFormat, Pcm, PlayClip, Sounding, StayAwake
from cued.audio.mixdown import Mixer
from cued.units import NS_PER_MS, NS_PER_S, frame_of

if TYPE_CHECKING:
    import numpy.typing as npt

RATE_HZ = 48_000
BLOCK = 3_840
ALWAYS = MixFormat(keep_awake=KeepAwake.ON)


def mixed(fmt: MixFormat, seconds: float, *timed: tuple[float, Command], block: int = BLOCK) -> Pcm:
    """What comes out when each command is given at its second of the stream."""
    mixer = Mixer(fmt)
    mixer.load(Clip("word", RATE_HZ, np.full(RATE_HZ // 2, 0.25, np.float32)))
    waiting = sorted(timed, key=lambda one: one[0])
    parts: list[Pcm] = []
    while mixer.position < seconds * RATE_HZ:
        while waiting and waiting[0][0] * RATE_HZ <= mixer.position:
            mixer.apply(waiting.pop(0)[1])
        parts.append(mixer.render(min(block, round(seconds * RATE_HZ) - mixer.position)))
    return np.concatenate(parts)[:, 0]


def level_db(pcm: Pcm) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.asarray(pcm, np.float64) ** 2)) + 1e-12))


def part(pcm: Pcm, from_s: float, to_s: float) -> Pcm:
    return pcm[round(from_s * RATE_HZ) : round(to_s * RATE_HZ)]


def test_the_noise_lies_under_segments_that_sound_and_under_no_other() -> None:
    pcm = mixed(ALWAYS, 30.0, (0.0, Sounding(10 * NS_PER_S, on=True)), (15.0, Sounding(20 * NS_PER_S, on=False)))
    assert not part(pcm, 0.0, 10.0).any()
    assert -90 < level_db(part(pcm, 10.5, 20.0)) < -80
    assert np.count_nonzero(part(pcm, 10.5, 20.0)) > 0.99 * 9.5 * RATE_HZ
    assert not part(pcm, 20.0, 30.0).any()


@pytest.mark.parametrize("keep_awake", [KeepAwake.AUTO, KeepAwake.OFF])
def test_there_is_none_until_the_device_is_known_to_doze(keep_awake: KeepAwake) -> None:
    begun = (0.0, Sounding(0, on=True)), (0.0, Click(5 * NS_PER_S))
    fmt = MixFormat(keep_awake=keep_awake)
    quiet = mixed(fmt, 10.0, *begun)
    assert not part(quiet, 0.0, 5.0).any()
    known = mixed(fmt, 10.0, *begun, (2.0, StayAwake(on=True)), (8.0, StayAwake(on=False)))
    assert not part(known, 0.0, 2.0).any()
    assert -50 < level_db(part(known, 2.1, 2.4)) < -38  # the tone: it may have slept up to now
    assert -90 < level_db(part(known, 2.6, 5.0)) < -80
    assert not part(known, 8.1, 10.0).any()


def test_a_tone_too_faint_to_startle_ends_before_the_first_syllable() -> None:
    pcm = mixed(ALWAYS, 12.0, (5.0, PlayClip(5 * NS_PER_S, "word", duck_db=0.0)))
    word = int(np.flatnonzero(np.abs(pcm) > 0.2)[0])
    tone = np.flatnonzero(pcm[:word])
    assert word / RATE_HZ < 5.0 + (WAKE_NS + 100 * NS_PER_MS) / NS_PER_S
    assert word - tone[0] == pytest.approx(frame_of(WAKE_NS, RATE_HZ), abs=50)
    assert -50 < level_db(pcm[tone[0] : word]) < -40
    assert np.abs(pcm[word - RATE_HZ // 1000 : word]).max() < 1e-3  # and is gone by then
    assert np.array_equal(pcm[word : word + RATE_HZ // 2], np.full(RATE_HZ // 2, 0.25, np.float32))


def test_words_shortly_after_others_need_no_tone_and_wait_for_those_that_did() -> None:
    ends_ns = 5 * NS_PER_S + 500 * NS_PER_MS
    words = [(5.0, PlayClip(5 * NS_PER_S, "word", duck_db=0.0)), (5.2, PlayClip(ends_ns, "word", duck_db=0.0))]
    pcm = mixed(ALWAYS, 12.0, *words)
    loud = np.flatnonzero(np.abs(pcm) > 0.2)
    assert loud.size == RATE_HZ  # one after the other, none of the first under the second
    assert loud[-1] - loud[0] == RATE_HZ - 1
    later = mixed(ALWAYS, 12.0, *words, (7.0, PlayClip(7 * NS_PER_S, "word", duck_db=0.0)))
    assert not part(later, 6.6, 7.0).any()
    third = np.flatnonzero(np.abs(part(later, 6.6, 12.0)) > 0.2)[0] / RATE_HZ + 6.6
    assert 7.0 < third < 7.1


def test_every_click_is_on_its_sample_and_the_first_after_a_silence_has_what_tone_there_is_room_for() -> None:
    clicks = [(at - 0.4, Click(round(at * NS_PER_S))) for at in (5.0, 5.5, 6.0, 20.0, 20.5)]
    plain = mixed(MixFormat(), 25.0, *clicks)
    awake = mixed(ALWAYS, 25.0, *clicks, (4.0, Sounding(5 * NS_PER_S, on=True)), (4.0, Sounding(7 * NS_PER_S, on=False)))
    assert [int(at) - 1 for at in onsets(plain)] == [round(at * RATE_HZ) for at in (5.0, 5.5, 6.0, 20.0, 20.5)]
    assert np.array_equal(onsets(awake), onsets(plain))
    assert np.abs(awake - plain).max() < 0.03
    assert -52 < level_db(part(awake, 19.8, 20.0)) < -38
    assert not part(awake, 7.0 + ASLEEP_NS / NS_PER_S, 19.5).any()


def test_the_noise_and_the_tone_do_not_depend_on_how_the_mix_is_cut() -> None:
    told = (0.0, Sounding(NS_PER_S, on=True)), (0.0, Click(4 * NS_PER_S)), (0.0, Sounding(6 * NS_PER_S, on=False))
    assert np.array_equal(mixed(ALWAYS, 8.0, *told, block=480), mixed(ALWAYS, 8.0, *told, block=48_000))


def onsets(pcm: Pcm) -> npt.NDArray[np.int64]:
    """Where clicks begin, or the sample after: louder than any noise or tone, after a pause."""
    loud = np.flatnonzero(np.abs(pcm) > 0.05)
    first: npt.NDArray[np.int64] = loud[np.concatenate(([True], np.diff(loud) > RATE_HZ // 10))]
    return first

"""Ear and volumes by keys, while beat and voice go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.audio.commands import Bus, Click, Clip, Command, Ear, MixFormat, NoDevice, PlayClip, Report, SetVolume
from cued.audio.player import NullOutput
from cued.errors import AudioError
from cued.runtime.adjusting import AHEAD_NS, CLICK_NS, LEAST_VOICE_PERCENT, Levels, adjust, pressed
from cued.runtime.hearing import LEAD_NS
from cued.units import NS_PER_MS, NS_PER_S

FULL = Levels(Ear.BOTH, 100, 100)
CLIP = Clip("sample", 48_000, np.zeros(48_000, np.float32))


class Card(NullOutput):
    """Plays nothing, and remembers what it was told and when."""

    def __init__(self, mix: MixFormat, now_ns: Callable[[], int], *, broken: bool = False) -> None:
        super().__init__(mix, 0)
        self.mix = mix
        self.told: list[tuple[int, Command]] = []
        self.closed = False
        self._clock_ns = now_ns
        self._broken = broken

    def apply(self, command: Command) -> None:
        self.told.append((self._clock_ns(), command))

    def reports(self) -> list[Report]:
        return [NoDevice(0, "unplugged", 0)] if self._broken else []

    def close(self) -> None:
        self.closed = True


class Listener:
    """Presses keys at their times; the clock goes on by the time that is waited for a key."""

    def __init__(self, keys: str, every_ns: int = NS_PER_S, *, broken: bool = False) -> None:
        self.now = 0
        self.cards: list[Card] = []
        self.shown: list[Levels] = []
        self._keys: Iterator[str] = iter(keys)
        self._every_ns = every_ns
        self._due_ns = every_ns
        self._broken = broken

    def now_ns(self) -> int:
        return self.now

    def opened(self, mix: MixFormat) -> Card:
        self.cards.append(Card(mix, self.now_ns, broken=self._broken))
        return self.cards[-1]

    def key(self, within_ns: int) -> str | None:
        if self.now + within_ns < self._due_ns:
            self.now += within_ns
            return None
        self.now, self._due_ns = self._due_ns, self._due_ns + self._every_ns
        return next(self._keys)

    def adjust(self, *, stereo: bool = True) -> Levels | None:
        return adjust(self.opened, CLIP, FULL, self.key, self.shown.append, stereo=stereo, now_ns=self.now_ns)


@pytest.mark.parametrize(
    ("keys", "levels"),
    [
        ("-", Levels(Ear.BOTH, 90, 100)),
        ("--+", Levels(Ear.BOTH, 90, 100)),
        ("+", FULL),
        ("<", Levels(Ear.BOTH, 100, 90)),
        (",,>", Levels(Ear.BOTH, 100, 90)),
        ("l", Levels(Ear.LEFT, 100, 100)),
        ("rlb", FULL),
        ("x \x1b[A", FULL),
        ("-" * 20, Levels(Ear.BOTH, 0, 100)),
        ("<" * 20, Levels(Ear.BOTH, 100, LEAST_VOICE_PERCENT)),
    ],
)
def test_each_key_changes_its_own(keys: str, levels: Levels) -> None:
    found = FULL
    for key in keys:
        found = pressed(found, key)
    assert found == levels


@given(st.integers(0, 100), st.integers(0, 100), st.text(max_size=1))
def test_levels_stay_within_their_limits_and_steps_are_full_ones(beat: int, voice: int, key: str) -> None:
    after = pressed(Levels(Ear.BOTH, beat, voice), key)
    assert 0 <= after.beat <= 100
    assert LEAST_VOICE_PERCENT <= after.voice <= 100 or after.voice == voice
    assert after.beat == beat or after.beat % 10 == 0


def test_a_card_with_one_channel_has_no_ears() -> None:
    assert pressed(FULL, "l", stereo=False) == FULL
    listener = Listener("l\n")
    assert listener.adjust(stereo=False) == FULL
    assert [card.mix.channels for card in listener.cards] == [1]


def test_clicks_come_evenly_and_in_time_and_the_sentence_again_and_again() -> None:
    listener = Listener("\n", 20 * NS_PER_S)
    assert listener.adjust() == FULL
    told = listener.cards[0].told
    clicks = [(at_ns, one.onset_ns) for at_ns, one in told if isinstance(one, Click)]
    assert {later - earlier for (_, earlier), (_, later) in pairwise(clicks)} == {CLICK_NS}
    assert all(onset_ns + LEAD_NS - at_ns > AHEAD_NS - 150 * NS_PER_MS for at_ns, onset_ns in clicks[1:])
    assert sum(isinstance(one, PlayClip) for _, one in told) == 4


def test_a_volume_is_heard_at_once_and_an_ear_by_another_stream() -> None:
    listener = Listener("-<l-\n")
    assert listener.adjust() == Levels(Ear.LEFT, 80, 90)
    first, second = listener.cards
    volumes = [one for _, one in first.told if isinstance(one, SetVolume)]
    assert volumes == [SetVolume(Bus.BEAT, 0.9), SetVolume(Bus.VOICE, 0.9)]
    assert (second.mix.ear, second.mix.beat_volume, second.mix.voice_volume) == (Ear.LEFT, 0.9, 0.9)
    assert first.closed
    assert second.closed
    assert listener.shown[0] == FULL
    assert listener.shown[-1] == Levels(Ear.LEFT, 80, 90)
    assert listener.shown[-1].line() == "beat 80 %   voice 90 %   left ear"


def test_leaving_keeps_nothing() -> None:
    listener = Listener("--q")
    assert listener.adjust() is None
    assert listener.cards[0].closed


def test_a_device_that_goes_away_is_one_sentence() -> None:
    listener = Listener("\n", broken=True)
    with pytest.raises(AudioError, match="nothing can be played: unplugged"):
        listener.adjust()
    assert listener.cards[0].closed

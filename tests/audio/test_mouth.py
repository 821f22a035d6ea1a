"""The daemon's mouth on a real device: open for days, closed while nothing is to be said, and never full of old sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.audio_jack import Server
from cued.audio.commands import Clip, MixFormat
from cued.audio.null import NullOutput
from cued.core.cues import Priority
from cued.core.effects import Effect, Render, RunEnded, Say, SegmentBegan
from cued.core.events import SpeechReady
from cued.core.start import say_id
from cued.runtime.conductor import NoFeed
from cued.runtime.daemon.mouth import LEAST_PASSING, PASSING_BYTES, LiveMouth
from cued.runtime.daemon.ports import Inbox, Message
from cued.runtime.feeding import Feeding
from cued.runtime.outputs import DeviceSound
from cued.runtime.request import Pack, Request, ToDevice, Volumes
from cued.speech.cache import Cache
from cued.speech.chain import Chain
from cued.speech.store import SpeechStore
from cued.units import NS_PER_S
from tests.speech.fakes import FakeVoice
from tests.support.run import pack, segment
from tests.support.waiting import wait_for

pytestmark = pytest.mark.audio

RATE_HZ = 48_000
REST_NS = 60 * NS_PER_S


class Clock:
    """The daemon's time, which can be made to leap as far as the mouth is concerned."""

    def __init__(self) -> None:
        self.start_ns = time.monotonic_ns()
        self.leapt_ns = 0

    @property
    def began_boot_ns(self) -> int:
        return 0

    def now_ns(self) -> int:
        return time.monotonic_ns() - self.start_ns + self.leapt_ns

    def wait(self, inbox: Inbox, until_ns: int) -> Message | None:
        raise AssertionError("nobody waits")

    def catch_up(self) -> int:
        return 0

    def day(self) -> str:
        return "2026-03-01"


class AtOnce:
    """A worker that has no time to lose."""

    waiting = 0

    def do(self, job: Callable[[], Callable[[], None]]) -> None:
        job()()

    def close(self) -> None:
        """Nothing waits."""


class Mouth:
    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        store = SpeechStore(Chain((FakeVoice(),), Cache(folder), RATE_HZ), RATE_HZ, "en")
        self.told: list[str] = []
        device = ToDevice("system")
        self.live = LiveMouth(device, Volumes(), store, self.clock, AtOnce(), self.told.append, rest_ns=REST_NS)
        self.live.look()
        wait_for(lambda: self.collect() and self.live.is_heard(), 60.0, "the device plays")

    def collect(self) -> bool:
        self.live.collect(self.clock.now_ns())
        return True

    def make(self, text: str) -> None:
        """Have it rendered, and wait for it."""
        self.live.ask(Render(0, say_id(text), text, "en"))

        def ready() -> bool:
            return any(isinstance(one, SpeechReady) for one in self.live.collect(self.clock.now_ns()))

        wait_for(ready, 60.0, "it is rendered")

    def say(self, text: str) -> None:
        self.play(Say(self.clock.now_ns(), say_id(text), "cued", text, "cued", Priority.SAFETY, NS_PER_S, 8.0, 0))

    def play(self, *effects: Effect) -> None:
        self.live.play(effects)

    def passes(self, for_ns: int) -> None:
        self.clock.leapt_ns += for_ns
        self.live.look()

    def rests(self) -> bool:
        return self.live.state().resting


@pytest.fixture
def mouth(jack: Server, tmp_path: Path) -> Iterator[Mouth]:
    mouth = Mouth(tmp_path)
    with closing(mouth.live):
        yield mouth


def test_a_device_rests_when_no_run_is_on_and_nothing_was_said_for_long_and_the_next_words_wake_it(mouth: Mouth) -> None:
    mouth.make("Ready.")
    mouth.say("Ready.")
    mouth.passes(REST_NS // 2)
    assert not mouth.rests()
    mouth.passes(REST_NS)
    assert mouth.rests()
    assert mouth.live.is_well(mouth.clock.now_ns())
    assert mouth.live.is_heard()
    mouth.say("Ready.")
    assert not mouth.rests()
    wait_for(lambda: mouth.collect() and mouth.live.is_heard(), 60.0, "it plays again")
    assert mouth.live.state().restarts == 0
    assert mouth.told == []


def test_a_silent_segment_is_no_rest(mouth: Mouth) -> None:
    mouth.play(SegmentBegan(mouth.clock.now_ns(), "probe", 0, 1, 1, None))
    mouth.passes(10 * REST_NS)
    assert not mouth.rests()
    mouth.play(RunEnded(mouth.clock.now_ns(), "stop"))
    mouth.passes(2 * REST_NS)
    assert mouth.rests()
    mouth.play(SegmentBegan(mouth.clock.now_ns(), "steady", 0, 1, 1, None))
    assert not mouth.rests()


def test_sentences_of_the_moment_are_forgotten_in_their_order_and_come_back_when_they_are_said_again(mouth: Mouth) -> None:
    def kept() -> int:
        mouth.collect()
        return mouth.live.state().clip_bytes

    def long(number: int) -> str:
        return f"{number:03} " + "and so on " * 20

    mouth.make(long(0))
    wait_for(lambda: kept() > 0, 60.0, "a sign of life")
    one = kept()
    most = max(LEAST_PASSING, PASSING_BYTES // one)
    for number in range(1, most + 5):
        mouth.make(long(number))
    wait_for(lambda: kept() == most * one, 60.0, "as many are kept as may be")
    mouth.say(long(most + 4))
    assert mouth.live.state().cues == 1
    mouth.say("never made")
    assert mouth.live.state().cues == 1
    mouth.say(long(0))  # gone, and back from the disk
    wait_for(lambda: mouth.collect() and mouth.live.state().cues == 2, 60.0, "it is said all the same")
    assert kept() == most * one
    assert mouth.live.is_heard()


def test_what_a_pack_shares_with_the_last_one_is_not_sent_to_the_sound_again(mouth: Mouth) -> None:
    class Counting(NullOutput):
        def __init__(self) -> None:
            super().__init__(MixFormat(), 0)
            self.loaded: list[str] = []

        def load(self, clip: Clip) -> None:
            self.loaded.append(clip.clip_id)

    counting = Counting()
    mouth.live._device.close()
    mouth.live._device = DeviceSound(counting, mouth.told.append)
    own = [("Paused.", "en"), ("Going on.", "en")]
    feeding = Feeding(NoFeed(), "none", None, None, sensor=False, simulated=False)
    request = Request(Pack(pack(segment()), None), feeding)
    mouth.live.prepare(request, own)
    mouth.live.prepare(request, [*own, ("Next: steady.", "en")])
    assert counting.loaded == [say_id(text) for text in ("Paused.", "Going on.", "Next: steady.")]

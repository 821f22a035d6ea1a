"""A machine that sleeps in the middle of a run: time leaps, what fell due meanwhile is skipped and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from queue import SimpleQueue

from cued.core.cues import Metronome, Mode, Segment
from cued.core.effects import Counted, Effect, PlayClick
from cued.core.engine import texts_of
from cued.core.events import Event
from cued.core.words import ForTime
from cued.runtime.clock import SLEEP_NS, MonotonicClock
from cued.runtime.conductor import Conductor, NoFeed
from cued.runtime.feeding import Feeding
from cued.runtime.live import Display, Live
from cued.runtime.liverun import _Sleep
from cued.runtime.request import Pack, Request
from cued.runtime.status import SoundState
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_S
from tests.runtime.fakes import Ears, FakeOutput
from tests.runtime.packs import small_pack

END_NS = 23 * NS_PER_S
SLEPT_NS = 20 * NS_PER_S


class Machine:
    """What it has slept so far."""

    def __init__(self) -> None:
        self.slept_ns = 0

    def __call__(self) -> int:
        return self.slept_ns


class Output(FakeOutput):
    def __init__(self) -> None:
        super().__init__()
        self.starts: list[int] = []

    def start_at(self, start_ns: int) -> None:
        self.starts.append(start_ns)


class Dozing(Ears):
    """A screen; the machine falls asleep for 20 s when the beat begins."""

    every_ns = NS_PER_S

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def show(self, view: object, sound: object) -> None:
        pass

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        super().hear(effects, at_ns)
        if not self._machine.slept_ns and any(isinstance(effect, PlayClick) for effect in effects):
            self._machine.slept_ns = SLEPT_NS


def test_after_a_sleep_missed_clicks_are_counted_and_the_run_is_where_the_runner_is() -> None:
    machine, output = Machine(), Output()
    told: list[str] = []
    clock = MonotonicClock(asleep=machine)
    began_ns = clock.start_ns
    feeding = Feeding(NoFeed(END_NS), "none", END_NS, END_NS, sensor=False, simulated=False)
    beat = Metronome(mode=Mode.FIXED, beat_mspm=170_000)
    pack = replace(small_pack(), session=(Segment(0, "tempo run", ForTime(END_NS), metronome=beat),))
    request = Request(Pack(pack, None), feeding)
    voice = NominalVoice(None)
    screen = Dozing(machine)
    how = request.start(voice.prepare(texts_of(request.pack.value)))
    conductor = Conductor(how, feeding.feed, [screen], voice.answer)
    inbox: SimpleQueue[Event] = SimpleQueue()
    sleep = _Sleep(clock, output, told.append)
    Live(conductor, feeding.feed, clock, inbox, [sleep], Display(screen, SoundState), 1.0).run()
    missed = sum(one.count for one in screen.effects if isinstance(one, Counted) and one.what == "missed_click")
    assert missed >= 40  # 20 s at 170 steps a minute, less what had been promised
    assert [sentence for sentence in told if "slept" in sentence] == told
    assert len(told) == 1
    assert output.starts == [began_ns - machine.slept_ns]


def test_reading_two_clocks_one_after_the_other_is_no_sleep() -> None:
    machine = Machine()
    clock = MonotonicClock(asleep=machine)
    machine.slept_ns = SLEEP_NS - 1
    assert clock.catch_up() == 0
    machine.slept_ns = 7 * NS_PER_S
    before_ns = clock.now_ns()
    assert clock.catch_up() == 7 * NS_PER_S
    assert clock.now_ns() >= before_ns + 7 * NS_PER_S
    assert clock.catch_up() == 0

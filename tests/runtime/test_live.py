"""The live loop, in virtual time."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Sequence
from queue import SimpleQueue

import pytest

from cued.core.effects import Counted, Effect, Expired, PlayClick, Render, RunEnded, Say
from cued.core.engine import texts_of
from cued.core.events import AskCue, AudioRestarted, CadenceSample, ClickLate, Event, Next, SpeechReady, Stop
from cued.core.view import View
from cued.runtime.clock import MonotonicClock
from cued.runtime.conductor import Conductor, Feed, NoFeed, Until
from cued.runtime.feeding import Feeding, Simulated, feeding_of
from cued.runtime.live import Display, Live, Source, interruptible, stopping
from cued.runtime.offline import run_offline
from cued.runtime.request import Pack, Request
from cued.runtime.status import SoundState
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MS, NS_PER_S
from tests.runtime.fakes import Ears, VirtualClock
from tests.runtime.packs import small_pack

RUN_NS = 90 * NS_PER_S


class NoScreen:
    """Somebody's screen that nobody looks at."""

    every_ns = 500 * NS_PER_MS

    def __init__(self) -> None:
        self.views: list[View] = []

    def show(self, view: View, sound: SoundState) -> None:
        self.views.append(view)


class Reports:
    """A source that says what it is told to, when it is told to."""

    def __init__(self) -> None:
        self.pending = False
        self.events: list[Callable[[int], Event]] = []

    def collect(self, now_ns: int) -> list[Event]:
        made = [event(now_ns) for event in self.events]
        self.events.clear()
        return made


class Stage:
    """A live run and all its parts."""

    def __init__(
        self,
        feeding: Feeding,
        *,
        script: Sequence[tuple[int, Callable[[Stage], None]]] = (),
        sources: Sequence[Source] | None = None,
        end_cue: bool = False,
        rate: float = 1.0,
    ) -> None:
        self.inbox: SimpleQueue[Event] = SimpleQueue()
        self.clock = VirtualClock(script=[(at_ns, self._bound(act)) for at_ns, act in script])
        self.ears = Ears()
        self.screen = NoScreen()
        self.reports = Reports()
        self.voice = NominalVoice(None)
        request = Request(Pack(small_pack(end_cue=end_cue), None), feeding)
        how = request.start(self.voice.prepare(texts_of(request.pack.value)))
        self.conductor = Conductor(how, feeding.feed, [self.ears], self._ask)
        self.loop = Live(
            self.conductor,
            feeding.feed,
            self.clock,
            self.inbox,
            (self.voice, self.reports) if sources is None else sources,
            Display(self.screen, SoundState),
            rate,
        )

    def _bound(self, act: Callable[[Stage], None]) -> Callable[[], None]:
        return lambda: act(self)

    def _ask(self, render: Render) -> None:
        self.voice.ask(render)

    def put(self, event: Event) -> None:
        self.inbox.put(event)

    def heard(self, kind: type[Effect]) -> list[Effect]:
        return [effect for effect in self.ears.effects if isinstance(effect, kind)]


def simulated() -> Feeding:
    return feeding_of(Simulated("easy"), RUN_NS, 0)


def alone(stop_ns: int | None = RUN_NS) -> Feeding:
    return Feeding(NoFeed(stop_ns), "none", stop_ns, stop_ns, sensor=False, simulated=False)


def test_a_live_run_decides_as_the_offline_one_does() -> None:
    stage = Stage(simulated())
    stage.loop.run()
    feeding = simulated()
    request = Request(Pack(small_pack(), None), feeding)
    voice = NominalVoice(None)
    ears = Ears()
    run_offline(Conductor(request.start(voice.prepare(texts_of(request.pack.value))), feeding.feed, [ears], voice.answer))

    def decided(effects: Sequence[Effect]) -> list[Effect]:
        # A text with a number is ready a moment later live than offline, where it takes no time.
        return [
            effect
            for effect in effects
            if isinstance(effect, PlayClick | RunEnded) or (isinstance(effect, Say) and effect.text_id in known)
        ]

    known = {text.text_id for text in texts_of(request.pack.value)}
    assert decided(stage.ears.effects) == decided(ears.effects)
    assert decided(ears.effects)


def test_it_sleeps_until_something_is_due() -> None:
    stage = Stage(alone())
    stage.loop.run()
    beats = len(stage.heard(PlayClick))
    shown = len(stage.screen.views)
    assert stage.clock.waits < 2 * (beats + shown + RUN_NS // NS_PER_S)


def test_an_event_from_outside_is_applied_at_its_own_time() -> None:
    stage = Stage(alone(), script=[(10 * NS_PER_S, lambda stage: stage.put(Next(10 * NS_PER_S)))])
    stage.loop.run()
    assert min(click.at_ns for click in stage.heard(PlayClick)) < 11 * NS_PER_S
    assert not stage.heard(Counted)


def test_events_that_arrive_together_are_taken_in_the_order_of_their_stamps() -> None:
    def two(stage: Stage) -> None:
        stage.put(CadenceSample(5 * NS_PER_S, 160.0))
        stage.put(CadenceSample(4 * NS_PER_S + 900 * NS_PER_MS, 158.0))

    stage = Stage(alone(), script=[(5 * NS_PER_S, two)])
    stage.loop.run()
    assert not [counted for counted in stage.heard(Counted) if isinstance(counted, Counted) and counted.what == "late_event"]


def test_a_stall_is_counted_and_nothing_is_made_up_for() -> None:
    def stall(stage: Stage) -> None:
        stage.clock.time_ns = 52 * NS_PER_S
        stage.put(AskCue(52 * NS_PER_S))

    stage = Stage(alone(), script=[(45 * NS_PER_S, stall)])
    stage.loop.run()
    clicks = [click.at_ns for click in stage.heard(PlayClick)]
    assert not [at_ns for at_ns in clicks if 46 * NS_PER_S < at_ns < 52 * NS_PER_S]
    assert any(isinstance(counted, Counted) and counted.what == "missed_click" for counted in stage.heard(Counted))
    assert [at_ns for at_ns in clicks if at_ns > 53 * NS_PER_S]


def test_where_time_runs_faster_a_stall_loses_nothing() -> None:
    def stall(stage: Stage) -> None:
        stage.clock.time_ns = 95 * NS_PER_S

    at_once, late = Stage(simulated()), Stage(simulated(), script=[(10 * NS_PER_S, stall)], rate=400.0)
    for stage in (at_once, late):
        stage.loop.run()
    assert late.heard(PlayClick) == at_once.heard(PlayClick)
    assert [ended.at_ns for ended in late.heard(RunEnded)] == [RUN_NS]
    assert not late.heard(Counted)


def test_a_stop_ends_the_run_at_once_and_cleanly() -> None:
    stage = Stage(alone(None), script=[(20 * NS_PER_S, lambda stage: stage.put(Stop(20 * NS_PER_S)))])
    end_ns = stage.loop.run()
    assert [ended.at_ns for ended in stage.heard(RunEnded)] == [20 * NS_PER_S]
    assert stage.ears.ended_ns == end_ns >= 20 * NS_PER_S


def test_the_last_cue_is_heard_to_its_end() -> None:
    stage = Stage(alone(None), script=[(20 * NS_PER_S, lambda stage: stage.put(Stop(20 * NS_PER_S)))], end_cue=True)
    end_ns = stage.loop.run()
    last = stage.heard(Say)[-1]
    assert isinstance(last, Say)
    assert last.cue == "done"
    assert end_ns == last.at_ns + last.dur_ns
    assert stage.clock.time_ns > end_ns


def test_a_second_stop_does_not_wait_for_the_last_cue_and_loses_nothing() -> None:
    script: list[tuple[int, Callable[[Stage], None]]] = [
        (20 * NS_PER_S, lambda stage: stage.put(Stop(20 * NS_PER_S))),
        (20 * NS_PER_S + 500 * NS_PER_MS, lambda stage: stage.put(Stop(20 * NS_PER_S + 500 * NS_PER_MS))),
    ]
    stage = Stage(alone(None), script=script, end_cue=True)
    end_ns = stage.loop.run()
    assert end_ns == 20 * NS_PER_S + 500 * NS_PER_MS
    assert stage.ears.ended_ns == end_ns
    assert stage.heard(RunEnded)


def test_the_program_ends_after_the_time_it_was_given() -> None:
    feeding = simulated()
    cut = Feeding(Until(feeding.feed, 30 * NS_PER_S), "sim:easy", feeding.length_ns, None, sensor=True, simulated=True)
    stage = Stage(cut)
    stage.loop.run()
    assert [ended.at_ns for ended in stage.heard(RunEnded)] == [30 * NS_PER_S]


def test_what_sound_reports_comes_back_as_events() -> None:
    def trouble(stage: Stage) -> None:
        stage.reports.events += [lambda now_ns: ClickLate(now_ns, 3), AudioRestarted]

    stage = Stage(alone(), script=[(50 * NS_PER_S, trouble)])
    stage.loop.run()
    counted = {effect.what: effect.count for effect in stage.heard(Counted) if isinstance(effect, Counted)}
    assert counted["late_click"] == 3
    assert counted["audio_restarted"] == 1


def test_a_text_that_is_never_ready_expires_and_the_run_goes_on() -> None:
    class Mute(NominalVoice):
        def collect(self, now_ns: int) -> list[Event]:
            return []

    stage = Stage(simulated())
    stage.loop = Live(
        stage.conductor, stage.conductor._feed, stage.clock, stage.inbox, (Mute(None),), Display(stage.screen, SoundState)
    )
    stage.loop.run()
    assert stage.heard(Expired)
    assert stage.heard(RunEnded)


def test_a_text_being_rendered_is_looked_for_often() -> None:
    class Slow:
        """Ready 200 ms after it was asked for."""

        def __init__(self) -> None:
            self.asked: list[Render] = []

        @property
        def pending(self) -> bool:
            return bool(self.asked)

        def ask(self, render: Render) -> None:
            self.asked.append(render)

        def collect(self, now_ns: int) -> list[Event]:
            ready = [render for render in self.asked if now_ns - render.at_ns >= 200 * NS_PER_MS]
            self.asked = [render for render in self.asked if render not in ready]
            return [SpeechReady(now_ns, render.text_id, NS_PER_S) for render in ready]

    slow = Slow()
    feeding = simulated()
    request = Request(Pack(small_pack(beat=False), None), feeding)
    ears = Ears()
    conductor = Conductor(request.start(()), feeding.feed, [ears], slow.ask)
    Live(conductor, feeding.feed, VirtualClock(), SimpleQueue(), (slow,), Display(NoScreen(), SoundState)).run()
    renders = {effect.text_id: effect.at_ns for effect in ears.effects if isinstance(effect, Render)}
    lags = [
        effect.at_ns - renders[effect.text_id]
        for effect in ears.effects
        if isinstance(effect, Say) and effect.text_id in renders
    ]
    assert lags
    assert max(lags[:1]) <= 300 * NS_PER_MS


def test_the_screen_is_shown_twice_a_second_with_the_time_of_the_run() -> None:
    stage = Stage(alone())
    stage.loop.run()
    runs = [view.run_ns for view in stage.screen.views if 0 < view.run_ns < RUN_NS]
    gaps = [later - earlier for earlier, later in itertools.pairwise(runs)]
    assert min(gaps) >= 400 * NS_PER_MS
    assert max(gaps) <= 1_100 * NS_PER_MS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_becomes_a_stop_and_the_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    inbox: SimpleQueue[Event] = SimpleQueue()
    with stopping(MonotonicClock(), inbox):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert isinstance(inbox.get(timeout=5), Stop)
        assert isinstance(inbox.get(timeout=5), Stop)
    assert signal.getsignal(number) is before


def test_outside_a_run_a_termination_is_an_interrupt_that_files_can_tidy_up_after() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_that_was_switched_off_stays_off() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_feeds_are_what_the_loops_take() -> None:
    feed: Feed = NoFeed(3)
    assert feed.next_ns() == 3

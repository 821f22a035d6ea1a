"""What a press does to a run, and what is shown of it, in virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cued.control.keys import Key
from cued.core import engine
from cued.core.effects import WentBack
from cued.core.events import Back, Event, Mute, Next, Stop, Wake
from cued.core.start import Start
from cued.core.view import View
from cued.runtime.keys import NO_KEYS, KeysWanted, RunKeys
from cued.units import NS_PER_S
from tests.runtime.fakes import VirtualClock
from tests.runtime.packs import small_pack


class Run:
    """A run's keys, with a view that tells whether it is muted."""

    def __init__(self, wanted: KeysWanted = NO_KEYS) -> None:
        self.put: list[Event] = []
        self.clock = VirtualClock()
        self.view: View = engine.view(engine.start(Start(small_pack(), seed=0)))
        self.keys = RunKeys(wanted, "Awareness")
        self.keys.begun(self.clock, self.put.append, lambda: self.view)

    def press(self, *keys: Key) -> Sequence[Event]:
        for key in keys:
            self.keys.press(key)
        return self.keys.collect(self.clock.now_ns())

    def mute(self, muted: bool) -> None:
        self.view = replace(self.view, muted=muted)


@pytest.fixture
def run() -> Run:
    return Run()


def test_one_button_mutes_and_unmutes(run: Run) -> None:
    at_ns = max(0, run.clock.now_ns())
    assert run.press(Key.PLAY_PAUSE) == [Mute(at_ns, True)]
    assert run.put == [Wake(at_ns)]
    run.mute(True)
    assert run.press(Key.PLAY_PAUSE) == [Mute(at_ns, False)]


def test_quick_presses_take_turns(run: Run) -> None:
    events = run.press(Key.PLAY_PAUSE, Key.PLAY_PAUSE, Key.PLAY_PAUSE)
    assert [event.muted for event in events if isinstance(event, Mute)] == [True, False, True]


@pytest.mark.parametrize(("key", "muted"), [(Key.PLAY, False), (Key.PAUSE, True), (Key.STOP, True)])
@pytest.mark.parametrize("before", [True, False])
def test_a_headset_that_knows_what_it_wants_gets_it(run: Run, key: Key, muted: bool, before: bool) -> None:
    run.mute(before)
    assert run.press(key) == [Mute(max(0, run.clock.now_ns()), muted)]


def test_next_goes_on_and_a_long_hold_ends_the_run(run: Run) -> None:
    at_ns = max(0, run.clock.now_ns())
    assert run.press(Key.NEXT, Key.HELD) == [Next(at_ns), Stop(at_ns)]


def test_previous_goes_back_to_the_segments_start_and_pressed_at_once_again_to_the_one_before(run: Run) -> None:
    assert run.press(Key.PREVIOUS) == [Back(max(0, run.clock.now_ns()))]
    session = engine.start(Start(small_pack(), seed=0, length_ns=3600 * NS_PER_S))
    names = [segment.name for segment in small_pack().segments()]
    session, _ = engine.step(session, Next(10 * NS_PER_S))
    session, _ = engine.step(session, Wake(40 * NS_PER_S))
    run.clock.time_ns = 40 * NS_PER_S
    (pressed,) = run.press(Key.PREVIOUS)
    session, effects = engine.step(session, pressed)
    assert [effect for effect in effects if isinstance(effect, WentBack)] == [WentBack(pressed.at_ns, names[1])]
    run.clock.time_ns = 41 * NS_PER_S
    (again,) = run.press(Key.PREVIOUS)
    session, effects = engine.step(session, again)
    assert [effect for effect in effects if isinstance(effect, WentBack)] == [WentBack(again.at_ns, names[0])]


def test_presses_before_the_clock_goes_and_after_the_end_are_nothing() -> None:
    early = RunKeys(NO_KEYS, "Awareness")
    early.press(Key.NEXT)
    assert early.collect(0) == []
    run = Run()
    run.keys.close()
    assert run.press(Key.NEXT) == []
    assert run.put == []

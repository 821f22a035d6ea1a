"""What a press does to a run, and what is shown of it, in virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cued.control.keys import Key
from cued.core import engine
from cued.core.events import Event, Mute, Next, Stop, Wake
from cued.core.start import Start
from cued.core.view import View
from cued.runtime.keys import NO_KEYS, NOTHING_HERE, KeysWanted, RunKeys
from tests.runtime.fakes import VirtualClock
from tests.runtime.packs import small_pack


class Run:
    """A run's keys, with a view that tells whether it is muted."""

    def __init__(self, wanted: KeysWanted = NO_KEYS) -> None:
        self.notices: list[str] = []
        self.put: list[Event] = []
        self.clock = VirtualClock()
        self.view: View = engine.view(engine.start(Start(small_pack(), seed=0)))
        self.keys = RunKeys(wanted, "Awareness", self.notices.append)
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


def test_previous_does_nothing_yet_and_says_so_once(run: Run) -> None:
    assert run.press(Key.PREVIOUS, Key.PREVIOUS) == []
    assert run.notices == [NOTHING_HERE]


def test_presses_before_the_clock_goes_and_after_the_end_are_nothing() -> None:
    early = RunKeys(NO_KEYS, "Awareness", print)
    early.press(Key.NEXT)
    assert early.collect(0) == []
    run = Run()
    run.keys.close()
    assert run.press(Key.NEXT) == []
    assert run.put == []

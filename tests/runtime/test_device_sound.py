"""What a device reports becomes events, sentences and figures; what a session decides keeps headphones awake."""

from __future__ import annotations

from cued.audio.commands import (
    ClickLate,
    Clip,
    Command,
    Heartbeat,
    NoDevice,
    Opened,
    Placed,
    Report,
    Restarted,
    Sounding,
)
from cued.core.cues import Priority
from cued.core.effects import CuesEnded, Effect, Expired, Paused, RunEnded, Say, SegmentBegan, Unheard
from cued.core.events import AudioRestarted, SoundBack, SoundLost
from cued.core.events import ClickLate as LateClicks
from cued.runtime.outputs import DeviceSound
from cued.units import NS_PER_S


class Card:
    """An output that reports what it is told to report, and keeps what it was told to do."""

    def __init__(self) -> None:
        self.waiting: list[Report] = []
        self.told: list[Command] = []

    def load(self, clip: Clip) -> None:
        """Keep nothing."""

    def apply(self, command: Command) -> None:
        self.told.append(command)

    def reports(self) -> list[Report]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def wait_open(self, deadline_s: float) -> bool:
        return True

    def start_at(self, start_ns: int) -> None:
        """Nothing begins."""

    def close(self) -> None:
        """Nothing ends."""


class Desk:
    def __init__(self) -> None:
        self.card = Card()
        self.told: list[str] = []
        self.sound = DeviceSound(self.card, self.told.append, lambda: 0)

    def collect(self, at_s: int, *reports: Report) -> list[object]:
        self.card.waiting += reports
        return list(self.sound.collect(at_s * NS_PER_S))

    def expected(self, *effects: Effect) -> list[bool]:
        self.card.told.clear()
        self.sound.hear(effects, 0)
        return [one.on for one in self.card.told if isinstance(one, Sounding)]


OPENED = Opened("pulse", "ALSA", 48_000, 200_000_000)


def test_a_stream_that_fled_is_a_loss_from_when_on_it_fled_and_is_told_once_each_way() -> None:
    desk = Desk()
    assert desk.collect(1, OPENED) == []
    assert desk.sound.is_heard()
    assert desk.collect(9, Placed(7 * NS_PER_S, "Built-in", elsewhere=True)) == [SoundLost(9 * NS_PER_S, 7 * NS_PER_S)]
    assert desk.collect(10) == []
    assert (desk.sound.is_heard(), desk.sound.state().elsewhere) == (False, "Built-in")
    assert desk.collect(20, Placed(20 * NS_PER_S, "OpenRun", elsewhere=False)) == [SoundBack(20 * NS_PER_S)]
    assert desk.told == ["the sound went to Built-in: cues there do not count", "the sound is back on OpenRun"]
    assert (desk.sound.is_heard(), desk.sound.state().elsewhere) == (True, "")


def test_a_child_that_was_replaced_was_unheard_meanwhile() -> None:
    desk = Desk()
    desk.collect(1, OPENED)
    lost_ns = 5 * NS_PER_S
    assert desk.collect(7, Restarted(7 * NS_PER_S, "it fell silent", lost_ns), OPENED) == [
        AudioRestarted(7 * NS_PER_S),
        SoundLost(7 * NS_PER_S, lost_ns),
        SoundBack(7 * NS_PER_S),
    ]
    assert desk.told == ["the sound was started again (it fell silent)"]


def test_a_device_that_is_gone_is_lost_until_it_opens_where_it_should() -> None:
    desk = Desk()
    desk.collect(1, OPENED)
    gone = [NoDevice(at_s * NS_PER_S, "it is not there", 4 * NS_PER_S) for at_s in (6, 7, 9)]
    assert desk.collect(9, *gone) == [SoundLost(9 * NS_PER_S, 4 * NS_PER_S)]
    assert desk.sound.begun(10 * NS_PER_S) == [SoundLost(10 * NS_PER_S, 10 * NS_PER_S)]
    back = (
        Restarted(12 * NS_PER_S, "it is not there", 4 * NS_PER_S),
        OPENED,
        Placed(12 * NS_PER_S, "Built-in", elsewhere=True),
    )
    assert desk.collect(12, *back) == [
        AudioRestarted(12 * NS_PER_S),
        SoundBack(12 * NS_PER_S),
        SoundLost(12 * NS_PER_S, 12 * NS_PER_S),
    ]
    assert desk.told == [
        "no sound now (it is not there); trying again until it comes back",
        "the sound went to Built-in: cues there do not count",
    ]
    assert desk.sound.begun(0) == [SoundLost(0, 0)]


def test_the_figures_are_those_of_the_device_and_of_what_was_decided() -> None:
    desk = Desk()
    said = Say(0, "t", "light", "Light feet.", "rules[0]", Priority.BAND, NS_PER_S, 8.0, 0)
    lost = Unheard(0, 0, "light", "Light feet.", "rules[0]", Priority.BAND, NS_PER_S)
    gone = Expired(0, "light", "Light feet.", "rules[0]", Priority.BAND, "min_gap")
    desk.sound.hear([said, said, lost, gone], 0)
    beat = Heartbeat(0, 1, 0, 2, 3, 1, 4, "pulse", 5, late_clips=6, dropped_clips=7, error_ns=-8, worst_error_ns=9, place="Two")
    assert desk.collect(1, ClickLate(0, 1), beat) == [LateClicks(NS_PER_S, 1)]
    state = desk.sound.state()
    assert (state.underruns, state.resyncs, state.restarts, state.late_clicks) == (2, 3, 4, 1)
    assert (state.cues, state.unheard_cues, state.dropped_cues, state.late_cues) == (2, 1, 8, 6)
    assert (state.error_ns, state.worst_error_ns, state.latency_ns, state.place) == (-8, 9, 5, "Two")
    assert "1 unheard cue" in state.troubles


def test_headphones_are_kept_awake_in_segments_that_sound_and_never_while_the_run_rests() -> None:
    desk = Desk()
    loud, quiet = (SegmentBegan(0, "s", 0, 1, 1, None, sounds=sounds) for sounds in (True, False))
    assert desk.expected(loud) == [True]
    assert desk.expected(Paused(1, paused=True)) == [False]
    assert desk.expected(Paused(2, paused=False)) == [True]
    assert desk.expected(quiet) == [False]
    assert desk.expected(Paused(3, paused=True), Paused(4, paused=False)) == [False, False]
    assert desk.expected(loud, CuesEnded(5, "pain")) == [True, False]
    assert desk.expected(loud, RunEnded(6, "stop")) == [True, False]

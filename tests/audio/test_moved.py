"""A real PulseAudio server that moves, loses, suspends and forgets the stream under a beat: noticed, mended, on the grid again.

Clicks are timed by their own recording of the sinks, against the times they were planned for. A stream is late by its latency,
always by the same; a new one on a busy machine may differ from it by as much as it takes to anchor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from benchmarks.audio_clicks import Feeder
from cued.audio.commands import Heartbeat, KeepAwake, MixFormat, NoDevice, Opened, Placed, Report, Restarted, Sounding
from cued.audio.devices import find_device
from cued.audio.player import LiveOutput
from cued.units import NS_PER_MS, NS_PER_S
from tests.support.pulse import Pulse, TimedParec, pulse_server

pytestmark = pytest.mark.audio

SPM: Final = 180.0
BEAT_NS: Final = round(60 * NS_PER_S / SPM)
SAME_NS: Final = 60 * NS_PER_MS
"""Within it a new or moved stream is on the old grid: its anchor and its latency differ by that on a busy machine."""
SOON_S: Final = 30


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    """The headphones are the chosen sink: the default, and the first."""
    with pulse_server(tmp_path, "phones", "built_in") as server:
        yield server


class Beat:
    """An output that plays a beat, and what it says."""

    def __init__(self, output: LiveOutput) -> None:
        self.start_ns = time.monotonic_ns() + NS_PER_S // 2
        output.start_at(self.start_ns)
        self.output = output
        self._feeder = Feeder(output, self.start_ns, SPM, 600)

    @property
    def told(self) -> list[Report]:
        return [one for one in self._feeder.played.reports if not isinstance(one, Heartbeat)]

    @property
    def last(self) -> Heartbeat:
        return self._feeder.played.last

    def of(self, kind: type[Report]) -> list[Report]:
        return [one for one in self.told if isinstance(one, kind)]

    def play(self, seconds: float) -> None:
        self._feeder.feed(time.monotonic_ns() - self.start_ns + round(seconds * NS_PER_S))

    def play_until(self, seen: Callable[[], object], what: str) -> float:
        """Returns after how many seconds it was seen."""
        began_s = time.monotonic()
        while not seen():
            self.play(0.1)
            assert time.monotonic() - began_s < SOON_S, what
        return time.monotonic() - began_s

    def late_ns(self, recorder: TimedParec) -> list[int]:
        """How late each click was heard; all of one stream are about alike."""
        return [(at_ns - self.start_ns) % BEAT_NS for at_ns in recorder.onsets_ns()]


@pytest.fixture
def beat(pulse: Pulse) -> Iterator[Beat]:
    """It plays on the headphones, and a sound server was seen to do so."""
    device = find_device(None)
    assert device is not None
    with closing(LiveOutput(MixFormat(channels=2, keep_awake=KeepAwake.AUTO), device, time.monotonic_ns())) as output:
        assert output.wait_open(60.0)
        playing = Beat(output)
        playing.play_until(lambda: any(one.place == "Phones" for one in beats(playing)), "where it plays is known")
        playing.play(1.5)
        yield playing


def beats(playing: Beat) -> list[Heartbeat]:
    return [one for one in playing._feeder.played.reports if isinstance(one, Heartbeat)]


def apart_ns(one: list[int], other: list[int]) -> int:
    """Between the grids of two recordings, whole beats aside."""
    off = round(float(np.median(one)) - float(np.median(other))) % BEAT_NS
    return min(off, BEAT_NS - off)


def is_even(recorder: TimedParec) -> bool:
    """Beat by beat, moved by no more than the map corrects; a server that stood still for once has moved one or two."""
    gaps = np.diff(recorder.onsets_ns())
    return bool(gaps.size) and bool(np.median(np.abs(gaps - BEAT_NS)) < 10 * NS_PER_MS)


def test_a_stream_moved_by_hand_is_elsewhere_until_it_is_moved_back_and_no_click_leaves_the_grid(
    pulse: Pulse, beat: Beat
) -> None:
    with TimedParec("phones") as phones, TimedParec("built_in") as built_in:
        beat.play(1.0)
        pulse.pactl("move-sink-input", pulse.stream(), "built_in")
        noticed_s = beat.play_until(lambda: beat.of(Placed), "the move is noticed")
        beat.play(3.0)
        pulse.pactl("move-sink-input", pulse.stream(), "phones")
        beat.play_until(lambda: len(beat.of(Placed)) == 2, "the return is noticed")
        beat.play(2.0)
    away, back = beat.of(Placed)
    assert isinstance(away, Placed)
    assert isinstance(back, Placed)
    assert (away.device, away.elsewhere, back.device, back.elsewhere) == ("Built_In", True, "Phones", False)
    assert noticed_s < 5.0
    assert beat.of(Restarted) == []
    assert len(beat.late_ns(built_in)) >= 6
    assert apart_ns(beat.late_ns(phones), beat.late_ns(built_in)) < SAME_NS


def test_a_stream_that_fled_from_a_sink_that_went_away_comes_back_with_it(pulse: Pulse, beat: Beat) -> None:
    with TimedParec("built_in") as built_in:
        pulse.remove_sink("phones")
        beat.play_until(lambda: beat.of(Placed), "the flight is noticed")
        beat.play(2.0)
        pulse.add_sink("phones")
        beat.play_until(lambda: len(beat.of(Placed)) == 2, "it is fetched back")
        with TimedParec("phones") as phones:
            beat.play(3.0)
    assert [(one.device, one.elsewhere) for one in beat.of(Placed) if isinstance(one, Placed)] == [
        ("Built_In", True),
        ("Phones", False),
    ]
    assert len(beat.late_ns(phones)) >= 6
    assert is_even(phones)
    assert apart_ns(beat.late_ns(phones), beat.late_ns(built_in)) < SAME_NS


def test_only_headphones_are_kept_awake_by_themselves_and_only_while_something_is_expected(pulse: Pulse, beat: Beat) -> None:
    def noise(sink: str) -> float:
        """How many of its samples were not silent, nor part of a click."""
        with TimedParec(sink) as recorder:
            beat.play(2.0)
        faint = np.abs(recorder.pcm)
        return float(np.count_nonzero((faint > 0) & (faint < 1e-3)) / faint.size)

    beat.output.apply(Sounding(0, on=True))
    assert noise("phones") < 0.2
    pulse.add_sink("blue", "device.bus=bluetooth")
    pulse.pactl("set-default-sink", "blue")
    beat.play_until(lambda: beat.last.place == "Blue", "the new place is known")
    beat.play(0.5)
    assert noise("blue") > 0.8
    beat.output.apply(Sounding(time.monotonic_ns() - beat.start_ns, on=False))
    beat.play(0.5)
    assert noise("blue") < 0.2


def test_who_makes_another_sink_the_default_listens_there(pulse: Pulse, beat: Beat) -> None:
    pulse.pactl("set-default-sink", "built_in")
    beat.play_until(lambda: beat.last.place == "Built_In", "the new place is known")
    beat.play(1.0)
    assert beat.of(Placed) == []
    assert beat.of(Restarted) == []


def test_a_server_that_was_killed_and_started_again_has_the_beat_back_on_its_grid(pulse: Pulse, beat: Beat) -> None:
    with TimedParec("phones") as before:
        beat.play(1.5)
    pulse.kill()
    beat.play_until(lambda: beat.of(NoDevice), "its death is noticed")
    beat.play(3.0)
    pulse.start()
    with TimedParec("phones") as after:
        back_s = beat.play_until(lambda: beat.of(Restarted), "it is back")
        beat.play(3.0)
    (restarted,) = beat.of(Restarted)
    assert isinstance(restarted, Restarted)
    assert restarted.at_ns - restarted.since_ns > 3 * NS_PER_S
    assert len(beat.of(Opened)) == 2
    assert back_s < 20.0  # not only at the next try of its own, which would be up to half a minute away
    assert len(beat.late_ns(after)) >= 6
    assert apart_ns(beat.late_ns(after), beat.late_ns(before)) < SAME_NS


def test_a_suspended_sink_is_noticed_and_its_end_too(pulse: Pulse, beat: Beat) -> None:
    with TimedParec("phones") as before:
        beat.play(1.5)
    pulse.pactl("suspend-sink", "phones", "1")
    beat.play_until(lambda: beat.of(NoDevice), "the silence is noticed")
    gone = beat.of(NoDevice)[0]
    assert isinstance(gone, NoDevice)
    beat.play(1.0)
    pulse.pactl("suspend-sink", "phones", "0")
    back_s = beat.play_until(lambda: beat.of(Restarted), "it is back")
    with TimedParec("phones") as after:
        beat.play(3.0)
    assert gone.at_ns - gone.since_ns < 15 * NS_PER_S
    assert back_s < 20.0
    assert len(beat.late_ns(after)) >= 6
    assert apart_ns(beat.late_ns(after), beat.late_ns(before)) < SAME_NS

"""Silence that is paced like a device."""

from __future__ import annotations

import time

from cued.audio.commands import Click, ClickLate, Heartbeat, MixFormat
from cued.audio.null import MIXED_AHEAD_NS, NullOutput
from cued.units import NS_PER_S
from tests.support.waiting import wait_for


def heartbeat(output: NullOutput) -> Heartbeat:
    found = output.reports()[-1]
    assert isinstance(found, Heartbeat)
    return found


def test_silence_takes_as_many_frames_as_a_device_would() -> None:
    output = NullOutput(MixFormat(), time.monotonic_ns())
    first, began_ns = heartbeat(output), time.monotonic_ns()
    wait_for(lambda: time.monotonic_ns() - began_ns > NS_PER_S // 5)
    second = heartbeat(output)
    taken_s = (second.frames - first.frames) / 48_000
    assert abs(taken_s - (second.at_ns - first.at_ns) / NS_PER_S) < 0.001
    assert second.mixed_until_ns == second.at_ns + MIXED_AHEAD_NS


def test_a_click_is_late_in_silence_when_it_would_be_late_in_a_device() -> None:
    output = NullOutput(MixFormat(), time.monotonic_ns())
    output.apply(Click(NS_PER_S))
    output.apply(Click(MIXED_AHEAD_NS // 2))
    late, beat = output.reports()
    assert isinstance(late, ClickLate)
    assert late.onset_ns == MIXED_AHEAD_NS // 2
    assert isinstance(beat, Heartbeat)
    assert beat.late_clicks == 1


def test_moving_the_start_moves_the_session_and_not_what_was_played() -> None:
    now_ns = time.monotonic_ns()
    output = NullOutput(MixFormat(), now_ns)
    output.start_at(now_ns + 10 * NS_PER_S)
    beat = heartbeat(output)
    assert beat.at_ns < -9 * NS_PER_S
    assert 0 <= beat.frames < 48_000

"""A device's frames and the session's time, on devices that drift, stall and lose periods."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from cued.audio.clockmap import ClockMap, Poll
from cued.units import NS_PER_S

RATE_HZ = 48_000


@dataclass
class Device:
    """Takes frames a period at a time, by a clock of its own."""

    period: int = 1_024
    rate: float = 1.0
    """Of its clock against the session's."""
    lost: int = 0
    skipped: int = 0

    def poll(self, at_s: float) -> Poll:
        device_s = at_s * self.rate
        taken = int(device_s * RATE_HZ) // self.period * self.period
        return Poll(round(at_s * NS_PER_S), device_s, taken - self.lost + self.skipped)


def anchored(device: Device, until_s: float = 10.0) -> tuple[ClockMap, float]:
    """A map that has watched the device for a while."""
    clocks = ClockMap(RATE_HZ, device.period)
    at_s, _ = watch(clocks, device, 0.0, 0.5, pause_s=0.004)
    clocks.anchor()
    at_s, skipped = watch(clocks, device, at_s, until_s)
    assert skipped == 0
    return clocks, at_s


def watch(clocks: ClockMap, device: Device, from_s: float, until_s: float, pause_s: float = 0.05) -> tuple[float, int]:
    chance = random.Random(7)
    skipped = 0
    at_s = from_s
    while at_s < until_s:
        skip = clocks.observe(device.poll(at_s))
        device.skipped += skip
        skipped += skip
        at_s += pause_s * chance.uniform(0.8, 1.2)
    return at_s, skipped


def off_s(clocks: ClockMap, device: Device, at_s: float) -> float:
    """How far the map's frame for now lies from the one that leaves now."""
    return (clocks.frame_at(round(at_s * NS_PER_S)) - device.poll(at_s).played) / RATE_HZ


@pytest.mark.parametrize("rate", [1.0, 1.0001, 0.9999])
def test_a_device_that_only_drifts_is_followed_without_a_skip(rate: float) -> None:
    device = Device(rate=rate)
    clocks, at_s = anchored(device, 300.0)
    assert clocks.resyncs == 0
    assert abs(off_s(clocks, device, at_s)) < 0.025


def test_following_never_changes_a_beat_by_more_than_a_third_of_a_millisecond() -> None:
    device = Device(rate=1.0002)
    clocks, at_s = anchored(device)
    before = clocks.frame_at(round(at_s * NS_PER_S))
    for _ in range(200):
        reached, _ = watch(clocks, device, at_s, at_s + 1 / 3)
        after = clocks.frame_at(round(reached * NS_PER_S))
        spacing_s = (after - before) / RATE_HZ - (reached - at_s)
        assert abs(spacing_s) < 0.00035
        before, at_s = after, reached


@pytest.mark.parametrize("periods", [1, 2, 5])
def test_lost_periods_are_skipped_to_the_frame_and_counted_once(periods: int) -> None:
    device = Device()
    clocks, at_s = anchored(device)
    device.lost += periods * device.period
    at_s, skipped = watch(clocks, device, at_s, at_s + 10.0)
    assert skipped == periods * device.period
    assert clocks.resyncs == 1
    assert abs(off_s(clocks, device, at_s)) < 0.025


def test_polls_in_step_with_the_periods_are_no_loss() -> None:
    device = Device(period=2_400)
    clocks, at_s = anchored(device)
    for shift in (0.001, 0.049, 0.025):
        start = round(at_s / 0.05) * 0.05 + shift
        for n in range(100):
            assert clocks.observe(device.poll(start + n * 0.05)) == 0
        at_s = start + 5.0
    assert clocks.resyncs == 0


def test_there_and_back_is_the_same_frame() -> None:
    device = Device()
    clocks, _ = anchored(device)
    for frame in (0, 1, 123_456_789):
        assert clocks.frame_at(clocks.ns_at(frame)) == frame


def test_a_map_is_ready_only_when_it_has_seen_enough() -> None:
    clocks = ClockMap(RATE_HZ, 1_024)
    device = Device()
    clocks.observe(device.poll(0.0))
    clocks.anchor()
    assert not clocks.ready
    watch(clocks, device, 0.01, 0.2, pause_s=0.004)
    clocks.anchor()
    assert clocks.ready


def test_moving_the_sessions_zero_moves_no_frame() -> None:
    device = Device()
    clocks, at_s = anchored(device)
    at_ns = round(at_s * NS_PER_S)
    before = clocks.frame_at(at_ns)
    clocks.rebase(3 * NS_PER_S)
    assert clocks.frame_at(at_ns - 3 * NS_PER_S) == before
    later = device.poll(at_s + 0.05)
    assert clocks.observe(Poll(later.at_ns - 3 * NS_PER_S, later.device_s, later.played)) == 0
    assert abs(clocks.frame_at(at_ns - 3 * NS_PER_S) - before) < 5


def test_a_clock_that_falls_far_behind_is_taken_up_anew_once() -> None:
    device = Device()
    clocks, at_s = anchored(device)
    # The device's own clock slows down with it, as JACK's does when it waits for a slow client.
    for n in range(400):
        poll = device.poll(at_s + n * 0.05)
        clocks.observe(Poll(poll.at_ns + round(0.4 * NS_PER_S), poll.device_s, poll.played))
    assert clocks.reanchors >= 1
    assert clocks.resyncs == 0
    last = device.poll(at_s + 20.0)
    assert abs(clocks.frame_at(last.at_ns + round(0.4 * NS_PER_S)) - last.played) < 0.025 * RATE_HZ

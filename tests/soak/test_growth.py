"""A leak is told from noise, and steps of an allocator from a leak that goes on."""

from __future__ import annotations

import math
import random

import pytest

from tests.soak.growth import gained, trend, warm_up_s

HOUR = [(5.0 * n, 60.0) for n in range(720)]


def noisy(mib_per_h: float, seed: int = 1, noise: float = 0.3) -> list[tuple[float, float]]:
    """An hour of samples, one every 5 s, as a process with such a leak gives them."""
    chance = random.Random(seed)
    return [(at_s, value + mib_per_h * at_s / 3600 + chance.gauss(0.0, noise)) for at_s, value in HOUR]


@pytest.mark.parametrize("leak", [0.0, 0.5, 2.0, 10.0, -3.0])
def test_a_steady_leak_is_measured_through_the_noise(leak: float) -> None:
    line = trend(noisy(leak))
    assert line is not None
    assert line.per_hour == pytest.approx(leak, abs=0.2)
    assert line.error < 0.1
    assert line.judged
    assert line.last - line.first == pytest.approx(line.per_hour * 3595 / 3600)


def test_three_mib_an_hour_are_told_from_one_whatever_the_seed() -> None:
    for seed in range(30):
        three, one = trend(noisy(3.0, seed)), trend(noisy(1.0, seed))
        assert three is not None
        assert one is not None
        assert three.per_hour > 2.0 > one.per_hour


def test_a_leak_in_steps_is_one_all_the_same() -> None:
    line = trend([(at_s, 60.0 + math.floor(at_s / 300)) for at_s, _ in HOUR])
    assert line is not None
    assert line.per_hour == pytest.approx(12.0, rel=0.05)


def test_five_minutes_say_nothing_of_an_hour() -> None:
    line = trend(HOUR[:60])
    assert line is not None
    assert not line.judged
    assert trend(HOUR[:2]) is None
    assert trend([(1.0, 2.0)] * 5) is None


def test_the_warm_up_is_ten_minutes_of_an_hour_and_a_third_of_less() -> None:
    assert warm_up_s(3600.0) == 600.0
    assert warm_up_s(300.0) == pytest.approx(100.0)


def test_a_descriptor_that_is_never_closed_is_seen_and_a_short_visit_is_not() -> None:
    assert gained([(at_s, 29.0 + (300 < at_s < 320)) for at_s, _ in HOUR]) == 0
    assert gained([(at_s, 29.0 + at_s // 1800) for at_s, _ in HOUR]) == 1
    assert gained([]) == 0

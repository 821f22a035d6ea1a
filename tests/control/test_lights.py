from __future__ import annotations

from itertools import combinations

from cued.control.lights import PATTERNS, Light


def test_every_light_has_a_pattern_of_its_own() -> None:
    assert set(PATTERNS) == set(Light)
    assert len(set(PATTERNS.values())) == len(Light)


def test_patterns_are_told_apart_without_counting() -> None:
    blinking = [pattern for pattern in PATTERNS.values() if pattern.on_ms and pattern.off_ms]
    for one, other in combinations(blinking, 2):
        shorter, longer = sorted((one.on_ms, other.on_ms))
        assert longer >= 2 * shorter


def test_a_glance_of_two_seconds_sees_every_pattern_whole() -> None:
    assert max(pattern.on_ms + pattern.off_ms for pattern in PATTERNS.values()) <= 2000


def test_only_the_dark_one_needs_no_power() -> None:
    assert [light for light, pattern in PATTERNS.items() if not pattern.on_ms] == [Light.OFF]

"""Random faults over a real D-Bus, one radio through all of them: it never needs a restart, and nothing grows."""

from __future__ import annotations

import random
import time

import pytest

from tests.support.bluez import VirtualBluez
from tests.support.bluez.peripherals import RSC_MEASUREMENT
from tests.support.kept_links import BOUND_S, POD, STRAP, Havoc, Kept
from tests.support.waiting import wait_for


def suffer(kept: Kept, seed: int) -> float:
    """A few random faults, then a healthy world: after how many seconds is everything heard again?"""
    chance = random.Random(seed)
    havoc = Havoc(kept.bluez, kept.pods, chance)
    for _ in range(chance.randint(1, 4)):
        havoc.strike()
        until_s = time.monotonic() + 10.0 ** chance.uniform(-3.0, -0.9)
        wait_for(lambda until_s=until_s: time.monotonic() >= until_s)  # type: ignore[misc]  # a default binds the loop's value
    havoc.heal()
    try:
        return kept.expect_heard(BOUND_S)
    except AssertionError as error:
        raise AssertionError(f"seed {seed}, after {havoc.done}: {error}") from error


def suffer_all(bluez: VirtualBluez, seeds: range) -> list[float]:
    pods = [bluez.add(POD), bluez.add(STRAP)]
    took_s = []
    with Kept(bluez, *pods) as kept:
        kept.expect_heard()
        took_s.append(suffer(kept, seeds[0]))
        wait_for(lambda: not kept.radio.deadlines.strays)
        descriptors, tasks = kept.burdens()
        took_s += [suffer(kept, seed) for seed in seeds[1:]]
        # A closed socket is gone with its task; a busy machine needs a moment for that.
        wait_for(lambda: kept.burdens()[0] <= descriptors + 2 and kept.burdens()[1] <= tasks + 4, BOUND_S, "no growth")
        for pod in pods:
            wait_for(lambda pod=pod: pod.subscriptions(RSC_MEASUREMENT) <= 1)  # type: ignore[misc]  # as above
        assert [note for note in kept.notes() if "unforeseen" in note] == []
    return took_s


@pytest.mark.alone
def test_after_sixty_random_sequences_of_faults_all_is_heard_again_and_nothing_has_grown(bluez: VirtualBluez) -> None:
    assert max(suffer_all(bluez, range(60))) < BOUND_S


@pytest.mark.soak
def test_after_a_thousand_random_sequences_of_faults_too(bluez: VirtualBluez) -> None:
    assert max(suffer_all(bluez, range(1_000, 2_000))) < BOUND_S

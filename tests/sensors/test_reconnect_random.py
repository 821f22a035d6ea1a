"""The link's machine in random worlds of virtual time, and under any events at all."""

from __future__ import annotations

import random
import statistics

from hypothesis import given
from hypothesis import strategies as st

from cued.sensors import link
from cued.sensors.reconnect import Phase, State, due_ns, step
from cued.units import NS_PER_S
from tests.support.link_world import MOST_ACTIONS_A_MINUTE, POD, World

BOUND_NS = 155 * NS_PER_S
"""Whatever happened: the longest silence that may be a standing runner's, and one whole round of connecting and scanning."""

FAULTS: tuple[dict[str, object], ...] = (
    {"in_reach": False}, {"present": False, "powered": False}, {"present": False}, {"powered": False}, {"bluez": False},
    {"told": False}, {"connects": "aborts"}, {"connects": "hangs"}, {"connects": "late"}, {"subscribes": "fails"},
    {"subscribes": "hangs"}, {"disconnects": "hangs"}, {"scans": "fails"}, {"scans": "blind"}, {"stands": True},
    {"speaks": "twice"}, {"speaks": "same stamp"}, {"speaks": "out of order"}, {"speaks": "storm"},
)  # fmt: skip


def suffer(seed: int) -> int:
    """A random sequence of faults, then a healthy world: after how many nanoseconds is it heard again?"""
    chance = random.Random(seed)
    world = World(known=chance.random() < 0.5, sound=chance.random() < 0.3)
    for _ in range(chance.randint(2, 8)):
        match chance.randrange(8):
            case 0:
                world.drop()
            case 1:
                world.kill_subscription()
            case 2:
                world.set_sound(not world.sound)
            case 3:
                world.heal()
            case _:
                world.set(**chance.choice(FAULTS))
        world.run_for(int(10 ** chance.uniform(7, 10.5)))
    world.heal()
    healed_ns = world.now_ns
    world.expect(lambda: world.hears() and world.heard[-1] >= healed_ns, BOUND_NS)
    took_ns = world.now_ns - healed_ns
    world.run_for(15 * NS_PER_S)
    assert world.hears()
    return took_ns


def test_after_a_thousand_random_sequences_of_faults_it_is_heard_again_in_time() -> None:
    took_s = sorted(suffer(seed) / NS_PER_S for seed in range(1_000))
    assert statistics.median(took_s) < 5
    assert took_s[950] < 35


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-NS_PER_S, 20 * NS_PER_S), st.integers(0, 3)), max_size=60))
def test_any_event_in_any_state_has_an_answer_and_an_end(drawn: list[tuple[int, int, int]]) -> None:
    state, now_ns, actions = State(POD), 0, 0
    for kind, passed_ns, back in drawn:
        now_ns += passed_ns
        state, done = step(state, any_event(kind, now_ns, max(0, state.attempt - back)))
        actions += len(done)
        assert (due_ns(state) is None) == (state.phase is Phase.IDLE)
        assert len(done) <= 4
    assert actions <= max(4 * len(drawn), MOST_ACTIONS_A_MINUTE)


def any_event(kind: int, at_ns: int, attempt: int) -> link.Event:
    events: list[link.Event] = [
        link.Began(at_ns), link.Sighted(at_ns, POD), link.Sighted(at_ns, "00:00:00:00:00:00"), link.Known(at_ns, known=True),
        link.Known(at_ns, known=False), link.ScanEnded(at_ns), link.ScanFailed(at_ns, "no"), link.Connected(at_ns, attempt),
        link.ConnectFailed(at_ns, attempt, "no"), link.Subscribed(at_ns, attempt), link.SubscribeFailed(at_ns, attempt, "no"),
        link.Dropped(at_ns, attempt), link.Heard(at_ns, attempt), link.Heard(at_ns, attempt, moving=True),
        link.Closed(at_ns, attempt), link.AdapterIs(at_ns, present=True, powered=True),
        link.AdapterIs(at_ns, present=True, powered=False), link.BusLost(at_ns), link.BusBack(at_ns),
        link.Sound(at_ns, over_adapter=True), link.Sound(at_ns, over_adapter=False), link.Tick(at_ns),
    ]  # fmt: skip
    return events[kind % len(events)]

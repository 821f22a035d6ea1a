"""The daemon's figures of itself, and what it costs to tell them."""

from __future__ import annotations

from cued.runtime.ownstats import COSTS_NS, Costs, CostWatch, LoopWatch, costs
from cued.units import NS_PER_MS, NS_PER_S


def test_a_crowd_that_asks_is_told_the_same_costs_until_they_are_looked_at_anew() -> None:
    looked: list[int] = []

    def look() -> Costs:
        looked.append(1)
        return Costs(len(looked), None, 0, 0, 0)

    watch = CostWatch(look)
    assert [watch.now(at_ns).rss_kib for at_ns in (5, 6, 5 + COSTS_NS - 1)] == [1, 1, 1]
    assert watch.now(5 + COSTS_NS).rss_kib == 2
    assert len(looked) == 2


def test_a_process_knows_what_it_costs() -> None:
    own = costs()
    assert own.rss_kib > 1_000
    assert own.descriptors >= 3
    assert own.threads >= 1


def test_the_loops_lateness_is_told_by_shares() -> None:
    watch = LoopWatch()
    for _ in range(98):
        watch.turned(100_000, 0)
    watch.turned(30 * NS_PER_MS, 2)
    watch.turned(NS_PER_S // 2, 7)
    assert watch.share_ns(0.5) == 250_000
    assert watch.share_ns(0.99) == 50 * NS_PER_MS
    assert (watch.max_ns, watch.queue_max) == (NS_PER_S // 2, 7)

"""The daemon's figures of itself."""

from __future__ import annotations

from cued.runtime.ownstats import LoopWatch, costs
from cued.units import NS_PER_MS, NS_PER_S


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

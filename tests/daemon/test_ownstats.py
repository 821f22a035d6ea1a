"""What the daemon knows of its own health."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from cued.runtime.ownstats import BOUNDS_NS, LoopWatch, costs
from cued.units import NS_PER_MS, NS_PER_S


def test_a_loop_that_was_never_late_says_so() -> None:
    watch = LoopWatch()
    watch.turned(0, 0)
    assert (watch.share_ns(0.5), watch.share_ns(0.99), watch.max_ns, watch.queue_max) == (0, 0, 0, 0)


@given(st.lists(st.integers(0, 20 * NS_PER_S), min_size=1, max_size=300), st.sampled_from((0.5, 0.9, 0.99, 1.0)))
def test_a_share_of_the_turns_is_never_told_better_than_it_was_nor_worse_than_the_worst(lags: list[int], share: float) -> None:
    watch = LoopWatch()
    for late_ns in lags:
        watch.turned(late_ns, 1)
    ordered = sorted(lags)
    true_ns = ordered[max(0, -(-round(share * len(lags) * 1000) // 1000) - 1)]
    assert true_ns <= watch.share_ns(share) <= max(lags)


def test_the_cells_are_finest_where_a_beat_begins_to_care() -> None:
    assert list(BOUNDS_NS) == sorted(set(BOUNDS_NS))
    assert 150 * NS_PER_MS in BOUNDS_NS


def test_the_longest_queue_is_remembered() -> None:
    watch = LoopWatch()
    for messages in (1, 7, 2):
        watch.turned(0, messages)
    assert (watch.queue, watch.queue_max) == (2, 7)


def test_a_child_costs_its_parent() -> None:
    alone = costs()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        both = costs()
        child.kill()
    assert both.children >= alone.children + 1
    assert both.rss_kib > alone.rss_kib > 1_000
    assert alone.threads >= 1
    assert alone.descriptors > 2


def test_a_process_that_is_gone_costs_nothing() -> None:
    gone = costs(2**22 + 1)
    assert (gone.rss_kib, gone.pss_kib, gone.descriptors, gone.children) == (0, None, 0, 0)

"""Cues of every priority crowding for the floor: each is spoken, or given up in time, and the clock never stops."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import At, Cue, Limits, Priority, Rule, SayCue
from cued.core.effects import Counted, Expired, Say, Suppressed
from cued.units import NS_PER_S, seconds
from tests.support.driving import examples
from tests.support.run import Run, at, for_s, pack, rule, segment

PRIORITIES = (None, *Priority)
wishes = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(PRIORITIES), st.integers(1, 60)), min_size=2, max_size=9)
"""(second, priority, length of its text)."""


def crowd(said: list[tuple[int, Priority | None, int]], min_gap_s: int, expire_s: int) -> Run:
    cues = [Cue(f"c{number}", say="x" * length) for number, (_, _, length) in enumerate(said)]
    rules: list[Rule] = [
        rule(At(for_s(second)), SayCue(f"c{number}"), priority=priority) for number, (second, priority, _) in enumerate(said)
    ]
    limits = Limits(
        min_gap_ns=min_gap_s * NS_PER_S, same_cue_gap_ns=0, per_minute=1_000, per_run=1_000, expire_ns=seconds(expire_s)
    )
    return Run(pack(segment("a", 180), rules=rules, cues=cues, limits=limits)).to(180)


@examples(300)
@given(wishes, st.integers(0, 30), st.integers(1, 20))
def test_every_wish_has_one_end_within_its_expiry_and_the_clock_goes_on(
    said: list[tuple[int, Priority | None, int]], min_gap_s: int, expire_s: int
) -> None:
    run = crowd(said, min_gap_s, expire_s)
    assert not [one for one in run.of(Counted) if one.what == "stuck"]
    ends = [(one.cue, at(one)) for one in run.of(Say)]
    ends += [(one.cue, at(one)) for one in run.of(Expired)]
    ends += [(one.cue, at(one)) for one in run.of(Suppressed)]
    assert sorted(cue for cue, _ in ends) == [f"c{number}" for number in range(len(said))]
    for cue, end_s in ends:
        assert said[int(cue[1:])][0] <= end_s <= said[int(cue[1:])][0] + expire_s


@examples(300)
@given(wishes, st.integers(0, 30), st.integers(1, 20))
def test_whoever_is_held_to_the_gap_keeps_it(
    said: list[tuple[int, Priority | None, int]], min_gap_s: int, expire_s: int
) -> None:
    heard = crowd(said, min_gap_s, expire_s).of(Say)
    for before, after in pairwise(heard):
        if after.priority < Priority.SEGMENT:
            assert after.at_ns - (before.at_ns + before.dur_ns) >= min_gap_s * NS_PER_S or before.priority is Priority.SAFETY

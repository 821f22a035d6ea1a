"""The journal's pure parts: lines in stretches, the wall clock, running time."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.effects import Paused, RunEnded
from cued.errors import JournalError
from cued.journal.kept import TOGETHER, Kept
from cued.journal.rows import Row, RunTime
from cued.journal.stream import FRESH_EVERY, Packer, unpacked
from cued.journal.wall import RELEASED_UTC_NS, Correction, Moment, WallWatch
from cued.units import NS_PER_H, NS_PER_S

texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(st.lists(texts, min_size=1, max_size=5), max_size=8))
def test_what_is_packed_is_unpacked(stretches: list[list[str]]) -> None:
    packer = Packer()
    assert list(unpacked([packer.pack(lines) for lines in stretches])) == stretches


def test_every_stretch_can_be_read_as_soon_as_it_is_there_and_some_begin_anew() -> None:
    packer = Packer()
    packed = [packer.pack([f"line {number}"]) for number in range(2 * FRESH_EVERY + 1)]
    assert [number for number, (fresh, _) in enumerate(packed) if fresh] == [0, FRESH_EVERY, 2 * FRESH_EVERY]
    assert list(unpacked(packed[FRESH_EVERY:])) == [[f"line {number}"] for number in range(FRESH_EVERY, 2 * FRESH_EVERY + 1)]


@pytest.mark.parametrize("damage", [b"", b"\xff" * 20, b"\x00\x01"])
def test_a_damaged_stretch_is_told_and_what_came_before_it_is_there(damage: bytes) -> None:
    packer = Packer()
    good = packer.pack(["one"])
    lines = unpacked([good, (False, damage), packer.pack(["three"])])
    assert next(lines) == ["one"]
    with pytest.raises(JournalError, match="damaged"):
        list(lines)


def test_what_is_damaged_may_be_left_out_up_to_where_it_begins_anew() -> None:
    packer = Packer()
    packed = [packer.pack([f"line {number}"]) for number in range(FRESH_EVERY + 2)]
    packed[10] = (False, b"\xff" * 20)
    missing: list[None] = []
    lines = list(unpacked(packed, lambda: missing.append(None)))
    assert len(missing) == FRESH_EVERY - 10
    assert [number for number, found in enumerate(lines) if found] == [*range(10), FRESH_EVERY, FRESH_EVERY + 1]
    assert lines[FRESH_EVERY] == [f"line {FRESH_EVERY}"]


values = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(max_size=30)
rows = st.builds(Row, st.sampled_from(["notifications", "stretches"]), st.lists(values, max_size=4).map(tuple))


@given(st.lists(st.lists(rows, max_size=2 * TOGETHER), max_size=4))
def test_what_is_kept_is_there_in_order_however_it_came(commits: list[list[Row]]) -> None:
    kept = Kept()
    for commit in commits:
        kept.add(commit)
    assert list(kept) == [row for commit in commits for row in commit]
    assert len(kept) == len(list(kept))


def test_more_rows_than_are_packed_at_once_come_back_whole_and_take_a_tenth() -> None:
    def second(n: int) -> list[Row]:
        return [Row("notifications", (40 * n + m, n * NS_PER_S + m, bytes(8), "AA:BB", "2a53")) for m in range(40)]

    tracemalloc.start()
    try:
        kept = Kept()
        for n in range(100):
            kept.add(second(n))
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert list(kept) == [row for n in range(100) for row in second(n)]
    assert len(kept) == 4_000
    assert taken < 4_000 * 24  # of a row's 240 bytes


NOW_NS = RELEASED_UTC_NS + 1000 * NS_PER_H


def test_a_clock_that_keeps_time_corrects_nothing() -> None:
    watch = WallWatch(NOW_NS, 0, verified=True)
    looks = [Moment(NOW_NS + at + at // 2000, at, True) for at in range(0, 100 * NS_PER_S, NS_PER_S)]  # slewed by 0.5 ms/s
    assert [watch.look(moment) for moment in looks] == [None] * 100


def test_a_clock_that_is_set_during_the_run_tells_when_it_began() -> None:
    watch = WallWatch(0, 0, verified=False)
    assert watch.look(Moment(60 * NS_PER_S, 60 * NS_PER_S, False)) is None
    found = watch.look(Moment(NOW_NS + 61 * NS_PER_S, 61 * NS_PER_S, True))
    assert found == Correction(NOW_NS, True, "jump")
    assert watch.look(Moment(NOW_NS + 62 * NS_PER_S, 62 * NS_PER_S, True)) is None


def test_a_clock_that_was_right_all_along_is_believed_once_somebody_says_so() -> None:
    watch = WallWatch(NOW_NS, 0, verified=False)
    assert watch.look(Moment(NOW_NS + NS_PER_S, NS_PER_S, True)) == Correction(NOW_NS, True, "synchronised")


def test_a_known_date_is_not_given_up_for_a_doubtful_one() -> None:
    watch = WallWatch(NOW_NS, 0, verified=True)
    assert watch.look(Moment(5, NS_PER_S, False)) is None


def test_a_date_before_the_first_release_is_no_date_whoever_vouches_for_it() -> None:
    assert not Moment(RELEASED_UTC_NS - 1, 0, True).verified
    assert Moment(RELEASED_UTC_NS, 0, True).verified
    assert not Moment(NOW_NS, 0, False).verified


def test_running_time_knows_of_pauses_and_of_the_end() -> None:
    time = RunTime()
    assert time.at(-5) == 0
    for effect in (Paused(10, True), Paused(10, True), Paused(25, False)):
        time.hear(effect)
    assert time.at(30) == 15
    time.hear(RunEnded(40, "stopped"))
    assert time.at(90) == 25

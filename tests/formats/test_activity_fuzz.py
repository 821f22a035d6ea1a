"""Whatever the bytes: an activity that keeps its promises, or a FormatError, soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cued.errors import FormatError
from cued.formats.activity import MAX_LENGTH_NS, Activity
from cued.formats.activity_csv import read_csv
from cued.formats.fit import read_fit
from cued.sensors.recorded import events_of, running_length_ns
from tests.support.fit_encoder import START, STOP, Reading, fit_run, sealed

SMALL = fit_run(
    [Reading(t, app=((0, 250.0),)) for t in (0, 1, 2, 5, 40, 41)],
    timer=[(0, START), (5, STOP), (40, START)],
    laps=[(0, 40)],
    app_fields=[(0, "Ground Time", "Milliseconds")],
)
DEADLINE_S = 2.0
"""Of the processor's time: some hundred times what a file this small needs."""

changes = st.lists(st.tuples(st.integers(14, len(SMALL) - 3), st.integers(0, 255)), min_size=1, max_size=8)
cells = st.sampled_from(["", "0", "1", "-1", "164", "1e9", "nan", "inf", "x", '"', "86400", "1" * 400]) | st.text(max_size=6)


def check(read: Callable[[], Activity]) -> bool:
    """True if `read` gives an activity, which then holds what it promises; False if it refuses in one sentence."""
    activity: Activity | None = None
    refusal = ""
    try:
        activity = read()
    except FormatError as error:
        refusal = str(error)
    if activity is None:
        assert refusal
        assert "\n" not in refusal
        return False
    stamps = [record.at_ns for record in activity.records]
    assert stamps[0] == 0
    assert all(earlier < later for earlier, later in pairwise(stamps))
    assert activity.length_ns <= MAX_LENGTH_NS
    assert 0 <= running_length_ns(activity) <= activity.length_ns
    assert all(earlier.end_ns <= later.start_ns for earlier, later in pairwise(activity.pauses))
    last_ns = 0
    for _, event in zip(range(5_000), events_of(activity), strict=False):
        assert event.at_ns >= last_ns
        last_ns = event.at_ns
    return True


@given(changes)
def test_changed_bytes_under_a_right_checksum_raise_nothing_but_format_error(edits: list[tuple[int, int]]) -> None:
    data = bytearray(SMALL[:-2])
    for place, value in edits:
        data[place] = value
    began_s = time.process_time()
    check(lambda: read_fit("fuzz", "", sealed(bytes(data))))
    assert time.process_time() - began_s < DEADLINE_S


@given(st.integers(0, len(SMALL)), st.binary(max_size=20))
def test_cut_or_foreign_bytes_raise_nothing_but_format_error(keep: int, tail: bytes) -> None:
    accepted = check(lambda: read_fit("fuzz", "", SMALL[:keep] + tail))
    assert accepted == (SMALL[:keep] + tail).startswith(SMALL)


@given(st.lists(st.lists(cells, max_size=4), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_any_table_raises_nothing_but_format_error(rows: list[list[str]], delimiter: str) -> None:
    text = "\n".join([delimiter.join(["t_s", "cadence_spm", "distance_m", "paused"]), *map(delimiter.join, rows)])
    check(lambda: read_csv("fuzz", "", text.encode("utf-8", "surrogatepass")))

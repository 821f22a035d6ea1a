from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cued.review import series
from cued.review.series import Scale, Stretch
from cued.review.summary import summarize
from tests.review.test_summary import S, began, click, end, sample, start

FRAME = Scale(100.0, 150.0, 190.0)


def test_the_frame_holds_cadence_band_and_beat_and_leaves_out_strays() -> None:
    rows = [start(), began(0, "run"), *(sample(at, 165.0) for at in range(200)), sample(200, 20.0), click(1, 180.0)]
    rows += [{"kind": "tempo", "t_ns": 0, "spm": 183.0, "mode": "lead", "reason": "start"}, end(210)]
    frame = series.scale(rows, summarize(rows))
    assert frame.total_s == 210.0
    assert 100 < frame.low_spm <= 165.0 - series.MARGIN_SPM
    assert frame.high_spm >= 183.0 + series.MARGIN_SPM


def test_an_empty_run_still_has_a_frame_with_height() -> None:
    rows = [start(), end(0)]
    frame = series.scale(rows, summarize(rows))
    assert frame.height_spm > 0
    assert frame.total_s >= 1


def test_cadence_is_drawn_where_it_was_measured_and_broken_where_it_was_not() -> None:
    rows = [sample(0, 160.0), sample(1, 161.0), sample(2, None), sample(3, 162.0), sample(60, 163.0), sample(61, 0.0)]
    assert series.cadence_line(rows, FRAME) == "M0 30L1 29M3 28M60 27"


def test_walking_breaks_the_line_but_its_samples_stay_as_dots() -> None:
    rows = [sample(0, 160.0), sample(1, 155.0, state="walking"), sample(2, 160.0)]
    assert series.cadence_line(rows, FRAME) == "M0 30M2 30"
    assert series.cadence_dots(rows, FRAME) == "M0 30h0M1 35h0M2 30h0"


def test_the_band_is_the_targets_percentages_of_its_segment() -> None:
    rows = [began(0, "run"), sample(10), sample(20)]
    ((at_ns, low, high),) = series.band_edges(rows)
    assert (at_ns, round(low, 6), round(high, 6)) == (10 * S, 164.9, 176.8)
    assert series.band_area(rows, FRAME) == "M10 13.2H100V25.1H10Z"


def test_an_unknown_target_draws_neither_line_nor_band() -> None:
    rows = [began(0, "run"), sample(0, target_spm=None)]
    assert not series.target_line(rows, FRAME)
    assert not series.band_area(rows, FRAME)


def test_the_tempo_is_a_step_line_that_breaks_at_rest() -> None:
    rows = [{"kind": "tempo", "t_ns": at * S, "spm": spm} for at, spm in ((0, 170.0), (10, 175.0), (20, 0), (30, 170.0))]
    assert series.tempo_line(rows, FRAME) == "M0 20H10V15H20M30 20H100"


@given(st.lists(st.tuples(st.integers(100_000, 230_000), st.integers(1, 40)), min_size=1, max_size=8), st.integers(0, 10**10))
def test_every_click_can_be_had_back_from_its_stretch_to_the_microsecond(tempi: list[tuple[int, int]], first_ns: int) -> None:
    rows: list[dict[str, Any]] = []
    at_ns = first_ns
    for mspm, count in tempi:
        rows += [click((at_ns + round(n * 60e12 / mspm)) / S, mspm / 1000) for n in range(count)]
        at_ns = rows[-1]["t_ns"] + round(60e12 / mspm)
    stretches = series.stretches(rows)
    assert sum(one.clicks for one in stretches) == len(rows)
    drawn = [
        one.from_ns + (one.to_ns - one.from_ns) * n / max(1, one.clicks - 1) for one in stretches for n in range(one.clicks)
    ]
    assert all(abs(at - row["t_ns"]) < 1_000 for at, row in zip(drawn, rows, strict=True))


def test_a_missing_click_ends_a_stretch() -> None:
    rows = [click(at, 120.0) for at in (0, 0.5, 1.0, 2.0, 2.5)]
    assert [one.clicks for one in series.stretches(rows)] == [3, 2]
    assert series.sounding(series.stretches(rows)) == [(0, round(2.5 * S))]


def test_the_heard_beat_is_drawn_only_where_it_sounds() -> None:
    beats = [Stretch(0, 10 * S, 30, 180.0), Stretch(10 * S + 1, 20 * S, 30, 182.0), Stretch(60 * S, 70 * S, 30, 180.0)]
    assert series.heard_line(beats, FRAME) == "M0 10H10H10V8H20M60 10H70"


def test_a_run_of_a_day_is_thinned_evenly() -> None:
    rows = [sample(at) for at in range(50_000)]
    drawn = re.findall("M", series.cadence_dots(rows, FRAME))
    assert series.MOST_POINTS / 2 < len(drawn) <= series.MOST_POINTS


def test_times_off_the_run_are_told_with_their_kind() -> None:
    rows = [sample(0), sample(10, state="walking"), sample(20, state="standing"), sample(30), sample(40, state="walking")]
    assert series.on_foot(rows, 50 * S) == [
        (10 * S, 20 * S, "walking"),
        (20 * S, 30 * S, "standing"),
        (40 * S, 50 * S, "walking"),
    ]

"""What a week asked of a runner, by type, out of what was recorded."""

from __future__ import annotations

from typing import Final

import pytest

from cued.core.cues import CuePack, Priority
from cued.core.effects import Paused, RunEnded, Say, SegmentBegan, TempoChanged, Unheard
from cued.core.events import SurfaceIs, SwapPack
from cued.core.start import Start
from cued.packs.catalog import open_pack
from cued.review.load import NOT_TOLD, Felt, LoadCounter, RunLoad, RunType, felt_by_type, monday, total, weeks_of
from cued.review.load_in_words import NOT_RECORDED, RATE, load_lines
from cued.units import NS_PER_MIN

MIN: Final = NS_PER_MIN
THURSDAY: Final = 20_783
"""2026-11-26."""


def counter(pack: str, grounds: tuple[tuple[int, str], ...] = ()) -> LoadCounter:
    return LoadCounter(Start(opened(pack), seed=1), grounds)


def opened(pack: str) -> CuePack:
    return open_pack(pack).pack


def began(at_min: int, name: str) -> SegmentBegan:
    return SegmentBegan(at_min * MIN, name, 0, 1, 1, None)


def said(at_min: int, cue: str = "light") -> Say:
    return Say(at_min * MIN, "x", cue, "Light.", "rules[0]", Priority.PERIODIC, 10**9, 8.0, 0)


def run(day: int | None, kind: RunType, minutes: int, felt: Felt | None = None, ground: str = "road") -> RunLoad:
    return RunLoad(day, kind, minutes * MIN, 0, 0, 0, 0, ((ground, minutes * MIN),), felt or Felt())


def test_minutes_with_a_beat_cues_and_ground_are_counted_and_pauses_are_not() -> None:
    count = counter("integration")
    for one in (
        began(0, "warmup"),
        SurfaceIs(5 * MIN, "grass"),
        began(10, "feeder"),
        TempoChanged(10 * MIN, 170_000, "lead", "start"),
        said(11),
        said(11, "cued"),
        TempoChanged(12 * MIN, 0, "none", "stopped"),
        Paused(13 * MIN, True),
        said(14, "flow"),
        Unheard(15 * MIN, 14 * MIN, "flow", "Flow.", "rules[0]", Priority.PERIODIC, 10**9),
        Paused(18 * MIN, False),
        TempoChanged(19 * MIN, 171_000, "lead", "start"),
        RunEnded(20 * MIN, "stopped"),
    ):
        count.feed(one)
    load = count.load(THURSDAY, 15 * MIN, 25 * MIN, Felt(effort=4.0))
    assert (load.kind, load.cues, load.drills_ns, load.hops) == (RunType.CUES, 1, 0, 0)
    assert load.beat_ns == 3 * MIN
    assert dict(load.grounds) == {NOT_TOLD: 5 * MIN, "grass": 10 * MIN}


def test_ground_is_what_the_segment_names_else_what_was_told_last() -> None:
    count = counter("set-a", ((0, "road"), (30 * MIN, "track")))
    count.feed(began(0, "elsewhere"))
    count.feed(began(10, "grass"))
    count.feed(began(20, "elsewhere"))
    load = count.load(None, 40 * MIN, 40 * MIN, Felt())
    assert dict(load.grounds) == {"road": 20 * MIN, "track": 10 * MIN}
    assert load.drills_ns == 10 * MIN, "drills have their own place"


def test_hops_are_the_clicks_of_hopping_drills_and_no_beat() -> None:
    count = counter("set-a")
    for one in (
        began(0, "feet"),
        TempoChanged(1 * MIN, 60_000, "fixed", "start"),
        TempoChanged(2 * MIN, 0, "none", "stopped"),
        began(5, "springs"),
        TempoChanged(6 * MIN, 140_000, "fixed", "start"),
        TempoChanged(7 * MIN, 0, "none", "stopped"),
    ):
        count.feed(one)
    load = count.load(None, 10 * MIN, 10 * MIN, Felt())
    assert (load.kind, load.hops, load.beat_ns, load.drills_ns) == (RunType.DRILLS, 140, 0, 10 * MIN)


def test_a_plain_run_is_plain_until_another_pack_is_taken() -> None:
    count = counter("plain")
    assert count.load(None, MIN, MIN, Felt()).kind is RunType.PLAIN
    count.feed(SwapPack(2 * MIN, opened("integration")))
    assert count.load(None, 3 * MIN, 3 * MIN, Felt()).kind is RunType.CUES


def test_weeks_begin_on_monday_and_an_empty_week_is_one() -> None:
    assert monday(THURSDAY) == THURSDAY - 3
    assert monday(THURSDAY - 3) == THURSDAY - 3
    loads = [run(THURSDAY - 14, RunType.PLAIN, 30), run(THURSDAY, RunType.CUES, 40), run(None, RunType.CUES, 20)]
    weeks = weeks_of(loads, THURSDAY, 3)
    assert [start for start, _ in weeks] == [THURSDAY - 17, THURSDAY - 10, THURSDAY - 3]
    assert [week.runs for _, week in weeks] == [1, 0, 1]
    assert [week.run_ns // MIN for _, week in weeks] == [30, 0, 40]


def test_effort_times_minutes_is_summed_over_the_runs_whose_effort_is_known() -> None:
    both = total([run(1, RunType.CUES, 30, Felt(effort=4.0)), run(1, RunType.PLAIN, 50)])
    assert both.effort_load == pytest.approx(120.0)
    assert (both.effort_runs, both.runs) == (1, 2)
    assert total([run(1, RunType.PLAIN, 50)]).effort_load is None


def test_how_it_felt_is_told_by_type_of_run_by_effort_and_by_ground() -> None:
    loads = [
        run(1, RunType.CUES, 30, Felt(effort=3.0, smooth=6.0, control=7.0)),
        run(2, RunType.CUES, 30, Felt(effort=8.0, smooth=4.0), "grass"),
        run(3, RunType.PLAIN, 30),
    ]
    felt = {one.name: one for one in felt_by_type(loads)}
    assert set(felt) == {
        "runs with cues",
        "plain runs",
        "easy (effort up to 4)",
        "hard (effort from 7 on)",
        "on road",
        "on grass",
    }
    assert felt["runs with cues"].smooth == (5.0, 2)
    assert felt["runs with cues"].control == (7.0, 1)
    assert felt["plain runs"].smooth is None
    assert felt["on grass"].effort == (8.0, 1)


def test_the_report_is_read_line_by_line_and_says_what_nobody_records() -> None:
    loads = [run(THURSDAY, RunType.CUES, 30, Felt(effort=3.0, smooth=6.0)), run(THURSDAY, RunType.PLAIN, 45)]
    lines = load_lines(weeks_of(loads, THURSDAY, 2), total([]), felt_by_type(loads))
    assert lines[0].split() == ["week", "of", "runs", "min", "plain", "cued", "drills", "beat", "cues", "hops"]
    assert lines[1].split() == ["Mon", "16", "Nov", "0"]
    assert lines[2].split() == ["Mon", "23", "Nov", "2", "75", "45", "30", "0", "0", "0", "0"]
    assert lines[3].strip() == "ground: road 75 min; effort times minutes 90 (told of 1 of 2 runs)"
    assert any("runs with cues" in line and "smooth 6.0 (1 of 1), in control not told (1)" in line for line in lines)
    assert lines[-1] == NOT_RECORDED
    assert RATE in load_lines(weeks_of(loads[1:], THURSDAY, 1), total([]), felt_by_type(loads[1:]))
    assert load_lines(weeks_of([], THURSDAY, 4), total([]), [])[0] == "no run of these weeks is kept"

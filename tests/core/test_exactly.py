"""The points under "Exactly" of the pack format, one to four and six: segments, length, clock, distance, baseline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cued.core.cues import (
    At,
    Basis,
    Cue,
    Every,
    InBand,
    OffBand,
    RandomWithin,
    Record,
    Remainder,
    Repeat,
    RunEnd,
    SegmentEnd,
    SegmentStart,
    Side,
    Target,
)
from cued.core.effects import CadenceSeen, Measured, PlayClick, RecallClicks
from cued.core.events import CadenceSample, Next, Pause, Resume, Stop
from cued.units import seconds
from tests.support.run import FREE, KNOWN, Run, at, beat, for_m, for_s, pack, rule, samples, segment

BEAT_120 = beat("fixed", beat_spm=120.0)
"""Two onsets a second, on whole and half seconds: the boundary's own onset is easy to name."""


# --- 1: segments ---------------------------------------------------------------------------------------------------


def test_exactly_1_an_onset_on_the_boundary_belongs_to_the_next_segment() -> None:
    what = pack(segment("a", 10, metronome=BEAT_120), segment("b", 10, metronome=beat("none")))
    assert [at(click) for click in Run(what, sensor=False).to(30).clicks][-2:] == [9.0, 9.5]
    what = pack(segment("a", 10, metronome=beat("none")), segment("b", 10, metronome=BEAT_120))
    onsets = [at(click) for click in Run(what, sensor=False).to(30).clicks]
    assert (onsets[0], onsets[-1]) == (10.0, 19.5)


def test_exactly_1_end_cues_are_judged_by_the_ending_segment_and_come_before_the_next_ones_start_cues() -> None:
    rules = [rule(SegmentStart(), "go", only_in=("b",)), rule(SegmentEnd(), "over", only_in=("a",))]
    run = Run(pack(segment("a", 60), segment("b", 60), rules=rules)).to(100)
    assert [cue for _, cue in run.said] == ["over", "go"]
    assert run.said_s[0] == 60.0


def test_exactly_1_a_beat_that_sounds_on_both_sides_keeps_its_grid_whatever_the_mode() -> None:
    what = pack(segment("a", 10.3, metronome=BEAT_120), segment("b", 60, metronome=beat("follow")))
    run = Run(what).runs(0, 20, 150.0)
    onsets = [at(click) for click in run.clicks_in(9, 12)]
    assert onsets[:4] == [9.0, 9.5, 10.0, 10.5]  # 10.5 belongs to b, and still stands on a's grid
    numbers = [click.beat for click in run.clicks]
    assert numbers == list(range(len(numbers)))


def test_exactly_1_a_segment_that_begins_in_silence_begins_a_new_grid() -> None:
    what = pack(
        segment("a", 10.3, metronome=BEAT_120),
        segment("quiet", 10, metronome=beat("none")),
        segment("b", 10, metronome=BEAT_120),
    )
    run = Run(what, sensor=False).to(40)
    first = run.clicks_in(20, 40)[0]
    assert (at(first), first.beat) == (20.3, 0)


def test_exactly_1_clicks_beyond_a_boundary_that_comes_early_are_recalled_unless_in_the_ring() -> None:
    what = pack(segment("a", 600, metronome=BEAT_120), segment("b", 60, metronome=beat("none")))
    run = Run(what, sensor=False).send(Next(seconds(10.15))).to(20)
    assert [(at(one), one.from_ns) for one in run.of(RecallClicks)] == [(10.15, seconds(10.4) + 1)]
    assert [at(click) for click in run.clicks][-1] == 10.0
    assert [at(click) for click in run.of(PlayClick)][-1] == 10.5, "it had been promised"
    late = Run(what, sensor=False).send(Next(seconds(10.3))).to(20)
    assert late.of(RecallClicks) == [], "what lies within 250 ms is in the ring and plays"
    assert [at(click) for click in late.clicks][-1] == 10.5


def test_exactly_1_after_the_last_segment_nothing_speaks_and_recording_goes_on_until_the_run_ends() -> None:
    rules = [rule(Every(for_s(30)), "again"), rule(RunEnd(), "done")]
    run = Run(pack(segment("a", 60), rules=rules, metronome=BEAT_120), length_ns=seconds(150))
    run.runs(0, 140).drain()
    assert [said for said in run.said if said[0] > 60] == [(150.0, "done")]
    assert run.segments[-1] == (60.0, "")
    assert run.clicks_in(60, 200) == []
    assert [at(seen) for seen in run.of(CadenceSeen)][-1] == 139.0


# --- 2: the length of a run ----------------------------------------------------------------------------------------


FEEDERS = Repeat(None, (segment("feeder", 60), segment("steady", 240)))


def names(run: Run) -> list[str]:
    return [name for _, name in run.segments]


@pytest.mark.parametrize(("length_min", "rounds"), [(20, 2), (24.9, 2), (25, 3), (15, 1), (14, 0), (5, 0)])
def test_exactly_2_fill_runs_whole_rounds_that_leave_room_for_what_follows(length_min: float, rounds: int) -> None:
    what = pack(segment("warmup", 300), FEEDERS, segment("cooldown", 300))
    run = Run(what, length_ns=seconds(length_min * 60)).to(length_min * 60 + 1)
    assert names(run).count("feeder") == names(run).count("steady") == rounds
    assert names(run)[0] == "warmup", "a shorter run drops rounds, never the warm-up"
    assert ("cooldown" in names(run)) is (length_min > 5), "the run owns what lies before its length, so nothing begins there"


def test_exactly_2_of_unknown_length_fill_goes_on_until_the_runner_says_so() -> None:
    run = Run(pack(segment("warmup", 300), FEEDERS, segment("cooldown", 300)))
    run.send(Next(seconds(3700), leave_repeat=True)).to(5000)
    assert names(run).count("feeder") == 12
    assert run.segments[-2:] == [(3700.0, "cooldown"), (4000.0, "")]


def test_exactly_2_without_a_known_length_remainder_is_open() -> None:
    what = pack(segment("warmup", 60), segment("steady", Remainder()), segment("cooldown", 60))
    assert names(Run(what).to(20_000)) == ["warmup", "steady"]
    assert Run(what, length_ns=seconds(600)).to(599).segments == [(0.0, "warmup"), (60.0, "steady"), (540.0, "cooldown")]


@pytest.mark.parametrize("known", [True, False])
def test_exactly_2_remaining_and_quiet_end_apply_only_to_a_run_of_known_length(known: bool) -> None:
    what = pack(
        segment("steady", Remainder()),
        cues=[Cue("left", say="{remaining} to go.")],
        rules=[rule(At(for_s(120)), "left"), rule(At(for_s(290)), "late")],
        limits=replace(FREE, quiet_end_ns=seconds(20)),
    )
    run = Run(what, length_ns=seconds(300) if known else None).to(299)
    if known:
        assert run.texts == ["Three minutes to go."]
        assert run.refused == [(290.0, "late", "quiet_end")]
    else:
        assert run.given_up == [(120.0, "left", "remaining unknown")]
        assert run.said == [(290.0, "late")]


def test_exactly_2_without_a_known_length_run_end_waits_for_the_runner() -> None:
    what = pack(segment("a", 60), rules=[rule(RunEnd(), "done")])
    assert Run(what).to(7200).said == []
    assert Run(what).send(Stop(seconds(7000))).drain().said_s == [7000.0]


# --- 3: the clock --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("only_in", "fires"), [((), [50.0, 100.0, 150.0, 200.0]), (("b",), [110.0, 230.0])])
def test_exactly_3_every_counts_from_the_runs_start_or_from_each_start_of_its_segment(
    only_in: tuple[str, ...], fires: list[float]
) -> None:
    session = Repeat(2, (segment("a", 60), segment("b", 60)))
    what = pack(session, rules=[rule(Every(for_s(50)), "again", only_in=only_in)])
    assert Run(what).to(240).said_s == fires


def test_exactly_3_a_suppressed_firing_is_gone_and_the_next_interval_counts_from_the_due_point() -> None:
    what = pack(rules=[rule(Every(for_s(50)), "again")], limits=replace(FREE, quiet_start_ns=seconds(60)))
    run = Run(what).to(160)
    assert run.refused == [(50.0, "again", "quiet_start")]
    assert run.said_s == [100.0, 150.0]


def test_exactly_3_a_cue_that_had_to_wait_does_not_shift_the_next_one() -> None:
    what = pack(rules=[rule(At(for_s(49.5)), "first"), rule(Every(for_s(50)), "again")])
    assert Run(what).to(120).said == [(49.5, "first"), (50.19, "again"), (100.0, "again")]


def test_exactly_3_in_a_pause_intervals_segments_and_quiet_times_stand_still_and_t_goes_on() -> None:
    what = pack(
        segment("a", 60),
        segment("b", 60),
        rules=[rule(Every(for_s(50)), "again"), rule(At(for_s(55)), "point"), rule(At(for_s(15)), "early")],
        limits=replace(FREE, quiet_start_ns=seconds(30)),
    )
    run = Run(what).send(Pause(seconds(10)), Resume(seconds(110))).to(230)
    assert run.refused == [(115.0, "early", "quiet_start")]
    assert run.said == [(150.0, "again"), (155.0, "point"), (200.0, "again")]
    assert run.segments == [(0.0, "a"), (160.0, "b"), (220.0, "")]
    assert run.view.at_ns == seconds(230)
    assert run.view.run_ns == seconds(130)


def test_exactly_3_distance_and_random_stand_still_in_a_pause_too() -> None:
    rules = [rule(Every(for_m(100)), "far"), rule(RandomWithin(seconds(45), seconds(45)), "chance")]
    run = Run(pack(rules=rules)).send(*samples(0, 131, speed=2.5), Pause(seconds(20)), Resume(seconds(100))).to(130)
    assert run.said == [(pytest.approx(120.0, abs=0.01), "far"), (125.0, "chance")]


# --- 4: distance ---------------------------------------------------------------------------------------------------


def test_exactly_4_the_sensors_own_total_wins_over_its_speed() -> None:
    run = Run(pack()).send(*(CadenceSample(seconds(t), 170.0, 2.8, 1_000 + 3.0 * t) for t in range(101))).to(100)
    assert run.view.distance_m == pytest.approx(300.0, abs=3.0)


def test_exactly_4_else_speed_is_integrated() -> None:
    assert Run(pack()).runs(0, 100, speed=2.5).view.distance_m == pytest.approx(250.0, abs=0.1)
    assert Run(pack()).runs(0, 101, speed=lambda t: 2.0 + t / 100).view.distance_m == pytest.approx(253.0, abs=1.0)


def test_exactly_4_a_total_that_begins_anew_takes_nothing_back() -> None:
    events = [CadenceSample(seconds(t), 170.0, 3.0, 5_000 + 3.0 * t if t < 50 else 3.0 * (t - 50)) for t in range(101)]
    assert Run(pack()).send(*events).to(100).view.distance_m == pytest.approx(300.0, abs=4.0)


def test_exactly_4_with_neither_for_ten_seconds_the_last_speed_goes_on_marked_estimated() -> None:
    run = Run(pack()).runs(0, 60, speed=2.5).send(*samples(60, 121, speed=None))
    marks = {at(seen): seen.estimated for seen in run.of(CadenceSeen)}
    assert (marks[59.0], marks[68.0], marks[69.0], marks[120.0]) == (False, False, True, True)
    assert run.view.distance_m == pytest.approx(300.0, abs=0.1)


def test_exactly_4_where_no_speed_was_ever_known_six_minutes_a_kilometre_hold() -> None:
    run = Run(pack(segment("a", for_m(500)), segment("b", 60)), sensor=False).to(300)
    assert run.segments[:2] == [(0.0, "a"), (pytest.approx(180.0, abs=0.01), "b")]


def test_exactly_4_triggers_by_distance_sleep_while_it_is_estimated() -> None:
    what = pack(rules=[rule(Every(for_m(100)), "far")])
    assert Run(what).to(120).said == []
    run = Run(what).send(*samples(0, 60, speed=2.5), *samples(60, 100, speed=None)).to(100)
    assert run.said_s == [pytest.approx(40.0, abs=0.01)]


# --- 6: baseline ---------------------------------------------------------------------------------------------------


def measured(run: Run) -> list[tuple[float, str, float]]:
    return [(at(one), one.what, one.value) for one in run.of(Measured)]


def test_exactly_6_history_is_the_baseline_and_a_recording_segment_does_not_replace_it() -> None:
    what = pack(segment("warmup", 180, record=Record.BASELINE), segment("steady", 600))
    run = Run(what, runner=KNOWN).runs(0, 200, 160.0)
    assert run.view.target_spm == 170.0
    assert measured(run) == []


def test_exactly_6_without_history_a_recording_segment_gives_it_from_its_second_half() -> None:
    what = pack(segment("warmup", 200, record=Record.BASELINE), segment("steady", 600))
    run = Run(what).runs(0, 210, lambda t: 158.0 if t < 100 else 166.0)
    assert measured(run) == [(200.0, "baseline", 166.0)]
    assert run.view.target_spm == 166.0


def test_exactly_6_a_second_half_under_sixty_seconds_gives_none_and_sixty_seconds_later_do() -> None:
    what = pack(segment("warmup", 100, record=Record.BASELINE), segment("steady", 600))
    run = Run(what).runs(0, 300, lambda t: 160.0 if t < 100 else 166.0)
    ((when, name, value),) = measured(run)
    assert (name, value) == ("baseline", 166.0)
    assert 158.0 <= when <= 162.0


def test_exactly_6_where_no_segment_records_it_sixty_seconds_of_running_do() -> None:
    run = Run(pack()).send(*samples(0, 30, 0.0, 0.0), *samples(30, 200, 164.0)).to(200)
    ((when, _, value),) = measured(run)
    assert value == 164.0
    assert 89.0 <= when <= 93.0


@pytest.mark.parametrize(("basis", "expected"), [(Basis.BASELINE, 178.5), (Basis.SPEED_MODEL, 1.05 * (170 + 5.6 * 0.5))])
def test_exactly_6_the_speed_model_adds_its_slope_to_the_baseline(basis: Basis, expected: float) -> None:
    run = Run(pack(target=Target(basis, 0.05)), runner=KNOWN).runs(0, 60, speed=3.3)
    assert run.view.target_spm == pytest.approx(expected)


def test_exactly_6_the_runners_own_slope_wins_over_the_priors() -> None:
    own = replace(KNOWN, slope_spm_per_mps=10.0)
    run = Run(pack(target=Target(Basis.SPEED_MODEL)), runner=own).runs(0, 60, speed=3.3)
    assert run.view.target_spm == pytest.approx(175.0)


@pytest.mark.parametrize("mode", ["nudge", "lead"])
def test_exactly_6_until_any_baseline_is_there_band_rules_sleep_and_the_beat_follows(mode: str) -> None:
    what = pack(
        segment("warmup", 200, record=Record.BASELINE, metronome=beat(mode)),
        target=Target(change=0.08),
        rules=[rule(OffBand(Side.EITHER), "band"), rule(InBand(seconds(1)), "in")],
    )
    run = Run(what).runs(0, 199, 164.0)
    assert run.view.target_spm is None
    assert run.said == []
    assert run.tempo_at(199) == 164.0


def test_each_of_the_eleven_points_has_a_test_that_names_it() -> None:
    names = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_exactly*.py"))
    assert [point for point in range(1, 12) if f"\ndef test_exactly_{point}_" not in names] == []

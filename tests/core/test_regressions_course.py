"""What courses of events brought to light, each in its plainest form."""

from __future__ import annotations

import pytest

from cued.core.cues import (
    At,
    Coach,
    Cue,
    Every,
    ForDistance,
    ForTime,
    HeartRateAbove,
    Limits,
    NextSegment,
    OffBand,
    Priority,
    Remainder,
    Repeat,
    RunEnd,
    RunStart,
    SegmentEnd,
    SegmentStart,
    Side,
    Trigger,
)
from cued.core.effects import Counted, CutSpeech, PlayClick, TempoChanged
from cued.core.events import Announce, CadenceSample, HeartRate, LinkState, Next, Pause, Resume, SensorLink, SpeechReady
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import KNOWN, Run, at, beat, for_s, pack, rule, samples, segment


def test_a_pod_that_reports_next_to_no_speed_cannot_break_a_rule_by_distance() -> None:
    run = Run(pack(rules=[rule(Every(ForDistance(500.0)), "light")]))
    run.to(1.0).send(CadenceSample(seconds(2), 170.0, 5e-324)).to(5.0)
    assert run.said == []


def test_a_fixed_beat_that_plays_on_without_its_sensor_stays_within_ten_per_cent_of_the_cadence_last_seen() -> None:
    run = Run(pack(segment(metronome=beat(beat_spm=200.0))))
    run.send(*samples(0.0, 30.0, 165.0), SensorLink(seconds(30), LinkState.LOST)).to(50.0)
    assert run.clicks_in(49.0, 50.0)
    assert {click.mspm for click in run.clicks_in(10.0, 50.0)} == {181_500}


@pytest.mark.parametrize("when", [SegmentStart(), At(ForTime(1)), OffBand(Side.LOW)])
@pytest.mark.parametrize("length_s", [None, 600.0])
def test_a_fill_whose_rounds_a_rule_ends_as_they_begin_is_left_and_the_clock_goes_on(
    when: Trigger, length_s: float | None
) -> None:
    """It went round and round at one instant, for ever."""
    rounds = Repeat(None, (segment("a", 60), segment("b", 60)))
    skip = rule(when, NextSegment(), only_in=("a", "b"))
    run = Run(
        pack(segment("warmup", 60), rounds, segment("cooldown", 60), rules=[skip]),
        runner=KNOWN,
        length_ns=None if length_s is None else seconds(length_s),
    )
    run.runs(0, 180, 150.0)
    assert run.segments[0] == (0.0, "warmup")
    assert run.segments[-2][1] == "cooldown"
    assert run.segments[-1][1] == ""
    assert len(run.segments) <= 7
    assert run.of(Counted) == []


def test_a_rule_that_skips_one_segment_of_a_fill_leaves_its_rounds_whole() -> None:
    rounds = Repeat(None, (segment("strides", 20), segment("jog", 60)))
    run = Run(pack(rounds, rules=[rule(SegmentStart(), NextSegment(), only_in=("strides",))])).to(130)
    assert run.segments == [(0, "strides"), (0, "jog"), (60, "strides"), (60, "jog"), (120, "strides"), (120, "jog")]


def test_next_segment_at_a_segments_end_does_not_end_the_one_that_follows() -> None:
    run = Run(pack(segment("a", 60), segment("b", 60), segment("c", 60), rules=[rule(SegmentEnd(), NextSegment())])).to(130)
    assert run.segments == [(0.0, "a"), (60.0, "b"), (120.0, "c")]


def test_a_runs_end_is_heard_in_the_segment_that_lasts_until_then() -> None:
    done, other = rule(RunEnd(), "done", only_in=("cooldown",)), rule(RunEnd(), "other", not_in=("cooldown",))
    what = pack(segment("a", 60), segment("cooldown", Remainder(), coach=Coach.SILENT), rules=[done, other])
    assert Run(what, length_ns=seconds(120)).to(130).said == [(120.0, "done")]


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize(("every_m", "next_s"), [(100.0, 928.571), (1.0, 920.357)])
def test_the_points_that_were_passed_while_distance_was_not_measured_are_gone(
    every_m: float, next_s: float, total: bool
) -> None:
    """All of them came at once when the pod was back: nine cues in a row, and by the metre the clock stood still."""
    run = Run(pack(segment("a", 7_200), rules=[rule(Every(ForDistance(every_m)), "tip")]))
    run.send(*samples(0, 20, total_from_m=0.0 if total else None), SensorLink(seconds(20), LinkState.LOST))
    run.send(*samples(920, 930, total_from_m=2_576.0 if total else None))
    assert [at_s for at_s, _ in run.said if at_s >= 100][:2] == pytest.approx([920.0, next_s], abs=0.6)
    assert run.of(Counted) == []


def test_a_cue_that_still_waits_when_a_silent_segment_begins_is_not_heard_in_it() -> None:
    limits = Limits(min_gap_ns=seconds(5), same_cue_gap_ns=0, per_minute=1_000, per_run=1_000, expire_ns=seconds(20))
    rules = [
        rule(At(for_s(57)), "first"),
        rule(At(for_s(59)), "second"),
        rule(At(for_s(59)), "third", priority=Priority.SAFETY),
    ]
    silent = segment("b", 60, coach=Coach.SILENT)
    run = Run(pack(segment("a", 60), silent, rules=rules, limits=limits)).to(100)
    assert [cue for _, cue in run.said] == ["first", "third"]
    assert run.refused == [(60.0, "second", "coach silent")]


def test_a_silence_is_told_from_where_the_last_click_in_the_ring_has_sounded() -> None:
    """A nudge that is too far ahead rests: the silence was told before the click that lay in the ring."""
    nudge = segment(metronome=beat("nudge"))
    run = Run(pack(nudge), runner=KNOWN).runs(0, 60, 170.0).runs(60, 140, 150.0)
    silences = [at_s for at_s, spm in run.tempi if spm == 0.0]
    assert silences
    assert_told_before_it_sounds(run)


def test_the_first_clicks_of_a_segment_that_the_runs_end_cuts_off_are_not_told_as_silence() -> None:
    """What ended at the run's end was told at the boundary just before it, under the first click of its segment."""
    late = segment("b", 60, metronome=beat(beat_spm=165.0))
    run = Run(pack(segment("a", 59.643), late), sensor=False, length_ns=seconds(60)).to(70)
    assert [at_s for at_s, _ in run.tempi] == [59.643, 60.0]
    assert_told_before_it_sounds(run)


def assert_told_before_it_sounds(run: Run) -> None:
    """Every click that is heard has the tempo that was told last."""
    assert run.clicks
    told = 0
    both: list[TempoChanged | PlayClick] = [*run.of(TempoChanged), *run.clicks]
    for effect in sorted(both, key=lambda one: (one.at_ns, isinstance(one, PlayClick))):
        if isinstance(effect, TempoChanged):
            told = effect.mspm
        else:
            assert effect.mspm == told


def test_a_strap_that_fell_off_does_not_go_on_telling_a_high_heart_rate() -> None:
    """Where no other sensor spoke either, nothing looked at the rule again before its time was over."""
    slow = rule(HeartRateAbove(0.85, seconds(120)), "slow")
    run = Run(pack(rules=[slow]), runner=Runner(max_hr_bpm=180))
    assert run.send(*(HeartRate(seconds(at_s), 170) for at_s in range(30))).to(300).said == []
    assert run.send(*(HeartRate(seconds(at_s), 170) for at_s in range(300, 430))).said_s == [420.0]


def test_a_run_that_begins_or_ends_while_a_segment_waits_for_a_press_says_so() -> None:
    rules = [rule(RunStart(), "go"), rule(RunEnd(), "done"), rule(At(for_s(30)), "tip")]
    run = Run(pack(segment("a", 60, starts_on_press=True), rules=rules), length_ns=seconds(60)).to(90)
    assert run.said == [(0.0, "go"), (0.495, "cued"), (60.0, "done")]
    assert run.refused == [(30.0, "tip", "not pressed")]


def test_an_announcement_cuts_a_running_cue_only_once_its_own_sound_is_ready() -> None:
    """It cut the cue at once, and where the voice was slow or failed neither of the two was heard."""
    what = pack(rules=[rule(At(for_s(10)), "long")], cues=[Cue("long", say="x" * 90)])
    late = Run(what, answers=False).to(11).send(Announce(seconds(12), "Careful."))
    assert late.of(CutSpeech) == []
    late.send(SpeechReady(seconds(13), "say:Careful.", seconds(1))).to(20)
    assert [at(cut) for cut in late.of(CutSpeech)] == [13.0]
    assert late.said == [(10.0, "long"), (13.05, "cued")]
    never = Run(what, answers=False).send(Announce(seconds(12), "Careful.")).to(40)
    assert never.of(CutSpeech) == []


def test_a_repeat_is_left_also_where_one_of_its_segments_waits_for_a_press() -> None:
    rounds = Repeat(None, (segment("a", 60, starts_on_press=True), segment("b", 60)))
    run = Run(pack(rounds, segment("c", 60))).to(5).send(Next(seconds(5), leave_repeat=True)).to(10)
    assert run.segments == [(5.0, "c")]
    alone = Run(pack(segment("a", 60, starts_on_press=True), segment("c", 60)))
    assert alone.send(Next(seconds(5), leave_repeat=True)).to(10).segments == [(5.0, "a")]


@pytest.mark.parametrize("silent_s", [3, 10, 120])
def test_a_pod_that_was_silent_for_a_while_tells_how_far_it_has_counted_meanwhile(silent_s: int) -> None:
    """Silence reads as standing, and what was run in it was lost, though the pod's own total held it."""
    back_s = 20 + silent_s
    run = Run(pack(segment("a", 7_200))).send(*samples(0, 20, total_from_m=0.0))
    run.send(*samples(back_s, back_s + 10, total_from_m=back_s * 2.8))
    assert run.view.distance_m == pytest.approx((back_s + 9) * 2.8)


def test_what_a_pod_counts_in_a_pause_is_no_part_of_the_run() -> None:
    run = Run(pack(segment("a", 7_200))).send(*samples(0, 21, total_from_m=0.0), Pause(seconds(20)))
    run.send(*samples(21, 30, total_from_m=58.8), Resume(seconds(80)), *samples(80, 91, total_from_m=224.0))
    assert run.view.distance_m == pytest.approx(30 * 2.8)

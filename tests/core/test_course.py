"""The course of a run: repeats, distances, open segments, presses, pauses, stops, the desk, and a run without a sensor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.core import engine
from cued.core.cues import (
    At,
    Coach,
    Cue,
    CuePack,
    Drill,
    Every,
    Mode,
    Open,
    Record,
    Remainder,
    Repeat,
    RunEnd,
    SegmentEnd,
    SegmentStart,
)
from cued.core.effects import CadenceSeen, Counted, Measured, Paused, PlayClick, RunEnded, SegmentBegan, SegmentSkipped
from cued.core.events import AudioRestarted, ClickLate, Next, Pause, Resume, Stop, SurfaceIs
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import FREE, KNOWN, Run, at, beat, for_m, for_s, pack, rule, samples, segment

BEAT = beat("fixed", beat_spm=120.0)


def skipped(run: Run) -> list[tuple[float, str, str]]:
    return [(at(one), one.segment, one.reason) for one in run.of(SegmentSkipped)]


# --- repeats and lengths -------------------------------------------------------------------------------------------


def test_a_repeat_unrolls_with_its_rounds_counted() -> None:
    run = Run(pack(segment("warmup", 60), Repeat(3, (segment("on", 30), segment("off", 30))))).to(239)
    told = [(at(one), one.segment, one.index, one.rep, one.reps) for one in run.of(SegmentBegan)]
    assert told[:4] == [(0.0, "warmup", 0, 1, 1), (60.0, "on", 1, 1, 3), (90.0, "off", 2, 1, 3), (120.0, "on", 3, 2, 3)]
    assert told[-1] == (210.0, "off", 6, 3, 3)


def test_a_fill_knows_its_rounds_where_the_length_is_known() -> None:
    what = pack(segment("warmup", 60), Repeat(None, (segment("on", 30), segment("off", 30))), segment("cooldown", 60))
    assert {one.reps for one in Run(what, length_ns=seconds(330)).to(200).of(SegmentBegan) if one.segment == "on"} == {3}
    assert {one.reps for one in Run(what).to(200).of(SegmentBegan) if one.segment == "on"} == {0}


def test_a_counted_repeat_drops_rounds_in_a_shorter_run() -> None:
    what = pack(segment("warmup", 60), Repeat(5, (segment("on", 60),)), segment("cooldown", 60))
    run = Run(what, length_ns=seconds(250)).to(249)
    assert [name for _, name in run.segments] == ["warmup", "on", "on", "cooldown", ""]


def test_a_segment_says_when_it_will_end_where_that_is_known() -> None:
    run = Run(pack(segment("a", 60), segment("b", Open()))).to(70)
    assert [one.ends_ns for one in run.of(SegmentBegan)] == [seconds(60), None]


def test_a_segment_for_a_distance_ends_there() -> None:
    run = Run(pack(segment("a", for_m(300)), segment("b", for_m(200)))).runs(0, 210, speed=2.5)
    assert [name for _, name in run.segments] == ["a", "b", ""]
    assert [when for when, _ in run.segments] == [pytest.approx(when, abs=0.02) for when in (0, 120, 200)]


def test_a_distance_stands_still_while_the_runner_stands() -> None:
    run = Run(pack(segment("a", for_m(300)), segment("b", 60)))
    run.send(*samples(0, 60, speed=2.5), *samples(60, 160, 0.0, 0.0), *samples(160, 240, speed=2.5)).to(240)
    assert 215 <= run.segments[1][0] <= 230


def test_an_open_segment_ends_only_when_the_runner_says_next() -> None:
    run = Run(pack(segment("a", Open()), segment("b", 60))).to(7_200).send(Next(seconds(7_201))).to(7_210)
    assert run.segments == [(0.0, "a"), (7_201.0, "b")]


def test_remainder_leaves_room_for_what_follows() -> None:
    what = pack(segment("a", 60), segment("main", Remainder()), segment("b", for_m(500)), segment("c", 60))
    run = Run(what, length_ns=seconds(900), runner=Runner(baseline_spm=170, baseline_speed_mps=2.5)).to(600)
    assert run.of(SegmentBegan)[1].ends_ns == seconds(900 - 200 - 60)


def test_an_optional_segment_runs_only_where_there_is_room() -> None:
    what = pack(segment("a", 60), segment("strides", 60, optional=True), segment("cooldown", 60))
    assert [name for _, name in Run(what, length_ns=seconds(180)).to(179).segments] == ["a", "strides", "cooldown"]
    short = Run(what, length_ns=seconds(179)).to(178)
    assert [name for _, name in short.segments][:2] == ["a", "cooldown"]
    assert skipped(short) == [(60.0, "strides", "no room")]
    assert [name for _, name in Run(what).to(179).segments] == ["a", "strides", "cooldown"]


def test_an_optional_segment_asks_for_no_room_in_a_round() -> None:
    rounds = Repeat(None, (segment("on", 60), segment("stretch", 60, optional=True)))
    run = Run(pack(rounds, segment("cooldown", 60)), length_ns=seconds(300)).to(299)
    assert [name for _, name in run.segments] == ["on", "stretch", "on", "stretch", "cooldown"]
    short = Run(pack(rounds, segment("cooldown", 60)), length_ns=seconds(290)).to(289)
    assert [name for _, name in short.segments][:4] == ["on", "stretch", "on", "cooldown"]


# --- keys ----------------------------------------------------------------------------------------------------------

PRESS = pack(
    segment("a", 60),
    segment("hills", 90, starts_on_press=True, metronome=BEAT),
    segment("b", 60),
    rules=[rule(SegmentStart(), "go", only_in=("hills",)), rule(SegmentEnd(), "over", only_in=("hills",))],
)


def test_a_segment_that_starts_on_a_press_says_so_once_and_waits_for_it_in_silence() -> None:
    run = Run(PRESS, sensor=False).to(100)
    assert (run.view.segment, run.view.waiting) == ("hills", True)
    assert run.clicks == []
    assert run.texts == ["Press next to begin hills."]
    run.send(Next(seconds(100))).to(280)
    assert run.said == [(60.0, "cued"), (100.0, "go"), (190.0, "over")]
    assert run.segments == [(0.0, "a"), (100.0, "hills"), (190.0, "b"), (250.0, "")]
    assert run.clicks_in(101, 190) != []


def test_a_press_that_never_comes_skips_the_segment_after_five_minutes_without_its_cues() -> None:
    run = Run(PRESS, sensor=False).to(400)
    assert skipped(run) == [(360.0, "hills", "not pressed")]
    assert run.segments == [(0.0, "a"), (360.0, "b")]
    assert run.said == [(60.0, "cued")]


def test_next_ends_the_present_segment_with_its_end_cues() -> None:
    run = Run(pack(segment("a", 600), segment("b", 60), rules=[rule(SegmentEnd(), "over", only_in=("a",))]))
    run.send(Next(seconds(20))).to(100)
    assert run.said == [(20.0, "over")]
    assert run.segments == [(0.0, "a"), (20.0, "b"), (80.0, "")]


def test_next_in_the_last_segment_leaves_silent_recording_and_then_does_nothing() -> None:
    run = Run(pack(segment("a", 600))).send(Next(seconds(20)), Next(seconds(30))).to(60)
    assert run.segments == [(0.0, "a"), (20.0, "")]
    assert not run.view.ended


def test_next_in_a_pause_does_nothing() -> None:
    run = Run(pack(segment("a", 600), segment("b", 60))).send(Pause(seconds(10)), Next(seconds(20)), Resume(seconds(30))).to(60)
    assert run.segments == [(0.0, "a")]


# --- pause and stop ------------------------------------------------------------------------------------------------


def test_in_a_pause_nothing_sounds_and_the_beat_goes_on_afterwards() -> None:
    what = pack(segment("a", 600, metronome=BEAT), rules=[rule(Every(for_s(20)), "tip")])
    run = Run(what, sensor=False).send(Pause(seconds(30)), Pause(seconds(31)), Resume(seconds(60)), Resume(seconds(61))).to(80)
    assert [(at(one), one.paused) for one in run.of(Paused)] == [(30.0, True), (60.0, False)]
    assert run.clicks_in(30.3, 60) == []
    assert at(run.clicks_in(60, 80)[0]) <= 61.0
    assert run.said_s == [20.0, 70.0]


def test_a_cue_that_waits_when_the_run_pauses_expires() -> None:
    speech = Cue("speech", "word " * 10)
    rules = [rule(At(for_s(20)), "speech"), rule(At(for_s(21)), "tip")]
    run = Run(pack(cues=[speech], rules=rules)).send(Pause(seconds(22))).to(40)
    assert run.given_up == [(26.0, "tip", "paused")]


def test_a_stop_ends_the_beat_and_lets_waiting_words_be_said() -> None:
    what = pack(segment("a", 600, metronome=BEAT), rules=[rule(RunEnd(), "done"), rule(Every(for_s(5)), "tip")])
    run = Run(what, sensor=False).send(Stop(seconds(31.9))).drain()
    assert [(at(one), one.reason) for one in run.of(RunEnded)] == [(31.9, "stopped")]
    assert run.said[-1] == (31.9, "done")
    assert at(run.clicks[-1]) < 32.2
    assert engine.next_wakeup(run.session) is None
    assert run.view.ended


def test_a_stop_before_the_start_ends_the_run_at_once() -> None:
    run = Run(pack(rules=[rule(RunEnd(), "done")])).send(Stop(seconds(-0.2))).drain()
    assert len(run.of(RunEnded)) == 1
    assert run.of(PlayClick) == []


def test_the_run_ends_at_its_length_of_running_time() -> None:
    run = Run(pack(segment("a", 600, metronome=BEAT)), sensor=False, length_ns=seconds(100))
    run.send(Pause(seconds(30)), Resume(seconds(60))).drain()
    assert [(at(one), one.reason) for one in run.of(RunEnded)] == [(130.0, "length")]
    assert at(run.clicks[-1]) < 130.0


def test_after_the_end_no_event_changes_anything() -> None:
    run = Run(pack(rules=[rule(Every(for_s(20)), "tip")]), length_ns=seconds(30)).drain()
    told = len(run.decided)
    run.send(Pause(seconds(40)), Resume(seconds(41)), Next(seconds(42)), Stop(seconds(43)), SurfaceIs(seconds(44), "grass")).to(
        90
    )
    assert len(run.decided) == told


def test_what_went_wrong_with_the_sound_is_counted() -> None:
    run = Run(pack()).send(ClickLate(seconds(10), 3), AudioRestarted(seconds(11)))
    assert [(at(one), one.what, one.count) for one in run.of(Counted)] == [
        (10.0, "late_click", 3),
        (11.0, "audio_restarted", 1),
    ]


# --- recording -----------------------------------------------------------------------------------------------------


def test_a_reference_is_the_median_of_its_segment_and_needs_a_minute_of_running() -> None:
    def figures(length_s: float) -> list[tuple[float, str, float]]:
        what = pack(segment("reference", length_s, record=Record.REFERENCE), segment("b", 60))
        run = Run(what, runner=KNOWN).runs(0, length_s + 10, lambda t: 168.0 if t < length_s * 0.4 else 172.0)
        return [(at(one), one.what, one.value) for one in run.of(Measured)]

    assert figures(100) == [(100.0, "reference", 172.0)]
    assert figures(50) == []


def test_a_probe_is_recorded_like_any_segment_and_its_coach_is_silent_as_written() -> None:
    what = pack(segment("probe", 60, coach=Coach.SILENT), segment("b", 60), rules=[rule(Every(for_s(20)), "tip")])
    run = Run(what).runs(0, 90)
    assert run.said_s == [60.0, 80.0]
    assert len([seen for seen in run.of(CadenceSeen) if at(seen) < 60]) == 60


# --- the desk, no sensor, a simulated runner -----------------------------------------------------------------------


def desk_pack(**words: object) -> CuePack:
    return pack(
        segment("warmup", 600, coach=Coach.SILENT),
        segment("feeder", 60, metronome=BEAT),
        limits=replace(FREE, quiet_start_ns=seconds(900)),
        rules=[rule(SegmentStart(), "go", only_in=("feeder",)), rule(At(for_s(10)), "tip")],
    )


def test_at_the_desk_a_run_begins_at_its_first_sounding_segment_without_quiet_start() -> None:
    run = Run(desk_pack(), desk=True, sensor=False).to(20)
    assert run.segments == [(0.0, "feeder")]
    assert run.said == [(0.0, "go"), (10.0, "tip")]
    assert at(run.clicks[0]) == 0.0
    assert Run(desk_pack(), sensor=False).to(20).segments == [(0.0, "warmup")]


def test_at_the_desk_a_pack_that_never_sounds_begins_at_its_beginning() -> None:
    assert Run(pack(segment("a", 60), segment("b", 60)), desk=True).to(10).segments == [(0.0, "a")]


@pytest.mark.parametrize("mode", [mode.value for mode in Mode if mode is not Mode.NONE])
def test_without_a_sensor_the_beat_plays_by_time_alone_at_the_given_cadence(mode: str) -> None:
    metronome = beat(mode, beat_spm=164.0) if mode == "fixed" else beat(mode)
    runner = replace(KNOWN, baseline_spm=164.0, cadence_spm=164.0)
    run = Run(pack(segment("a", 50, metronome=metronome)), sensor=False, runner=runner).to(50)
    assert run.tempi[0] == (0.0, 164.0)
    assert len(run.clicks) == pytest.approx(50 * 164 / 60, abs=2)


def test_without_a_sensor_and_without_a_known_cadence_only_fixed_can_sound() -> None:
    assert Run(pack(segment("a", 50, metronome=beat("follow"))), sensor=False).to(50).clicks == []
    assert Run(pack(segment("a", 50, metronome=BEAT)), sensor=False).to(50).clicks != []


# --- drills --------------------------------------------------------------------------------------------------------


def test_a_segment_with_drills_runs_as_long_as_it_says_and_speaks_by_its_rules_too() -> None:
    drill = Drill("short_foot", "Shorten the foot.", for_ns=seconds(5), reps=8)
    what = pack(
        segment("drills", 60, drills=("short_foot",)),
        segment("b", 60),
        drills=(drill,),
        rules=[rule(SegmentStart(), "go", only_in=("drills",))],
    )
    run = Run(what).to(80)
    assert run.segments == [(0.0, "drills"), (60.0, "b")]
    assert run.said[:2] == [(0.0, "go"), (0.495, "drill")]
    assert {cue for _, cue in run.said[2:]} == {"drill"}


# --- the texts of a pack -------------------------------------------------------------------------------------------


def test_the_texts_of_a_pack_are_all_that_is_known_before_the_start_each_once() -> None:
    cues = [
        Cue("light", "Light feet."),
        Cue("again", "Light feet."),
        Cue("number", "{cadence} now."),
        Cue("bell", sound="bell.wav"),
        Cue("own", "My voice.", voice_file="own.wav"),
        Cue("german", "Quick.", say_in=(("de", "Schnell."),)),
    ]
    what = pack(cues=cues, sounds=("bell.wav", "gong.wav"))
    assert [text.text_id for text in engine.texts_of(what)] == [
        "say:Light feet.",
        "file:bell.wav",
        "file:own.wav",
        "say:Quick.",
        "file:gong.wav",
    ]
    german = [(text.text, text.language) for text in engine.texts_of(what, "de") if text.text]
    assert german == [("Light feet.", "en"), ("Schnell.", "de")]

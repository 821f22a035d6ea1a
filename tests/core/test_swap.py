"""Another pack in mid-run: where it is entered, what it takes over, and what is left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from cued.core import engine
from cued.core.cues import (
    Asked,
    At,
    BeforeEnd,
    Coach,
    Cue,
    CuePack,
    EndCues,
    Every,
    Fade,
    Open,
    Priority,
    Record,
    Remainder,
    Repeat,
    Rule,
    RunStart,
    SegmentEnd,
    SegmentStart,
    SessionPart,
)
from cued.core.effects import Effect, PackSwapped, PlayClick, SegmentBegan, SegmentSkipped, TempoChanged
from cued.core.events import AskCue, Event, Mute, Next, Pain, Pause, Resume, Stop, SurfaceIs, SwapPack
from cued.core.grid import RING_NS
from cued.core.phrases import nominal_duration_ns
from cued.units import NS_PER_MIN, seconds, to_s
from tests.support.run import FREE, Run, beat, for_m, for_s, pack, rule, samples, segment

STEADY = beat(beat_spm=170)
HARD = beat(beat_spm=180, sound="clave")
MINUTES = (segment("warmup", 60), segment("feeder", 60), segment("steady", 60), segment("cooldown", 60))


def swap(at_s: float, what: CuePack, number: int | None = None, *, voice: bool = True) -> SwapPack:
    texts = engine.texts_of(what) if voice else ()
    speech = tuple((text.text_id, nominal_duration_ns(text.text or "a sound")) for text in texts)
    return SwapPack(seconds(at_s), what, number, speech)


def by_time(*session: SessionPart, **words: Any) -> CuePack:
    return replace(pack(*session, **words), name="other", title="Other", version="2.0.0")


def swapped(old: CuePack, new: CuePack, at_s: float, to_s_: float, **how: Any) -> Run:
    return Run(old, sensor=False, **how).to(at_s).send(swap(at_s, new)).to(to_s_)


def began(run: Run) -> list[tuple[float, str, int]]:
    return [(round(to_s(one.at_ns), 3), one.segment, one.index) for one in run.of(SegmentBegan)]


# --- where it is entered -------------------------------------------------------------------------------------------


def test_the_new_session_is_entered_where_the_run_is_by_running_time() -> None:
    run = Run(pack(segment("easy", 600)), sensor=False)
    run.send(Pause(seconds(30)), Resume(seconds(90))).to(150).send(swap(150, by_time(*MINUTES))).to(250)
    assert began(run) == [(0, "easy", 0), (150, "feeder", 1), (180, "steady", 2), (240, "cooldown", 3)]


def test_what_the_pack_swapped_tells_comes_before_its_segment() -> None:
    run = swapped(pack(segment("easy", 600)), by_time(*MINUTES), 70, 71)
    told = [one for _, one in run.decided if isinstance(one, PackSwapped | SegmentBegan)]
    assert told[1:] == [
        PackSwapped(seconds(70), "other", "2.0.0", "Other", 1),
        SegmentBegan(seconds(70), "feeder", 1, 1, 1, seconds(120), 0.03, 0.04, sounds=True),
    ]
    assert (run.view.pack, run.view.title, run.view.segment_left_ns) == ("other", "Other", seconds(49))


def test_the_pack_swapped_tells_its_title_in_the_runs_language() -> None:
    other = replace(by_time(*MINUTES), title_in=(("de", "Anderes"),))
    for language, title in (("de", "Anderes"), ("", "Other"), ("fr", "Other")):
        run = swapped(pack(segment("easy", 600)), other, 70, 71, language=language)
        assert [one.title for _, one in run.decided if isinstance(one, PackSwapped)] == [title]
        assert run.view.title == title


def test_a_run_past_the_new_session_has_nothing_more_to_do_but_recording() -> None:
    run = swapped(pack(segment("easy", 600)), by_time(*MINUTES), 300, 310)
    assert began(run) == [(0, "easy", 0), (300, "", 1)]
    assert run.view.silence_reason == "the session's segments are over"


def test_and_after_the_old_session_the_new_one_may_have_more() -> None:
    run = swapped(pack(segment("easy", 30)), by_time(*MINUTES), 50, 70)
    assert began(run) == [(0, "easy", 0), (30, "", 1), (50, "warmup", 2), (60, "feeder", 3)]
    again = swapped(pack(segment("easy", 30)), by_time(segment("short", 20)), 50, 70)
    assert began(again) == [(0, "easy", 0), (30, "", 1)]


def test_a_fill_and_a_remainder_are_entered_in_the_round_and_at_the_length_that_the_run_has_room_for() -> None:
    fill = by_time(segment("warmup", 60), Repeat(None, (segment("feeder", 30), segment("steady", 30))), segment("cooldown", 60))
    run = swapped(pack(segment("easy", 900)), fill, 220, 600, length_ns=10 * NS_PER_MIN)
    first = run.of(SegmentBegan)[1]
    assert (first.segment, first.rep, first.reps, first.ends_ns) == ("steady", 3, 8, seconds(240))
    assert began(run)[-2][:2] == (540, "cooldown")
    rest = by_time(segment("warmup", 60), segment("steady", Remainder()), segment("cooldown", 60))
    ends = swapped(pack(segment("easy", 900)), rest, 220, 221, length_ns=10 * NS_PER_MIN).of(SegmentBegan)[1]
    assert (ends.segment, ends.ends_ns) == ("steady", seconds(540))


def test_a_distance_is_reckoned_at_the_runners_own_easy_speed() -> None:
    what = by_time(segment("warmup", for_m(1000.0)), segment("steady", for_m(3000.0)))
    run = swapped(pack(segment("easy", 6000)), what, 480, 481)
    assert run.view.segment == "steady"
    left_m = run.view.segment_left_m
    assert left_m is not None
    assert abs(left_m - (4000.0 - 481 / 0.36)) < 0.1


def test_an_open_segment_is_not_left_by_time() -> None:
    run = swapped(pack(segment("easy", 6000)), by_time(segment("warmup", 60), segment("steady", Open())), 500, 501)
    assert run.view.segment == "steady"


def test_a_segment_that_starts_on_a_press_waits_for_it() -> None:
    what = by_time(segment("warmup", 60), segment("drills", 60, starts_on_press=True), segment("steady", 600))
    run = swapped(pack(segment("easy", 900)), what, 100, 120)
    assert run.view.waiting
    run.send(Next(seconds(130))).to(200)
    assert began(run)[1:] == [(130, "drills", 1), (190, "steady", 2)]


def test_a_wait_in_the_old_pack_is_over_with_it() -> None:
    old = pack(segment("drills", 60, starts_on_press=True), segment("steady", 600))
    run = swapped(old, by_time(*MINUTES), 20, 21)
    assert run.of(SegmentSkipped) == [SegmentSkipped(seconds(20), "drills", "pack swapped")]
    assert run.view.segment == "warmup"


# --- an edited pack ------------------------------------------------------------------------------------------------


def test_a_pack_that_goes_the_same_way_so_far_goes_on_in_its_place() -> None:
    old = pack(*MINUTES, metronome=STEADY)
    new = by_time(*MINUTES[:2], segment("tempo", 90), metronome=STEADY)
    run = Run(old, sensor=False).to(20).send(Next(seconds(20))).to(50).send(swap(50, new)).to(200)
    assert began(run) == [(0, "warmup", 0), (20, "feeder", 1), (80, "tempo", 2), (170, "", 3)]


def test_a_segment_that_was_edited_begins_where_it_was_without_being_announced_anew() -> None:
    rules = [rule(SegmentStart(), "hello")]
    new = by_time(*(replace(one, metronome=HARD) for one in MINUTES), rules=rules)
    run = swapped(pack(*MINUTES, metronome=STEADY, rules=rules), new, 30, 59)
    assert began(run) == [(0, "warmup", 0), (30, "warmup", 1)]
    assert run.said_s == [0]
    assert run.view.segment_left_ns == seconds(1)
    assert run.tempo_at(40) == 180


def test_a_wait_that_the_new_pack_has_too_goes_on() -> None:
    old = pack(segment("drills", 60, starts_on_press=True), segment("steady", 600))
    run = swapped(old, by_time(segment("drills", 60, starts_on_press=True), segment("tempo", 600)), 20, 299)
    assert run.view.waiting
    assert began(run.to(301)) == [(300, "tempo", 1)]
    granted = Run(old, sensor=False).send(Next(seconds(5))).to(20)
    assert not granted.send(swap(20, by_time(*old.session))).to(21).view.waiting


# --- the beat ------------------------------------------------------------------------------------------------------


def gaps_ns(clicks: Iterable[PlayClick]) -> list[int]:
    return [other.at_ns - one.at_ns for one, other in pairwise(clicks)]


def test_a_beat_goes_on_in_its_phase_at_the_new_packs_tempo_and_sound() -> None:
    run = swapped(pack(segment("easy", 600), metronome=STEADY), by_time(segment("hard", 600), metronome=HARD), 30.1, 60)
    clicks = run.clicks_in(20, 50)
    old = [click for click in clicks if click.sound == "wood"]
    assert all(click.sound == "wood" for click in clicks[: len(old)])
    assert old[-1].at_ns <= seconds(30.1) + RING_NS < clicks[len(old)].at_ns  # what lies in the ring sounds as it did
    assert {round(gap_ns / 1e6) for gap_ns in gaps_ns(clicks)} == {353, 333}
    assert not [one for one in run.of(TempoChanged) if one.mspm == 0]


def test_where_no_beat_sounds_the_new_one_begins_at_once() -> None:
    run = swapped(pack(segment("easy", 600)), by_time(segment("hard", 600), metronome=HARD), 30, 40)
    assert run.clicks[0].at_ns == seconds(30.4)


def test_the_beat_ends_where_the_new_pack_has_none() -> None:
    run = swapped(pack(segment("easy", 600), metronome=STEADY), by_time(segment("quiet", 600)), 30, 40)
    assert run.clicks[-1].at_ns <= seconds(30) + RING_NS
    assert run.tempo_at(31) == 0


def test_the_fade_is_that_of_the_new_packs_own_session_number() -> None:
    new = by_time(segment("hard", 600), metronome=HARD, fade=Fade(metronome=(1.0, 0.0)))
    run = Run(pack(segment("easy", 600)), sensor=False).to(30).send(swap(30, new, 2)).to(40)
    assert not run.clicks
    assert run.of(PackSwapped)[0].session_number == 2
    assert run.send(swap(40, new, 1)).to(50).clicks


# --- cues ----------------------------------------------------------------------------------------------------------


def test_what_is_being_said_is_said_to_its_end_and_what_waits_is_dropped() -> None:
    long = Cue("long", "A sentence that lasts for more than two seconds and a half.")
    rules = [rule(At(for_s(10)), "long"), rule(At(for_s(11)), "later"), rule(At(for_s(20)), "never")]
    old = pack(segment("easy", 600), rules=rules, cues=[long])
    run = swapped(old, by_time(segment("hard", 600)), 11.5, 60)
    assert run.said == [(10, "long")]
    assert run.refused == [(11.5, "later", "pack swapped")]


def test_the_new_segments_start_is_announced_but_neither_the_runs_start_nor_the_old_ones_end() -> None:
    old = pack(segment("easy", 600), rules=[rule(SegmentEnd(), "done")])
    new = by_time(*MINUTES, rules=[rule(RunStart(), "welcome"), rule(SegmentStart(), "hello", only_in=("feeder",))])
    assert swapped(old, new, 70, 100).said == [(70, "hello")]


def test_budgets_and_cooldowns_go_on_by_the_cues_name() -> None:
    limits = replace(FREE, per_run=3, same_cue_gap_ns=seconds(60))
    rules = [rule(Every(for_s(10)), "one", priority=Priority.PERIODIC)]
    old = pack(segment("easy", 600), rules=rules, limits=limits)
    new = by_time(segment("hard", 600), rules=[rule(Every(for_s(15)), "one"), rule(Every(for_s(15)), "two")], limits=limits)
    run = swapped(old, new, 25, 200)
    assert run.said == [(10, "one"), (30, "two"), (75, "one")]
    assert {reason for at_s, _, reason in run.refused if at_s < 70} == {"same_cue_gap"}
    assert {reason for at_s, _, reason in run.refused if at_s > 80} == {"per_run"}


def test_a_rule_that_both_packs_have_remembers_how_often_it_spoke() -> None:
    once = rule(Every(for_s(10)), "once", at_most=2)
    new = by_time(segment("hard", 600), rules=[rule(Asked(), "x"), once])
    run = swapped(pack(segment("easy", 600), rules=[once]), new, 15, 60)
    assert run.said == [(10, "once"), (20, "once")]


def test_a_rule_has_not_forgotten_it_when_its_pack_comes_back() -> None:
    first = pack(segment("easy", 600), rules=[rule(Every(for_s(10)), "twice", at_most=2)])
    run = Run(first, sensor=False).to(15).send(swap(15, by_time(*MINUTES))).to(35).send(swap(35, first)).to(100)
    assert run.said == [(10, "twice"), (40, "twice")]


def test_times_of_the_run_that_are_past_are_past() -> None:
    rules = [
        rule(At(for_s(30)), "past"),
        rule(At(for_s(90)), "coming"),
        rule(Every(for_s(25)), "every"),
        rule(BeforeEnd(for_s(10)), "end"),
    ]
    assert swapped(pack(segment("easy", 600)), by_time(*MINUTES, rules=rules), 70, 111).said == [
        (75, "every"),
        (90, "coming"),
        (100, "every"),
        (110, "end"),
    ]


def test_in_a_segment_entered_midway_its_own_times_count_from_where_it_would_have_begun() -> None:
    rules = [rule(At(for_s(5)), "past", only_in=("feeder",)), rule(Every(for_s(20)), "every", only_in=("feeder",))]
    assert swapped(pack(segment("easy", 600)), by_time(*MINUTES, rules=rules), 70, 125).said == [(80, "every"), (100, "every")]


def test_cues_that_the_old_pack_had_ended_may_come_again_after_pain_never() -> None:
    old = pack(segment("easy", 600), rules=[rule(At(for_s(5)), EndCues())])
    new = by_time(segment("hard", 600), rules=[rule(Every(for_s(10)), "again")], metronome=HARD)
    assert swapped(old, new, 15, 25).said == [(20, "again")]
    hurt = Run(old, sensor=False).send(Pain(seconds(10))).to(15).send(swap(15, new)).to(60)
    assert hurt.said == [(10, "cued")]
    assert not hurt.clicks


def test_a_text_that_is_not_ready_is_asked_for() -> None:
    new = by_time(segment("hard", 600), rules=[rule(SegmentStart(), "hello")])
    run = Run(pack(segment("easy", 600)), sensor=False).to(15).send(swap(15, new, voice=False)).to(20)
    assert run.texts == ["Hello."]


# --- what the runner said, and what was measured -------------------------------------------------------------------


def test_pause_silence_and_ground_go_on() -> None:
    rules = [rule(Asked(), "grassy", surface="grass")]
    new = by_time(segment("hard", 600), metronome=HARD, rules=rules)
    run = Run(pack(segment("easy", 600), metronome=STEADY), sensor=False)
    run.send(SurfaceIs(seconds(5), "grass"), Mute(seconds(10), muted=True), Pause(seconds(20)), swap(30, new)).to(40)
    assert (run.view.paused, run.view.muted, run.view.run_ns) == (True, True, seconds(20))
    run.send(Resume(seconds(40)), Mute(seconds(50), muted=False), AskCue(seconds(51))).to(60)
    assert (run.view.run_ns, run.said) == (seconds(40), [(51, "grassy")])
    assert run.clicks_in(50, 60)


def test_distance_baseline_and_band_go_on() -> None:
    old = pack(segment("easy", 90, record=Record.BASELINE), segment("on", 600))
    run = Run(old).send(*samples(0, 200)).to(200)
    before = run.view
    run.send(swap(200, by_time(segment("hard", 900)))).send(*samples(200, 230)).to(230)
    assert before.target_spm is not None
    assert run.view.target_spm == before.target_spm
    assert run.view.distance_m > before.distance_m > 500
    assert run.view.in_band_ns >= before.in_band_ns


# --- odd moments ---------------------------------------------------------------------------------------------------


def test_before_the_run_begins_it_begins_with_the_new_pack() -> None:
    run = Run(pack(segment("easy", 600), metronome=STEADY), sensor=False)
    run.send(swap(-0.1, by_time(*MINUTES, metronome=HARD, rules=[rule(RunStart(), "welcome")]))).to(61)
    assert began(run) == [(0, "warmup", 0), (60, "feeder", 1)]
    assert run.said == [(0, "welcome")]
    assert {click.sound for click in run.clicks if click.at_ns > RING_NS} == {"clave"}


def test_after_the_run_nothing_is_swapped() -> None:
    run = Run(pack(segment("easy", 600)), sensor=False).to(10).send(Stop(seconds(10)), swap(11, by_time(*MINUTES))).to(20)
    assert not run.of(PackSwapped)


def test_a_silent_segment_of_the_new_pack_keeps_its_silence() -> None:
    new = by_time(segment("quiet", 600, coach=Coach.SILENT), rules=[rule(Every(for_s(10)), "every")])
    assert swapped(pack(segment("easy", 600)), new, 15, 60).said == []


def test_a_swap_that_comes_late_takes_effect_now() -> None:
    run = Run(pack(segment("easy", 600)), sensor=False).to(20)
    events: list[Event] = [swap(5, by_time(*MINUTES))]
    session, effects = engine.step(run.session, events[0])
    told: list[Effect] = [one for one in effects if isinstance(one, PackSwapped)]
    assert [one.at_ns for one in told] == [seconds(20)]
    assert engine.view(session).segment == "warmup"


def test_rules_are_the_same_by_what_they_say_wherever_they_stand() -> None:
    first: Rule = rule(Every(for_s(10)), "one", at_most=1, id="rules[0]")
    moved = replace(first, id="rules[7]")
    run = swapped(pack(segment("easy", 600), rules=[first]), by_time(segment("hard", 600), rules=[moved]), 15, 60)
    assert run.said == [(10, "one")]

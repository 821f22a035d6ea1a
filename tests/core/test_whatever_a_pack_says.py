"""What holds whatever a pack says: caps of target and beat, one voice, safety, gentle beginnings, every decision told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from cued.core.cues import At, Basis, Cue, EndCues, Every, Expect, Limits, Priority, Target
from cued.core.effects import CutSpeech, PlayClick, Say, Withheld
from cued.core.events import Announce, Mute, Pause, SpeechFailed
from cued.core.start import Runner
from cued.units import NS_PER_MS, NS_PER_S, seconds
from tests.support.run import FREE, KNOWN, Run, at, beat, for_s, pack, rule, segment

STRANGER = Runner()


def fastest(run: Run) -> float:
    return max((click.mspm for click in run.of(PlayClick)), default=0) / 1_000


# --- caps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("basis", [Basis.BASELINE, Basis.SPEED_MODEL])
def test_no_target_is_more_than_ten_per_cent_over_the_highest_of_what_is_known(basis: Basis) -> None:
    run = Run(pack(target=Target(basis, 0.30)), runner=KNOWN).runs(0, 60, 165.0)
    assert run.view.target_spm == pytest.approx(187.0)
    faster = Run(pack(target=Target(basis, 0.30)), runner=KNOWN).runs(0, 60, 165.0, speed=3.8)
    assert faster.view.target_spm == pytest.approx((170 + 5.6) * 1.1)
    quicker = Run(pack(target=Target(basis, 0.30)), runner=KNOWN).runs(0, 60, 180.0)
    assert quicker.view.target_spm == pytest.approx(180 * 1.1)


def test_a_fixed_target_and_a_fixed_beat_are_capped_too() -> None:
    what = pack(segment("a", 600, metronome=beat("fixed", beat_spm=210.0)), target=Target(Basis.FIXED, spm=210.0))
    run = Run(what, runner=KNOWN).runs(0, 60, 165.0)
    assert run.view.target_spm == pytest.approx(187.0)
    assert fastest(run) == pytest.approx(187.0, abs=0.001)


def test_without_history_the_smoothed_cadence_caps_a_fixed_beat_at_once() -> None:
    run = Run(pack(segment("a", 600, metronome=beat("fixed", beat_spm=210.0))), runner=STRANGER).runs(0, 30, 160.0)
    assert max(click.mspm for click in run.clicks_in(2, 30)) == 176_000
    assert run.tempo_at(0.4) == 210.0, "nothing is known yet at the run's start"


def test_this_wins_over_any_pace_of_change() -> None:
    what = pack(segment("a", 600, metronome=beat("nudge")), target=Target(change=0.10))
    run = Run(what, runner=STRANGER).runs(0, 40, lambda t: 180.0 if t < 20 else 150.0, 2.5)
    assert max(click.mspm for click in run.clicks_in(30, 40)) <= 165_000


@pytest.mark.parametrize(("last", "change"), [(0.01, 0.03), (0.05, 0.05), (None, 0.05), (0.0, 0.02)])
def test_with_history_the_target_is_at_most_two_per_cent_over_last_weeks(last: float | None, change: float) -> None:
    runner = replace(KNOWN, last_week_change=last)
    run = Run(pack(target=Target(change=0.05)), runner=runner).runs(0, 30)
    assert run.view.target_spm == pytest.approx(170 * (1 + change))


@pytest.mark.parametrize(("spm", "expected"), [(240.0, 230.0), (90.0, 100.0)])
def test_no_beat_is_outside_a_hundred_to_two_hundred_and_thirty(spm: float, expected: float) -> None:
    run = Run(pack(segment("a", 600, metronome=beat("fixed", beat_spm=spm))), sensor=False).to(30)
    assert {click.mspm for click in run.clicks} == {expected * 1_000}


def test_where_the_cap_is_under_the_slowest_beat_there_is_none() -> None:
    run = Run(pack(segment("a", 600, metronome=beat("fixed", beat_spm=120.0))), runner=STRANGER)
    run.runs(0, 30, 85.0, 1.2)
    assert run.clicks_in(2, 30) == []


# --- one voice -----------------------------------------------------------------------------------------------------


def test_spoken_cues_never_overlap_however_many_fire_at_once() -> None:
    cues = [Cue(f"c{n}", "word " * (n + 1)) for n in range(8)]
    rules = [rule(Every(for_s(7 + n)), f"c{n}", priority=Priority(n % 6)) for n in range(8)]
    run = Run(pack(cues=cues, rules=rules)).to(600)
    cuts = {cut.text_id: cut for cut in run.of(CutSpeech)}
    assert len(run.said) > 50
    ends: list[tuple[int, int]] = []
    for say in run.of(Say):
        cut_ns = [cut.at_ns + cut.fade_ns for cut in run.of(CutSpeech) if say.at_ns <= cut.at_ns <= say.at_ns + say.dur_ns]
        ends.append((say.at_ns, min([say.at_ns + say.dur_ns, *cut_ns])))
    assert all(one[1] <= other[0] for one, other in pairwise(ends))
    assert cuts, "safety cut some of them short"


# --- safety --------------------------------------------------------------------------------------------------------


def test_safety_is_never_withheld_or_budgeted() -> None:
    stop = Cue("stop", "Stop.", expect=Expect.DOWN, priority=Priority.SAFETY)
    limits = Limits(withhold=1.0, per_run=0, per_minute=0, quiet_start_ns=seconds(600), same_cue_gap_ns=seconds(600))
    run = Run(pack(cues=[stop], rules=[rule(Every(for_s(60)), "stop")], limits=limits)).to(310)
    assert run.said_s == [60.0, 120.0, 180.0, 240.0, 300.0]
    assert run.of(Withheld) == []


def test_safety_speaks_after_end_cues_and_in_a_pause() -> None:
    rules = [rule(At(for_s(5)), EndCues()), rule(Every(for_s(7)), "tip")]
    run = Run(pack(rules=rules)).send(Pause(seconds(8)), Announce(seconds(10), "Sensor lost.")).to(20)
    assert run.texts == ["Sensor lost."]
    assert run.refused == [(7.0, "tip", "end_cues")]


# --- gentle beginnings ---------------------------------------------------------------------------------------------


def test_the_first_clicks_of_a_session_rise_from_thirty_decibels_down_over_three_seconds() -> None:
    run = Run(pack(segment("a", 60, metronome=beat("fixed", beat_spm=120.0))), sensor=False).to(20)
    gains = {at(click): click.gain_db for click in run.clicks}
    assert gains[0.0] == -30.0
    assert gains[1.5] == -15.0
    assert all(gain == 0.0 for when, gain in gains.items() if when >= 3.0)
    assert all(before <= after for before, after in pairwise(gains.values()))


def test_only_the_sessions_first_clicks_rise() -> None:
    what = pack(segment("a", 60, metronome=beat("fixed", beat_spm=120.0, play_s=10, pause_s=10)))
    assert {click.gain_db for click in Run(what, sensor=False).to(60).clicks_in(3, 60)} == {0.0}


def test_the_sessions_first_words_rise_over_two_tenths_of_a_second_and_later_ones_do_not() -> None:
    run = Run(pack(rules=[rule(Every(for_s(20)), "tip")])).to(70)
    assert [say.fade_in_ns for say in run.of(Say)] == [200 * NS_PER_MS, 0, 0]


# --- every decision is told ----------------------------------------------------------------------------------------


def test_every_firing_is_spoken_withheld_suppressed_expired_or_failed() -> None:
    up = Cue("up", "Quicker now.", expect=Expect.UP)
    hole = Cue("hole", "{next_segment} is next.")
    rules = [
        rule(Every(for_s(20)), "up"),
        rule(Every(for_s(33)), "plain"),
        rule(Every(for_s(50)), "hole"),
        rule(Every(for_s(20)), "x"),
    ]
    limits = replace(FREE, min_gap_ns=seconds(9), per_minute=3, withhold=0.4, expire_ns=seconds(2))
    run = Run(pack(segment("a", 3_600), cues=[up, hole], rules=rules, limits=limits)).to(1_203)
    fired = 60 + 36 + 24 + 60
    kinds = {"said": len(run.said), "withheld": len(run.withheld), "refused": len(run.refused), "given up": len(run.given_up)}
    assert all(kinds.values()), kinds
    assert sum(kinds.values()) == fired


def test_a_text_that_could_not_be_rendered_is_told_as_failed() -> None:
    what = pack(cues=[Cue("n", "{cadence}.")], rules=[rule(At(for_s(20)), "n")])
    run = Run(what, answers=False).runs(0, 20.5)
    run.send(SpeechFailed(seconds(20.6), "say:One seventy.", "no voice")).to(40)
    assert run.given_up == [(20.6, "n", "no voice")]


def test_a_text_that_is_never_answered_expires() -> None:
    what = pack(cues=[Cue("n", "{cadence}.")], rules=[rule(At(for_s(20)), "n")])
    assert Run(what, answers=False).runs(0, 40).given_up == [(25.0, "n", "speech not ready")]


def test_muted_nothing_sounds_and_what_fires_is_told() -> None:
    what = pack(segment("a", 600, metronome=beat("fixed", beat_spm=120.0)), rules=[rule(Every(for_s(20)), "tip")])
    run = Run(what, sensor=False).send(Mute(seconds(30), muted=True), Mute(seconds(70), muted=False)).to(90)
    assert run.said_s == [20.0, 80.0]
    assert run.refused == [(40.0, "tip", "muted"), (60.0, "tip", "muted")]
    assert run.clicks_in(30.5, 70) == []
    assert run.clicks_in(71, 90) != []


def test_muting_cuts_the_running_cue() -> None:
    what = pack(cues=[Cue("long", "word " * 20)], rules=[rule(At(for_s(20)), "long")])
    run = Run(what).send(Mute(seconds(21), muted=True)).to(30)
    assert [(at(cut), cut.fade_ns) for cut in run.of(CutSpeech)] == [(21.0, 50 * NS_PER_MS)]


def test_the_same_run_decides_the_same_to_the_byte() -> None:
    def once(**how: Any) -> str:
        up = Cue("up", "Quicker now.", expect=Expect.UP, theme="t")
        rules = [rule(Every(for_s(20), jitter_ns=5 * NS_PER_S), "up")]
        what = pack(cues=[up], rules=rules, limits=replace(FREE, withhold=0.5), metronome=beat("follow"))
        return repr(Run(what, **how).runs(0, 300, lambda t: 165 + t % 7).decided)

    assert once(seed=4) == once(seed=4) != once(seed=5)

"""What once went wrong, found by chance or by search, in its plainest form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.core import engine
from cued.core.cues import At, Cue, Every, ForDistance, ForTime, Limits, OffBand, Priority, Repeat, SayCue, Side
from cued.core.effects import Effect, PlayClick
from cued.core.events import Next, Stalled
from cued.core.fading import scaled
from cued.core.start import Start
from cued.core.words import Basis, Fade, Target
from cued.units import NS_PER_S, seconds
from tests.support.run import KNOWN, Run, beat, for_s, pack, rule, segment


def test_a_cooldown_of_a_nanosecond_does_not_stop_the_clock() -> None:
    again = rule(OffBand(Side.EITHER), "low", cooldown_ns=1, at_most=1)
    run = Run(pack(rules=[again]), runner=KNOWN).runs(0, 60, 150.0)
    assert 10 < len(run.refused) <= 60


def test_a_fade_never_makes_an_interval_shorter_than_a_pack_may_write() -> None:
    fade = Fade(every=(0.01,))
    assert scaled(ForTime(NS_PER_S), fade, 1) == ForTime(NS_PER_S)
    assert scaled(ForDistance(1.0), fade, 1) == ForDistance(1.0)
    run = Run(pack(rules=[rule(Every(for_s(1)), "light")], fade=fade)).to(10)
    assert len(run.said) + len(run.refused) + len(run.given_up) <= 10


def test_a_desk_run_of_a_pack_whose_rounds_are_all_silent_begins_nevertheless() -> None:
    silent = Repeat(None, (segment("a", 60), segment("b", 60)))
    assert Run(pack(silent), desk=True).to(1).segments == [(0.0, "a")]
    sounding = segment("c", 60, metronome=beat(beat_spm=120.0))
    assert Run(pack(silent, sounding), desk=True).to(1).segments == [(0.0, "c")]


def test_a_click_just_at_the_rings_end_is_beyond_recall_and_not_promised_again() -> None:
    """120 a minute has a click at 10.5 s; the key at 10.25 s recalled it, while files and cards played it: heard twice."""
    ticking = segment("a", 60, metronome=beat(beat_spm=120.0))
    run = Run(pack(ticking, replace(ticking, name="b")), sensor=False).to(10.0).send(Next(seconds(10.25))).to(12.0)
    promised = [click.at_ns for click in run.of(PlayClick)]
    assert promised == sorted(set(promised))
    assert run.segments[-1] == (10.25, "b")


def test_the_first_click_that_is_heard_rises_though_a_stall_took_those_before_it() -> None:
    run = Run(pack(segment(metronome=beat(beat_spm=120.0))), sensor=False)
    run._step(Stalled(seconds(10)))
    heard = run.to(14.0).clicks
    assert [click.gain_db for click in heard[:3]] == [-30.0, -25.0, -20.0]


def test_a_stall_says_since_when_so_that_a_replay_without_wakes_misses_the_same_clicks() -> None:
    """Wakes are in no journal: without its own beginning, a stall would reach back to the event before it."""
    what = Start(pack(segment(metronome=beat(beat_spm=120.0))), sensor=False)
    stall = Stalled(seconds(30), since_ns=seconds(20))
    woken = Run(what.pack, sensor=False).to(19.9)
    woken._step(stall)
    session, told_at_once = engine.step(engine.start(what), stall)
    told: list[Effect] = [effect for _, effect in woken.decided]
    assert list(told_at_once) == told
    assert engine.next_wakeup(session) == engine.next_wakeup(woken.session)


def test_a_fixed_beat_and_a_fixed_target_rise_by_two_per_cent_a_week_at_most() -> None:
    runner = replace(KNOWN, last_week_change=0.01)
    for fixed in (beat(beat_spm=190.0), beat()):
        run = Run(pack(segment(metronome=fixed), target=Target(Basis.FIXED, spm=190.0)), runner=runner)
        assert {click.mspm for click in run.runs(0, 20, 170.0).clicks} == {175_100}
        assert run.view.target_spm == pytest.approx(175.1)


def test_a_cue_that_waited_is_followed_by_the_next_one_cooldown_after_it_was_heard() -> None:
    low = rule(OffBand(Side.LOW, 20 * NS_PER_S), "low", cooldown_ns=120 * NS_PER_S)
    talk = rule(At(for_s(59)), SayCue("talk"))
    long = Cue("talk", say="x" * 60)  # 4.2 s
    run = Run(pack(rules=[low, talk], cues=[long]), runner=KNOWN).runs(0, 40).runs(40, 340, 160.0)
    heard = [when for when, cue in run.said if cue == "low"]
    assert len(heard) == 3
    assert heard[1] - heard[0] == pytest.approx(120.0, abs=1.5)
    assert heard[2] - heard[1] == pytest.approx(120.0, abs=1.5)
    assert "cooldown" not in run.reasons


def test_who_expires_behind_a_more_important_cue_does_not_stop_the_clock() -> None:
    limits = Limits(min_gap_ns=10 * NS_PER_S, same_cue_gap_ns=0, per_minute=9)
    rules = [rule(At(for_s(60)), "a"), rule(At(for_s(64)), "b", priority=Priority.PRAISE), rule(At(for_s(66)), "c")]
    run = Run(pack(rules=rules, limits=limits)).to(120)
    assert [cue for _, cue in run.said] == ["a", "c"]
    assert run.given_up == [(69.0, "b", "min_gap")]

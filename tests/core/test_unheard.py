"""Sound that reaches nobody: what is said then counts for nothing, and what was said shortly before is taken back."""

from __future__ import annotations

from cued.core.cues import Every, Limits, Priority
from cued.core.effects import Say, Unheard, Withheld
from cued.core.events import Announce, SoundBack, SoundLost
from cued.review.summary import summarize
from cued.units import NS_PER_S, seconds
from tests.support.run import Run, at, for_s, pack, rule

NO_GAPS = {"min_gap_ns": 0, "same_cue_gap_ns": 0, "quiet_start_ns": 0, "quiet_end_ns": 0, "per_minute": 60}


def every_20_s(**limits: int) -> Run:
    return Run(pack(rules=[rule(Every(for_s(20)), "light")], limits=Limits(**{**NO_GAPS, **limits})))


def unheard(run: Run) -> list[tuple[float, float]]:
    """When each was known to be unheard, and when it had begun."""
    return [(at(one), one.said_ns / NS_PER_S) for one in run.of(Unheard)]


def test_a_cue_that_is_said_where_nobody_listens_is_unheard_at_once_and_uses_no_limit_up() -> None:
    run = every_20_s(per_run=2).to(10).send(SoundLost(seconds(10), seconds(10))).to(70)
    assert run.said_s == [20.0, 40.0, 60.0]
    assert unheard(run) == [(20.0, 20.0), (40.0, 40.0), (60.0, 60.0)]
    run.send(SoundBack(seconds(70))).to(150)
    assert run.said_s[3:] == [80.0, 100.0]  # both of the run's two
    assert run.view.spoken == 2


def test_a_cue_that_was_said_into_a_loss_that_was_noticed_later_is_taken_back() -> None:
    run = every_20_s(per_run=2).to(45).send(SoundLost(seconds(45), seconds(39))).send(SoundBack(seconds(46))).to(130)
    assert unheard(run) == [(45.0, 40.0)]
    assert run.said_s == [20.0, 40.0, 60.0]
    assert run.view.spoken == 2


def test_a_cue_that_still_sounded_when_the_device_went_is_unheard_and_one_that_had_ended_is_not() -> None:
    sounding = every_20_s().to(25)
    (said,) = sounding.of(Say)
    end_ns = said.at_ns + said.dur_ns
    assert unheard(sounding.send(SoundLost(seconds(25), end_ns - 1))) == [(25.0, 20.0)]
    assert unheard(every_20_s().to(25).send(SoundLost(seconds(25), end_ns))) == []


def test_words_for_safety_are_played_where_nobody_listens_too() -> None:
    run = Run(pack()).to(5).send(SoundLost(seconds(5), seconds(5)), Announce(seconds(6), "Sensor lost.")).to(20)
    assert [(one.text, one.priority) for one in run.of(Say)] == [("Sensor lost.", Priority.SAFETY)]
    assert [one.text for one in run.of(Unheard)] == ["Sensor lost."]


def test_a_loss_told_twice_takes_nothing_back_twice() -> None:
    run = every_20_s().to(21).send(SoundLost(seconds(21), seconds(19)), SoundLost(seconds(22), seconds(19)))
    assert unheard(run) == [(21.0, 20.0)]
    assert run.view.spoken == 0


def test_no_cue_is_withheld_by_chance_where_none_is_heard() -> None:
    run = every_20_s(withhold=1).send(SoundLost(0, 0)).to(100)
    assert run.of(Withheld) == []
    assert len(run.of(Unheard)) == len(run.said_s) > 3


def test_the_summary_counts_an_unheard_cue_apart() -> None:
    cue = {"cue": "light", "text": "light", "rule": "rules[0]", "priority": "band", "dur_s": 2.0, "reason": ""}
    segment = {"kind": "segment", "rep": 1, "reps": 1, "low": 0.03, "high": 0.03, "index": 0}
    rows = [
        {"kind": "start", "t_ns": 0},
        {**segment, "t_ns": 0, "segment": "a"},
        {"kind": "say", "t_ns": 5 * NS_PER_S, **cue},
        {"kind": "say", "t_ns": 9 * NS_PER_S, **cue},
        {**segment, "t_ns": 10 * NS_PER_S, "segment": "b"},
        {"kind": "unheard", "t_ns": 11 * NS_PER_S, "said_ns": 9 * NS_PER_S, **cue},
    ]
    summary = summarize(rows)
    assert (summary.heard, summary.unheard, summary.heard_s) == (1, 1, 2.0)
    assert [(one.heard, one.unheard) for one in summary.segments] == [(1, 1), (0, 0)]

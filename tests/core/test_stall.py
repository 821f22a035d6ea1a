"""A machine that stood still: what could not be heard meanwhile is counted and skipped, and nothing is made up for."""

from __future__ import annotations

from typing import Any

from cued.core.cues import Every, ForTime, Limits
from cued.core.effects import Counted, PlayClick
from cued.core.events import Stalled
from cued.units import NS_PER_MS, NS_PER_S, seconds
from tests.support.run import Run, beat, pack, rule, segment


def clicks_s(run: Run) -> list[float]:
    return [click.at_ns / NS_PER_S for click in run.of(PlayClick)]


def counted(run: Run) -> dict[str, int]:
    return {one.what: one.count for one in run.of(Counted)}


def stalled(run: Run, from_s: float, to_s: float) -> Run:
    run.to(from_s)
    run._step(Stalled(seconds(to_s)))
    return run


def ticking(**words: Any) -> Run:
    return Run(pack(segment(metronome=beat(beat_spm=120.0)), **words), sensor=False)


def test_clicks_of_a_stall_are_counted_and_not_played() -> None:
    run = stalled(ticking(), 20.0, 26.0).to(30.0)
    assert not [at for at in clicks_s(run) if 20.5 <= at < 26.0]
    assert counted(run) == {"missed_click": 11}  # 20.5 to 25.5, two a second


def test_the_beat_goes_on_upon_its_grid() -> None:
    after = [at for at in clicks_s(stalled(ticking(), 20.0, 26.3).to(30.0)) if at > 21.0]
    assert after == [at for at in clicks_s(ticking().to(30.0)) if at >= 26.3]


def test_a_cue_that_could_not_begin_in_time_expires() -> None:
    run = Run(pack(rules=[rule(Every(ForTime(seconds(30))), "light")], limits=Limits(min_gap_ns=0, expire_ns=seconds(5))))
    stalled(run, 20.0, 40.0).to(50.0)
    assert run.said == []
    assert run.given_up == [(35.0, "light", "stalled")]


def test_a_cue_that_is_still_fresh_is_heard_when_the_stall_ends() -> None:
    run = Run(pack(rules=[rule(Every(ForTime(seconds(30))), "light")], limits=Limits(min_gap_ns=0, expire_ns=seconds(5))))
    stalled(run, 20.0, 33.0).to(50.0)
    assert run.said == [(33.0, "light")]


def test_a_stall_of_nothing_changes_nothing() -> None:
    run = ticking().to(20.0)
    run._step(Stalled(20 * NS_PER_S))
    assert clicks_s(run.to(30.0)) == clicks_s(ticking().to(30.0))
    assert counted(run) == {}


def test_what_was_promised_before_the_stall_stays_promised() -> None:
    run = stalled(ticking(), 20.2, 26.0).to(27.0)
    promised = [click.at_ns for click in run.of(PlayClick) if click.at_ns < 26 * NS_PER_S]
    assert promised[-1] == 20_500 * NS_PER_MS

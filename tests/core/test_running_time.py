"""Running time as a watch has it: the standing by which a pause is known is none, wherever it is told."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cued.core import engine
from cued.core.effects import Effect, Paused, RunEnded
from cued.core.events import Pause, Resume, Stop
from cued.core.running_time import RunTime
from cued.formats.event_codec import decode_effect, decode_event
from cued.formats.events_file import EventsFile
from cued.review.summary import summarize
from cued.units import NS_PER_S, seconds
from tests.support.run import Run, pack, segment

LENGTH_S = 600


def told(run: Run) -> list[int]:
    """Running time at the session's end, from everybody who tells it."""
    effects = [effect for _, effect in run.decided]
    end_ns = run.session.now_ns
    time = RunTime()
    for effect in effects:
        time.hear(effect)
    file = EventsFile(run.session.how, voice="nominal", source="test")
    lines = [file.header(), *file.add(effects, end_ns), *file.finish(end_ns)]
    return [engine.view(run.session).run_ns, time.at(end_ns), summarize(map(json.loads, lines)).run_ns]


def test_standing_before_a_pause_is_no_running_and_running_before_its_end_is() -> None:
    run = Run(pack(segment("a", LENGTH_S)), sensor=False)
    run.send(Pause(seconds(110), seconds(100)), Resume(seconds(203), seconds(200)), Stop(seconds(300))).to(301)
    assert told(run) == [seconds(200)] * 3


def test_a_segment_goes_on_from_where_it_rested_whatever_the_watch_says() -> None:
    run = Run(pack(segment("a", LENGTH_S)), sensor=False)
    run.send(Pause(seconds(110), seconds(100))).to(150)
    view = engine.view(run.session)
    assert (view.run_ns, view.segment_left_ns) == (seconds(100), seconds(LENGTH_S - 110))
    run.send(Resume(seconds(160))).to(161)
    view = engine.view(run.session)
    assert (view.run_ns, view.segment_left_ns) == (seconds(101), seconds(LENGTH_S - 111))


def test_a_pause_reaches_back_no_further_than_the_last_change() -> None:
    run = Run(pack(segment("a", LENGTH_S)), sensor=False)
    run.send(Pause(seconds(50)), Resume(seconds(60), seconds(10)), Pause(seconds(70), seconds(5)), Stop(seconds(80))).to(81)
    assert [effect.since_ns for _, effect in run.decided if isinstance(effect, Paused)] == [None, seconds(50), seconds(50)]
    assert told(run) == [seconds(50)] * 3


def test_pauses_of_an_older_cued_are_what_they_were() -> None:
    pause = decode_event('{"v":1,"kind":"pause","at_ns":30000000000}')
    resume = decode_event('{"v":1,"kind":"resume","at_ns":90000000000}')
    run = Run(pack(segment("a", LENGTH_S)), sensor=False).send(pause, resume, Stop(seconds(120))).to(121)
    assert told(run) == [seconds(60)] * 3
    old = decode_effect('{"v":1,"kind":"paused","at_ns":30000000000,"paused":true}')
    assert old == Paused(seconds(30), paused=True)
    assert next(effect for _, effect in run.decided if isinstance(effect, Paused)) == old


gaps = st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.none() | st.integers(-5, 60)), max_size=12)


@given(gaps)
def test_all_who_tell_it_agree_and_it_is_never_below_zero(changes: list[tuple[bool, int, int | None]]) -> None:
    run, at_s = Run(pack(segment("a", LENGTH_S * 10)), sensor=False), 1
    for rests, later_s, ago_s in changes:
        at_s += later_s
        since_ns = None if ago_s is None else seconds(at_s - ago_s)
        run.send(Pause(seconds(at_s), since_ns) if rests else Resume(seconds(at_s), since_ns))
    run.send(Stop(seconds(at_s + 10))).to(at_s + 11)
    times = told(run)
    assert times == [times[0]] * 3
    assert 0 <= times[0] <= seconds(at_s + 10)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=12))
def test_without_a_since_it_rests_from_the_word_on(changes: list[tuple[bool, int]]) -> None:
    time, at_ns, rests, expected_ns = RunTime(), 0, False, 0
    effects: list[Effect] = []
    for paused, later_s in changes:
        expected_ns += 0 if rests else later_s * NS_PER_S
        at_ns += later_s * NS_PER_S
        rests = paused
        effects.append(Paused(at_ns, paused))
    for effect in [*effects, RunEnded(at_ns, "stopped")]:
        time.hear(effect)
    assert time.at(at_ns + NS_PER_S) == expected_ns
